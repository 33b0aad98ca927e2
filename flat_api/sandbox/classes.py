"""The calls on classes, on their life from inactive to archived, and on who is in them."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from flat_api.sandbox import group_state
from flat_api.sandbox.call import NOTHING, Answer, Call
from flat_api.sandbox.class_state import (
    archive,
    class_view,
    find_class,
    find_taught_class,
    require_in_use,
    restore,
)
from flat_api.sandbox.errors import forbidden, not_found
from flat_api.sandbox.people import account_view, add_user, find_user_in, is_staff, user_id
from flat_api.sandbox.store import Document, Where, having, new_id, now
from flat_api.sandbox.submission_state import erase_submissions_of

# The letters and digits that are hard to take for one another.
_CODE_CHARACTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_CODE_LENGTH = 7


def list_classes(call: Call) -> Answer:
    """GET /classes: the classes that the caller is a member of.

    Documented: the active ones, unless `state` says otherwise; each with its two groups.
    Assumed: the newest first, and administrators too get only the classes they are in.
    """
    mine = Where(
        "id IN (SELECT json_extract(own.body, '$.classroom') FROM document AS own JOIN link ON link.source = own.id"
        " WHERE own.kind = 'group' AND link.target = ?)",
        (call.user["id"],),
    )
    in_state = having(state=call.query["state"])
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
        teachers = group_state.add_group(call.store, group_state.TEACHERS, "Teachers", classroom, [call.user["id"]])
        students = group_state.add_group(call.store, group_state.STUDENTS, "Students", classroom)
        classroom |= {"teachersGroup": teachers["id"], "studentsGroup": students["id"]}
        call.store.insert("class", classroom, parent=classroom["organization"])
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
    return _changed(call, archive)


def unarchive_class(call: Call) -> Answer:
    """DELETE /classes/{class}/archive: undoes the archiving.

    Documented: no class is deleted, the restored class is the answer.
    Assumed: it is in the state it was archived in; no error for a class that is not archived.
    """
    return _changed(call, restore)


def _changed(call: Call, change: Callable[[Document], None]) -> Answer:
    with call.store.transaction():
        classroom = find_taught_class(call)
        change(classroom)
        classroom["modificationDate"] = now()
        call.store.update("class", classroom)
    return Answer(content=class_view(call, classroom))


def enroll_class(call: Call) -> Answer:
    """POST /classes/enroll/{enrollmentCode}: the caller joins the class.

    Documented: the code is the `enrollmentCode` of the class.
    Assumed: staff join as teachers, others as students; no error for a member; 404 for the code of a
    class of another organization, 403 for an archived class.
    """
    code: str = call.path["enrollmentCode"]
    with call.store.transaction():
        with_code = having(enrollmentCode=code)
        in_organization = Where("parent = ?", (call.user.get("organization"),))
        rows = call.store.sorted("class", with_code & in_organization, sort="id", descending=False, limit=1)
        if not rows:
            raise not_found("class", code, "enrollmentCode")
        classroom = rows[0][1]
        require_in_use(classroom)
        _join(call, classroom, call.user)
    return Answer(content=class_view(call, classroom))


def add_class_user(call: Call) -> Answer:
    """PUT /classes/{class}/users/{user}.

    Documented: the user becomes a member of one of the two groups of the class.
    Assumed: teachers of the class and administrators add members of the organization; the role in the
    organization decides on the group; no error for a member.
    """
    with call.store.transaction():
        classroom = find_taught_class(call)
        require_in_use(classroom)
        _join(call, classroom, find_user_in(call, classroom["organization"]))
    return NOTHING


def delete_class_user(call: Call) -> Answer:
    """DELETE /classes/{class}/users/{user}: out of all groups of the class.

    Documented: the account itself stays.
    Assumed: teachers of the class and administrators remove members; the submissions stay.
    """
    with call.store.transaction():
        classroom = find_taught_class(call)
        user = user_id(call)
        left = [call.store.unlink(group["id"], user) for group in call.store.children("group", classroom["id"])]
        if not any(left):
            raise not_found("user", user, "user")
    return NOTHING


def _join(call: Call, classroom: Document, user: Document) -> None:
    call.store.link(classroom["teachersGroup" if is_staff(user) else "studentsGroup"], user["id"])


def create_test_student_account(call: Call) -> Answer:
    """POST /classes/{class}/testStudent: a student for the eyes of the teachers.

    Documented: with `reset`, the test student starts afresh.
    Assumed: a class has one test student, a member of its students group; a second call gives the
    same account, `reset` deletes its submissions in the class.
    """
    with call.store.transaction():
        classroom = find_taught_class(call)
        student = call.store.get("user", classroom.get("testStudent", ""))
        if student is None:
            student = add_user(
                call.store,
                username=f"test.{classroom['id']}",
                role="user",
                organization=classroom["organization"],
                firstname="Test",
                lastname="Student",
                isTestAccount=True,
            )
            call.store.update("class", {**classroom, "testStudent": student["id"]})
        elif call.query.get("reset"):
            erase_submissions_of(call.store, classroom, student["id"])
        call.store.link(classroom["studentsGroup"], student["id"])
    return Answer(content=account_view(call, student))
