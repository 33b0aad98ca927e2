"""The clock of a sandbox: it goes with the machine's, but can be moved forward and stopped."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING

from flat_api.sandbox.errors import require_number

if TYPE_CHECKING:
    from flat_api.sandbox.store import Store

_SETTING = "clock"
# The year 2100: dates beyond it are a mistake, and would not fit the time in an id for long.
_LAST = 4_102_444_800.0


class Clock:
    """What time it is in one sandbox: for dates, the life of tokens, windows of the rate limit, and tasks.

    It is kept with the state: a restart or a restored snapshot brings it back, a reset sets it right.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self.load()

    def load(self) -> None:
        """Takes over what the state says, after the state was replaced."""
        setting = self._store.get("setting", _SETTING) or {"offset": 0.0, "frozen": None}
        self._offset: float = setting["offset"]
        self._frozen: float | None = setting["frozen"]

    def time(self) -> float:
        """The present in seconds of the UTC epoch."""
        frozen = self._frozen
        return time.time() + self._offset if frozen is None else frozen

    def now(self) -> datetime:
        """The present as a UTC date."""
        return datetime.fromtimestamp(self.time(), UTC)

    @property
    def frozen(self) -> bool:
        """Whether the clock stands still."""
        return self._frozen is not None

    def advance(self, seconds: float) -> None:
        """Moves the clock forward, also while it stands still. Raises ValueError for less than 0 seconds."""
        require_number("seconds", seconds, least=0)
        with self._lock:
            if self._frozen is None:
                self._set(self._offset + seconds, None)
            else:
                self._set(self._offset, self._frozen + seconds)

    def freeze(self, at: datetime | None = None) -> None:
        """Stops the clock, at the present or at a date with a time zone. Raises ValueError for other dates."""
        if at is not None and at.tzinfo is None:
            raise ValueError("at: the date needs a time zone, such as UTC.")
        with self._lock:
            self._set(self._offset, self.time() if at is None else at.timestamp())

    def unfreeze(self) -> None:
        """Lets a stopped clock go on from where it stands."""
        with self._lock:
            if self._frozen is not None:
                self._set(self._frozen - time.time(), None)

    def reset(self) -> None:
        """Back to the time of the machine."""
        with self._lock:
            self._set(0.0, None)

    def _set(self, offset: float, frozen: float | None) -> None:
        if not 0 <= (time.time() + offset if frozen is None else frozen) <= _LAST:
            raise ValueError("The clock goes from 1970 to 2100.")
        with self._store.transaction():
            self._store.delete("setting", _SETTING)
            if offset or frozen is not None:
                self._store.insert("setting", {"id": _SETTING, "offset": offset, "frozen": frozen})
        self._offset, self._frozen = offset, frozen

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Makes this clock the one that `present` reads, in this thread."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)


_current: ContextVar[Clock | None] = ContextVar("flat_sandbox_clock", default=None)


def present() -> datetime:
    """The present as a UTC date, by the clock of the sandbox that works here."""
    clock = _current.get()
    return datetime.now(UTC) if clock is None else clock.now()
