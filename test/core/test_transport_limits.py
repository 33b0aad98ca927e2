"""Bombs of every kind end in a typed error, within bounded memory."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from calls import call, download
from server import Peer, Received, Step, chunked, gzipped, hang_up, head, reply, then

from flat_api.exceptions import (
    ApiException,
    MalformedResponseException,
    NotFoundException,
    ResponseTooLargeException,
    TimeoutException,
)

MIB = 1 << 20
LIMIT = MIB


def endless(start: bytes, piece: bytes) -> Step:
    """A start, and then the same again and again until the client has enough of it."""

    def play(peer: Peer, request: Received) -> None:
        peer.send(start)
        while True:
            peer.send(piece)

    return play


def bomb(size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(MIB)) for _ in range(size // MIB)) + packer.flush()


CHUNK = b"%x\r\n%b\r\n" % (MIB, b" " * MIB)
IN_CHUNKS = head("Transfer-Encoding: chunked")


@pytest.fixture
def peak() -> Callable[[], int]:
    """Bytes that were allocated by Python code at most since the start of the test."""
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()


@pytest.mark.parametrize(
    "answer",
    [
        gzipped(b" " * 64 * MIB),
        reply(bomb(64 * MIB), headers={"Content-Encoding": "gzip"}),
        reply(gzip.compress(b"", mtime=0) * 2 + bomb(64 * MIB), headers={"Content-Encoding": "gzip"}),
        chunked(bomb(64 * MIB), headers=["Content-Encoding: gzip"]),
        endless(IN_CHUNKS, CHUNK),
        endless(head("Transfer-Encoding: chunked", "Content-Length: 5"), CHUNK),
        endless(head("Content-Length: 99999999999"), b" " * MIB),
        endless(head(), b" " * MIB),
    ],
    ids=["gzip", "zeros", "members", "gzip-chunked", "chunks", "both-lengths", "long", "until-close"],
)
def test_an_answer_that_is_too_large_is_given_up(server, client_of, peak, answer: Step) -> None:
    server.plays(answer)
    before = peak()
    with pytest.raises(ResponseTooLargeException, match="max_response_size") as caught:
        call(client_of(server, max_response_size=LIMIT))
    assert caught.value.status == 200
    assert len(server.received) == 1
    assert peak() - before < 6 * LIMIT


def test_an_answer_of_just_the_limit_is_read(server, client_of) -> None:
    body = b'{"id": "x"}'.ljust(LIMIT)
    server.plays(reply(body), chunked(body), gzipped(body))
    client = client_of(server, max_response_size=LIMIT)
    assert [call(client).id for _ in range(3)] == ["x"] * 3


@pytest.mark.parametrize(
    "answer",
    [
        then(head(*(f"X-{number}: x" for number in range(5000))), hang_up),
        endless(b"HTTP/1.1 200 OK\r\n", b"X-Header: " + b"x" * 60000 + b"\r\n"),
        endless(b"HTTP/1.1 200 OK\r\n", b"x" * MIB),
        endless(b"", b"x" * MIB),
        endless(IN_CHUNKS, b"x" * MIB),
        endless(IN_CHUNKS + b"-1\r\n", b" " * MIB),
    ],
    ids=["many", "long", "line", "status", "chunk-size", "negative-chunk"],
)
def test_a_bomb_of_headers_is_malformed(server, client_of, peak, answer: Step) -> None:
    server.plays(answer)
    before = peak()
    with pytest.raises(MalformedResponseException):
        call(client_of(server, retries=0, max_response_size=LIMIT))
    assert peak() - before < 20 * MIB


@pytest.mark.parametrize("answer", [endless(b"", head(status=100)), endless(IN_CHUNKS, b"0\r\n" + b"x: y\r\n" * 9)])
def test_what_goes_on_for_ever_ends_with_the_timeout(server, client_of, peak, answer: Step) -> None:
    server.plays(answer)
    with pytest.raises(TimeoutException):
        call(client_of(server, timeout=0.3))
    assert peak() < 20 * MIB


def test_of_a_large_error_body_only_the_beginning_is_read(server, client_of, peak) -> None:
    server.plays(endless(head("Transfer-Encoding: chunked", status=404), CHUNK))
    before = peak()
    with pytest.raises(NotFoundException) as caught:
        call(client_of(server))
    assert len(caught.value.body or "") == MIB
    assert peak() - before < 12 * MIB


def test_a_gzipped_error_body_is_no_bomb(server, client_of, peak) -> None:
    server.plays(reply(bomb(64 * MIB), 404, {"Content-Encoding": "gzip"}))
    before = peak()
    with pytest.raises(NotFoundException):
        call(client_of(server))
    assert peak() - before < 12 * MIB


def test_a_download_has_no_limit(server, client_of, peak, tmp_path) -> None:
    server.plays(gzipped(bytes(8 * MIB)))
    client = client_of(server, max_response_size=10)
    before = peak()
    assert download(client, tmp_path / "file").stat().st_size == 8 * MIB
    assert peak() - before < 4 * MIB


def test_a_limit_is_no_plain_success(server, client_of) -> None:
    server.plays(reply(b" " * 20))
    with pytest.raises(ApiException, match="10 bytes"):
        call(client_of(server, max_response_size=10))
