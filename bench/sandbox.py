"""The sandbox: how fast it starts, answers on one connection, and is new again for the next test."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from time import perf_counter
from typing import NamedTuple
from urllib.parse import urlsplit

from bench.measure import Bench, Figure, WorkError, absolute
from bench.plain import ROOT
from flat_api.sandbox import Sandbox


class _Running(NamedTuple):
    host: str
    token: str
    seconds: float


def sandbox(bench: Bench) -> list[Figure]:
    """The sandbox, as a process of its own and in a test."""
    speed = _answers_per_second(bench.calls(2000))
    return [
        absolute("sandbox, start to ready", "s", _start(bench.calls(8)), 1.0),
        Figure("sandbox, GET /me on one connection", "/s", speed, None, speed, 1000, at_least=True),
        absolute("sandbox, reset between tests", "s", _reset(bench.calls(20)), 0.02),
    ]


def _start(rounds: int) -> float:
    """Seconds from the command to the first possible request, the best of so many; a first start only fills caches."""
    seconds = []
    for _ in range(1 + rounds):
        with _process() as running:
            seconds.append(running.seconds)
    return min(seconds[1:])


def _answers_per_second(calls: int) -> float:
    with _process() as running:
        connection = http.client.HTTPConnection(running.host)
        headers = {"Authorization": f"Bearer {running.token}"}

        def get_me() -> None:
            connection.request("GET", "/v2/me", headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise WorkError(f"sandbox: GET /me was answered with {answer.status}: {body.decode()}")

        rates = []
        # Fewer requests than the limit of an hour.
        for _ in range(3):
            begin = perf_counter()
            for _ in range(calls):
                get_me()
            rates.append(calls / (perf_counter() - begin))
        connection.close()
    return median(rates)


def _reset(rounds: int) -> float:
    """Seconds of a reset after a class with work in it."""
    seconds = []
    with Sandbox() as running:
        for _ in range(rounds):
            running.seed(scores=3, users=3, classes=1, assignments=1, submissions=2)
            begin = perf_counter()
            running.reset()
            seconds.append(perf_counter() - begin)
    return median(seconds)


@contextmanager
def _process() -> Iterator[_Running]:
    begin = perf_counter()
    command = [sys.executable, "-m", "flat_api.sandbox", "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        banner = ""
        for line in process.stdout:
            banner += line
            if "Ctrl-C" in line:
                break
        seconds = perf_counter() - begin
        host, token = (re.search(rf"export {name}=(\S+)", banner) for name in ("FLAT_API_HOST", "FLAT_ACCESS_TOKEN"))
        if host is None or token is None:
            raise WorkError("sandbox: it did not start.")
        yield _Running(urlsplit(host[1]).netloc, token[1], seconds)
    finally:
        process.terminate()
        process.communicate()
