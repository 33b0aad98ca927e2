"""A score as a MIDI file: played notes, tempi, signatures and programs, exactly as long as the score's duration."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from xml.etree.ElementTree import Element

import mido  # type: ignore[import-untyped]

from flat_api.sandbox.music.document import MusicError
from flat_api.sandbox.music.score_file import Part, credits_of, parts_of
from flat_api.sandbox.music.timeline import Moment, Timeline, nominal_length, number, timeline

TICKS = 480  # for a quarter note
MAX_TICKS = 2**28 - 1  # what a MIDI delta time can hold
PERCUSSION_CHANNEL = 9
_GRACE = Fraction(1, 8)  # how long a grace note sounds, in quarter notes
SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SNARE_DRUM = 38
_FORTE = 90  # MusicXML gives dynamics in percent of this velocity
# Velocities of the dynamic marks.
_MARKS = {"ppp": 23, "pp": 36, "p": 49, "mp": 64, "mf": 80, "f": 96, "ff": 112, "fff": 120}
# Keys by their sharps, from seven flats on: of a major key, and three places further of a minor one.
KEYS = ("Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#", "G#", "D#", "A#")
# What a MIDI time signature can hold, and notation reads.
_MOST_BEATS, _SHORTEST_BEAT = 255, 64


@dataclass(frozen=True, slots=True)
class _Note:
    """A written note; onset and length in quarter notes from the start of its measure, key as in MIDI."""

    key: int
    onset: Fraction
    length: Fraction
    velocity: int
    from_previous: bool  # tied
    to_next: bool


@dataclass(slots=True)
class Sound:
    """A note as it sounds, in ticks from the beginning."""

    start: int
    end: int
    key: int
    velocity: int


def midi(root: Element) -> bytes:
    """Write a Standard MIDI File (type 1) of a partwise score, with repeats played.

    Ties are joined, transposing parts sound where they should, grace notes are short notes before their
    main note. Articulations, ornaments and pedals do not sound.

    Raises:
        MusicError: the score has a note that cannot be read, or is too long for MIDI.
    """
    times = timeline(root)
    if times.total * TICKS > MAX_TICKS:
        raise MusicError("The score is too long for a MIDI file: split it into smaller scores.")
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS)
    messages = [(0, mido.MetaMessage("track_name", name=_latin(credits_of(root).title or "")))]
    messages += _signatures(times)
    messages += [
        (round(onset * TICKS), mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(qpm)))
        for onset, qpm in times.played_tempi()
    ]
    end = round(times.total * TICKS)
    file.tracks.append(_track(messages, end))
    drums = _drum_keys(root)
    for index, part in enumerate(parts_of(root)):
        sounds = _played(list(_notes(times.parts[index], drums)), times)
        file.tracks.append(_track(_part_messages(part, index, sounds), end))
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def paired(messages: Iterable[Any]) -> Iterator[tuple[Any, Any, Any]]:
    """Each note-on message with the start and the end of its note; one that is held ends with the last message."""
    now = 0
    held: dict[tuple[int, int], list[tuple[Any, Any]]] = defaultdict(list)
    for message in messages:
        now += message.time
        if message.type in ("note_on", "note_off"):
            waiting = held[message.channel, message.note]
            if message.type == "note_on" and message.velocity > 0:
                waiting.append((message, now))
            elif waiting:
                yield *waiting.pop(0), now
    for waiting in held.values():
        yield from ((message, start, now) for message, start in waiting)


def _track(messages: Sequence[tuple[int, mido.Message | mido.MetaMessage]], end: int) -> mido.MidiTrack:
    """Turn absolute ticks into delta times."""
    track = mido.MidiTrack()
    now = 0
    for tick, message in sorted(messages, key=lambda pair: pair[0]):
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=max(end - now, 0)))
    return track


def _part_messages(part: Part, index: int, sounds: list[Sound]) -> list[tuple[int, mido.Message]]:
    # Fifteen channels are left beside percussion; parts beyond share them.
    channel = PERCUSSION_CHANNEL if part.percussion else (index % 15) + (index % 15 >= PERCUSSION_CHANNEL)
    messages = [
        (0, mido.MetaMessage("track_name", name=_latin(part.name))),
        (0, mido.Message("program_change", channel=channel, program=part.program - 1)),
    ]
    offs = [(one.end, mido.Message("note_off", channel=channel, note=one.key)) for one in sounds]
    ons = [(one.start, mido.Message("note_on", channel=channel, note=one.key, velocity=one.velocity)) for one in sounds]
    # Sorting is stable: at the same tick a note ends before the next one on its key begins.
    return messages + offs + ons


def _latin(words: str) -> str:
    """UTF-8 where the MIDI library writes Latin-1."""
    return words.encode().decode("latin-1")


def _played(written: list[list[_Note]], times: Timeline) -> list[Sound]:
    """Follow the playing order, joining ties."""
    sounds: list[Sound] = []
    tied: dict[int, Sound] = {}
    previous = -1
    for start, measure in zip(times.starts, times.order, strict=True):
        if measure != previous + 1:
            tied.clear()
        previous = measure
        for note in written[measure] if measure < len(written) else ():
            first = max(round((start + note.onset) * TICKS), 0)
            last = max(round((start + note.onset + note.length) * TICKS), first + 1)
            sound = tied.pop(note.key, None) if note.from_previous else None
            if sound is None:
                sound = Sound(first, last, note.key, note.velocity)
                sounds.append(sound)
            sound.end = last
            if note.to_next:
                tied[note.key] = sound
    return sounds


def _drum_keys(root: Element) -> dict[str, int]:
    """The MIDI key of each unpitched instrument in the part list."""
    keys = {}
    for entry in root.iterfind("part-list/score-part/midi-instrument"):
        if entry.find("midi-unpitched") is not None:
            keys[entry.get("id", "")] = int(number(entry, "midi-unpitched")) - 1
    return keys


def _notes(measures: list[list[Moment]], drums: dict[str, int]) -> Iterator[list[_Note]]:
    """Read the notes of a part. Transposition and dynamics carry over from measure to measure.

    Raises:
        MusicError: a number in the score cannot be read.
    """
    transposition, velocity = 0, _MARKS["mf"]
    for measure in measures:
        found: list[_Note] = []
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
                        found.append(_Note(key, onset - place * _GRACE, _GRACE, velocity, False, False))
                graces.clear()
                key = _key(element, transposition, drums)
                if key is not None:
                    ties = {tie.get("type") for path in ("tie", "notations/tied") for tie in element.iterfind(path)}
                    found.append(
                        _Note(key, onset, length, _percent(element) or velocity, "stop" in ties, "start" in ties)
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


def _signatures(times: Timeline) -> Iterator[tuple[int, mido.MetaMessage]]:
    """Time and key at the beginning and at every played measure where one of them changes.

    A measure that is shorter or longer than its time signature, such as a pickup, is given one of its own, so that
    the bar lines can be found again. Keys are those of the first part that does not transpose.
    """
    part = next((one for one in times.parts if not _transposes(one)), [])
    written = list(zip(_times(times), _keys(part, len(times.lengths)), strict=True))
    previous = None
    for start, measure in zip(times.starts, times.order, strict=True):
        if written[measure] != previous:
            previous = written[measure]
            (beats, beat_type), key = previous
            tick = round(start * TICKS)
            yield tick, mido.MetaMessage("time_signature", numerator=beats, denominator=beat_type)
            if key:
                yield tick, mido.MetaMessage("key_signature", key=key)


def _transposes(part: list[list[Moment]]) -> bool:
    return any(moment.element.find("transpose") is not None for measure in part for moment in measure)


def _attributes(part: list[list[Moment]], count: int) -> Iterator[list[Element]]:
    """What each of so many measures says about signatures."""
    for index in range(count):
        moments = part[index] if index < len(part) else ()
        yield [moment.element for moment in moments if moment.element.tag == "attributes"]


def _times(times: Timeline) -> Iterator[tuple[int, int]]:
    beats, beat_type = 4, 4
    for length, changes in zip(times.lengths, _attributes(times.parts[0], len(times.lengths)), strict=True):
        for time in (time for change in changes for time in change.iterfind("time")):
            nominal = nominal_length(time)
            if nominal is not None:
                beat_type = int(number(time, "beat-type"))
                beats = int(nominal * beat_type / 4)
        yield _fitting(length / 4 or Fraction(beats, beat_type), beat_type)


def _fitting(whole_notes: Fraction, beat_type: int) -> tuple[int, int]:
    """A length as beats of a power of two, of this one if possible; 4/4 when that cannot be."""
    for unit in (beat_type, *(2**power for power in range(_SHORTEST_BEAT.bit_length()))):
        beats = whole_notes * unit
        if beats.denominator == 1 and 1 <= beats <= _MOST_BEATS and unit & (unit - 1) == 0 and unit <= _SHORTEST_BEAT:
            return int(beats), unit
    return 4, 4


def _keys(part: list[list[Moment]], count: int) -> Iterator[str | None]:
    """The key of each measure as in MIDI, such as `Ebm`; None before the first one."""
    key = None
    for changes in _attributes(part, count):
        for attributes in changes:
            change = attributes.find("key")
            if change is not None and change.find("fifths") is not None:
                fifths = min(max(int(number(change, "fifths")), -7), 7)
                minor = change.findtext("mode", "").strip() == "minor"
                key = f"{KEYS[fifths + 10]}m" if minor else KEYS[fifths + 7]
        yield key
