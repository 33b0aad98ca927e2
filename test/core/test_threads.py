"""One client for many threads: everyone gets their own answer, over connections that are used again."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from calls import FILE, call, download
from certificates import Authority
from server import Peer, Received, Server, chunked, hang_up, reply, reset

from flat_api.api_client import ApiClient
from flat_api.exceptions import ApiException

COUNT = 16


def own_answer(peer: Peer, request: Received) -> None:
    """The answer says which thing was asked for, and with which token."""
    thing = request.path.rpartition("/")[2]
    peer.send(reply({"id": thing, "data": request.header("Authorization")}))


def in_threads(work, count: int = COUNT) -> list:
    """What each of some threads gives back; they start together."""
    start = threading.Barrier(count)

    def run(number: int):
        start.wait(5)
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def open_files() -> int:
    gc.collect()
    return len(os.listdir("/proc/self/fd"))


def test_everyone_gets_their_own_answer(server: Server, client: ApiClient) -> None:
    server.plays(own_answer)

    def work(number: int) -> bool:
        things = [call(client, thing=f"{number}-{turn}", _request_auth=f"tok-{number}") for turn in range(40)]
        return [(thing.id, thing.data) for thing in things] == [
            (f"{number}-{turn}", f"Bearer tok-{number}") for turn in range(40)
        ]

    assert all(in_threads(work))
    assert len(server.received) == COUNT * 40
    assert server.connections <= COUNT


def test_connections_of_all_threads_are_kept(server: Server, client: ApiClient) -> None:
    together = threading.Barrier(COUNT)

    def answer(peer: Peer, request: Received) -> None:
        together.wait(5)
        own_answer(peer, request)

    server.plays(answer)
    for _ in range(3):
        in_threads(lambda number: call(client, thing=f"{number}"))
    assert server.connections == COUNT


def test_threads_that_fail_leave_nothing_behind(server: Server, client_of, tmp_path: Path) -> None:
    faults = [
        hang_up,
        reset,
        b"no HTTP\r\n\r\n",
        reply({}, 500),
        reply(b"{", length=9),
        chunked(b"x")[:-9],
        reply(b"<"),
    ]

    def answer(peer: Peer, request: Received) -> None:
        fault = faults[int(request.path.rpartition("/")[2]) % len(faults)]
        if callable(fault):
            fault(peer, request)
        else:
            peer.send(fault)
            if fault.find(b"Length: 9") > 0 or fault.find(b"chunked") > 0:
                peer.close()

    client = client_of(server, retries=0)

    def work(number: int) -> None:
        for turn in range(7):
            with pytest.raises(ApiException):
                call(client, thing=f"{number + turn}")
            with contextlib.suppress(ApiException):
                download(client, tmp_path / f"{number}", thing=f"{number + turn}")

    server.plays(own_answer)
    in_threads(lambda number: call(client))
    before = open_files()
    server.plays(answer)
    in_threads(work)
    client.close()
    assert server.wait_until(lambda it: it.closed == it.connections)
    assert open_files() < before


@pytest.fixture
def _nervous() -> Iterator[None]:
    """Threads take turns as often as possible."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("_nervous")
def test_a_client_may_be_closed_under_the_feet_of_its_threads(server: Server, client_of) -> None:
    server.plays(own_answer)
    client = client_of(server, retries=0)
    done: list[int] = []

    def work(number: int) -> bool:
        if number == 0:
            while len(done) < 7:
                client.close()
            return True
        try:
            return all(call(client, thing=f"{number}-{turn}").id == f"{number}-{turn}" for turn in range(100))
        finally:
            done.append(number)

    assert all(in_threads(work, 8))


def test_the_settings_for_tls_are_read_once(client_of, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with Server(own_answer, tls=authority.server()) as server:
        client = client_of(server, ssl_ca_cert=str(authority.file))
        call(client)
        authority.file.unlink()
        assert in_threads(lambda number: call(client, thing=f"{number}").id) == [str(number) for number in range(COUNT)]


def test_an_answer_may_be_read_by_another_thread(server: Server, client: ApiClient) -> None:
    server.plays(reply(b"x" * 1_000_000))
    answers = [client.open(FILE, ("a",), {}) for _ in range(COUNT)]
    assert in_threads(lambda number: len(answers[number].read())) == [1_000_000] * COUNT
    call_count = server.connections
    client.open(FILE, ("a",), {}).read()
    assert server.connections == call_count
