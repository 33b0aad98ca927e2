"""Forked children and the end of the interpreter."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from calls import call
from certificates import Authority
from server import Peer, Received, Server, chunked, reply, stall

from flat_api.api_client import ApiClient
from flat_api.exceptions import ApiException

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")


def own_answer(peer: Peer, request: Received) -> None:
    peer.send(reply({"id": request.path.rpartition("/")[2]}))


def in_child(work: Callable[[], bool]) -> int:
    """Fork, and let the child do something; 0 when that is true."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        signal.alarm(10)
        code = 0 if work() else 2
    finally:
        os._exit(code)


def code_of(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def calls(client: ApiClient, name: str) -> bool:
    return all(call(client, thing=f"{name}-{turn}").id == f"{name}-{turn}" for turn in range(30))


@pytest.mark.parametrize("tls", [False, True])
def test_parent_and_child_each_get_their_own_answers(client_of, tmp_path: Path, tls: bool) -> None:
    authority = Authority(tmp_path)
    with Server(own_answer, tls=authority.server() if tls else None) as server:
        client = client_of(server, ssl_ca_cert=str(authority.file))
        call(client)
        children = [in_child(lambda number=number: calls(client, f"child-{number}")) for number in range(3)]
        assert calls(client, "parent")
        assert [code_of(child) for child in children] == [0, 0, 0]
        assert server.connections == 4
        assert {request.connection for request in server.received if "parent" in request.path} == {1}


def test_a_child_is_not_held_up_by_a_refresh_in_its_parent(server: Server, client_of) -> None:
    def answer(peer: Peer, request: Received) -> None:
        if request.path.startswith("/oauth") and peer.number == 1:
            stall(peer, request)
        elif request.path.startswith("/oauth"):
            peer.send(reply({"access_token": "new"}))
        elif request.header("Authorization") == "Bearer new":
            own_answer(peer, request)
        else:
            peer.send(reply({}, 401))

    server.plays(answer)
    client = client_of(server, refresh_token="r", timeout=2)

    def wait_in_vain() -> None:
        with contextlib.suppress(ApiException):
            call(client)

    held_up = threading.Thread(target=wait_in_vain)
    held_up.start()
    assert server.wait_until(lambda it: any(request.path.startswith("/oauth") for request in it.received))
    child = in_child(lambda: call(client, thing="child").id == "child")
    assert code_of(child) == 0
    server.ending.set()
    held_up.join()


PROGRAM = """
import sys
sys.path[:0] = [{root!r}, {core!r}]
import threading
from calls import FILE, call
from flat_api.api_client import ApiClient
from flat_api.exceptions import ApiException
from flat_api.configuration import Configuration
client = ApiClient(Configuration({url!r}, "tok", timeout=60))
call(client)
answer = client.open(FILE, ("a",), {{}})
answer.read(1)
threads = [threading.Thread(target=call, args=(client,), daemon=True) for _ in range({threads})]
for thread in threads:
    thread.start()
print("done", flush=True)
"""


@pytest.mark.parametrize("threads", [0, 4])
def test_the_interpreter_exits_at_once_and_in_silence(server: Server, threads: int) -> None:
    server.plays(reply({"id": "x"}), chunked(b"12345", b"6"), stall)
    program = PROGRAM.format(root=str(ROOT), core=str(Path(__file__).parent), url=server.url, threads=threads)
    with subprocess.Popen(
        [sys.executable, "-X", "dev", "-W", "error", "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
        began = time.monotonic()
        _, errors = process.communicate(timeout=10)
        assert time.monotonic() - began < 2
        assert (process.returncode, errors) == (0, "")
