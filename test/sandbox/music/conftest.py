"""The demo score, an engraver shared by the tests, and a way to write small scores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import flat_api.sandbox.music
from flat_api.sandbox.music import Engraver

Score = Callable[..., bytes]

_ATTRIBUTES = (
    "<attributes><divisions>1</divisions><key><fifths>0</fifths></key>"
    "<time><beats>4</beats><beat-type>4</beat-type></time></attributes>"
)


@pytest.fixture(scope="session")
def canon() -> bytes:
    folder = Path(flat_api.sandbox.music.__file__).parent.parent / "demo_scores"
    return (folder / "tallis_canon.musicxml").read_bytes()


@pytest.fixture(scope="session")
def engraver() -> Iterator[Engraver]:
    with Engraver() as shared:
        yield shared


@pytest.fixture(scope="session")
def notes() -> Callable[..., str]:
    """Quarter notes in 4/4, or other durations and pitches."""

    def write(count: int = 4, duration: int = 1, pitch: str = "A4", inside: str = "") -> str:
        step, octave = pitch[0], pitch[1:]
        note = (
            f"<note><pitch><step>{step}</step><octave>{octave}</octave></pitch>"
            f"<duration>{duration}</duration>{inside}<voice>1</voice></note>"
        )
        return note * count

    return write


@pytest.fixture(scope="session")
def score() -> Score:
    """A score of one part from the content of its measures; the first one gets 4/4 and divisions of 1."""

    def write(*measures: str, header: str = "", part: str = "<part-name>Piano</part-name>") -> bytes:
        written = "".join(
            f'<measure number="{index}">{_ATTRIBUTES if index == 1 else ""}{content}</measure>'
            for index, content in enumerate(measures, 1)
        )
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><score-partwise version="4.0">{header}'
            f'<part-list><score-part id="P1">{part}</score-part></part-list>'
            f'<part id="P1">{written}</part></score-partwise>'
        ).encode()

    return write
