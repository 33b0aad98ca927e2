"""The music of a revision in every format that can be exported.

Files are also behind addresses that need no token: whoever knows the address can fetch the file.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence

from flat_api.sandbox import score_json, score_parts, synchronization
from flat_api.sandbox.call import Answer, Call, to_json
from flat_api.sandbox.errors import ApiError, invalid, not_found
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
    "json": lambda _, score, xml: to_json(score_json.as_json(score, xml)),
    "synchronizationPoints": lambda _, score, xml: to_json(synchronization.points(score, xml)),
    "practicefirst": lambda _, __, xml: mxl(xml),
}
DOWNLOADS = "/files/"
_REASONS = {
    "flat": "is Flat's own format, which is not public; take json or xml.",
    "abc": "cannot be written by the sandbox's engraver; take xml.",
}


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


def address(
    call: Call, score: Document, revision: Document, form: str, parts: Sequence[str], content: bytes | None = None
) -> str:
    """The address of an export; the same one for the same export. Needs a transaction.

    Without `content` the file is made when it is fetched.
    """
    order = {"revision": revision["id"], "format": form, "parts": list(parts), "ready": content is not None}
    known = [one for one in call.store.children("download", revision["id"]) if one.items() >= order.items()]
    if known:
        download = known[0]
    else:
        download = {"id": secrets.token_hex(16), **order}
        call.store.insert("download", download, parent=revision["id"], data=content)
    return f"{call.site_url}{DOWNLOADS}{download['id']}/{_filename(score['title'], form)}"


def _filename(title: str, form: str) -> str:
    words = re.findall(r"[a-z0-9]+", title.lower())
    return f"{'-'.join(words)[:80] or 'score'}.{EXTENSIONS[form]}"


def fetch(store: Store, engraver: Engraver, method: str, raw_path: str) -> Answer:
    """The answer to a request of such an address. Raises ApiError 404, 405 or 422."""
    if method not in ("GET", "HEAD"):
        raise ApiError(405, "METHOD_NOT_ALLOWED", "A file can only be fetched.", headers={"Allow": "GET, HEAD"})
    identifier, _, filename = raw_path.removeprefix(DOWNLOADS).partition("/")
    download = store.get("download", identifier)
    revision = store.get("revision", download["revision"]) if download else None
    if download is None or revision is None:
        raise not_found("file", identifier)
    form = download["format"]
    if download["ready"]:
        content = store.data("download", identifier)
    else:
        content = export(store, engraver, revision, form, download["parts"])
    # The name in the address is only for people: anything may stand there.
    name = filename if re.fullmatch(r"[a-z0-9.-]+", filename) else f"score.{EXTENSIONS[form]}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Answer(content=content, media_type=MEDIA_TYPES[form], headers=headers)
