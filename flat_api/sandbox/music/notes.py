"""The sounding notes of a part, measure by measure as written: pitch, velocity, ties and grace notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from xml.etree.ElementTree import Element

from flat_api.sandbox.music.timeline import Moment, number

GRACE = Fraction(1, 8)  # how long a grace note sounds, in quarter notes
SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SNARE_DRUM = 38
_FORTE = 90  # MusicXML gives dynamics in percent of this velocity
# Velocities of the dynamic marks.
_MARKS = {"ppp": 23, "pp": 36, "p": 49, "mp": 64, "mf": 80, "f": 96, "ff": 112, "fff": 120}


@dataclass(frozen=True, slots=True)
class Note:
    """A written note; onset and length in quarter notes from the start of its measure, key as in MIDI."""

    key: int
    onset: Fraction
    length: Fraction
    velocity: int
    from_previous: bool  # tied
    to_next: bool


def drum_keys(root: Element) -> dict[str, int]:
    """The MIDI key of each unpitched instrument in the part list."""
    keys = {}
    for entry in root.iterfind("part-list/score-part/midi-instrument"):
        if entry.find("midi-unpitched") is not None:
            keys[entry.get("id", "")] = int(number(entry, "midi-unpitched")) - 1
    return keys


def notes(measures: list[list[Moment]], drums: dict[str, int]) -> Iterator[list[Note]]:
    """Read the notes of a part. Transposition and dynamics carry over from measure to measure.

    Raises:
        MusicError: a number in the score cannot be read.
    """
    transposition, velocity = 0, _MARKS["mf"]
    for measure in measures:
        found: list[Note] = []
        graces: list[Element] = []
        for element, onset, length in measure:
            if element.tag == "attributes" and (change := element.find("transpose")) is not None:
                transposition = int(number(change, "chromatic") + 12 * number(change, "octave-change", "0"))
            elif element.tag in ("direction", "sound"):
                velocity = _velocity(element) or velocity
            elif element.tag == "note" and element.find("grace") is not None:
                graces.append(element)
            elif element.tag == "note" and element.find("cue") is None:
                for place, grace in enumerate(reversed(graces), 1):
                    key = _key(grace, transposition, drums)
                    if key is not None:
                        found.append(Note(key, onset - place * GRACE, GRACE, velocity, False, False))
                graces.clear()
                key = _key(element, transposition, drums)
                if key is not None:
                    ties = {tie.get("type") for path in ("tie", "notations/tied") for tie in element.iterfind(path)}
                    found.append(
                        Note(key, onset, length, _percent(element) or velocity, "stop" in ties, "start" in ties)
                    )
        yield sorted(found, key=lambda note: note.onset)


def _key(note: Element, transposition: int, drums: dict[str, int]) -> int | None:
    """The MIDI key, kept in range; None for a rest."""
    if note.find("unpitched") is not None:
        instrument = note.find("instrument")
        key = drums.get(instrument.get("id", "") if instrument is not None else "", _SNARE_DRUM)
    elif (pitch := note.find("pitch")) is not None:
        step = SEMITONES.get(pitch.findtext("step", "").strip(), 0)
        octave, alter = number(pitch, "octave"), number(pitch, "alter", "0")
        key = round(12 * (octave + 1) + step + alter) + transposition
    else:
        return None
    return min(max(key, 0), 127)


def _velocity(element: Element) -> int | None:
    sound = element if element.tag == "sound" else element.find("sound")
    if sound is not None and (velocity := _percent(sound)):
        return velocity
    for mark in element.iterfind("direction-type/dynamics/*"):
        if mark.tag in _MARKS:
            return _MARKS[mark.tag]
    return None


def _percent(element: Element) -> int | None:
    """The velocity that the attribute `dynamics` of a sound or a note gives."""
    if element.get("dynamics") is None:
        return None
    return min(max(round(number(element, "@dynamics") * _FORTE / 100), 1), 127)
