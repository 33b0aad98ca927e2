"""The rate limit by the clock of the sandbox, and the log of requests."""

from __future__ import annotations

from typing import Any

import pytest

import flat_api
from flat_api.sandbox import Sandbox
from flat_api.sandbox.request_log import MAX_BODIES, MAX_REQUESTS, RecordedRequest, Recorder


def test_a_window_ends_by_the_clock(sandbox: Sandbox, client: Any) -> None:
    sandbox.clock.freeze()
    sandbox.limit(1, per=3600)
    first, second = client("GET", "/me"), client("GET", "/me")
    assert (first.status, second.status) == (200, 403)
    assert int(second.headers["X-RateLimit-Reset"]) == round(sandbox.clock.time() + 3600)
    sandbox.clock.advance(3599)
    assert client("GET", "/me").status == 403
    sandbox.clock.advance(1)
    assert client("GET", "/me").status == 200


def test_the_sdk_tells_the_limit(sandbox: Sandbox) -> None:
    sandbox.limit(0)
    with sandbox.client(retries=0) as client, pytest.raises(flat_api.RateLimitException) as caught:
        client.account.get_authenticated_user()
    assert caught.value.code == "API_RATE_LIMIT_EXCEEDED"


@pytest.mark.parametrize(("requests", "per"), [(1.5, 1), ("1", 1), (True, 1), (1, "1"), (1, float("inf"))])
def test_a_limit_that_is_no_number_is_refused(sandbox: Sandbox, requests: Any, per: Any) -> None:
    with pytest.raises(ValueError, match="must be"):
        sandbox.limit(requests, per)


def test_the_log_is_read_by_operation(sandbox: Sandbox, client: Any) -> None:
    client("GET", "/me")
    client("GET", "/classes")
    client("GET", "/me?onlyId=true")
    client("GET", "/nothing")
    log = sandbox.requests
    assert (log.count, len(log), len(log[1:3])) == (4, 4, 2)
    assert [one.operation for one in log] == ["getAuthenticatedUser", "listClasses", "getAuthenticatedUser", None]
    assert log("getAuthenticatedUser").count == 2
    assert log("getAuthenticatedUser")[1].query == [("onlyId", "true")]
    assert log(status=404)[0].path == "/v2/nothing"
    assert log(method="POST") == []
    assert log("getScore").count == 0
    assert "authorization" not in log[0].headers
    assert repr(log(status=404)) == "[GET /v2/nothing 404]"


def test_an_operation_that_does_not_exist_was_not_called_never(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="getScoer"):
        sandbox.requests("getScoer")


def _request(body: bytes = b"") -> RecordedRequest:
    return RecordedRequest("getScore", "GET", "/", [], {}, body, 200)


def test_the_log_has_bounds() -> None:
    recorder = Recorder({"getScore"})
    for _ in range(MAX_REQUESTS + 1):
        recorder.record(_request)
    assert recorder.log().count == MAX_REQUESTS
    recorder.clear()
    big = _request(bytes(MAX_BODIES // 2))
    for _ in range(3):
        recorder.record(lambda: big)
    assert recorder.log().count == 2
    recorder.record(lambda: _request(bytes(MAX_BODIES + 1)))
    assert recorder.log().count == 1
