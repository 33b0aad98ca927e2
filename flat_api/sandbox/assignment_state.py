"""Assignments as they are stored, found and described."""

from __future__ import annotations

from dataclasses import dataclass

from flat_api.sandbox import group_state
from flat_api.sandbox.call import Call
from flat_api.sandbox.class_state import find_class, forbidden, require_in_use, sees_class, teaches
from flat_api.sandbox.errors import ApiError, not_found
from flat_api.sandbox.store import Document, Store, new_id, now

# The class side of an assignment: part of ClassAssignment, not of Assignment.
CLASS_SIDE = {
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
NOT_COPIED = CLASS_SIDE | _PRIVATE | {"id"}
_FOR_TEACHERS = {"teacherInstructions", "teacherInstructionsHtml"}


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

    def require_manager(self) -> None:
        """Raises ApiError 403 for a student."""
        if not self.manages:
            raise forbidden("Only the teachers of the class and administrators can do this.")


def find_place(call: Call) -> Place:
    """The assignment of the path in the class of the path. Raises ApiError 404.

    Assumed: students find what is assigned to them and no draft.
    """
    classroom = find_class(call)
    identifier: str = call.path["assignment"]
    assignment = call.store.get("assignment", identifier)
    manages = teaches(call.store, call.user, classroom)
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
    place.require_manager()
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


def find_assignment_by_id(call: Call, identifier: str) -> Document:
    """The assignment of a class that the caller manages. Raises ApiError 404, or 403 for students of the class."""
    assignment = call.store.get("assignment", identifier)
    classroom = call.store.get("class", assignment["classroom"]) if assignment else None
    if assignment is None or classroom is None or not sees_class(call, classroom):
        raise not_found("assignment", identifier, "assignment")
    Place(classroom, assignment, teaches(call.store, call.user, classroom)).require_manager()
    return assignment


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
    hidden = _PRIVATE | CLASS_SIDE if manages else _PRIVATE | CLASS_SIDE | _FOR_TEACHERS
    return {
        **{name: value for name, value in assignment.items() if name not in hidden},
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
    shown = {name: value for name, value in assignment.items() if name in CLASS_SIDE}
    groups = groups_of_assignment(store, assignment)
    if groups:
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
