"""The calls on submissions: start, hand in, grade, return, reset, list, and the history."""

from __future__ import annotations

from typing import Any

from flat_api.sandbox.assignment_state import (
    Place,
    checked_attachments,
    find_managed,
    find_place,
    group_of,
    is_given_to,
    publishing,
    require_open,
    scores_of,
)
from flat_api.sandbox.call import Answer, Call
from flat_api.sandbox.class_state import find_class, studies, teaches
from flat_api.sandbox.errors import forbidden, invalid, not_found
from flat_api.sandbox.people import user_id
from flat_api.sandbox.rights import rights_on, share
from flat_api.sandbox.score_state import find_score
from flat_api.sandbox.store import Document, Where, now
from flat_api.sandbox.submission_state import (
    copies,
    find_submission,
    is_own,
    record,
    start,
    submission_of,
    submission_view,
    submission_views,
)
from flat_api.sandbox.values import set_or_clear

_WORK = ("attachments", "exercisesIds", "playback", "submit")
_GRADING = ("draftGrade", "grade", "return")
_GONE_WITH_RESET = (
    "draftGrade",
    "exercisesIds",
    "grade",
    "returnCreator",
    "returnDate",
    "returnedGrade",
    "submissionDate",
)


@publishing
def get_submissions(call: Call) -> Answer:
    """GET /classes/{class}/assignments/{assignment}/submissions.

    Documented: missing work is found by comparing with the roster, so a submission exists once its student
    has begun; draft grades are for teachers.
    Assumed: a student gets the own submission alone; the oldest first.
    """
    return Answer(content=submission_views(call, find_place(call)))


@publishing
def create_submission(call: Call) -> Answer:
    """PUT /classes/{class}/assignments/{assignment}/submissions: the caller's own submission, new or changed.

    Documented: for students; work is attached, and handed in with `submit`; scores with the sharing mode
    `copy` come as the student's own copies.
    Assumed: 403 for teachers and for grades; work is accepted after the due date and again after the return,
    but not in an archived assignment or class (403).
    """
    with call.store.transaction():
        place = find_place(call)
        if place.manages:
            raise forbidden("Teachers hand in no work; they grade a submission with editSubmission.")
        _require_work(call, place)
        submission = submission_of(call.store, place.assignment, call.user["id"]) or start(call, place)
        _work(call, place, submission)
        call.store.update("submission", submission)
    return Answer(content=submission_view(call, place, submission))


@publishing
def get_submission(call: Call) -> Answer:
    """GET /classes/{class}/assignments/{assignment}/submissions/{submission}.

    Documented: comments are only counted here. Assumed: for a student there is no other submission (404).
    """
    place = find_place(call)
    return Answer(content=submission_view(call, place, find_submission(call, place)))


@publishing
def edit_submission(call: Call) -> Answer:
    """PUT /classes/{class}/assignments/{assignment}/submissions/{submission}.

    Documented: a teacher sets grades and returns the work; a draft grade stays among the teachers, the
    student sees the grade once the work is returned; null clears a grade.
    Assumed: the student of the submission may send work as with createSubmission; each side gets 403 for
    the fields of the other.
    Assumed: a grade makes work `graded` until it is returned; a grade above the maximum of points is
    accepted; returning does not turn a draft grade into a grade.
    """
    with call.store.transaction():
        place = find_place(call)
        submission = find_submission(call, place)
        if place.manages:
            _grade(call, place, submission)
        else:
            _require_work(call, place)
            _work(call, place, submission)
        call.store.update("submission", submission)
    return Answer(content=submission_view(call, place, submission))


def _require_work(call: Call, place: Place) -> None:
    """Raises ApiError 403 for what a student may not send, or not now."""
    _require_none(call.body, _GRADING, "Only the teachers of the class grade and return work.")
    require_open(place)


def _work(call: Call, place: Place, submission: Document) -> None:
    body = call.body
    if "attachments" in body:
        _attach(call, place, submission, checked_attachments(call, body["attachments"]))
    if "exercisesIds" in body:
        set_or_clear(submission, "exercisesIds", body["exercisesIds"])
    if "playback" in body:
        submission["playback"] = _counted(place, submission, body["playback"])
    if body.get("submit"):
        submission |= {"state": "turnedIn", "submissionDate": now()}
        record(call, submission, state="turnedIn", **_circumstances(place))


def _require_none(body: dict[str, Any], fields: tuple[str, ...], message: str) -> None:
    for name in fields:
        if name in body:
            raise forbidden(message, name)


def _attach(call: Call, place: Place, submission: Document, attachments: list[Document]) -> None:
    """Assumed: what the student may manage is shared with the teachers of the class, who may change it."""
    known = scores_of(submission["attachments"])
    for attachment in attachments:
        if attachment["type"] != "flat" or attachment["score"] in known:
            continue
        score = call.store.get("score", attachment["score"])
        if score is not None and rights_on(call.store, call.user, score).admin:
            share(call.store, score["id"], {"group": place.classroom["teachersGroup"]}, write=True)
        event = {name: attachment[name] for name in ("score", "title", "revision") if name in attachment}
        record(call, submission, attachment=event)
    submission["attachments"] = attachments


def _counted(place: Place, submission: Document, playback: list[Document]) -> list[Document]:
    """The counts of the body over those of the submission. Assumed: only its scores count, up to the limit."""
    scores = {*scores_of(submission["attachments"]), *scores_of(place.assignment["attachments"])}
    limit = place.assignment.get("nbPlaybackAuthorized")
    counts = {one["score"]: one for one in submission["playback"]}
    for number, one in enumerate(playback):
        if one["score"] not in scores:
            raise invalid(f"playback.{number}.score", f"{one['score']!r} is not attached here.")
        if limit is not None and one["nbPlayAttempt"] > limit:
            raise invalid(f"playback.{number}.nbPlayAttempt", f"the assignment allows {limit} times at most.")
        counts[one["score"]] = {"score": one["score"], "nbPlayAttempt": one["nbPlayAttempt"]}
    return list(counts.values())


def _grade(call: Call, place: Place, submission: Document) -> None:
    body = call.body
    _require_none(body, _WORK, "Only the student changes and hands in the work.")
    if "draftGrade" in body:
        set_or_clear(submission, "draftGrade", body["draftGrade"])
        if body["draftGrade"] is not None:
            record(call, submission, teachers_only=True, draftGrade=body["draftGrade"], **_circumstances(place))
    if "grade" in body:
        _set_grade(call, place, submission, body["grade"])
    if body.get("return"):
        submission |= {"state": "returned", "returnDate": now(), "returnCreator": call.user["id"]}
        set_or_clear(submission, "returnedGrade", submission.get("grade"))
        grade = {"grade": submission["grade"]} if "grade" in submission else {}
        record(call, submission, state="returned", **grade, **_circumstances(place))


def _set_grade(call: Call, place: Place, submission: Document, grade: float | None) -> None:
    returned = submission["state"] == "returned"
    set_or_clear(submission, "grade", grade)
    if returned:
        set_or_clear(submission, "returnedGrade", grade)
    elif grade is not None:
        submission["state"] = "graded"
    elif submission["state"] == "graded":
        submission["state"] = "turnedIn" if "submissionDate" in submission else "created"
    if grade is not None:
        record(call, submission, teachers_only=not returned, state="graded", grade=grade, **_circumstances(place))


def _circumstances(place: Place) -> dict[str, Any]:
    return {name: place.assignment[name] for name in ("dueDate", "maxPoints") if name in place.assignment}


@publishing
def delete_submission(call: Call) -> Answer:
    """DELETE /classes/{class}/assignments/{assignment}/submissions/{submission}: back to its start.

    Documented: the student can do the work again; the answer is the submission, the history says `reset`.
    Assumed: for teachers and administrators alone; grades and dates go, the attached scores are copied anew,
    the former copies stay with the student, and so do the comments.
    """
    with call.store.transaction():
        place = find_managed(call)
        submission = find_submission(call, place)
        for name in _GONE_WITH_RESET:
            submission.pop(name, None)
        student = call.store.get("user", submission["creator"])
        group = group_of(call.store, place.assignment, submission["creator"])
        attachments = copies(call, place, student, group) if student else []
        submission |= {"state": "created", "playback": [], "attachments": attachments}
        call.store.update("submission", submission)
        record(call, submission, state="reset")
    return Answer(content=submission_view(call, place, submission))


@publishing
def get_submission_history(call: Call) -> Answer:
    """GET /classes/{class}/assignments/{assignment}/submissions/{submission}/history.

    Documented: each entry is one event: a change of state, a grade, a comment or an attachment.
    Assumed: the oldest first; students do not see draft grades, nor grades before the return.
    """
    place = find_place(call)
    events = call.store.children("submissionEvent", find_submission(call, place)["id"])
    shown = [one for one in events if place.manages or not one["teachersOnly"]]
    hidden = {"id", "teachersOnly"}
    return Answer(content=[{name: one[name] for name in one if name not in hidden} for one in shown])


@publishing
def list_class_student_submissions(call: Call) -> Answer:
    """GET /classes/{class}/students/{user}/submissions: the work of one student over all assignments.

    Documented: the student is a member of the students group of the class.
    Assumed: 404 for anybody else; students list their own submissions alone (403).
    """
    classroom = find_class(call)
    manages = teaches(call, classroom)
    student = user_id(call)
    if not manages and student != call.user["id"]:
        raise forbidden("Students list their own submissions only.", "user")
    if not studies(call, student, classroom):
        raise not_found("user", student, "user")
    found = []
    for assignment in call.store.children("assignment", classroom["id"]):
        submission = submission_of(call.store, assignment, student)
        if submission and (manages or is_given_to(call.store, assignment, student)):
            found.append(submission_view(call, Place(classroom, assignment, manages), submission))
    return Answer(content=found)


_ATTACHED = (
    "EXISTS (SELECT 1 FROM json_each(body, '$.attachments') AS one"
    " WHERE json_extract(one.value, '$.type') = 'flat' AND json_extract(one.value, '$.score') = ?)"
)


def get_score_submissions(call: Call) -> Answer:
    """GET /scores/{score}/submissions: the submissions this score is part of.

    Assumed: those whose class the caller manages and the caller's own; a score is part of the submissions
    that it is attached to, not of those with copies of it; the oldest first.
    """
    score = find_score(call)
    rows = call.store.sorted("submission", Where(_ATTACHED, (score["id"],)), sort="creationDate", descending=False)
    found = []
    for _, submission in rows:
        assignment = call.store.get("assignment", submission["assignment"])
        classroom = call.store.get("class", submission["classroom"])
        if assignment and classroom:
            place = Place(classroom, assignment, teaches(call, classroom))
            if place.manages or is_own(call, assignment, submission):
                found.append(submission_view(call, place, submission))
    return Answer(content=found)
