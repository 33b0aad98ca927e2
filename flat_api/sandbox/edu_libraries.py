"""The libraries of education resources: one's own, the organization's, and that of Flat for Education."""

from __future__ import annotations

import hashlib

from flat_api.sandbox.call import Answer, Behavior, Call
from flat_api.sandbox.store import Document


def _library(owner: str) -> str:
    """The id of the library of an owner. It follows from the owner, so that no library has to be stored."""
    return hashlib.sha256(f"library of {owner}".encode()).hexdigest()[:24]


def my_library(user: str) -> str:
    """The id of the library of a user."""
    return _library(user)


def organization_library(organization: str) -> str:
    """The id of the library of an organization."""
    return _library(organization)


def libraries(user: Document) -> list[Document]:
    """The libraries a user can open, as EduLibrary."""
    found = [("Flat for Education", _library("Flat for Education"), "flatEduContent", "public")]
    if "organization" in user:
        shared = organization_library(user["organization"])
        found.insert(0, ("School resources", shared, "organizationResources", "organization"))
    found.insert(0, ("My resources", my_library(user["id"]), "myResources", "private"))
    return [
        {"id": identifier, "name": name, "type": kind, "visibility": visibility}
        for name, identifier, kind, visibility in found
    ]


def list_edu_libraries(call: Call) -> Answer:
    """GET /eduResources/libraries.

    Documented: one's own, the one of the organization, and the content of Flat for Education.
    Assumed: teachers and administrators have libraries, students have none. The one with the content of
    Flat for Education is empty.
    """
    staff = call.user.get("organizationRole", "user") != "user"
    return Answer(content=libraries(call.user) if staff else [])


BEHAVIORS: dict[str, Behavior] = {"listEduLibraries": list_edu_libraries}
