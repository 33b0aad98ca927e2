"""Messages on a pipe: a count, then that many byte strings, each behind its length."""

from __future__ import annotations

import struct
from typing import BinaryIO

_NUMBER = struct.Struct(">I")


def write_message(pipe: BinaryIO, *fields: bytes) -> None:
    """Write one message and flush it."""
    pipe.write(_NUMBER.pack(len(fields)))
    for field in fields:
        pipe.write(_NUMBER.pack(len(field)))
        pipe.write(field)
    pipe.flush()


def read_message(pipe: BinaryIO) -> list[bytes]:
    """Read one message.

    Raises:
        EOFError: the other side has closed the pipe.
    """
    return [_exactly(pipe, _number(pipe)) for _ in range(_number(pipe))]


def _number(pipe: BinaryIO) -> int:
    (value,) = _NUMBER.unpack(_exactly(pipe, _NUMBER.size))
    return int(value)


def _exactly(pipe: BinaryIO, size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data
