"""A virtual environment with what a plain install brings and nothing else, so that no other package is measured."""

from __future__ import annotations

import re
import sysconfig
import venv
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class MissingRequirementError(RuntimeError):
    """A requirement of the SDK is not installed."""


def interpreter(directory: Path) -> Path:
    """Make the environment, with links to the packages of the running interpreter; the path of its Python.

    Raises:
        MissingRequirementError: a requirement of the SDK is not installed.
    """
    venv.create(directory, symlinks=True)
    paths = {"base": str(directory), "platbase": str(directory)}
    packages = Path(sysconfig.get_path("purelib", "venv", paths))
    for found in _required((ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines(), {}).values():
        for name in {file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}:
            (packages / name).symlink_to(str(found.locate_file(name)))
    return Path(sysconfig.get_path("scripts", "venv", paths)) / "python"


def _required(requirements: list[str], found: dict[str, Distribution]) -> dict[str, Distribution]:
    for requirement in requirements:
        name = re.match(r"[\w.-]+", requirement)
        # A condition means an extra or an older Python: not part of a plain install.
        if name is None or ";" in requirement or name[0] in found:
            continue
        try:
            found[name[0]] = distribution(name[0])
        except PackageNotFoundError:
            raise MissingRequirementError(
                f"{name[0]} is not installed: `pip install -r requirements.txt` first."
            ) from None
        _required(found[name[0]].requires or [], found)
    return found
