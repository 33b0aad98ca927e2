"""The calls on revisions: list, read, add, and their data in other formats."""

from __future__ import annotations

from collections.abc import Callable

from flat_api.sandbox import imports
from flat_api.sandbox.call import Answer, Behavior, Call
from flat_api.sandbox.errors import ApiError, invalid, not_found
from flat_api.sandbox.media import REVISION_FORMATS
from flat_api.sandbox.music import Engraver, MusicError, mxl
from flat_api.sandbox.score_state import (
    add_revision,
    facts,
    find_score,
    last_revision,
    revision_headers,
)
from flat_api.sandbox.store import Document

_EXPORTS: dict[str, Callable[[Engraver, bytes], bytes]] = {
    "xml": lambda _, xml: xml,
    "mxl": lambda _, xml: mxl(xml),
    "midi": lambda engraver, xml: engraver.midi(xml),
    "mp3": lambda engraver, xml: engraver.mp3(xml),
    "wav": lambda engraver, xml: engraver.wav(xml),
    "thumbnail.png": lambda engraver, xml: engraver.thumbnail(xml),
}


def _find_revision(call: Call) -> Document:
    score = find_score(call)
    identifier: str = call.path["revision"]
    if identifier == "last":
        return last_revision(call, score)
    revision = call.store.get("revision", identifier)
    if revision is None or revision["score"] != score["id"]:
        raise not_found("revision", identifier, "revision")
    return revision


def get_score_revisions(call: Call) -> Answer:
    """GET /scores/{score}/revisions, the newest first."""
    return Answer(content=call.store.children("revision", find_score(call)["id"])[::-1])


def get_score_revision(call: Call) -> Answer:
    """GET /scores/{score}/revisions/{revision}."""
    return Answer(content=_find_revision(call))


def create_score_revision(call: Call) -> Answer:
    """POST /scores/{score}/revisions. Assumed: title and credits of the score stay as they are."""
    body = call.body
    file = imports.read_file(imports.decode(body))
    fields = {name: body[name] for name in ("autosave", "description") if name in body}
    with call.store.transaction():
        score = find_score(call)
        revision = add_revision(call, score, file.xml, **fields)
        call.store.update("score", {**score, **facts(file), "modificationDate": revision["date"]})
    return Answer(content=revision)


def get_score_revision_data(call: Call) -> Answer:
    """GET /scores/{score}/revisions/{revision}/{format}: `xml` is what was sent, byte for byte.

    With `url`, the answer is JSON with the address of the same file.
    """
    revision = _find_revision(call)
    format_: str = call.path["format"]
    export = _EXPORTS.get(format_)
    if export is None:
        known = ", ".join(_EXPORTS)
        raise invalid("format", f"the sandbox cannot make {format_}; it has {known}.")
    if call.query.get("parts"):
        raise invalid("parts", "the sandbox exports whole scores only; leave it out.")
    headers = revision_headers(revision)
    if call.query.get("url"):
        return Answer(content={"url": call.path_url}, headers=headers)
    xml = call.store.data("revision", revision["id"])
    try:
        content = export(call.engraver, xml)
    except MusicError as problem:
        raise ApiError(422, "EXPORT_FAILED", f"format: {problem}", "format") from problem
    return Answer(content=content, media_type=REVISION_FORMATS[format_], headers=headers)


BEHAVIORS: dict[str, Behavior] = {
    "getScoreRevisions": get_score_revisions,
    "getScoreRevision": get_score_revision,
    "createScoreRevision": create_score_revision,
    "getScoreRevisionData": get_score_revision_data,
}
