"""When a connection is used again, when it is thrown away, and what a closed one means for the call."""

from __future__ import annotations

import contextlib
import gzip
import signal
import threading

import pytest
from calls import FILE, GET, call
from server import Peer, Received, Server, chunked, gzipped, hang_up, head, reply, reset, stall, then

from flat_api.api_client import ApiClient
from flat_api.configuration import Configuration
from flat_api.exceptions import (
    ApiException,
    ConnectionException,
    MalformedResponseException,
    NotFoundException,
    TimeoutException,
    TransportException,
    UnexpectedBodyException,
)

OK = reply({"id": "x"})
CUT_GZIP = reply(gzip.compress(b"0123456789" * 9, mtime=0)[:-9], headers={"Content-Encoding": "gzip"})


def is_closed(number: int = 1):
    return lambda server: server.closed >= number


@pytest.mark.parametrize(
    "first",
    [
        OK,
        chunked(b"{}"),
        gzipped(b"{}"),
        reply({}, 404),
        reply(b"x" * (1 << 20), 404),
        chunked(b"<html>" * 999, headers=["X: y"]).replace(b"200", b"502", 1),
        gzipped(b"no JSON"),
        reply({"code": "API_RATE_LIMIT_EXCEEDED"}, 403),
    ],
    ids=lambda answer: repr(answer[:50]),
)
def test_a_connection_is_used_again_once_the_answer_is_read(server: Server, client_of, first: bytes) -> None:
    client = client_of(server, retries=0)
    server.plays(first, OK)
    with contextlib.suppress(ApiException):
        call(client)
    assert call(client).id == "x"
    assert server.connections == 1


@pytest.mark.parametrize(
    ("first", "error"),
    [
        (then(head("Content-Length: 9") + b"{", stall), TimeoutException),
        (then(b"HTTP/1.1 2", stall), TimeoutException),
        (stall, TimeoutException),
        (reply(b"x" * (1 << 21), 404), NotFoundException),
        (then(chunked(b"{")[:-5] + b"zz\r\n", stall), MalformedResponseException),
        (b"no HTTP\r\n\r\n", MalformedResponseException),
    ],
)
def test_a_connection_with_an_unfinished_answer_is_closed(server, client_of, first, error) -> None:
    client = client_of(server, retries=0, timeout=0.3)
    server.plays(first, OK)
    with pytest.raises(error):
        call(client)
    assert server.wait_until(is_closed())
    assert call(client).id == "x"
    assert server.connections == 2


def test_a_late_answer_never_reaches_the_next_call(server: Server, client_of) -> None:
    gone = threading.Event()

    def answer_late(peer: Peer, request: Received) -> None:
        gone.wait(5)
        peer.send(reply({"id": "late"}))

    server.plays(answer_late, OK)
    client = client_of(server, timeout=0.2)
    with pytest.raises(TimeoutException):
        call(client)
    gone.set()
    assert [call(client).id for _ in range(3)] == ["x"] * 3


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\n", head("Content-Length: 9") + b"{"])
def test_an_interrupted_call_closes_its_connection(server: Server, client_of, sent: bytes) -> None:
    def interrupt(peer: Peer, request: Received) -> None:
        peer.send(sent)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        peer.stall()

    server.plays(interrupt, OK)
    client = client_of(server)
    with pytest.raises(KeyboardInterrupt):
        call(client)
    assert server.wait_until(is_closed())
    assert call(client).id == "x"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_connection_that_was_closed_while_idle_is_replaced_unseen(server: Server, client_of, method: str) -> None:
    client = client_of(server, retries=0)
    server.plays(then(OK, hang_up), OK)
    call(client)
    assert server.wait_until(is_closed())
    assert call(client, method, body={} if method == "POST" else None).id == "x"
    assert [request.connection for request in server.received] == [1, 2]


@pytest.mark.parametrize("end", [hang_up, reset])
@pytest.mark.parametrize(("method", "requests"), [("GET", 3), ("PUT", 3), ("DELETE", 3), ("POST", 2)])
def test_a_used_connection_that_breaks_is_not_blindly_replayed(server, client, end, method: str, requests: int) -> None:
    server.plays(OK, end, OK)
    call(client)
    body = {} if method in ("POST", "PUT") else None
    if method == "POST":
        with pytest.raises(ConnectionException) as caught:
            call(client, method, body=body)
        assert caught.value.sent
    else:
        assert call(client, method, body=body).id == "x"
    assert len(server.received) == requests


def test_an_open_answer_keeps_its_connection_and_gives_it_back_at_the_end(server: Server, client: ApiClient) -> None:
    server.plays(reply(b"0123456789"), OK)
    with client.open(FILE, ("a",), {}) as answer:
        assert answer.read(4) == b"0123"
        assert call(client).id == "x"
        assert answer.read() == b"456789"
        assert answer.read() == b""
    assert call(client).id == "x"
    assert server.connections == 2


def test_an_open_answer_that_is_left_early_closes_its_connection(server: Server, client: ApiClient) -> None:
    server.plays(chunked(b"0123", b"4567"), OK)
    with client.open(FILE, ("a",), {}) as answer:
        answer.read(4)
    assert server.wait_until(is_closed())
    with pytest.raises(TransportException, match="closed before its end"):
        answer.read(4)
    assert call(client).id == "x"


def test_an_open_answer_that_is_forgotten_closes_its_connection(server: Server, client: ApiClient) -> None:
    server.plays(chunked(b"0123", b"4567"), OK)
    client.open(FILE, ("a",), {}).read(4)
    assert server.wait_until(is_closed())
    assert call(client).id == "x"


@pytest.mark.parametrize("cut", [chunked(b"0123", b"4567")[:-12], reply(b"0123", length=9), CUT_GZIP])
@pytest.mark.parametrize("amount", [1, 3, None])
def test_after_an_exception_an_answer_never_looks_finished(server, client, cut: bytes, amount: int | None) -> None:
    server.plays(then(cut, hang_up))
    with client.open(FILE, ("a",), {}) as answer:
        for _ in range(2):
            with pytest.raises(MalformedResponseException):
                list(iter(lambda: answer.read(amount), b""))


def test_an_answer_can_be_read_to_its_end_after_close(server: Server, client: ApiClient) -> None:
    server.plays(reply(b"0123456789"))
    answer = client.open(FILE, ("a",), {})
    answer.read(2)
    client.close()
    assert answer.read() == b"23456789"
    assert server.wait_until(is_closed())


@pytest.mark.parametrize("size", [1, 3, 4, 100])
@pytest.mark.parametrize("answer", [reply(b"0123456789"), chunked(b"01234", b"56789"), gzipped(b"0123456789")])
def test_pieces_are_full_except_the_last(server: Server, client: ApiClient, answer: bytes, size: int) -> None:
    server.plays(answer)
    pieces = [b"0123456789"[start : start + size] for start in range(0, 10, size)]
    assert list(client.open(FILE, ("a",), {}).iter_bytes(size)) == pieces
    assert [bytes(piece) for piece in client.open(FILE, ("a",), {}).pieces(size)] == pieces
    assert client.open(FILE, ("a",), {}).data == b"0123456789"
    assert server.connections == 1


def test_close_releases_connections_and_the_client_stays_usable(server: Server, client: ApiClient) -> None:
    server.plays(OK)
    with client:
        call(client)
        assert server.closed == 0
    assert server.wait_until(is_closed())
    assert call(client).id == "x"
    assert server.connections == 2


def test_a_wrong_body_leaves_the_connection_open(server: Server, client: ApiClient) -> None:
    server.plays(reply(b"<html>"), OK)
    with pytest.raises(UnexpectedBodyException):
        client.call(GET, ("a",), {})
    assert call(client).id == "x"
    assert server.connections == 1


def test_nobody_listens(client_of) -> None:
    with Server() as server:
        pass
    with pytest.raises(ConnectionException, match=r"No connection to 127\.0\.0\.1") as caught:
        call(client_of(server))
    assert not caught.value.sent


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", "x" * 70 + ".invalid"])
def test_a_host_without_an_address_is_an_error_that_names_it(host: str) -> None:
    client = ApiClient(Configuration(f"http://{host}/v2", "tok", retries=0))
    with pytest.raises(ConnectionException, match=f"{host[:4]}.* has no address") as caught:
        call(client)
    assert not caught.value.sent
