"""The works by the SDK, as its documentation shows them."""

from __future__ import annotations

import os
from threading import Barrier, Thread

import flat_api
from bench.probe import Report, grown, memory, timed


def _client(url: str) -> flat_api.ApiClient:
    return flat_api.ApiClient(flat_api.Configuration(host=url + "/v2", access_token="bench"))


def first_call(url: str) -> Report:
    """GET /me once."""
    if flat_api.AccountApi(_client(url)).get_authenticated_user().type != "user":
        raise RuntimeError("not a user")
    return {"memory": memory()}


def me_loop(url: str, calls: int) -> Report:
    """GET /me again and again."""
    account = flat_api.AccountApi(_client(url))
    return timed(account.get_authenticated_user, calls)


def list_scores(url: str, collection: str, calls: int) -> Report:
    """A list of scores, fetched and decoded."""
    api = flat_api.CollectionApi(_client(url))

    def fetch() -> int:
        return len(api.list_collection_scores(collection, limit=100))

    report = timed(fetch, calls)
    report["items"] = fetch()
    return report


def held(url: str, calls: int) -> Report:
    """Memory of each score that is kept."""
    api = flat_api.CollectionApi(_client(url))
    api.list_collection_scores("allScores", limit=100)
    before = memory()
    kept = [api.list_collection_scores("allScores", limit=100) for _ in range(calls)]
    return {"memory": (memory() - before) / sum(map(len, kept))}


def upload(url: str, size: int, calls: int) -> Report:
    """POST a large base64 text."""
    api = flat_api.ScoreApi(_client(url))
    api.get_score("bench")
    data = "QUJD" * (size // 4)
    return grown(
        lambda: api.create_score(flat_api.ScoreCreationFileImport(title="Bench", data=data, data_encoding="base64")),
        calls,
    )


def download(url: str, target: str, calls: int) -> Report:
    """Stream a large file to disk."""
    api = flat_api.ScoreApi(_client(url))
    api.get_score("bench")
    report = grown(lambda: api.get_score_revision_data_to_file("bench", "last", "wav", target), calls)
    report["size"] = os.path.getsize(target)
    return report


def threads(url: str, count: int, calls: int) -> Report:
    """GET /me from many threads over one client."""
    account = flat_api.AccountApi(_client(url))
    start = Barrier(count + 1)

    def work() -> None:
        start.wait()
        for _ in range(calls):
            account.get_authenticated_user()

    workers = [Thread(target=work) for _ in range(count)]
    for worker in workers:
        worker.start()

    def everything() -> None:
        start.wait()
        for worker in workers:
            worker.join()

    return timed(everything, 1, warm_up=0)


def to_dict(url: str, calls: int) -> Report:
    """Models to plain data."""
    scores = flat_api.CollectionApi(_client(url)).list_collection_scores("allScores")
    return timed(lambda: [score.to_dict() for score in scores], calls)


def to_json(url: str, calls: int) -> Report:
    """Models to JSON text."""
    scores = flat_api.CollectionApi(_client(url)).list_collection_scores("allScores")
    return timed(lambda: [score.to_json() for score in scores], calls)
