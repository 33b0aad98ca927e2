"""Classes as they are stored, found and described, and what a user may do in one."""

from __future__ import annotations

from flat_api.sandbox import group_state
from flat_api.sandbox.call import Call
from flat_api.sandbox.errors import ApiError, forbidden, invalid, not_found
from flat_api.sandbox.people import is_admin
from flat_api.sandbox.store import Document, Where, having, without

ONLY_TEACHERS = "Only the teachers of the class and administrators can do this."
# What a class keeps for itself: not part of ClassDetails.
_PRIVATE = {"archivedFrom", "testStudent"}


def teaches(call: Call, classroom: Document) -> bool:
    """Whether the caller may manage a class. Assumed: its teachers and the administrators of its organization."""
    if is_admin(call.user) and call.user.get("organization") == classroom["organization"]:
        return True
    return group_state.is_member(call.store, classroom["teachersGroup"], call.user["id"])


def studies(call: Call, user: str, classroom: Document) -> bool:
    """Whether a user is a student of a class."""
    return group_state.is_member(call.store, classroom["studentsGroup"], user)


def sees_class(call: Call, classroom: Document) -> bool:
    """Whether the caller is in a class or manages it."""
    return teaches(call, classroom) or studies(call, call.user["id"], classroom)


def find_class(call: Call, identifier: str | None = None, param: str = "class") -> Document:
    """The class of the path, or the one with this id, if the caller may see it. Raises ApiError 404."""
    wanted: str = call.path["class"] if identifier is None else identifier
    classroom = call.store.get("class", wanted)
    if classroom is None or not sees_class(call, classroom):
        raise not_found("class", wanted, param)
    return classroom


def find_taught_class(call: Call, identifier: str | None = None, param: str = "class") -> Document:
    """The same for a caller who manages it. Raises ApiError 404, or 403 for its students."""
    classroom = find_class(call, identifier, param)
    require_teacher(call, classroom)
    return classroom


def require_teacher(call: Call, classroom: Document) -> None:
    """Raises ApiError 403 for a caller who does not manage a class."""
    if not teaches(call, classroom):
        raise forbidden(ONLY_TEACHERS)


def require_student(call: Call, user: str, classroom: Document, param: str) -> None:
    """Raises ApiError 422 for a user who is no student of a class."""
    if not studies(call, user, classroom):
        raise invalid(param, f"{user!r} is not a student of this class.")


def require_in_use(classroom: Document) -> None:
    """Raises ApiError 403 for an archived class. Assumed: it takes no new members and no new work."""
    if classroom["state"] == "archived":
        raise ApiError(403, "CLASS_ARCHIVED", "The class is archived; restore it first.", "class")


def archive(document: Document) -> None:
    """Archives a class or an assignment that is not archived yet."""
    if document["state"] != "archived":
        document.update(archivedFrom=document["state"], state="archived")


def restore(document: Document) -> None:
    """Gives a class or an assignment the state it was archived in, if it is archived."""
    document["state"] = document.pop("archivedFrom", document["state"])


def class_view(call: Call, classroom: Document) -> Document:
    """A stored class as ClassDetails. Assumed: students see neither the enrollment code nor drafts counted."""
    manager = teaches(call, classroom)
    hidden = _PRIVATE if manager else _PRIVATE | {"enrollmentCode"}
    counted = Where("parent = ?", (classroom["id"],))
    if not manager:
        counted &= having(state="active")
    shown = without(classroom, hidden)
    for name in ("teachersGroup", "studentsGroup"):
        group = call.store.get("group", classroom[name])
        if group is not None:
            shown[name] = group_state.view(call.store, group)
    shown["assignmentsCount"] = call.store.count("assignment", counted)
    return shown
