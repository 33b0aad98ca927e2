"""Every Python block of the README and the guides runs as it stands, against a sandbox with one score in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

import flat_api
from flat_api.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "guides").glob("*.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(#[^)\s]*)?\)")


def blocks() -> list[object]:
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for block in BLOCK.finditer(text):
            line = text.count("\n", 0, block.start()) + 2
            found.append(pytest.param(page, line, block[1], id=f"{page.name}:{line}"))
    return found


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(port=0) as sandbox:
        monkeypatch.setenv("FLAT_API_HOST", sandbox.url)
        monkeypatch.setenv("FLAT_ACCESS_TOKEN", sandbox.token)
        monkeypatch.chdir(tmp_path)
        canon = (files("flat_api.sandbox") / "demo_scores" / "tallis_canon.musicxml").read_text(encoding="utf-8")
        with flat_api.FlatClient() as flat:
            flat.scores.create_score(flat_api.ScoreCreationFileImport(data=canon))
        (tmp_path / "canon.musicxml").write_text(canon, encoding="utf-8")
        yield sandbox


@pytest.mark.parametrize(("page", "line", "code"), blocks())
def test_block_runs(sandbox: Sandbox, page: Path, line: int, code: str) -> None:
    program = compile("\n" * (line - 1) + code, str(page), "exec")
    exec(program, {"__name__": "__main__"})


def test_there_are_blocks() -> None:
    assert len(blocks()) > 3


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    dead = [
        target
        for target, _ in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert dead == []
