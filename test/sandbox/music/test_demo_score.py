"""The demo score: its facts, its arithmetic, and its harmony."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from flat_api.sandbox.music import read

# The eight half lines, without accidentals: every F is sharp.
TUNE = [
    f"{step}{octave}"
    for half_line in ("G4G4F4G4", "G4A4A4B4", "G4C5C5B4", "B4A4A4G4", "D5C5A4B4", "B4A4A4G4", "D4E4F4G4", "B4A4A4G4")
    for step, octave in zip(half_line[::2], half_line[1::2], strict=True)
]


@pytest.fixture(scope="module")
def root(canon: bytes) -> Element:
    return ElementTree.fromstring(canon)


def pitches(root: Element, part: str) -> list[str | None]:
    """One pitch or rest for each of the 64 beats."""
    beats: list[str | None] = []
    for note in root.iterfind(f"part[@id='{part}']/measure/note"):
        step, octave = note.findtext("pitch/step"), note.findtext("pitch/octave")
        beats += [f"{step}{octave}" if step else None] * int(note.findtext("duration", ""))
    return beats


def test_facts(canon: bytes) -> None:
    file = read(canon)
    assert file.xml == canon
    assert file.title == "Tallis’s Canon"
    assert file.subtitle == "All praise to thee, my God, this night"
    assert file.composer == "Thomas Tallis (c. 1505–1585)"
    assert file.lyricist == "Thomas Ken (1637–1711)"
    assert file.arranger is None
    assert file.instruments == ["vocals.soprano", "vocals.alto", "vocals.tenor", "vocals.bass"]
    assert file.instrument_names == ["Soprano", "Alto", "Tenor", "Bass"]
    assert file.number_measures == 17  # sixteen and the pickup
    assert file.tempo_qpm == 84
    assert file.key_fifths == 1
    assert file.duration == pytest.approx(64 * 60 / 84, abs=0.001)


def test_says_what_may_be_done_with_it(root: Element) -> None:
    assert root.findtext("identification/rights") == "Public domain music; this engraving CC0"


@pytest.mark.parametrize("part", ["P1", "P2", "P3", "P4"])
def test_every_measure_is_full(root: Element, part: str) -> None:
    lengths = [
        sum(Fraction(note.findtext("duration", "")) for note in measure.iterfind("note"))
        for measure in root.iterfind(f"part[@id='{part}']/measure")
    ]
    # The pickup takes its beat from the last measure.
    assert lengths == [1, *[4] * 15, 3]


def test_the_soprano_sings_the_tune_twice(root: Element) -> None:
    assert pitches(root, "P1") == TUNE * 2


def test_the_tenor_follows_one_measure_later_an_octave_below(root: Element) -> None:
    below = [f"{pitch[0]}{int(pitch[1]) - 1}" for pitch in TUNE]
    assert pitches(root, "P3")[4:32] == below[:28]


def test_the_second_verse_enters_one_voice_after_the_other(root: Element) -> None:
    entries = [pitches(root, part)[32:] for part in ("P1", "P2", "P3", "P4")]
    assert [next(beat for beat, pitch in enumerate(voice) if pitch) for voice in entries] == [0, 4, 8, 12]


def test_the_voices_agree_at_the_ends_of_lines(root: Element) -> None:
    """A third, fifth, sixth or octave between all voices on the first and last note of each half line."""
    semitones = dict(zip("CDEFGAB", (0, 2, 4, 6, 7, 9, 11), strict=True))  # every F is sharp
    voices = [pitches(root, part) for part in ("P1", "P2", "P3", "P4")]
    for beat in [place for line in range(16) for place in (4 * line, 4 * line + 3)]:
        sounding = [semitones[pitch[0]] for voice in voices if (pitch := voice[beat])]
        for one, other in combinations(sounding, 2):
            assert (one - other) % 12 in (0, 3, 4, 5, 7, 8, 9), f"beat {beat}: {[voice[beat] for voice in voices]}"
