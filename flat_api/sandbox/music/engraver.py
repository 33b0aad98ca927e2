"""The parent side: runs the worker process, bounds its time, and survives its crashes."""

from __future__ import annotations

import marshal
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any, BinaryIO, Self, cast

from flat_api.sandbox.music.conversion import Kind
from flat_api.sandbox.music.document import MusicError

_WORKER = "flat_api.sandbox.music.worker"


class Engraver:
    """Turns MusicXML into MIDI, pictures and sound, and other formats into MusicXML, in a worker process.

    Each of these raises MusicError for what cannot be done. The worker starts with the first call. It is restarted
    after a crash or a timeout, and ends with `close()` or with this process. Calls from several threads are done
    one after the other.

    Args:
        timeout: seconds that one call may take, the start of the worker included.
    """

    def __init__(self, timeout: float = 30.0) -> None:
        if not timeout > 0:
            raise ValueError(f"The timeout must be positive, not {timeout}.")
        self._timeout = timeout
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._closed = False

    def midi(self, xml: bytes) -> bytes:
        """A Standard MIDI File with the repeats played."""
        return bytes(self._call("midi", xml))

    def thumbnail(self, xml: bytes) -> bytes:
        """A PNG of the title and the first systems, 600 pixels wide."""
        return bytes(self._call("thumbnail", xml))

    def convert(self, data: bytes, kind: Kind) -> bytes:
        """MusicXML from ABC or MIDI; the worker needs music21 for it."""
        return bytes(self._call(f"from {kind}", data))

    def svg(self, xml: bytes) -> list[str]:
        """The engraved pages."""
        return list(self._call("svg", xml))

    def wav(self, xml: bytes) -> bytes:
        """The played score: PCM, 16 bit, 44.1 kHz, mono, with a tail of 0.4 s."""
        return bytes(self._call("wav", xml))

    def mp3(self, xml: bytes) -> bytes:
        """The played score: 128 kbit/s, 44.1 kHz, mono, with a tail of 0.4 s."""
        return bytes(self._call("mp3", xml))

    @property
    def worker_pid(self) -> int | None:
        """The process id of the worker, None while there is none."""
        process = self._process
        return process.pid if process else None

    def close(self) -> None:
        """End the worker. Closing twice is harmless; a call after closing raises RuntimeError."""
        with self._lock:
            self._closed = True
            if self._process is not None:
                _pipes(self._process)[0].close()  # the worker ends at the end of its input
                try:
                    self._process.wait(self._timeout)
                except subprocess.TimeoutExpired:
                    self._process.kill()
                self._discard()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _call(self, job: str, data: bytes) -> Any:
        with self._lock:
            if self._closed:
                raise RuntimeError("The engraver is closed.")
            if self._process is None or self._process.poll() is not None:
                self._discard()
                self._process = _start()
            status, result = self._exchange(self._process, job, data)
            if status == "exhausted":
                self._discard()  # what it holds is not given back
        if status != "ok":
            raise MusicError(result)
        return result

    def _exchange(self, process: subprocess.Popen[bytes], job: str, data: bytes) -> Any:
        """Send a request and read its answer. A timer kills a worker that takes too long; that ends the reading."""
        timed_out = threading.Event()

        def stop() -> None:
            timed_out.set()
            process.kill()

        timer = threading.Timer(self._timeout, stop)
        timer.start()
        requests, answers = _pipes(process)
        try:
            # The worker's own limit is a little longer: it only matters when this process is gone.
            marshal.dump((job, self._timeout + 5, data), requests)
            requests.flush()
            return marshal.load(answers)
        except (EOFError, OSError):
            code = self._discard()
            reason = signal.Signals(-code).name if code < 0 else f"exit code {code}"
            if timed_out.is_set():
                raise MusicError(
                    f"The score took longer than {self._timeout:g} seconds: send a shorter or simpler one."
                ) from None
            raise MusicError(
                f"The engraver broke off at this score ({reason}): check it in a notation program."
            ) from None
        except BaseException:
            self._discard()  # an answer may still be under way: this worker cannot be used again
            raise
        finally:
            timer.cancel()
            timer.join()

    def _discard(self) -> int:
        """Make sure that the worker is gone; return its exit code."""
        process, self._process = self._process, None
        if process is None:
            return 0
        process.kill()
        code = process.wait()
        for pipe in _pipes(process):
            with suppress(OSError):  # what is still in the buffer has no reader any more
                pipe.close()
        return code


def _start() -> subprocess.Popen[bytes]:
    # The worker imports from where this process imports, wherever it was started.
    path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
    return subprocess.Popen(
        [sys.executable, "-P", "-m", _WORKER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
    )


def _pipes(process: subprocess.Popen[bytes]) -> tuple[BinaryIO, BinaryIO]:
    assert process.stdin is not None
    assert process.stdout is not None
    return cast(BinaryIO, process.stdin), cast(BinaryIO, process.stdout)
