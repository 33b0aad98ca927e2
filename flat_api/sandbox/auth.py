"""Bearer tokens with scopes, and who may call what."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flat_api.sandbox.contract import Operation
from flat_api.sandbox.errors import ApiError
from flat_api.sandbox.store import Store, now

# How much of a date, up to the minute, decides that an activity is a new one.
_MINUTE = len("2000-01-01T00:00")


@dataclass(frozen=True)
class Identity:
    """The user and the scopes behind a token."""

    token: str
    user: str
    scopes: frozenset[str]

    def may(self, operation: Operation) -> bool:
        """Whether any scope of the token is one that the operation accepts.

        The scopes an operation lists are alternatives. Assumed: a full scope includes its
        `.readonly` variant, so that `scores` opens what lists `scores.readonly` alone.
        """
        held = self.scopes | {f"{scope}.readonly" for scope in self.scopes}
        return not operation.scopes or not held.isdisjoint(operation.scopes)


def issue(store: Store, user: str, scopes: Iterable[str], token: str | None = None, **fields: Any) -> str:
    """A new bearer token of a user for these scopes (or the given one), stored.

    `fields` are further fields of its document; with `expirationDate` it is refused from then on.
    """
    token = token or secrets.token_hex(32)
    store.insert("token", {**fields, "id": token, "user": user, "scopes": sorted(scopes)}, parent=user)
    return token


def identify(store: Store, authorization: str | None) -> Identity | None:
    """Who sends this Authorization header; None when its token is missing, unknown or expired."""
    scheme, _, token = (authorization or "").partition(" ")
    found = store.get("token", token.strip()) if scheme.lower() == "bearer" else None
    if found is None or found.get("expirationDate", "9999") <= now():
        return None
    _note_activity(store, found["user"])
    return Identity(found["id"], found["user"], frozenset(found["scopes"]))


def _note_activity(store: Store, identifier: str) -> None:
    """Keeps the minute of the last request of a user, for the lists of the organization."""
    date = now()
    user = store.get("user", identifier)
    if user is None or user.get("lastActivityDate", "")[:_MINUTE] == date[:_MINUTE]:
        return
    with store.transaction():
        user = store.get("user", identifier)
        if user is not None:
            store.update("user", {**user, "lastActivityDate": date})


def authorize(identity: Identity | None, operation: Operation) -> Identity:
    """The identity, if it may call the operation. Raises ApiError 401 or 403."""
    if identity is None:
        raise ApiError(
            401,
            "ACCESS_TOKEN_INVALID",
            "The request needs the header 'Authorization: Bearer <token>' with a valid token of this sandbox.",
            headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
        )
    if not identity.may(operation):
        wanted = " or ".join(operation.scopes)
        raise ApiError(403, "INSUFFICIENT_SCOPE", f"{operation.id} needs a token with the scope {wanted}.")
    return identity
