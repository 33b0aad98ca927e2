"""A timeout bounds whatever stalls or drips: connecting, sending, headers and bodies. It is never tried again."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from calls import FILE, call, download
from server import Peer, Received, Server, Step, chunks, head, reply, stall, then

from flat_api.api_client import ApiClient
from flat_api.configuration import Configuration
from flat_api.exceptions import ApiValueError, TimeoutException

SHORT = 0.15
CHUNKED = head("Transfer-Encoding: chunked")


def drip(data: bytes, seconds: float = 0.05, size: int = 1) -> Step:
    return lambda peer, request: peer.drip(data, seconds, size)


@contextmanager
def times_out(server: Server, seconds: float = SHORT) -> Iterator[None]:
    """What stands in the `with` is one request that ends in a TimeoutException about in time."""
    began = time.monotonic()
    with pytest.raises(TimeoutException) as caught:
        yield
    assert isinstance(caught.value, TimeoutError)
    assert seconds * 0.9 <= time.monotonic() - began < seconds + 1
    assert len(server.received) == 1


TOO_SLOW = {
    "no answer": stall,
    "half a head": then(b"HTTP/1.1 200 OK\r\nContent-", stall),
    "half a body": then(head("Content-Length: 9") + b"{", stall),
    "half a chunk": then(CHUNKED + b"9\r\n{", stall),
    "no last chunk": then(CHUNKED + chunks(b"{}", end=b""), stall),
    "no end": then(head(), b"{}", stall),
    "a dripping head": drip(reply({"id": "x"})),
    "a dripping body": then(head("Content-Length: 99"), drip(b" " * 99)),
    "dripping chunks": then(CHUNKED, drip(chunks(*[b" "] * 99), size=6)),
    "a dripping gzip": then(head("Content-Encoding: gzip", "Content-Length: 99"), drip(b"\x1f\x8b\x08" + bytes(96))),
    "dripping interim answers": drip(head(status=100) * 99, size=20),
    "a dripping error": then(head("Content-Length: 99", status=500), stall),
}
ENDS_ANYWAY = {"a dripping error"}


@pytest.mark.parametrize("name", sorted(TOO_SLOW.keys() - ENDS_ANYWAY))
def test_an_answer_that_is_too_slow(server, client_of, name: str) -> None:
    server.plays(TOO_SLOW[name])
    with times_out(server):
        call(client_of(server, timeout=SHORT))


@pytest.mark.parametrize("name", ["no answer", "a dripping head", "half a body"])
@pytest.mark.parametrize("timeout", [SHORT, (9, SHORT)])
def test_the_timeout_of_a_call_wins(server, client_of, name: str, timeout: object) -> None:
    server.plays(TOO_SLOW[name])
    with times_out(server):
        call(client_of(server), _request_timeout=timeout)


def test_progress_does_not_move_the_deadline(server, client_of) -> None:
    wait: Step = lambda peer, request: peer.server.ending.wait(0.6)  # noqa: E731
    server.plays(then(head("Content-Length: 9"), wait, b"{", stall))
    began = time.monotonic()
    with pytest.raises(TimeoutException):
        call(client_of(server, timeout=0.8))
    assert 0.7 < time.monotonic() - began < 1.2


@pytest.mark.parametrize(
    "slow", ["no answer", "half a head", "half a body", "a dripping head", "a dripping body", "dripping chunks"]
)
def test_a_download_that_is_too_slow(server, client_of, tmp_path, slow: str) -> None:
    server.plays(TOO_SLOW[slow])
    with times_out(server):
        download(client_of(server, timeout=SHORT), tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


def test_an_open_answer_that_is_too_slow(server, client_of) -> None:
    server.plays(TOO_SLOW["half a body"])
    with times_out(server), client_of(server, timeout=SHORT).open(FILE, ("a",), {}) as answer:
        answer.read()


def test_a_download_may_last_longer_than_the_timeout(server, client_of, tmp_path) -> None:
    server.plays(then(head("Content-Length: 12000"), drip(bytes(12000), 0.08, 2000)))
    began = time.monotonic()
    assert download(client_of(server, timeout=0.3), tmp_path / "file").stat().st_size == 12000
    assert time.monotonic() - began > 0.35


def test_the_body_of_an_error_is_waited_for_no_longer(server, client_of) -> None:
    server.plays(TOO_SLOW["a dripping error"])
    began = time.monotonic()
    with pytest.raises(Exception, match="500"):
        call(client_of(server, timeout=SHORT, retries=0))
    assert time.monotonic() - began < SHORT + 1


LARGE = {"data": "x" * (24 << 20)}
"""More than the buffers of both ends of a loopback connection hold."""


class Reader(Server):
    """Reads the head of a request, and then its body as slowly as it is told."""

    seconds = 60.0

    def read(self, peer: Peer) -> Received:
        request = self.read_head(peer)
        left = int(request.header("Content-Length") or 0)
        peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        while left > 0 and not self.ending.wait(self.seconds):
            left -= len(peer.exactly(min(left, 1 << 20)))
        return request


@pytest.mark.parametrize("kind", ["model", "bytes"])
def test_a_request_body_that_nobody_reads(client_of, kind: str) -> None:
    with Reader(reply({})) as reader:
        began = time.monotonic()
        body = LARGE if kind == "model" else b" " * (24 << 20)
        with pytest.raises(TimeoutException):
            call(client_of(reader, timeout=(9, SHORT)), "PUT", body=body)
        assert time.monotonic() - began < SHORT + 1.5
        assert reader.connections == 1


@pytest.mark.parametrize("kind", ["model", "bytes"])
def test_a_slow_reader_may_take_longer_than_the_timeout(client_of, kind: str) -> None:
    with Reader(reply({"id": "x"})) as reader:
        reader.seconds = 0.02
        began = time.monotonic()
        body = LARGE if kind == "model" else b"[%b]" % (b" " * (24 << 20))
        assert call(client_of(reader, timeout=(9, SHORT)), "POST", body=body).id == "x"
        assert time.monotonic() - began > 1.5 * SHORT


def test_a_connection_that_is_not_taken() -> None:
    # A full queue of connections: the system answers no further one.
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, socket.socket() as first, socket.socket() as second:
        for other in (first, second):
            other.setblocking(False)
            other.connect_ex(full.getsockname())
        client = ApiClient(Configuration(f"http://127.0.0.1:{full.getsockname()[1]}/v2", timeout=(SHORT, 30)))
        began = time.monotonic()
        with pytest.raises(TimeoutException) as caught:
            call(client)
        assert not caught.value.sent
        assert time.monotonic() - began < SHORT + 1


def test_the_default_is_finite() -> None:
    assert Configuration().timeout == 60


@pytest.mark.parametrize("value", [0, -1, float("nan"), True, "5", (), (1,), (1, 2, 3), (1, 0), (None, 1), None])
def test_a_timeout_that_makes_no_sense_is_refused(server, client_of, value: object) -> None:
    with pytest.raises(ApiValueError, match="A timeout is"):
        Configuration(timeout=value)
    if value is not None:
        with pytest.raises(ApiValueError, match="A timeout is"):
            call(client_of(server), _request_timeout=value)
    assert server.received == []


@pytest.mark.parametrize("value", [1, 0.5, (1, 2), (0.5, 1e12), float("inf"), 10**400])
def test_a_timeout_that_makes_sense_is_taken(server, client_of, value: object) -> None:
    server.plays(reply({"id": "x"}))
    assert call(client_of(server), _request_timeout=value).id == "x"
