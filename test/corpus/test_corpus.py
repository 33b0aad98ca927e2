"""Real music: scores of music21's corpus are imported over HTTP and exported to MIDI, PNG and WAV.

Five scores are tried wherever music21 is installed, all of them with `FLAT_CORPUS=1`. A table of all of them:
`python test/corpus/test_corpus.py`.

With music21 10.5.1 these are 159 scores: 124 in MusicXML or MXL, 14 in ABC, 21 in MIDI. All are imported and become
MIDI and PNG; the lengths of MIDI and WAV agree with durationTime. Five quartets of Beethoven become no WAV: they play
for 25 to 49 minutes as they are written there, all movements in one file, and audio has at most 20.
"""

from __future__ import annotations

import io
import os
import sys
import time
import wave
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import mido  # type: ignore[import-untyped]
import pytest
import urllib3

from flat_api.sandbox import Sandbox

FORMATS = ("midi", "thumbnail.png", "wav")
SAMPLE = (
    "corpus/bach/bwv66.6.mxl",
    "corpus/monteverdi/madrigal.3.4.mxl",
    "corpus/schoenberg/opus19/movement2.mxl",
    "corpus/ryansMammoth/LanigansBallJig.abc",
    "midi/testPrimitive/test06.mid",
)
# A pattern, and of what it finds every so manieth.
CHOICE = (
    ("corpus/[c-hj-lv-z]*/**/*.mxl", 1),
    ("corpus/[c-hj-lv-z]*/**/*.xml", 1),
    ("corpus/bach/*.mxl", 40),
    ("corpus/beach/*.musicxml", 1),
    ("corpus/beethoven/**/*.mxl", 1),
    ("corpus/monteverdi/*.mxl", 3),
    ("corpus/mozart/**/*.mxl", 2),
    ("corpus/s*/**/*.mxl", 1),
    ("corpus/s*/**/*.xml", 1),
    ("corpus/theoryExercises/*.mxl", 1),
    ("corpus/trecento/*.xml", 10),
    ("corpus/ryansMammoth/*.abc", 90),
    ("corpus/oneills1850/0731-0731.abc", 1),
    ("midi/testPrimitive/*.mid", 1),
)
# The sandbox plays at most 20 minutes; these quartets are longer as they are written there, in one file.
LONGEST_AUDIO = 1200
# A MIDI file holds whole ticks and whole microseconds a quarter note.
TOLERANCE = 0.05
TAIL = 0.4


def folder() -> Path | None:
    """Where music21 is installed; it is not imported."""
    spec = find_spec("music21")
    return Path(spec.origin).parent if spec and spec.origin else None


def chosen(root: Path) -> list[Path]:
    found = {path for pattern, step in CHOICE for path in sorted(root.glob(pattern))[::step]}
    return sorted(found | {root / name for name in SAMPLE})


@dataclass
class Trial:
    """What became of one score; `failures` by step, with what was answered."""

    name: str
    failures: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    duration: float = 0.0
    measures: int = 0
    title: str = ""


class Client:
    """Imports and exports over HTTP."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._pool = urllib3.PoolManager(retries=False, headers={"Authorization": f"Bearer {sandbox.token}"})

    def close(self) -> None:
        self._pool.clear()

    def attempt(self, path: Path) -> Trial:
        trial = Trial(path.name if path.suffix == ".mid" else f"{path.parent.name}/{path.name}")
        body = {"data": b64encode(path.read_bytes()).decode(), "dataEncoding": "base64", "filename": path.name}
        created = self._timed(trial, "import", "POST", "/scores", json=body)
        if created is None:
            return trial
        score = created.json()
        trial.duration, trial.measures = score["durationTime"], score["numberMeasures"]
        trial.title = score["title"]
        for form in FORMATS:
            answer = self._timed(trial, form, "GET", f"/scores/{score['id']}/revisions/last/{form}")
            if answer is not None:
                problem = _problem(form, answer.data, trial.duration)
                if problem:
                    trial.failures[form] = problem
        self._pool.request("DELETE", f"{self._sandbox.url}/scores/{score['id']}?now=true")
        return trial

    def _timed(
        self, trial: Trial, step: str, method: str, path: str, **body: object
    ) -> urllib3.BaseHTTPResponse | None:
        start = time.perf_counter()
        answer = self._pool.request(method, self._sandbox.url + path, timeout=100, **body)  # type: ignore[arg-type]
        trial.seconds[step] = time.perf_counter() - start
        if answer.status == 200:
            return answer
        trial.failures[step] = f"{answer.status} {answer.json()['message']}"
        return None


def _problem(form: str, content: bytes, duration: float) -> str | None:
    """What is wrong with an exported file."""
    if form == "thumbnail.png":
        return None if content.startswith(b"\x89PNG") and len(content) > 2000 else f"{len(content)} bytes"
    if form == "midi":
        length = mido.MidiFile(file=io.BytesIO(content)).length
    else:
        with wave.open(io.BytesIO(content)) as file:
            length = file.getnframes() / file.getframerate() - TAIL
    return None if abs(length - duration) < TOLERANCE else f"plays {length:.2f} s, durationTime is {duration:.2f} s"


def expected(trial: Trial) -> dict[str, str]:
    """The failures that have a reason outside of the code under test."""
    if trial.duration <= LONGEST_AUDIO:
        return {}
    return {form: text for form, text in trial.failures.items() if form == "wav" and "but audio has at most" in text}


ROOT = folder()
SCORES = [] if ROOT is None else chosen(ROOT) if os.environ.get("FLAT_CORPUS") else [ROOT / name for name in SAMPLE]


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with Sandbox() as sandbox:
        opened = Client(sandbox)
        yield opened
        opened.close()


@pytest.mark.skipif(ROOT is None, reason="needs music21")
@pytest.mark.parametrize("path", SCORES, ids=lambda path: path.name)
def test_import_and_export(client: Client, path: Path) -> None:
    trial = client.attempt(path)
    assert trial.failures == expected(trial)
    assert trial.measures > 0
    assert trial.duration > 0


def main() -> None:
    """Try all scores and print what became of them."""
    if ROOT is None:
        sys.exit("This needs music21: pip install music21")
    trials = []
    with Sandbox() as sandbox:
        client = Client(sandbox)
        for path in chosen(ROOT):
            trial = client.attempt(path)
            trials.append(trial)
            times = " ".join(f"{trial.seconds.get(step, 0):6.2f}" for step in ("import", *FORMATS))
            failures = "; ".join(f"{step}: {text}" for step, text in trial.failures.items())
            print(f"{trial.name[-50:]:50} {trial.measures:5} {trial.duration:8.1f} {times}  {failures}", flush=True)
        client.close()
    reasons = Counter(f"{step}: {text}" for trial in trials for step, text in trial.failures.items())
    print(f"{len(trials)} scores, {sum(bool(trial.failures) for trial in trials)} with failures")
    for step in ("import", *FORMATS):
        found = sorted(trial.seconds[step] for trial in trials if step in trial.seconds)
        print(f"{step}: median {found[len(found) // 2]:.2f} s, longest {found[-1]:.2f} s")
    for reason, count in reasons.most_common():
        print(count, reason)


if __name__ == "__main__":
    main()
