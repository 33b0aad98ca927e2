"""A score with some of its parts only."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from flat_api.sandbox.errors import invalid
from flat_api.sandbox.music import document
from flat_api.sandbox.score_json import part_uuid


def only(score: str, xml: bytes, parts: Sequence[str]) -> bytes:
    """The MusicXML document without the other parts.

    Parameters: `parts` are UUIDs, or ids of the document such as P1.
    Raises ApiError 422 for a part that the score does not have.
    """
    root = document.parse(xml)
    ids = [part.get("id", "") for part in root.iterfind("part")]
    names = {name: id_ for id_ in ids for name in (id_, part_uuid(score, id_))}
    for wanted in parts:
        if wanted not in names:
            known = ", ".join(part_uuid(score, id_) for id_ in ids)
            raise invalid("parts", f"the score has no part {wanted!r}; its parts are {known}.")
    kept = {names[wanted] for wanted in parts}
    for part in root.findall("part"):
        if part.get("id") not in kept:
            root.remove(part)
    for listed in root.findall("part-list"):
        for entry in list(listed):
            # A bracket around parts that are gone makes no sense.
            if entry.tag == "part-group" or entry.get("id") not in kept:
                listed.remove(entry)
    written: bytes = ElementTree.tostring(root, "utf-8", xml_declaration=True)
    return written
