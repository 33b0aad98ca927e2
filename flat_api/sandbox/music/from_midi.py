"""MIDI to MusicXML with music21, which makes the measures, voices, ties and rests."""

from __future__ import annotations

from fractions import Fraction
from importlib import import_module
from itertools import groupby
from typing import Any
from xml.etree.ElementTree import Element

from flat_api.sandbox.music import instruments
from flat_api.sandbox.music.document import element, exported
from flat_api.sandbox.music.midi import SEMITONES
from flat_api.sandbox.music.midi_file import MidiNote, MidiPart, MidiScore, midi_score

music21: Any = import_module("music21")  # without types, and often not installed

_LINE_OF_FIFTHS = "FCGDAEB"
# Where the usual drums stand in a percussion clef; others stand in the middle.
_DRUM_PLACES = {35: "F4", 36: "F4", 37: "C5", 38: "C5", 40: "C5", 41: "A4", 42: "G5", 43: "A4", 44: "D4", 45: "B4",
                46: "G5", 47: "D5", 48: "D5", 49: "A5", 50: "E5", 51: "F5", 57: "A5", 59: "F5"}  # fmt: skip


def from_midi(data: bytes) -> Element:
    """Write each channel of each track as a part at concert pitch, its notes on a grid of note values.

    Controllers, pitch bends and lyrics are left out. Raises MusicError.
    """
    found = midi_score(data)
    score = music21.stream.Score()
    if found.title:
        score.insert(0, music21.metadata.Metadata(movementName=found.title))
    for index, part in enumerate(found.parts):
        score.insert(0, _part(part, found, first=index == 0))
    root = exported(score)
    entries, parts = root.iterfind("part-list/score-part"), root.iterfind("part")
    for part, entry, written in zip(found.parts, entries, parts, strict=True):
        if part.percussion:
            _percussion(entry, written)
    return root


def _part(part: MidiPart, score: MidiScore, first: bool) -> Any:
    written = music21.stream.Part()
    written.insert(0, _instrument(part))
    for onset, (beats, beat_type) in {Fraction(0): (4, 4), **score.times}.items():
        written.insert(onset, music21.meter.TimeSignature(f"{beats}/{beat_type}"))
    if not part.percussion:
        for onset, fifths in score.keys.items():
            written.insert(onset, music21.key.KeySignature(fifths))
    if first:
        for onset, qpm in score.tempi.items():
            written.insert(onset, music21.tempo.MetronomeMark(number=round(qpm, 3)))
    for (start, end), notes in groupby(part.notes, lambda one: (one.start, one.end)):
        written.insert(start, _sound(list(notes), end - start, _fifths_at(score, start)))
    written.insert(0, music21.clef.PercussionClef() if part.percussion else music21.clef.bestClef(written))
    written.makeMeasures(inPlace=True)
    written.makeTies(inPlace=True)
    for measure in written.getElementsByClass(music21.stream.Measure):
        measure.makeVoices(inPlace=True, fillGaps=False)
    written.makeRests(inPlace=True, fillGaps=True, timeRangeFromBarDuration=True)
    return written


def _instrument(part: MidiPart) -> Any:
    # Without a program MIDI plays a piano.
    name = part.name or ("" if part.program or part.percussion else "Piano")
    row = instruments.identify(name, None, part.program, part.percussion)
    made = music21.instrument.Instrument()
    made.partName = name or row.names[0].capitalize()
    made.instrumentName = made.partName
    made.instrumentSound = row.sound or None
    made.midiProgram = (part.program or row.program) - 1
    made.midiChannel = 9 if part.percussion else None
    return made


def _sound(notes: list[MidiNote], length: Fraction, fifths: int) -> Any:
    single = []
    for one in notes:
        made = music21.note.Note(_spelled(one.key, fifths), quarterLength=length)
        made.volume.velocity = one.velocity
        made.volume.velocityIsRelative = False
        single.append(made)
    return single[0] if len(single) == 1 else music21.chord.Chord(single, quarterLength=length)


def _fifths_at(score: MidiScore, onset: Fraction) -> int:
    return next((score.keys[at] for at in sorted(score.keys, reverse=True) if at <= onset), 0)


def _spelled(key_: int, fifths: int) -> Any:
    """The pitch of a MIDI key: of its places on the line of fifths, the one nearest to the key signature."""
    lowest = fifths - 3
    place = lowest + (key_ * 7 - lowest) % 12
    step, alter = _LINE_OF_FIFTHS[(place + 1) % 7], (place + 1) // 7
    octave = (key_ - alter) // 12 - 1
    spelled = music21.pitch.Pitch(step=step, octave=octave)
    if alter:
        spelled.accidental = music21.pitch.Accidental(alter)
    return spelled


def _percussion(entry: Element, part: Element) -> None:
    """Turn the pitches of a part into drums, each an instrument of its own."""
    for tag in ("score-instrument", "midi-instrument"):
        for old in entry.findall(tag):
            entry.remove(old)
    name = entry.get("id", "")
    keys = sorted({_midi_key(pitch) for pitch in part.iterfind("measure/note/pitch")})
    entry.extend(
        element("score-instrument", element("instrument-name", f"Drum {key}"), id=f"{name}-{key}") for key in keys
    )
    entry.extend(
        element("midi-instrument", element("midi-channel", 10), element("midi-unpitched", key + 1), id=f"{name}-{key}")
        for key in keys
    )
    for note in part.iterfind("measure/note[pitch]"):
        for old in (*note.findall("accidental"), *note.findall("instrument")):
            note.remove(old)
        pitch = next(note.iterfind("pitch"))
        key = _midi_key(pitch)
        place = _DRUM_PLACES.get(key, "B4")
        pitch.clear()
        pitch.tag = "unpitched"
        pitch.extend((element("display-step", place[0]), element("display-octave", place[1])))
        # The instrument stands behind durations and ties.
        after = max(index for index, child in enumerate(note) if child.tag in ("duration", "tie", "unpitched"))
        note.insert(after + 1, element("instrument", id=f"{name}-{key}"))


def _midi_key(pitch: Element) -> int:
    step = SEMITONES[pitch.findtext("step", "C")]
    return 12 * (int(pitch.findtext("octave", "4")) + 1) + step + round(float(pitch.findtext("alter", "0")))
