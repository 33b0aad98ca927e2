"""Answer: an HTTP response that is read up to a deadline, and that notices when its body is cut off."""

from __future__ import annotations

import http.client
import io
import socket
import time
from typing import Any

_PROGRESS = 1024
"""Bytes that an answer without a deadline must bring within the timeout."""


class Reads(io.RawIOBase):
    """A socket as a file whose reads end at a deadline, so that a dripping answer cannot last for ever."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, timeout: float) -> None:
        self._raw = raw
        self._sock = sock
        self._timeout = timeout
        self._deadline = time.monotonic() + timeout
        # The connection has just been given this timeout: one system call less for a small answer.
        self._is_set = True
        self._due = 0
        self._lasting = False

    def allow_to_last(self) -> None:
        """Move the deadline from now on whenever there is progress."""
        self._lasting = True
        self._deadline = time.monotonic() + self._timeout

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("timed out")
        if not self._is_set:
            self._sock.settimeout(remaining)
        self._is_set = False
        count = self._sock.recv_into(buffer)
        if self._lasting:
            self._due -= count
            if self._due <= 0:
                self._due = _PROGRESS
                self._deadline = time.monotonic() + self._timeout
        return count

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class Answer(http.client.HTTPResponse):
    """An HTTP response that reads up to a deadline and notices when its body is cut off."""

    def __init__(self, sock: socket.socket, *args: Any, timeout: float, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.reads = Reads(self.fp.detach(), sock, timeout)
        self.fp = io.BufferedReader(self.reads, 16384)

    def begin(self, **options: Any) -> None:
        super().begin(**options)
        # Interim answers (RFC 9110, section 15.2) come before the answer.
        while 100 <= self.status < 200:
            self.headers = None  # type: ignore[assignment]
            super().begin(**options)

    def read(self, amt: int | None = None) -> bytes:
        data = super().read(amt)
        if not data and self.length and amt != 0:
            raise http.client.IncompleteRead(data, self.length)
        return data

    def readinto(self, b: Any) -> int:
        count = super().readinto(b)
        if not count and self.length and len(b):
            raise http.client.IncompleteRead(b"", self.length)
        return count

    def _read_next_chunk_size(self) -> int:
        size: int = super()._read_next_chunk_size()  # type: ignore[misc]
        if size < 0:
            raise ValueError("negative chunk size")
        return size
