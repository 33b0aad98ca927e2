"""A cache of bytes with a bound: what was used least recently goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from threading import Lock


class BoundedCache:
    """Values of one or more pieces of bytes, by key; together they have at most `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._values: OrderedDict[Hashable, Sequence[bytes]] = OrderedDict()
        self._access, self._making = Lock(), Lock()

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

    @property
    def size(self) -> int:
        """The bytes that are kept."""
        return self._size

    def _look_up(self, key: Hashable) -> Sequence[bytes] | None:
        with self._access:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def _keep(self, key: Hashable, value: Sequence[bytes]) -> None:
        with self._access:
            self._values[key] = value
            self._size += _size(value)
            while self._size > self._limit:
                _, gone = self._values.popitem(last=False)
                self._size -= _size(gone)


def _size(value: Sequence[bytes]) -> int:
    return sum(map(len, value))
