"""The next version number, by Semantic Versioning."""

from __future__ import annotations

import re

from generator.changes.change import Change, Weight
from generator.document import ContractError


def read(module: str) -> str:
    """The number in the text of a version module.

    Raises:
        ContractError: There is none.
    """
    found = re.search(r'^__version__ = "(.*)"$', module, re.MULTILINE)
    if not found:
        raise ContractError('The version module has no line `__version__ = "X.Y.Z"`.')
    return found[1]


def following(version: str, changes: list[Change]) -> tuple[str, str]:
    """(version, major | minor | patch) of the release that has these changes.

    Args:
        version: The number of the last release; below 1.0.0 a breaking change raises the minor number.
        changes: At least one change.

    Raises:
        ContractError: The version is not of the form X.Y.Z.
    """
    found = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", version)
    if not found:
        raise ContractError(f"The version {version} must be X.Y.Z for the next one to follow from it.")
    major, minor, patch = map(int, found.groups())
    weight = min(change.weight for change in changes)
    if weight == Weight.BREAKING and major:
        return f"{major + 1}.0.0", "major"
    if weight == Weight.BREAKING or (weight == Weight.ADDITIVE and major):
        return f"{major}.{minor + 1}.0", "minor"
    return f"{major}.{minor}.{patch + 1}", "patch"
