"""The step of the command that compares the contract at hand with an earlier one and tells what changed."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import yaml

from generator import document, overrides
from generator.changes import changelog, committed, comparison, release, report, surface
from generator.changes.change import Change
from generator.changes.committed import NotCommittedError
from generator.document import ContractError, Schema
from generator.prepare import _IMPORTED, FACE


class NotComparedError(Exception):
    """There is no earlier contract to compare with; the message says why."""


@dataclass(frozen=True)
class Current:
    """What is compared: the contract at hand with its overrides, where they lie, and the package made from them."""

    spec: Path
    contract: Schema
    rules_file: Path | None
    rules: list[Schema]
    exceptions: list[str]
    version_file: Path


@dataclass(frozen=True)
class Comparison:
    """What changed since what; `version` is the number of the last release."""

    changes: list[Change]
    since: str
    version: str

    def report(self) -> str:
        """For the terminal."""
        if not self.changes:
            return f"The API is the same as in {self.since}."
        following = release.following(self.version, self.changes)
        return report.terminal(self.changes, self.since, self.version, following)

    def draft(self) -> str:
        """For the changelog; "" without changes."""
        if not self.changes:
            return ""
        return report.section(self.changes, self.version, release.following(self.version, self.changes))


def with_file(current: Current, earlier: Path) -> Comparison:
    """Compare with another file; today's overrides hold for it, too, as far as they fit.

    Raises:
        ContractError: One of the contracts is not fit for the generator, or the package has no version.
    """
    version = release.read(_text(current.version_file))
    new = _surface(current, current.contract, current.rules)
    old = _surface(current, document.load(earlier), current.rules)
    return Comparison(comparison.compare(old, new), str(earlier), version)


def with_committed(current: Current) -> Comparison:
    """Compare with the contract, the overrides and the version of the last commit.

    Raises:
        NotComparedError: Nothing is committed, or what is committed is not fit for the generator.
        ContractError: The contract at hand is not fit for the generator, or the package has no version.
    """
    version = release.read(_committed_or(current.version_file, _text(current.version_file)))
    new = _surface(current, current.contract, current.rules)
    with tempfile.TemporaryDirectory(prefix="committed-") as folder:
        spec, rules_file = Path(folder, current.spec.name), Path(folder, "overrides.yaml")
        try:
            spec.write_text(committed.text(current.spec), encoding="utf-8")
            rules_file.write_text(_committed_or(current.rules_file, ""), encoding="utf-8")
            old = _surface(current, document.load(spec), overrides.load(rules_file))
        except (NotCommittedError, ContractError, ValueError, yaml.YAMLError) as error:
            reason = str(error).rstrip(".")
            raise NotComparedError(f"The API is not compared with a committed {spec.name}: {reason}.") from error
    return Comparison(comparison.compare(old, new), f"the committed {current.spec.name}", version)


def _surface(current: Current, contract: Schema, rules: list[Schema]) -> surface.Surface:
    taken = _IMPORTED | FACE.keys() | frozenset(current.exceptions)
    return surface.read(surface.overridden(contract, rules), taken)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ContractError(f"{path} cannot be read: {error.strerror}.") from error


def _committed_or(path: Path | None, otherwise: str) -> str:
    try:
        return committed.text(path) if path else otherwise
    except NotCommittedError:
        return otherwise


def write_draft(path: Path, comparison: Comparison) -> str:
    """Bring the draft in a changelog up to date; gives a note for the terminal, or "".

    Raises:
        ContractError: The markers of the draft are damaged.
    """
    if not path.is_file():
        return f"there is no {path.name}, so no draft of its next section is written" if comparison.changes else ""
    before = path.read_text(encoding="utf-8")
    after = changelog.with_draft(before, comparison.draft())
    if after == before:
        return ""
    path.write_text(after, encoding="utf-8", newline="\n")
    return f"{path.name} {'has a draft of its next section' if comparison.changes else 'has no draft any more'}"
