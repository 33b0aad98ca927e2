"""The music of a revision in every format that can be exported."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from flat_api.sandbox import score_json, score_parts, synchronization
from flat_api.sandbox.errors import ApiError, invalid
from flat_api.sandbox.media import REVISION_FORMATS
from flat_api.sandbox.music import Engraver, MusicError, mxl
from flat_api.sandbox.store import Document, Store

# Assumed: PracticeFirst reads compressed MusicXML.
MEDIA_TYPES = {**REVISION_FORMATS, "practicefirst": REVISION_FORMATS["mxl"]}
EXTENSIONS = {
    "xml": "musicxml",
    "mxl": "mxl",
    "midi": "mid",
    "mp3": "mp3",
    "wav": "wav",
    "thumbnail.png": "png",
    "json": "json",
    "synchronizationPoints": "json",
    "practicefirst": "mxl",
}

# From the engraver, the id of the score and its MusicXML document.
_FORMATS: dict[str, Callable[[Engraver, str, bytes], bytes]] = {
    "xml": lambda _, __, xml: xml,
    "mxl": lambda _, __, xml: mxl(xml),
    "midi": lambda engraver, _, xml: engraver.midi(xml),
    "mp3": lambda engraver, _, xml: engraver.mp3(xml),
    "wav": lambda engraver, _, xml: engraver.wav(xml),
    "thumbnail.png": lambda engraver, _, xml: engraver.thumbnail(xml),
    "json": lambda _, score, xml: _json(score_json.as_json(score, xml)),
    "synchronizationPoints": lambda _, score, xml: _json(synchronization.points(score, xml)),
    "practicefirst": lambda _, __, xml: mxl(xml),
}
_REASONS = {
    "flat": "is Flat's own format, which is not public; take json or xml.",
    "abc": "cannot be written by the sandbox's engraver; take xml.",
}


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _require(form: str) -> None:
    """Raises ApiError 422 for a format that the sandbox cannot make."""
    if form not in _FORMATS:
        raise invalid("format", f"{form} {_REASONS[form]}")


def check(store: Store, revision: Document, form: str, parts: Sequence[str]) -> None:
    """Raises ApiError 422 for an export that cannot be made: the format, or a part that is not there."""
    _require(form)
    if parts:
        score_parts.only(revision["score"], store.data("revision", revision["id"]), parts)


def export(store: Store, engraver: Engraver, revision: Document, form: str, parts: Sequence[str]) -> bytes:
    """A stored revision as a file; without `parts`, all of them.

    Raises ApiError 422 for an unknown part, a format that cannot be made, or music that cannot be.
    """
    _require(form)
    xml = store.data("revision", revision["id"])
    if parts:
        xml = score_parts.only(revision["score"], xml, parts)
    return convert(engraver, revision["score"], xml, form)


def convert(engraver: Engraver, score: str, xml: bytes, form: str) -> bytes:
    """A MusicXML document as a file; the UUIDs in it are those of the score. Raises ApiError 422."""
    try:
        return _FORMATS[form](engraver, score, xml)
    except MusicError as problem:
        raise ApiError(422, "EXPORT_FAILED", f"format: {problem}", "format") from problem
