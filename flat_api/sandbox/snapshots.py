"""A copy of the whole state, to go back to."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Snapshot:
    """The state of a sandbox at one moment; `data` is an SQLite database file. It can be kept and pickled."""

    data: bytes = field(repr=False)
