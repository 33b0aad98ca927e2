"""The way from a person's consent to tokens, over a real token endpoint."""

from __future__ import annotations

import base64
import hashlib
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from server import Server, hang_up, reply

from flat_api.configuration import Configuration
from flat_api.exceptions import (
    ApiException,
    ApiValueError,
    BadRequestException,
    ConnectionException,
    TimeoutException,
    TokenRefreshException,
    UnauthorizedException,
    UnexpectedBodyException,
)
from flat_api.oauth import OAuth2Helper

TOKENS = reply({"access_token": "new-access", "refresh_token": "new-refresh", "expires_in": 86400})


@contextmanager
def helper_of(
    server: Server, redirect_uri: str = "https://app.example/back", **settings: Any
) -> Iterator[OAuth2Helper]:
    configuration = Configuration(server.url, **{"timeout": 5, **settings})
    helper = OAuth2Helper("app", "secret-1", redirect_uri, configuration=configuration)
    yield helper
    helper.close()


@pytest.fixture
def helper(server: Server) -> Iterator[OAuth2Helper]:
    server.plays(TOKENS)
    with helper_of(server) as made:
        yield made


def form_of(server: Server, number: int = -1) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(server.received[number].body.decode()).items()}


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query, strict_parsing=True).items()}


def test_the_address_asks_for_what_was_asked_for(helper: OAuth2Helper) -> None:
    url = helper.authorize_url(["scores", "account.email"], "a state&", code_verifier="v" * 43)
    assert url.startswith("https://flat.io/auth/oauth?")
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"v" * 43).digest()).rstrip(b"=").decode()
    assert query_of(url) == {
        "response_type": "code",
        "client_id": "app",
        "redirect_uri": "https://app.example/back",
        "scope": "scores account.email",
        "state": "a state&",
        "access_type": "offline",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }


def test_what_is_not_asked_for_is_not_in_the_address(helper: OAuth2Helper) -> None:
    assert query_of(helper.authorize_url("scores", offline=False)).keys() == {
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
    }


def test_every_scope_of_the_contract_is_known(helper: OAuth2Helper) -> None:
    from flat_api.models.app_scopes import AppScopes

    assert len(AppScopes) == 23
    assert query_of(helper.authorize_url(AppScopes))["scope"].split() == [scope.value for scope in AppScopes]


@pytest.mark.parametrize("scopes", [[], ["score"], ["scores", "Scores"], "scores account.email", [""]])
def test_a_scope_that_does_not_exist_is_refused(helper: OAuth2Helper, scopes: Any) -> None:
    with pytest.raises(ApiValueError, match=r"No such scope: .*scores\.readonly"):
        helper.authorize_url(scopes)


def test_verifiers_are_long_and_never_the_same() -> None:
    made = {OAuth2Helper.new_code_verifier() for _ in range(100)}
    assert len(made) == 100
    assert all(len(verifier) == 43 for verifier in made)


def test_a_code_is_exchanged(server: Server, helper: OAuth2Helper) -> None:
    tokens = helper.exchange_code("the-code", code_verifier="verifier")
    assert (tokens.access_token, tokens.refresh_token) == ("new-access", "new-refresh")
    assert not tokens.expired
    assert form_of(server) == {
        "grant_type": "authorization_code",
        "code": "the-code",
        "redirect_uri": "https://app.example/back",
        "client_id": "app",
        "client_secret": "secret-1",
        "code_verifier": "verifier",
    }
    assert server.targets == ["/oauth/access_token"]
    assert server.received[0].header("Content-Type") == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (reply({"error": "invalid_grant"}, 400), BadRequestException),
        (reply(b"<html>"), UnexpectedBodyException),
        (reply({"access_token": ""}), UnexpectedBodyException),
        (hang_up, ConnectionException),
    ],
)
def test_a_code_that_is_no_good_is_a_typed_error(server: Server, helper, answer: Any, error: type[Exception]) -> None:
    server.plays(answer)
    with pytest.raises(error):
        helper.exchange_code("the-code")
    assert len(server.received) == 1


@pytest.mark.parametrize("given", [{"refresh_token": "refresh-2"}, {}])
def test_a_refresh(server: Server, helper: OAuth2Helper, given: dict[str, str]) -> None:
    server.plays(reply({"access_token": "a", **given}))
    assert helper.refresh("refresh-1").refresh_token == given.get("refresh_token", "refresh-1")
    assert form_of(server)["refresh_token"] == "refresh-1"
    assert form_of(server)["client_secret"] == "secret-1"


def test_a_refused_refresh(server: Server, helper: OAuth2Helper) -> None:
    server.plays(reply({"error": "invalid_grant"}, 400))
    with pytest.raises(TokenRefreshException, match="refused"):
        helper.refresh("refresh-1")


@pytest.mark.parametrize("answer", [reply(b""), reply({})])
def test_a_token_is_revoked(server: Server, helper: OAuth2Helper, answer: bytes) -> None:
    server.plays(answer)
    helper.revoke("access-1")
    assert server.targets == ["/oauth/invalidate_token"]
    assert form_of(server) == {"token": "access-1", "client_id": "app", "client_secret": "secret-1"}


def test_an_application_without_a_secret_sends_none(server: Server) -> None:
    server.plays(TOKENS)
    helper = OAuth2Helper("app", "", "https://app.example/back", configuration=Configuration(server.url))
    helper.exchange_code("c")
    helper.refresh("r")
    helper.revoke("a")
    helper.close()
    assert not any("client_secret" in form_of(server, number) for number in range(3))


@pytest.mark.parametrize("whole", [True, False])
def test_the_code_is_taken_out_of_the_redirect(helper: OAuth2Helper, whole: bool) -> None:
    query = urlencode({"code": "a+b/c=", "state": "s"})
    assert helper.code_of(f" https://app.example/back?{query}\n" if whole else query, "s") == "a+b/c="


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("code=c&state=other", ApiValueError),
        ("code=c", ApiValueError),
        ("state=s", ApiValueError),
        ("", ApiValueError),
        ("error=access_denied&state=other", ApiValueError),
        ("error=access_denied&error_description=Not+today&state=s", UnauthorizedException),
    ],
)
def test_a_redirect_without_our_code(helper: OAuth2Helper, query: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        helper.code_of(f"https://app.example/back?{query}", "s")


def test_the_headless_way(server: Server, helper: OAuth2Helper) -> None:
    shown: list[str] = []

    def ask(text: str) -> str:
        shown.append(text)
        asked = query_of(next(word for word in text.split() if word.startswith("https:")))
        return f"https://app.example/back?code=the-code&state={asked['state']}"

    assert helper.authorize_headless(["scores"], ask=ask).access_token == "new-access"
    challenge = query_of(next(word for word in shown[0].split() if "?" in word))["code_challenge"]
    verifier = form_of(server)["code_verifier"]
    assert base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode() == challenge


def browser(answer: Callable[[dict[str, str]], list[tuple[str, int]]], seen: list[int]) -> Callable[[str], object]:
    """Opens an address like a browser does: on the side, with requests of its own for the way back."""

    def visit(url: str) -> None:
        asked = query_of(url)
        back = urlsplit(asked["redirect_uri"])
        for target, _ in answer(asked):
            with socket.create_connection((back.hostname, back.port), timeout=5) as connection:
                connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {back.netloc}\r\n\r\n".encode())
                seen.append(int(b"".join(iter(lambda: connection.recv(4096), b"")).split(b" ")[1]))

    return lambda url: threading.Thread(target=visit, args=(url,), daemon=True).start()


def test_the_way_through_the_browser(server: Server) -> None:
    server.plays(TOKENS)
    seen: list[int] = []
    expected = [("/favicon.ico", 404), ("/back?code=stolen&state=guess", 400), ("/back?code=the-code&state=", 200)]

    def answer(asked: dict[str, str]) -> list[tuple[str, int]]:
        return [(target + (asked["state"] if target.endswith("=") else ""), status) for target, status in expected]

    with helper_of(server, "http://127.0.0.1:0/back") as helper:
        tokens = helper.authorize_in_browser(["scores"], open_browser=browser(answer, seen), timeout=5)
    assert tokens.access_token == "new-access"
    assert form_of(server)["code"] == "the-code"
    assert form_of(server)["redirect_uri"].startswith("http://127.0.0.1:")
    assert seen[:2] == [404, 400]


def test_a_person_who_refuses(server: Server) -> None:
    def answer(asked: dict[str, str]) -> list[tuple[str, int]]:
        return [(f"/?error=access_denied&state={asked['state']}", 200)]

    with helper_of(server, "http://localhost:0") as helper, pytest.raises(UnauthorizedException, match="access_denied"):
        helper.authorize_in_browser(["scores"], open_browser=browser(answer, []), timeout=5)
    assert server.received == []


def test_a_person_who_does_not_come_back(server: Server) -> None:
    with helper_of(server, "http://127.0.0.1:0/back") as helper, pytest.raises(TimeoutException):
        helper.authorize_in_browser(["scores"], open_browser=lambda url: None, timeout=0.05)


def test_a_machine_without_a_browser(server: Server) -> None:
    with helper_of(server, "http://127.0.0.1:0/back") as helper, pytest.raises(ApiException, match="headless"):
        helper.authorize_in_browser(["scores"], open_browser=lambda url: False)


@pytest.mark.parametrize(
    "uri", ["https://127.0.0.1:8000/", "http://app.example:80/", "http://127.0.0.1/", "http://0.0.0.0:0/"]
)
def test_a_redirect_that_does_not_lead_here(server: Server, uri: str) -> None:
    with helper_of(server, uri) as helper, pytest.raises(ApiValueError, match="redirect_uri"):
        helper.authorize_in_browser(["scores"], open_browser=lambda url: None)


def test_what_only_a_few_need_is_not_imported() -> None:
    program = (
        "import sys, flat_api.oauth, flat_api.api_client, flat_api.tokens\n"
        "print([name for name in ('http.server', 'webbrowser', 'flat_api.loopback') if name in sys.modules])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "[]"


def test_the_same_port_serves_one_person_after_the_other(server: Server) -> None:
    server.plays(TOKENS)

    def answer(asked: dict[str, str]) -> list[tuple[str, int]]:
        return [(f"/back?code=c&state={asked['state']}", 200)]

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with helper_of(server, f"http://127.0.0.1:{port}/back") as helper:
        for _ in range(2):
            assert helper.authorize_in_browser(["scores"], open_browser=browser(answer, []), timeout=5).access_token
    assert {form_of(server, number)["redirect_uri"] for number in range(2)} == {f"http://127.0.0.1:{port}/back"}
