"""RetryPolicy and decide(): whether a failed attempt is followed by another, and after how long. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flat_api.on_demand import exceptions

if TYPE_CHECKING:
    from flat_api.exceptions import ApiException, RateLimitException

IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
"""Methods that may be sent twice without doing anything twice (RFC 9110, section 9.2.2)."""

TRANSIENT = frozenset({429, 500, 502, 503, 504})


class RetryPolicy:
    """How often and how patiently a call is tried again. Immutable.

    What is tried again: GET, HEAD, PUT and DELETE after a broken connection, a cut-off answer, or status 500, 502,
    503, 504; any method when the request was never sent, or was turned away by the rate limit. A timeout is final.

    The wait before attempt n + 1 is `min(backoff_max, backoff_base * 2 ** (n - 1))` seconds, of which a random share of
    up to `jitter` is taken off; a `Retry-After` header or the reset time of the rate limit replaces it.

    Args:
        attempts: How often a call is sent at most, the first time included. 1 means: never again, whatever happens.
            Following a redirect, and sending once more with a refreshed token, are not attempts.
        backoff_base: Seconds before the second attempt.
        backoff_max: Longest back-off, in seconds.
        jitter: Share of the back-off (0 to 1) that is left to chance.
        max_elapsed: Seconds from the start of a call after which no further attempt begins; waits for the rate limit
            are not counted.
        max_retry_after: Longest `Retry-After` that is obeyed, in seconds; a longer one raises at once.
        max_rate_limit_wait: Longest wait for the rate limit to reset, in seconds; a longer one raises at once.
        respect_rate_limit_reset: False: never wait for the rate limit, raise at once.
    """

    __slots__ = (
        "attempts",
        "backoff_base",
        "backoff_max",
        "jitter",
        "max_elapsed",
        "max_rate_limit_wait",
        "max_retry_after",
        "respect_rate_limit_reset",
    )

    attempts: int
    backoff_base: float
    backoff_max: float
    jitter: float
    max_elapsed: float
    max_retry_after: float
    max_rate_limit_wait: float
    respect_rate_limit_reset: bool

    def __init__(
        self,
        attempts: int = 4,
        *,
        backoff_base: float = 0.5,
        backoff_max: float = 8.0,
        jitter: float = 0.5,
        max_elapsed: float = 120.0,
        max_retry_after: float = 60.0,
        max_rate_limit_wait: float = 60.0,
        respect_rate_limit_reset: bool = True,
    ) -> None:
        if attempts < 1:
            raise ValueError("RetryPolicy: attempts counts the first try too, so it is at least 1.")
        if not 0 <= jitter <= 1:
            raise ValueError("RetryPolicy: jitter is a share from 0 to 1.")
        if min(backoff_base, backoff_max, max_elapsed, max_retry_after, max_rate_limit_wait) < 0:
            raise ValueError("RetryPolicy: seconds cannot be negative.")
        values = (
            attempts,
            backoff_base,
            backoff_max,
            jitter,
            max_elapsed,
            max_rate_limit_wait,
            max_retry_after,
            respect_rate_limit_reset,
        )
        for name, value in zip(self.__slots__, values, strict=True):
            object.__setattr__(self, name, value)

    @classmethod
    def disabled(cls) -> RetryPolicy:
        """Exactly one request per call, whatever happens."""
        return cls(attempts=1)

    @property
    def enabled(self) -> bool:
        """Whether anything is ever tried again."""
        return self.attempts > 1

    def should_retry(self, error: BaseException, method: str, attempt: int) -> bool:
        """Whether a call is tried again after attempt number `attempt` ended with `error`."""
        from flat_api.compat import client

        return client.wait(self, error, method, attempt) is not None

    def delay_for(self, error: BaseException, attempt: int) -> float:
        """Seconds to wait after attempt number `attempt` ended with `error`, if it is followed by another."""
        from flat_api.compat import client

        return client.delay(self, error, attempt)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("A RetryPolicy does not change; make another one.")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("A RetryPolicy does not change; make another one.")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RetryPolicy) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (dict(zip(self.__slots__, self._values(), strict=True)),)

    def __repr__(self) -> str:
        pairs = zip(self.__slots__, self._values(), strict=True)
        return f"RetryPolicy({', '.join(f'{name}={value!r}' for name, value in pairs)})"

    def _values(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)


def _rebuild(values: dict[str, float]) -> RetryPolicy:
    return RetryPolicy(**values)  # type: ignore[arg-type]


def decide(
    policy: RetryPolicy,
    error: ApiException,
    *,
    method: str,
    attempt: int,
    elapsed: float,
    now: float,
    chance: float,
) -> float | None:
    """Seconds to wait before the next attempt, or None to give up and raise `error`.

    Args:
        policy: The policy of the call.
        error: What the last attempt ended with.
        method: HTTP method.
        attempt: How many attempts there were.
        elapsed: Seconds since the call began, waits for the rate limit taken off.
        now: Seconds since the epoch.
        chance: A random number from 0 to 1.
    """
    if attempt >= policy.attempts:
        return None
    if isinstance(error, exceptions.RateLimitException):
        return _rate_limit_wait(policy, error, attempt, now, chance)
    if not _is_safe(error, method):
        return None
    asked = exceptions.retry_after(error.headers, now)
    if asked is not None and asked > policy.max_retry_after:
        return None
    delay = asked if asked is not None else _backoff(policy, attempt, chance)
    return delay if elapsed + delay <= policy.max_elapsed else None


def _is_safe(error: ApiException, method: str) -> bool:
    if isinstance(error, exceptions.TlsException):
        return False
    if isinstance(error, exceptions.TransportException) and not error.sent:
        return isinstance(error, exceptions.ConnectionException)
    if method not in IDEMPOTENT:
        return False
    if isinstance(error, (exceptions.ConnectionException, exceptions.MalformedResponseException)):
        return True
    return not isinstance(error, exceptions.TransportException) and error.status in TRANSIENT


def _rate_limit_wait(
    policy: RetryPolicy, error: RateLimitException, attempt: int, now: float, chance: float
) -> float | None:
    if not policy.respect_rate_limit_reset:
        return None
    delay = error.retry_after
    if delay is None:
        delay = exceptions.retry_after(error.headers, now)
    # A reset that is over already must not lead to a burst of attempts.
    delay = delay or _backoff(policy, attempt, chance)
    return delay if delay <= policy.max_rate_limit_wait else None


def _backoff(policy: RetryPolicy, attempt: int, chance: float) -> float:
    longest = min(policy.backoff_max, policy.backoff_base * 2.0 ** min(attempt - 1, 60))
    return longest * (1 - policy.jitter * chance)
