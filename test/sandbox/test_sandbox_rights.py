"""Who may do what with a score: the matrix of people and calls, sharing keys, and forks."""

from __future__ import annotations

from typing import Any

import pytest

from flat_api.sandbox.people import add_user

_READ = [("GET", "", None), ("GET", "/revisions", None), ("GET", "/revisions/last/xml", None), ("GET", "/tracks", None)]
_WRITE = [("PUT", "", {"title": "x"}), ("POST", "/tracks", {"url": "https://example.org/a.mp3"})]
_ADMIN = [("PUT", "", {"privacy": "private"}), ("POST", "/collaborators", {"userEmail": "a@example.org"})]


def _statuses(client: Any, path: str, calls: list[tuple[str, str, Any]], query: str = "") -> set[int]:
    return {client(method, path + end + query, json=body).status for method, end, body in calls}


@pytest.fixture
def outsider(sandbox: Any, connect: Any) -> Any:
    """A client of a user of another organization."""
    with sandbox._store.transaction():
        user = add_user(sandbox._store, username="outsider", role="teacher", organization="elsewhere")
    return connect(sandbox.url, sandbox.issue_token(user=user["id"]))


@pytest.mark.parametrize(
    ("right", "read", "write", "admin"),
    [
        (None, 404, 404, 404),
        ("aclRead", 200, 403, 403),
        ("aclWrite", 200, 200, 403),
        ("aclAdmin", 200, 200, 200),
    ],
)
def test_collaborators_do_what_their_rights_allow(
    client: Any, xml: Any, person: Any, right: str | None, read: int, write: int, admin: int
) -> None:
    student, other = person("student")
    path = f"/scores/{client.score(xml())['id']}"
    if right:
        client("POST", f"{path}/collaborators", json={"user": student, right: True})
    assert _statuses(other, path, _READ) == {read}
    assert _statuses(other, path, _WRITE) == {write}
    assert other("POST", f"{path}/revisions", json={"data": xml()}).status == write
    assert _statuses(other, path, _ADMIN) == {admin}
    assert other("DELETE", path).status == (204 if admin == 200 else admin)


@pytest.mark.parametrize(
    ("privacy", "colleague", "outside"),
    [("private", 404, 404), ("organizationPublic", 200, 404), ("public", 200, 200), ("privateLink", 404, 404)],
)
def test_the_privacy_opens_a_score_to_read(
    client: Any, xml: Any, person: Any, outsider: Any, privacy: str, colleague: int, outside: int
) -> None:
    _, other = person("student")
    score = client.score(xml(), privacy=privacy)
    path = f"/scores/{score['id']}"
    for reader, status in ((other, colleague), (outsider, outside)):
        assert _statuses(reader, path, _READ) == {status}
        assert _statuses(reader, path, [*_WRITE, *_ADMIN]) == {403 if status == 200 else 404}
        assert (reader("POST", f"{path}/fork", json={})).status == status
        assert reader("DELETE", path).status == (403 if status == 200 else 404)


def test_a_private_link_opens_with_its_key_alone(client: Any, xml: Any, outsider: Any) -> None:
    score = client.score(xml("Linked"), privacy="privateLink")
    path, key = f"/scores/{score['id']}", f"?sharingKey={score['sharingKey']}"
    assert _statuses(outsider, path, _READ, "?sharingKey=wrong") == {404}
    assert _statuses(outsider, path, _READ, key) == {200}
    seen = outsider("GET", path + key).json()
    assert "sharingKey" not in seen
    assert seen["rights"] == {"aclRead": True, "aclWrite": False, "aclAdmin": False, "isCollaborator": False}
    assert outsider("POST", f"{path}/comments{key}", json={"comment": "Hello."}).status == 200
    assert outsider("POST", f"{path}/revisions/last/mp3/task{key}").status == 200
    assert outsider("POST", f"{path}/fork{key}", json={}).json()["title"] == "Copy of Linked"
    client("PUT", path, json={"privacy": "private"})
    assert outsider("GET", path + key).status == 404


def test_the_key_can_be_chosen(client: Any, xml: Any) -> None:
    path, key = f"/scores/{client.score(xml())['id']}", "ab" * 64
    assert client("PUT", path, json={"privacy": "privateLink", "sharingKey": key}).json()["sharingKey"] == key
    assert client("PUT", path, json={"sharingKey": "short"}).json()["param"] == "sharingKey"


def test_a_score_in_the_trash_is_for_its_managers(client: Any, xml: Any, person: Any) -> None:
    _, other = person("student")
    path = f"/scores/{client.score(xml(), privacy='public')['id']}"
    client("DELETE", path)
    assert other("GET", path).status == 404
    assert other("POST", f"{path}/untrash").status == 403
    assert client("POST", f"{path}/untrash").status == 204
    assert other("GET", path).status == 200


def test_a_fork_belongs_to_the_one_who_forks(client: Any, xml: Any, outsider: Any) -> None:
    original = client.score(xml("Round"), privacy="public", collection="root")
    client("PUT", f"/scores/{original['id']}", json={"tags": ["choir"]})
    fork = outsider("POST", f"/scores/{original['id']}/fork", json={"keepOriginalTitle": True}).json()
    assert (fork["user"]["username"], fork["organization"], fork["privacy"]) == ("outsider", "elsewhere", "private")
    assert (fork["parentScore"], fork["tags"]) == (original["id"], ["choir"])
    assert client("GET", f"/scores/{fork['id']}").status == 404
    mine = client("POST", "/collections", json={}).json()["id"]
    answer = outsider("POST", f"/scores/{original['id']}/fork", json={"collection": mine})
    assert (answer.status, answer.json()["param"]) == (404, "collection")


def test_an_erased_score_takes_everything_along(sandbox: Any, client: Any, xml: Any, person: Any) -> None:
    student, _ = person("student")
    path = f"/scores/{client.score(xml())['id']}"
    client("POST", f"{path}/comments", json={"comment": "Hello."})
    client("POST", f"{path}/collaborators", json={"user": student})
    client("POST", f"{path}/tracks", json={"url": "https://example.org/a.mp3"})
    client("GET", f"{path}/revisions/last/xml?url=true")
    assert client("DELETE", f"{path}?now=true").status == 204
    kinds = sandbox._store._run("SELECT DISTINCT kind FROM document")
    assert not {"score", "revision", "scoreComment", "collaborator", "track", "download"} & {kind for (kind,) in kinds}
