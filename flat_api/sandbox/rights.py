"""Who may read, change and manage a score.

A share is a document of kind `collaborator` that belongs to the score, in the form of ResourceCollaborator, with
the id of the user or the group, or an invited address, instead of their details.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from flat_api.sandbox.call import Call
from flat_api.sandbox.errors import forbidden, not_found
from flat_api.sandbox.store import Document, Store, Where, new_id, now

Right: TypeAlias = Literal["read", "write", "admin"]
_WORDS: dict[Right, str] = {"read": "read", "write": "change", "admin": "manage"}


@dataclass(frozen=True)
class Rights:
    """What a user may do with a score; `source` is owner, user or group, None when the privacy alone decides."""

    read: bool
    write: bool
    admin: bool
    source: str | None = None

    def allows(self, right: Right) -> bool:
        """Whether the right is among them."""
        return bool(getattr(self, right))

    def view(self) -> Document:
        """The rights as ResourceRights."""
        shown: Document = {
            "aclRead": self.read,
            "aclWrite": self.write,
            "aclAdmin": self.admin,
            "isCollaborator": self.source is not None,
        }
        if self.source is not None:
            shown["collaboratorType"] = self.source
        return shown


def rights_on(store: Store, user: Document, score: Document, sharing_key: str | None = None) -> Rights:
    """The rights of a user on a score: as owner, by shares with the user or a group, by the privacy, by the key."""
    if score["user"] == user["id"]:
        return Rights(True, True, True, "owner")
    shares = _shares_with(store, user, score)
    if shares:
        read, write, admin = (any(share[name] for share in shares) for name in ("aclRead", "aclWrite", "aclAdmin"))
        source = "user" if any("user" in share for share in shares) else "group"
        return Rights(read or _is_open(user, score, sharing_key), write, admin, source)
    return Rights(_is_open(user, score, sharing_key), False, False)


def _shares_with(store: Store, user: Document, score: Document) -> list[Document]:
    shares = store.children("collaborator", score["id"])
    if not shares:
        return []
    # The members of a group are linked to it.
    mine = {user["id"], *store.sources(user["id"])}
    return [share for share in shares if share.get("user") in mine or share.get("group") in mine]


def _is_open(user: Document, score: Document, sharing_key: str | None) -> bool:
    if score["privacy"] == "organizationPublic":
        return "organization" in score and score["organization"] == user.get("organization")
    if score["privacy"] == "privateLink":
        return sharing_key is not None and sharing_key == score.get("sharingKey")
    return bool(score["privacy"] == "public")


def require(call: Call, score: Document, right: Right) -> None:
    """Raises ApiError 404 for a score that the caller may not read, 403 for one without this right."""
    found = rights_on(call.store, call.user, score, call.query.get("sharingKey"))
    if not found.read:
        raise not_found("score", score["id"], "score")
    if not found.allows(right):
        raise forbidden(f"You have no right to {_WORDS[right]} this score.", "score")


def share(
    store: Store, score: str, target: Document, *, read: bool = True, write: bool = False, admin: bool = False
) -> Document:
    """Shares a score and returns the stored share; an earlier one with the same target gets these rights.

    Parameters: `target` is one of {"user": id}, {"group": id} and {"userEmail": address}.
    Managing includes changing, and changing includes reading. Needs a transaction.
    """
    rights = {"aclRead": read or write or admin, "aclWrite": write or admin, "aclAdmin": admin}
    for known in store.children("collaborator", score):
        if known.items() >= target.items():
            changed = {**known, **rights}
            store.update("collaborator", changed)
            return changed
    added: Document = {"id": new_id(), "score": score, **target, **rights, "date": now()}
    store.insert("collaborator", added, parent=score)
    return added


def unshare(store: Store, score: str, target: Document) -> None:
    """Takes back the share with a target, if there is one. Needs a transaction."""
    for known in store.children("collaborator", score):
        if known.items() >= target.items():
            store.delete("collaborator", known["id"])


def _shared(condition: str, *values: str) -> Where:
    return Where(
        f"id IN (SELECT share.parent FROM document AS share WHERE share.kind = 'collaborator' AND {condition})",
        values,
    )


def shared_with(group: str) -> Where:
    """The scores that are shared with a group, whatever its rights."""
    return _shared("json_extract(share.body, '$.group') = ?", group)


def shared_with_user(user: str) -> Where:
    """The scores of others that a user may read by a share with the user or one of the user's groups."""
    return _shared(
        "json_extract(share.body, '$.aclRead') AND (json_extract(share.body, '$.user') = ?"
        " OR json_extract(share.body, '$.group') IN (SELECT source FROM link WHERE target = ?))",
        user,
        user,
    )


def readable_by(user: Document) -> Where:
    """The scores that a user may read without any key."""
    shared = shared_with_user(user["id"])
    return Where(
        "parent = ? OR json_extract(body, '$.privacy') = 'public'"
        " OR (json_extract(body, '$.privacy') = 'organizationPublic' AND json_extract(body, '$.organization') = ?)"
        f" OR {shared.sql}",
        (user["id"], user.get("organization"), *shared.values),
    )
