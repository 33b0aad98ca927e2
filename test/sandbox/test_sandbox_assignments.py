"""Assignments: their content, schedule, assignees, attached scores and copies."""

from __future__ import annotations

from typing import Any

import pytest

_FUTURE = "2999-01-01T10:00:00+02:00"
_PAST = "2020-01-01T00:00:00Z"


def _list(client: Any, school: Any) -> list[dict[str, Any]]:
    answer = client("GET", f"{school.path}/assignments")
    assert answer.status == 200, answer.data
    found: list[dict[str, Any]] = answer.json()
    return found


def _subgroup(school: Any, name: str, *members: str) -> str:
    body = {"type": "classStudentsSubGroup", "classroom": school.classroom["id"], "name": name, "members": members}
    identifier: str = school.teacher("POST", "/groups", json=body).json()["id"]
    return identifier


def test_an_assignment_is_a_draft_until_it_is_given_to_the_class(school: Any) -> None:
    made = school.teacher("POST", f"{school.path}/assignments", json={"teacherInstructions": "Hush"}).json()
    path = f"{school.path}/assignments/{made['id']}"
    assert (made["title"], made["type"], made["teacherInstructions"]) == ("Untitled assignment", "none", "Hush")
    assert "state" not in made
    assert (_list(school.ann, school), school.ann("GET", path).status) == ([], 404)
    assert _list(school.teacher, school)[0]["state"] == "draft"
    school.teacher("PUT", path, json={"state": "active", "title": "Canon", "maxPoints": 20})
    shown = _list(school.ann, school)[0]
    assert (shown["title"], shown["state"], shown["maxPoints"]) == ("Canon", "active", 20)
    assert "teacherInstructions" not in shown
    assert not any(shown["capabilities"].values())
    assert school.ann("GET", path).json()["title"] == "Canon"


def test_null_clears_and_dates_are_in_utc(school: Any) -> None:
    path = school.assignment(dueDate=_FUTURE, maxPoints=10)
    shown = _list(school.teacher, school)[0]
    assert (shown["dueDate"], shown["maxPoints"]) == ("2999-01-01T08:00:00.000Z", 10)
    changed = school.teacher("PUT", path, json={"dueDate": None, "maxPoints": None, "description": "Sing"}).json()
    assert changed["description"] == "Sing"
    assert not {"dueDate", "maxPoints"} & _list(school.teacher, school)[0].keys()


def test_a_scheduled_assignment_waits_for_its_date(school: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    school.assignment(scheduledDate=_FUTURE)
    assert (_list(school.teacher, school)[0]["state"], _list(school.ann, school)) == ("draft", [])
    monkeypatch.setattr("flat_api.sandbox.assignment_state.now", lambda: "2999-01-01T08:00:00.000Z")
    assert [one["state"] for one in _list(school.ann, school)] == ["active"]


def test_a_date_in_the_past_schedules_nothing(school: Any) -> None:
    school.assignment(state="draft", scheduledDate=_PAST)
    shown = _list(school.teacher, school)[0]
    assert shown["state"] == "draft"
    assert "scheduledDate" not in shown


def test_selected_students_get_the_assignment_and_others_do_not(school: Any) -> None:
    path = school.assignment(assignedStudents=[school.ann.user])
    assert _list(school.teacher, school)[0]["assigneeMode"] == "selected"
    assert (len(_list(school.ann, school)), _list(school.ben, school)) == (1, [])
    assert school.ben("GET", path).status == 404
    school.teacher("PUT", path, json={"assigneeMode": "everyone"})
    assert len(_list(school.ben, school)) == 1


def test_a_group_of_the_class_becomes_one_of_the_assignment(school: Any) -> None:
    group = _subgroup(school, "Altos", school.ann.user)
    path = school.assignment(submissionStudentsMode="group", classGroupIds=[group])
    own = _list(school.teacher, school)[0]["assignedGroups"]
    assert [(one["name"], one["members"], one["parent"]) for one in own] == [("Altos", [school.ann.user], group)]
    assignment = path.rpartition("/")[2]
    listed = school.teacher("GET", f"/groups?type=assignmentStudentsSubGroup&assignment={assignment}").json()
    assert [(one["id"], one["type"]) for one in listed] == [(own[0]["id"], "assignmentStudentsSubGroup")]
    assert (len(_list(school.ann, school)), _list(school.ben, school)) == (1, [])
    members = f"/groups/{own[0]['id']}/users"
    school.teacher("POST", members, json={"user": school.ben.user})
    assert len(_list(school.ben, school)) == 1
    school.teacher("PUT", path, json={"classGroupIds": None})
    assert school.teacher("GET", members).status == 404


def test_without_group_mode_the_members_of_a_group_are_assigned(school: Any) -> None:
    school.assignment(classGroupIds=[_subgroup(school, "Altos", school.ann.user)])
    shown = _list(school.teacher, school)[0]
    assert (shown["assignedStudents"], shown.get("assignedGroups")) == ([school.ann.user], None)


def test_an_attached_score_is_shared_as_its_mode_says(school: Any, xml: Any) -> None:
    read, write, hidden = (school.teacher.score(xml(title))["id"] for title in ("Read", "Write", "Hidden"))
    attachments = [
        {"type": "flat", "score": read},
        {"score": write, "sharingMode": "write"},
        {"type": "flat", "score": hidden, "teacherOnly": True},
        {"type": "link", "url": "https://example.org"},
    ]
    path = school.assignment(attachments=attachments, state="draft")
    scores = [f"/scores/{one}" for one in (read, write, hidden)]
    assert [school.ann("GET", one).status for one in scores] == [404, 404, 404]
    school.teacher("PUT", path, json={"state": "active"})
    assert [school.ann("GET", one).status for one in scores] == [200, 200, 404]
    assert [school.ann("PUT", one, json={"title": "x"}).status for one in scores] == [403, 200, 404]
    seen = school.ann("GET", path).json()["attachments"]
    assert [(one["type"], one.get("title"), one.get("sharingMode")) for one in seen] == [
        ("flat", "Read", "read"),
        ("flat", "Write", "write"),
        ("link", None, None),
    ]
    school.teacher("PUT", path, json={"attachments": [{"type": "flat", "score": write}]})
    assert [school.ann("GET", one).status for one in scores] == [404, 200, 404]
    assert school.teacher("DELETE", path).status == 204
    assert [school.ann("GET", one).status for one in scores] == [404, 404, 404]
    assert school.teacher("GET", scores[0]).status == 200


def test_a_score_stays_shared_while_another_assignment_has_it(school: Any, xml: Any) -> None:
    score = school.teacher.score(xml())["id"]
    first, second = (
        school.assignment(attachments=[{"score": score, "sharingMode": mode}]) for mode in ("write", "read")
    )
    rights = school.ann("GET", f"/scores/{score}").json()["rights"]
    assert (rights["aclRead"], rights["aclWrite"]) == (True, True)
    school.teacher("DELETE", first)
    assert school.ann("GET", f"/scores/{score}").status == 200
    school.teacher("DELETE", second)
    assert school.ann("GET", f"/scores/{score}").status == 404


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"title": ""}, "title"),
        ({"state": "archived"}, "state"),
        ({"dueDate": "0001-01-01T00:00:00+10:00"}, "dueDate"),
        ({"assignedStudents": ["unknown"]}, "assignedStudents.0"),
        ({"classGroupIds": ["unknown"]}, "classGroupIds.0"),
        ({"attachments": [{}]}, "attachments.0.type"),
        ({"attachments": [{"type": "link"}]}, "attachments.0.url"),
        (
            {"attachments": [{"type": "link", "url": "https://example.org"}, {"score": "unknown"}]},
            "attachments.1.score",
        ),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_stored(school: Any, body: dict[str, Any], param: str) -> None:
    answer = school.teacher("POST", f"{school.path}/assignments", json=body)
    assert (answer.status, answer.json()["param"]) == (422, param)
    assert _list(school.teacher, school) == []


def test_nobody_attaches_a_score_beyond_the_own_rights(school: Any, xml: Any) -> None:
    private = school.eve.score(xml())["id"]
    public = school.eve.score(xml(), privacy="public")["id"]
    for attachment, param in (
        ({"score": private}, "score"),
        ({"score": public, "sharingMode": "write"}, "sharingMode"),
    ):
        answer = school.teacher("POST", f"{school.path}/assignments", json={"attachments": [attachment]})
        assert (answer.status, answer.json()["param"]) == (422, f"attachments.0.{param}")


def test_an_archived_assignment_can_be_read_but_not_worked_on(school: Any) -> None:
    path = school.assignment()
    assert school.teacher("POST", f"{path}/archive").json()["capabilities"]["canUnarchive"]
    assert _list(school.teacher, school)[0]["state"] == "archived"
    assert (_list(school.ann, school), school.ann("GET", path).status) == ([], 200)
    work = school.ann("PUT", f"{path}/submissions", json={})
    assert (work.status, work.json()["code"]) == (403, "ASSIGNMENT_ARCHIVED")
    assert school.teacher("DELETE", f"{path}/archive").json()["capabilities"]["canArchive"]
    assert len(_list(school.ann, school)) == 1


def test_an_archived_draft_stays_with_the_teachers(school: Any) -> None:
    path = school.assignment(state="draft")
    school.teacher("POST", f"{path}/archive")
    assert school.ann("GET", path).status == 404
    school.teacher("DELETE", f"{path}/archive")
    assert _list(school.teacher, school)[0]["state"] == "draft"


def test_an_archived_class_takes_no_new_work(school: Any) -> None:
    path = school.assignment()
    school.teacher("POST", f"{school.path}/archive")
    assert school.teacher("POST", f"{school.path}/assignments", json={}).json()["code"] == "CLASS_ARCHIVED"
    assert school.ann("PUT", f"{path}/submissions", json={}).json()["code"] == "CLASS_ARCHIVED"


def test_an_assignment_is_copied_to_another_class(school: Any, xml: Any) -> None:
    score = school.teacher.score(xml())["id"]
    path = school.assignment(dueDate=_FUTURE, attachments=[{"score": score}])
    other = school.teacher("POST", "/classes", json={"name": "Band"}).json()["id"]
    copy = school.teacher("POST", f"{path}/copy", json={"classroom": other, "scheduledDate": _FUTURE}).json()
    assert (copy["title"], copy["attachments"][0]["score"]) == ("Canon", score)
    assert copy["id"] != path.rpartition("/")[2]
    listed = school.teacher("GET", f"/classes/{other}/assignments").json()
    assert [(one["id"], one["state"]) for one in listed] == [(copy["id"], "draft")]
    assert "dueDate" not in listed[0]
    again = school.assignment(title="Again")
    into = {"classroom": other, "assignment": copy["id"]}
    assert school.teacher("POST", f"{again}/copy", json=into).json()["id"] == copy["id"]
    assert [one["title"] for one in school.teacher("GET", f"/classes/{other}/assignments").json()] == ["Again"]


def test_an_assignment_with_a_deleted_score_is_not_copied(school: Any, xml: Any) -> None:
    score = school.teacher.score(xml())["id"]
    path = school.assignment(attachments=[{"score": score}])
    school.teacher("DELETE", f"/scores/{score}")
    answer = school.teacher("POST", f"{path}/copy", json={"classroom": school.classroom["id"]})
    assert (answer.status, answer.json()["param"]) == (422, "attachments.0.score")


def test_an_assignment_is_copied_to_the_library_once_when_asked_to_verify(school: Any) -> None:
    path = school.assignment()
    body = {"libraryParent": "root", "verifyIfNotAlreadyInResourceLibrary": True}
    copy = school.teacher("POST", f"{path}/copy", json=body).json()
    resource = school.teacher("GET", f"/eduResources/{copy['resource']}").json()
    assert (resource["type"], resource["title"]) == ("assignment", "Canon")
    again = school.teacher("POST", f"{path}/copy", json=body)
    assert (again.status, again.json()["code"]) == (409, "ALREADY_IN_RESOURCE_LIBRARY")
    assert school.teacher("POST", f"{path}/copy", json={"libraryParent": "root"}).status == 200
    assert school.teacher("POST", f"{path}/copy", json={"libraryParent": "unknown"}).status == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "", {"title": "Mine"}),
        ("DELETE", "", None),
        ("POST", "/archive", None),
        ("DELETE", "/archive", None),
        ("POST", "/copy", {"libraryParent": "root"}),
        ("GET", "/submissions/csv", None),
        ("GET", "/submissions/excel", None),
    ],
)
def test_students_do_not_manage_assignments(school: Any, method: str, path: str, body: Any) -> None:
    assignment = school.assignment()
    assert school.ann(method, assignment + path, json=body).status == 403
    assert school.eve(method, assignment + path, json=body).status == 404
    assert school.teacher(method, f"{school.path}/assignments/unknown{path}", json=body).json()["param"] == "assignment"
    assert school.ann("POST", f"{school.path}/assignments", json={}).status == 403
