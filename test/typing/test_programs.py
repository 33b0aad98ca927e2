"""A user's programs pass mypy --strict and pyright, and a user's mistakes do not."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
PROGRAMS = [FOLDER / "scores.py", FOLDER / "lists_and_errors.py"]
MISTAKES = FOLDER / "mistakes.py"
MARKED = {
    number
    for number, line in enumerate(MISTAKES.read_text(encoding="utf-8").splitlines(), 1)
    if line.endswith("# mistake")
}
Complaints = dict[Path, dict[int, str]]
"""File -> line -> what is said of it."""


@pytest.fixture(scope="module")
def of_mypy(mypy: Callable[..., str]) -> Complaints:
    found: Complaints = {}
    for path, line, text in re.findall(r"^(.+?):(\d+): error: (.*)$", mypy(*PROGRAMS, MISTAKES), re.MULTILINE):
        found.setdefault(Path(path), {})[int(line)] = text
    return found


@pytest.fixture(scope="module")
def of_pyright(users_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Complaints:
    folder = tmp_path_factory.mktemp("pyright")
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", str(users_python)]
    done = subprocess.run(
        [*command, *map(str, [*PROGRAMS, MISTAKES])], cwd=folder, capture_output=True, text=True, check=False
    )
    found: Complaints = {}
    for complaint in json.loads(done.stdout)["generalDiagnostics"]:
        if complaint["severity"] == "error":
            line = complaint["range"]["start"]["line"] + 1
            found.setdefault(Path(complaint["file"]), {})[line] = complaint["message"]
    return found


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_programs_pass_mypy(program: Path, of_mypy: Complaints) -> None:
    assert of_mypy.get(program, {}) == {}


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_programs_pass_pyright(program: Path, of_pyright: Complaints) -> None:
    assert of_pyright.get(program, {}) == {}


def test_mypy_finds_the_mistakes(of_mypy: Complaints) -> None:
    found = of_mypy.get(MISTAKES, {})
    assert set(found) == MARKED, found


def test_pyright_finds_the_mistakes(of_pyright: Complaints) -> None:
    found = of_pyright.get(MISTAKES, {})
    assert set(found) == MARKED, found
