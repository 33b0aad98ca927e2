"""Pictures and sound, and a worker that may crash, hang or be killed."""

from __future__ import annotations

import io
import os
import signal
import struct
import subprocess
import sys
import threading
import wave
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import mido  # type: ignore[import-untyped]
import numpy as np
import pytest
from numpy.typing import NDArray

from flat_api.sandbox.music import Engraver, MusicError, blank, read

Make = Callable[..., bytes]
Notes = Callable[..., str]

PIANO = blank("Piano", [("keyboards.piano", "Piano")])
posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")


def pixels(png: bytes) -> NDArray[np.uint8]:
    """Decode a PNG of 8 bit RGBA."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, depth, colors = struct.unpack(">IIBB", png[16:26])
    assert (depth, colors) == (8, 6)
    data, at = b"", 8
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + size]
        at += size + 12
    rows = np.frombuffer(zlib.decompress(data), np.uint8).reshape(height, 1 + width * 4)
    image = np.zeros((height, width, 4), np.uint8)
    above = np.zeros((width, 4), int)
    for y, row in enumerate(rows):
        line = row[1:].reshape(width, 4).astype(int)
        left, corner = np.zeros(4, int), np.zeros(4, int)
        for x in range(width):
            if row[0] == 1:
                line[x] += left
            elif row[0] == 2:
                line[x] += above[x]
            elif row[0] == 3:
                line[x] += (left + above[x]) // 2
            elif row[0] == 4:
                guess = left + above[x] - corner
                a, b, c = abs(guess - left), abs(guess - above[x]), abs(guess - corner)
                line[x] += np.where((a <= b) & (a <= c), left, np.where(b <= c, above[x], corner))
            line[x] &= 255
            left, corner = line[x], above[x]
        image[y] = line
        above = line
    return image


def samples(wav: bytes) -> NDArray[np.int16]:
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 44_100)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def mp3_seconds(mp3: bytes) -> float:
    """Count the frames of an MPEG-1 layer III stream of 128 kbit/s at 44.1 kHz."""
    at = frames = 0
    while at < len(mp3):
        assert mp3[at : at + 2] in (b"\xff\xfb", b"\xff\xfa")
        assert mp3[at + 2] >> 2 == 0x90 >> 2
        at += 417 + (mp3[at + 2] >> 1 & 1)
        frames += 1
    return frames * 1152 / 44_100


def frequency(sound: NDArray[np.int16]) -> float:
    """The strongest frequency in the first second."""
    return float(np.abs(np.fft.rfft(sound[:44_100])).argmax())


class TestResults:
    def test_midi_is_as_long_as_the_score(self, engraver: Engraver, canon: bytes) -> None:
        file = mido.MidiFile(file=io.BytesIO(engraver.midi(canon)))
        assert file.length == pytest.approx(read(canon).duration, abs=0.01)
        assert sum(message.type == "note_on" for message in file) == 4 * 64 - (4 + 8 + 12)

    def test_thumbnail_shows_title_and_notation(self, engraver: Engraver, canon: bytes) -> None:
        image = pixels(engraver.thumbnail(canon))
        height, width, _ = image.shape
        assert width == 600
        assert 200 < height <= 800
        assert (image[..., 3] == 255).all()
        dark = image[..., :3].max(axis=2) < 128
        assert 0.02 < dark.mean() < 0.3
        assert dark[20:60, 200:400].sum() > 500  # the title
        assert not dark[20:60, :150].any()
        longest_lines = np.sort((image[..., :3].max(axis=2) < 240).sum(axis=1))[-20:]
        assert (longest_lines > 400).all()  # the staff lines of four voices

    def test_thumbnail_of_a_score_without_words(self, engraver: Engraver, score: Make, notes: Notes) -> None:
        image = pixels(engraver.thumbnail(score(notes())))
        assert (image[..., :3] < 128).any()

    def test_a_tall_score_fits_the_thumbnail(self, engraver: Engraver) -> None:
        png = engraver.thumbnail(blank("Tutti", [("strings.violin", "Violin")] * 40))
        assert struct.unpack(">II", png[16:24]) == (600, 800)

    def test_a_thumbnail_needs_the_beginning_alone(self, engraver: Engraver, score: Make, notes: Notes) -> None:
        whole = [notes(1, duration=4, pitch=f"{step}4") for step in "CDEFGAB" * 100]
        assert engraver.thumbnail(score(*whole)) == engraver.thumbnail(score(*whole[:400]))

    def test_results_are_the_same_every_time(self, canon: bytes, engraver: Engraver) -> None:
        with Engraver() as other:
            assert other.svg(canon) == engraver.svg(canon)
            assert other.thumbnail(canon) == engraver.thumbnail(canon)
            assert other.wav(PIANO) == engraver.wav(PIANO)

    def test_svg_has_words_and_music(self, engraver: Engraver, canon: bytes) -> None:
        (page,) = engraver.svg(canon)
        assert page.startswith("<svg")
        assert page.rstrip().endswith("</svg>")
        for words in ("Tallis’s Canon", "Thomas Ken (1637–1711)", "Soprano", "praise"):
            assert words in page
        assert page.count('class="note"') == 4 * 64 - (4 + 8 + 12)

    def test_only_the_first_page_has_the_title(self, engraver: Engraver) -> None:
        first, *others = engraver.svg(blank("Tutti", [("strings.violin", "Violin")] * 20))
        assert others
        assert "Tutti" in first
        assert not any("Tutti" in page for page in others)

    def test_other_encodings_are_engraved(self, engraver: Engraver, canon: bytes) -> None:
        sent = canon.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")
        assert engraver.svg(sent) == engraver.svg(canon)

    def test_wav(self, engraver: Engraver, canon: bytes) -> None:
        sound = samples(engraver.wav(canon))
        assert len(sound) / 44_100 == pytest.approx(read(canon).duration, abs=0.5)
        assert np.abs(sound.astype(int)).max() < 32_000  # nothing is clipped
        assert np.abs(sound[: 44_100 * 45].astype(int)).max() > 20_000
        assert abs(int(sound[-1])) < 50  # it ends in silence

    @pytest.mark.parametrize(("pitch", "hertz"), [("A4", 440), ("A3", 220), ("C5", 523)])
    def test_wav_is_in_tune(self, engraver: Engraver, score: Make, notes: Notes, pitch: str, hertz: int) -> None:
        sound = samples(engraver.wav(score(notes(1, duration=4, pitch=pitch))))
        assert frequency(sound) == pytest.approx(hertz, abs=1.5)

    def test_instruments_sound_different(self, engraver: Engraver, score: Make, notes: Notes) -> None:
        flute, organ = (
            samples(engraver.wav(score(notes(), part=f"<part-name>{name}</part-name>"))) for name in ("Flute", "Organ")
        )
        assert len(flute) == len(organ)
        assert not np.allclose(flute, organ, atol=1000)

    def test_silence_is_silent(self, engraver: Engraver) -> None:
        sound = samples(engraver.wav(PIANO))
        assert not sound.any()
        assert len(sound) / 44_100 == pytest.approx(read(PIANO).duration, abs=0.5)

    def test_mp3(self, engraver: Engraver, canon: bytes) -> None:
        mp3 = engraver.mp3(canon)
        assert mp3_seconds(mp3) == pytest.approx(read(canon).duration, abs=0.5)

    def test_audio_is_bounded(self, engraver: Engraver, score: Make, notes: Notes) -> None:
        long = score('<sound tempo="4"/>' + notes(1, duration=100))
        assert read(long).duration == 1500
        with pytest.raises(MusicError, match="at most 20"):
            engraver.wav(long)

    def test_bad_scores_are_explained(self, engraver: Engraver) -> None:
        with pytest.raises(MusicError, match="a PDF document"):
            engraver.svg(b"%PDF-1.7")
        assert engraver.midi(PIANO)


class TestWorker:
    @pytest.fixture
    def own(self) -> Iterator[Engraver]:
        with Engraver() as engraver:
            yield engraver

    def test_it_starts_with_the_first_call(self, own: Engraver) -> None:
        assert own.worker_pid is None
        own.midi(PIANO)
        first = own.worker_pid
        own.midi(PIANO)
        assert own.worker_pid == first is not None

    @posix
    def test_it_recovers_from_being_killed(self, own: Engraver) -> None:
        own.midi(PIANO)
        killed = own.worker_pid
        assert killed
        os.kill(killed, signal.SIGKILL)
        os.waitid(os.P_PID, killed, os.WEXITED | os.WNOWAIT)
        assert own.midi(PIANO)
        assert own.worker_pid != killed

    @posix
    def test_a_crash_is_an_error_and_the_next_call_works(self, own: Engraver) -> None:
        # verovio divides by zero here; should it stop doing so, this needs another such score.
        crashing = PIANO.replace(b"<beat-type>4<", b"<beat-type>0<")
        with pytest.raises(MusicError, match="broke off"):
            own.svg(crashing)
        assert own.svg(PIANO)

    @posix
    def test_a_hang_is_bounded_and_the_next_call_works(self) -> None:
        with Engraver(timeout=3) as engraver:
            engraver.midi(PIANO)
            stopped = engraver.worker_pid
            assert stopped
            os.kill(stopped, signal.SIGSTOP)
            with pytest.raises(MusicError, match="longer than 3 seconds"):
                engraver.midi(PIANO)
            assert engraver.midi(PIANO)
            assert engraver.worker_pid != stopped

    @posix
    def test_a_worker_that_does_not_read_is_bounded(self) -> None:
        with Engraver(timeout=2) as engraver:
            engraver.midi(PIANO)
            stopped = engraver.worker_pid
            assert stopped
            os.kill(stopped, signal.SIGSTOP)
            with pytest.raises(MusicError, match="longer than 2 seconds"):
                engraver.midi(PIANO + b" " * 1_000_000)

    def test_a_tiny_timeout(self) -> None:
        with Engraver(timeout=0.001) as hasty, pytest.raises(MusicError, match="longer than 0"):
            hasty.wav(PIANO)

    def test_threads_share_it(self, own: Engraver) -> None:
        titles = [f"Title {number}" for number in range(12)]
        scores = [blank(title, [("keyboards.piano", "Piano")]) for title in titles]
        with ThreadPoolExecutor(6) as pool:
            pages = list(pool.map(own.svg, scores))
        assert all(title in page[0] for title, page in zip(titles, pages, strict=True))

    def test_closing(self, own: Engraver) -> None:
        own.midi(PIANO)
        own.close()
        own.close()
        assert own.worker_pid is None
        with pytest.raises(RuntimeError, match="closed"):
            own.midi(PIANO)

    def test_timeout_must_be_positive(self) -> None:
        with pytest.raises(ValueError, match="positive"):
            Engraver(timeout=0)

    @posix
    def test_it_ends_with_its_parent(self) -> None:
        """The worker inherits the parent's standard error: its end is seen when that pipe closes."""
        program = (
            "import os, signal; from flat_api.sandbox.music import Engraver, blank; engraver = Engraver(); "
            "engraver.midi(blank('T', [('keyboards.piano', 'Piano')])); os.kill(os.getpid(), signal.SIGKILL)"
        )
        parent = subprocess.run(
            [sys.executable, "-c", program],
            stderr=subprocess.PIPE,
            timeout=20,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert parent.returncode == -signal.SIGKILL
        assert parent.stderr == b""

    def test_it_does_not_import_the_server(self) -> None:
        program = "import sys, flat_api.sandbox.music.worker; print(*sys.modules)"
        child = subprocess.run(
            [sys.executable, "-c", program],
            stdout=subprocess.PIPE,
            check=True,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert not {"starlette", "uvicorn", "sqlite3"} & set(child.stdout.split())

    def test_no_thread_is_left_behind(self, own: Engraver) -> None:
        before = threading.active_count()
        own.midi(PIANO)
        assert threading.active_count() == before
