"""The calls on classes: list, create, read, change, and their life from inactive to archived."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from flat_api.sandbox import group_state
from flat_api.sandbox.call import Answer, Behavior, Call
from flat_api.sandbox.class_state import class_view, find_class, find_taught_class, forbidden, require_in_use
from flat_api.sandbox.people import is_staff
from flat_api.sandbox.store import Document, Where, new_id, now

_MINE = Where(
    "id IN (SELECT json_extract(own.body, '$.classroom') FROM document AS own JOIN link ON link.source = own.id"
    " WHERE own.kind = 'group' AND link.target = ?)"
)
# The letters and digits that are hard to take for one another.
_CODE_CHARACTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_CODE_LENGTH = 7


def list_classes(call: Call) -> Answer:
    """GET /classes: the classes that the caller is a member of.

    Documented: the active ones, unless `state` says otherwise; each with its two groups.
    Assumed: the newest first, and administrators too get only the classes they are in.
    """
    mine = Where(_MINE.sql, (call.user["id"],))
    in_state = Where("json_extract(body, '$.state') = ?", (call.query["state"],))
    rows = call.store.sorted("class", mine & in_state, sort="creationDate", descending=True)
    return Answer(content=[class_view(call, classroom) for _, classroom in rows])


def create_class(call: Call) -> Answer:
    """POST /classes: a class with its two groups.

    Documented: it is inactive until it is activated, and has an enrollment code.
    Assumed: only teachers and administrators create classes; the creator is its owner and first teacher.
    """
    if not is_staff(call.user):
        raise forbidden("Only teachers and administrators create classes.")
    date = now()
    classroom: Document = {
        **call.body,
        "id": new_id(),
        "state": "inactive",
        "owner": call.user["id"],
        "organization": call.user["organization"],
        "enrollmentCode": "".join(secrets.choice(_CODE_CHARACTERS) for _ in range(_CODE_LENGTH)),
        "creationDate": date,
        "modificationDate": date,
    }
    with call.store.transaction():
        teachers = group_state.add_group(call.store, group_state.TEACHERS, "Teachers", classroom)
        students = group_state.add_group(call.store, group_state.STUDENTS, "Students", classroom)
        classroom |= {"teachersGroup": teachers["id"], "studentsGroup": students["id"]}
        call.store.insert("class", classroom, parent=classroom["organization"])
        call.store.link(teachers["id"], call.user["id"])
    return Answer(content=class_view(call, classroom))


def get_class(call: Call) -> Answer:
    """GET /classes/{class}.

    Documented: the rosters are those of its two groups.
    Assumed: members and administrators of the organization see a class, for others there is none (404).
    """
    return Answer(content=class_view(call, find_class(call)))


_EDITABLE = ("level", "name", "section", "size", "skillsFocused")


def update_class(call: Call) -> Answer:
    """PUT /classes/{class}: what is absent stays.

    Documented: name, section, level, size and skills can be changed; the state has its own calls.
    Assumed: only its teachers and administrators may, here and in the calls on its state.
    """
    changes = {name: call.body[name] for name in _EDITABLE if name in call.body}
    return _changed(call, lambda classroom: classroom.update(changes))


def activate_class(call: Call) -> Answer:
    """POST /classes/{class}/activate: from inactive to active.

    Assumed: no error for an active class; an archived one has to be restored first (403).
    """

    def activate(classroom: Document) -> None:
        require_in_use(classroom)
        classroom["state"] = "active"

    return _changed(call, activate)


def archive_class(call: Call) -> Answer:
    """POST /classes/{class}/archive: away from the default list.

    Assumed: no error for an archived class; while archived it takes no new members and no new work.
    """

    def archive(classroom: Document) -> None:
        if classroom["state"] != "archived":
            classroom["archivedFrom"] = classroom["state"]
            classroom["state"] = "archived"

    return _changed(call, archive)


def unarchive_class(call: Call) -> Answer:
    """DELETE /classes/{class}/archive: undoes the archiving.

    Documented: no class is deleted, the restored class is the answer.
    Assumed: it is in the state it was archived in; no error for a class that is not archived.
    """

    def restore(classroom: Document) -> None:
        classroom["state"] = classroom.pop("archivedFrom", classroom["state"])

    return _changed(call, restore)


def _changed(call: Call, change: Callable[[Document], None]) -> Answer:
    with call.store.transaction():
        classroom = find_taught_class(call)
        change(classroom)
        classroom["modificationDate"] = now()
        call.store.update("class", classroom)
    return Answer(content=class_view(call, classroom))


BEHAVIORS: dict[str, Behavior] = {
    "listClasses": list_classes,
    "createClass": create_class,
    "getClass": get_class,
    "updateClass": update_class,
    "activateClass": activate_class,
    "archiveClass": archive_class,
    "unarchiveClass": unarchive_class,
}
