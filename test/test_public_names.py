"""The public names, modules and errors are those of public_names.txt; `python test/test_public_names.py` writes it."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from difflib import unified_diff
from pathlib import Path

from flat_api import exceptions

FOLDER = Path(__file__).parent
PACKAGE = FOLDER.parent / "flat_api"
PINNED = FOLDER / "public_names.txt"
EXPORTING = ("flat_api", "flat_api.api", "flat_api.models", "flat_api.sandbox")
WHAT_TO_DO = """The public names differ from test/public_names.txt:
{}
A line with "-" breaks the programs that use it: bring the name back, or keep it as an alias in flat_api/compat.
When every difference is meant, run `python test/test_public_names.py` and tell of it in CHANGELOG.md."""


def modules() -> Iterator[str]:
    """The modules a program may import; test/legacy has those of earlier generations."""
    yield from EXPORTING
    for folder, prefix in (
        (PACKAGE, "flat_api"),
        (PACKAGE / "api", "flat_api.api"),
        (PACKAGE / "models", EXPORTING[2]),
    ):
        for found in pkgutil.iter_modules([str(folder)], f"{prefix}."):
            if not found.ispkg:
                yield found.name


def exports(package: str) -> dict[str, str]:
    """Exported name -> the module that type checkers are told it comes from."""
    source = ast.parse((PACKAGE.parent / package.replace(".", "/") / "__init__.py").read_text(encoding="utf-8"))
    homes = {
        alias.name: node.module or package
        for node in ast.walk(source)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return {name: homes.get(name, "nowhere") for name in importlib.import_module(package).__all__}


def errors() -> Iterator[str]:
    for name, error in vars(exceptions).items():
        if inspect.isclass(error) and error.__module__ == exceptions.__name__ and not name.startswith("_"):
            bases = error.__bases__ if error.__name__ == name else (error,)
            yield f"{name} is {', '.join(base.__name__ for base in bases)}"


def public_names() -> list[str]:
    return [
        *sorted(f"module {module}" for module in modules()),
        *(
            f"name {package}.{name} of {home}"
            for package in EXPORTING
            for name, home in sorted(exports(package).items())
        ),
        *sorted(f"error {error}" for error in errors()),
    ]


def test_public_names_are_the_pinned_ones() -> None:
    pinned = PINNED.read_text(encoding="utf-8").splitlines()
    differences = list(unified_diff(pinned, public_names(), n=0, lineterm=""))[2:]
    assert not differences, WHAT_TO_DO.format("\n".join(line for line in differences if not line.startswith("@@")))


def test_every_module_imports() -> None:
    for module in modules():
        importlib.import_module(module)


def test_every_name_is_what_its_module_defines() -> None:
    for package in EXPORTING:
        for name, home in exports(package).items():
            value = getattr(importlib.import_module(package), name)
            assert getattr(importlib.import_module(home), name) is value, f"{package}.{name}"
            if inspect.isclass(value):
                assert getattr(importlib.import_module(value.__module__), value.__name__) is value, f"{package}.{name}"


def test_mypy_knows_every_name_and_module(mypy: Callable[..., str], tmp_path: Path) -> None:
    names = [f"{package}.{name}" for package in EXPORTING for name in exports(package)]
    lines = [*(f"import {module}" for module in modules()), *(f"reveal_type({name})" for name in names)]
    program = tmp_path / "every_name.py"
    program.write_text("\n".join(lines), encoding="utf-8")
    found = mypy(program)
    revealed = re.findall(r'note: Revealed type is (".*")', found)
    assert ": error:" not in found, [line for line in found.splitlines() if ": error:" in line]
    assert [name for name, kind in zip(names, revealed, strict=True) if kind == '"Any"'] == []


if __name__ == "__main__":
    PINNED.write_text("\n".join(public_names()) + "\n", encoding="utf-8")
