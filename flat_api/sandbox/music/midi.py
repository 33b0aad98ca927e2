"""A score as a MIDI file: played notes, tempi, signatures and programs, exactly as long as the score's duration."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import mido  # type: ignore[import-untyped]

from flat_api.sandbox.music.errors import MusicError
from flat_api.sandbox.music.notes import Note, drum_keys, notes
from flat_api.sandbox.music.score_file import Part, credits_of, parts_of
from flat_api.sandbox.music.signatures import Signature, played_signatures
from flat_api.sandbox.music.timeline import Timeline, timeline

TICKS = 480  # for a quarter note
MAX_TICKS = 2**28 - 1  # what a MIDI delta time can hold
PERCUSSION_CHANNEL = 9


@dataclass(slots=True)
class _Sound:
    """A note as it sounds, in ticks from the beginning."""

    key: int
    start: int
    end: int
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
    tempi = [
        (round(onset * TICKS), mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(qpm)))
        for onset, qpm in times.played_tempi()
    ]
    signatures = [
        (round(one.onset * TICKS), message) for one in played_signatures(times) for message in _signature(one)
    ]
    end = round(times.total * TICKS)
    title = [(0, mido.MetaMessage("track_name", name=_latin(credits_of(root).title or "")))]
    file.tracks.append(_track(title + signatures + tempi, end))
    drums = drum_keys(root)
    for index, part in enumerate(parts_of(root)):
        sounds = _played(list(notes(times.parts[index], drums)), times)
        file.tracks.append(_track(_part_messages(part, index, sounds), end))
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def _signature(signature: Signature) -> Iterator[mido.MetaMessage]:
    yield mido.MetaMessage("time_signature", numerator=signature.beats, denominator=signature.beat_type)
    if signature.key:
        yield mido.MetaMessage("key_signature", key=signature.key)


def _track(messages: Sequence[tuple[int, mido.Message | mido.MetaMessage]], end: int) -> mido.MidiTrack:
    """Turn absolute ticks into delta times."""
    track = mido.MidiTrack()
    now = 0
    for tick, message in sorted(messages, key=lambda pair: pair[0]):
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=max(end - now, 0)))
    return track


def _part_messages(part: Part, index: int, sounds: list[_Sound]) -> list[tuple[int, mido.Message]]:
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


def _played(written: list[list[Note]], times: Timeline) -> list[_Sound]:
    """Follow the playing order, joining ties."""
    sounds: list[_Sound] = []
    tied: dict[int, _Sound] = {}
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
                sound = _Sound(note.key, first, last, note.velocity)
                sounds.append(sound)
            sound.end = last
            if note.to_next:
                tied[note.key] = sound
    return sounds
