"""The UUIDs of the parts and measures of a score: made from its id, so that they are the same in every answer."""

from __future__ import annotations

from uuid import UUID, uuid5

_SPACE = UUID("0d7d4d5e-5c2b-5f0e-9b53-4b6b9c1a7e21")


def part_uuid(score: str, part: str) -> str:
    """The UUID of a part; `part` is its id in the MusicXML document, such as P1."""
    return str(uuid5(_SPACE, f"{score}/part/{part}"))


def measure_uuid(score: str, index: int) -> str:
    """The UUID of a written measure, the same in all parts; `index` counts from 0."""
    return str(uuid5(_SPACE, f"{score}/measure/{index}"))
