"""A client with a refresh token renews its access token by itself: once, in time, for all threads."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

import pytest
from calls import call
from server import Peer, Received, Server, gzipped, hang_up, redirect, reply, reset

from flat_api.api_client import ApiClient
from flat_api.exceptions import (
    ApiException,
    ConnectionException,
    RateLimitException,
    ServiceException,
    TokenRefreshException,
    UnauthorizedException,
)
from flat_api.retry import RetryPolicy
from flat_api.tokens import Tokens


class Api:
    """An API that takes one access token, with a token endpoint that gives the next one."""

    def __init__(self, good: str = "access-1") -> None:
        self.good = good
        self.next = 2
        self.fields: dict[str, Any] = {"expires_in": 3600}
        self.refusal: Any = None
        self.called: list[str | None] = []
        self.refreshed: list[dict[str, str]] = []
        self.lock = threading.Lock()

    def __call__(self, peer: Peer, request: Received) -> None:
        with self.lock:
            if request.path == "/oauth/access_token":
                answer = self._refresh(request)
            else:
                self.called.append(request.header("Authorization"))
                good = request.header("Authorization") == f"Bearer {self.good}"
                answer = reply({"id": "x"}) if good else reply({"code": "UNAUTHORIZED"}, 401)
        if callable(answer):
            answer(peer, request)
        else:
            peer.send(answer)

    def _refresh(self, request: Received) -> Any:
        form = {name: values[0] for name, values in parse_qs(request.body.decode(), strict_parsing=True).items()}
        self.refreshed.append(form)
        if self.refusal is not None:
            return self.refusal
        self.good = f"access-{self.next}"
        self.next += 1
        return reply({"access_token": self.good, "token_type": "bearer", **self.fields})


@pytest.fixture
def api(server: Server) -> Api:
    answers = Api()
    server.plays(answers)
    return answers


@pytest.fixture
def client(server: Server, client_of: Callable[..., ApiClient]) -> ApiClient:
    return client_of(server, "access-1", refresh_token="refresh-1", client_id="app", client_secret="secret-1")


def expire(api: Api) -> None:
    api.good = "another"


def test_a_good_token_is_not_renewed(api: Api, client: ApiClient) -> None:
    client.configuration.token_expires_at = time.time() + 90
    for _ in range(3):
        call(client)
    assert api.refreshed == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_401_leads_to_one_refresh_and_one_replay(api: Api, client: ApiClient, method: str) -> None:
    expire(api)
    assert call(client, method, body={"id": "a"} if method == "POST" else None).id == "x"
    assert api.called == ["Bearer access-1", "Bearer access-2"]
    assert api.refreshed == [
        {"grant_type": "refresh_token", "refresh_token": "refresh-1", "client_id": "app", "client_secret": "secret-1"}
    ]
    call(client)
    assert len(api.refreshed) == 1


def test_the_replay_is_the_same_request(api: Api, client: ApiClient, server: Server) -> None:
    expire(api)
    call(client, "POST", body={"data": "é" * 200_000}, _headers={"X-Mine": "1"})
    first, _, second = server.received
    assert first.body == second.body
    assert [(name, value) for name, value in first.headers if name != "Authorization"] == [
        (name, value) for name, value in second.headers if name != "Authorization"
    ]


def test_the_401_of_the_replay_is_raised(api: Api, client: ApiClient) -> None:
    expire(api)
    api.fields = {"access_token": "useless"}
    with pytest.raises(UnauthorizedException) as caught:
        call(client)
    assert not isinstance(caught.value, TokenRefreshException)
    assert len(api.called) == 2
    assert len(api.refreshed) == 1


@pytest.mark.parametrize(("left", "refreshes"), [(-5, 1), (0, 1), (30, 1), (59, 1), (70, 0), (None, 0)])
def test_a_token_is_renewed_shortly_before_its_end(api: Api, client: ApiClient, left: Any, refreshes: int) -> None:
    client.configuration.token_expires_at = None if left is None else time.time() + left
    call(client)
    assert len(api.refreshed) == refreshes
    assert len(api.called) == 1


@pytest.mark.parametrize("seconds", [50, 100])
def test_a_token_with_a_short_life_is_not_renewed_for_each_call(api: Api, client: ApiClient, seconds: int) -> None:
    api.fields = {"expires_in": seconds}
    client.configuration.token_expires_at = 1.0
    for _ in range(3):
        call(client)
    assert len(api.refreshed) == 1


@pytest.mark.parametrize("lifetime", ["3600", 3600.5, None, "soon", "nan", "inf", 0, -1, [], 10**400])
def test_an_odd_lifetime_does_not_spoil_the_token(api: Api, client: ApiClient, lifetime: Any) -> None:
    expire(api)
    api.fields = {"expires_in": lifetime}
    for _ in range(3):
        call(client)
    assert len(api.refreshed) == 1


def test_without_an_access_token_one_is_bought_first(api: Api, client: ApiClient) -> None:
    client.configuration.access_token = None
    call(client)
    assert api.called == ["Bearer access-2"]


@pytest.mark.parametrize("early", [True, False])
def test_sixteen_threads_refresh_once(api: Api, client: ApiClient, early: bool) -> None:
    expire(api)
    if early:
        client.configuration.token_expires_at = time.time() + 1
    start = threading.Barrier(16)

    def work(_: int) -> Any:
        start.wait(5)
        return call(client).id

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(work, range(16))) == {"x"}
    assert len(api.refreshed) == 1


@pytest.mark.parametrize("refusal", [reply({"error": "invalid_grant"}, 400), reply({}, 503), hang_up])
def test_sixteen_threads_share_a_failed_refresh(api: Api, client: ApiClient, refusal: Any) -> None:
    expire(api)

    def answer(peer: Peer, request: Received) -> None:
        assert peer.server.wait_until(lambda server: len(server.received) == 17)
        peer.server.ending.wait(0.2)  # The others have their 401 by now, and come to wait for this refresh.
        if isinstance(refusal, bytes):
            peer.send(refusal)
        else:
            refusal(peer, request)

    api.refusal = answer
    start = threading.Barrier(16)

    def work(_: int) -> Any:
        start.wait(5)
        return call(client)

    with ThreadPoolExecutor(16) as pool:
        errors = [future.exception() for future in [pool.submit(work, number) for number in range(16)]]
    assert all(isinstance(error, ApiException) for error in errors)
    assert len(api.refreshed) < 4


def test_a_rotated_refresh_token_is_kept(api: Api, client: ApiClient) -> None:
    expire(api)
    api.fields = {"refresh_token": "refresh-2"}
    call(client)
    assert client.configuration.refresh_token == "refresh-2"
    expire(api)
    call(client)
    assert [form["refresh_token"] for form in api.refreshed] == ["refresh-1", "refresh-2"]


@pytest.mark.parametrize("given", [{}, {"refresh_token": None}, {"refresh_token": ""}, {"refresh_token": 5}])
def test_without_a_new_refresh_token_the_old_one_is_kept(api: Api, client: ApiClient, given: dict[str, Any]) -> None:
    api.fields = given
    for _ in range(2):
        expire(api)
        call(client)
    assert [form["refresh_token"] for form in api.refreshed] == ["refresh-1", "refresh-1"]


def test_new_tokens_are_handed_to_the_store(api: Api, client: ApiClient) -> None:
    stored: list[Tokens] = []
    client.configuration.on_token_refresh = stored.append
    expire(api)
    call(client)
    (tokens,) = stored
    assert (tokens.access_token, tokens.refresh_token) == ("access-2", "refresh-1")
    assert tokens.expires_at == pytest.approx(time.time() + 3600, abs=30)
    assert tokens.expires_at == client.configuration.token_expires_at


def test_a_store_that_fails_loses_no_call_and_shows_no_secret(api: Api, client: ApiClient, caplog) -> None:
    def broken(tokens: Tokens) -> None:
        raise OSError(f"disk full: {tokens.access_token}, {tokens.refresh_token!r}")

    client.configuration.on_token_refresh = broken
    expire(api)
    assert call(client).id == "x"
    assert "disk full: ***, '***'" in caplog.text
    assert [record.levelno for record in caplog.records if record.name == "flat_api"] == [logging.ERROR]


REFUSALS = [
    (reply({"error": "invalid_grant", "error_description": "It was revoked."}, 400), "invalid_grant", "It was revoked"),
    (reply({"code": "UNAUTHORIZED", "message": "No."}, 401), "UNAUTHORIZED", "No."),
    (reply({"error": "access_denied"}, 403), "access_denied", "refused"),
]


@pytest.mark.parametrize(("answer", "code", "text"), REFUSALS)
def test_a_refused_refresh_is_typed_and_not_repeated(
    api: Api, client: ApiClient, answer: bytes, code: str, text: str
) -> None:
    expire(api)
    api.refusal = answer
    for _ in range(2):
        with pytest.raises(TokenRefreshException, match=text) as caught:
            call(client)
        assert caught.value.code == code
        assert "authorize again" in str(caught.value)
        assert isinstance(caught.value.__cause__, UnauthorizedException)
    assert len(api.refreshed) == 1
    assert len(api.called) == 2


def test_a_refusal_that_is_raised_again_does_not_grow(api: Api, client: ApiClient) -> None:
    expire(api)
    api.refusal = reply({"error": "invalid_grant"}, 400)
    depths = []
    for _ in range(4):
        with pytest.raises(TokenRefreshException) as caught:
            call(client)
        depths.append(len(list(caught.traceback)))
    assert len(set(depths[1:])) == 1


def test_after_a_refusal_new_tokens_are_used(api: Api, client: ApiClient) -> None:
    expire(api)
    api.refusal = reply({"error": "invalid_grant"}, 400)
    with pytest.raises(TokenRefreshException):
        call(client)
    api.refusal = None
    client.configuration.refresh_token = "refresh-new"
    assert call(client).id == "x"
    assert api.refreshed[-1]["refresh_token"] == "refresh-new"


GARBLED = [
    b"",
    b"<html>Log in to the network</html>",
    b"[]",
    b"null",
    b"{}",
    b'{"access_token": null}',
    b'{"access_token": 5}',
    b'{"access_token": "  "}',
    b"\xff\xfe",
]


@pytest.mark.parametrize("body", GARBLED)
def test_a_garbled_refresh_is_typed_and_tried_again_by_the_next_call(api: Api, client: ApiClient, body: bytes) -> None:
    expire(api)
    api.refusal = reply(body)
    with pytest.raises(TokenRefreshException, match="no access_token"):
        call(client)
    api.refusal = None
    assert call(client).id == "x"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (reply({}, 500), ServiceException),
        (reply({"code": "API_RATE_LIMIT_EXCEEDED"}, 403), RateLimitException),
        (reply({}, 429), RateLimitException),
        (reset, ConnectionException),
        (redirect("http://127.0.0.1:1/steal", 307), ApiException),
        (gzipped(b" " * (2 << 20)), ApiException),
    ],
)
def test_a_refresh_without_an_answer_is_no_refusal(api: Api, client: ApiClient, answer: Any, error: Any) -> None:
    expire(api)
    api.refusal = answer
    with pytest.raises(error) as caught:
        call(client)
    assert not isinstance(caught.value, TokenRefreshException)
    api.refusal = None
    assert call(client).id == "x"


def test_a_token_that_could_not_be_renewed_early_is_used_to_its_end(api: Api, client: ApiClient) -> None:
    client.configuration.token_expires_at = time.time() + 30
    api.refusal = reply({}, 503)
    assert call(client).id == "x"
    client.configuration.token_expires_at = time.time() - 1
    with pytest.raises(ServiceException):
        call(client)


def test_another_token_on_a_live_client_is_used_by_the_next_call(api: Api, client: ApiClient) -> None:
    client.configuration.token_expires_at = time.time() + 90
    call(client)
    api.good = client.configuration.access_token = "given"
    assert client.configuration.token_expires_at is None
    call(client)
    assert api.called == ["Bearer access-1", "Bearer given"]
    assert api.refreshed == []


@pytest.mark.parametrize("options", [{"_request_auth": "mine"}, {"_request_auth": ""}])
def test_the_token_of_a_single_call_is_not_renewed(api: Api, client: ApiClient, options: dict[str, Any]) -> None:
    with pytest.raises(UnauthorizedException):
        call(client, **options)
    assert api.called == [f"Bearer {options['_request_auth']}" if options["_request_auth"] else None]
    assert api.refreshed == []


@pytest.mark.parametrize("name", ["Authorization", "authorization"])
def test_an_authorization_header_of_a_single_call_is_not_renewed(api: Api, client: ApiClient, name: str) -> None:
    with pytest.raises(UnauthorizedException):
        call(client, _headers={name: "Basic mine"})
    assert api.called == ["Basic mine"]
    assert api.refreshed == []


def test_without_a_refresh_token_a_401_is_final(api: Api, client: ApiClient) -> None:
    client.configuration.refresh_token = None
    expire(api)
    with pytest.raises(UnauthorizedException):
        call(client)
    assert len(api.called) == 1


def test_a_refresh_is_no_attempt(api: Api, client: ApiClient) -> None:
    client.configuration.retries = RetryPolicy.disabled()
    expire(api)
    assert call(client).id == "x"


def test_the_token_endpoint_gets_no_access_token(api: Api, client: ApiClient, server: Server) -> None:
    expire(api)
    call(client)
    request = server.received[1]
    assert (request.method, request.target) == ("POST", "/oauth/access_token")
    assert request.header("Authorization") is None
    assert (request.header("User-Agent") or "").startswith("flat_api/")


def test_the_token_endpoint_may_be_elsewhere(api: Api, client: ApiClient) -> None:
    expire(api)
    with Server(api) as other:
        client.configuration.token_url = f"{other.origin}/oauth/access_token"
        call(client)
        assert other.targets == ["/oauth/access_token"]
