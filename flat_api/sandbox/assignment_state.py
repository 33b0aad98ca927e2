"""Assignments as they are stored, found, published and described, with what is attached to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flat_api.sandbox import group_state
from flat_api.sandbox.call import Answer, Call
from flat_api.sandbox.class_state import ONLY_TEACHERS, find_class, require_in_use, teaches
from flat_api.sandbox.errors import ApiError, forbidden, invalid, not_found
from flat_api.sandbox.rights import rights_on, share, unshare
from flat_api.sandbox.store import Document, Store, Where, new_id, now, without

# What a body sets as it is, in an assignment of a class and in a resource.
CONTENT = {
    "allowBackingTrack",
    "allowMetronome",
    "allowSpeedChange",
    "cover",
    "coverFile",
    "description",
    "descriptionHtml",
    "freeRecord",
    "maxPoints",
    "nbPlaybackAuthorized",
    "recordingType",
    "releaseGrades",
    "restrictPlayNote",
    "restrictToAudioTracks",
    "shuffleExercises",
    "submissionStudentsMode",
    "teacherInstructions",
    "teacherInstructionsHtml",
    "toolset",
    "type",
}
# The class side of an assignment: part of ClassAssignment, not of Assignment.
_CLASS_SIDE = {
    "assignedStudents",
    "assigneeMode",
    "classroom",
    "creationDate",
    "creator",
    "dueDate",
    "scheduledDate",
    "state",
}
_PRIVATE = {"archivedFrom", "shares"}
# What an assignment has of its own, wherever it is copied to.
NOT_COPIED = _CLASS_SIDE | _PRIVATE | {"id"}
_FOR_TEACHERS = {"teacherInstructions", "teacherInstructionsHtml"}
# The field that an attachment of a type cannot do without.
_ESSENTIAL = {
    "flat": "score",
    "googleDrive": "googleDriveFileId",
    "worksheet": "worksheet",
    "link": "url",
    "photo": "url",
    "rich": "url",
    "video": "url",
}


def add_assignment(call: Call, classroom: Document) -> Document:
    """Stores and returns an empty draft of the caller in a class. Needs a transaction."""
    assignment: Document = {
        "id": new_id(),
        "title": "Untitled assignment",
        "type": "none",
        "attachments": [],
        "submissionStudentsMode": "single",
        "assigneeMode": "everyone",
        "state": "draft",
        "classroom": classroom["id"],
        "creator": call.user["id"],
        "creationDate": now(),
        "shares": [],
    }
    call.store.insert("assignment", assignment, parent=classroom["id"])
    return assignment


@dataclass(frozen=True)
class Place:
    """Where a call happens: the class, the assignment, and whether the caller manages them."""

    classroom: Document
    assignment: Document
    manages: bool


def find_place(call: Call) -> Place:
    """The assignment of the path in the class of the path. Raises ApiError 404.

    Assumed: students find what is assigned to them and no draft.
    """
    classroom = find_class(call)
    identifier: str = call.path["assignment"]
    assignment = call.store.get("assignment", identifier)
    manages = teaches(call, classroom)
    if (
        assignment is None
        or assignment["classroom"] != classroom["id"]
        or not (manages or is_given_to(call.store, assignment, call.user["id"]))
    ):
        raise not_found("assignment", identifier, "assignment")
    return Place(classroom, assignment, manages)


def find_managed(call: Call) -> Place:
    """The same for a caller who manages the class. Raises ApiError 404, or 403 for students."""
    place = find_place(call)
    if not place.manages:
        raise forbidden(ONLY_TEACHERS)
    return place


def is_given_to(store: Store, assignment: Document, student: str) -> bool:
    """Whether a student of the class gets an assignment: no draft, and assigned to everyone or to the student."""
    return not is_draft(assignment) and is_assigned_to(store, assignment, student)


def is_draft(assignment: Document) -> bool:
    """Whether an assignment is, or was when it was archived, not given to the students."""
    return "draft" in (assignment["state"], assignment.get("archivedFrom"))


def is_assigned_to(store: Store, assignment: Document, student: str) -> bool:
    """Whether a student of the class is an assignee, be it of a draft."""
    return (
        assignment["assigneeMode"] == "everyone"
        or student in assignment.get("assignedStudents", [])
        or group_of(store, assignment, student) is not None
    )


def groups_of_assignment(store: Store, assignment: Document) -> list[Document]:
    """The groups of students who work on an assignment together."""
    groups = group_state.groups_in(store, assignment["classroom"], group_state.ASSIGNMENT_SUBGROUP)
    return [group for group in groups if group["assignment"] == assignment["id"]]


def group_of(store: Store, assignment: Document, student: str) -> Document | None:
    """The group in which a student works on an assignment; None for a student who works alone."""
    if assignment["submissionStudentsMode"] != "group":
        return None
    groups = groups_of_assignment(store, assignment)
    return next((group for group in groups if group_state.is_member(store, group["id"], student)), None)


def require_open(place: Place) -> None:
    """Raises ApiError 403 when students cannot work: the assignment or its class is archived."""
    require_in_use(place.classroom)
    if place.assignment["state"] == "archived":
        raise ApiError(403, "ASSIGNMENT_ARCHIVED", "The assignment is archived; it takes no work.", "assignment")


def assignment_view(assignment: Document, *, manages: bool) -> Document:
    """A stored assignment as Assignment: its content, without the class side."""
    hidden = _PRIVATE | _CLASS_SIDE | (set() if manages else _FOR_TEACHERS)
    return {
        **without(assignment, hidden),
        "attachments": [one for one in assignment["attachments"] if manages or not one.get("teacherOnly")],
        "capabilities": {
            "canArchive": manages and assignment["state"] != "archived",
            "canEdit": manages,
            "canPublishInClass": manages,
            "canUnarchive": manages and assignment["state"] == "archived",
        },
    }


def class_side(store: Store, assignment: Document) -> Document:
    """What ClassAssignment has more than Assignment, without the submissions."""
    shown = {name: value for name, value in assignment.items() if name in _CLASS_SIDE}
    if groups := groups_of_assignment(store, assignment):
        shown["assignedGroups"] = [
            {
                "id": group["id"],
                "name": group["name"],
                "parent": group["parent"],
                "members": [user["id"] for user in group_state.members(store, group["id"])],
            }
            for group in groups
        ]
    return shown


def publishing(behavior: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
    """Makes a behavior on a class see the assignments published whose scheduled date has come."""

    @wraps(behavior)
    def published(call: Call) -> Answer:
        store = call.store
        due = Where(
            "parent = ? AND json_extract(body, '$.state') = 'draft' AND json_extract(body, '$.scheduledDate') <= ?",
            (call.path["class"], now()),
        )
        if store.count("assignment", due):
            with store.transaction():
                for _, assignment in store.sorted("assignment", due, sort="creationDate", descending=False):
                    assignment["state"] = "active"
                    share_attachments(store, assignment)
                    store.update("assignment", assignment)
        return behavior(call)

    return published


def settle(store: Store, assignment: Document) -> None:
    """Brings state and shares into line with the schedule and the assignees; the caller stores the assignment.

    Until a scheduled date to come, an assignment is a draft. Needs a transaction.
    """
    if "scheduledDate" in assignment:
        if assignment["scheduledDate"] > now():
            assignment["state"] = "draft"
        elif assignment["state"] == "draft":
            # A date that has passed schedules nothing.
            del assignment["scheduledDate"]
    if assignment["state"] != "archived":
        assignment.pop("archivedFrom", None)
    share_attachments(store, assignment)


def share_attachments(store: Store, assignment: Document) -> None:
    """Shares the attached scores with those who get the assignment, and takes back what was shared before.

    The teachers of the class may read all, its students neither drafts nor what is for teachers only.
    What is shared is noted in the assignment, which the caller stores. Needs a transaction.
    """
    before = assignment["shares"]
    assignment["shares"] = _wanted(store, assignment)
    others = [
        one
        for other in store.children("assignment", assignment["classroom"])
        if other["id"] != assignment["id"]
        for one in other["shares"]
    ]
    for one in before:
        if not any(_same(one, other) for other in [*assignment["shares"], *others]):
            unshare(store, one["score"], one["target"])
    for one in assignment["shares"]:
        write = one["write"] or any(_same(one, other) and other["write"] for other in others)
        share(store, one["score"], one["target"], write=write)


def _wanted(store: Store, assignment: Document) -> list[Document]:
    classroom = store.get("class", assignment["classroom"])
    if classroom is None:
        return []
    teachers: list[Document] = [{"group": classroom["teachersGroup"]}]
    students: list[Document] = [{"group": classroom["studentsGroup"]}]
    if assignment["assigneeMode"] == "selected":
        students = [{"group": group["id"]} for group in groups_of_assignment(store, assignment)]
        students += [{"user": student} for student in assignment.get("assignedStudents", [])]
    wanted = []
    for one in assignment["attachments"]:
        if one["type"] == "flat" and store.get("score", one["score"]):
            write = one["sharingMode"] == "write"
            wanted += [{"score": one["score"], "target": target, "write": False} for target in teachers]
            if not (is_draft(assignment) or one.get("teacherOnly")):
                wanted += [{"score": one["score"], "target": target, "write": write} for target in students]
    return wanted


def _same(one: Document, other: Document) -> bool:
    return bool(one["score"] == other["score"] and one["target"] == other["target"])


def checked_attachments(call: Call, bodies: list[dict[str, Any]]) -> list[Document]:
    """The `attachments` of a body as MediaAttachments.

    Assumed: a missing type follows from the field that is given. Raises ApiError 422 for an attachment
    without its essential field or with a score or revision that the caller cannot read.
    """
    return [_checked(call, body, f"attachments.{number}") for number, body in enumerate(bodies)]


def _checked(call: Call, body: dict[str, Any], param: str) -> Document:
    kind = body.get("type") or next((kind for kind, field in _ESSENTIAL.items() if field in body), None)
    if kind is None:
        raise invalid(f"{param}.type", "is required.")
    if _ESSENTIAL[kind] not in body:
        raise invalid(f"{param}.{_ESSENTIAL[kind]}", f"is required for an attachment of the type {kind}.")
    if kind != "flat":
        return {**body, "type": kind}
    score = call.store.get("score", body["score"])
    rights = rights_on(call.store, call.user, score) if score else None
    if score is None or rights is None or not rights.read or "scheduledDeletionDate" in score:
        raise invalid(f"{param}.score", f"there is no score {body['score']!r}.")
    if body.get("sharingMode") == "write" and not rights.write:
        raise invalid(f"{param}.sharingMode", "is write, but you have no right to change this score yourself.")
    if "revision" in body:
        revision = call.store.get("revision", body["revision"])
        if revision is None or revision["score"] != score["id"]:
            raise invalid(f"{param}.revision", f"the score has no revision {body['revision']!r}.")
    return {"sharingMode": "read", **body, "type": kind, "title": score["title"]}


def scores_of(attachments: list[Document]) -> list[str]:
    """The ids of the attached scores."""
    return [one["score"] for one in attachments if one["type"] == "flat"]
