"""How an answer arrives: framing, compression, interim answers, and what is no HTTP at all."""

from __future__ import annotations

import gzip
import json
import zlib

import pytest
from calls import call, operation
from server import Peer, Received, Server, chunked, chunks, gzipped, hang_up, head, reply, reset, stall, then

from flat_api.api_client import ApiClient
from flat_api.exceptions import ConnectionException, MalformedResponseException, TimeoutException
from flat_api.retry import RetryPolicy

THING = json.dumps({"id": "x", "data": "y" * 5000}).encode()
CHUNKED = "Transfer-Encoding: chunked"
GZIP = "Content-Encoding: gzip"


@pytest.mark.parametrize(
    "answer",
    [
        reply(THING),
        chunked(THING[:7], THING[7:]),
        chunked(*(bytes([byte]) for byte in THING)),
        head(CHUNKED) + chunks(THING, end=b"0;ext=1\r\nTrailer: x\r\n\r\n"),
        gzipped(THING),
        chunked(gzip.compress(THING, mtime=0), headers=[GZIP]),
        chunked(gzip.compress(THING[:9], mtime=0) + gzip.compress(THING[9:], mtime=0) + bytes(100), headers=[GZIP]),
        reply(zlib.compress(THING), headers={"Content-Encoding": "deflate"}),
        reply(THING, headers={"Content-Encoding": "identity"}),
        then(head("Connection: close") + THING, hang_up),
        head(status=100) + reply(THING),
        head("Link: </a>; rel=preload", status=103) + head(status=102) + head(status=100) + reply(THING),
        reply(THING).replace(b"HTTP/1.1", b"HTTP/1.0"),
    ],
    ids=lambda answer: repr(answer[:60]) if isinstance(answer, bytes) else "until the connection closes",
)
def test_an_answer_is_read_however_it_is_framed(server: Server, client: ApiClient, answer: bytes) -> None:
    server.plays(answer)
    assert call(client).data == "y" * 5000
    assert call(client).data == "y" * 5000


def test_an_answer_in_single_bytes_is_read(server: Server, client: ApiClient) -> None:
    server.plays(lambda peer, request: peer.drip(reply({"id": "x"}), 0))
    assert call(client).id == "x"


@pytest.mark.parametrize(
    "answer",
    [
        b"nonsense\r\n\r\n",
        b"\0" * 5000,
        b"\x1b[2Jx" * 5000 + b"\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/2.0 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A" * 70000 + b"\r\n\r\n",
        reply(THING[:-1], length=len(THING)),
        head("Content-Length: 5", "Content-Length: 6") + b"12345",
        chunked(THING)[:-40],
        head(CHUNKED) + chunks(THING, end=b"zz\r\n\r\n"),
        head(CHUNKED) + b"-5\r\n" + THING,
        gzipped(THING)[:-20],
        reply(gzip.compress(THING, mtime=0)[:-20], headers={"Content-Encoding": "gzip"}),
        chunked(gzip.compress(THING, mtime=0)[:-1], headers=[GZIP]),
        reply(gzip.compress(THING, mtime=0)[:-5] + b"wrong", headers={"Content-Encoding": "gzip"}),
        reply(THING, headers={"Content-Encoding": "gzip"}),
    ],
    ids=lambda answer: f"{answer[:40]!r}..{answer[-10:]!r}",
)
@pytest.mark.parametrize("attempts", [1, 2])
def test_what_is_no_whole_answer_is_malformed(server, client_of, answer: bytes, attempts: int) -> None:
    server.plays(then(answer, hang_up), then(answer, hang_up), reply(THING))
    with pytest.raises(MalformedResponseException) as caught:
        call(client_of(server, retries=RetryPolicy(attempts, backoff_base=0.001)))
    assert len(str(caught.value)) < 400
    assert str(caught.value).isprintable()
    assert len(server.received) == attempts


@pytest.mark.parametrize("answer", [hang_up, reset])
def test_no_answer_is_a_broken_connection(server, client_of, answer: object) -> None:
    server.plays(answer)
    with pytest.raises(ConnectionException, match=r"127\.0\.0\.1"):
        call(client_of(server, retries=0))


@pytest.mark.parametrize("body", [b"", b"{"])
def test_a_length_that_never_comes_ends_with_the_timeout(server, client_of, body: bytes) -> None:
    server.plays(then(head("Content-Length: 1\xb2") + body, stall))
    with pytest.raises(TimeoutException):
        call(client_of(server, timeout=0.2))


def test_no_content_leaves_the_connection_open(server: Server, client: ApiClient) -> None:
    server.plays(head(status=204), head("Content-Encoding: gzip", status=204), reply({"id": "x"}))
    assert call(client, "DELETE") is None
    assert call(client, "DELETE") is None
    assert call(client).id == "x"
    assert server.connections == 1


def test_the_length_of_an_answer_to_head_announces_no_body(server: Server, client: ApiClient) -> None:
    server.plays(head("Content-Length: 1000"), reply({"id": "x"}))
    client.call(operation("HEAD", answers={}), ("a",), {})
    assert call(client).id == "x"
    assert server.connections == 1


def test_more_than_was_announced_never_reaches_the_next_call(server: Server, client: ApiClient) -> None:
    forged = reply({"id": "forged"})
    server.plays(reply({"id": "one"}) + forged, reply({"id": "two"}) + forged, reply({"id": "three"}))
    assert [call(client).id for _ in range(3)] == ["one", "two", "three"]


def test_an_answer_that_nobody_asked_for_never_reaches_the_next_call(server: Server, client: ApiClient) -> None:
    def answer_late(peer: Peer, request: Received) -> None:
        peer.send(reply({"id": "one"}))
        server.plays(reply({"id": "two"}))
        peer.drip(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", 0)
        peer.close()

    server.plays(answer_late)
    assert call(client).id == "one"
    assert server.wait_until(lambda it: it.closed == 1)
    assert call(client).id == "two"
    assert server.connections == 2
