"""The own account and public profiles: GET /me and GET /users/{user}."""

from __future__ import annotations

from flat_api.sandbox.call import Answer, Behavior, Call
from flat_api.sandbox.people import find_user, public_view

__all__ = ["BEHAVIORS", "find_user", "public_view"]

_SETTINGS = ("isEmailVerified", "locale", "privateProfile")


def get_authenticated_user(call: Call) -> Answer:
    """GET /me. With `onlyId`, the answer has the id alone."""
    if call.query["onlyId"]:
        return Answer(content={"id": call.user["id"]})
    settings = {name: call.user[name] for name in _SETTINGS}
    return Answer(content={**public_view(call, call.user), **settings, "groups": []})


def get_user(call: Call) -> Answer:
    """GET /users/{user}."""
    return Answer(content=public_view(call, find_user(call)))


BEHAVIORS: dict[str, Behavior] = {
    "getAuthenticatedUser": get_authenticated_user,
    "getUser": get_user,
}
