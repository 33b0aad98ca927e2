"""Education resources as they are stored, found, opened to others and described.

A resource is a document of kind `eduResource` that belongs to its creator; the field `parent` is the id of
its folder or library, `assignment` the content of an assignment.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from html import escape
from typing import Any

from flat_api.sandbox.call import Call
from flat_api.sandbox.errors import ApiError, forbidden, not_found
from flat_api.sandbox.people import is_staff
from flat_api.sandbox.store import Document, Store, Where, new_id, now, without

KIND = "eduResource"
# What a resource keeps for itself; its assignment is shown as one.
_PRIVATE = {"assignment", "copiedFrom", "organization"}


def library_of(owner: str) -> str:
    """The id of the library of a user or an organization. It follows from the owner, so that none has to be stored."""
    return hashlib.sha256(f"library of {owner}".encode()).hexdigest()[:24]


def libraries(user: Document) -> list[Document]:
    """The libraries that a teacher or an administrator can open, as EduLibrary."""
    found = (
        (user["id"], "My resources", "myResources", "private"),
        (user["organization"], "School resources", "organizationResources", "organization"),
        ("Flat for Education", "Flat for Education", "flatEduContent", "public"),
    )
    return [
        {"id": library_of(owner), "name": name, "type": kind, "visibility": visibility}
        for owner, name, kind, visibility in found
    ]


def require_staff(call: Call) -> None:
    """Raises ApiError 403 for a caller who neither teaches nor administers."""
    if not is_staff(call.user):
        raise forbidden("Only teachers and administrators use the resource libraries.")


def add_resource(call: Call, parent: str, kind: str, title: str, **fields: Any) -> Document:
    """Stores and returns a resource of the caller.

    Parameters: `parent` is what `find_container` found; `kind` is assignment or folder; an assignment needs
    the field `assignment`: its type, its attachments and what else Assignment has, but id and title.
    """
    date = now()
    resource = {
        "privacy": "private",
        "tags": [],
        **fields,
        "id": new_id(),
        "type": kind,
        "title": title,
        "creator": call.user["id"],
        "organization": call.user["organization"],
        "creationDate": date,
        "updateDate": date,
    }
    put_into(call, resource, parent)
    call.store.insert(KIND, resource, parent=call.user["id"])
    return resource


def put_into(call: Call, resource: Document, parent: str) -> None:
    """Sets the place of a resource. Assumed: in the library of the organization, a private one gets public there."""
    resource["parent"] = parent
    if parent == library_of(call.user["organization"]) and resource["privacy"] == "private":
        resource["privacy"] = "organizationPublic"


def describe(fields: dict[str, Any]) -> dict[str, Any]:
    """The presentation among the fields of a body, the HTML made from the text when it is not given."""
    found: dict[str, Any] = {
        name: fields[name] for name in ("sharingDescription", "sharingDescriptionHtml") if name in fields
    }
    if "sharingDescription" in found:
        found.setdefault("sharingDescriptionHtml", f"<p>{escape(found['sharingDescription'])}</p>")
    return found


def find_resource(call: Call, *, editing: bool = False, kind: str | None = None) -> Document:
    """The resource of the path, if the caller can open it.

    Raises ApiError 403 for students and, when `editing`, for all but the creator; 404; 400 for a resource of
    another kind than the one asked for.
    """
    require_staff(call)
    identifier: str = call.path["resource"]
    resource = call.store.get(KIND, identifier)
    if resource is None or not _is_readable(call, resource):
        raise not_found("resource", identifier, "resource")
    if editing and resource["creator"] != call.user["id"]:
        raise forbidden("Only the creator of a resource can do this; copy the resource first.", "resource")
    if kind is not None and resource["type"] != kind:
        message = f"The resource {identifier!r} is no {kind}, but a {resource['type']}."
        raise ApiError(400, "INVALID_RESOURCE_TYPE", message, "resource")
    return resource


def find_container(call: Call, identifier: str, param: str, *, adding: bool = False) -> str:
    """The id of a library or folder that the caller can open; `root` is the caller's own library.

    Raises ApiError 403 for students, and for what nothing can be added to when `adding`; 404.
    """
    require_staff(call)
    if identifier == "root":
        return library_of(call.user["id"])
    for library in libraries(call.user):
        if library["id"] == identifier:
            if adding and library["type"] == "flatEduContent":
                raise forbidden("The content of Flat for Education cannot be changed.", param)
            return identifier
    folder = call.store.get(KIND, identifier)
    if folder is None or folder["type"] != "folder" or not _is_readable(call, folder):
        raise not_found("folder", identifier, param)
    if adding and not _takes_resources(call, folder):
        raise forbidden("Only its creator adds something to this folder.", param)
    return identifier


def lineage(store: Store, resource: Document) -> Iterator[Document]:
    """A resource and the folders around it, from the inside to the outside."""
    found: Document | None = resource
    while found is not None:
        yield found
        found = store.get(KIND, found["parent"])


def _is_in_organization_library(call: Call, resource: Document) -> bool:
    library = library_of(call.user["organization"])
    return any(one["parent"] == library for one in lineage(call.store, resource))


def _is_readable(call: Call, resource: Document) -> bool:
    """Assumed: who sees a folder sees what is in it."""
    return _is_in_organization_library(call, resource) or any(
        one["creator"] == call.user["id"]
        or one["privacy"] == "public"
        or (one["privacy"] == "organizationPublic" and one["organization"] == call.user["organization"])
        for one in lineage(call.store, resource)
    )


def _takes_resources(call: Call, folder: Document) -> bool:
    return folder["creator"] == call.user["id"] or _is_in_organization_library(call, folder)


def contained_in(containers: list[str]) -> Where:
    """The resources that are directly in one of these folders or libraries."""
    return Where("json_extract(body, '$.parent') IN (SELECT value FROM json_each(?))", (json.dumps(containers),))


def contents(store: Store, container: str) -> list[Document]:
    """The resources that are directly in a folder or library, the oldest first."""
    rows = store.sorted(KIND, contained_in([container]), sort="creationDate", descending=False)
    return [resource for _, resource in rows]


def folders_below(store: Store, containers: list[str]) -> list[str]:
    """The ids of these folders or libraries and of all folders in them."""
    found = list(containers)
    for container in found:
        below = [one["id"] for one in contents(store, container) if one["type"] == "folder"]
        found += [one for one in below if one not in found]
    return found


def resource_view(call: Call, resource: Document) -> Document:
    """A stored resource as EduResource."""
    own = resource["creator"] == call.user["id"]
    shown = without(resource, _PRIVATE)
    shown["capabilities"] = {"canEdit": own, "canChangePrivacy": own}
    if resource["type"] == "assignment":
        shown["resource"] = assignment_view(call, resource)
        return shown
    inside = contents(call.store, resource["id"])
    types = {one["assignment"]["type"]: None for one in inside if one["type"] == "assignment"}
    shown["resource"] = {"title": resource["title"], "resourcesCount": len(inside), "assignmentsTypes": list(types)}
    takes = _takes_resources(call, resource)
    shown["capabilities"] |= {"canAddFolders": takes, "canAddResources": takes}
    return shown


def assignment_view(call: Call, resource: Document) -> Document:
    """The assignment of a resource as Assignment."""
    return {
        **resource["assignment"],
        "id": resource["id"],
        "title": resource["title"],
        "capabilities": {
            "canArchive": False,
            "canEdit": resource["creator"] == call.user["id"],
            "canPublishInClass": True,
            "canUnarchive": False,
        },
    }
