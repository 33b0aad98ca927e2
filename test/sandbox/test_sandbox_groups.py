"""Groups: the subgroups of a class, their members and scores."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def group(school: Any) -> dict[str, Any]:
    body = {"type": "classStudentsSubGroup", "classroom": school.classroom["id"], "name": "Altos"}
    answer = school.teacher("POST", "/groups", json={**body, "members": [school.ann.user]})
    assert answer.status == 200, answer.data
    found: dict[str, Any] = answer.json()
    return found


def _list(school: Any) -> list[str]:
    answer = school.teacher("GET", f"/groups?type=classStudentsSubGroup&classroom={school.classroom['id']}")
    return [one["name"] for one in answer.json()]


def test_a_subgroup_is_made_renamed_and_deleted(school: Any, group: dict[str, Any]) -> None:
    path = f"/groups/{group['id']}"
    assert (group["usersCount"], group["readOnly"]) == (1, False)
    assert group["parent"] == school.classroom["studentsGroup"]["id"]
    assert school.ann("GET", path).json() == group
    assert school.teacher("PUT", path, json={"name": "Sopranos"}).json()["name"] == "Sopranos"
    assert _list(school) == ["Sopranos"]
    assert school.teacher("DELETE", path).status == 204
    assert (_list(school), school.teacher("GET", path).status) == ([], 404)
    assert school.ann("GET", school.path).status == 200


def test_members_come_and_go(school: Any, group: dict[str, Any]) -> None:
    path = f"/groups/{group['id']}/users"
    assert school.teacher("POST", path, json={"user": school.ben.user}).json() == {"user": school.ben.user}
    assert school.teacher("POST", path, json={"user": school.ben.user}).status == 200
    assert [one["username"] for one in school.teacher("GET", path).json()] == ["ann", "ben"]
    assert school.teacher("GET", f"{path}?source=clever").json() == []
    assert school.teacher("DELETE", f"{path}/{school.ann.user}").status == 204
    assert school.teacher("DELETE", f"{path}/{school.ann.user}").status == 404
    assert [one["username"] for one in school.teacher("GET", path).json()] == ["ben"]
    stranger = school.teacher("POST", path, json={"user": school.eve.user})
    assert (stranger.status, stranger.json()["param"]) == (422, "user")


@pytest.mark.parametrize(
    ("change", "status", "param"),
    [
        ({"classroom": "unknown"}, 404, "classroom"),
        ({"name": "Altos"}, 409, "name"),
        ({"members": ["unknown"]}, 422, "members.0"),
        ({"type": "generic"}, 422, "type"),
    ],
)
def test_a_wrong_group_is_refused(
    school: Any, group: dict[str, Any], change: dict[str, Any], status: int, param: str
) -> None:
    body = {"type": "classStudentsSubGroup", "classroom": school.classroom["id"], **change}
    answer = school.teacher("POST", "/groups", json=body)
    assert (answer.status, answer.json()["param"]) == (status, param)


def test_groups_without_a_name_are_numbered_and_names_are_unique(school: Any, group: dict[str, Any]) -> None:
    for _ in range(2):
        school.teacher("POST", "/groups", json={"type": group["type"], "classroom": group["classroom"]})
    assert _list(school) == ["Altos", "Group 1", "Group 2"]
    taken = school.teacher("PUT", f"/groups/{group['id']}", json={"name": "Group 1"})
    assert (taken.status, taken.json()["param"]) == (409, "name")
    assert school.teacher("PUT", f"/groups/{group['id']}", json={"name": "Altos"}).status == 200


@pytest.mark.parametrize("query", ["type=classStudentsSubGroup", "type=assignmentStudentsSubGroup"])
def test_a_list_needs_the_class_or_the_assignment(school: Any, query: str) -> None:
    param = "classroom" if "class" in query else "assignment"
    answer = school.teacher("GET", f"/groups?{query}")
    assert (answer.status, answer.json()["param"]) == (422, param)
    unknown = school.teacher("GET", f"/groups?{query}&{param}=unknown")
    assert (unknown.status, unknown.json()["param"]) == (404, param)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "", {"name": "Mine"}),
        ("DELETE", "", None),
        ("POST", "/users", {"user": "x"}),
        ("DELETE", "/users/me", None),
    ],
)
def test_main_groups_are_fixed_and_students_change_none(
    school: Any, group: dict[str, Any], method: str, path: str, body: Any
) -> None:
    main = school.teacher(method, f"/groups/{school.classroom['studentsGroup']['id']}{path}", json=body)
    assert (main.status, main.json()["code"]) == (403, "GROUP_READ_ONLY")
    assert school.ann(method, f"/groups/{group['id']}{path}", json=body).status == 403
    assert school.eve(method, f"/groups/{group['id']}{path}", json=body).status == 404


def test_students_neither_create_nor_list_groups(school: Any, group: dict[str, Any]) -> None:
    body = {"type": "classStudentsSubGroup", "classroom": school.classroom["id"]}
    assert school.ann("POST", "/groups", json=body).status == 403
    assert school.ann("GET", f"/groups?type={body['type']}&classroom={body['classroom']}").status == 403


def test_the_scores_of_a_group_are_those_shared_with_it(school: Any, group: dict[str, Any], xml: Any) -> None:
    path = f"/groups/{group['id']}/scores"
    score = school.teacher.score(xml("Shared"))
    assert school.ann("GET", f"/scores/{score['id']}").status == 404
    shared = school.teacher("POST", f"/scores/{score['id']}/collaborators", json={"group": group["id"]})
    assert shared.status == 200, shared.data
    assert [one["id"] for one in school.ann("GET", path).json()] == [score["id"]]
    assert school.ann("GET", f"/scores/{score['id']}").status == 200
    assert school.teacher("GET", f"{path}?parent=unknown").json() == []
    assert school.ben("GET", path).status == 404
    assert school.ben("GET", f"/scores/{score['id']}").status == 404
    school.teacher("DELETE", f"/groups/{group['id']}")
    assert school.ann("GET", f"/scores/{score['id']}").status == 404
