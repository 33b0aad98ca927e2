"""Gunzip: a compressed body read piece by piece, in bounded memory, where an end that is missing is an error."""

from __future__ import annotations

import io
import zlib
from typing import Any

_INPUT = 16 * 1024
"""Compressed bytes that are taken at a time."""

_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32


class Gunzip(io.RawIOBase):
    """What a gzip or zlib stream holds, as a file.

    Args:
        source: A file with the compressed bytes. No bytes at all hold nothing.
    """

    def __init__(self, source: io.BufferedIOBase) -> None:
        self._source = source
        self._member: Any = None
        self._compressed = b""

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as one step goes; 0 only at the end.

        Raises:
            EOFError: the stream is cut off.
            zlib.error: the stream is damaged.
        """
        while True:
            data = self._compressed or self._source.read(_INPUT)
            if self._member is None:
                if not data:
                    return 0
                # Zeros after a member are padding; anything else is the next member (RFC 1952, section 2.2).
                data = data.lstrip(b"\0")
                if data:
                    self._member = zlib.decompressobj(_GZIP_OR_ZLIB)
                self._compressed = data
                continue
            piece = self._member.decompress(data, len(buffer))
            self._compressed = self._member.unconsumed_tail or self._member.unused_data
            if self._member.eof:
                self._member = None
            elif not data and not piece:
                raise EOFError("the compressed data is cut off")
            if piece:
                buffer[: len(piece)] = piece
                return len(piece)
