"""RateLimit: what an answer says of the rate limit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from flat_api.exceptions import whole_number


class RateLimit(NamedTuple):
    """What the last answer said of the rate limit.

    Attributes:
        limit: Requests allowed per window.
        remaining: Requests left in the window; may be negative.
        reset: When the window ends, in seconds since the epoch.
    """

    limit: int | None
    remaining: int | None
    reset: int | None

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> RateLimit:
        """What the headers of an answer say."""
        return cls(*(whole_number(headers.get(f"X-RateLimit-{name}")) for name in ("Limit", "Remaining", "Reset")))
