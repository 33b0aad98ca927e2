"""Snapshots, and how quick a reset is."""

from __future__ import annotations

import pickle
import statistics
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from flat_api.sandbox import Sandbox


@pytest.mark.parametrize("on_disk", [False, True])
def test_a_snapshot_brings_everything_back(tmp_path: Path, connect: Any, xml: Any, on_disk: bool) -> None:
    with Sandbox(tmp_path / "state.db" if on_disk else None) as sandbox:
        client = connect(sandbox.url, sandbox.token)
        kept = client.score(xml("Kept"))
        sandbox.clock.freeze(datetime(2030, 1, 1, tzinfo=UTC))
        sandbox.tasks.after(polls=3)
        snapshot = sandbox.snapshot()
        sandbox.clock.reset()
        later = client.score(xml("Later"))
        client("DELETE", f"/scores/{kept['id']}?now=true")
        token = sandbox.issue_token()
        for _ in range(2):
            sandbox.restore(snapshot)
            assert client("GET", f"/scores/{kept['id']}/revisions/last/xml").data == xml("Kept").encode()
            assert client("GET", f"/scores/{later['id']}").status == 404
            assert connect(sandbox.url, token)("GET", "/me").status == 401
            assert sandbox.clock.now().year == 2030
            assert sandbox.tasks.setting.polls == 3
            client.score(xml("Again"))
            sandbox.reset()
            assert client("GET", "/collections/allScores/scores").json() == []
    if on_disk:
        with Sandbox(tmp_path / "state.db") as sandbox:
            assert connect(sandbox.url, sandbox.token)("GET", "/me").status == 200


def test_a_snapshot_can_be_kept_and_used_elsewhere(sandbox: Sandbox, connect: Any) -> None:
    made = sandbox.seed(scores=1)
    kept = pickle.dumps(sandbox.snapshot())
    with Sandbox() as other:
        other.restore(pickle.loads(kept))
        assert other.token == sandbox.token
        assert connect(other.url, other.token)("GET", f"/scores/{made.scores[0]}").status == 200


def test_the_limit_counts_anew_after_a_restore(sandbox: Sandbox, client: Any) -> None:
    snapshot = sandbox.snapshot()
    sandbox.limit(1)
    sandbox.clock.advance(1000)
    assert [client("GET", "/me").status for _ in range(2)] == [200, 403]
    sandbox.restore(snapshot)
    assert client("GET", "/me").status == 200


@pytest.mark.parametrize("on_disk", [False, True])
def test_a_reset_takes_milliseconds(tmp_path: Path, on_disk: bool) -> None:
    with Sandbox(tmp_path / "state.db" if on_disk else None) as sandbox:
        times = []
        for _ in range(5):
            sandbox.seed(scores=5, users=20, classes=1, assignments=2, submissions=10)
            start = perf_counter()
            sandbox.reset()
            times.append(perf_counter() - start)
    assert statistics.median(times) < 0.02
