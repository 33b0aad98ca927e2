"""The benchmark runs, and its payloads are what they claim to be."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from bench import payloads
from bench.__main__ import main
from bench.measure import Figure
from bench.server import Server, ServerError

needs_nginx = pytest.mark.skipif(
    shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin") is None,
    reason="nginx is not installed",
)


def test_payloads_are_the_same_every_time_and_of_a_realistic_size() -> None:
    scores = payloads.scores()
    assert scores == payloads.scores()
    assert 1_200_000 < len(json.dumps(scores, ensure_ascii=False, separators=(",", ":"))) < 1_800_000
    assert all(25 <= len(score) <= 35 for score in scores)


@pytest.mark.parametrize(("every", "changed"), [(1, 40), (40, 1)])
def test_odd_items_are_as_many_as_asked_for(every: int, changed: int) -> None:
    good = payloads.scores(40)
    odd = payloads.with_odd_items(good, every)
    assert sum(one != other for one, other in zip(good, odd, strict=True)) == changed


@pytest.mark.parametrize(
    ("value", "bound", "at_least", "kept"),
    [(1.0, 1.1, False, True), (1.2, 1.1, False, False), (0.9, 0.92, True, False), (2.0, None, False, True)],
)
def test_a_bound_is_a_ceiling_or_a_floor(value: float, bound: float | None, at_least: bool, kept: bool) -> None:
    assert Figure("x", "s", 1.0, 1.0, value, bound, at_least).kept is kept


def test_missing_nginx_is_said_with_the_way_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(ServerError, match="apt-get install nginx-light"):
        Server(tmp_path)


@needs_nginx
def test_a_work_is_measured_from_end_to_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "figures.json"
    assert main(["--quick", "--only", "first_call", "--json", str(target)]) == 0
    cpu, _, memory = json.loads(target.read_text())["figures"]
    assert min(cpu["raw"], cpu["ours"]) > 0
    assert memory["raw"] > 5_000_000
    assert "memory after the first call" in capsys.readouterr().out


@needs_nginx
def test_the_sandbox_is_measured(tmp_path: Path) -> None:
    target = tmp_path / "figures.json"
    assert main(["--quick", "--only", "sandbox", "--json", str(target)]) == 0
    figures = json.loads(target.read_text())["figures"]
    assert [figure["unit"] for figure in figures] == ["s", "/s", "s"]
    assert all(figure["ours"] > 0 for figure in figures)
