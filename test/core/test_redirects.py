"""Redirects over real HTTP: where the token goes, where it never goes, and what is not followed at all."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
from calls import call, operation
from certificates import Authority
from server import Server, redirect, reply

from flat_api.api_client import ApiClient
from flat_api.exceptions import ApiException, RedirectException

OK = reply({"id": "x"})
EVERY = [301, 302, 303, 307, 308]


@pytest.mark.parametrize("status", EVERY)
def test_within_the_origin_the_token_goes_along(server: Server, client: ApiClient, status: int) -> None:
    server.plays(redirect("/v2/elsewhere?a=%2F", status), OK)
    assert call(client).id == "x"
    assert server.targets == ["/v2/things/a", "/v2/elsewhere?a=%2F"]
    assert [request.header("Authorization") for request in server.received] == ["Bearer tok"] * 2
    assert server.connections == 1


@pytest.mark.parametrize("status", EVERY)
def test_another_port_is_another_origin(server: Server, client: ApiClient, status: int) -> None:
    with Server(OK) as other:
        server.plays(redirect(f"{other.url}/things/a", status))
        assert call(client).id == "x"
        assert other.received[0].header("Authorization") is None
        assert other.received[0].method == "GET"


@pytest.mark.parametrize("alias", ["localhost", "127.0.0.2", "127.1", "[::ffff:127.0.0.1]", "LOCALHOST."])
def test_an_alias_of_the_host_is_another_origin(client_of, alias: str) -> None:
    with Server(host="0.0.0.0") as server:
        client = client_of(server, retries=0)
        client.configuration.host = f"http://127.0.0.1:{server.port}/v2"
        server.plays(redirect(f"http://{alias}:{server.port}/v2/things/a"), OK)
        with contextlib.suppress(ApiException):
            call(client)
        assert [request.header("Authorization") for request in server.received] in (
            ["Bearer tok"],
            ["Bearer tok", None],
        )


def test_the_token_does_not_come_back_with_the_origin(server: Server, client: ApiClient) -> None:
    with Server(redirect(f"{server.url}/again")) as other:
        server.plays(redirect(f"{other.url}/there"), OK)
        call(client)
    assert [request.header("Authorization") for request in server.received] == ["Bearer tok", None]


def test_another_scheme_is_another_origin(server: Server, client_of, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with Server(OK, tls=authority.server()) as secure:
        client = client_of(server, ssl_ca_cert=str(authority.file))
        server.plays(redirect(f"{secure.url}/things/a"))
        assert call(client).id == "x"
        assert secure.received[0].header("Authorization") is None


def test_a_redirect_never_leads_from_https_to_http(server: Server, client_of, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with Server(redirect(f"{server.url}/things/a"), tls=authority.server()) as secure:
        client = client_of(secure, ssl_ca_cert=str(authority.file))
        with pytest.raises(RedirectException, match="https to http"):
            call(client)
    assert server.connections == 0


@pytest.mark.parametrize("status", EVERY)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("near", [True, False])
def test_what_changes_something_is_never_redirected(server, client, method: str, status: int, near: bool) -> None:
    with Server(OK) as other:
        server.plays(redirect(f"{(server if near else other).url}/things/b", status), OK)
        with pytest.raises(RedirectException, match=f"A {method} is never redirected") as caught:
            call(client, method, body={"id": "a"} if method != "DELETE" else None)
        assert caught.value.status == status
        assert len(server.received) == 1
        assert other.connections == 0


def test_a_head_request_stays_one(server: Server, client: ApiClient) -> None:
    server.plays(redirect("/v2/elsewhere", 303), OK.partition(b"{")[0])
    client.call(operation("HEAD", answers={}), ("a",), {})
    assert [request.method for request in server.received] == ["HEAD", "HEAD"]


@pytest.mark.parametrize("location", ["/v2/things/a", "?", "http://{address}/v2/things/a#x"])
def test_a_circle_is_noticed(server: Server, client: ApiClient, location: str) -> None:
    server.plays(redirect(location.format(address=server.address)))
    with pytest.raises(RedirectException, match="circle"):
        call(client)
    assert len(server.received) == 1


def test_a_long_chain_is_given_up(server: Server, client: ApiClient) -> None:
    server.plays(lambda peer, request: peer.send(redirect(f"{request.target}a")))
    with pytest.raises(RedirectException, match="More than 10"):
        call(client)
    assert len(server.received) <= 11


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "javascript:alert(1)",
        "//",
        "http://",
        "http://user:pass@127.0.0.1/",
        "http://127.0.0.1:99999/",
        "http://[::1/",
        "/a b",
        "",
    ],
)
def test_a_location_that_is_not_followed(server: Server, client: ApiClient, location: str) -> None:
    server.plays(redirect(location), OK)
    with pytest.raises(RedirectException):
        call(client)
    assert len(server.received) == 1


def test_a_redirect_without_a_location(server: Server, client: ApiClient) -> None:
    server.plays(reply(b"", 302))
    with pytest.raises(RedirectException, match="without a Location"):
        call(client)


@pytest.mark.parametrize("status", [300, 304, 305, 306])
def test_other_answers_of_the_class_are_errors(server: Server, client: ApiClient, status: int) -> None:
    server.plays(reply(b"", status, {"Location": "/v2/elsewhere"}), OK)
    with pytest.raises(ApiException) as caught:
        call(client)
    assert caught.value.status == status
    assert len(server.received) == 1


def test_a_header_meant_for_the_origin_stays_there(server: Server, client: ApiClient) -> None:
    private: dict[str, Any] = {"Authorization": "Basic secret", "Cookie": "a=b", "Proxy-Authorization": "x"}
    with Server(OK) as other:
        server.plays(redirect(f"{other.url}/x"))
        call(client, _headers=private)
        assert not any(other.received[0].header(name) for name in private)
