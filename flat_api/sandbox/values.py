"""Values of a body on their way into a stored document."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flat_api.sandbox.errors import invalid
from flat_api.sandbox.store import Document, date_text


def set_or_clear(document: Document, name: str, value: Any) -> None:
    """Sets a field; None removes it."""
    if value is None:
        document.pop(name, None)
    else:
        document[name] = value


def utc(param: str, value: str | None) -> str | None:
    """An ISO 8601 date of a body as the API writes dates, so that they compare as texts; None stays None.

    Raises ApiError 422 for a date that does not exist in UTC.
    """
    if value is None:
        return None
    try:
        return date_text(datetime.fromisoformat(value.upper()).astimezone(UTC))
    except (ValueError, OverflowError):
        raise invalid(param, f"{value!r} is no date that can be stored.") from None
