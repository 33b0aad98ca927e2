"""Every Python block of the README and the guides runs as it stands, against a sandbox with one score in it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from flat_api.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "docs" / "index.md", *sorted((ROOT / "docs" / "guides").glob("*.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"^```text (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

PLUGIN = "flat_api.sandbox.pytest_plugin"

# Pages whose programs need more than one teacher with one score.
NEEDS = {"classes.md": "class_with_work", "organization.md": "admin_token"}


def blocks() -> list[object]:
    found: list[object] = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for block in BLOCK.finditer(text):
            line = text.count("\n", 0, block.start()) + 2
            found.append(pytest.param(page, line, block[1], id=f"{page.name}:{line}"))
    return found


@pytest.mark.parametrize(("page", "line", "code"), blocks())
def test_block_runs(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    sandbox: Sandbox,
    page: Path,
    line: int,
    code: str,
) -> None:
    for name, content in FILE.findall(page.read_text(encoding="utf-8")):
        Path(name).write_text(content, encoding="utf-8")
    needed = request.getfixturevalue(NEEDS[page.name]) if page.name in NEEDS else None
    if isinstance(needed, str):
        monkeypatch.setenv("FLAT_ACCESS_TOKEN", needed)
    program = compile("\n" * (line - 1) + code, str(page), "exec")
    exec(program, {"__name__": "__main__"})
    if re.search(r"^def test_", code, re.MULTILINE):
        _run_pytest(code)


def _run_pytest(code: str) -> None:
    """Runs the tests in a block in a process of their own, as their reader would."""
    Path("test_block.py").write_text(code, encoding="utf-8")
    installed = any(point.value == PLUGIN for point in entry_points(group="pytest11"))
    plugin = [] if installed else ["-p", PLUGIN]
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", *plugin, "test_block.py"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_are_blocks() -> None:
    assert len(blocks()) > 50
