"""Users: the seeded teacher, GET /me and GET /users/{user}."""

from __future__ import annotations

from flat_api.sandbox.call import Answer, Behavior, Call
from flat_api.sandbox.errors import not_found
from flat_api.sandbox.store import Document, Store, now

# The ids are those of the contract's examples, so that the examples name a user who exists.
TEACHER = "6500a1b2c3d4e5f601020301"
ORGANIZATION = "6500a1b2c3d4e5f601021401"

_PRIVATE = {
    "azureDetails",
    "coverPictureFile",
    "groups",
    "isEmailVerified",
    "locale",
    "pictureFile",
    "privateProfile",
}


def seed(store: Store) -> None:
    """Puts the default user into an empty store: a teacher of an organization."""
    store.insert(
        "user",
        {
            "id": TEACHER,
            "type": "user",
            "username": "music.teacher",
            "name": "Music Teacher",
            "printableName": "Music Teacher",
            "firstname": "Music",
            "lastname": "Teacher",
            "picture": None,
            "product": "flatEdu",
            "badges": [],
            "organization": ORGANIZATION,
            "organizationRole": "teacher",
            "registrationDate": now(),
            "locale": "en",
            "groups": [],
            "isEmailVerified": True,
            "privateProfile": True,
        },
        parent=ORGANIZATION,
    )


def public_view(call: Call, user: Document) -> Document:
    """A user as others see it: without the private fields, with the address of the profile."""
    shown = {key: value for key, value in user.items() if key not in _PRIVATE}
    return {**shown, "htmlUrl": f"{call.site_url}/{user['username']}"}


def find_user(call: Call) -> Document:
    """The user of the path, by id; `me` is the caller (documented). Raises ApiError 404."""
    identifier: str = call.path["user"]
    user = call.user if identifier == "me" else call.store.get("user", identifier)
    if user is None:
        raise not_found("user", identifier, "user")
    return user


def get_authenticated_user(call: Call) -> Answer:
    """GET /me. With `onlyId`, the answer has the id alone."""
    if call.query["onlyId"]:
        return Answer(content={"id": call.user["id"]})
    return Answer(content={**call.user, "htmlUrl": f"{call.site_url}/{call.user['username']}"})


def get_user(call: Call) -> Answer:
    """GET /users/{user}."""
    return Answer(content=public_view(call, find_user(call)))


BEHAVIORS: dict[str, Behavior] = {
    "getAuthenticatedUser": get_authenticated_user,
    "getUser": get_user,
}
