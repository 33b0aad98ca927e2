"""Values of the API in words for people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

_MAJOR = ("C♭", "G♭", "D♭", "A♭", "E♭", "B♭", "F", "C", "G", "D", "A", "E", "B", "F♯", "C♯")
_MINOR = ("A♭", "E♭", "B♭", "F", "C", "G", "D", "A", "E", "B", "F♯", "C♯", "G♯", "D♯", "A♯")
_STATES = {
    "aclAdmin": "manages",
    "aclRead": "reads",
    "aclWrite": "changes",
    "awaitingInput": "waits for an answer",
    "created": "begun",
    "doing": "under way",
    "organizationPublic": "organization",
    "privateLink": "private link",
    "processing": "under way",
    "turnedIn": "handed in",
}


def date(value: str | None) -> str:
    """An ISO 8601 date as 1 Mar 2026, 09:05 (UTC); what is no date stays as it is."""
    try:
        moment = datetime.fromisoformat(value or "").astimezone(UTC)
    except (ValueError, OverflowError):
        return value or ""
    return f"{moment.day} {moment:%b %Y, %H:%M}"


def clock_time(value: str) -> str:
    """The time of an ISO 8601 date, with seconds."""
    return datetime.fromisoformat(value).astimezone(UTC).strftime("%H:%M:%S")


def duration(seconds: float) -> str:
    """Minutes and seconds."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"


def key(fifths: int) -> str:
    """A key signature by its sharps (positive) or flats."""
    if not -7 <= fifths <= 7:
        return str(fifths)
    return f"{_MAJOR[fifths + 7]} major or {_MINOR[fifths + 7]} minor"


def number(value: float) -> str:
    """A number without needless digits."""
    return f"{value:g}"


def size(count: int) -> str:
    """A number of bytes."""
    return f"{count:,} bytes" if count < 10_000 else f"{round(count / 1000):,} kB"


def state(value: str) -> str:
    """A state or a privacy."""
    return _STATES.get(value, value)


def plural(count: int, noun: str, several: str | None = None) -> str:
    """A count with its noun."""
    return f"{count:,} {noun if count == 1 else several or noun + 's'}"


FILTERS: dict[str, Any] = {
    "date": date,
    "clock_time": clock_time,
    "duration": duration,
    "key": key,
    "number": number,
    "size": size,
    "state": state,
    "plural": plural,
}
