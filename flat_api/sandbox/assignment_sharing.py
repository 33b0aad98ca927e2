"""The publication of assignments: scheduled dates that come, and attached scores that students get access to."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from flat_api.sandbox.assignment_state import groups_of_assignment, is_draft
from flat_api.sandbox.call import Answer, Call
from flat_api.sandbox.rights import share, unshare
from flat_api.sandbox.store import Document, Store, Where, now


def publishing(behavior: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
    """Makes a behavior on a class see the assignments published whose scheduled date has come."""

    @wraps(behavior)
    def published(call: Call) -> Answer:
        publish_due(call.store, call.path["class"])
        return behavior(call)

    return published


def publish_due(store: Store, classroom: str) -> None:
    """Publishes the scheduled drafts of a class whose date has come."""
    due = Where("parent = ?", (classroom,)) & Where(
        "json_extract(body, '$.state') = 'draft' AND json_extract(body, '$.scheduledDate') <= ?", (now(),)
    )
    if store.count("assignment", due) == 0:
        return
    with store.transaction():
        for _, assignment in store.sorted("assignment", due, sort="creationDate", descending=False):
            assignment["state"] = "active"
            share_attachments(store, assignment)
            store.update("assignment", assignment)


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
    before: list[Document] = assignment.get("shares", [])
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
            hidden = is_draft(assignment) or one.get("teacherOnly")
            write = one["sharingMode"] == "write"
            wanted += [{"score": one["score"], "target": target, "write": False} for target in teachers]
            if not hidden:
                wanted += [{"score": one["score"], "target": target, "write": write} for target in students]
    return wanted


def _same(one: Document, other: Document) -> bool:
    return bool(one["score"] == other["score"] and one["target"] == other["target"])
