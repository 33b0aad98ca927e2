"""The files that pages show and offer: style, pictures, sound, downloads."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

from flat_api.sandbox import exports
from flat_api.sandbox.call import Answer
from flat_api.sandbox.errors import ApiError
from flat_api.sandbox.store import Document
from flat_api.sandbox.web.byte_range import partial
from flat_api.sandbox.web.visit import Visit, missing

_HERE = Path(__file__).parent
_SVG = "image/svg+xml"
# The API says audio/mp3; this is the registered name.
_SOUNDS = {"mp3": "audio/mpeg", "wav": "audio/wav"}
_NO_PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="600" height="420" viewBox="0 0 600 420">'
    b'<rect width="600" height="420" fill="#fff"/><text x="300" y="215" text-anchor="middle" fill="#777"'
    b' font-family="sans-serif" font-size="22">This music cannot be engraved.</text></svg>'
)


def style(visit: Visit) -> Answer:
    """The style sheet."""
    return _fixed(visit, _HERE / "style.css", "text/css")


def icon(visit: Visit) -> Answer:
    """The icon of the site."""
    return _fixed(visit, _HERE / "icon.svg", _SVG)


def _fixed(visit: Visit, file: Path, media_type: str) -> Answer:
    content = file.read_bytes()
    return _versioned(visit, Answer(content=content, media_type=media_type), sha256(content).hexdigest()[:24])


def thumbnail(visit: Visit) -> Answer:
    """The first systems of a revision, as PNG."""
    revision = _revision(visit)
    try:
        content = visit.engravings.export(revision, "thumbnail.png")
    except ApiError as problem:
        return Answer(problem.status, _NO_PICTURE, _SVG)
    return _versioned(visit, Answer(content=content, media_type="image/png"), visit.engravings.version(revision))


def sheet(visit: Visit) -> Answer:
    """A page of a revision, as SVG."""
    revision = _revision(visit)
    number = visit.path["number"]
    pages = visit.engravings.pages(revision)
    if not number.isascii() or not number.isdigit() or not 1 <= int(number[:6]) <= len(pages):
        raise missing("page", number)
    answer = Answer(content=pages[int(number) - 1], media_type=_SVG)
    return _versioned(visit, answer, visit.engravings.version(revision))


def sound(visit: Visit) -> Answer:
    """The played revision for a player, which may ask for a part of it."""
    revision, form = _revision(visit), visit.path["format"]
    if form not in _SOUNDS:
        raise missing("sound format", form)
    answer = Answer(content=visit.engravings.export(revision, form), media_type=_SOUNDS[form])
    return partial(answer, visit.headers.get("range"))


def download(visit: Visit) -> Answer:
    """A revision as a file to keep."""
    revision, form = _revision(visit), visit.path["format"]
    if form not in exports.EXTENSIONS:
        raise missing("format", form)
    score = visit.store.get("score", revision["score"])
    content = visit.engravings.export(revision, form)
    words = re.findall(r"[a-z0-9]+", score["title"].lower()) if score else []
    name = f"{'-'.join(words)[:80] or 'score'}.{exports.EXTENSIONS[form]}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Answer(content=content, media_type=exports.MEDIA_TYPES[form], headers=headers)


def _revision(visit: Visit) -> Document:
    revision = visit.store.get("revision", visit.path["revision"])
    if revision is None:
        raise missing("revision", visit.path["revision"])
    return revision


def _versioned(visit: Visit, answer: Answer, version: str) -> Answer:
    """The answer, or 304 when the browser has it already."""
    headers = {"ETag": f'"{version}"', "Cache-Control": "no-cache"}
    if visit.headers.get("if-none-match") == headers["ETag"]:
        return Answer(304, None, None, headers)
    return Answer(answer.status, answer.content, answer.media_type, {**answer.headers, **headers})
