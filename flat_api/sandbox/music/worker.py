"""The child process: reads requests from standard input, engraves or plays, answers on standard output."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import BinaryIO
from xml.etree.ElementTree import Element

from flat_api.sandbox.music import document, midi, notation, picture, synth
from flat_api.sandbox.music.errors import MusicError
from flat_api.sandbox.music.frames import read_message, write_message

_JOBS: dict[str, Callable[[Element], list[bytes]]] = {
    "midi": lambda root: [midi.midi(root)],
    "thumbnail": lambda root: [picture.png(notation.pages(root, notation.THUMBNAIL, first_only=True)[0])],
    "svg": lambda root: [page.encode() for page in notation.pages(root, notation.PAGE)],
    "wav": lambda root: [synth.wav(midi.midi(root))],
    "mp3": lambda root: [synth.mp3(midi.midi(root))],
}


def answer(job: str, xml: bytes) -> list[bytes]:
    """Do one job: `ok` and the results, or `error` and a sentence."""
    try:
        return [b"ok", *_JOBS[job](document.parse(xml))]
    except MusicError as error:
        return [b"error", str(error).encode()]
    except Exception as error:  # whatever a library raises about one score must not end the process
        return [b"error", f"The score cannot be processed ({type(error).__name__}: {error}).".encode()]


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests (job, seconds, document) one after the other until the parent closes the pipe."""
    while True:
        try:
            job, seconds, xml = read_message(requests)
        except EOFError:
            return
        _limit(float(seconds))
        fields = answer(job.decode(), xml)
        _limit(0)
        write_message(answers, *fields)


def _limit(seconds: float) -> None:
    """Let the system end this process after some seconds, even if the parent is gone; 0 lifts the limit."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def main() -> None:
    """Serve on the standard streams, which are kept from anything a library may print."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        serve(sys.stdin.buffer, answers)
        answers.close()
    except BrokenPipeError:
        os._exit(1)  # the parent is gone: nothing is left to flush


if __name__ == "__main__":
    main()
