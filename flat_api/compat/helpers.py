"""What `flat_api.pagination` and a RetryPolicy had in 2.x beside what they have today."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping

from flat_api.exceptions import ApiException
from flat_api.pagination import cursor_in, links
from flat_api.retry import RetryPolicy, decide


def parse_link_header(value: str | None) -> dict[str, str]:
    """Relation -> target of a Link header."""
    return links(value or "")


def next_cursor(headers: Mapping[str, str] | None) -> str | None:
    """The cursor of the following page, decoded once; None on the last page."""
    found = {name.lower(): value for name, value in (headers or {}).items()}
    target = parse_link_header(found.get("link")).get("next")
    return cursor_in(target, "next") if target else None


def wait(policy: RetryPolicy, error: BaseException, method: str, attempt: int) -> float | None:
    """Seconds until the next attempt, or None to give up; `attempt` is how many there were."""
    if not isinstance(error, ApiException):
        return None
    return decide(
        policy,
        error,
        method=method.upper(),
        attempt=attempt,
        elapsed=0.0,
        now=time.time(),
        chance=random.random(),
    )


def delay(policy: RetryPolicy, error: BaseException, attempt: int) -> float:
    """Seconds until the next attempt of a call that may be tried again, whatever its method; 0.0 to give up."""
    return wait(policy, error, "GET", attempt) or 0.0
