"""The calls on scores: create, read, change, trash, copy, list."""

from __future__ import annotations

import re

from flat_api.sandbox import imports
from flat_api.sandbox.call import NOTHING, Answer, Call
from flat_api.sandbox.errors import invalid
from flat_api.sandbox.pages import page, sort_order
from flat_api.sandbox.people import find_user
from flat_api.sandbox.score_state import (
    NOT_IN_TRASH,
    apply_privacy,
    copy_score,
    erase,
    find_collection_for,
    find_score,
    import_score,
    owned_by,
    revision_headers,
)
from flat_api.sandbox.score_view import details
from flat_api.sandbox.store import having, now
from flat_api.sandbox.tasks import start_import
from flat_api.sandbox.values import set_or_clear

_DAYS_IN_TRASH = 30
_PUBLIC = having(privacy="public")


def create_score(call: Call) -> Answer:
    """POST /scores: from a file, from builder data, or (as a task) from a PDF or an image.

    Documented: the score belongs to the caller and starts with one revision; a PDF or an image sent with
    `supportsTasks` is answered with 202 and a task.
    Assumed: without `supportsTasks` a PDF or an image is 422; a score without any title is called
    "New Music Score"; `collection` is one of the caller's own (404 for others).
    The sandbox has no Google Drive: `source` is 422. MIDI and ABC need music21 (the extra `midi`) and are 422
    without it; the MusicXML made from them is what is stored. Of ABC one tune is read, without lyrics; MIDI
    is put on a grid of note values, each channel of each track as a part.
    """
    body = call.body
    collection = find_collection_for(call)
    if "data" in body:
        data = imports.decode(body)
        if imports.is_picture(data):
            if not body.get("supportsTasks"):
                raise invalid("supportsTasks", "must be true for a PDF or an image: its import takes a task.")
            return Answer(status=202, content=start_import(call, collection))
        file = imports.read_file(call.engraver, data, body.get("filename"))
    elif "builderData" in body:
        file = imports.build_file(imports.title_of(body, None), body["builderData"])
    else:
        raise invalid("source", "is not possible: the sandbox has no Google Drive. Send the file as data.")
    with call.store.transaction():
        title, privacy = imports.title_of(body, file), body.get("privacy", "private")
        score, revision = import_score(call, file, title, collection, privacy)
    return Answer(content=details(call, score), headers=revision_headers(revision))


def get_score(call: Call) -> Answer:
    """GET /scores/{score}: its metadata, with the rights of the caller and the counters.

    Documented: read access is enough; a `privateLink` score opens with its `sharingKey`.
    Assumed: a score that the caller may not read is 404; nobody plays or views scores here, so these
    counters stay 0.
    """
    return Answer(content=details(call, find_score(call)))


_EDITABLE = {
    "arranger",
    "composer",
    "creationType",
    "description",
    "license",
    "licenseText",
    "lyricist",
    "privacy",
    "sharingKey",
    "subtitle",
    "tags",
    "title",
}
_SHARING = {"privacy", "sharingKey"}
_TAG = re.compile(r"[a-zA-Z0-9]{1,30}")


def edit_score(call: Call) -> Answer:
    """PUT /scores/{score}: what is absent stays, null removes.

    Documented: the music itself is not touched; a tag has 1 to 30 unaccented letters and digits.
    Assumed: other tags are 422; changing needs the right to write, and admin rights for the privacy and the
    sharing key.
    """
    for number, tag in enumerate(call.body.get("tags", [])):
        if not _TAG.fullmatch(tag):
            raise invalid(f"tags.{number}", f"{tag[:40]!r} must be 1 to 30 unaccented letters and digits.")
    with call.store.transaction():
        score = find_score(call, "admin" if _SHARING & call.body.keys() else "write")
        for name in _EDITABLE & call.body.keys():
            set_or_clear(score, name, call.body[name])
        score["modificationDate"] = now()
        apply_privacy(score)
        call.store.update("score", score)
    return Answer(content=details(call, score))


def delete_score(call: Call) -> Answer:
    """DELETE /scores/{score}: into the trash, or away for good with `now`.

    Documented: `untrashScore` brings it back from the trash; with `now` it cannot be recovered.
    Assumed: deleting needs admin rights; the trash keeps a score for 30 days. The sandbox tells this date,
    but never empties the trash.
    """
    with call.store.transaction():
        score = find_score(call, "admin", trashed=True)
        if call.query["now"]:
            erase(call.store, score["id"])
        else:
            score.setdefault("scheduledDeletionDate", now(days=_DAYS_IN_TRASH))
            call.store.update("score", score)
    return NOTHING


def untrash_score(call: Call) -> Answer:
    """POST /scores/{score}/untrash: out of the trash.

    Assumed: it needs admin rights, and is no error for a score that is not in the trash.
    """
    with call.store.transaction():
        score = find_score(call, "admin", trashed=True)
        score.pop("scheduledDeletionDate", None)
        call.store.update("score", score)
    return NOTHING


def fork_score(call: Call) -> Answer:
    """POST /scores/{score}/fork: a copy of the last revision in the account of the caller.

    Documented: read access to the original is enough; `parentScore` of the copy is its id.
    Assumed: the copy is private; without `keepOriginalTitle` it is called "Copy of" the original.
    """
    original = find_score(call)
    collection = find_collection_for(call)
    title = original["title"] if call.body.get("keepOriginalTitle") else f"Copy of {original['title']}"
    with call.store.transaction():
        score = copy_score(call, original, title=title, collection=collection)
    return Answer(content=details(call, score))


def get_user_scores(call: Call) -> Answer:
    """GET /users/{user}/scores: the public scores of a user.

    Documented: public scores only, even for the own account; in pages with `paginate`, whole without.
    Assumed: the newest first, titles from A to Z.
    """
    where = owned_by(find_user(call)) & NOT_IN_TRASH & _PUBLIC
    if call.query["paginate"]:
        return page(call, "score", where, lambda score: details(call, score))
    sort, descending = sort_order(call)
    rows = call.store.sorted("score", where, sort=sort, descending=descending)
    return Answer(content=[details(call, score) for _, score in rows])
