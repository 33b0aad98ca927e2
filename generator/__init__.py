"""Generates the SDK from openapi.yaml: `python -m generator`, the same as `make generate`."""

from __future__ import annotations

from pathlib import Path

PACKAGE = "flat_api"
ROOT = Path(__file__).resolve().parent.parent


def core_files() -> list[Path]:
    """The hand-written modules that generated code stands on: every module of the package but its `__init__.py`."""
    return sorted(path for path in (ROOT / PACKAGE).glob("*.py") if path.name != "__init__.py")


def copy_core(output: Path, package: str) -> None:
    """Put the core under another name into a folder, where it can carry the code generated from another contract."""
    folder = output / package
    folder.mkdir(parents=True, exist_ok=True)
    core = ROOT / PACKAGE
    for path in [*core_files(), *(core / "compat").glob("*.py")]:
        text = path.read_text(encoding="utf-8").replace(PACKAGE, package)
        copied = folder / path.relative_to(core)
        copied.parent.mkdir(parents=True, exist_ok=True)
        copied.write_text(text, encoding="utf-8")
