"""An empty score to start writing in."""

from __future__ import annotations

from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from flat_api.sandbox.music.document import MusicError, element
from flat_api.sandbox.music.instruments import Instrument, by_id, identify

MEASURES = 16
MAX_PARTS = 100
DIVISIONS = 16  # so that a measure of any supported time signature is a whole number of them

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">\n'
)


def blank(title: str, instruments: list[tuple[str, str]], fifths: int = 0, beats: int = 4, beat_type: int = 4) -> bytes:
    """Write 16 measures of rests for each instrument as MusicXML 4.0.

    Args:
        title: the work title.
        instruments: pairs of a Flat-style id and a part name. An id that is not in the table gets a treble
            clef, and is identified by its name. Parts are written at concert pitch.
        fifths: the key signature, -7 (flats) to 7 (sharps).
        beats: the upper number of the time signature, 1 to 64.
        beat_type: the lower number: 1, 2, 4, 8, 16, 32 or 64.

    Raises:
        MusicError: no instrument, too many, or a number out of range.
    """
    if not 1 <= len(instruments) <= MAX_PARTS:
        raise MusicError(f"A new score needs 1 to {MAX_PARTS} instruments, not {len(instruments)}.")
    if not -7 <= fifths <= 7:
        raise MusicError(f"The key signature must have -7 to 7 fifths, not {fifths}.")
    if not 1 <= beats <= 64 or beat_type not in (1, 2, 4, 8, 16, 32, 64):
        raise MusicError(f"The time signature {beats}/{beat_type} cannot be written: use for example 4/4 or 6/8.")
    rows = [(by_id(id_) or identify(name), _printable(name)) for id_, name in instruments]
    root = element(
        "score-partwise",
        element("work", element("work-title", _printable(title))),
        element("part-list", *(_listed(index, row, name) for index, (row, name) in enumerate(rows))),
        *(_part(f"P{number}", row, fifths, beats, beat_type) for number, (row, _) in enumerate(rows, 1)),
        version="4.0",
    )
    ElementTree.indent(root)
    return f"{_HEAD}{ElementTree.tostring(root, 'unicode')}\n".encode()


def _printable(words: str) -> str:
    """Without the control characters XML cannot hold."""
    return "".join(character if character.isprintable() else " " for character in words)


def _listed(index: int, row: Instrument, name: str) -> Element:
    part = f"P{index + 1}"
    channel = 10 if row.clefs == ("percussion",) else (index % 15 + 1) + (index % 15 >= 9)
    sound = [element("instrument-sound", row.sound)] if row.sound else []
    return element(
        "score-part",
        element("part-name", name),
        element("score-instrument", element("instrument-name", name), *sound, id=f"{part}-I1"),
        element(
            "midi-instrument",
            element("midi-channel", channel),
            element("midi-program", row.program),
            id=f"{part}-I1",
        ),
        id=part,
    )


def _part(part: str, row: Instrument, fifths: int, beats: int, beat_type: int) -> Element:
    duration = 4 * DIVISIONS * beats // beat_type
    measures = [
        element("measure", *_rests(duration, len(row.clefs)), number=str(number)) for number in range(1, MEASURES + 1)
    ]
    attributes = element(
        "attributes",
        element("divisions", DIVISIONS),
        element("key", element("fifths", fifths)),
        element("time", element("beats", beats), element("beat-type", beat_type)),
    )
    if len(row.clefs) > 1:
        attributes.append(element("staves", len(row.clefs)))
    for staff, clef in enumerate(row.clefs, 1):
        attributes.append(element("clef", *_clef(clef), **({"number": str(staff)} if len(row.clefs) > 1 else {})))
    measures[0].insert(0, attributes)
    measures[-1].append(element("barline", element("bar-style", "light-heavy"), location="right"))
    return element("part", *measures, id=part)


def _clef(clef: str) -> list[Element]:
    if clef == "percussion":
        return [element("sign", clef)]
    octave = [element("clef-octave-change", clef[2:])] if clef[2:] else []
    return [element("sign", clef[0]), element("line", clef[1]), *octave]


def _rests(duration: int, staves: int) -> list[Element]:
    """A measure of rests on each staff."""
    written = []
    for staff in range(1, staves + 1):
        if staff > 1:
            written.append(element("backup", element("duration", duration)))
        rest = [element("rest", measure="yes"), element("duration", duration), element("voice", 4 * staff - 3)]
        written.append(element("note", *rest, *([element("staff", staff)] if staves > 1 else [])))
    return written
