"""TLS: servers prove who they are, old protocols are refused, and nothing of that is switched off unseen."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from calls import call
from certificates import Authority
from server import Peer, Received, Server, hang_up, reply, reset

from flat_api.api_client import ApiClient
from flat_api.configuration import Configuration
from flat_api.exceptions import ApiException, ApiValueError, ConnectionException, TimeoutException, TlsException

OK = reply({"id": "x"})


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def trusting(authority: Authority) -> dict[str, str]:
    return {"ssl_ca_cert": str(authority.file)}


def test_a_trusted_server(authority: Authority, client_of, trusting) -> None:
    with Server(OK, tls=authority.server()) as server:
        client = client_of(server, **trusting)
        assert [call(client).id for _ in range(3)] == ["x"] * 3
        assert server.connections == 1


def test_the_authority_may_come_from_the_environment(authority: Authority, client_of, monkeypatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with Server(OK, tls=authority.server()) as server:
        assert call(client_of(server)).id == "x"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_by_default_an_unknown_authority_is_not_trusted(authority: Authority, client_of, method: str) -> None:
    with Server(OK, tls=authority.server()) as server:
        with pytest.raises(TlsException, match=r"(?i)certificate verify failed") as caught:
            call(client_of(server), method, body={} if method == "POST" else None)
        assert not caught.value.sent
        assert server.received == []
        assert server.connections == 1


def test_another_authority_is_not_trusted(authority: Authority, client_of, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other", "another authority")
    with Server(OK, tls=authority.server()) as server:
        with pytest.raises(TlsException):
            call(client_of(server, ssl_ca_cert=str(other.file)))
        assert server.received == []


def test_a_certificate_for_another_host_is_not_trusted(authority: Authority, client_of, trusting) -> None:
    with Server(OK, tls=authority.server("api.flat.io")) as server:
        with pytest.raises(TlsException, match=r"(?i)not valid for|mismatch"):
            call(client_of(server, **trusting))
        assert server.received == []


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_protocols_are_refused(authority: Authority, client_of, trusting) -> None:
    old = authority.server()
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    with Server(OK, tls=old) as server:
        with pytest.raises(TlsException):
            call(client_of(server, **trusting))
        assert server.received == []


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_new_protocols_are_spoken(authority: Authority, client_of, trusting, version: ssl.TLSVersion) -> None:
    exactly = authority.server()
    exactly.minimum_version = exactly.maximum_version = version
    with Server(OK, tls=exactly) as server:
        assert call(client_of(server, **trusting)).id == "x"


def test_verification_can_be_switched_off_and_warns(authority: Authority) -> None:
    with Server(OK, tls=authority.server("elsewhere")) as server:
        with pytest.warns(UserWarning, match="verify_ssl is off"):
            configuration = Configuration(server.url, "tok", verify_ssl=False)
        with ApiClient(configuration) as client, pytest.warns(Warning, match="Unverified HTTPS request"):
            assert call(client).id == "x"


def test_settings_that_change_are_followed_after_close(authority: Authority, client_of, trusting) -> None:
    with Server(OK, tls=authority.server()) as server:
        client = client_of(server)
        with pytest.raises(TlsException):
            call(client)
        client.configuration.ssl_ca_cert = trusting["ssl_ca_cert"]
        client.close()
        assert call(client).id == "x"


def test_a_client_certificate(authority: Authority, client_of, trusting, tmp_path: Path) -> None:
    context = authority.server()
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.file)
    authority.server("me")
    with Server(OK, tls=context) as server:
        with pytest.raises(ApiException):
            call(client_of(server, retries=0, **trusting))
        assert call(client_of(server, cert_file=str(tmp_path / "me.pem"), **trusting)).id == "x"


@pytest.mark.parametrize("name", ["ssl_ca_cert", "cert_file"])
@pytest.mark.parametrize("content", [None, "nonsense"])
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, content: str | None, client_of, server: Server) -> None:
    file = tmp_path / "file.pem"
    if content is not None:
        file.write_text(content)
    client = client_of(server, **{name: str(file)})
    client.configuration.host = server.url.replace("http:", "https:")
    with pytest.raises(ApiValueError, match=f"{name}.*cannot be read"):
        call(client)
    assert server.connections == 0


class Shy(Server):
    """Goes away, or says nothing, before the TLS handshake."""

    def talk(self, peer: Peer) -> None:
        step = self._steps[0]
        assert not isinstance(step, bytes)
        step(peer, Received(peer.number, "", "", [], b""))


def hear_and_hang_up(peer: Peer, request: Received) -> None:
    peer.sock.recv(65536)
    peer.close()


@pytest.mark.parametrize("end", [hang_up, reset, hear_and_hang_up])
def test_a_handshake_that_breaks_is_tried_again(client_of, trusting, end) -> None:
    with Shy(end) as server:
        client = client_of(server, **trusting)
        client.configuration.host = server.url.replace("http:", "https:")
        with pytest.raises(ConnectionException) as caught:
            call(client)
        assert not isinstance(caught.value, TlsException)
        assert server.connections == 4


def test_a_server_without_tls(client_of, trusting) -> None:
    with Shy(lambda peer, request: peer.send(reply(b"", 400))) as server:
        client = client_of(server, **trusting)
        client.configuration.host = server.url.replace("http:", "https:")
        with pytest.raises(TlsException):
            call(client)
        assert server.connections == 1


def test_a_handshake_that_stalls(client_of, trusting) -> None:
    with Shy(lambda peer, request: peer.stall()) as server:
        client = client_of(server, timeout=0.2, **trusting)
        client.configuration.host = server.url.replace("http:", "https:")
        with pytest.raises(TimeoutException):
            call(client)
        assert server.connections == 1


@pytest.mark.parametrize("cut", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"])
def test_an_answer_that_is_cut_off_without_a_goodbye(authority: Authority, client_of, trusting, cut: bytes) -> None:
    def vanish(peer: Peer, request: Received) -> None:
        peer.send(cut)
        peer.close()

    with Server(vanish, OK, tls=authority.server()) as server:
        assert call(client_of(server, **trusting)).id == "x"
        assert len(server.received) == 2


def test_a_slow_answer_over_tls(authority: Authority, client_of, trusting) -> None:
    drip = lambda peer, request: peer.drip(OK, 0.03)  # noqa: E731
    with Server(drip, tls=authority.server()) as server, pytest.raises(TimeoutException):
        call(client_of(server, timeout=0.2, **trusting))
