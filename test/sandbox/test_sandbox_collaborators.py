"""Sharing a score with users, groups and e-mail addresses."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def path(client: Any, xml: Any) -> str:
    return f"/scores/{client.score(xml())['id']}"


def _share(client: Any, path: str, **fields: Any) -> dict[str, Any]:
    answer = client("POST", f"{path}/collaborators", json=fields)
    assert answer.status == 200, answer.data
    found: dict[str, Any] = answer.json()
    return found


def _rights(collaborator: dict[str, Any]) -> tuple[bool, ...]:
    return tuple(collaborator[name] for name in ("aclRead", "aclWrite", "aclAdmin"))


def test_a_user_becomes_a_collaborator_and_is_removed(client: Any, path: str, person: Any) -> None:
    student, other = person("student")
    assert other("GET", path).status == 404
    added = _share(client, path, user=student)
    assert (added["collaboratorType"], added["user"]["username"], _rights(added)) == (
        "user",
        "student",
        (True, False, False),
    )
    assert client("GET", f"{path}/collaborators").json() == [added]
    assert client("GET", path).json()["collaborators"] == [added]
    assert other("GET", f"{path}/collaborators/{added['id']}").json() == added
    changed = _share(client, path, user=student, aclAdmin=True)
    assert (changed["id"], _rights(changed)) == (added["id"], (True, True, True))
    assert client("DELETE", f"{path}/collaborators/{added['id']}").status == 204
    assert client("DELETE", f"{path}/collaborators/{added['id']}").status == 404
    assert other("GET", path).status == 404


def test_a_group_shares_with_its_members(client: Any, path: str, person: Any) -> None:
    student, other = person("student")
    classroom = client("POST", "/classes", json={"name": "Choir"}).json()
    group = classroom["studentsGroup"]["id"]
    added = _share(client, path, group=group, aclWrite=True)
    assert (added["collaboratorType"], added["group"]["id"]) == ("group", group)
    assert other("GET", path).status == 404
    assert client("PUT", f"/classes/{classroom['id']}/users/{student}").status == 204
    rights = other("GET", path).json()["rights"]
    assert (_rights(rights), rights["collaboratorType"]) == ((True, True, False), "group")
    assert [one["id"] for one in other("GET", f"/groups/{group}/scores").json()] == [path.rpartition("/")[2]]
    assert client("DELETE", f"/classes/{classroom['id']}/users/{student}").status == 204
    assert other("GET", path).status == 404


def test_an_invited_address_is_accepted_with_the_token(client: Any, path: str, person: Any) -> None:
    student, other = person("student")
    invited = _share(client, path, userEmail="someone@example.org", aclWrite=True)
    assert (invited["invited"], invited["userEmail"], "user" in invited) == (True, "someone@example.org", False)
    assert other("GET", path).status == 404
    accepted = _share(other, path, userToken=invited["id"])
    assert (accepted["user"]["id"], _rights(accepted)) == (student, (True, True, False))
    assert client("GET", f"{path}/collaborators").json() == [accepted]
    answer = other("POST", f"{path}/collaborators", json={"userToken": invited["id"]})
    assert (answer.status, answer.json()["param"]) == (404, "userToken")


def test_the_address_of_an_account_is_the_account(client: Any, path: str) -> None:
    assert _share(client, path, userEmail="music.admin@example.org")["user"]["username"] == "music.admin"


@pytest.mark.parametrize(
    ("body", "status", "param"),
    [
        ({}, 422, "user"),
        ({"user": "x", "group": "y"}, 422, "group"),
        ({"user": "x"}, 404, "user"),
        ({"group": "x"}, 404, "group"),
        ({"userEmail": "nobody"}, 422, "userEmail"),
        ({"user": "6500a1b2c3d4e5f601020301"}, 422, "user"),
        ({"user": "6500a1b2c3d4e5f601020303", "aclRead": "yes"}, 422, "aclRead"),
    ],
)
def test_wrong_collaborators_are_refused(client: Any, path: str, body: dict[str, Any], status: int, param: str) -> None:
    answer = client("POST", f"{path}/collaborators", json=body)
    assert (answer.status, answer.json()["param"]) == (status, param)


def test_sharing_needs_admin_rights(client: Any, path: str, person: Any) -> None:
    writer, writing = person("writer")
    reader, reading = person("reader")
    _share(client, path, user=writer, aclWrite=True)
    own = _share(client, path, user=reader)
    assert writing("POST", f"{path}/collaborators", json={"user": reader}).status == 403
    assert writing("DELETE", f"{path}/collaborators/{own['id']}").status == 403
    assert reading("DELETE", f"{path}/collaborators/{own['id']}").status == 204
    _share(client, path, user=writer, aclAdmin=True)
    _share(writing, path, user=reader)
    assert reading("GET", path).status == 200


def test_the_owner_cannot_be_removed(client: Any, path: str, person: Any) -> None:
    admin, managing = person("manager", "teacher")
    _share(client, path, user=admin, aclAdmin=True)
    owner = client("GET", "/me").json()["id"]
    assert managing("DELETE", f"{path}/collaborators/{owner}").json()["code"] == "OWNER_NOT_REMOVABLE"
    assert client("GET", path).json()["rights"]["collaboratorType"] == "owner"
