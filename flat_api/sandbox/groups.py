"""The calls on groups: the subgroups of classes and assignments, and the members of all groups."""

from __future__ import annotations

from flat_api.sandbox import group_state
from flat_api.sandbox.call import NOTHING, Answer, Call
from flat_api.sandbox.class_state import (
    find_taught_class,
    require_in_use,
    require_student,
    require_teacher,
    sees_class,
    teaches,
)
from flat_api.sandbox.errors import ApiError, forbidden, invalid, not_found
from flat_api.sandbox.group_state import CLASS_SUBGROUP
from flat_api.sandbox.people import public_view
from flat_api.sandbox.rights import shared_with
from flat_api.sandbox.score_state import NOT_IN_TRASH
from flat_api.sandbox.score_view import details
from flat_api.sandbox.store import Document, having


def _find(call: Call, kind: str, identifier: str) -> tuple[Document, Document]:
    """A group or an assignment and its class, if the caller may see the class. Raises ApiError 404."""
    found = call.store.get(kind, identifier)
    classroom = call.store.get("class", found["classroom"]) if found else None
    if found is None or classroom is None or not sees_class(call, classroom):
        raise not_found(kind, identifier, kind)
    return found, classroom


def _find_group(call: Call) -> tuple[Document, Document]:
    return _find(call, "group", call.path["group"])


def _find_changeable(call: Call) -> tuple[Document, Document]:
    group, classroom = _find_group(call)
    if not teaches(call, classroom):
        raise forbidden("Only the teachers of the class and administrators change its groups.")
    if group["readOnly"]:
        message = "The main groups of a class are changed with addClassUser and deleteClassUser."
        raise ApiError(403, "GROUP_READ_ONLY", message, "group")
    return group, classroom


def _require_free_name(call: Call, classroom: str, kind: str, name: str, own: str | None = None) -> None:
    taken = [group for group in group_state.groups_in(call.store, classroom, kind) if group["name"] == name]
    if any(group["id"] != own for group in taken):
        raise ApiError(409, "GROUP_NAME_TAKEN", f"name: the class has a group {name!r} already.", "name")


def list_groups(call: Call) -> Answer:
    """GET /groups: the subgroups of a class, or of an assignment in group mode.

    Documented: `type` chooses the kind, then the class or the assignment has to be given; the two main
    groups of a class are not listed.
    Assumed: the parameter that is missing is named (422); for teachers of the class and administrators
    alone (403); the oldest first.
    """
    kind: str = call.query["type"]
    owner = "classroom" if kind == CLASS_SUBGROUP else "assignment"
    identifier: str | None = call.query.get(owner)
    if identifier is None:
        raise invalid(owner, f"is required to list groups of the type {kind}.")
    if kind == CLASS_SUBGROUP:
        classroom = find_taught_class(call, identifier, owner)
    else:
        _, classroom = _find(call, owner, identifier)
        require_teacher(call, classroom)
    groups = group_state.groups_in(call.store, classroom["id"], kind)
    found = [group for group in groups if group.get(owner) == identifier]
    return Answer(content=[group_state.view(call.store, group) for group in found])


def create_group(call: Call) -> Answer:
    """POST /groups: a subgroup of the students of a class, with first members.

    Documented: no other groups can be created.
    Assumed: members have to be students of the class (422); a name is taken once in a class (409), without
    one the group is called `Group` and the next free number; only teachers and administrators create groups.
    """
    with call.store.transaction():
        classroom = find_taught_class(call, call.body["classroom"], "classroom")
        require_in_use(classroom)
        name: str = call.body.get("name") or _next_name(call, classroom["id"])
        _require_free_name(call, classroom["id"], CLASS_SUBGROUP, name)
        members: list[str] = call.body.get("members", [])
        for number, member in enumerate(members):
            require_student(call, member, classroom, f"members.{number}")
        parent = classroom["studentsGroup"]
        group = group_state.add_group(call.store, CLASS_SUBGROUP, name, classroom, members, parent=parent)
    return Answer(content=group_state.view(call.store, group))


def _next_name(call: Call, classroom: str) -> str:
    names = {group["name"] for group in group_state.groups_in(call.store, classroom, CLASS_SUBGROUP)}
    return next(name for number in range(1, len(names) + 2) if (name := f"Group {number}") not in names)


def get_group_details(call: Call) -> Answer:
    """GET /groups/{group}.

    Assumed: the members of the class and administrators see all its groups, for others there is none (404).
    """
    group, _ = _find_group(call)
    return Answer(content=group_state.view(call.store, group))


def rename_group(call: Call) -> Answer:
    """PUT /groups/{group}: the name is all that changes.

    Assumed: the main groups of a class keep their names (403); a name is taken once (409).
    """
    with call.store.transaction():
        group, classroom = _find_changeable(call)
        _require_free_name(call, classroom["id"], group["type"], call.body["name"], group["id"])
        group["name"] = call.body["name"]
        call.store.update("group", group)
    return Answer(content=group_state.view(call.store, group))


def delete_group(call: Call) -> Answer:
    """DELETE /groups/{group}.

    Assumed: the main groups of a class cannot be deleted (403); the members stay in the class.
    """
    with call.store.transaction():
        group, _ = _find_changeable(call)
        call.store.delete("group", group["id"])
    return NOTHING


def get_group_scores(call: Call) -> Answer:
    """GET /groups/{group}/scores: the scores that are shared with the group, in one answer.

    Documented: `parent` keeps the copies of that score.
    Assumed: for members of the group and for those who manage its class (404 for others); the newest
    first, without those in the trash.
    """
    group, classroom = _find_group(call)
    is_member = group_state.is_member(call.store, group["id"], call.user["id"])
    if not (is_member or teaches(call, classroom)):
        raise not_found("group", group["id"], "group")
    where = shared_with(group["id"]) & NOT_IN_TRASH
    if "parent" in call.query:
        where &= having(parentScore=call.query["parent"])
    rows = call.store.sorted("score", where, sort="creationDate", descending=True)
    return Answer(content=[details(call, score) for _, score in rows])


def list_group_users(call: Call) -> Answer:
    """GET /groups/{group}/users: all members in one answer.

    Documented: with the students group of a class, this is the roster.
    Assumed: by username; `source` keeps nobody, since no user of the sandbox comes from a roster service.
    """
    group, _ = _find_group(call)
    users = [] if call.query.get("source") else group_state.members(call.store, group["id"])
    return Answer(content=[public_view(call, user) for user in users])


def add_group_user(call: Call) -> Answer:
    """POST /groups/{group}/users.

    Documented: a user is brought into a class with addClassUser instead.
    Assumed: therefore the main groups are refused (403), and the user has to be a student of the class
    (422); no error for a member.
    """
    with call.store.transaction():
        group, classroom = _find_changeable(call)
        user: str = call.body["user"]
        require_student(call, user, classroom, "user")
        call.store.link(group["id"], user)
    return Answer(content={"user": user})


def remove_group_user(call: Call) -> Answer:
    """DELETE /groups/{group}/users/{user}.

    Documented: the account stays; a user is taken out of a class with deleteClassUser.
    Assumed: therefore the main groups are refused (403); 404 for somebody who is not in the group.
    """
    with call.store.transaction():
        group, _ = _find_changeable(call)
        if not call.store.unlink(group["id"], call.path["user"]):
            raise not_found("user", call.path["user"], "user")
    return NOTHING
