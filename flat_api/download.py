"""Saving an answer to a file: streamed, whole or not at all, and never outside the chosen folder."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import unquote

if TYPE_CHECKING:
    from flat_api.rest import StreamingResponse

Progress: TypeAlias = Callable[[int, "int | None"], object]
"""Called after each piece with the bytes written so far and the size of the file, None when it is unknown."""

_BUFFER = 1 << 20
"""Bytes that are written at a time: with fewer, a fast line costs more processor time."""

_LONGEST_NAME = 150


def save(response: StreamingResponse, path: str | os.PathLike[str], progress: Progress | None = None) -> Path:
    """Write the body of an open response to a file and close the response.

    Args:
        response: The open response.
        path: A file, which is replaced; or an existing folder (or a path that ends in a separator), in which the file
            gets the name the server suggests, numbered when it is taken.
        progress: Called after each piece.

    Returns:
        Where the file is.

    Raises:
        TransportException: the body was cut off; no file is left.
        OSError: the file cannot be written; no file is left.
    """
    with response:
        wanted = Path(path)
        into_folder = wanted.is_dir() or os.fspath(path).endswith(("/", os.sep))
        folder = wanted if into_folder else wanted.parent
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f".{os.urandom(8).hex()}.part"
        try:
            with open(part, "xb", buffering=0) as file:
                _copy(response, file.write, progress)
                os.fsync(file.fileno())
            if into_folder:
                return _place(part, folder, suggested_name(response.headers, response.path))
            os.replace(part, wanted)
            return wanted
        finally:
            part.unlink(missing_ok=True)


def _copy(response: StreamingResponse, write: Callable[[memoryview], int], progress: Progress | None) -> None:
    written = 0
    for piece in response.pieces(_BUFFER):
        rest = piece
        while rest:
            rest = rest[write(rest) :]
        written += len(piece)
        if progress is not None:
            progress(written, response.size)


def _place(part: Path, folder: Path, name: str) -> Path:
    """Give a finished file its name without ever replacing another one."""
    stem, dot, suffix = name.partition(".")
    number = 1
    while True:
        target = folder / (name if number == 1 else f"{stem} ({number}){dot}{suffix}")
        try:
            # The name is taken first: hard links, which would do both in one step, are missing on many file systems.
            target.touch(exist_ok=False)
            break
        except FileExistsError:
            number += 1
    try:
        os.replace(part, target)
    except BaseException:
        target.unlink()
        raise
    return target


def suggested_name(headers: Mapping[str, str], path: str) -> str:
    """A safe file name for a response: from Content-Disposition (RFC 6266), else the end of the path.

    The name is one path component without control characters, at most 150 bytes long, and never hidden or reserved.
    """
    given = _disposition_name(headers.get("Content-Disposition", ""))
    name = (given or unquote(path.rpartition("/")[2])).replace("\\", "/").rpartition("/")[2]
    name = unicodedata.normalize("NFC", name)
    name = "".join("_" if letter in '<>:"|?*' or not letter.isprintable() else letter for letter in name)
    name = name.strip(" .")
    if _RESERVED.match(name):
        name = f"_{name}"
    while len(name.encode("utf-8", "replace")) > _LONGEST_NAME:
        stem, dot, suffix = name.rpartition(".")
        name = f"{stem[:-1]}.{suffix}" if dot and len(stem) > 1 and len(suffix) < 20 else name[:-1].rstrip(" .")
    return name or "download"


_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d) *(\.|$)", re.IGNORECASE)
_EXTENDED = re.compile(r"filename\*\s*=\s*\"?([\w-]+)'[\w-]*'([^;\s\"]+)", re.IGNORECASE)
_QUOTED = re.compile(r'filename\s*=\s*"((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_TOKEN = re.compile(r"filename\s*=\s*([^;\s\"]+)", re.IGNORECASE)


def _disposition_name(header: str) -> str:
    if extended := _EXTENDED.search(header):
        try:
            return unquote(extended[2], encoding=extended[1], errors="strict")
        except (LookupError, UnicodeDecodeError):
            pass
    if quoted := _QUOTED.search(header):
        return re.sub(r"\\(.)", r"\1", quoted[1])
    token = _TOKEN.search(header)
    return token[1] if token else ""
