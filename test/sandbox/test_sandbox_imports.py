"""Files that become scores: MIDI and ABC beside MusicXML, and those that do not."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from flat_api.sandbox import Sandbox

Xml = Callable[..., str]

ABC = "X:1\nT:The Round\nC:Thomas Tallis\nM:4/4\nL:1/4\nK:D\n|:DEFG|A2A2|D4:|\n"
needs_music21 = pytest.mark.skipif(find_spec("music21") is None, reason="needs music21")


def packed(data: bytes) -> dict[str, str]:
    return {"data": b64encode(data).decode(), "dataEncoding": "base64"}


def midi_of(client: Any, score: str) -> bytes:
    answer = client("GET", f"/scores/{score}/revisions/last/midi")
    assert answer.status == 200
    content: bytes = answer.data
    return content


@needs_music21
class TestWithMusic21:
    def test_abc(self, client: Any) -> None:
        score = client.score(ABC, filename="round.abc")
        assert (score["title"], score["composer"]) == ("The Round", "Thomas Tallis")
        assert (score["numberMeasures"], score["mainKeySignature"], score["durationTime"]) == (3, 2, 12)
        xml = client("GET", f"/scores/{score['id']}/revisions/last/xml").data
        assert b"<score-partwise" in xml

    def test_abc_as_base64(self, client: Any) -> None:
        assert client.score(**packed(ABC.encode()))["title"] == "The Round"

    def test_midi(self, client: Any, xml: Xml) -> None:
        first = client.score(xml("Round", measures=3))
        second = client.score(**packed(midi_of(client, first["id"])), filename="again.mid")
        for fact in ("title", "numberMeasures", "mainKeySignature", "durationTime", "instruments", "mainTempoQpm"):
            assert second[fact] == first[fact]

    def test_midi_without_a_title_is_called_like_its_file(self, client: Any, xml: Xml) -> None:
        first = client.score(xml(None), title="Round")
        score = client.score(**packed(midi_of(client, first["id"])), filename="evening.mid")
        assert score["title"] == "evening"

    def test_a_revision_from_midi(self, client: Any, xml: Xml) -> None:
        long = client.score(xml("Long", measures=5))
        score = client.score(xml("Short", measures=1))
        path = f"/scores/{score['id']}"
        answer = client("POST", f"{path}/revisions", json=packed(midi_of(client, long["id"])))
        assert answer.status == 200
        details = client("GET", path).json()
        assert (details["title"], details["numberMeasures"]) == ("Short", 5)

    @pytest.mark.parametrize(
        "data", [b"MThd" + bytes(50), b"X:1\nM:4/4\nK:C\n[[[ (((", b"X:1\nK:C\nC|\nX:2\nK:C\nD|\n"]
    )
    def test_damaged_files_are_refused(self, client: Any, data: bytes) -> None:
        answer = client("POST", "/scores", json=packed(data))
        assert (answer.status, answer.json()["param"]) == (422, "data")
        assert client.score(ABC)["title"] == "The Round"


@pytest.fixture
def without_music21(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox whose worker finds no music21."""
    (tmp_path / "music21.py").write_text("raise ModuleNotFoundError('No music21', name='music21')")
    monkeypatch.syspath_prepend(tmp_path)
    with Sandbox() as sandbox:
        yield sandbox


def test_without_music21(without_music21: Sandbox, connect: Callable[[str, str | None], Any], xml: Xml) -> None:
    client = connect(without_music21.url, without_music21.token)
    for data in (ABC.encode(), b"MThd" + bytes(50)):
        answer = client("POST", "/scores", json=packed(data))
        assert (answer.status, answer.json()["param"]) == (422, "data")
        assert "pip install 'flat_api[midi]'" in answer.json()["message"]
    assert client.score(xml("Round"))["title"] == "Round"


def test_abc_is_not_written(client: Any, xml: Xml) -> None:
    score = client.score(xml("Round"))
    answer = client("GET", f"/scores/{score['id']}/revisions/last/abc")
    assert (answer.status, answer.json()["param"]) == (422, "format")
