"""What is tried again, how often and after how long: requests are counted where they arrive."""

from __future__ import annotations

import copy
import logging
import pickle
import time
from email.utils import formatdate
from typing import Any

import pytest
from calls import call
from conftest import QUICK
from server import Server, chunked, hang_up, head, reply, reset, then

from flat_api.api_client import ApiClient
from flat_api.configuration import Configuration
from flat_api.exceptions import (
    ApiException,
    ApiTypeError,
    ApiValueError,
    ConnectionException,
    MalformedResponseException,
    ProxyException,
    ServiceException,
    TimeoutException,
    TlsException,
    retry_after,
)
from flat_api.retry import RetryPolicy, decide

OK = reply({"id": "x"})
CUT = then(reply(b"{", length=9), hang_up)
CUT_CHUNK = then(chunked(b"{")[:-5], hang_up)
FAULTS = {"reset": reset, "hang up": hang_up, "cut": CUT, "cut chunk": CUT_CHUNK, "no HTTP": b"no HTTP\r\n\r\n"}
STATUSES = {str(status): reply({"message": "no"}, status) for status in (500, 502, 503, 504)}
TROUBLE = FAULTS | STATUSES


def body_of(method: str) -> Any:
    return {"id": "a"} if method in ("POST", "PUT") else None


@pytest.mark.parametrize("trouble", TROUBLE)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_what_may_be_sent_twice_is_tried_again(server: Server, client: ApiClient, method: str, trouble: str) -> None:
    server.plays(TROUBLE[trouble], TROUBLE[trouble], TROUBLE[trouble], OK)
    assert call(client, method, body=body_of(method)).id == "x"
    assert [request.method for request in server.received] == [method] * 4
    assert len({request.body for request in server.received}) == 1


@pytest.mark.parametrize("trouble", TROUBLE)
def test_a_post_is_sent_once(server: Server, client: ApiClient, trouble: str) -> None:
    server.plays(TROUBLE[trouble], OK)
    with pytest.raises(ApiException):
        call(client, "POST", body={})
    assert len(server.received) == 1


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 408, 409, 413, 422, 501, 505])
def test_an_answer_that_would_not_change_is_final(server: Server, client: ApiClient, status: int) -> None:
    server.plays(reply({}, status), OK)
    with pytest.raises(ApiException) as caught:
        call(client)
    assert caught.value.status == status
    assert len(server.received) == 1


@pytest.mark.parametrize("attempts", [1, 2, 4, 7])
def test_attempts_are_counted(server: Server, client_of, attempts: int) -> None:
    server.plays(STATUSES["503"])
    with pytest.raises(ServiceException):
        call(client_of(server, retries=RetryPolicy(attempts, backoff_base=0)))
    assert len(server.received) == attempts


LIMITED = reply({"code": "API_RATE_LIMIT_EXCEEDED"}, 403, {"X-RateLimit-Reset": "1"})


@pytest.mark.parametrize("disabled", [0, RetryPolicy.disabled(), RetryPolicy(attempts=1)])
@pytest.mark.parametrize("trouble", [*TROUBLE.values(), LIMITED, reply({}, 429), reply({}, 503, {"Retry-After": "0"})])
def test_disabled_means_exactly_one_request(server: Server, client_of, disabled: Any, trouble: Any) -> None:
    server.plays(trouble, OK)
    with pytest.raises(ApiException):
        call(client_of(server, retries=disabled))
    assert len(server.received) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_that_was_never_sent_is_tried_again(client_of, caplog, method: str) -> None:
    with Server() as gone:
        pass
    caplog.set_level(logging.INFO, "flat_api")
    with pytest.raises(ConnectionException):
        call(client_of(gone), method, body=body_of(method))
    assert [record.levelname for record in caplog.records] == ["INFO"] * 3


def test_a_large_body_is_sent_again_from_its_beginning(server: Server, client: ApiClient) -> None:
    server.plays(hang_up, OK)
    call(client, "PUT", body={"data": "é" * 300_000})
    first, second = (request.body for request in server.received)
    assert first == second
    assert len(first) > 600_000


@pytest.mark.parametrize(("seconds", "least"), [("1", 1.0), ("0", 0.0)])
def test_retry_after_replaces_the_backoff(server: Server, client_of, seconds: str, least: float) -> None:
    server.plays(reply({}, 503, {"Retry-After": seconds}), OK)
    began = time.monotonic()
    call(client_of(server, retries=RetryPolicy(backoff_base=7, jitter=0)))
    assert least <= time.monotonic() - began < least + 1


@pytest.mark.parametrize("value", ["61", "99999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_retry_after_beyond_the_cap_raises_at_once(server: Server, client_of, value: str) -> None:
    server.plays(reply({}, 503, {"Retry-After": value}), OK)
    began = time.monotonic()
    with pytest.raises(ServiceException) as caught:
        call(client_of(server))
    assert time.monotonic() - began < 1
    assert caught.value.headers is not None
    assert caught.value.headers["Retry-After"] == value
    assert len(server.received) == 1


@pytest.mark.parametrize("value", ["", "soon", "-5", "1.5", "1e3", "٣", "Wed, 99 Foo 2015 07:28:00 GMT", "\xb2"])
def test_a_garbled_retry_after_is_ignored(server: Server, client: ApiClient, value: str) -> None:
    server.plays(head(f"Retry-After: {value.encode().decode('latin-1')}", "Content-Length: 0", status=503), OK)
    assert call(client).id == "x"


def test_a_call_ends_within_its_time(server: Server, client_of) -> None:
    server.plays(STATUSES["503"])
    policy = RetryPolicy(100, backoff_base=0.05, backoff_max=0.05, jitter=0, max_elapsed=0.22)
    began = time.monotonic()
    with pytest.raises(ServiceException):
        call(client_of(server, retries=policy))
    assert time.monotonic() - began < 1
    assert 2 <= len(server.received) <= 5


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        (" 120 ", 120.0),
        ("9" * 400, 999999999999.0),
        (formatdate(1000.0, usegmt=True), 400.0),
        (formatdate(100.0, usegmt=True), 0.0),
        ("Thu, 01 Jan 1970 00:16:40 -0000", 400.0),
        ("nonsense", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(monkeypatch, text: str | None, seconds: float | None) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    assert retry_after({"Retry-After": text} if text is not None else {}, now=600.0) == seconds


PLAIN = RetryPolicy(backoff_base=1, backoff_max=5, jitter=0.5)
NEVER_SENT = {
    ConnectionException("", sent=False): True,
    ProxyException("", sent=False): True,
    TlsException("", sent=False): False,
    TimeoutException("", sent=False): False,
}
MAYBE_DONE = {
    ConnectionException(""): True,
    MalformedResponseException(""): True,
    TimeoutException(""): False,
    ServiceException(503): True,
    ServiceException(501): False,
    ApiValueError(""): False,
}


def wait(error: ApiException, method: str = "GET", attempt: int = 1, chance: float = 0.0, **more: Any) -> float | None:
    policy = more.pop("policy", PLAIN)
    return decide(policy, error, method=method, attempt=attempt, elapsed=0, now=0, chance=chance, **more)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "POST", "PATCH"])
def test_only_what_is_safe_is_sent_again(method: str) -> None:
    idempotent = method not in ("POST", "PATCH")
    assert {error: wait(error, method) is not None for error in NEVER_SENT} == NEVER_SENT
    assert {error: wait(error, method) is not None for error in MAYBE_DONE} == {
        error: again and idempotent for error, again in MAYBE_DONE.items()
    }


@pytest.mark.parametrize(
    ("attempt", "chance", "seconds"), [(1, 0, 1), (2, 0, 2), (3, 0, 4), (3, 1, 2), (3, 0.5, 3), (4, 0, None)]
)
def test_the_backoff_doubles_up_to_its_cap_and_is_jittered(attempt: int, chance: float, seconds: float | None) -> None:
    assert wait(ServiceException(500), attempt=attempt, chance=chance) == seconds
    assert wait(ServiceException(500), attempt=99, policy=RetryPolicy(10**6, jitter=0)) == 8
    assert wait(ServiceException(500), attempt=10**5, policy=RetryPolicy(10**6, jitter=0)) == 8


@pytest.mark.parametrize(
    "settings",
    [{"attempts": 0}, {"jitter": 1.1}, {"jitter": -0.1}, {"backoff_base": -1}, {"max_elapsed": -1}],
)
def test_a_policy_that_makes_no_sense_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="RetryPolicy: "):
        RetryPolicy(**settings)


def test_a_policy_is_a_value() -> None:
    policy = RetryPolicy(3, jitter=0.1)
    assert policy == RetryPolicy(3, jitter=0.1) != RetryPolicy(3)
    assert len({policy, RetryPolicy(3, jitter=0.1), RetryPolicy(3)}) == 2
    assert pickle.loads(pickle.dumps(policy)) == copy.deepcopy(policy) == policy
    assert "attempts=3" in repr(policy)
    assert policy.enabled
    assert not RetryPolicy.disabled().enabled
    with pytest.raises(AttributeError, match="does not change"):
        policy.attempts = 9
    with pytest.raises(AttributeError, match="does not change"):
        del policy.attempts


def test_retries_may_be_a_number() -> None:
    assert Configuration(retries=2).retries == RetryPolicy(attempts=3)
    assert Configuration().retries == RetryPolicy()
    with pytest.raises(ApiValueError, match="negative"):
        Configuration(retries=-1)
    with pytest.raises(ApiTypeError, match="RetryPolicy"):
        Configuration(retries=True)


def test_the_policy_of_a_live_client_may_change(server: Server, client: ApiClient) -> None:
    server.plays(STATUSES["500"], STATUSES["500"], OK)
    client.configuration.retries = 0
    with pytest.raises(ServiceException):
        call(client)
    client.configuration.retries = QUICK
    assert call(client).id == "x"
