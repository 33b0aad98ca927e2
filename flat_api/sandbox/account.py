"""The caller's own account."""

from __future__ import annotations

from flat_api.sandbox import group_state
from flat_api.sandbox.call import Answer, Behavior, Call
from flat_api.sandbox.people import public_view

_SETTINGS = ("isEmailVerified", "locale", "privateProfile")


def get_authenticated_user(call: Call) -> Answer:
    """GET /me: the public profile and the settings.

    Documented: with `onlyId`, the answer has the id alone.
    Assumed: the email address is left out, since the contract has no field for it.
    """
    if call.query["onlyId"]:
        return Answer(content={"id": call.user["id"]})
    settings = {name: call.user[name] for name in _SETTINGS}
    groups = group_state.groups_of(call.store, call.user["id"])
    return Answer(content={**public_view(call, call.user), **settings, "groups": groups})


BEHAVIORS: dict[str, Behavior] = {"getAuthenticatedUser": get_authenticated_user}
