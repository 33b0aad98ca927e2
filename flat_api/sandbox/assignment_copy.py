"""The copy of an assignment to a class or to a resource library."""

from __future__ import annotations

from flat_api.sandbox import edu_state
from flat_api.sandbox.assignment_sharing import publishing, settle
from flat_api.sandbox.assignment_state import NOT_COPIED, add_assignment, assignment_view, find_managed
from flat_api.sandbox.attachments import checked
from flat_api.sandbox.call import Answer, Behavior, Call
from flat_api.sandbox.class_state import find_taught_class, require_in_use
from flat_api.sandbox.errors import ApiError, not_found
from flat_api.sandbox.store import Document, Where
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
        content = {name: value for name, value in original.items() if name not in NOT_COPIED}
        content["attachments"] = checked(call, content["attachments"])
        if "classroom" in call.body:
            return Answer(content=assignment_view(put_into_class(call, content), manages=True))
        resource = _put_into_library(call, original["id"], content)
        view = edu_state.assignment_view(call, resource)
    return Answer(content={**view, "resource": resource["id"]})


def put_into_class(call: Call, content: Document) -> Document:
    """Stores the content of an assignment in the class of the body, as a new one or in that of the body.

    Returns the assignment. Raises ApiError 403 or 404 for a class that the caller does not teach. Needs a
    transaction.
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


BEHAVIORS: dict[str, Behavior] = {"copyAssignment": copy_assignment}
