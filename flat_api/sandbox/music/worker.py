"""The child process: reads requests from standard input, engraves or plays, answers on standard output."""

from __future__ import annotations

import marshal
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from flat_api.sandbox.music import conversion, document, midi, notation, synth
from flat_api.sandbox.music.document import MusicError

MAX_MEMORY = 3 * 512 * 1024**2  # bytes, beside what the libraries take at the start

_JOBS: dict[str, Callable[[bytes], Any]] = {
    "midi": lambda xml: midi.midi(document.parse(xml)),
    "thumbnail": lambda xml: notation.thumbnail(document.parse(xml)),
    "svg": lambda xml: notation.pages(document.parse(xml)),
    "wav": lambda xml: synth.wav(midi.midi(document.parse(xml))),
    "mp3": lambda xml: synth.mp3(midi.midi(document.parse(xml))),
    "from abc": lambda data: conversion.musicxml(data, "abc"),
    "from midi": lambda data: conversion.musicxml(data, "midi"),
}


def answer(job: str, data: bytes) -> tuple[str, Any]:
    """Do one job: `ok` and the result, or a sentence behind `error`, or `exhausted` when no memory is left."""
    try:
        return "ok", _JOBS[job](data)
    except MemoryError:
        return "exhausted", "The score needs more memory than there is for one: send a shorter or simpler one."
    except MusicError as error:
        return "error", str(error)
    except Exception as error:  # whatever a library raises about one score must not end the process
        return "error", f"The score cannot be processed ({type(error).__name__}: {error})."


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests (job, seconds, data) one after the other until the parent closes the pipe."""
    while True:
        try:
            job, seconds, data = marshal.load(requests)
        except EOFError:
            return
        _limit(seconds)
        answered = answer(job, data)
        _limit(0)
        marshal.dump(answered, answers)
        answers.flush()


def _limit(seconds: float) -> None:
    """Let the system end this process after some seconds, even if the parent is gone; 0 lifts the limit."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _bound_memory() -> None:
    """Let allocations fail beyond a bound, where the system can tell what is in use (Linux)."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (ImportError, OSError):
        return
    most = pages * resource.getpagesize() + MAX_MEMORY
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or most < hard:
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def main() -> None:
    """Serve on the standard streams, which are kept from anything a library may print."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    _bound_memory()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        serve(sys.stdin.buffer, answers)
        answers.close()
    except BrokenPipeError:
        os._exit(1)  # the parent is gone: nothing is left to flush


if __name__ == "__main__":
    main()
