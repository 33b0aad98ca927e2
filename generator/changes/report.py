"""The changes as text: for the terminal, and as a section of the changelog."""

from __future__ import annotations

import textwrap

from generator.changes.change import Change, Weight

_WIDTH = 110
_TITLES = {Weight.BREAKING: "Breaking", Weight.ADDITIVE: "Additive", Weight.DOCUMENTATION: "Documentation"}


def terminal(changes: list[Change], since: str, version: str, following: tuple[str, str]) -> str:
    """What a maintainer reads.

    Args:
        changes: All changes, at least one.
        since: What the contract was compared with.
        version: The current number.
        following: The next number and which part of it grows.
    """
    lines = [f"What changed in the API since {since}"]
    for weight, title in _TITLES.items():
        if found := [change for change in changes if change.weight == weight]:
            lines += ["", f"{title} ({len(found)})"]
            lines += [line for change in found for line in _wrapped(f"{_subject(change)}: {_text(change)}", "  ", 6)]
    return "\n".join([*lines, "", _verdict(changes, version, following)])


def section(changes: list[Change], version: str, following: tuple[str, str]) -> str:
    """The draft for the changelog, without its heading; arguments as in `terminal`."""
    lines = [_verdict(changes, version, following)]
    for weight, title in _TITLES.items():
        if found := [change for change in changes if change.weight == weight]:
            lines += ["", f"### {title}", ""]
            lines += [line for change in found for line in _wrapped(f"`{_subject(change)}`: {_text(change)}", "- ", 2)]
    return "\n".join(lines)


def _wrapped(text: str, first: str, hang: int) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=" " * hang,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _subject(change: Change) -> str:
    return change.owner + change.member


def _text(change: Change) -> str:
    return change.text + (f" (also in {', '.join(change.also)})" if change.also else "")


def _verdict(changes: list[Change], version: str, following: tuple[str, str]) -> str:
    number, part = following
    reason = {
        Weight.BREAKING: "programs must change",
        Weight.ADDITIVE: "programs go on, and can do more",
        Weight.DOCUMENTATION: "programs see no difference",
    }[min(change.weight for change in changes)]
    return f"Version {version} should become {number} ({part}): {reason}."
