"""What becomes of the data of a user who leaves an organization or is erased."""

from __future__ import annotations

from flat_api.sandbox import group_state, omr_jobs, score_state
from flat_api.sandbox.store import Document, Store, Where
from flat_api.sandbox.submission_state import delete_submission

# What belongs to a user, and what a user has left elsewhere. Scores, OMR jobs and submissions have parts, too.
_OWNED = ("collection", "credit", "eduResource", "oauthCode", "refreshToken", "signinLink", "task", "token")
_WRITTEN = ("collaborator", "like", "scoreComment", "submission_comment")


def erase(store: Store, user: str) -> None:
    """Removes a user with all that belongs to the user. Needs a transaction."""
    for score in store.children("score", user):
        score_state.erase(store, score["id"])
    for job in store.children("omrJob", user):
        omr_jobs.erase(store, job["id"])
    for kind in _OWNED:
        for one in store.children(kind, user):
            store.delete(kind, one["id"])
    by_user = Where("? IN (json_extract(body, '$.user'), json_extract(body, '$.creator'))", (user,))
    for _, submission in store.sorted("submission", by_user, sort="id", descending=False):
        delete_submission(store, submission)
    for kind in _WRITTEN:
        for _, one in store.sorted(kind, by_user, sort="id", descending=False):
            store.delete(kind, one["id"])
    store.delete("user", user)


def leave_organization(store: Store, user: Document) -> None:
    """Turns a member of an organization into an individual user. Needs a transaction."""
    for name in ("organization", "organizationRole", "license", "licenseExpirationDate"):
        user.pop(name, None)
    user |= {"product": "flat", "privateProfile": False}
    store.update("user", user)
    for group in group_state.groups_of(store, user["id"]):
        store.unlink(group, user["id"])
    for score in store.children("score", user["id"]):
        score.pop("organization", None)
        store.update("score", score)
