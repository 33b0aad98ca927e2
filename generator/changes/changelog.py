"""The draft section of the changelog, between two marker comments above the first release."""

from __future__ import annotations

import re

from generator.document import ContractError

_BEGIN = "<!-- draft:begin, written by `make generate`; to keep it, name the release and remove both markers -->"
_END = "<!-- draft:end -->"
_HEADING = "## Unreleased"


def with_draft(changelog: str, section: str) -> str:
    """The changelog with a new draft, or without one where there is nothing to tell.

    Args:
        changelog: Its text.
        section: What the draft says below its heading; "" for no draft.

    Raises:
        ContractError: One marker is missing, or they are doubled.
    """
    head, found, rest = changelog.partition("<!-- draft:begin")
    if found or _END in changelog:
        _, closed, tail = rest.partition(_END)
        if not found or not closed or "<!-- draft:" in tail:
            raise ContractError(f"CHANGELOG.md needs both markers of its draft, {_BEGIN} and {_END}, once, or none.")
        changelog = head + tail.lstrip("\n")
    if not section:
        return changelog
    heading = f"{_HEADING}\n\n"
    place = re.search(rf"^{_HEADING}\n+", changelog, re.MULTILINE)
    if place:
        # What somebody wrote for the same release stays below the draft, under one heading.
        at, heading = place.end(), ""
    else:
        place = re.search(r"^## ", changelog, re.MULTILINE)
        at = place.start() if place else len(changelog)
    return f"{changelog[:at]}{_BEGIN}\n{heading}{section}\n{_END}\n\n{changelog[at:]}"
