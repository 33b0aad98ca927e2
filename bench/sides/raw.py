"""The works by hand: urllib3 and json, as one would write them."""

from __future__ import annotations

import json
import os
from threading import Barrier, Thread
from typing import Any

import urllib3

from bench.probe import Report, grown, memory, timed

HEADERS = {"Authorization": "Bearer bench", "Accept": "application/json"}


class Client:
    """The few calls the works need."""

    def __init__(self, url: str, threads: int = 1) -> None:
        self.url = url + "/v2"
        self.http = urllib3.PoolManager(headers=HEADERS, maxsize=threads)

    def get(self, path: str, **fields: Any) -> Any:
        """Plain data of a GET."""
        return self._decoded(self.http.request("GET", self.url + path, fields=fields or None))

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Plain data of a POST of JSON."""
        return self._decoded(self.http.request("POST", self.url + path, json=body))

    def download(self, path: str, target: str) -> None:
        """Stream a GET to a file."""
        answer = self.http.request("GET", self.url + path, preload_content=False)
        if answer.status != 200:
            raise RuntimeError(f"HTTP {answer.status}")
        with open(target, "wb") as file:
            for chunk in answer.stream(65536):
                file.write(chunk)
        answer.release_conn()

    def _decoded(self, answer: urllib3.BaseHTTPResponse) -> Any:
        if answer.status != 200:
            raise RuntimeError(f"HTTP {answer.status}")
        return json.loads(answer.data)


def first_call(url: str) -> Report:
    """GET /me once."""
    if Client(url).get("/me")["type"] != "user":
        raise RuntimeError("not a user")
    return {"memory": memory()}


def me_loop(url: str, calls: int) -> Report:
    """GET /me again and again."""
    client = Client(url)
    return timed(lambda: client.get("/me"), calls)


def list_scores(url: str, collection: str, calls: int) -> Report:
    """A list of scores, fetched and decoded."""
    client = Client(url)

    def fetch() -> int:
        return len(client.get(f"/collections/{collection}/scores", limit=100))

    report = timed(fetch, calls)
    report["items"] = fetch()
    return report


def held(url: str, calls: int) -> Report:
    """Memory of each score that is kept."""
    client = Client(url)
    client.get("/collections/allScores/scores", limit=100)
    before = memory()
    kept = [client.get("/collections/allScores/scores", limit=100) for _ in range(calls)]
    return {"memory": (memory() - before) / sum(map(len, kept))}


def upload(url: str, size: int, calls: int) -> Report:
    """POST a large base64 text."""
    client = Client(url)
    client.get("/scores/bench")
    data = "QUJD" * (size // 4)
    return grown(lambda: client.post("/scores", {"title": "Bench", "data": data, "dataEncoding": "base64"}), calls)


def download(url: str, target: str, calls: int) -> Report:
    """Stream a large file to disk."""
    client = Client(url)
    client.get("/scores/bench")
    report = grown(lambda: client.download("/scores/bench/revisions/last/wav", target), calls)
    report["size"] = os.path.getsize(target)
    return report


def threads(url: str, count: int, calls: int) -> Report:
    """GET /me from many threads over one pool."""
    client = Client(url, count)
    start = Barrier(count + 1)

    def work() -> None:
        start.wait()
        for _ in range(calls):
            client.get("/me")

    workers = [Thread(target=work) for _ in range(count)]
    for worker in workers:
        worker.start()

    def everything() -> None:
        start.wait()
        for worker in workers:
            worker.join()

    return timed(everything, 1, warm_up=0)


def to_dict(url: str, calls: int) -> Report:
    """JSON text to plain data: the cheapest way to have dicts by hand."""
    text = json.dumps(Client(url).get("/collections/allScores/scores"), ensure_ascii=False)
    return timed(lambda: json.loads(text), calls)


def to_json(url: str, calls: int) -> Report:
    """Plain data to JSON text."""
    data = Client(url).get("/collections/allScores/scores")
    return timed(lambda: json.dumps(data), calls)
