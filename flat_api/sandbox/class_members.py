"""The calls that bring users into a class and out of it: enrollment, members, the test student."""

from __future__ import annotations

from flat_api.sandbox import group_state
from flat_api.sandbox.call import NOTHING, Answer, Behavior, Call
from flat_api.sandbox.class_state import class_view, find_taught_class, require_in_use
from flat_api.sandbox.errors import not_found
from flat_api.sandbox.people import add_user, is_staff, public_view
from flat_api.sandbox.store import Document, Where
from flat_api.sandbox.submission_state import delete_submissions_of


def enroll_class(call: Call) -> Answer:
    """POST /classes/enroll/{enrollmentCode}: the caller joins the class.

    Documented: the code is the `enrollmentCode` of the class.
    Assumed: staff join as teachers, others as students; no error for a member; 404 for the code of a
    class of another organization, 403 for an archived class.
    """
    code: str = call.path["enrollmentCode"]
    with call.store.transaction():
        with_code = Where("json_extract(body, '$.enrollmentCode') = ?", (code,))
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
        identifier: str = call.path["user"]
        user = call.user if identifier == "me" else call.store.get("user", identifier)
        if user is None or user.get("organization") != classroom["organization"]:
            raise not_found("user", identifier, "user")
        _join(call, classroom, user)
    return NOTHING


def delete_class_user(call: Call) -> Answer:
    """DELETE /classes/{class}/users/{user}: out of all groups of the class.

    Documented: the account itself stays.
    Assumed: teachers of the class and administrators remove members; the submissions stay.
    """
    with call.store.transaction():
        classroom = find_taught_class(call)
        user = call.user["id"] if call.path["user"] == "me" else call.path["user"]
        groups = call.store.children("group", classroom["id"])
        left = [call.store.unlink(group["id"], user) for group in groups]
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
            delete_submissions_of(call.store, classroom, student["id"])
        call.store.link(classroom["studentsGroup"], student["id"])
    settings = {name: student[name] for name in ("isEmailVerified", "locale", "privateProfile")}
    groups = group_state.groups_of(call.store, student["id"])
    return Answer(content={**public_view(call, student), **settings, "groups": groups})


BEHAVIORS: dict[str, Behavior] = {
    "enrollClass": enroll_class,
    "addClassUser": add_class_user,
    "deleteClassUser": delete_class_user,
    "createTestStudentAccount": create_test_student_account,
}
