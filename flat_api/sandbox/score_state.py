"""Scores and their revisions as they are stored, found, copied and erased."""

from __future__ import annotations

import secrets
from typing import Any

from flat_api.sandbox.call import Call
from flat_api.sandbox.errors import not_found
from flat_api.sandbox.music import ScoreFile
from flat_api.sandbox.rights import Right, require
from flat_api.sandbox.store import Document, Store, Where, new_id, now, without

# What a copy does not take over from its original.
_NOT_COPIED = {"organization", "privacy", "publicationDate", "sharingKey"}

IN_TRASH = Where("json_extract(body, '$.scheduledDeletionDate') IS NOT NULL")
NOT_IN_TRASH = Where("json_extract(body, '$.scheduledDeletionDate') IS NULL")


def owned_by(user: Document) -> Where:
    """The scores or collections of a user."""
    return Where("parent = ?", (user["id"],))


def find_score(call: Call, right: Right = "read", *, trashed: bool = False) -> Document:
    """The score of the path, if the caller has this right on it.

    Raises ApiError 404 for a score that the caller may not read, 403 without the right.
    Documented: a score in the trash is not accessible; `trashed` finds it nevertheless.
    """
    identifier: str = call.path["score"]
    score = call.store.get("score", identifier)
    if score is None or ("scheduledDeletionDate" in score and not trashed):
        raise not_found("score", identifier, "score")
    require(call, score, right)
    return score


def find_collection_for(call: Call) -> str | None:
    """The collection of the caller that a new score goes into, from the body; None for the root.

    Raises ApiError 404.
    """
    identifier: str | None = call.body.get("collection")
    if identifier is None or identifier == "root":
        return None
    collection = call.store.get("collection", identifier)
    if collection is None or collection["user"] != call.user["id"] or "trashDate" in collection:
        raise not_found("collection", identifier, "collection")
    return identifier


def like_id(user: str, score: str) -> str:
    """The id of the document of kind `like` that says that a user likes a score."""
    return f"{user}:{score}"


def like(store: Store, user: str, score: str) -> None:
    """Makes a user like a score, which no call of the API does. Needs a transaction."""
    identifier = like_id(user, score)
    if store.get("like", identifier) is None:
        store.insert("like", {"id": identifier, "user": user, "score": score, "date": now()}, parent=score)


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


def import_score(
    call: Call, file: ScoreFile, title: str, collection: str | None, privacy: str = "private"
) -> tuple[Document, Document]:
    """Stores a new score of the caller from a file, in a collection if it still is there; see `add_score`."""
    title_page = {name: getattr(file, name) for name in ("subtitle", "composer", "lyricist", "arranger")}
    fields = {name: value for name, value in title_page.items() if value is not None}
    fields |= {**facts(file), "title": title, "privacy": privacy}
    known = collection and call.store.get("collection", collection)
    return add_score(call, file.xml, collection if known else None, fields)


def add_score(
    call: Call, xml: bytes, collection: str | None, fields: dict[str, Any], owner: Document | None = None
) -> tuple[Document, Document]:
    """Stores a score with its first revision; returns both. It belongs to the caller if no `owner` is given.

    Needs a transaction.
    """
    owner = owner or call.user
    date = now()
    score = {
        "privacy": "private",
        "tags": [],
        **fields,
        "id": new_id(),
        "creationDate": date,
        "modificationDate": date,
        "user": owner["id"],
    }
    if "organization" in owner:
        score["organization"] = owner["organization"]
    apply_privacy(score)
    call.store.insert("score", score, parent=owner["id"])
    if collection:
        call.store.link(collection, score["id"])
    return score, add_revision(call, score, xml)


def copy_score(
    call: Call, original: Document, *, title: str, collection: str | None = None, owner: Document | None = None
) -> Document:
    """Stores and returns a private copy of the last revision of a score. Needs a transaction."""
    fields = without(original, _NOT_COPIED) | {"parentScore": original["id"], "title": title}
    xml = call.store.data("revision", last_revision(call, original)["id"])
    return add_score(call, xml, collection, fields, owner)[0]


def apply_privacy(score: Document) -> None:
    """Assumed: a private link gets a key when none is given, and the first publication is dated."""
    if score["privacy"] == "privateLink":
        score.setdefault("sharingKey", secrets.token_hex(64))
    if score["privacy"] == "public":
        score.setdefault("publicationDate", now())


def erase(store: Store, score: str) -> None:
    """Removes a score for good, with all that belongs to it. Needs a transaction."""
    for revision in store.children("revision", score):
        for download in store.children("download", revision["id"]):
            store.delete("download", download["id"])
        store.delete("revision", revision["id"])
    for kind in ("collaborator", "like", "scoreComment", "track"):
        for one in store.children(kind, score):
            store.delete(kind, one["id"])
    store.delete("score", score)


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


def find_revision(call: Call, score: Document, identifier: str | None = None) -> Document:
    """A revision of a score by id or as `last`; without, the one of the path. Raises ApiError 404."""
    identifier = str(call.path["revision"]) if identifier is None else identifier
    if identifier == "last":
        return last_revision(call, score)
    revision = call.store.get("revision", identifier)
    if revision is None or revision["score"] != score["id"]:
        raise not_found("revision", identifier, "revision")
    return revision


def revision_headers(revision: Document) -> dict[str, str]:
    """The headers that tell which revision an answer is about."""
    return {"x-flat-score-revision": revision["id"], "x-flat-score-revision-date": revision["date"]}
