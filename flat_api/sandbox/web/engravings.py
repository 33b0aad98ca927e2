"""The music of revisions as pictures and sound, made on demand and kept for a while."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from threading import Lock

from flat_api.sandbox import exports
from flat_api.sandbox.errors import ApiError
from flat_api.sandbox.music import Engraver, MusicError
from flat_api.sandbox.store import Document, Store

_BYTES_KEPT = 64 * 1024 * 1024
# What takes time and follows from the music alone.
_KEPT = {"mp3", "thumbnail.png", "wav"}


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
        return hashlib.sha256(self._music(revision)).hexdigest()[:24]

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
