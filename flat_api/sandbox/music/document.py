"""MusicXML trees, checked or made: foreign formats are named, entities refused, size and depth bounded."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

MAX_BYTES = 32 * 1024 * 1024
MAX_DEPTH = 100  # MusicXML itself nests about a dozen levels

# What a file that is not MusicXML starts with.
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"MThd", "a MIDI file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a RIFF (WAV or WebP) file"),
    (b"ID3", "an MP3 file"),
    (b"BCFZ", "a Guitar Pro file"),
    (b"BCFS", "a Guitar Pro file"),
    (b"\x18FICHIER GUITAR PRO", "a Guitar Pro file"),
    (b"ptab", "a PowerTab file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"X:", "ABC notation"),
)
# The first character is '<', in any encoding XML may use.
_XML = re.compile(rb"(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\x00\s]*<")


class MusicError(Exception):
    """A score cannot be read, engraved or played; the message is one sentence for the person who sent it."""


def _names(data: bytes) -> str:
    """What the bytes are, in words, as far as their beginning tells."""
    if not data.strip():
        return "empty"
    for signature, name in _SIGNATURES:
        if data.startswith(signature):
            return name
    return "binary data" if b"\x00" in data[:1000] else "plain text"


def foreign(found: str, filename: str | None = None) -> MusicError:
    """The error for a file of another kind: what was found, and what to send instead."""
    subject = f"The file {filename[:100]!r}" if filename else "The file"
    return MusicError(
        f"{subject} is {found}, which is not read here: "
        "export the score as MusicXML (.musicxml, .xml or .mxl) and send that."
    )


def parse(xml: bytes, filename: str | None = None) -> Element:
    """Return the root element of a partwise score; a timewise score is turned into a partwise tree.

    The document may be in any encoding that its XML declaration or byte order mark names; `filename` is for messages.

    Raises:
        MusicError: the bytes are not MusicXML, are not well-formed, declare entities, or are too big.
    """
    if len(xml) > MAX_BYTES:
        raise MusicError(
            f"The score has {len(xml):,} bytes, but at most {MAX_BYTES:,} are read: split it into smaller files."
        )
    if not _XML.match(xml, 0, 64):
        raise foreign(_names(xml), filename)
    root = tree(xml)
    if root.tag == "score-timewise":
        root = _partwise(root)
    if root.tag != "score-partwise":
        raise foreign(f"an XML document of type <{root.tag[:40]}>", filename)
    if root.find("part/measure") is None:
        raise MusicError("The MusicXML has no part with a measure: add at least one measure and send it again.")
    return root


def tree(xml: bytes) -> Element:
    """Parse without ever expanding an entity or reading an external file."""
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise MusicError(f"The XML nests more than {MAX_DEPTH} levels: this is not a score.")
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = _refuse_entity
    parser.SkippedEntityHandler = _refuse_entity
    try:
        parser.Parse(xml, True)
        return builder.close()
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise MusicError(f"The MusicXML is not well-formed XML ({error}): export the score again.") from None


def _refuse_entity(*_: object) -> None:
    raise MusicError("The XML uses entities, which are not read: replace them by the characters they stand for.")


def _partwise(root: Element) -> Element:
    """Turn measures that hold parts into parts that hold measures."""
    score = Element("score-partwise", root.attrib)
    parts: dict[str, Element] = {}
    for child in root:
        if child.tag != "measure":
            score.append(child)
            continue
        for slice_ in child.findall("part"):
            name = slice_.get("id", "")
            part = parts.setdefault(name, Element("part", {"id": name}))
            measure = Element("measure", child.attrib)
            measure.extend(slice_)
            part.append(measure)
    score.extend(parts.values())
    return score


def element(tag: str, *content: Element | str | int, **attributes: str) -> Element:
    """Make an element of its children or its text."""
    made = Element(tag, attributes)
    for one in content:
        if isinstance(one, Element):
            made.append(one)
        else:
            made.text = str(one)
    return made


def text(element: Element | None, path: str = ".") -> str | None:
    """The text at a path with white space collapsed, or None when it is absent or blank."""
    found = element.find(path) if element is not None else None
    return " ".join((found.text or "").split()) or None if found is not None else None


def exported(score: Any) -> Element:
    """A music21 score as a MusicXML tree."""
    exporter: Any = import_module("music21.musicxml.m21ToXml")
    return tree(exporter.GeneralObjectExporter().parse(score))
