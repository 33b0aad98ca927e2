"""Naming instruments, and empty scores for them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flat_api.sandbox.music import MusicError, blank, read


def part(name: str, sound: str | None = None, program: int | None = None, channel: int = 1) -> str:
    sounds = f"<instrument-sound>{sound}</instrument-sound>" if sound else ""
    programs = f"<midi-program>{program}</midi-program>" if program else ""
    return (
        f'<part-name>{name}</part-name><score-instrument id="I"><instrument-name/>{sounds}</score-instrument>'
        f'<midi-instrument id="I"><midi-channel>{channel}</midi-channel>{programs}</midi-instrument>'
    )


@pytest.mark.parametrize(
    ("written", "id_"),
    [
        (part("Whatever", sound="wind.reed.oboe"), "woodwinds.oboe"),
        (part("Cl.", sound="wind.reed.clarinet.bflat"), "woodwinds.clarinet"),
        (part("Violin II"), "strings.violin"),
        (part("Bass Clarinet in Bb"), "woodwinds.bass-clarinet"),
        (part("Tenor Sax 1", program=67), "woodwinds.tenor-saxophone"),
        (part("Alto", program=53), "vocals.alto"),
        (part("Bass", program=34), "plucked-strings.electric-bass"),
        (part("Ooh", program=53), "vocals.choir"),
        (part("Solo", program=74), "woodwinds.flute"),
        (part("Piano", program=1), "keyboards.piano"),
        (part("Kazoo", program=1), "other.kazoo"),
        (part("Theremin & co".replace("&", "&amp;")), "other.theremin-co"),
        (part(""), "other.instrument"),
        (part("Drum Kit", channel=10), "unpitched-percussion.drumset"),
        (part("Claps", channel=10), "unpitched-percussion.percussion"),
    ],
)
def test_identification(score: Callable[..., bytes], notes: Callable[..., str], written: str, id_: str) -> None:
    assert read(score(notes(), part=written)).instruments == [id_]


def test_the_key_is_that_of_a_part_that_does_not_transpose() -> None:
    xml = blank("Duo", [("woodwinds.clarinet", "Clarinet"), ("strings.cello", "Cello")], fifths=-2)
    clarinet = xml.replace(b"<fifths>-2<", b"<fifths>0<", 1).replace(
        b"      </attributes>", b"<transpose><chromatic>-2</chromatic></transpose></attributes>", 1
    )
    assert read(clarinet).key_fifths == -2


def test_blank_score() -> None:
    instruments = [("keyboards.piano", "Piano"), ("vocals.tenor", "Tenor <solo>"), ("other.kazoo", "Kazoo")]
    file = read(blank("Songs & Airs", instruments, fifths=-3, beats=6, beat_type=8))
    assert file.title == "Songs & Airs"
    assert file.instruments == ["keyboards.piano", "vocals.tenor", "other.kazoo"]
    assert file.instrument_names == ["Piano", "Tenor <solo>", "Kazoo"]
    assert (file.number_measures, file.key_fifths, file.tempo_qpm) == (16, -3, 120)
    assert file.duration == 16 * 3 * 0.5


def test_blank_score_has_the_clefs_of_its_instruments() -> None:
    xml = blank("Trio", [("keyboards.piano", "Piano"), ("strings.viola", "Viola"), ("nobody.knows", "X")])
    assert xml.count(b"<clef") == 2 + 1 + 1
    assert xml.count(b"<staves>2</staves>") == 1
    assert b"<sign>C</sign>\n          <line>3</line>" in xml


@pytest.mark.parametrize(
    ("instruments", "fifths", "beats", "beat_type", "problem"),
    [
        ([], 0, 4, 4, "1 to 100 instruments"),
        ([("keyboards.piano", "Piano")], 8, 4, 4, "-7 to 7 fifths"),
        ([("keyboards.piano", "Piano")], 0, 4, 3, "4/3"),
        ([("keyboards.piano", "Piano")], 0, 0, 4, "0/4"),
    ],
)
def test_impossible_blank_scores(
    instruments: list[tuple[str, str]], fifths: int, beats: int, beat_type: int, problem: str
) -> None:
    with pytest.raises(MusicError, match=problem):
        blank("T", instruments, fifths, beats, beat_type)


def test_control_characters_in_a_title_do_not_break_the_document() -> None:
    assert read(blank("One\x00two\x1b", [("keyboards.piano", "P\x07")])).title == "One two"
