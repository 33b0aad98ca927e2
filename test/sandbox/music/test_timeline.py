"""How long a score plays, and in which order."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flat_api.sandbox.music import read

Make = Callable[..., bytes]
Notes = Callable[..., str]

BACK = '<barline location="right"><repeat direction="backward"/></barline>'
FORTH = '<barline location="left"><repeat direction="forward"/></barline>'


def ending(numbers: str, content: str, back: str = "", last: str = "stop") -> str:
    return (
        f'<barline location="left"><ending number="{numbers}" type="start"/></barline>{content}'
        f'<barline location="right"><ending number="{numbers}" type="{last}"/>{back}</barline>'
    )


def metronome(unit: str, per_minute: str, dot: str = "") -> str:
    return (
        f"<direction><direction-type><metronome><beat-unit>{unit}</beat-unit>{dot}"
        f"<per-minute>{per_minute}</per-minute></metronome></direction-type></direction>"
    )


def test_four_quarters_at_120_take_two_seconds(score: Make, notes: Notes) -> None:
    assert read(score(notes())).duration == 2


def test_an_incomplete_measure_counts_as_it_is(score: Make, notes: Notes) -> None:
    assert read(score(notes(1), notes(), notes(3))).duration == 4


def test_an_empty_measure_counts_as_its_time_signature_says(score: Make, notes: Notes) -> None:
    three = "<attributes><time><beats>3</beats><beat-type>4</beat-type></time></attributes>"
    assert read(score("", three, "")).duration == 2 + 1.5 + 1.5


def test_other_voices_and_chords_take_no_time(score: Make, notes: Notes) -> None:
    chord = notes(1).replace("<note>", "<note><chord/>")
    second_voice = "<backup><duration>4</duration></backup>" + notes(2, duration=2)
    assert read(score(notes() + chord + second_voice)).duration == 2


def test_grace_notes_take_no_time(score: Make, notes: Notes) -> None:
    grace = notes(1).replace("<note>", "<note><grace/>").replace("<duration>1</duration>", "")
    assert read(score(grace + notes())).duration == 2


@pytest.mark.parametrize(
    ("mark", "qpm"),
    [
        ('<sound tempo="60"/>', 60),
        ('<direction><direction-type><words>Slow</words></direction-type><sound tempo="60"/></direction>', 60),
        (metronome("quarter", "60"), 60),
        (metronome("quarter", "c. 60"), 60),
        (metronome("half", "60"), 120),
        (metronome("quarter", "60", "<beat-unit-dot/>"), 90),
        (metronome("eighth", "60"), 30),
        (metronome("quarter", "fast"), 120),
        ('<sound tempo="0"/>', 120),
    ],
)
def test_tempo_marks(score: Make, notes: Notes, mark: str, qpm: float) -> None:
    file = read(score(mark + notes()))
    assert file.tempo_qpm == qpm
    assert file.duration == pytest.approx(240 / qpm, abs=0.001)


def test_a_tempo_change_holds_from_its_beat_on(score: Make, notes: Notes) -> None:
    file = read(score('<sound tempo="120"/>' + notes(2) + '<sound tempo="60"/>' + notes(2), notes()))
    assert file.tempo_qpm == 120
    assert file.duration == 1 + 2 + 4


def test_an_offset_moves_a_tempo_change(score: Make, notes: Notes) -> None:
    later = (
        '<direction><direction-type><words>x</words></direction-type><offset>2</offset><sound tempo="60"/></direction>'
    )
    assert read(score('<sound tempo="120"/>' + later + notes())).duration == 1 + 2


def test_an_offset_beyond_the_measure_does_not_lengthen_it(score: Make, notes: Notes) -> None:
    later = (
        "<direction><direction-type><words>x</words></direction-type><offset>9</offset><sound tempo='60'/></direction>"
    )
    assert read(score(notes() + later)).duration == 2
    assert read(score(notes() + later, notes())).duration == 2 + 4


def test_repeats(score: Make, notes: Notes) -> None:
    assert read(score(notes(), notes() + BACK)).duration == 8
    assert read(score(notes(), FORTH + notes(), notes() + BACK, notes())).duration == 12
    assert read(score(notes() + BACK.replace("/>", ' times="3"/>'))).duration == 6
    assert read(score(notes() + BACK, notes() + BACK)).duration == 8


def test_endings(score: Make, notes: Notes) -> None:
    back = '<repeat direction="backward"/>'
    two = (notes(1), ending("1", notes(2), back), ending("2", notes(4), last="discontinue"))
    assert read(score(*two)).duration == (1 + 2 + 1 + 4) / 2
    assert read(score(*two, notes(3) + BACK)).duration == (1 + 2 + 1 + 4 + 3 + 3) / 2
    three = (notes(1), ending("1, 2", notes(2), back), ending("3", notes(4), last="discontinue"), notes(1))
    assert read(score(*three)).duration == (1 + 2 + 1 + 2 + 1 + 4 + 1) / 2
    only_first = (notes(1), ending("1", notes(2), back), notes(4))
    assert read(score(*only_first)).duration == (1 + 2 + 1 + 4) / 2


def test_a_tempo_set_before_a_jump_holds_after_it(score: Make, notes: Notes) -> None:
    assert read(score(notes(), '<sound tempo="60"/>' + notes() + BACK)).duration == 2 + 4 + 4 + 4


def test_rests_do_not_make_a_measure_too_long(score: Make, notes: Notes) -> None:
    """As in editions where a part rests for two measures within one."""
    rest = "<note><rest/><duration>4</duration></note>"
    assert read(score(rest + rest, notes())).duration == 4
    assert read(score(notes() + rest, notes())).duration == 4
    assert read(score(notes(5), notes())).duration == 4.5


def test_numbers_with_many_decimals(score: Make, notes: Notes) -> None:
    assert read(score('<sound tempo="119.99999999999999"/>' + notes())).duration == pytest.approx(2)
