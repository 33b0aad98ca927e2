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


def test_notes_have_their_own_velocities(engraver: Engraver, score: Make, notes: Notes) -> None:
    loud = notes(1).replace("<note>", '<note dynamics="50">')
    file = mido.MidiFile(file=io.BytesIO(engraver.midi(score(loud + notes(1)))))
    assert [message.velocity for message in file if message.type == "note_on"] == [45, 80]


def signatures(midi: bytes) -> list[tuple[float, object]]:
    now = 0.0
    found: list[tuple[float, object]] = []
    for message in mido.MidiFile(file=io.BytesIO(midi)):
        now += message.time
        if message.type == "time_signature":
            found.append((now, (message.numerator, message.denominator)))
        elif message.type == "key_signature":
            found.append((now, message.key))
    return found


def test_signatures_are_where_the_bar_lines_are(engraver: Engraver, score: Make, notes: Notes) -> None:
    change = (
        "<attributes><key><fifths>-3</fifths><mode>minor</mode></key>"
        "<time><beats>6</beats><beat-type>8</beat-type></time></attributes>"
    )
    midi = engraver.midi(score(notes(1), notes(4), change + notes(3)))
    assert signatures(midi) == [
        (0, (1, 4)), (0, "C"),  # the pickup
        (0.5, (4, 4)), (0.5, "C"),
        (2.5, (6, 8)), (2.5, "Cm"),
    ]  # fmt: skip


def test_signatures_follow_the_repeats(engraver: Engraver, score: Make, notes: Notes) -> None:
    change = "<attributes><time><beats>2</beats><beat-type>4</beat-type></time></attributes>"
    back = '<barline location="right"><repeat direction="backward"/></barline>'
    midi = engraver.midi(score(notes(4), change + notes(2) + back))
    times = [(now, value) for now, value in signatures(midi) if isinstance(value, tuple)]
    assert times == [(0, (4, 4)), (2, (2, 4)), (3, (4, 4)), (5, (2, 4))]


def test_the_title_is_in_the_first_track(engraver: Engraver, score: Make, notes: Notes) -> None:
    midi = engraver.midi(score(notes(), header="<work><work-title>Frühling</work-title></work>"))
    assert mido.MidiFile(file=io.BytesIO(midi)).tracks[0].name.encode("latin-1").decode() == "Frühling"
