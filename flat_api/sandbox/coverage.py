"""The coverage page: what the sandbox does for every operation, taken from its own docstrings.

`python -m flat_api.sandbox.coverage > docs/guides/sandbox-coverage.md` writes it anew.
"""

from __future__ import annotations

import inspect
import re
from typing import NamedTuple

from flat_api.sandbox.behaviors import BEHAVIORS
from flat_api.sandbox.contract import Operation, load
from flat_api.sandbox.outgoing import AMBIGUITY, AMBIGUOUS, EXCEPTIONS, JSON_ERRORS, UNDECLARED

_HEAD = """\
# What the sandbox does

Every operation of the Flat API {version}, in the order of its contract. *Documented* is what the contract says and the
sandbox does; *assumed* is what the contract leaves open and the sandbox decided. This page is made from the sandbox
itself, with `python -m flat_api.sandbox.coverage`.

| Operation | Request | Documented | Assumed |
| --- | --- | --- | --- |
"""
_EXCEPTIONS = """
## Exceptions

The sandbox checks each of its answers against the contract, and these are the only ones that do not fit it:

| Operation | When | Reason |
| --- | --- | --- |
"""
_LABEL = re.compile(r"(?:^|\s)(Documented|Assumed): ")


class Coverage(NamedTuple):
    """What the sandbox does for one operation; at least one of `documented` and `assumed` says something."""

    operation: Operation
    documented: str
    assumed: str


def coverage() -> list[Coverage]:
    """The coverage of every operation. Raises ValueError for an operation whose docstring says nothing."""
    return [_covered(operation) for operation in load().operations.values()]


def _covered(operation: Operation) -> Coverage:
    _, _, text = (inspect.getdoc(BEHAVIORS[operation.id]) or "").partition("\n")
    parts = _LABEL.split(" ".join(text.split()))[1:]
    if not parts:
        raise ValueError(f"The docstring of {operation.id} has neither 'Documented:' nor 'Assumed:'.")
    labeled = list(zip(parts[::2], parts[1::2], strict=True))
    documented, assumed = (
        " ".join(said for label, said in labeled if label == one) for one in ("Documented", "Assumed")
    )
    return Coverage(operation, documented, assumed)


def page() -> str:
    """The page as Markdown."""
    rows = [
        [
            one.operation.id,
            f"`{one.operation.method} {one.operation.path}`",
            _sentence(one.documented),
            _sentence(one.assumed),
        ]
        for one in coverage()
    ]
    exceptions = [
        *([operation, f"`{parameter}`", reason] for (operation, parameter), reason in EXCEPTIONS.items()),
        *([operation, f"success ({one.status})", one.reason] for operation, one in UNDECLARED.items()),
        *([operation, "errors", reason] for operation, reason in JSON_ERRORS.items()),
        *([operation, "assignments", AMBIGUITY] for operation in sorted(AMBIGUOUS)),
    ]
    return _HEAD.format(version=load().version) + _table(rows) + _EXCEPTIONS + _table(exceptions)


def _sentence(text: str) -> str:
    """As it stands in a cell, where no label stands before it."""
    return text[:1].upper() + text[1:]


def _table(rows: list[list[str]]) -> str:
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in rows)


if __name__ == "__main__":
    print(page(), end="")
