"""The calls on education resources: list, create, read, change, copy, move, link, delete; and on their libraries."""

from __future__ import annotations

import json
from typing import Any

from flat_api.sandbox.assignment_state import CONTENT, checked_attachments
from flat_api.sandbox.call import NOTHING, Answer, Call
from flat_api.sandbox.edu_state import (
    KIND,
    add_resource,
    assignment_view,
    contained_in,
    contents,
    describe,
    find_container,
    find_resource,
    folders_below,
    libraries,
    library_of,
    lineage,
    put_into,
    resource_view,
)
from flat_api.sandbox.errors import invalid
from flat_api.sandbox.pages import page
from flat_api.sandbox.people import is_staff
from flat_api.sandbox.store import Document, Where, having, now

_SHARED = "json_extract(body, '$.privacy') = 'organizationPublic' AND json_extract(body, '$.organization') = ?"


def list_edu_libraries(call: Call) -> Answer:
    """GET /eduResources/libraries.

    Documented: one's own, the one of the organization, and the content of Flat for Education.
    Assumed: teachers and administrators have libraries, students have none. The one with the content of
    Flat for Education is empty.
    """
    return Answer(content=libraries(call.user) if is_staff(call.user) else [])


def list_edu_resources(call: Call) -> Answer:
    """GET /eduResources: a library or a folder with its subfolders, in pages.

    Documented: the filters can be combined; the headers count all matches, by type; `root` when no parent is
    given; `withoutSubfoldersResources` leaves out what is in subfolders.
    Assumed: `root` is the caller's own library; the library of the organization has what lies in it and what
    its members share with it; a filter with several values keeps what has any of them.
    """
    where = _located(call)
    for name in ("subjects", "grades"):
        if name in call.query:
            where &= _overlaps(f"json_each(body, '$.{name}')", call.query[name])
    if "assignmentTypes" in call.query:
        kinds = "json_each(json_array(json_extract(body, '$.assignment.type')))"
        where &= _overlaps(kinds, call.query["assignmentTypes"])
    if "type" in call.query:
        where &= having(type=call.query["type"])
    headers = {
        f"X-Total-{name}-Count": str(call.store.count(KIND, where & having(type=kind)))
        for name, kind in (("Assignments", "assignment"), ("Folders", "folder"))
    }
    answer = page(call, KIND, where, lambda resource: resource_view(call, resource))
    return Answer(content=answer.content, headers={**answer.headers, **headers})


def _located(call: Call) -> Where:
    """The resources in the library or folder that is listed, and in its subfolders unless they are left out."""
    container = find_container(call, call.query["parent"], "parent")
    organization: str = call.user["organization"]
    shared, containers = Where("0"), [container]
    if container == library_of(organization):
        shared = Where(_SHARED, (organization,))
        rows = call.store.sorted(KIND, shared & having(type="folder"), sort="id", descending=False)
        containers += [folder["id"] for _, folder in rows]
    direct = call.query.get("withoutSubfoldersResources", False)
    inside = contained_in([container] if direct else folders_below(call.store, containers))
    return Where(f"({shared.sql}) OR ({inside.sql})", (*shared.values, *inside.values))


def _overlaps(values: str, wanted: list[str]) -> Where:
    sql = f"EXISTS (SELECT 1 FROM {values} AS own WHERE own.value IN (SELECT value FROM json_each(?)))"
    return Where(sql, (json.dumps(wanted),))


def create_edu_resource(call: Call) -> Answer:
    """POST /eduResources: an assignment or a folder.

    Documented: without a parent it is put at the top level; `resource` is for assignments.
    Assumed: an assignment without a kind asks for nothing to hand in (`none`); the HTML of the presentation
    follows from the text.
    """
    body = call.body
    fields: dict[str, Any] = describe(body)
    if body["type"] == "assignment":
        kind: str = body.get("resource", {}).get("type", "none")
        fields["assignment"] = {"type": kind, "attachments": [], "submissionStudentsMode": "single"}
    elif "resource" in body:
        raise invalid("resource", "goes with the type assignment; leave it out for a folder.")
    with call.store.transaction():
        parent = find_container(call, body.get("parent", "root"), "parent", adding=True)
        resource = add_resource(call, parent, body["type"], body["title"], **fields)
    return Answer(content=resource_view(call, resource))


def get_edu_resource(call: Call) -> Answer:
    """GET /eduResources/{resource}.

    Documented: assignments and folders alike; the content is in `resource`.
    Assumed: a resource is opened by its creator, by whom its privacy admits, and by who sees its folder;
    for others there is none (404), for students none at all (403).
    """
    return Answer(content=resource_view(call, find_resource(call)))


def update_edu_resource(call: Call) -> Answer:
    """PUT /eduResources/{resource}: what is absent stays.

    Documented: title, presentation, privacy, subjects and grades.
    Assumed: only the creator may, here and wherever a resource changes.
    """
    changes = {name: call.body[name] for name in ("title", "privacy", "subjects", "grades") if name in call.body}
    with call.store.transaction():
        resource = find_resource(call, editing=True)
        resource |= {**changes, **describe(call.body), "updateDate": now()}
        call.store.update(KIND, resource)
    return Answer(content=resource_view(call, resource))


def delete_edu_resource(call: Call) -> Answer:
    """DELETE /eduResources/{resource}: for good.

    Documented: assignments and folders alike.
    Assumed: a folder goes with all that is in it, whoever put it there.
    """
    with call.store.transaction():
        resource = find_resource(call, editing=True)
        for folder in folders_below(call.store, [resource["id"]]):
            for one in contents(call.store, folder):
                call.store.delete(KIND, one["id"])
        call.store.delete(KIND, resource["id"])
    return NOTHING


def update_edu_resource_assignment(call: Call) -> Answer:
    """PUT /eduResources/{resource}/assignment: what is absent stays, null removes.

    Documented: for resources of the type assignment.
    Assumed: a folder is refused (400); the title is that of the resource; attached scores have to be readable.
    """
    changes = {name: value for name, value in call.body.items() if name in CONTENT}
    with call.store.transaction():
        resource = find_resource(call, editing=True, kind="assignment")
        resource["title"] = call.body.get("title", resource["title"])
        if "attachments" in call.body:
            changes["attachments"] = checked_attachments(call, call.body["attachments"])
        content = {**resource["assignment"], **changes}
        resource["assignment"] = {name: value for name, value in content.items() if value is not None}
        resource["updateDate"] = now()
        call.store.update(KIND, resource)
    return Answer(content=assignment_view(call, resource))


def copy_edu_resource(call: Call) -> Answer:
    """POST /eduResources/{resource}/copy.

    Documented: the copy has an id of its own, the original stays.
    Assumed: it belongs to the caller, is private, keeps its title, and takes the content of a folder along.
    """
    with call.store.transaction():
        resource = find_resource(call)
        destination = _destination(call, resource)
        copy = _copy(call, resource, destination)
    return Answer(content=resource_view(call, copy))


_COPIED = ("assignment", "grades", "sharingDescription", "sharingDescriptionHtml", "subjects", "tags")


def _copy(call: Call, resource: Document, parent: str) -> Document:
    fields = {name: resource[name] for name in _COPIED if name in resource}
    copy = add_resource(call, parent, resource["type"], resource["title"], **fields)
    for one in contents(call.store, resource["id"]):
        _copy(call, one, copy["id"])
    return copy


def _destination(call: Call, resource: Document) -> str:
    destination = find_container(call, call.body["destination"], "destination", adding=True)
    folder = call.store.get(KIND, destination)
    if folder is not None and any(one["id"] == resource["id"] for one in lineage(call.store, folder)):
        raise invalid("destination", "is the resource itself or a folder in it.")
    return destination


def move_edu_resource(call: Call) -> Answer:
    """POST /eduResources/{resource}/move.

    Documented: `parent` of the answer is the new place.
    Assumed: a folder cannot be put into itself (422).
    """
    with call.store.transaction():
        resource = find_resource(call, editing=True)
        put_into(call, resource, _destination(call, resource))
        resource["updateDate"] = now()
        call.store.update(KIND, resource)
    return Answer(content=resource_view(call, resource))


def create_edu_resource_lti_link(call: Call) -> Answer:
    """POST /eduResources/{resource}/createLtiLink: an address for the LMS.

    Documented: it goes into a course of an LMS.
    Assumed: it needs no LTI configuration to be made, and a folder has none (400). The sandbox does not
    speak LTI: the address answers nothing.
    """
    resource = find_resource(call, kind="assignment")
    return Answer(content={"ltiUrl": f"{call.site_url}/lti/resource/{resource['id']}"})
