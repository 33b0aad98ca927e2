"""Media types of the formats, and the smallest honest file of each kind for example answers."""

from __future__ import annotations

import io
import struct
import wave
import zipfile
import zlib
from base64 import b64decode
from collections.abc import Callable

REVISION_FORMATS = {
    "xml": "application/vnd.recordare.musicxml+xml",
    "mxl": "application/vnd.recordare.musicxml",
    "midi": "audio/midi",
    "mp3": "audio/mp3",
    "wav": "audio/wav",
    "thumbnail.png": "image/png",
    "json": "application/json",
    "abc": "application/octet-stream",
    "flat": "application/octet-stream",
    "synchronizationPoints": "application/json",
}

_MUSICXML = (
    b'<?xml version="1.0" encoding="UTF-8"?><score-partwise version="4.0"><part-list>'
    b'<score-part id="P1"><part-name>Piano</part-name></score-part></part-list>'
    b'<part id="P1"><measure number="1"><note><rest measure="yes"/><duration>4</duration></note>'
    b"</measure></part></score-partwise>"
)
# A JPEG of one gray pixel.
_JPEG = b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP//////////////////////////////////////////////////////////////////"
    "////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAI"
    "AQEAAD8AP//Z"
)


def _zip(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            # A fixed date makes the bytes the same every time.
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return target.getvalue()


def _mxl() -> bytes:
    container = b'<container><rootfiles><rootfile full-path="score.xml"/></rootfiles></container>'
    return _zip({"META-INF/container.xml": container, "score.xml": _MUSICXML})


def _workbook() -> bytes:
    package = "http://schemas.openxmlformats.org/package/2006"
    document = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    sheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    type_ = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return _zip(
        {
            "[Content_Types].xml": (
                f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
                'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                f'<Override PartName="/workbook.xml" ContentType="{type_}.sheet.main+xml"/>'
                f'<Override PartName="/sheet.xml" ContentType="{type_}.worksheet+xml"/></Types>'
            ).encode(),
            "_rels/.rels": (
                f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
                f'Type="{document}/officeDocument" Target="workbook.xml"/></Relationships>'
            ).encode(),
            "workbook.xml": (
                f'<workbook xmlns="{sheet}" xmlns:r="{document}"><sheets>'
                '<sheet name="Submissions" sheetId="1" r:id="rId1"/></sheets></workbook>'
            ).encode(),
            "_rels/workbook.xml.rels": (
                f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
                f'Type="{document}/worksheet" Target="sheet.xml"/></Relationships>'
            ).encode(),
            "sheet.xml": f'<worksheet xmlns="{sheet}"><sheetData/></worksheet>'.encode(),
        }
    )


def _midi() -> bytes:
    track = b"\x00\xff\x2f\x00"
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, 480) + b"MTrk" + struct.pack(">I", len(track)) + track


def _wav() -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(16))
    return target.getvalue()


def _mp3() -> bytes:
    # One silent frame: MPEG-1 layer III, 128 kbit/s, 44.1 kHz, mono.
    return b"\xff\xfb\x90\xc0" + bytes(413)


def _png() -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\x00\xff")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


_SMALLEST: dict[str, Callable[[], bytes]] = {
    "application/json": lambda: b"{}",
    "application/octet-stream": lambda: b"example\n",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _workbook,
    "application/vnd.recordare.musicxml": _mxl,
    "application/vnd.recordare.musicxml+xml": lambda: _MUSICXML,
    "audio/midi": _midi,
    "audio/mp3": _mp3,
    "audio/wav": _wav,
    "image/jpeg": lambda: _JPEG,
    "image/png": _png,
    "text/csv": lambda: b"Student,Grade\r\n",
}


def smallest(media_type: str) -> bytes:
    """A small file of this media type, the same bytes every time."""
    return _SMALLEST[media_type]()
