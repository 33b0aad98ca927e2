"""Groups as they are stored and described; the members of a group are its links to users."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flat_api.sandbox.store import Document, Store, Where, new_id, now

TEACHERS = "classTeachers"
STUDENTS = "classStudents"
CLASS_SUBGROUP = "classStudentsSubGroup"
ASSIGNMENT_SUBGROUP = "assignmentStudentsSubGroup"


def add_group(
    store: Store, kind: str, name: str, classroom: Document, members: Iterable[str] = (), **fields: Any
) -> Document:
    """Stores a group of a class and returns it.

    Parameters: `kind` is a GroupType; `members` are the ids of its users; `fields` are further fields of
    GroupDetails. Needs a transaction.
    """
    group: Document = {
        "id": new_id(),
        "type": kind,
        "name": name,
        "classroom": classroom["id"],
        "organization": classroom["organization"],
        "creationDate": now(),
        # The members of the two main groups are changed through the class.
        "readOnly": kind in (TEACHERS, STUDENTS),
        "tags": [],
        **fields,
    }
    store.insert("group", group, parent=classroom["id"])
    for user in members:
        store.link(group["id"], user)
    return group


def view(store: Store, group: Document) -> Document:
    """A stored group as GroupDetails."""
    return {**group, "usersCount": store.count("user", _in_group(group["id"]))}


def members(store: Store, group: str) -> list[Document]:
    """The users in a group, by username."""
    rows = store.sorted("user", _in_group(group), sort="username", descending=False)
    return [user for _, user in rows]


def is_member(store: Store, group: str, user: str) -> bool:
    """Whether a user is in a group."""
    return store.count("user", _in_group(group) & Where("id = ?", (user,))) > 0


def groups_of(store: Store, user: str) -> list[str]:
    """The ids of the groups that a user is in."""
    mine = Where("id IN (SELECT source FROM link WHERE target = ?)", (user,))
    return [group["id"] for _, group in store.sorted("group", mine, sort="creationDate", descending=False)]


def groups_in(store: Store, classroom: str, kind: str) -> list[Document]:
    """The groups of one type in a class, the oldest first."""
    return [group for group in store.children("group", classroom) if group["type"] == kind]


def _in_group(group: str) -> Where:
    return Where("id IN (SELECT target FROM link WHERE source = ?)", (group,))
