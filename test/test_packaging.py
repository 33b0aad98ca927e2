"""Wheel and sdist build, agree with each other, and the wheel installs into an empty environment and imports."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def run(*command: str | Path, cwd: Path) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run([*map(str, command)], cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sdist, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT, cwd=folder)
    return next(folder.glob("*.tar.gz")), next(folder.glob("*.whl"))


def test_wheel_has_the_package_and_its_data_and_nothing_else(built: tuple[Path, Path]) -> None:
    names = zipfile.ZipFile(built[1]).namelist()
    assert {
        "flat_api/py.typed",
        "flat_api/sandbox/openapi.json",
        "flat_api/sandbox/demo_scores/tallis_canon.musicxml",
        "flat_api/api/score_api.py",
        "flat_api/models/score_details.py",
    } <= set(names)
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"flat_api"}


def test_wheel_is_small(built: tuple[Path, Path]) -> None:
    assert built[1].stat().st_size < 500_000


def test_sdist_has_what_it_takes_to_build(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[0]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "requirements.txt", "setup.py", "LICENSE", "README.md", "flat_api/py.typed"} <= names


@pytest.fixture(scope="module")
def python(built: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with nothing but the wheel."""
    folder = tmp_path_factory.mktemp("env")
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    run(python, "-m", "pip", "install", "--quiet", built[1], cwd=folder)
    return python


def test_wheel_imports_in_an_empty_environment(built: tuple[Path, Path], python: Path, tmp_path: Path) -> None:
    program = (
        "import flat_api; flat_api.ScoreApi, flat_api.ScoreDetails, flat_api.FlatClient, flat_api.NotFoundException;"
        "print(flat_api.__version__)"
    )
    version = run(python, "-W", "error", "-c", program, cwd=tmp_path).strip()
    assert f"-{version}-" in built[1].name


def test_sandbox_says_what_it_needs_when_its_extra_is_missing(python: Path, tmp_path: Path) -> None:
    done = subprocess.run([python, "-m", "flat_api.sandbox"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "flat_api[sandbox]" in done.stderr
    assert "Traceback" not in done.stderr
