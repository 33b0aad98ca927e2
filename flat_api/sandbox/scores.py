"""The calls on scores: create, read, change, trash, copy, list."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flat_api.sandbox import imports
from flat_api.sandbox.account import find_user
from flat_api.sandbox.call import NOTHING, Answer, Behavior, Call
from flat_api.sandbox.errors import invalid
from flat_api.sandbox.pages import page, sort_order
from flat_api.sandbox.score_state import (
    NOT_IN_TRASH,
    add_score,
    apply_privacy,
    credits_of,
    details,
    facts,
    find_collection_for,
    find_score,
    last_revision,
    owned_by,
    revision_headers,
)
from flat_api.sandbox.store import Where, date_text, now
from flat_api.sandbox.tasks import start_import

# Assumed: how long a score stays in the trash. The sandbox tells the date, but never empties the trash.
_DAYS_IN_TRASH = 30
_PUBLIC = Where("json_extract(body, '$.privacy') = 'public'")
# What a copy does not take over from its original.
_NOT_COPIED = {"privacy", "sharingKey", "publicationDate"}


def create_score(call: Call) -> Answer:
    """POST /scores: from a file, from builder data, or (as a task) from a PDF or an image."""
    body = call.body
    collection = find_collection_for(call)
    if "data" in body:
        data = imports.decode(body)
        if imports.is_picture(data):
            if not body.get("supportsTasks"):
                raise invalid("supportsTasks", "must be true for a PDF or an image: its import takes a task.")
            return Answer(status=202, content=start_import(call, collection))
        file = imports.read_file(data, body.get("filename"))
    elif "builderData" in body:
        file = imports.build_file(imports.title_of(body, None), body["builderData"])
    else:
        raise invalid("source", "is not possible: the sandbox has no Google Drive. Send the file as data.")
    fields = {
        **credits_of(file),
        **facts(file),
        "title": imports.title_of(body, file),
        "privacy": body.get("privacy", "private"),
    }
    with call.store.transaction():
        score, revision = add_score(call, file.xml, collection, fields)
    return Answer(content=details(call, score), headers=revision_headers(revision))


def get_score(call: Call) -> Answer:
    """GET /scores/{score}."""
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


def edit_score(call: Call) -> Answer:
    """PUT /scores/{score}: what is absent stays, null removes."""
    with call.store.transaction():
        score = find_score(call)
        for name in _EDITABLE & call.body.keys():
            value = call.body[name]
            if value is None:
                score.pop(name, None)
            else:
                score[name] = value
        score["modificationDate"] = now()
        apply_privacy(score)
        call.store.update("score", score)
    return Answer(content=details(call, score))


def delete_score(call: Call) -> Answer:
    """DELETE /scores/{score}: into the trash, or away for good with `now`."""
    with call.store.transaction():
        score = find_score(call, trashed=True)
        if call.query["now"]:
            for revision in call.store.children("revision", score["id"]):
                call.store.delete("revision", revision["id"])
            call.store.delete("score", score["id"])
        else:
            end = datetime.now(UTC) + timedelta(days=_DAYS_IN_TRASH)
            score.setdefault("scheduledDeletionDate", date_text(end))
            call.store.update("score", score)
    return NOTHING


def untrash_score(call: Call) -> Answer:
    """POST /scores/{score}/untrash. Assumed: no error for a score that is not in the trash."""
    with call.store.transaction():
        score = find_score(call, trashed=True)
        score.pop("scheduledDeletionDate", None)
        call.store.update("score", score)
    return NOTHING


def fork_score(call: Call) -> Answer:
    """POST /scores/{score}/fork: a private copy of the last revision."""
    original = find_score(call)
    collection = find_collection_for(call)
    xml = call.store.data("revision", last_revision(call, original)["id"])
    fields = {name: value for name, value in original.items() if name not in _NOT_COPIED}
    fields["parentScore"] = original["id"]
    if not call.body.get("keepOriginalTitle"):
        # Assumed: what the title of a copy is.
        fields["title"] = f"Copy of {original['title']}"
    with call.store.transaction():
        score, _ = add_score(call, xml, collection, fields)
    return Answer(content=details(call, score))


def get_user_scores(call: Call) -> Answer:
    """GET /users/{user}/scores: public scores only (documented); in pages with `paginate`."""
    where = owned_by(find_user(call)) & NOT_IN_TRASH & _PUBLIC
    if call.query["paginate"]:
        return page(call, "score", where, lambda score: details(call, score))
    sort, descending = sort_order(call)
    rows = call.store.sorted("score", where, sort=sort, descending=descending)
    return Answer(content=[details(call, score) for _, score in rows])


BEHAVIORS: dict[str, Behavior] = {
    "createScore": create_score,
    "getScore": get_score,
    "editScore": edit_score,
    "deleteScore": delete_score,
    "untrashScore": untrash_score,
    "forkScore": fork_score,
    "getUserScores": get_user_scores,
}
