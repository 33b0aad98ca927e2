"""The ways of education resources to students: into a class, into the demo class, by LTI."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flat_api.sandbox import classes
from flat_api.sandbox.assignment_copy import put_into_class
from flat_api.sandbox.assignment_state import Place, assignment_view, class_side
from flat_api.sandbox.attachments import checked
from flat_api.sandbox.call import Answer, Behavior, Call
from flat_api.sandbox.class_state import find_taught_class
from flat_api.sandbox.edu_state import find_resource
from flat_api.sandbox.submission_state import submission_view, visible_submissions


def use_edu_resource_in_class(call: Call) -> Answer:
    """POST /eduResources/{resource}/useInClass: an assignment of the class.

    Documented: the resource stays as it is; a `draft` is not yet seen by the students; `assignment` names the
    assignment of the class to use the resource for.
    Assumed: the new assignment is a draft; an existing one keeps its state, dates and assignees; a folder is
    refused (400); the caller has to manage the class and to be able to read the attached scores (422).
    """
    return _put_into_class(call)


def copy_edu_resource_to_demo_class(call: Call) -> Answer:
    """POST /eduResources/{resource}/copyToDemoClass: an assignment in the demo class of the caller.

    Documented: the class is in `classroom` of the answer.
    Assumed: the first copy makes the class; the assignment is active; a folder is refused (400).
    """
    find_resource(call, kind="assignment")
    return _put_into_class(replace(call, body={"classroom": _demo_class(call)}), state="active")


def _put_into_class(call: Call, **fields: Any) -> Answer:
    with call.store.transaction():
        resource = find_resource(call, kind="assignment")
        content = {**resource["assignment"], "title": resource["title"], **fields}
        content["attachments"] = checked(call, content["attachments"])
        assignment = put_into_class(call, content)
    place = Place(find_taught_class(call, assignment["classroom"]), assignment, manages=True)
    shown = assignment_view(assignment, manages=True) | class_side(call.store, assignment)
    shown["submissions"] = [submission_view(call, place, one) for one in visible_submissions(call, place)]
    return Answer(content=shown)


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


def create_edu_resource_lti_link(call: Call) -> Answer:
    """POST /eduResources/{resource}/createLtiLink: an address for the LMS.

    Documented: it goes into a course of an LMS.
    Assumed: it needs no LTI configuration to be made, and a folder has none (400). The sandbox does not
    speak LTI: the address answers nothing.
    """
    resource = find_resource(call, kind="assignment")
    return Answer(content={"ltiUrl": f"{call.site_url}/lti/resource/{resource['id']}"})


BEHAVIORS: dict[str, Behavior] = {
    "copyEduResourceToDemoClass": copy_edu_resource_to_demo_class,
    "createEduResourceLtiLink": create_edu_resource_lti_link,
    "useEduResourceInClass": use_edu_resource_in_class,
}
