"""Users: how they are stored, found and shown, and the two that every new sandbox has."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from flat_api.sandbox.call import Call
from flat_api.sandbox.errors import invalid, not_found
from flat_api.sandbox.group_state import groups_of
from flat_api.sandbox.store import Document, Store, Where, new_id, now

# The ids are those of the contract's examples, so that the examples name users who exist.
TEACHER = "6500a1b2c3d4e5f601020301"
ADMIN = "6500a1b2c3d4e5f601020303"
ORGANIZATION = "6500a1b2c3d4e5f601021401"

_STAFF = {"teacher", "admin", "accountAdmin"}
_ADMINS = {"admin", "accountAdmin"}
_SUMMARY = {
    "badges",
    "firstname",
    "id",
    "lastname",
    "name",
    "organization",
    "organizationRole",
    "picture",
    "printableName",
    "product",
    "type",
    "username",
}
_PUBLIC = {"bio", "coverPicture", "links", "profileTheme", "registrationDate"}


def seed(store: Store) -> None:
    """Puts the default users into an empty store: a teacher and an administrator of one organization."""
    store.insert("organization", {"id": ORGANIZATION, "name": "Example School"})
    for identifier, username, role, lastname in (
        (TEACHER, "music.teacher", "teacher", "Teacher"),
        (ADMIN, "music.admin", "admin", "Admin"),
    ):
        add_user(
            store,
            username=username,
            role=role,
            organization=ORGANIZATION,
            firstname="Music",
            lastname=lastname,
            email=f"{username}@example.org",
            id=identifier,
            license={"id": new_id(), "mode": "credit", "source": "order"},
            licenseExpirationDate=now(days=365),
        )


def add_user(
    store: Store, *, username: str, role: str, organization: str, password: str | None = None, **fields: Any
) -> Document:
    """Stores a user of an organization and returns the document.

    Parameters: `role` is the role in the organization (admin, accountAdmin, teacher, or user for a
    student); `password` is kept as a hash alone; `fields` are further fields of the document, such as
    firstname, lastname and email, without those that are None.
    Raises ApiError 422 for a username or an email address that another user has.
    """
    date = now()
    user: Document = {
        "id": new_id(),
        "type": "user",
        "username": username,
        "picture": None,
        "product": "flatEdu",
        "badges": [],
        "organization": organization,
        "organizationRole": role,
        # The profile calls it registrationDate, the sort order of the organization's list creationDate.
        "registrationDate": date,
        "creationDate": date,
        "locale": "en",
        "isEmailVerified": fields.get("email") is not None,
        "privateProfile": True,
        **{name: value for name, value in fields.items() if value is not None},
    }
    for name in ("username", "email"):
        if name in user:
            require_free(store, name, user[name])
    if password is not None:
        user["password"] = hash_password(password)
    set_names(user)
    store.insert("user", user, parent=organization)
    return user


def require_free(store: Store, field: str, value: str) -> None:
    """Raises ApiError 422 when a user has this username or email address, in any letter case."""
    if find_by(store, field, value) is not None:
        raise invalid(field, f"{value!r} belongs to another user; choose another one.")


def find_by(store: Store, field: str, value: str) -> Document | None:
    """The user with this username or email address, in any letter case."""
    same = Where("lower(json_extract(body, '$.' || ?)) = lower(?)", (field, value))
    rows = store.sorted("user", same, sort="id", descending=False, limit=1)
    return rows[0][1] if rows else None


def set_names(user: Document) -> None:
    """Brings the displayed names of a user up to date with the first and the last name."""
    full = " ".join(user[name] for name in ("firstname", "lastname") if user.get(name))
    user["name"] = user["printableName"] = full or user["username"]


def hash_password(password: str) -> str:
    """A salted hash of a password."""
    salt = secrets.token_bytes(16)
    # The small cost suits a local stand-in, where tests create users by the hundred.
    digest = hashlib.scrypt(password.encode(), salt=salt, n=2**10, r=8, p=1)
    return f"{salt.hex()}:{digest.hex()}"


def user_id(call: Call) -> str:
    """The id of the user of the path; `me` is the caller (documented)."""
    identifier: str = call.user["id"] if call.path["user"] == "me" else call.path["user"]
    return identifier


def find_user(call: Call) -> Document:
    """The user of the path. Raises ApiError 404."""
    identifier = user_id(call)
    user = call.store.get("user", identifier)
    if user is None:
        raise not_found("user", identifier, "user")
    return user


def find_user_in(call: Call, organization: str) -> Document:
    """The user of the path, of this organization. Raises ApiError 404."""
    user = find_user(call)
    if user.get("organization") != organization:
        raise not_found("user", user["id"], "user")
    return user


def is_staff(user: Document) -> bool:
    """Whether the user teaches or administers in an organization."""
    return user.get("organizationRole") in _STAFF


def is_admin(user: Document) -> bool:
    """Whether the user administers an organization or its accounts."""
    return user.get("organizationRole") in _ADMINS


def summary(user: Document, site_url: str | None = None) -> Document:
    """A user as UserPublicSummary; with the address of the profile when that of the site is given.

    Assumed: teachers and administrators have the class role `teacher`, others `student`.
    """
    shown = {name: value for name, value in user.items() if name in _SUMMARY}
    if "organizationRole" in user:
        shown["classRole"] = "teacher" if is_staff(user) else "student"
    if site_url is not None:
        shown["htmlUrl"] = f"{site_url}/{user['username']}"
    return shown


def public(user: Document, site_url: str | None = None) -> Document:
    """A user as UserPublic, without what only the user and administrators may see."""
    return {**summary(user, site_url), **{name: value for name, value in user.items() if name in _PUBLIC}}


def public_view(call: Call, user: Document) -> Document:
    """A user as UserPublic with the address of the profile on this server."""
    return public(user, call.site_url)


def account_view(call: Call, user: Document) -> Document:
    """A user with the settings and groups that belong to the account."""
    settings = {name: user[name] for name in ("isEmailVerified", "locale", "privateProfile")}
    return {**public_view(call, user), **settings, "groups": groups_of(call.store, user["id"])}
