"""A picture of a page of empty staves, as a JPEG image."""

from __future__ import annotations

import struct
from collections.abc import Sequence

# In squares of 8 by 8 pixels.
_WIDTH, _HEIGHT, _MARGIN = 80, 113, 6
_STAFF, _DISTANCE = 5, 14
_PAPER, _LINE = 255, 150


def staves() -> bytes:
    """The page, 640 by 904 pixels in shades of gray; the same bytes every time."""
    blank = [_PAPER] * _WIDTH
    line = [_PAPER] * _MARGIN + [_LINE] * (_WIDTH - 2 * _MARGIN) + [_PAPER] * _MARGIN
    rows = [blank] * _HEIGHT
    for top in range(_MARGIN, _HEIGHT - _DISTANCE, _DISTANCE):
        for number in range(_STAFF):
            rows[top + 2 * number] = line
    return _jpeg(rows)


def _jpeg(rows: Sequence[Sequence[int]]) -> bytes:
    """A baseline JPEG of plain squares: each value is the gray of 8 by 8 pixels."""
    size = struct.pack(">HH", 8 * len(rows), 8 * len(rows[0]))
    # Code k (of 4 bits) says that a difference of k bits follows; the only other code (of 1 bit) ends a square.
    differences = bytes([0, 0, 0, 9, *[0] * 12, *range(9)])
    end = bytes([1, *[0] * 15, 0])
    return b"".join(
        (
            b"\xff\xd8",
            _segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
            _segment(0xDB, bytes([0, *[8] * 64])),
            _segment(0xC0, b"\x08" + size + b"\x01\x01\x11\x00"),
            _segment(0xC4, b"\x00" + differences),
            _segment(0xC4, b"\x10" + end),
            _segment(0xDA, b"\x01\x01\x00\x00\x3f\x00"),
            _scan(rows).replace(b"\xff", b"\xff\x00"),
            b"\xff\xd9",
        )
    )


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _scan(rows: Sequence[Sequence[int]]) -> bytes:
    bits = []
    previous = 128
    for row in rows:
        for gray in row:
            difference, previous = gray - previous, gray
            length = abs(difference).bit_length()
            value = difference if difference > 0 else difference + 2**length - 1
            bits.append(f"{length:04b}" + (f"{value:0{length}b}" if length else "") + "0")
    text = "".join(bits)
    text += "1" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big")
