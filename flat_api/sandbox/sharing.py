"""Shares: the collaborators of a score, each a user, a group or an invited address, with their rights.

A share is a document of kind `collaborator` that belongs to the score, in the form of
ResourceCollaborator, with the id of the user or the group instead of their details.
"""

from __future__ import annotations

from flat_api.sandbox.store import Document, Store, Where, new_id, now


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


def shared_with(group: str) -> Where:
    """The scores that are shared with a group, whatever its rights."""
    return Where(
        "id IN (SELECT share.parent FROM document AS share WHERE share.kind = 'collaborator'"
        " AND json_extract(share.body, '$.group') = ?)",
        (group,),
    )
