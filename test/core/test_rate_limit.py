"""The rate limit: a call waits for the reset, for any method, and raises when that would take too long."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

import pytest
from calls import call
from server import Peer, Received, Server, reply

from flat_api.api_client import ApiClient
from flat_api.exceptions import ForbiddenException, RateLimitException
from flat_api.retry import RetryPolicy

OK = reply({"id": "x"})


def limited(**headers: Any) -> bytes:
    named = {name.replace("_", "-"): str(value) for name, value in headers.items()}
    return reply({"code": "API_RATE_LIMIT_EXCEEDED", "message": "Slow down."}, 403, named)


class Window:
    """Turns requests away until a whole second begins, and notes when each of them came."""

    def __init__(self, answer: Callable[[int], bytes]) -> None:
        self.reset = int(time.time()) + 1
        self.answer = answer
        self.times: list[float] = []

    def __call__(self, peer: Peer, request: Received) -> None:
        now = time.time()
        self.times.append(now)
        peer.send(self.answer(self.reset) if now < self.reset else OK)


@pytest.mark.parametrize(("method", "date"), [("GET", True), ("POST", False)])
def test_a_call_waits_for_the_reset_and_goes_on(server: Server, client: ApiClient, method: str, date: bool) -> None:
    dated = {"Date": formatdate(usegmt=True)} if date else {}
    window = Window(lambda reset: limited(X_RateLimit_Reset=reset, **dated))
    server.plays(window)
    assert call(client, method, body={} if method == "POST" else None).id == "x"
    assert len(window.times) == 2
    assert window.reset <= window.times[1] < window.reset + 2


def test_the_clock_of_the_server_counts(server: Server, client: ApiClient) -> None:
    server.plays(limited(X_RateLimit_Reset=1_000_001, Date=formatdate(1_000_000, usegmt=True)), OK)
    began = time.monotonic()
    call(client)
    assert 1 <= time.monotonic() - began < 2


def test_a_wait_is_logged(server: Server, client: ApiClient, caplog) -> None:
    server.plays(limited(X_RateLimit_Reset=0), OK)
    caplog.set_level(logging.INFO, "flat_api")
    call(client)
    assert [record.levelname for record in caplog.records] == ["INFO"]
    assert "GET /v2/things/a: RateLimitException; trying again in" in caplog.text


@pytest.mark.parametrize("settings", [{"max_rate_limit_wait": 30}, {"respect_rate_limit_reset": False}])
def test_too_long_a_wait_raises_and_tells_the_reset(server: Server, client_of, settings: dict[str, Any]) -> None:
    reset = int(time.time()) + 45
    server.plays(limited(X_RateLimit_Reset=reset, X_RateLimit_Limit=7200, X_RateLimit_Remaining=-3), OK)
    with pytest.raises(RateLimitException) as caught:
        call(client_of(server, retries=RetryPolicy(**settings)))
    error = caught.value
    assert (error.reset, error.limit, error.remaining) == (reset, 7200, -3)
    assert 43 < error.retry_after <= 45
    assert "Slow down. The limit resets in 4" in str(error)
    assert len(server.received) == 1


def test_a_reset_that_is_over_leads_to_no_burst(server: Server, client_of) -> None:
    window = Window(lambda reset: limited(X_RateLimit_Reset=1))
    window.reset = 2**40
    server.plays(window)
    with pytest.raises(RateLimitException):
        call(client_of(server, retries=RetryPolicy(3, backoff_base=0.1, jitter=0)))
    gaps = [after - before for before, after in zip(window.times, window.times[1:], strict=False)]
    assert [round(gap, 1) for gap in gaps] == [0.1, 0.2]


@pytest.mark.parametrize("headers", [{}, {"X_RateLimit_Reset": "soon"}, {"Retry_After": 0}])
def test_without_a_reset_there_is_a_backoff(server: Server, client: ApiClient, headers: dict[str, Any]) -> None:
    server.plays(limited(**headers), limited(**headers), OK)
    assert call(client, "POST", body={}).id == "x"


def test_status_429_is_the_rate_limit_too(server: Server, client: ApiClient) -> None:
    server.plays(reply({}, 429, {"Retry-After": "0"}), OK)
    assert call(client, "POST", body={}).id == "x"


@pytest.mark.parametrize("body", [{}, {"code": "FORBIDDEN"}, b"", b"<html>API_RATE_LIMIT_EXCEEDED"])
def test_a_plain_403_is_never_tried_again(server: Server, client: ApiClient, body: Any) -> None:
    server.plays(reply(body, 403, {"X-RateLimit-Reset": "1"}), OK)
    with pytest.raises(ForbiddenException) as caught:
        call(client)
    assert not isinstance(caught.value, RateLimitException)
    assert len(server.received) == 1


def test_waits_for_the_limit_do_not_use_up_the_time_of_a_call(server: Server, client_of) -> None:
    server.plays(limited(), reply({}, 503, {"Retry-After": "0"}), OK)
    policy = RetryPolicy(backoff_base=0.3, jitter=0, max_elapsed=0.2)
    assert call(client_of(server, retries=policy)).id == "x"


def test_waits_for_the_limit_count_as_attempts(server: Server, client: ApiClient) -> None:
    server.plays(limited())
    with pytest.raises(RateLimitException):
        call(client, "POST", body={})
    assert len(server.received) == 4


def test_the_client_shows_the_last_limit(server: Server, client: ApiClient) -> None:
    headers = {"X-RateLimit-Limit": "7200", "X-RateLimit-Remaining": "7199", "X-RateLimit-Reset": "1700000000"}
    server.plays(reply({}, headers=headers), OK, reply({}, 404, headers | {"X-RateLimit-Remaining": "-1"}))
    assert client.rate_limit is None
    call(client)
    assert client.rate_limit == (7200, 7199, 1700000000)
    call(client)
    assert client.rate_limit == (7200, 7199, 1700000000)
    with pytest.raises(Exception, match="404"):
        call(client)
    assert client.rate_limit.remaining == -1


def test_a_garbled_limit_is_none(server: Server, client: ApiClient) -> None:
    server.plays(reply({}, headers={"X-RateLimit-Limit": "many"}))
    call(client)
    assert client.rate_limit == (None, None, None)
