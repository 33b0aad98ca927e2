"""The time and key signatures of a score in playing order, for MIDI."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from flat_api.sandbox.music.timeline import Moment, Timeline, nominal_length, number

_MAJOR = ("Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#")
_MINOR = ("Abm", "Ebm", "Bbm", "Fm", "Cm", "Gm", "Dm", "Am", "Em", "Bm", "F#m", "C#m", "G#m", "D#m", "A#m")
# What a MIDI time signature can hold, and notation reads.
_MOST_BEATS, _SHORTEST_BEAT = 255, 64


@dataclass(frozen=True, slots=True)
class Signature:
    """From this onset on, in quarter notes; `key` is as in MIDI, such as `Ebm`, None where none is written."""

    onset: Fraction
    beats: int
    beat_type: int
    key: str | None


def played_signatures(times: Timeline) -> Iterator[Signature]:
    """One at the beginning and one for every played measure where something changes.

    A measure that is shorter or longer than its time signature, such as a pickup, is given one of its own, so that
    the bar lines can be found again. Keys are those of the first part that does not transpose.

    Raises:
        MusicError: a signature cannot be read.
    """
    part = next((one for one in times.parts if not _transposes(one)), [])
    written = list(_times(times))
    keys = list(_keys(part, len(times.lengths)))
    previous = None
    for start, measure in zip(times.starts, times.order, strict=True):
        current = (*written[measure], keys[measure])
        if current != previous:
            yield Signature(start, *current)
        previous = current


def _transposes(part: list[list[Moment]]) -> bool:
    return any(moment.element.find("transpose") is not None for measure in part for moment in measure)


def _times(times: Timeline) -> Iterator[tuple[int, int]]:
    beats, beat_type = 4, 4
    first = times.parts[0]
    for index, length in enumerate(times.lengths):
        for element, _, _ in first[index] if index < len(first) else ():
            for time in element.iterfind("time") if element.tag == "attributes" else ():
                nominal = nominal_length(time)
                if nominal is not None:
                    beat_type = int(number(time, "beat-type"))
                    beats = int(nominal * beat_type / 4)
        if Fraction(4 * beats, beat_type) == length or not length:
            yield _fitting(Fraction(beats, beat_type), beat_type)
        else:
            yield _fitting(length / 4, beat_type)


def _fitting(whole_notes: Fraction, beat_type: int) -> tuple[int, int]:
    """A length as beats of a power of two, of this one if possible; 4/4 when that cannot be."""
    for unit in (beat_type, *(2**power for power in range(_SHORTEST_BEAT.bit_length()))):
        beats = whole_notes * unit
        if beats.denominator == 1 and 1 <= beats <= _MOST_BEATS and unit & (unit - 1) == 0 and unit <= _SHORTEST_BEAT:
            return int(beats), unit
    return 4, 4


def _keys(part: list[list[Moment]], count: int) -> Iterator[str | None]:
    key = None
    for index in range(count):
        for element, _, _ in part[index] if index < len(part) else ():
            change = element.find("key") if element.tag == "attributes" else None
            if change is not None and change.find("fifths") is not None:
                fifths = min(max(int(number(change, "fifths")), -7), 7)
                key = (_MINOR if change.findtext("mode", "").strip() == "minor" else _MAJOR)[fifths + 7]
        yield key
