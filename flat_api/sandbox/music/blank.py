"""An empty score to start writing in."""

from __future__ import annotations

from xml.sax.saxutils import escape

from flat_api.sandbox.music import instruments
from flat_api.sandbox.music.errors import MusicError
from flat_api.sandbox.music.instruments import Instrument

MEASURES = 16
MAX_PARTS = 100
DIVISIONS = 16  # so that a measure of any supported time signature is a whole number of them

_DOCTYPE = (
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">'
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
    rows = [(_row(id_, name), name) for id_, name in instruments]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', _DOCTYPE, '<score-partwise version="4.0">']
    lines += [f"  <work>\n    <work-title>{escape(_printable(title))}</work-title>\n  </work>", "  <part-list>"]
    for index, (row, name) in enumerate(rows, 1):
        lines += _listed(f"P{index}", index, row, name)
    lines.append("  </part-list>")
    for index, (row, _) in enumerate(rows, 1):
        lines += _part(f"P{index}", row, fifths, beats, beat_type)
    lines.append("</score-partwise>")
    return "\n".join([*lines, ""]).encode()


def _row(id_: str, name: str) -> Instrument:
    return instruments.by_id(id_) or instruments.identify(name)


def _printable(words: str) -> str:
    """Without the control characters XML cannot hold."""
    return "".join(character if character.isprintable() else " " for character in words)


def _listed(part: str, index: int, row: Instrument, name: str) -> list[str]:
    words = escape(_printable(name))
    percussion = row.clefs == ("percussion",)
    channel = 10 if percussion else ((index - 1) % 15 + 1) + ((index - 1) % 15 >= 9)
    sound = [f"        <instrument-sound>{row.sound}</instrument-sound>"] if row.sound else []
    return [
        f'    <score-part id="{part}">',
        f"      <part-name>{words}</part-name>",
        f'      <score-instrument id="{part}-I1">',
        f"        <instrument-name>{words}</instrument-name>",
        *sound,
        "      </score-instrument>",
        f'      <midi-instrument id="{part}-I1">',
        f"        <midi-channel>{channel}</midi-channel>",
        f"        <midi-program>{row.program}</midi-program>",
        "      </midi-instrument>",
        "    </score-part>",
    ]


def _part(part: str, row: Instrument, fifths: int, beats: int, beat_type: int) -> list[str]:
    duration = 4 * DIVISIONS * beats // beat_type
    staves = len(row.clefs)
    attributes = [
        "      <attributes>",
        f"        <divisions>{DIVISIONS}</divisions>",
        f"        <key>\n          <fifths>{fifths}</fifths>\n        </key>",
        f"        <time>\n          <beats>{beats}</beats>",
        f"          <beat-type>{beat_type}</beat-type>\n        </time>",
        *([f"        <staves>{staves}</staves>"] if staves > 1 else []),
        *(_clef(clef, staff if staves > 1 else None) for staff, clef in enumerate(row.clefs, 1)),
        "      </attributes>",
    ]
    rests = []
    for staff in range(1, staves + 1):
        if staff > 1:
            rests.append(f"      <backup>\n        <duration>{duration}</duration>\n      </backup>")
        rests.append(_rest(duration, staff, staves))
    lines = [f'  <part id="{part}">']
    for measure in range(1, MEASURES + 1):
        lines += [f'    <measure number="{measure}">', *(attributes if measure == 1 else []), *rests]
        if measure == MEASURES:
            lines.append(
                '      <barline location="right">\n        <bar-style>light-heavy</bar-style>\n      </barline>'
            )
        lines.append("    </measure>")
    return [*lines, "  </part>"]


def _clef(clef: str, staff: int | None) -> str:
    attribute = f' number="{staff}"' if staff else ""
    if clef == "percussion":
        return f"        <clef{attribute}>\n          <sign>percussion</sign>\n        </clef>"
    octave = f"\n          <clef-octave-change>{clef[2:]}</clef-octave-change>" if clef[2:] else ""
    return (
        f"        <clef{attribute}>\n          <sign>{clef[0]}</sign>\n"
        f"          <line>{clef[1]}</line>{octave}\n        </clef>"
    )


def _rest(duration: int, staff: int, staves: int) -> str:
    return (
        '      <note>\n        <rest measure="yes"/>\n'
        f"        <duration>{duration}</duration>\n        <voice>{4 * staff - 3}</voice>\n"
        + (f"        <staff>{staff}</staff>\n" if staves > 1 else "")
        + "      </note>"
    )
