"""What is in a MIDI file: the notes of each instrument, tempi and signatures, on a grid of note values."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import mido  # type: ignore[import-untyped]

from flat_api.sandbox.music import instruments
from flat_api.sandbox.music.document import MusicError
from flat_api.sandbox.music.midi import KEYS, PERCUSSION_CHANNEL, Sound, paired

MAX_NOTES = 20_000
MAX_QUARTERS = 20_000
MAX_PARTS = 100

# Parts of a quarter note: the fine grid for files that a notation program wrote, the coarse one for played music.
_FINE, _COARSE = (8, 6), (4, 3)
_WRITTEN = 0.95  # so many of the notes begin on the fine grid when the file was not played
_SHORTEST_BEAT = 64  # bar lines are where such beats can be


@dataclass(frozen=True, order=True, slots=True)
class MidiNote:
    """A note; start and end in quarter notes from the beginning."""

    start: Fraction
    end: Fraction
    key: int
    velocity: int


@dataclass(slots=True)
class MidiPart:
    """The notes of one channel of one track; `program` counts from 1, None when the file names none."""

    name: str
    program: int | None
    percussion: bool
    notes: list[MidiNote] = field(default_factory=list)


@dataclass(slots=True)
class MidiScore:
    """The parts that have notes, and what holds for all of them, by onset in quarter notes."""

    title: str = ""
    parts: list[MidiPart] = field(default_factory=list)
    tempi: dict[Fraction, float] = field(default_factory=dict)  # quarter notes a minute
    times: dict[Fraction, tuple[int, int]] = field(default_factory=dict)
    keys: dict[Fraction, int] = field(default_factory=dict)  # fifths


def midi_score(data: bytes) -> MidiScore:
    """Read a Standard MIDI File of type 0 or 1.

    Raises:
        MusicError: it is damaged, of another type, has no notes, too many, or is too long.
    """
    try:
        file = mido.MidiFile(file=io.BytesIO(data), clip=True)
    except MemoryError:
        raise
    except Exception as error:  # mido raises what comes: OSError, EOFError, ValueError, KeyError, IndexError
        raise MusicError(f"The MIDI file is damaged ({type(error).__name__}: {error}): export it again.") from None
    if file.type == 2 or file.ticks_per_beat <= 0:
        raise MusicError("The MIDI file has no beats (type 2, or SMPTE time): export it as type 0 or 1.")
    score = MidiScore()
    played: list[tuple[MidiPart, list[Sound]]] = []
    for track in file.tracks:
        played += _track(track, score, file.ticks_per_beat)
    _entitle(score, file.tracks, [part for part, _ in played])
    count = sum(len(notes) for _, notes in played)
    if not 1 <= count <= MAX_NOTES or len(played) > MAX_PARTS:
        raise MusicError(
            f"The MIDI file has {count:,} notes in {len(played)} parts, but 1 to {MAX_NOTES:,} notes in at most "
            f"{MAX_PARTS} parts are read: check it, or split it."
        )
    if max(note.end for _, notes in played for note in notes) > MAX_QUARTERS * file.ticks_per_beat:
        raise MusicError(f"The MIDI file is longer than {MAX_QUARTERS:,} quarter notes: split it into smaller files.")
    divisors = _grid([note.start for _, notes in played for note in notes], file.ticks_per_beat)
    for part, notes in played:
        part.notes = sorted(set(_quantized(notes, file.ticks_per_beat, divisors)))
        score.parts.append(part)
    return score


def _entitle(score: MidiScore, tracks: list[mido.MidiTrack], parts: list[MidiPart]) -> None:
    """The name of the first track is that of the music, unless it has the notes of one of several parts."""
    name = next((_words(message.name) for message in tracks[0] if message.type == "track_name"), "")
    alone = len({part.name for part in parts}) == 1
    if not any(message.type == "note_on" for message in tracks[0]):
        score.title = name
    elif alone and instruments.by_name(name) is None:
        score.title = name
        for part in parts:
            part.name = ""


def _track(track: mido.MidiTrack, score: MidiScore, ticks: int) -> list[tuple[MidiPart, list[Sound]]]:
    """Split a track by channel, noting tempi and signatures on the way."""
    name = ""
    now = 0
    programs: dict[int, int | None] = {}
    for message in track:
        now += message.time
        onset = Fraction(round(Fraction(_SHORTEST_BEAT // 4 * now, ticks)), _SHORTEST_BEAT // 4)
        if message.type == "track_name":
            name = name or _words(message.name)
        elif message.type == "set_tempo" and message.tempo:
            score.tempi[onset] = mido.tempo2bpm(message.tempo)
        elif message.type == "time_signature" and message.numerator and message.denominator <= _SHORTEST_BEAT:
            score.times[onset] = (message.numerator, message.denominator)
        elif message.type == "key_signature":
            minor = message.key.endswith("m")
            score.keys[onset] = KEYS.index(message.key.removesuffix("m")) - (10 if minor else 7)
        elif message.type == "program_change":
            programs.setdefault(message.channel, message.program + 1)
    parts: dict[int, list[Sound]] = {}
    for on, start, end in paired(track):
        parts.setdefault(on.channel, []).append(Sound(start, end, on.note, on.velocity))
    programs[PERCUSSION_CHANNEL] = None
    return [
        (MidiPart(name, programs.get(channel), channel == PERCUSSION_CHANNEL), notes)
        for channel, notes in sorted(parts.items())
    ]


def _words(latin: str) -> str:
    """Text of a MIDI file, which is read as Latin-1 but nowadays mostly is UTF-8; without control characters."""
    try:
        words = latin.encode("latin-1").decode()
    except UnicodeError:
        words = latin
    return " ".join("".join(one if one.isprintable() else " " for one in words).split())[:100]


def _grid(starts: list[int], ticks: int) -> tuple[int, ...]:
    near = sum(
        abs(Fraction(tick, ticks) - _nearest(Fraction(tick, ticks), _FINE)) <= Fraction(1, 96) for tick in starts
    )
    return _FINE if near >= _WRITTEN * len(starts) else _COARSE


def _nearest(onset: Fraction, divisors: Iterable[int]) -> Fraction:
    return min((Fraction(round(onset * one), one) for one in divisors), key=lambda found: abs(found - onset))


def _quantized(notes: list[Sound], ticks: int, divisors: tuple[int, ...]) -> Iterator[MidiNote]:
    """Notes have at least the smallest length; what falls together then is one note."""
    least = Fraction(1, max(divisors))
    for note in notes:
        start, end = (_nearest(Fraction(tick, ticks), divisors) for tick in (note.start, note.end))
        yield MidiNote(start, max(end, start + least), note.key, note.velocity)
