"""Scores and their revisions as they are stored, found and described."""

from __future__ import annotations

import secrets
from typing import Any

from flat_api.sandbox.account import public_view
from flat_api.sandbox.call import Call
from flat_api.sandbox.errors import not_found
from flat_api.sandbox.music import ScoreFile
from flat_api.sandbox.store import Document, Where, new_id, now

_NO_COUNTS = {"total": 0, "weekly": 0, "monthly": 0, "yearly": 0}
_OWNER = {
    "aclRead": True,
    "aclWrite": True,
    "aclAdmin": True,
    "isCollaborator": True,
    "collaboratorType": "owner",
}

IN_TRASH = Where("json_extract(body, '$.scheduledDeletionDate') IS NOT NULL")
NOT_IN_TRASH = Where("json_extract(body, '$.scheduledDeletionDate') IS NULL")


def owned_by(user: Document) -> Where:
    """The scores of a user."""
    return Where("parent = ?", (user["id"],))


def find_score(call: Call, *, trashed: bool = False) -> Document:
    """The score of the path. Raises ApiError 404.

    Documented: a score in the trash is not accessible; `trashed` finds it nevertheless.
    """
    identifier: str = call.path["score"]
    score = call.store.get("score", identifier)
    if score is None or ("scheduledDeletionDate" in score and not trashed):
        raise not_found("score", identifier, "score")
    return score


def find_collection_for(call: Call) -> str | None:
    """The collection a new score goes into, from the `collection` of the body; None for the root.

    Raises ApiError 404.
    """
    identifier: str | None = call.body.get("collection")
    if identifier is None or identifier == "root":
        return None
    if call.store.get("collection", identifier) is None:
        raise not_found("collection", identifier, "collection")
    return identifier


def details(call: Call, score: Document) -> Document:
    """A stored score as ScoreDetails."""
    owner = call.user if call.user["id"] == score["user"] else call.store.get("user", score["user"])
    return {
        **score,
        "user": public_view(call, owner or call.user),
        "htmlUrl": f"{call.site_url}/score/{score['id']}",
        "editHtmlUrl": f"{call.site_url}/score/{score['id']}/edit",
        "collections": call.store.sources(score["id"]),
        "collaborators": [],
        "rights": _OWNER,
        "me": {"isInLibrary": True, "isLiked": False},
        "likes": _NO_COUNTS,
        "plays": _NO_COUNTS,
        "views": _NO_COUNTS,
        "comments": _NO_COUNTS,
        "samples": [],
    }


def facts(file: ScoreFile) -> dict[str, Any]:
    """What a score takes from its music, again with every revision."""
    return {
        "instruments": list(file.instruments),
        "instrumentsNames": list(file.instrument_names),
        "numberMeasures": file.number_measures,
        "mainTempoQpm": file.tempo_qpm,
        "mainKeySignature": file.key_fifths,
        "durationTime": file.duration,
    }


def credits_of(file: ScoreFile) -> dict[str, Any]:
    """What a new score takes from the title page of its file, without what is missing there."""
    found = {name: getattr(file, name) for name in ("subtitle", "composer", "lyricist", "arranger")}
    return {name: value for name, value in found.items() if value is not None}


def add_score(call: Call, xml: bytes, collection: str | None, fields: dict[str, Any]) -> tuple[Document, Document]:
    """Stores a score of the caller with its first revision; returns both. Needs a transaction."""
    date = now()
    score = {
        "privacy": "private",
        "tags": [],
        **fields,
        "id": new_id(),
        "creationDate": date,
        "modificationDate": date,
        "user": call.user["id"],
    }
    if "organization" in call.user:
        score["organization"] = call.user["organization"]
    apply_privacy(score)
    call.store.insert("score", score, parent=call.user["id"])
    if collection:
        call.store.link(collection, score["id"])
    return score, add_revision(call, score, xml)


def apply_privacy(score: Document) -> None:
    """Assumed: a private link gets a key when none is given, and the first publication is dated."""
    if score["privacy"] == "privateLink":
        score.setdefault("sharingKey", secrets.token_hex(64))
    if score["privacy"] == "public":
        score.setdefault("publicationDate", now())


def add_revision(call: Call, score: Document, xml: bytes, **fields: Any) -> Document:
    """Stores the music of a score as its newest revision. Needs a transaction."""
    revision = {
        "id": new_id(),
        "score": score["id"],
        "user": call.user["id"],
        "collaborators": [call.user["id"]],
        "date": now(),
        "autosave": False,
        "description": "",
        **fields,
    }
    call.store.insert("revision", revision, parent=score["id"], data=xml)
    return revision


def last_revision(call: Call, score: Document) -> Document:
    """The newest revision of a score."""
    revision = call.store.last_child("revision", score["id"])
    if revision is None:
        raise not_found("revision", "last", "revision")
    return revision


def revision_headers(revision: Document) -> dict[str, str]:
    """The headers that tell which revision an answer is about."""
    return {"x-flat-score-revision": revision["id"], "x-flat-score-revision-date": revision["date"]}
