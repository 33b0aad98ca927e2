"""The copies of assignments: to a class or a resource library, and from a library to a class or the demo class."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flat_api.sandbox import classes, edu_state
from flat_api.sandbox.assignment_state import (
    NOT_COPIED,
    Place,
    add_assignment,
    assignment_view,
    checked_attachments,
    find_managed,
    publishing,
    settle,
)
from flat_api.sandbox.call import Answer, Call
from flat_api.sandbox.class_state import find_taught_class, require_in_use
from flat_api.sandbox.errors import ApiError, not_found
from flat_api.sandbox.store import Document, Where, without
from flat_api.sandbox.submission_state import class_assignment_view
from flat_api.sandbox.values import set_or_clear, utc


@publishing
def copy_assignment(call: Call) -> Answer:
    """POST /classes/{class}/assignments/{assignment}/copy.

    Documented: `classroom` or `libraryParent` is the destination; the original stays; `resource` of the answer
    is the resource that holds the copy.
    Assumed: a copy in a class is a draft for everyone without due date, published on the scheduled date if
    there is one; `assignment` keeps its id, dates and assignees and gets the content.
    Assumed: attached scores are not copied, and the caller has to be able to read them (422).
    Assumed: a resource is private, and when asked to verify, an assignment that the caller has copied to a
    library before is refused (409).
    """
    with call.store.transaction():
        original = find_managed(call).assignment
        content = without(original, NOT_COPIED)
        content["attachments"] = checked_attachments(call, content["attachments"])
        if "classroom" in call.body:
            return Answer(content=assignment_view(_put_into_class(call, content), manages=True))
        resource = _put_into_library(call, original["id"], content)
        view = edu_state.assignment_view(call, resource)
    return Answer(content={**view, "resource": resource["id"]})


def _put_into_class(call: Call, content: Document) -> Document:
    """Stores content in the class of the body, as a new assignment or in that of the body; returns it.

    Raises ApiError 403 or 404 for a class that the caller does not teach. Needs a transaction.
    """
    classroom = find_taught_class(call, call.body["classroom"], "classroom")
    require_in_use(classroom)
    identifier: str | None = call.body.get("assignment")
    if identifier is None:
        assignment = add_assignment(call, classroom)
    else:
        found = call.store.get("assignment", identifier)
        if found is None or found["classroom"] != classroom["id"]:
            raise not_found("assignment", identifier, "assignment")
        assignment = {name: value for name, value in found.items() if name in NOT_COPIED}
    assignment |= content
    if "scheduledDate" in call.body:
        set_or_clear(assignment, "scheduledDate", utc("scheduledDate", call.body["scheduledDate"]))
    settle(call.store, assignment)
    call.store.update("assignment", assignment)
    return assignment


def _put_into_library(call: Call, original: str, content: Document) -> Document:
    if call.body.get("verifyIfNotAlreadyInResourceLibrary"):
        copied = Where("parent = ? AND json_extract(body, '$.copiedFrom') = ?", (call.user["id"], original))
        if call.store.count(edu_state.KIND, copied):
            raise ApiError(409, "ALREADY_IN_RESOURCE_LIBRARY", "A resource library has this assignment already.")
    parent = edu_state.find_container(call, call.body["libraryParent"], "libraryParent", adding=True)
    title = content.pop("title")
    return edu_state.add_resource(call, parent, "assignment", title, assignment=content, copiedFrom=original)


def use_edu_resource_in_class(call: Call) -> Answer:
    """POST /eduResources/{resource}/useInClass: an assignment of the class.

    Documented: the resource stays as it is; a `draft` is not yet seen by the students; `assignment` names the
    assignment of the class to use the resource for.
    Assumed: the new assignment is a draft; an existing one keeps its state, dates and assignees; a folder is
    refused (400); the caller has to manage the class and to be able to read the attached scores (422).
    """
    return _use_resource(call)


def copy_edu_resource_to_demo_class(call: Call) -> Answer:
    """POST /eduResources/{resource}/copyToDemoClass: an assignment in the demo class of the caller.

    Documented: the class is in `classroom` of the answer.
    Assumed: the first copy makes the class; the assignment is active; a folder is refused (400).
    """
    edu_state.find_resource(call, kind="assignment")
    return _use_resource(replace(call, body={"classroom": _demo_class(call)}), state="active")


def _use_resource(call: Call, **fields: Any) -> Answer:
    with call.store.transaction():
        resource = edu_state.find_resource(call, kind="assignment")
        content = {**resource["assignment"], "title": resource["title"], **fields}
        content["attachments"] = checked_attachments(call, content["attachments"])
        assignment = _put_into_class(call, content)
    classroom = find_taught_class(call, assignment["classroom"])
    return Answer(content=class_assignment_view(call, Place(classroom, assignment, manages=True)))


def _demo_class(call: Call) -> str:
    demo: str = call.user.get("demoClass", "")
    classroom = call.store.get("class", demo)
    if classroom is not None and classroom["state"] == "active":
        return demo
    made = classes.create_class(replace(call, path={}, body={"name": "Demo class"}))
    demo = made.content["id"]
    classes.activate_class(replace(call, path={"class": demo}, body=None))
    with call.store.transaction():
        call.store.update("user", {**(call.store.get("user", call.user["id"]) or call.user), "demoClass": demo})
    return demo
