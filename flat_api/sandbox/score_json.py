"""A score as JSON: the elements of its MusicXML document, with the UUIDs of parts and measures.

The UUIDs are made from the id of the score, so that they are the same in every answer.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5
from xml.etree.ElementTree import Element

from flat_api.sandbox.music import document

_SPACE = UUID("0d7d4d5e-5c2b-5f0e-9b53-4b6b9c1a7e21")


def part_uuid(score: str, part: str) -> str:
    """The UUID of a part; `part` is its id in the MusicXML document, such as P1."""
    return str(uuid5(_SPACE, f"{score}/part/{part}"))


def measure_uuid(score: str, index: int) -> str:
    """The UUID of a written measure, the same in all parts; `index` counts from 0."""
    return str(uuid5(_SPACE, f"{score}/measure/{index}"))


def as_json(score: str, xml: bytes) -> dict[str, Any]:
    """The document as one JSON object.

    An element is an object: attributes begin with `$`, child elements are lists by name, text is
    `#text`. An element of text alone is a string. `$uuid` marks parts and measures; `$place` counts
    the children of a measure, whose order would be lost otherwise.
    """
    root = document.parse(xml)
    for part in root.iterfind("part"):
        part.set("uuid", part_uuid(score, part.get("id", "")))
        for index, measure in enumerate(part.iterfind("measure")):
            measure.set("uuid", measure_uuid(score, index))
            for place, child in enumerate(measure):
                child.set("place", str(place))
    return {root.tag: _value(root)}


def _value(element: Element) -> Any:
    text = (element.text or "").strip()
    if not element.attrib and not len(element):
        return text
    found: dict[str, Any] = {f"${name}": value for name, value in element.attrib.items()}
    if text:
        found["#text"] = text
    for child in element:
        found.setdefault(child.tag, []).append(_value(child))
    return found
