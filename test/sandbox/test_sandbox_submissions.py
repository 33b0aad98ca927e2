"""Submissions: work, grades, return, reset, history, comments."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from flat_api.sandbox.people import ADMIN


@pytest.fixture
def assignment(school: Any) -> str:
    path: str = school.assignment(maxPoints=20)
    return path


def _get(client: Any, path: str) -> Any:
    answer = client("GET", path)
    assert answer.status == 200, answer.data
    return answer.json()


def test_work_is_begun_handed_in_graded_and_returned(school: Any, assignment: str) -> None:
    assert _get(school.teacher, f"{assignment}/submissions") == []
    path = school.submission(assignment, school.ann)
    begun = _get(school.ann, path)
    assert (begun["state"], begun["creator"], begun["maxPoints"]) == ("created", school.ann.user, 20)
    assert school.submission(assignment, school.ann, submit=True) == path
    assert _get(school.ann, path)["state"] == "turnedIn"
    graded = school.teacher("PUT", path, json={"draftGrade": 15, "grade": 16.5}).json()
    assert (graded["state"], graded["draftGrade"], graded["grade"]) == ("graded", 15, 16.5)
    seen = _get(school.ann, path)
    assert seen["state"] == "graded"
    assert not {"grade", "draftGrade"} & seen.keys()
    returned = school.teacher("PUT", path, json={"return": True}).json()
    assert (returned["state"], returned["returnCreator"]) == ("returned", school.classroom["owner"])
    seen = _get(school.ann, path)
    assert (seen["state"], seen["grade"], "draftGrade" in seen) == ("returned", 16.5, False)
    assert seen["returnDate"] == returned["returnDate"]


def test_a_student_who_begins_many_times_at_once_has_one_submission(school: Any, assignment: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        paths = set(pool.map(lambda _: school.submission(assignment, school.ann), range(16)))
    assert len(paths) == len(_get(school.teacher, f"{assignment}/submissions")) == 1


def test_a_new_grade_is_seen_after_the_next_return(school: Any, assignment: str) -> None:
    path = school.submission(assignment, school.ann, submit=True)
    school.teacher("PUT", path, json={"grade": 10, "return": True})
    assert school.submission(assignment, school.ann, submit=True) == path
    school.teacher("PUT", path, json={"grade": 12})
    assert _get(school.ann, path)["grade"] == 10
    school.teacher("PUT", path, json={"return": True})
    assert _get(school.ann, path)["grade"] == 12
    school.teacher("PUT", path, json={"grade": None})
    assert "grade" not in _get(school.ann, path)


def test_a_cleared_grade_leaves_the_work_handed_in(school: Any, assignment: str) -> None:
    path = school.submission(assignment, school.ann, submit=True)
    school.teacher("PUT", path, json={"grade": 10})
    assert school.teacher("PUT", path, json={"grade": None}).json()["state"] == "turnedIn"


def test_students_see_their_own_work_alone(school: Any, assignment: str) -> None:
    first, second = (school.submission(assignment, one) for one in (school.ann, school.ben))
    assert [one["creator"] for one in _get(school.teacher, f"{assignment}/submissions")] == [
        school.ann.user,
        school.ben.user,
    ]
    assert [one["creator"] for one in _get(school.ann, f"{assignment}/submissions")] == [school.ann.user]
    assert [one["submissions"][0]["creator"] for one in _get(school.ben, f"{school.path}/assignments")] == [
        school.ben.user
    ]
    assert school.ann("GET", second).json()["param"] == "submission"
    assert school.eve("GET", first).status == 404


@pytest.mark.parametrize("field", [{"grade": 20}, {"draftGrade": 20}, {"return": True}])
def test_students_do_not_grade(school: Any, assignment: str, field: dict[str, Any]) -> None:
    path = school.submission(assignment, school.ann)
    for target in (path, f"{assignment}/submissions"):
        answer = school.ann("PUT", target, json=field)
        assert (answer.status, answer.json()["param"]) == (403, next(iter(field)))


def test_teachers_hand_in_nothing(school: Any, assignment: str) -> None:
    path = school.submission(assignment, school.ann)
    assert school.teacher("PUT", f"{assignment}/submissions", json={}).status == 403
    answer = school.teacher("PUT", path, json={"submit": True})
    assert (answer.status, answer.json()["param"]) == (403, "submit")


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"attachments": [{"score": "unknown"}]}, "attachments.0.score"),
        ({"playback": [{"score": "unknown", "nbPlayAttempt": 1}]}, "playback.0.score"),
        ({"exercisesIds": "all"}, "exercisesIds"),
    ],
)
def test_wrong_work_is_refused_and_begins_nothing(school: Any, assignment: str, body: Any, param: str) -> None:
    answer = school.ann("PUT", f"{assignment}/submissions", json=body)
    assert (answer.status, answer.json()["param"]) == (422, param)
    assert _get(school.teacher, f"{assignment}/submissions") == []


def test_a_grade_beyond_the_contract_is_refused(school: Any, assignment: str) -> None:
    answer = school.teacher("PUT", school.submission(assignment, school.ann), json={"grade": 10_001})
    assert (answer.status, answer.json()["param"]) == (422, "grade")


def test_each_student_gets_a_copy_of_a_template(school: Any, xml: Any) -> None:
    template = school.teacher.score(xml("Round"))["id"]
    assignment = school.assignment(attachments=[{"score": template, "sharingMode": "copy"}])
    own = {}
    for student in (school.ann, school.ben):
        submission = _get(student, school.submission(assignment, student))
        own[student.user] = submission["attachments"][0]["score"]
    copies = _get(school.teacher, f"/groups/{school.classroom['teachersGroup']['id']}/scores?parent={template}")
    assert {one["user"]["id"]: one["id"] for one in copies} == own
    assert {one["title"] for one in copies} == {"Round"}
    mine = f"/scores/{own[school.ann.user]}"
    assert school.ann("PUT", mine, json={"title": "Mine"}).status == 200
    assert _get(school.teacher, mine)["title"] == "Mine"
    assert school.ben("GET", mine).status == 404
    assert school.ann("PUT", f"/scores/{template}", json={"title": "Mine"}).status == 403


def test_attached_work_is_seen_by_the_teachers(school: Any, assignment: str, xml: Any) -> None:
    score = school.ann.score(xml("Song"))["id"]
    assert school.teacher("GET", f"/scores/{score}").status == 404
    path = school.submission(assignment, school.ann, attachments=[{"type": "flat", "score": score}])
    assert school.teacher("PUT", f"/scores/{score}", json={"title": "Better"}).status == 200
    for reader in (school.ann, school.teacher):
        assert [one["id"] for one in _get(reader, f"/scores/{score}/submissions")] == [path.rpartition("/")[2]]
    assert school.ben("GET", f"/scores/{score}/submissions").status == 404
    assert "attachment" in _get(school.ann, f"{path}/history")[1]


def test_a_public_score_does_not_tell_whose_work_it_is_part_of(school: Any, assignment: str, xml: Any) -> None:
    score = school.teacher.score(xml(), privacy="public")["id"]
    school.submission(assignment, school.ann, attachments=[{"score": score}])
    assert len(_get(school.teacher, f"/scores/{score}/submissions")) == 1
    assert _get(school.ben, f"/scores/{score}/submissions") == []
    assert _get(school.eve, f"/scores/{score}/submissions") == []
    assert _get(school.teacher, f"/scores/{score}")["collaborators"] == []


def test_a_group_hands_in_together(school: Any, xml: Any) -> None:
    template = school.teacher.score(xml())["id"]
    members = [school.ann.user, school.ben.user]
    body = {"type": "classStudentsSubGroup", "classroom": school.classroom["id"], "members": members}
    group = school.teacher("POST", "/groups", json=body).json()["id"]
    assignment = school.assignment(
        submissionStudentsMode="group",
        classGroupIds=[group],
        attachments=[{"score": template, "sharingMode": "copy"}],
    )
    path = school.submission(assignment, school.ann)
    assert school.submission(assignment, school.ben, submit=True) == path
    copy = _get(school.ben, path)["attachments"][0]["score"]
    assert school.ben("PUT", f"/scores/{copy}", json={"title": "Ours"}).status == 200
    assert len(_get(school.teacher, f"{assignment}/submissions")) == 1


def test_playback_is_counted_up_to_the_limit(school: Any, xml: Any) -> None:
    score = school.teacher.score(xml())["id"]
    assignment = school.assignment(attachments=[{"score": score}], nbPlaybackAuthorized=2)
    count = {"score": score, "nbPlayAttempt": 2}
    path = school.submission(assignment, school.ann, playback=[count])
    assert _get(school.teacher, path)["playback"] == [count]
    answer = school.ann("PUT", path, json={"playback": [{**count, "nbPlayAttempt": 3}]})
    assert (answer.status, answer.json()["param"]) == (422, "playback.0.nbPlayAttempt")


def test_a_reset_brings_back_the_start(school: Any, xml: Any) -> None:
    template = school.teacher.score(xml())["id"]
    assignment = school.assignment(attachments=[{"score": template, "sharingMode": "copy"}])
    path = school.submission(assignment, school.ann, submit=True, exercisesIds=["a"])
    before = _get(school.ann, path)["attachments"][0]["score"]
    school.teacher("PUT", path, json={"grade": 3, "return": True})
    assert school.ann("DELETE", path).status == 403
    reset = school.teacher("DELETE", path).json()
    assert reset["state"] == "created"
    assert not {"grade", "submissionDate", "returnDate", "exercisesIds"} & reset.keys()
    after = reset["attachments"][0]["score"]
    assert after != before
    assert _get(school.ann, f"/scores/{after}")["user"]["id"] == school.ann.user
    assert "grade" not in _get(school.ann, path)
    assert [one.get("state") for one in _get(school.ann, f"{path}/history")] == [
        "created",
        "turnedIn",
        "returned",
        "reset",
    ]


def test_the_history_tells_the_student_no_grade_before_the_return(school: Any, assignment: str) -> None:
    path = school.submission(assignment, school.ann, submit=True)
    school.teacher("PUT", path, json={"draftGrade": 9})
    school.teacher("PUT", path, json={"grade": 10})
    events = _get(school.teacher, f"{path}/history")
    assert [(one.get("state"), one.get("draftGrade"), one.get("grade")) for one in events] == [
        ("created", None, None),
        ("turnedIn", None, None),
        (None, 9, None),
        ("graded", None, 10),
    ]
    assert {one["maxPoints"] for one in events[1:]} == {20}
    assert events[-1]["users"] == [school.classroom["owner"]]
    assert len(_get(school.ann, f"{path}/history")) == 2
    school.teacher("PUT", path, json={"return": True})
    assert _get(school.ann, f"{path}/history")[-1]["grade"] == 10


def test_the_work_of_a_student_over_all_assignments(school: Any) -> None:
    first, second = school.assignment(), school.assignment()
    for assignment in (first, second):
        school.submission(assignment, school.ann)
    path = f"{school.path}/students/{school.ann.user}/submissions"
    for reader in (school.teacher, school.ann):
        assert [one["assignment"] for one in _get(reader, path)] == [
            first.rpartition("/")[2],
            second.rpartition("/")[2],
        ]
    school.teacher("PUT", first, json={"state": "draft"})
    assert [len(_get(reader, path)) for reader in (school.teacher, school.ann)] == [2, 1]
    assert school.ben("GET", path).status == 403
    nobody = school.teacher("GET", f"{school.path}/students/{school.eve.user}/submissions")
    assert (nobody.status, nobody.json()["param"]) == (404, "user")


def test_the_submissions_go_with_their_assignment(school: Any, assignment: str, xml: Any) -> None:
    score = school.ann.score(xml())["id"]
    path = school.submission(assignment, school.ann, attachments=[{"score": score}])
    school.teacher("DELETE", assignment)
    assert school.ann("GET", path).status == 404
    assert _get(school.ann, f"/scores/{score}/submissions") == []


def test_comments_are_unread_until_they_are_listed(school: Any, assignment: str) -> None:
    path = school.submission(assignment, school.ann)
    made = school.teacher("POST", f"{path}/comments", json={"comment": "Slower"}).json()
    assert (made["comment"], made["unread"], made["user"]) == ("Slower", False, school.classroom["owner"])
    assert _get(school.ann, path)["comments"] == {"total": 1, "unread": 1}
    assert _get(school.teacher, path)["comments"] == {"total": 1, "unread": 0}
    assert [one["unread"] for one in _get(school.ann, f"{path}/comments")] == [True]
    assert [one["unread"] for one in _get(school.ann, f"{path}/comments")] == [False]
    comment = f"{path}/comments/{made['id']}"
    assert school.ann("PUT", comment, json={"comment": "Faster"}).status == 403
    assert school.ann("DELETE", comment).status == 403
    edited = school.teacher("PUT", comment, json={"comment": "Much slower"}).json()
    assert edited["modificationDate"] >= edited["date"]
    assert _get(school.ann, path)["comments"]["unread"] == 1
    assert _get(school.ann, f"{path}/history")[-1]["comment"] == "Much slower"
    assert school.ben("GET", f"{path}/comments").status == 404
    assert school.teacher("DELETE", comment).status == 204
    assert school.teacher("DELETE", comment).json()["param"] == "comment"
    assert _get(school.ann, path)["comments"]["total"] == 0
    assert len(_get(school.ann, f"{path}/history")) == 1


def test_a_teacher_deletes_the_comment_of_a_student(school: Any, assignment: str) -> None:
    path = school.submission(assignment, school.ann)
    made = school.ann("POST", f"{path}/comments", json={"comment": "Done"}).json()
    assert school.teacher("DELETE", f"{path}/comments/{made['id']}").status == 204
    missing = school.ann("POST", f"{path}/comments", json={})
    assert (missing.status, missing.json()["param"]) == (422, "comment")


def test_comments_go_with_the_user_who_wrote_them(
    sandbox: Any, school: Any, assignment: str, connect: Callable[..., Any]
) -> None:
    admin = connect(sandbox.url, sandbox.issue_token(user=ADMIN))
    path = school.submission(assignment, school.ann)
    assert school.teacher("PUT", f"{school.path}/users/{school.eve.user}").status < 300
    assert school.eve("POST", f"{path}/comments", json={"comment": "Bravo"}).status < 300
    assert len(_get(school.ann, f"{path}/history")) == 2
    assert admin("DELETE", f"/organizations/users/{school.eve.user}").status == 204
    assert _get(school.ann, f"{path}/comments") == []
    assert len(_get(school.ann, f"{path}/history")) == 1
