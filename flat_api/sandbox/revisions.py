"""The calls on revisions: list, read, add, and their data in other formats."""

from __future__ import annotations

from flat_api.sandbox import exports, imports
from flat_api.sandbox.call import Answer, Call
from flat_api.sandbox.errors import invalid
from flat_api.sandbox.score_state import (
    add_revision,
    facts,
    find_revision,
    find_score,
    last_revision,
    revision_headers,
)
from flat_api.sandbox.store import Document
from flat_api.sandbox.tracks import default_track

_AUDIO = {"mp3", "wav"}


def get_score_revisions(call: Call) -> Answer:
    """GET /scores/{score}/revisions: the newest first.

    Documented: the list holds no music; read access is enough.
    Assumed: the order.
    """
    return Answer(content=call.store.children("revision", find_score(call)["id"])[::-1])


def get_score_revision(call: Call) -> Answer:
    """GET /scores/{score}/revisions/{revision}: one revision.

    Documented: `last` is the newest one.
    """
    return Answer(content=find_revision(call, find_score(call)))


def create_score_revision(call: Call) -> Answer:
    """POST /scores/{score}/revisions: replaces the music.

    Documented: the file becomes the revision `last`; title and other metadata stay as they are.
    Assumed: it needs the right to write; the facts of the score (instruments, measures, tempo, key,
    duration) follow the new music.
    """
    find_score(call, "write")
    body = call.body
    file = imports.read_file(call.engraver, imports.decode(body))
    fields = {name: body[name] for name in ("autosave", "description") if name in body}
    with call.store.transaction():
        score = find_score(call, "write")
        # Everybody who saved a revision up to this one.
        authors = [*last_revision(call, score)["collaborators"], call.user["id"]]
        revision = add_revision(call, score, file.xml, collaborators=list(dict.fromkeys(authors)), **fields)
        call.store.update("score", {**score, **facts(file), "modificationDate": revision["date"]})
    return Answer(content=revision)


def get_score_revision_data(call: Call) -> Answer:
    """GET /scores/{score}/revisions/{revision}/{format}: `xml` is what was sent, byte for byte.

    Documented: `parts` are UUIDs with commas between them; with `url` the answer is JSON with the address of
    the file; `defaultTrack` takes the default track for the audio or the synchronization points.
    Assumed: the UUIDs of the parts are the `$uuid` in the format `json`, whose form is the sandbox's own,
    and ids of the MusicXML document such as P1 are parts, too; the address needs no token; a default track
    is audio elsewhere on the web, so that it needs `url`. `flat` is 422: the format is not public.
    """
    score = find_score(call)
    revision = find_revision(call, score)
    form: str = call.path["format"]
    headers = revision_headers(revision)
    if call.query.get("defaultTrack"):
        return Answer(content=_of_default_track(call, score, form), headers=headers)
    parts = [part.strip() for part in call.query.get("parts", "").split(",") if part.strip()]
    if call.query.get("url"):
        exports.check(call.store, revision, form, parts)
        with call.store.transaction():
            return Answer(content={"url": exports.address(call, score, revision, form, parts)}, headers=headers)
    content = exports.export(call.store, call.engraver, revision, form, parts)
    return Answer(content=content, media_type=exports.MEDIA_TYPES[form], headers=headers)


def _of_default_track(call: Call, score: Document, form: str) -> object:
    track = default_track(call.store, score["id"])
    if track is None:
        raise invalid("defaultTrack", "the score has no default track; set one with updateScoreTrack.")
    if form == "synchronizationPoints":
        return track.get("synchronizationPoints", [])
    if form not in _AUDIO:
        raise invalid("defaultTrack", "is for mp3, wav and synchronizationPoints alone.")
    if not call.query.get("url"):
        raise invalid("url", "must be true: the default track is on another site, which the sandbox does not call.")
    return {"url": track["url"]}
