"""What a RetryPolicy of 2.x could be asked about a failure."""

from __future__ import annotations

import random
import time

from flat_api.exceptions import ApiException
from flat_api.retry import RetryPolicy, decide


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
