"""Wheel and sdist agree to the byte; the wheel is small, installs into an empty environment and imports."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def run(*command: str | Path, cwd: Path, **variables: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, env=clean | variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(source: Path, folder: Path, *options: str, zone: str = "UTC") -> Path:
    """Build into the folder, and give the wheel."""
    options = ("-m", "build", *options, "--outdir", str(folder), str(source))
    run(sys.executable, *options, cwd=source.parent, SOURCE_DATE_EPOCH="1700000000", TZ=zone)
    return next(folder.glob("*.whl"))


def files_of(wheel: Path) -> dict[str, int]:
    return {entry.filename: entry.CRC for entry in zipfile.ZipFile(wheel).infolist()}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project without what earlier builds left behind, which setuptools would pack."""
    copy = tmp_path_factory.mktemp("checkout") / "project"
    left_behind = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist", "site", "demo-output")
    shutil.copytree(ROOT, copy, ignore=left_behind)
    return copy


@pytest.fixture(scope="module")
def built(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sdist, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    wheel = build(checkout, folder)
    return next(folder.glob("*.tar.gz")), wheel


@pytest.fixture(scope="module")
def wheel_of_checkout(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(checkout, tmp_path_factory.mktemp("direct"), "--wheel")


def test_sdist_builds_the_same_wheel_as_the_checkout(built: tuple[Path, Path], wheel_of_checkout: Path) -> None:
    assert files_of(built[1]) == files_of(wheel_of_checkout)
    assert built[1].read_bytes() == wheel_of_checkout.read_bytes()


def test_wheel_is_reproducible(checkout: Path, wheel_of_checkout: Path, tmp_path: Path) -> None:
    for path in checkout.glob("flat_api/**/*.py"):
        os.utime(path)
    again = build(checkout, tmp_path, "--wheel", zone="Asia/Tokyo")
    assert files_of(again) == files_of(wheel_of_checkout)
    assert again.read_bytes() == wheel_of_checkout.read_bytes()


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


def test_wheel_is_small(built: tuple[Path, Path], tmp_path: Path) -> None:
    without_sandbox = tmp_path / "sdk.whl"
    with zipfile.ZipFile(built[1]) as whole, zipfile.ZipFile(without_sandbox, "w", zipfile.ZIP_DEFLATED) as sdk:
        for name in whole.namelist():
            if not name.startswith("flat_api/sandbox/"):
                sdk.writestr(name, whole.read(name))
    assert without_sandbox.stat().st_size < 290_000
    assert built[1].stat().st_size < 560_000


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
