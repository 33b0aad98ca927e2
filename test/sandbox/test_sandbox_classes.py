"""Classes: their life, their members, the test student."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from flat_api.sandbox.people import ADMIN


def _members(client: Any, classroom: dict[str, Any], group: str) -> list[str]:
    answer = client("GET", f"/groups/{classroom[group]['id']}/users")
    assert answer.status == 200, answer.data
    return [user["id"] for user in answer.json()]


def _names(client: Any, state: str | None = None) -> list[str]:
    answer = client("GET", "/classes", fields={"state": state} if state else None)
    return [classroom["name"] for classroom in answer.json()]


def test_a_class_goes_from_inactive_over_active_to_archived_and_back(client: Any) -> None:
    made = client("POST", "/classes", json={"name": "Choir", "level": "high", "size": None}).json()
    path = f"/classes/{made['id']}"
    assert (made["state"], made["level"], made["size"]) == ("inactive", "high", None)
    assert made["owner"] == client("GET", "/me").json()["id"]
    assert (_names(client), _names(client, "inactive")) == ([], ["Choir"])
    assert client("POST", f"{path}/activate").json()["state"] == "active"
    assert _names(client) == ["Choir"]
    assert client("POST", f"{path}/archive").json()["state"] == "archived"
    assert (_names(client), _names(client, "archived")) == ([], ["Choir"])
    assert client("POST", f"{path}/activate").json()["code"] == "CLASS_ARCHIVED"
    assert client("DELETE", f"{path}/archive").json()["state"] == "active"
    assert client("GET", path).json()["state"] == "active"


def test_a_class_restored_before_its_activation_is_inactive(client: Any) -> None:
    path = f"/classes/{client('POST', '/classes', json={'name': 'Choir'}).json()['id']}"
    client("POST", f"{path}/archive")
    assert client("DELETE", f"{path}/archive").json()["state"] == "inactive"


def test_an_update_changes_what_is_sent(school: Any) -> None:
    answer = school.teacher("PUT", school.path, json={"section": "B", "skillsFocused": ["composition"], "id": "x"})
    changed = answer.json()
    assert (changed["name"], changed["section"], changed["id"]) == ("Choir", "B", school.classroom["id"])
    long = school.teacher("PUT", school.path, json={"name": "x" * 256})
    assert (long.status, long.json()["param"]) == (422, "name")


def test_the_creator_is_the_first_teacher(school: Any) -> None:
    assert _members(school.ann, school.classroom, "teachersGroup") == [school.classroom["owner"]]
    assert _members(school.ann, school.classroom, "studentsGroup") == [school.ann.user, school.ben.user]
    assert school.classroom["studentsGroup"]["usersCount"] == 2


def test_who_has_the_code_joins_in_the_group_of_the_role(school: Any, member: Callable[..., Any], client: Any) -> None:
    path = f"/classes/enroll/{school.classroom['enrollmentCode']}"
    cid = member("cid")
    assert cid("GET", school.path).status == 404
    joined = cid("POST", path).json()
    assert joined["name"] == "Choir"
    assert "enrollmentCode" not in joined
    assert [one["id"] for one in cid("GET", "/classes").json()] == [school.classroom["id"]]
    assert school.eve("POST", path).json()["enrollmentCode"] == school.classroom["enrollmentCode"]
    assert school.eve.user in _members(client, school.classroom, "teachersGroup")
    assert cid.user in _members(client, school.classroom, "studentsGroup")
    assert cid("POST", path).json()["studentsGroup"]["usersCount"] == 3
    wrong = cid("POST", "/classes/enroll/wrong")
    assert (wrong.status, wrong.json()["param"]) == (404, "enrollmentCode")
    client("POST", f"{school.path}/archive")
    assert cid("POST", path).status == 403


def test_a_removed_member_is_in_no_group_of_the_class(school: Any, client: Any) -> None:
    group = {"type": "classStudentsSubGroup", "classroom": school.classroom["id"], "members": [school.ann.user]}
    assert client("POST", "/groups", json=group).json()["usersCount"] == 1
    path = f"{school.path}/users/{school.ann.user}"
    assert client("DELETE", path).status == 204
    assert client("DELETE", path).status == 404
    assert school.ann("GET", school.path).status == 404
    subgroups = client("GET", f"/groups?type=classStudentsSubGroup&classroom={school.classroom['id']}").json()
    assert [one["usersCount"] for one in subgroups] == [0]
    assert client("GET", f"/users/{school.ann.user}").status == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "", {"name": "Mine"}),
        ("POST", "/activate", None),
        ("POST", "/archive", None),
        ("DELETE", "/archive", None),
        ("POST", "/testStudent", None),
        ("PUT", "/users/me", None),
        ("DELETE", "/users/me", None),
    ],
)
def test_students_do_not_manage_and_others_do_not_see_a_class(school: Any, method: str, path: str, body: Any) -> None:
    assert school.ann(method, school.path + path, json=body).status == 403
    answer = school.eve(method, school.path + path, json=body)
    assert (answer.status, answer.json()["param"]) == (404, "class")


def test_students_create_no_class_and_unknown_users_join_none(school: Any) -> None:
    assert school.ann("POST", "/classes", json={"name": "Mine"}).status == 403
    answer = school.teacher("PUT", f"{school.path}/users/unknown")
    assert (answer.status, answer.json()["param"]) == (404, "user")


def test_who_has_left_the_organization_joins_no_class(sandbox: Any, school: Any, connect: Callable[..., Any]) -> None:
    admin = connect(sandbox.url, sandbox.issue_token(user=ADMIN))
    assert admin("DELETE", f"/organizations/users/{school.ann.user}?convertToIndividual=true").status == 204
    assert school.ann("GET", school.path).status == 404
    answer = school.teacher("PUT", f"{school.path}/users/{school.ann.user}")
    assert (answer.status, answer.json()["param"]) == (404, "user")
    assert school.ann("POST", f"/classes/enroll/{school.classroom['enrollmentCode']}").status == 404


def test_administrators_manage_all_classes_of_the_organization(
    sandbox: Any, school: Any, connect: Callable[..., Any]
) -> None:
    admin = connect(sandbox.url, sandbox.issue_token(user=ADMIN))
    assert admin("PUT", school.path, json={"name": "Band"}).json()["name"] == "Band"
    assert admin("GET", "/classes").json() == []


def test_a_class_has_one_test_student_who_starts_afresh(sandbox: Any, school: Any, connect: Any) -> None:
    made = school.teacher("POST", f"{school.path}/testStudent").json()
    assert (made["organizationRole"], made["groups"]) == ("user", [school.classroom["studentsGroup"]["id"]])
    assert made["id"] in _members(school.teacher, school.classroom, "studentsGroup")
    student = connect(sandbox.url, sandbox.issue_token(user=made["id"]))
    assignment = school.assignment()
    school.submission(assignment, student, submit=True)
    assert school.teacher("POST", f"{school.path}/testStudent").json()["id"] == made["id"]
    assert len(school.teacher("GET", f"{assignment}/submissions").json()) == 1
    assert school.teacher("POST", f"{school.path}/testStudent?reset=true").json()["id"] == made["id"]
    assert school.teacher("GET", f"{assignment}/submissions").json() == []


def test_the_assignments_of_a_class_are_counted(school: Any) -> None:
    school.assignment()
    school.assignment(state="draft")
    assert school.teacher("GET", school.path).json()["assignmentsCount"] == 2
    assert school.ann("GET", school.path).json()["assignmentsCount"] == 1
