"""The files that pages show and offer: style, downloads, and music as pictures and sound, kept for a while."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from threading import Lock

from flat_api.sandbox import exports
from flat_api.sandbox.call import Answer
from flat_api.sandbox.errors import ApiError
from flat_api.sandbox.music import Engraver, MusicError
from flat_api.sandbox.store import Document, Store
from flat_api.sandbox.web.visit import Visit, missing

_BYTES_KEPT = 64 * 1024 * 1024
# What takes time and follows from the music alone.
_KEPT = {"mp3", "thumbnail.png", "wav"}
_SVG = "image/svg+xml"
# The API says audio/mp3; this is the registered name.
_SOUNDS = {"mp3": "audio/mpeg", "wav": "audio/wav"}
_NO_PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="600" height="420" viewBox="0 0 600 420">'
    b'<rect width="600" height="420" fill="#fff"/><text x="300" y="215" text-anchor="middle" fill="#777"'
    b' font-family="sans-serif" font-size="22">This music cannot be engraved.</text></svg>'
)
_ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def fixed(name: str, media_type: str) -> Callable[[Visit], Answer]:
    """A file of this folder."""

    def show(visit: Visit) -> Answer:
        content = Path(__file__).with_name(name).read_bytes()
        return _versioned(visit, content, media_type, sha256(content).hexdigest()[:24])

    return show


def thumbnail(visit: Visit) -> Answer:
    """The first systems of a revision, as PNG."""
    revision = visit.find("revision")
    try:
        content = visit.engravings.export(revision, "thumbnail.png")
    except ApiError as problem:
        return Answer(problem.status, _NO_PICTURE, _SVG)
    return _versioned(visit, content, "image/png", visit.engravings.version(revision))


def sheet(visit: Visit) -> Answer:
    """A page of a revision, as SVG."""
    revision = visit.find("revision")
    number = visit.path["number"]
    pages = visit.engravings.pages(revision)
    if not number.isascii() or not number.isdigit() or not 1 <= int(number[:6]) <= len(pages):
        raise missing("page", number)
    return _versioned(visit, pages[int(number) - 1], _SVG, visit.engravings.version(revision))


def sound(visit: Visit) -> Answer:
    """The played revision for a player, which may ask for a part of it."""
    revision, form = visit.find("revision"), visit.path["format"]
    if form not in _SOUNDS:
        raise missing("sound format", form)
    answer = Answer(content=visit.engravings.export(revision, form), media_type=_SOUNDS[form])
    return partial(answer, visit.headers.get("range"))


def download(visit: Visit) -> Answer:
    """A revision as a file to keep."""
    revision, form = visit.find("revision"), visit.path["format"]
    if form not in exports.EXTENSIONS:
        raise missing("format", form)
    score = visit.store.get("score", revision["score"])
    content = visit.engravings.export(revision, form)
    words = re.findall(r"[a-z0-9]+", score["title"].lower()) if score else []
    name = f"{'-'.join(words)[:80] or 'score'}.{exports.EXTENSIONS[form]}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Answer(content=content, media_type=exports.MEDIA_TYPES[form], headers=headers)


def _versioned(visit: Visit, content: bytes, media_type: str, version: str) -> Answer:
    """The content, or 304 when the browser has it already."""
    headers = {"ETag": f'"{version}"', "Cache-Control": "no-cache"}
    if visit.headers.get("if-none-match") == headers["ETag"]:
        return Answer(304, None, None, headers)
    return Answer(200, content, media_type, headers)


def partial(answer: Answer, wanted: str | None) -> Answer:
    """The answer with the bytes of the header Range alone; whole for no header or one that is not understood."""
    content = answer.body()
    size = len(content)
    headers = {**answer.headers, "Accept-Ranges": "bytes"}
    found = _ONE_RANGE.fullmatch(wanted or "")
    if found and (found[1] or found[2]):
        # Without a first byte, the number is that of the last bytes.
        first = int(found[1]) if found[1] else max(size - int(found[2]), 0)
        last = min(int(found[2]), size - 1) if found[1] and found[2] else size - 1
        if first >= size:
            return replace(answer, status=416, content=b"", headers={**headers, "Content-Range": f"bytes */{size}"})
        if first <= last:
            headers["Content-Range"] = f"bytes {first}-{last}/{size}"
            return replace(answer, status=206, content=content[first : last + 1], headers=headers)
    return replace(answer, headers=headers)


class BoundedCache:
    """Values of one or more pieces of bytes, by key; together they have at most `limit` bytes.

    What was used least recently goes first.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: OrderedDict[Hashable, Sequence[bytes]] = OrderedDict()
        self._access, self._making = Lock(), Lock()
        self.size = 0

    def get(self, key: Hashable, make: Callable[[], Sequence[bytes]]) -> Sequence[bytes]:
        """The value of a key, made on the first demand; one thread makes values at a time."""
        found = self._look_up(key)
        if found is None:
            with self._making:
                found = self._look_up(key)
                if found is None:
                    found = make()
                    self._keep(key, found)
        return found

    def _look_up(self, key: Hashable) -> Sequence[bytes] | None:
        with self._access:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def _keep(self, key: Hashable, value: Sequence[bytes]) -> None:
        with self._access:
            self._values[key] = value
            self.size += sum(map(len, value))
            while self.size > self._limit:
                _, gone = self._values.popitem(last=False)
                self.size -= sum(map(len, gone))


class Engravings:
    """Pages and exports of revisions. The music itself is the key: ids come back when a state is restored."""

    def __init__(self, store: Store, engraver: Engraver) -> None:
        self._store = store
        self._engraver = engraver
        self._cache = BoundedCache(_BYTES_KEPT)

    def version(self, revision: Document) -> str:
        """A text that is another one for other music."""
        return sha256(self._music(revision)).hexdigest()[:24]

    def pages(self, revision: Document) -> Sequence[bytes]:
        """The pages as SVG. Raises ApiError 422 for music that cannot be engraved."""

        def make() -> Sequence[bytes]:
            try:
                return [page.encode() for page in self._engraver.svg(self._music(revision))]
            except MusicError as problem:
                raise ApiError(422, "ENGRAVING_FAILED", str(problem)) from problem

        return self._cache.get((self.version(revision), "svg"), make)

    def export(self, revision: Document, form: str) -> bytes:
        """The whole revision as a file. Raises ApiError 422 for one that cannot be made."""

        def make() -> Sequence[bytes]:
            return [exports.export(self._store, self._engraver, revision, form, [])]

        return (self._cache.get((self.version(revision), form), make) if form in _KEPT else make())[0]

    def _music(self, revision: Document) -> bytes:
        return self._store.data("revision", revision["id"])
