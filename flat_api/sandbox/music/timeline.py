"""When everything in a score happens: moments within measures, the playing order, tempo and duration."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import NamedTuple
from xml.etree.ElementTree import Element

from flat_api.sandbox.music.document import MusicError

DEFAULT_QPM = 120.0
MAX_PLAYED_MEASURES = 20_000
# MIDI cannot hold a slower tempo; nobody plays a faster one.
SLOWEST_QPM, FASTEST_QPM = 4.0, 1000.0

_NUMBER = re.compile(r"[+-]?\d{1,9}(\.\d{0,30})?|[+-]?\.\d{1,30}")
_QUARTERS = {
    "maxima": Fraction(32), "long": Fraction(16), "breve": Fraction(8), "whole": Fraction(4), "half": Fraction(2),
    "quarter": Fraction(1), "eighth": Fraction(1, 2), "16th": Fraction(1, 4), "32nd": Fraction(1, 8),
}  # fmt: skip


class Moment(NamedTuple):
    """A child of a measure, with its onset from the start of the measure and its length, in quarter notes."""

    element: Element
    onset: Fraction
    length: Fraction


class Tempo(NamedTuple):
    """From this onset on, in quarter notes, so many quarter notes a minute."""

    onset: Fraction
    qpm: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """The written measures, and the order in which they are played.

    Counted: measure lengths (the longest part; the time signature where a measure is empty or has rests beyond
    it), tempo marks, repeats with their number of times, first and later endings. Not counted: da capo, dal segno,
    coda, fermatas, and words such as `rit.`.
    """

    parts: list[list[list[Moment]]]  # part, measure, moment
    lengths: list[Fraction]
    tempi: list[list[Tempo]]
    order: list[int]
    starts: list[Fraction]  # of the played measures
    total: Fraction

    def first_qpm(self) -> float:
        """The first written tempo, 120 when the score has none."""
        return next((tempo.qpm for tempi in self.tempi for tempo in tempi), DEFAULT_QPM)

    def played_tempi(self) -> list[Tempo]:
        """The tempo marks at their played positions; always one at the beginning."""
        played = [Tempo(Fraction(0), DEFAULT_QPM)]
        for start, measure in zip(self.starts, self.order, strict=True):
            for onset, qpm in self.tempi[measure]:
                if start + onset == played[-1].onset:
                    played.pop()
                played.append(Tempo(start + onset, qpm))
        return played

    def seconds(self) -> float:
        """How long the score plays."""
        played = self.played_tempi()
        ends = [*(tempo.onset for tempo in played[1:]), self.total]
        return sum(float(end - onset) * 60 / qpm for (onset, qpm), end in zip(played, ends, strict=True))


def timeline(root: Element) -> Timeline:
    """Work out the timeline of a partwise score.

    Raises:
        MusicError: a duration is no number, or the repeats never end.
    """
    parts = [list(_moments(part)) for part in root.iterfind("part")]
    count = max(len(part) for part in parts)
    nominal = _nominal_lengths(root, count)
    lengths, tempi = [], []
    for index in range(count):
        measures = [part[index] for part in parts if index < len(part)]
        length = _length([moment for measure in measures for moment in measure if moment.length], nominal[index])
        lengths.append(length)
        # An offset may point beyond the measure; the tempo then holds from the next one on.
        found = (Tempo(min(onset, length), qpm) for onset, qpm in _tempi(measures))
        tempi.append(sorted(found, key=lambda tempo: tempo.onset))
    order = _playing_order(next(root.iterfind("part")), count)
    *starts, total = accumulate((lengths[measure] for measure in order), initial=Fraction(0))
    return Timeline(parts, lengths, tempi, order, starts, total)


def _length(moments: list[Moment], nominal: Fraction) -> Fraction:
    """How long a measure is: as its longest part, but rests alone do not make it longer than it should be."""
    end = max((moment.onset + moment.length for moment in moments), default=nominal)
    if end <= nominal:
        return end
    notes = (one for one in moments if one.element.tag == "note" and one.element.find("rest") is None)
    return max([nominal, *(note.onset + note.length for note in notes)])


def number(element: Element, path: str, default: str | None = None) -> Fraction:
    """The number in a child element, or in an attribute if the path is `@name`, exactly.

    Raises:
        MusicError: it is absent without a default, or no plain number of reasonable size.
    """
    found = element.get(path[1:]) if path.startswith("@") else element.findtext(path)
    value = (found if found is not None else default or "").strip()
    if not _NUMBER.fullmatch(value):
        raise MusicError(
            f"The MusicXML has {value[:40]!r} as {path} in <{element.tag}>, which is not a number: export it again."
        )
    return Fraction(value)


def _moments(part: Element) -> Iterator[list[Moment]]:
    """Walk a part as its cursor moves: notes and forward advance it, backup moves it back, chords share an onset."""
    divisions = Fraction(1)
    for measure in part.iterfind("measure"):
        moments = []
        cursor = previous = Fraction(0)
        for element in measure:
            onset, length = cursor, Fraction(0)
            if element.tag in ("note", "backup", "forward") and element.find("grace") is None:
                length = number(element, "duration") / divisions
                if length < 0:
                    raise MusicError("The MusicXML has a negative <duration>: export the score again.")
            if element.tag == "backup":
                cursor, length = max(cursor - length, Fraction(0)), Fraction(0)
            elif element.tag == "note" and element.find("chord") is not None:
                onset = previous
            elif element.tag in ("note", "forward"):
                previous = cursor
                cursor += length
            elif element.tag == "attributes" and element.find("divisions") is not None:
                divisions = number(element, "divisions")
                if divisions <= 0:
                    raise MusicError("The MusicXML has a <divisions> that is not positive: export the score again.")
            elif element.tag in ("direction", "sound") and element.find("offset") is not None:
                onset = max(cursor + number(element, "offset") / divisions, Fraction(0))
            moments.append(Moment(element, onset, length))
        yield moments


def _tempi(measures: list[list[Moment]]) -> Iterator[Tempo]:
    for element, onset, _ in (moment for measure in measures for moment in measure):
        if element.tag in ("direction", "sound"):
            qpm = _qpm(element)
            if qpm is not None:
                yield Tempo(onset, min(max(qpm, SLOWEST_QPM), FASTEST_QPM))


def _qpm(element: Element) -> float | None:
    """The tempo of a sound or, failing that, of a metronome mark such as 'dotted quarter = c. 60'."""
    sound = element if element.tag == "sound" else element.find("sound")
    if sound is not None and sound.get("tempo") and number(sound, "@tempo") > 0:
        return float(number(sound, "@tempo"))
    metronome = element.find("direction-type/metronome")
    if metronome is None:
        return None
    unit = _QUARTERS.get(metronome.findtext("beat-unit", ""))
    found = _NUMBER.search(metronome.findtext("per-minute", ""))
    if unit is None or found is None or float(found.group()) <= 0:
        return None  # a relation between two note values, or words
    dots = len(metronome.findall("beat-unit-dot"))
    return float(unit * (2 - Fraction(1, 2**dots))) * float(found.group())


def _nominal_lengths(root: Element, count: int) -> list[Fraction]:
    """What the time signatures of the first part say, 4/4 until there is one."""
    lengths, length = [], Fraction(4)
    for measure in root.iterfind("part[1]/measure"):
        for time in measure.iterfind("attributes/time"):
            length = nominal_length(time) or length
        lengths.append(length)
    return lengths + [length] * (count - len(lengths))


def nominal_length(time: Element) -> Fraction | None:
    """What a time signature says in quarter notes; None when it has no numbers, as in free time."""
    if time.find("beats") is None:
        return None
    beats = sum(int(beat) for beat in re.findall(r"\d{1,3}", time.findtext("beats", "")))
    beat_type = number(time, "beat-type")
    return 4 * beats / beat_type if beats > 0 and beat_type > 0 else None


@dataclass(slots=True)
class _Repeats:
    """What the bar lines of one written measure say."""

    forward: bool = False
    backward: bool = False
    times: int = 2
    endings: frozenset[int] = frozenset()


def _repeats(part: Element, count: int) -> list[_Repeats]:
    marks = []
    endings: frozenset[int] = frozenset()
    for measure in part.iterfind("measure"):
        mark = _Repeats()
        stops = False
        for barline in measure.iterfind("barline"):
            repeat, ending = barline.find("repeat"), barline.find("ending")
            if repeat is not None and repeat.get("direction") == "forward":
                mark.forward = True
            elif repeat is not None:
                mark.backward = True
                times = repeat.get("times", "")
                mark.times = int(times) if re.fullmatch(r"\d{1,6}", times) else 2
            if ending is not None and ending.get("type") == "start":
                endings = frozenset(int(one) for one in re.findall(r"\d{1,3}", ending.get("number", "1")))
            elif ending is not None:
                stops = True
        mark.endings = endings
        if stops:
            endings = frozenset()
        marks.append(mark)
    return marks + [_Repeats() for _ in range(count - len(marks))]


def _playing_order(part: Element, count: int) -> list[int]:
    """Unfold the repeats of the first part into measure indexes."""
    marks = _repeats(part, count)
    order: list[int] = []
    index = section = 0
    turn = 1
    while index < count:
        mark = marks[index]
        leaves_endings = index > 0 and bool(marks[index - 1].endings) and not mark.endings
        if index != section and (mark.forward or leaves_endings):
            section, turn = index, 1
        if mark.endings and turn not in mark.endings:
            index += 1
            continue
        order.append(index)
        if len(order) > MAX_PLAYED_MEASURES:
            raise MusicError(f"The repeats play more than {MAX_PLAYED_MEASURES:,} measures: write fewer repeats.")
        if mark.backward and turn < max(mark.times, _last_turn(marks, index)):
            index, turn = section, turn + 1
        else:
            if mark.backward and not mark.endings:
                section, turn = index + 1, 1
            index += 1
    return order


def _last_turn(marks: list[_Repeats], index: int) -> int:
    """The highest number of the endings that follow one another around a measure, 0 without any."""
    last = 0
    while index < len(marks) and marks[index].endings:
        last = max(last, *marks[index].endings)
        index += 1
    return last
