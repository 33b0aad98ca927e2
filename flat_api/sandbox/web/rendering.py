"""Templates to HTML, with values of the API in words; everything that is not markup of a template is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined

from flat_api.sandbox.call import Answer
from flat_api.sandbox.web.visit import Context

# By their sharps, from seven flats on: of a major key, and three places further of a minor one.
_KEYS = ("C♭", "G♭", "D♭", "A♭", "E♭", "B♭", "F", "C", "G", "D", "A", "E", "B", "F♯", "C♯", "G♯", "D♯", "A♯")
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


class _Absent(StrictUndefined):
    """A value that is not there counts as false; to show it is a mistake in a template."""

    __bool__ = Undefined.__bool__  # type: ignore[assignment]


def rendered(template: str, context: Context, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """The HTML page that a template makes of its context; no browser keeps it."""
    html = _environment.get_template(template).render(context).encode()
    return Answer(status, html, "text/html; charset=utf-8", {"Cache-Control": "no-store", **(headers or {})})


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
    return f"{_KEYS[fifths + 7]} major or {_KEYS[fifths + 10]} minor"


def number(value: float) -> str:
    """A number without needless digits."""
    return f"{value:g}"


def size(count: int) -> str:
    """A number of bytes."""
    return f"{count:,} bytes" if count < 10_000 else f"{round(count / 1000):,} kB"


def state(value: str) -> str:
    """A state or a privacy."""
    return _STATES.get(value, value)


def plural(count: int, noun: str) -> str:
    """A count with its noun."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=_Absent,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
for _filter in (date, clock_time, duration, key, number, size, state, plural):
    _environment.filters[_filter.__name__] = _filter
