"""How large the package is: its wheel, its generated lines, and what a plain install brings."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from bench.measure import WorkError
from bench.plain import ROOT

_NOT_PACKAGED = shutil.ignore_patterns(
    ".git", "__pycache__", "*.egg-info", "build", "dist", ".*_cache", ".venv", ".demo", "test", "docs", "bench"
)


def build_wheel(directory: Path) -> Path:
    """Build the wheel from a copy of the sources, so that nothing is left behind in them.

    Raises:
        WorkError: the build failed.
    """
    sources = directory / "sources"
    shutil.copytree(ROOT, sources, ignore=_NOT_PACKAGED)
    _pip("wheel", "--no-deps", "--wheel-dir", str(directory / "wheel"), str(sources))
    (wheel,) = (directory / "wheel").glob("*.whl")
    return wheel


def installed_size(wheel: Path, directory: Path) -> int:
    """Bytes of the wheel and everything it requires, installed, without compiled caches.

    Raises:
        WorkError: the install failed.
    """
    target = directory / "installed"
    _pip("install", "--no-compile", "--target", str(target), str(wheel))
    return sum(file.stat().st_size for file in target.rglob("*") if file.is_file())


def generated_lines() -> int:
    """Lines of all generated modules."""
    return sum(
        len(file.read_text(encoding="utf-8").splitlines())
        for folder in ("api", "models")
        for file in (ROOT / "flat_api" / folder).glob("*.py")
    )


def _pip(*args: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *args]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise WorkError(f"`pip {args[0]}` failed: {done.stderr.strip()}")
