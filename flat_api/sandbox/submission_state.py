"""Submissions as they are stored, found, described and started, and what is recorded of them."""

from __future__ import annotations

from typing import Any

from flat_api.sandbox.assignment_state import Place, assignment_view, class_side, group_of
from flat_api.sandbox.call import Call
from flat_api.sandbox.errors import not_found
from flat_api.sandbox.rights import share
from flat_api.sandbox.score_state import copy_score
from flat_api.sandbox.store import Document, Store, new_id, now, without

# What a submission keeps for itself: the group that works together, and the grade that its students know.
_PRIVATE = {"group", "returnedGrade"}


def submission_of(store: Store, assignment: Document, student: str) -> Document | None:
    """The submission that is a student's own or that of the student's group."""
    group = group_of(store, assignment, student)
    for submission in store.children("submission", assignment["id"]):
        if submission["creator"] == student or (group and submission.get("group") == group["id"]):
            return submission
    return None


def find_submission(call: Call, place: Place) -> Document:
    """The submission of the path, if the caller may see it. Raises ApiError 404.

    Assumed: a student sees no submission but the own one.
    """
    identifier: str = call.path["submission"]
    submission = call.store.get("submission", identifier)
    if (
        submission is None
        or submission["assignment"] != place.assignment["id"]
        or not (place.manages or is_own(call, place.assignment, submission))
    ):
        raise not_found("submission", identifier, "submission")
    return submission


def is_own(call: Call, assignment: Document, submission: Document) -> bool:
    """Whether a submission is the work of the caller or of the caller's group."""
    own = submission_of(call.store, assignment, call.user["id"])
    return own is not None and own["id"] == submission["id"]


def start(call: Call, place: Place) -> Document:
    """Stores and returns the submission that the caller begins. Needs a transaction.

    Documented: each student gets a copy of a score that is attached with the sharing mode `copy`.
    """
    group = group_of(call.store, place.assignment, call.user["id"])
    submission: Document = {
        "id": new_id(),
        "assignment": place.assignment["id"],
        "classroom": place.classroom["id"],
        "creator": call.user["id"],
        "creationDate": now(),
        "state": "created",
        "attachments": copies(call, place, call.user, group),
        "playback": [],
    }
    if group is not None:
        submission["group"] = group["id"]
    call.store.insert("submission", submission, parent=place.assignment["id"])
    record(call, submission, state="created")
    return submission


def copies(call: Call, place: Place, student: Document, group: Document | None) -> list[Document]:
    """New copies of the scores of an assignment for a student, as attachments. Needs a transaction.

    Assumed: a copy is made of the last revision, belongs to the student and keeps the title; the teachers of
    the class, and the group that works together, may change it.
    """
    found = []
    for attachment in place.assignment["attachments"]:
        if attachment["type"] != "flat" or attachment["sharingMode"] != "copy" or attachment.get("teacherOnly"):
            continue
        original = call.store.get("score", attachment["score"])
        # The teacher may have deleted the score meanwhile.
        if original is not None:
            copy = copy_score(call, original, title=original["title"], owner=student)
            share(call.store, copy["id"], {"group": place.classroom["teachersGroup"]}, write=True)
            if group is not None:
                share(call.store, copy["id"], {"group": group["id"]}, write=True)
            own = {**attachment, "score": copy["id"], "title": copy["title"]}
            own.pop("revision", None)
            found.append(own)
    return found


def submission_view(call: Call, place: Place, submission: Document) -> Document:
    """A stored submission as AssignmentSubmission.

    Documented: teachers alone see the draft grade, and the student sees the grade once it is returned.
    """
    shown = without(submission, _PRIVATE)
    if not place.manages:
        shown.pop("draftGrade", None)
        shown.pop("grade", None)
        if submission.get("returnedGrade") is not None:
            shown["grade"] = submission["returnedGrade"]
    comments = call.store.children("submissionComment", submission["id"])
    unread = [one for one in comments if call.user["id"] not in one["readBy"]]
    shown["comments"] = {"total": len(comments), "unread": len(unread)}
    if "maxPoints" in place.assignment:
        shown["maxPoints"] = place.assignment["maxPoints"]
    return shown


def submission_views(call: Call, place: Place) -> list[Document]:
    """The submissions of an assignment that the caller may see, the oldest first, as AssignmentSubmission."""
    if place.manages:
        found = call.store.children("submission", place.assignment["id"])
    else:
        own = submission_of(call.store, place.assignment, call.user["id"])
        found = [own] if own else []
    return [submission_view(call, place, one) for one in found]


def class_assignment_view(call: Call, place: Place) -> Document:
    """A stored assignment as ClassAssignment, with the submissions that the caller may see."""
    shown = assignment_view(place.assignment, manages=place.manages) | class_side(call.store, place.assignment)
    return {**shown, "submissions": submission_views(call, place)}


def record(call: Call, submission: Document, *, teachers_only: bool = False, **event: Any) -> None:
    """Adds an event to the history of a submission; `event` are fields of AssignmentSubmissionHistory.

    An `id` among them makes the event one that can be changed or removed. Needs a transaction.
    """
    document = {
        "id": new_id(),
        "date": now(),
        "users": [call.user["id"]],
        "classroom": submission["classroom"],
        "assignment": submission["assignment"],
        "submission": submission["id"],
        "teachersOnly": teachers_only,
        **event,
    }
    call.store.insert("submissionEvent", document, parent=submission["id"])


def erase_submission(store: Store, submission: Document) -> None:
    """Removes a submission with its comments and its history; the scores stay. Needs a transaction."""
    for kind in ("submissionComment", "submissionEvent"):
        for one in store.children(kind, submission["id"]):
            store.delete(kind, one["id"])
    store.delete("submission", submission["id"])


def erase_submissions_of(store: Store, classroom: Document, student: str) -> None:
    """Removes the submissions of a student in a class. Needs a transaction."""
    for assignment in store.children("assignment", classroom["id"]):
        for submission in store.children("submission", assignment["id"]):
            if submission["creator"] == student:
                erase_submission(store, submission)
