"""Comments on a score and on its passages: threads, mentions, resolving, and who may do what."""

from __future__ import annotations

from typing import Any

import pytest

_CONTEXT = {
    "partUuid": "5f1c2a34-7b1e-4d0a-9c55-0a1b2c3d4e10",
    "measureUuids": ["5f1c2a34-7b1e-4d0a-9c55-0a1b2c3d4e01"],
    "startTimePos": 0,
    "startDpq": 1,
    "stopTimePos": 4,
    "stopDpq": 1,
}


@pytest.fixture
def path(client: Any, xml: Any) -> str:
    return f"/scores/{client.score(xml(), privacy='organizationPublic')['id']}/comments"


def _post(client: Any, path: str, comment: str = "Breathe here.", **fields: Any) -> dict[str, Any]:
    answer = client("POST", path, json={"comment": comment, **fields})
    assert answer.status == 200, answer.data
    found: dict[str, Any] = answer.json()
    return found


def test_comments_and_replies_are_one_list(client: Any, path: str, person: Any) -> None:
    student, other = person("student")
    first = _post(client, path)
    inline = _post(client, path, "Softer.", context=_CONTEXT)
    reply = _post(other, path, "Yes.", replyTo=first["id"])
    nested = _post(client, path, "Good.", replyTo=reply["id"])
    assert (first["type"], inline["type"], inline["context"]) == ("document", "inline", _CONTEXT)
    assert (reply["user"], reply["replyTo"], nested["replyTo"]) == (student, first["id"], first["id"])
    assert client("GET", path).json() == [first, inline, reply, nested]
    assert client("GET", f"{path}?sort=date&direction=desc").json() == [nested, reply, inline, first]
    assert client("GET", f"{path}?type=inline").json() == [inline]
    counts = client("GET", path.removesuffix("/comments")).json()["comments"]
    assert counts == {"total": 4, "unique": 2, "weekly": 4, "monthly": 4, "yearly": 4}


def test_mentions_follow_from_the_text(client: Any, path: str, person: Any) -> None:
    student, _ = person("student")
    comment = _post(client, path, f"@[{student}:student] breathe.")
    assert (comment["mentions"], comment["rawComment"]) == ([student], "@student breathe.")
    edited = client("PUT", f"{path}/{comment['id']}", json={"comment": "Breathe."}).json()
    assert (edited["mentions"], edited["rawComment"]) == ([], "Breathe.")
    assert edited["modificationDate"] >= comment["date"]
    given = _post(client, path, "Hello.", mentions=[student], rawComment="Hi.")
    assert (given["mentions"], given["rawComment"]) == ([student], "Hi.")


@pytest.mark.parametrize(
    ("fields", "status", "param"),
    [
        ({"mentions": ["nobody"]}, 422, "mentions.0"),
        ({"comment": "@[nobody:x] hello"}, 422, "comment"),
        ({"replyTo": "nothing"}, 404, "replyTo"),
        ({"revision": "nothing"}, 404, "revision"),
        ({"revision": ""}, 404, "revision"),
        ({"context": {}}, 422, None),
        ({"comment": 1}, 422, "comment"),
    ],
)
def test_wrong_comments_are_refused(
    client: Any, path: str, fields: dict[str, Any], status: int, param: str | None
) -> None:
    answer = client("POST", path, json={"comment": "Hello.", **fields})
    assert answer.status == status
    assert param is None or answer.json()["param"] == param
    assert client("GET", path).json() == []


def test_a_comment_is_resolved_and_reopened(client: Any, path: str, person: Any) -> None:
    student, other = person("student")
    mine, theirs = _post(client, path), _post(other, path)
    for author, comment, status in ((client, theirs, 204), (other, theirs, 204), (other, mine, 403)):
        assert author("PUT", f"{path}/{comment['id']}/resolved").status == status
    by = {one["id"]: (one["resolved"], one.get("resolvedBy")) for one in client("GET", path).json()}
    assert by == {mine["id"]: (False, None), theirs["id"]: (True, student)}
    assert client("DELETE", f"{path}/{theirs['id']}/resolved").status == 204
    assert not any(one["resolved"] or "resolvedBy" in one for one in client("GET", path).json())


def test_only_the_author_edits_and_the_owner_of_the_score_deletes(client: Any, path: str, person: Any) -> None:
    _, other = person("student")
    mine, theirs = _post(client, path), _post(other, path)
    assert client("PUT", f"{path}/{theirs['id']}", json={"comment": "x"}).status == 403
    assert other("DELETE", f"{path}/{mine['id']}").status == 403
    moved = other("PUT", f"{path}/{theirs['id']}", json={"context": _CONTEXT}).json()
    assert (moved["type"], moved["comment"]) == ("inline", theirs["comment"])
    reply = _post(client, path, replyTo=theirs["id"])
    assert client("DELETE", f"{path}/{theirs['id']}").status == 204
    assert client("GET", path).json() == [mine]
    assert client("DELETE", f"{path}/{reply['id']}").status == 404


def test_comments_need_the_right_to_read(client: Any, path: str, person: Any) -> None:
    _, other = person("student")
    comment = _post(other, path)
    client("PUT", path.removesuffix("/comments"), json={"privacy": "private"})
    assert other("GET", path).json()["param"] == "score"
    uses = [("POST", "", {"comment": "x"}), ("PUT", f"/{comment['id']}", {}), ("DELETE", f"/{comment['id']}", None)]
    assert [other(method, path + end, json=body).status for method, end, body in uses] == [404] * 3


def test_a_comment_belongs_to_its_score(client: Any, path: str, xml: Any) -> None:
    comment = _post(client, path)
    elsewhere = f"/scores/{client.score(xml())['id']}/comments"
    assert client("DELETE", f"{elsewhere}/{comment['id']}").status == 404
    assert client("POST", elsewhere, json={"comment": "x", "replyTo": comment["id"]}).status == 404
