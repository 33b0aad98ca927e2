"""ABC and MIDI become MusicXML, with music21 in the worker."""

from __future__ import annotations

import io
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

import mido  # type: ignore[import-untyped]
import pytest

from flat_api.sandbox.music import Engraver, MusicError, kind_of, read
from flat_api.sandbox.music.midi_file import MAX_NOTES

needs_music21 = pytest.mark.skipif(find_spec("music21") is None, reason="needs music21")

ABC = b"""%abc-2.1
X:1
T:The Round
C:Thomas Tallis
M:3/4
L:1/8
Q:1/4=90
K:Bb
|:B2c2d2|(3efg a2 b2|B6:|
"""


def midi(*tracks: list[mido.Message | mido.MetaMessage], type_: int = 1) -> bytes:
    file = mido.MidiFile(type=type_, ticks_per_beat=480)
    file.tracks.extend(mido.MidiTrack(track) for track in tracks)
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def quarters(*keys: int, channel: int = 0, velocity: int = 90, ticks: int = 480) -> list[mido.Message]:
    return [
        message
        for key in keys
        for message in (
            mido.Message("note_on", channel=channel, note=key, velocity=velocity),
            mido.Message("note_off", channel=channel, note=key, time=ticks),
        )
    ]


def sounds(data: bytes) -> list[tuple[int, int, int]]:
    """Channel, key and velocity of the notes in the order of their beginning."""
    return [
        (message.channel, message.note, message.velocity)
        for message in mido.MidiFile(file=io.BytesIO(data))
        if message.type == "note_on" and message.velocity
    ]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"MThd\x00\x00", "midi"),
        (ABC, "abc"),
        (b"\xef\xbb\xbf\n% a comment\nX: 7\n", "abc"),
        (b"<score-partwise/>", None),
        (b"Dear all,\nX:1\n", None),
        (b"", None),
    ],
)
def test_kinds(data: bytes, kind: str | None) -> None:
    assert kind_of(data) == kind


def test_without_music21_the_command_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    absent = "raise ModuleNotFoundError(\"No module named 'music21'\", name='music21')"
    (tmp_path / "music21.py").write_text(absent)
    monkeypatch.syspath_prepend(tmp_path)
    with Engraver() as engraver:
        with pytest.raises(MusicError, match=r"ABC notation, .* pip install 'flat_api\[midi\]'"):
            engraver.convert(ABC, "abc")
        with pytest.raises(MusicError, match=r"a MIDI file, .* pip install 'flat_api\[midi\]'"):
            engraver.convert(midi(quarters(60)), "midi")


@needs_music21
class TestAbc:
    def test_facts(self, engraver: Engraver) -> None:
        file = read(engraver.convert(ABC, "abc"))
        assert (file.title, file.composer, file.key_fifths, file.tempo_qpm) == ("The Round", "Thomas Tallis", -2, 90)
        assert (file.number_measures, file.duration) == (3, 12.0)  # twice three measures of three quarters
        assert file.instruments == ["keyboards.piano"]

    def test_notes(self, engraver: Engraver) -> None:
        played = sounds(engraver.midi(engraver.convert(ABC, "abc")))
        assert [key for _, key, _ in played] == [70, 72, 74, 75, 77, 79, 81, 82, 70] * 2

    def test_the_same_bytes_every_time(self, engraver: Engraver) -> None:
        with Engraver() as other:
            assert other.convert(ABC, "abc") == engraver.convert(ABC, "abc")

    def test_the_default_length_is_an_eighth(self, engraver: Engraver) -> None:
        assert read(engraver.convert(b"X:1\nK:C\nABcd|", "abc")).duration == 1.0

    def test_latin_1(self, engraver: Engraver) -> None:
        assert read(engraver.convert(ABC.replace(b"Round", b"Caf\xe9"), "abc")).title == "The Café"

    @pytest.mark.parametrize(
        ("abc", "problem"),
        [
            (ABC + b"\nX:2\nT:Another\nK:C\nc|\n", "has 2 tunes"),
            (b"X:1\nM:4/4\nK:C\n[[[ (((", "cannot be read"),
            (b"X:1\nM:0/0\nK:C\nABC|", "ZeroDivisionError"),
            (b"X:1\nM:3/4\nK:C\n|:A6:|", "less than two plain bar lines"),
            (b"X:1\n" + b"%" * 300_000, "at most 262,144"),
        ],
    )
    def test_what_is_not_read(self, engraver: Engraver, abc: bytes, problem: str) -> None:
        with pytest.raises(MusicError, match=problem):
            engraver.convert(abc, "abc")


@needs_music21
class TestMidi:
    def test_a_score_comes_back(self, engraver: Engraver, canon: bytes) -> None:
        """Unfolded: MIDI has no repeats."""
        sent = engraver.midi(canon)
        written = engraver.convert(sent, "midi")
        before, after = read(canon), read(written)
        for fact in ("title", "instruments", "instrument_names", "key_fifths", "tempo_qpm", "number_measures"):
            assert getattr(after, fact) == getattr(before, fact)
        assert after.duration == pytest.approx(before.duration, abs=0.01)
        assert Counter(sounds(engraver.midi(written))) == Counter(sounds(sent))

    def test_the_same_bytes_every_time(self, engraver: Engraver) -> None:
        sent = midi(quarters(60, 64, 67))
        with Engraver() as other:
            assert other.convert(sent, "midi") == engraver.convert(sent, "midi")

    def test_overlapping_notes_become_voices(self, engraver: Engraver) -> None:
        held = [
            mido.Message("note_on", note=48, velocity=90),
            *quarters(60, 62, 64),
            mido.Message("note_off", note=48, time=480),
        ]
        file = read(engraver.convert(midi(held), "midi"))
        assert file.duration == 2.0
        assert b"<voice>" in file.xml

    def test_transposing_instruments_sound_as_sent(self, engraver: Engraver) -> None:
        sent = midi([mido.Message("program_change", program=71), *quarters(60, 64)])
        written = engraver.convert(sent, "midi")
        assert read(written).instruments == ["woodwinds.clarinet"]
        assert sounds(engraver.midi(written)) == sounds(sent)

    def test_drums(self, engraver: Engraver) -> None:
        sent = midi([mido.MetaMessage("track_name", name="Kit"), *quarters(36, 42, 51, 39, channel=9)])
        written = engraver.convert(sent, "midi")
        assert read(written).instruments[0].startswith("unpitched-percussion")
        assert sounds(engraver.midi(written)) == sounds(sent)

    def test_channels_of_one_track_are_parts(self, engraver: Engraver) -> None:
        track = [
            mido.Message("program_change", channel=0, program=40),
            mido.Message("program_change", channel=1, program=42),
            *quarters(60, channel=0),
            *quarters(48, channel=1),
        ]
        file = read(engraver.convert(midi(track, type_=0), "midi"))
        assert file.instruments == ["strings.violin", "strings.cello"]

    def test_signatures_and_spelling(self, engraver: Engraver) -> None:
        head = [
            mido.MetaMessage("time_signature", numerator=3, denominator=4),
            mido.MetaMessage("key_signature", key="Cm"),
        ]
        file = read(engraver.convert(midi(head, quarters(60, 63, 68, 71, 60, 60)), "midi"))
        assert (file.number_measures, file.key_fifths) == (2, -3)
        steps = [
            (note.findtext("step"), note.findtext("alter")) for note in ElementTree.fromstring(file.xml).iter("pitch")
        ]
        assert steps[1:4] == [("E", "-1"), ("A", "-1"), ("B", "0")]

    @pytest.mark.parametrize(("key", "fifths"), [("G#m", 5), ("A#m", 7), ("Abm", -7), ("Cb", -7), ("C#", 7)])
    def test_the_farthest_keys(self, engraver: Engraver, key: str, fifths: int) -> None:
        head = [mido.MetaMessage("key_signature", key=key)]
        assert read(engraver.convert(midi(head, quarters(60)), "midi")).key_fifths == fifths

    def test_bar_lines_are_on_a_grid_too(self, engraver: Engraver) -> None:
        """Ticks are rounded where a score has tuplets: a bar line one tick late leaves no gap."""
        head = [
            mido.MetaMessage("time_signature", numerator=3, denominator=4),
            mido.MetaMessage("time_signature", numerator=2, denominator=4, time=1441),
        ]
        file = read(engraver.convert(midi(head, quarters(60, 62, 64, 65, 67)), "midi"))
        assert (file.number_measures, file.duration) == (2, 2.5)

    def test_played_music_is_put_on_a_grid(self, engraver: Engraver) -> None:
        played = quarters(*[60] * 8)
        for index, shift in enumerate((17, -23, 31, -12, 26, -29, 14, -19)):
            played[2 * index + 1].time += shift
        assert read(engraver.convert(midi(played), "midi")).duration == 4.0

    def test_title(self, engraver: Engraver) -> None:
        named = [mido.MetaMessage("track_name", name="Wäldchen".encode().decode("latin-1"))]
        file = read(engraver.convert(midi(named, quarters(60)), "midi"))
        assert (file.title, file.instruments) == ("Wäldchen", ["keyboards.piano"])
        file = read(engraver.convert(midi(named + quarters(60)), "midi"))
        assert (file.title, file.instrument_names) == ("Wäldchen", ["Piano"])

    @pytest.mark.parametrize(
        ("data", "problem"),
        [
            (midi([]), "has 0 notes"),
            (midi(quarters(60))[:-9], "damaged"),
            (b"MThd" + bytes(50), "damaged"),
            (midi(quarters(60), type_=2), "no beats"),
            (midi(quarters(60, ticks=2**27)), "longer than 20,000"),
            (midi(quarters(*[60] * (MAX_NOTES + 1), ticks=1)), "20,001 notes"),
        ],
        ids=["empty", "truncated", "zeros", "type 2", "long", "many"],
    )
    def test_what_is_not_read(self, engraver: Engraver, data: bytes, problem: str) -> None:
        with pytest.raises(MusicError, match=problem):
            engraver.convert(data, "midi")


@needs_music21
class TestBounds:
    def test_memory(self) -> None:
        """A measure of a hundred million quarters; without the bound it takes all memory of the machine."""
        with Engraver() as engraver:
            with pytest.raises(MusicError, match=r"more memory|longer than 30 seconds|broke off"):
                engraver.convert(b"X:1\nM:99999999/4\nL:1/8\nK:C\nC|", "abc")
            assert read(engraver.convert(ABC, "abc")).number_measures == 3

    def test_time(self) -> None:
        with Engraver(timeout=3) as engraver:
            with pytest.raises(MusicError, match="longer than 3 seconds"):
                engraver.convert(b"X:1\nM:4/4\nL:1/8\nK:C\n" + b"C|" * 50_000, "abc")
            assert engraver.worker_pid is None
