"""The music of revisions as pictures and sound, made on demand and kept for a while."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from flat_api.sandbox import exports
from flat_api.sandbox.errors import ApiError
from flat_api.sandbox.music import Engraver, MusicError
from flat_api.sandbox.store import Document, Store
from flat_api.sandbox.web.bounded_cache import BoundedCache

_BYTES_KEPT = 64 * 1024 * 1024
# What takes time and follows from the music alone.
_KEPT = {"mp3", "thumbnail.png", "wav"}


class Engravings:
    """Pages and exports of revisions. The music itself is the key: ids come back when a state is restored."""

    def __init__(self, store: Store, engraver: Engraver) -> None:
        self._store = store
        self._engraver = engraver
        self._cache = BoundedCache(_BYTES_KEPT)

    def version(self, revision: Document) -> str:
        """A text that is another one for other music."""
        return hashlib.sha256(self._music(revision)).hexdigest()[:24]

    def pages(self, revision: Document) -> Sequence[bytes]:
        """The pages as SVG. Raises ApiError 422 for music that cannot be engraved."""
        return self._kept(revision, "svg", lambda: self._engrave(revision))

    def export(self, revision: Document, form: str) -> bytes:
        """The whole revision as a file. Raises ApiError 422 for one that cannot be made."""

        def make() -> Sequence[bytes]:
            return [exports.export(self._store, self._engraver, revision, form, [])]

        return (self._kept(revision, form, make) if form in _KEPT else make())[0]

    def _music(self, revision: Document) -> bytes:
        return self._store.data("revision", revision["id"])

    def _kept(self, revision: Document, form: str, make: Callable[[], Sequence[bytes]]) -> Sequence[bytes]:
        return self._cache.get((self.version(revision), form), make)

    def _engrave(self, revision: Document) -> Sequence[bytes]:
        try:
            return [page.encode() for page in self._engraver.svg(self._music(revision))]
        except MusicError as problem:
            raise ApiError(422, "ENGRAVING_FAILED", str(problem)) from problem
