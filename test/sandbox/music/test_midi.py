"""The notes of the MIDI file."""

from __future__ import annotations

import io
from collections.abc import Callable

import mido  # type: ignore[import-untyped]
import pytest

from flat_api.sandbox.music import Engraver, read

Make = Callable[..., bytes]
Notes = Callable[..., str]


def sounding(midi: bytes) -> list[tuple[float, float, int]]:
    """Start, end and key of every note, in seconds."""
    now, held, found = 0.0, {}, []
    for message in mido.MidiFile(file=io.BytesIO(midi)):
        now += message.time
        if message.type == "note_on":
            held[message.note] = now
        elif message.type == "note_off":
            found.append((round(held.pop(message.note), 3), round(now, 3), message.note))
    assert not held
    return sorted(found)


def test_pitches_and_times(engraver: Engraver, score: Make, notes: Notes) -> None:
    midi = engraver.midi(score(notes(1, pitch="A4") + notes(1, pitch="C5") + notes(1, duration=2, pitch="G3")))
    assert sounding(midi) == [(0, 0.5, 69), (0.5, 1, 72), (1, 2, 55)]


def test_ties_are_one_note(engraver: Engraver, score: Make, notes: Notes) -> None:
    first = notes(1, duration=4, inside='<tie type="start"/>')
    second = notes(1, duration=4, inside='<tie type="stop"/>')
    assert sounding(engraver.midi(score(first, second))) == [(0, 4, 69)]


def test_repeats_are_played(engraver: Engraver, score: Make, notes: Notes) -> None:
    back = '<barline location="right"><repeat direction="backward"/></barline>'
    xml = score(notes(1, duration=4) + back)
    assert sounding(engraver.midi(xml)) == [(0, 2, 69), (2, 4, 69)]
    assert read(xml).duration == 4


def test_transposing_parts_sound_where_they_should(engraver: Engraver, score: Make, notes: Notes) -> None:
    transpose = (
        "<attributes><transpose><chromatic>-2</chromatic><octave-change>-1</octave-change></transpose></attributes>"
    )
    assert [key for _, _, key in sounding(engraver.midi(score(transpose + notes(1))))] == [69 - 14]


def test_grace_notes_come_before_their_note(engraver: Engraver, score: Make, notes: Notes) -> None:
    grace = notes(1, pitch="B4").replace("<note>", "<note><grace/>").replace("<duration>1</duration>", "")
    midi = engraver.midi(score(notes(2) + grace + notes(2)))
    assert (0.938, 1.0, 71) in sounding(midi)


def test_dynamics_are_velocities(engraver: Engraver, score: Make, notes: Notes) -> None:
    soft = "<direction><direction-type><dynamics><pp/></dynamics></direction-type></direction>"
    loud = "<direction><direction-type><dynamics><ff/></dynamics></direction-type><sound dynamics='120'/></direction>"
    file = mido.MidiFile(file=io.BytesIO(engraver.midi(score(notes(1) + soft + notes(1) + loud + notes(2)))))
    assert [message.velocity for message in file if message.type == "note_on"] == [80, 36, 108, 108]


def test_parts_have_programs_and_channels(engraver: Engraver, canon: bytes) -> None:
    file = mido.MidiFile(file=io.BytesIO(engraver.midi(canon)))
    programs = [message for message in file if message.type == "program_change"]
    assert [(message.channel, message.program) for message in programs] == [(0, 52), (1, 52), (2, 52), (3, 52)]


def test_drums_play_on_the_percussion_channel(engraver: Engraver, score: Make, notes: Notes) -> None:
    part = (
        '<part-name>Drums</part-name><score-instrument id="P1-I36"><instrument-name>Kick</instrument-name>'
        '</score-instrument><midi-instrument id="P1-I36"><midi-channel>10</midi-channel>'
        "<midi-unpitched>37</midi-unpitched></midi-instrument>"
    )
    hit = (
        "<note><unpitched><display-step>F</display-step><display-octave>4</display-octave></unpitched>"
        '<duration>1</duration><instrument id="P1-I36"/><voice>1</voice></note>'
    )
    file = mido.MidiFile(file=io.BytesIO(engraver.midi(score(hit * 4, part=part))))
    assert {(message.channel, message.note) for message in file if message.type == "note_on"} == {(9, 36)}


def test_rests_at_the_end_count(engraver: Engraver, score: Make, notes: Notes) -> None:
    xml = score(notes(), "<note><rest measure='yes'/><duration>4</duration></note>")
    file = mido.MidiFile(file=io.BytesIO(engraver.midi(xml)))
    assert file.length == pytest.approx(read(xml).duration) == pytest.approx(4)
