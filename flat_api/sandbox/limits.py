"""Counts the requests of each caller in a fixed window, as the API limits them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from flat_api.sandbox.errors import ApiError, require_number

# Documented: 7,200 requests an hour for a token, 1,800 for an address without one.
PER_TOKEN = 7200
PER_ADDRESS = 1800
HOUR = 3600.0


@dataclass(frozen=True)
class Allowance:
    """What is left of a window; `remaining` falls below zero beyond the limit."""

    limit: int
    remaining: int
    reset: int

    @property
    def headers(self) -> dict[str, str]:
        """The headers that tell it; the reset is in seconds of the UTC epoch."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.reset),
        }

    def check(self) -> None:
        """Raises ApiError 403 (documented: not 429) when the limit is exceeded."""
        if self.remaining < 0:
            message = f"The limit of {self.limit} requests is exceeded; it resets at {self.reset} (UTC epoch)."
            raise ApiError(403, "API_RATE_LIMIT_EXCEEDED", message)


class RateLimiter:
    """Windows by caller, each beginning with the caller's first request."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = Lock()
        self.configure(PER_TOKEN, HOUR)

    def configure(self, limit: int, per: float) -> None:
        """At most `limit` requests of a token in `per` seconds; forgets what was counted."""
        require_number("requests", limit, least=0, whole=True)
        require_number("per", per, least=0)
        if not per:
            raise ValueError("per: must be more than 0 seconds.")
        with self._lock:
            self._limit, self._per = limit, per
            self._windows: dict[str, tuple[float, int]] = {}

    def forget(self) -> None:
        """Forgets what was counted."""
        with self._lock:
            self._windows = {}

    def take(self, token: str | None, address: str) -> Allowance:
        """Counts one request of a token, or of an address when there is no valid token."""
        caller = f"token {token}" if token else f"address {address}"
        with self._lock:
            limit, per = (self._limit, self._per) if token else (PER_ADDRESS, HOUR)
            time_ = self._clock()
            end, used = self._windows.get(caller, (0.0, 0))
            if time_ >= end:
                end, used = time_ + per, 0
            self._windows[caller] = (end, used + 1)
        return Allowance(limit, limit - used - 1, round(end))
