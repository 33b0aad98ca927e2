"""The calls on the assignments of a class: list, create, read, change, archive, delete."""

from __future__ import annotations

from collections.abc import Callable

from flat_api.sandbox import group_state
from flat_api.sandbox.assignment_state import (
    CONTENT,
    Place,
    add_assignment,
    assignment_view,
    checked_attachments,
    find_managed,
    find_place,
    groups_of_assignment,
    is_given_to,
    publishing,
    settle,
    share_attachments,
)
from flat_api.sandbox.call import NOTHING, Answer, Call
from flat_api.sandbox.class_state import (
    archive,
    find_class,
    find_taught_class,
    require_in_use,
    require_student,
    restore,
    teaches,
)
from flat_api.sandbox.errors import invalid
from flat_api.sandbox.store import Document
from flat_api.sandbox.submission_state import class_assignment_view, erase_submission
from flat_api.sandbox.values import set_or_clear, utc

_PLAIN = CONTENT | {"assigneeMode", "state", "title"}


@publishing
def list_assignments(call: Call) -> Answer:
    """GET /classes/{class}/assignments: with the class side and the submissions.

    Assumed: students list the active assignments that they get, with their own submission; the oldest first.
    """
    classroom = find_class(call)
    manages = teaches(call, classroom)
    found = []
    for assignment in call.store.children("assignment", classroom["id"]):
        active = assignment["state"] == "active" and is_given_to(call.store, assignment, call.user["id"])
        if manages or active:
            found.append(class_assignment_view(call, Place(classroom, assignment, manages)))
    return Answer(content=found)


def create_class_assignment(call: Call) -> Answer:
    """POST /classes/{class}/assignments.

    Documented: a draft stays with the teachers, an active assignment is given to the class; the answer has
    neither dates nor assignees; attached scores are shared with the students as their sharing mode says.
    Assumed: only teachers and administrators create one, and not in an archived class (403).
    Assumed: the title is `Untitled assignment`, the type `none`, the state `draft`, the assignees everyone,
    unless something else is given; to name students or groups selects them.
    Assumed: until a scheduled date to come, the assignment is a draft; a date in the past schedules nothing.
    Assumed: a group of the class becomes a group of the assignment in group mode, else its members are assigned.
    Assumed: the teachers of the class may read all attached scores, the students also the one that they get a
    copy of; settings for other school systems have no effect.
    """
    with call.store.transaction():
        classroom = find_taught_class(call)
        require_in_use(classroom)
        assignment = add_assignment(call, classroom)
        _apply(call, classroom, assignment)
        call.store.update("assignment", assignment)
    return Answer(content=assignment_view(assignment, manages=True))


def _apply(call: Call, classroom: Document, assignment: Document) -> None:
    body = call.body
    for name, value in body.items():
        if name in _PLAIN:
            set_or_clear(assignment, name, value)
    for name in ("dueDate", "scheduledDate"):
        if name in body:
            set_or_clear(assignment, name, utc(name, body[name]))
    if "attachments" in body:
        assignment["attachments"] = checked_attachments(call, body["attachments"])
    if "assignedStudents" in body:
        for number, student in enumerate(body["assignedStudents"]):
            require_student(call, student, classroom, f"assignedStudents.{number}")
        assignment["assignedStudents"] = list(dict.fromkeys(body["assignedStudents"]))
    # Students who work alone have no groups, also when they had some before.
    if "classGroupIds" in body or body.get("submissionStudentsMode") == "single":
        _apply_groups(call, classroom, assignment, body.get("classGroupIds") or [])
    if "assigneeMode" not in body and (body.get("assignedStudents") or body.get("classGroupIds")):
        assignment["assigneeMode"] = "selected"
    settle(call.store, assignment)


def _apply_groups(call: Call, classroom: Document, assignment: Document, groups: list[str]) -> None:
    subgroups = group_state.groups_in(call.store, classroom["id"], group_state.CLASS_SUBGROUP)
    known = {group["id"]: group for group in subgroups}
    for number, group in enumerate(groups):
        if group not in known:
            raise invalid(f"classGroupIds.{number}", f"{group!r} is not a subgroup of this class.")
    together = assignment["submissionStudentsMode"] == "group"
    kept = set()
    for own in groups_of_assignment(call.store, assignment):
        if together and own["parent"] in groups:
            kept.add(own["parent"])
        else:
            call.store.delete("group", own["id"])
    for group in dict.fromkeys(groups):
        students = [user["id"] for user in group_state.members(call.store, group)]
        if not together:
            assigned = [*assignment.get("assignedStudents", []), *students]
            assignment["assignedStudents"] = list(dict.fromkeys(assigned))
        elif group not in kept:
            group_state.add_group(
                call.store,
                group_state.ASSIGNMENT_SUBGROUP,
                known[group]["name"],
                classroom,
                students,
                assignment=assignment["id"],
                parent=group,
            )


@publishing
def get_assignment(call: Call) -> Answer:
    """GET /classes/{class}/assignments/{assignment}: its content.

    Documented: dates, state and submissions are elsewhere.
    Assumed: students see what is assigned to them, archived or not, but no draft (404), no attachment for
    teachers only and no instructions for teachers.
    """
    place = find_place(call)
    return Answer(content=assignment_view(place.assignment, manages=place.manages))


@publishing
def update_class_assignment(call: Call) -> Answer:
    """PUT /classes/{class}/assignments/{assignment}: what is absent stays.

    Documented: null clears a due date, a scheduled date or the maximum of points.
    Assumed: as in createClassAssignment; null for the groups takes the groups away; submissions stay.
    """
    return _changed(call, lambda place: _apply(call, place.classroom, place.assignment))


@publishing
def delete_assignment(call: Call) -> Answer:
    """DELETE /classes/{class}/assignments/{assignment}.

    Assumed: its submissions, their comments and the groups of the assignment go with it; scores stay, those
    of students with the students, but what was shared through the assignment is so no more.
    """
    with call.store.transaction():
        place = find_managed(call)
        for submission in call.store.children("submission", place.assignment["id"]):
            erase_submission(call.store, submission)
        for group in groups_of_assignment(call.store, place.assignment):
            call.store.delete("group", group["id"])
        place.assignment["attachments"] = []
        share_attachments(call.store, place.assignment)
        call.store.delete("assignment", place.assignment["id"])
    return NOTHING


@publishing
def archive_assignment(call: Call) -> Answer:
    """POST /classes/{class}/assignments/{assignment}/archive.

    Documented: `state` becomes `archived`, and `canArchive` tells who may.
    Assumed: students can read it, but not work on it any more; no error for an archived assignment.
    """
    return _changed(call, lambda place: archive(place.assignment))


@publishing
def unarchive_assignment(call: Call) -> Answer:
    """DELETE /classes/{class}/assignments/{assignment}/archive: undoes the archiving.

    Documented: nothing is deleted, the restored assignment is the answer.
    Assumed: it is in the state it was archived in; no error for one that is not archived.
    """
    return _changed(call, lambda place: restore(place.assignment))


def _changed(call: Call, change: Callable[[Place], None]) -> Answer:
    with call.store.transaction():
        place = find_managed(call)
        change(place)
        call.store.update("assignment", place.assignment)
    return Answer(content=assignment_view(place.assignment, manages=True))
