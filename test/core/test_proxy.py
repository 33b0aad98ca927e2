"""Proxies: taken from the environment or the configuration, and never gone around."""

from __future__ import annotations

import base64
import contextlib
from pathlib import Path

import pytest
from calls import call
from certificates import Authority
from server import Proxy, Server, hang_up, reply, stall

from flat_api.exceptions import ApiException, ApiValueError, ConnectionException, ProxyException, TimeoutException

OK = reply({"id": "x"})


@pytest.fixture
def secure(tmp_path: Path):
    """A server with TLS, and the settings that trust it."""
    authority = Authority(tmp_path)
    with Server(OK, tls=authority.server()) as server:
        yield server, {"ssl_ca_cert": str(authority.file)}


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("scheme", ["http://", ""])
def test_plain_http_goes_through_the_proxy(server: Server, client_of, monkeypatch, name: str, scheme: str) -> None:
    with Proxy(OK) as proxy:
        monkeypatch.setenv(name, scheme + proxy.address)
        assert call(client_of(server)).id == "x"
        assert proxy.targets == [f"{server.url}/things/a"]
        assert proxy.received[0].header("Host") == server.address
        assert proxy.received[0].header("Authorization") == "Bearer tok"
    assert server.connections == 0


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "all_proxy"])
def test_https_goes_through_a_tunnel(secure, client_of, monkeypatch, name: str) -> None:
    server, trust = secure
    with Proxy() as proxy:
        monkeypatch.setenv(name, f"http://{proxy.address}")
        client = client_of(server, **trust)
        assert [call(client).id for _ in range(3)] == ["x"] * 3
        (tunnel,) = proxy.tunnels
        assert tunnel.target == server.address
        assert tunnel.header("Authorization") is None
        assert proxy.received == []
    assert len(server.received) == 3


def test_a_proxy_with_tls(secure, client_of, tmp_path: Path) -> None:
    server, trust = secure
    (tmp_path / "proxy").mkdir()
    authority = Authority(tmp_path / "proxy", "proxy authority")
    both = tmp_path / "both.pem"
    both.write_bytes(authority.file.read_bytes() + Path(trust["ssl_ca_cert"]).read_bytes())
    with Proxy(OK, tls=authority.server()) as proxy:
        client = client_of(server, proxy=proxy.origin, ssl_ca_cert=str(both))
        assert call(client).id == "x"
        assert len(proxy.tunnels) == 1
        with pytest.raises(ProxyException):
            call(client_of(server, proxy=proxy.origin, **trust))
        assert len(proxy.tunnels) == 1


def test_the_configured_proxy_wins(server: Server, client_of, monkeypatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with Proxy(OK) as proxy:
        assert call(client_of(server, proxy=proxy.origin)).id == "x"
        assert len(proxy.received) == 1
    server.plays(OK)
    assert call(client_of(server, proxy="")).id == "x"


def test_credentials_and_headers_go_to_the_proxy_alone(secure, client_of) -> None:
    server, trust = secure
    with Proxy() as proxy:
        url = f"http://me%40school:p%3Aw@{proxy.address}"
        call(client_of(server, proxy=url, proxy_headers={"X-Proxy": "1"}, **trust))
        expected = base64.b64encode(b"me@school:p:w").decode()
        assert proxy.tunnels[0].header("Proxy-Authorization") == f"Basic {expected}"
        assert proxy.tunnels[0].header("X-Proxy") == "1"
    assert server.received[0].header("Proxy-Authorization") is None
    assert server.received[0].header("X-Proxy") is None


@pytest.mark.parametrize(
    "excluded", ["127.0.0.1", "*", " other.example, 127.0.0.1 ", "127.0.0.1:{port}", ".example 127.0.0.1"]
)
@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_no_proxy_leads_around_it(server: Server, client_of, monkeypatch, excluded: str, name: str) -> None:
    server.plays(OK)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv(name, excluded.format(port=server.port))
    assert call(client_of(server)).id == "x"


@pytest.mark.parametrize("excluded", ["", "7.0.0.1", "127.0.0.1:1", "localhost", "127.0.0.10", ","])
def test_no_proxy_is_about_whole_names(server: Server, client_of, excluded: str) -> None:
    with Proxy(OK) as proxy:
        call(client_of(server, proxy=proxy.origin, no_proxy=excluded))
        assert len(proxy.received) == 1


@pytest.mark.parametrize(
    ("host", "direct"), [("api.flat.io", True), ("flat.io", True), ("notflat.io", False), ("flat.io.example", False)]
)
@pytest.mark.parametrize("excluded", ["flat.io", ".flat.io", "*.flat.io", "FLAT.io"])
def test_no_proxy_covers_subdomains(server: Server, client_of, host: str, direct: bool, excluded: str) -> None:
    with Proxy(OK) as proxy:
        client = client_of(server, proxy=proxy.origin, no_proxy=excluded, retries=0, timeout=2)
        client.configuration.host = f"http://{host}:9/v2"
        with contextlib.suppress(ApiException):
            call(client)
        assert len(proxy.received) == (0 if direct else 1)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_dead_proxy_is_an_error(server: Server, client_of, monkeypatch, scheme: str) -> None:
    server.plays(OK)
    with Proxy() as dead:
        pass
    monkeypatch.setenv(f"{scheme}_proxy", f"http://{dead.address}")
    client = client_of(server)
    client.configuration.host = f"{scheme}://{server.address}/v2"
    with pytest.raises(ProxyException, match="The proxy failed"):
        call(client)
    assert server.connections == 0


@pytest.mark.parametrize("status", [403, 407, 502])
def test_a_proxy_that_refuses_is_an_error(secure, client_of, status: int) -> None:
    server, trust = secure
    with Proxy() as proxy:
        proxy.refusal = reply(b"no", status)
        with pytest.raises(ProxyException, match=str(status)):
            call(client_of(server, proxy=proxy.origin, **trust), "POST", body={})
    assert server.connections == 0


@pytest.mark.parametrize("refusal", [b"", b"nonsense\r\n\r\n"])
def test_a_proxy_that_breaks_is_an_error(secure, client_of, refusal: bytes) -> None:
    server, trust = secure
    with Proxy() as proxy:
        proxy.refusal = refusal
        with pytest.raises(ApiException):
            call(client_of(server, proxy=proxy.origin, **trust))
    assert server.connections == 0


@pytest.mark.parametrize("step", [hang_up, stall])
def test_a_proxy_for_plain_http_that_breaks_is_an_error(server: Server, client_of, step) -> None:
    with Proxy(step) as proxy, pytest.raises((ConnectionException, TimeoutException)):
        call(client_of(server, proxy=proxy.origin, timeout=0.2))
    assert server.connections == 0


@pytest.mark.parametrize(
    "proxy", ["socks5://127.0.0.1:1", "ftp://s3cr3t@127.0.0.1", "http://[::1", "http://127.0.0.1:x"]
)
def test_a_proxy_that_is_none_is_refused(server: Server, client_of, proxy: str) -> None:
    with pytest.raises(ApiValueError, match="The proxy must be") as caught:
        call(client_of(server, proxy=proxy))
    assert "s3cr3t" not in str(caught.value)
    assert server.connections == 0
