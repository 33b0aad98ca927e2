"""Secrets go where they belong and nowhere else: not into an address, a log, a repr, an exception or a pickle."""

from __future__ import annotations

import copy
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from calls import call
from server import Peer, Received, Server, hang_up, reply

from flat_api.api_client import ApiClient
from flat_api.client import FlatClient
from flat_api.configuration import Configuration
from flat_api.exceptions import ApiException, ApiValueError
from flat_api.oauth import OAuth2Helper
from flat_api.tokens import Tokens

SECRETS = {
    "access_token": "s3cr3t-access",
    "refresh_token": "s3cr3t-refresh",
    "client_secret": "s3cr3t-client",
    "proxy_headers": {"X-Proxy": "s3cr3t-proxy"},
}


def gives_away(text: object) -> bool:
    return "s3cr3t" in str(text)


def echo(peer: Peer, request: Received) -> None:
    """Refuse, with all that was sent in the words of the refusal."""
    words = request.body.decode().replace("&", " ").replace("=", " ")
    peer.send(reply({"error": "invalid_request", "error_description": words, "message": words}, 400))


@pytest.fixture
def configuration(server: Server) -> Configuration:
    return Configuration(server.url, client_id="app", retries=0, **SECRETS)


@pytest.fixture
def helper(configuration: Configuration) -> Iterator[OAuth2Helper]:
    made = OAuth2Helper("app", "s3cr3t-client", "https://app.example/", configuration=configuration)
    yield made
    made.close()


@pytest.fixture
def tokens() -> Tokens:
    return Tokens("s3cr3t-access", "s3cr3t-refresh", 5.0)


def test_no_repr_shows_a_secret(configuration: Configuration, helper: OAuth2Helper, tokens: Tokens) -> None:
    with_proxy = Configuration(proxy="http://user:s3cr3t@127.0.0.1:1")
    for thing in (configuration, with_proxy, ApiClient(configuration), helper, tokens, FlatClient("s3cr3t")):
        assert not gives_away(repr(thing)), type(thing)
        assert not gives_away(f"{thing}"), type(thing)


CODE, VERIFIER, TOKEN = "s3cr3t-code", "s3cr3t-verifier", "s3cr3t-refresh"
REQUESTS: list[Callable[[OAuth2Helper], object]] = [
    lambda helper: helper.exchange_code(CODE, code_verifier=VERIFIER),
    lambda helper: helper.refresh(TOKEN),
    lambda helper: helper.revoke(TOKEN),
]


@pytest.mark.parametrize("request_", REQUESTS)
@pytest.mark.parametrize("answer", [echo, hang_up, reply(b"<html>", 500)])
def test_no_failed_request_for_tokens_shows_a_secret(
    server: Server, helper: OAuth2Helper, caplog: pytest.LogCaptureFixture, request_: Any, answer: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    server.plays(answer)
    with pytest.raises(ApiException) as caught:
        request_(helper)
    error = caught.value
    assert b"s3cr3t" in server.received[0].body
    assert not any(gives_away(target) for target in server.targets)
    for text in (error, repr(error), error.__dict__, pickle.dumps(error), caplog.text):
        assert not gives_away(text)
    assert not gives_away("".join(traceback.format_exception(error)))


@pytest.mark.parametrize("answer", [reply({"code": "NO"}, 401), hang_up, reply(b"<html>")])
def test_no_failed_call_shows_a_secret(server: Server, configuration, caplog, answer: Any) -> None:
    caplog.set_level(logging.DEBUG)
    server.plays(answer)
    with ApiClient(configuration) as client, pytest.raises(ApiException) as caught:
        call(client)
    assert ("Authorization", "Bearer s3cr3t-access") in server.received[0].headers
    assert not any(gives_away(target) for target in server.targets)
    assert not gives_away("".join(traceback.format_exception(caught.value)))
    assert not gives_away(pickle.dumps(caught.value))
    assert not gives_away(caplog.text)


def test_a_refresh_is_logged_without_secrets(server: Server, configuration, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    server.plays(reply({}, 401), reply({"access_token": "s3cr3t-new"}), reply({"id": "x"}))
    with ApiClient(configuration) as client:
        call(client)
    assert not gives_away(caplog.text)


@pytest.mark.parametrize(
    "token", ["s3cr3t\r\nX: y", "s3cr3t\nX", "s3cr3t\0", "s3cr3t s3cr3t", "s3cr3té", "\n", "s3cr3t\x7f"]
)
def test_a_token_that_cannot_be_sent_is_refused_unseen(server: Server, client_of, token: str) -> None:
    with pytest.raises(ApiValueError, match="access token") as caught:
        call(client_of(server, token))
    assert not gives_away("".join(traceback.format_exception(caught.value)))
    assert server.connections == 0


def test_white_space_around_a_token_is_taken_off(server: Server, client_of) -> None:
    server.plays(reply({}))
    call(client_of(server, " tok\r\n"))
    assert server.received[0].header("Authorization") == "Bearer tok"


@pytest.mark.parametrize("value", ["s3cr3t\r\nX: y", "s3cr3t\nX: y", "s3cr3t☃"])
@pytest.mark.parametrize("way", ["option", "default", "set", "agent"])
def test_a_header_that_cannot_be_sent_is_refused_unseen(server: Server, client_of, value: str, way: str) -> None:
    client = client_of(server)
    send: dict[str, Callable[[], object]] = {
        "option": lambda: call(client, _headers={"X-Mine": value}),
        "default": lambda: (client.default_headers.update({"X-Mine": value}), call(client)),
        "set": lambda: client.set_default_header("X-Mine", value),
        "agent": lambda: setattr(client, "user_agent", value),
    }
    with pytest.raises(ApiValueError) as caught:
        send[way]()
    assert not gives_away("".join(traceback.format_exception(caught.value)))
    assert server.received == []


def test_what_holds_secrets_refuses_to_be_pickled(configuration, helper: OAuth2Helper) -> None:
    for thing in (configuration, helper, ApiClient(configuration), FlatClient("s3cr3t")):
        with pytest.raises(TypeError, match=r"cannot be pickled.* in each process"):
            pickle.dumps(thing)


def test_tokens_are_made_to_be_stored(tokens: Tokens) -> None:
    stored = pickle.loads(pickle.dumps(tokens))
    assert (stored.access_token, stored.refresh_token, stored.expires_at) == ("s3cr3t-access", "s3cr3t-refresh", 5.0)


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy])
def test_a_configuration_may_be_copied(configuration: Configuration, way: Callable[[Any], Any]) -> None:
    other = way(configuration)
    assert other.__dict__ == configuration.__dict__
    other.access_token = "another"
    assert configuration.access_token == "s3cr3t-access"
