"""What stands in for the recognition of pages: the sandbox reads no notation, and its results say so."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from flat_api.sandbox.music import ScoreFile, blank, read

NOTICE = "Stand-in of the sandbox: no page was read"
_TITLE_END = b"</work>"


def title_for(filename: str | None) -> str:
    """The title that is "found" on the pages of a file."""
    return f"OMR stand-in: {PurePath(filename or '').stem or 'pages'}"


def recognize(title: str, parts: Sequence[tuple[str, str]]) -> ScoreFile:
    """A score of rests with this title and the notice as its subtitle, always the same for the same input.

    Parameters: `parts` are pairs of an instrument id and a part name. Raises MusicError.
    """
    xml = blank(title, list(parts))
    subtitle = f"</work>\n  <movement-title>{NOTICE}</movement-title>".encode()
    return read(xml.replace(_TITLE_END, subtitle, 1))
