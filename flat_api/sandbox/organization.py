"""What the calls on an organization have in common: who may administer it, and who belongs to it."""

from __future__ import annotations

from flat_api.sandbox.call import Call
from flat_api.sandbox.class_state import forbidden
from flat_api.sandbox.errors import not_found
from flat_api.sandbox.people import find_user, is_admin
from flat_api.sandbox.store import Document, Where


def administered_accounts(call: Call) -> str:
    """The id of the organization whose accounts the caller administers. Raises ApiError 403."""
    if not is_admin(call.user):
        raise forbidden("Only the administrators of an organization and of its accounts can do this.")
    organization: str = call.user["organization"]
    return organization


def administered(call: Call) -> str:
    """The id of the organization that the caller administers, beyond its accounts. Raises ApiError 403."""
    if call.user.get("organizationRole") != "admin":
        raise forbidden("Only the administrators of an organization can do this.")
    organization: str = call.user["organization"]
    return organization


def members(organization: str) -> Where:
    """The users of an organization."""
    return Where("json_extract(body, '$.organization') = ?", (organization,))


def find_member(call: Call) -> Document:
    """The user of the path, of the organization whose accounts the caller administers.

    Raises ApiError 403, or 404 for a user of another organization.
    """
    organization = administered_accounts(call)
    user = find_user(call)
    if user.get("organization") != organization:
        raise not_found("user", user["id"], "user")
    return user


def find_owned(call: Call, kind: str, resource: str, param: str, organization: str) -> Document:
    """The document of the path that belongs to an organization.

    Parameters: the `kind` in the store, the noun for it, and the name of the path parameter.
    Raises ApiError 404.
    """
    identifier: str = call.path[param]
    found = call.store.get(kind, identifier)
    if found is None or found["organization"] != organization:
        raise not_found(resource, identifier, param)
    return found
