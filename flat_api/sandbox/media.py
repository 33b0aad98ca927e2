"""Media types of the formats, and a small honest file of each kind for example answers."""

from __future__ import annotations

from base64 import b64decode

from flat_api.sandbox.exercises import exercise
from flat_api.sandbox.music import mxl
from flat_api.sandbox.spreadsheets import EXCEL, xlsx_file

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

_MUSICXML = exercise("Example", 0).encode()
_SMALL = {
    "application/json": b"{}",
    "application/octet-stream": b"example\n",
    EXCEL: xlsx_file("Submissions", []),
    "application/vnd.recordare.musicxml": mxl(_MUSICXML),
    "application/vnd.recordare.musicxml+xml": _MUSICXML,
    # One empty track.
    "audio/midi": b64decode("TVRoZAAAAAYAAAABAeBNVHJrAAAABAD/LwA="),
    # One silent frame: MPEG-1 layer III, 128 kbit/s, 44.1 kHz, mono.
    "audio/mp3": b"\xff\xfb\x90\xc0" + bytes(413),
    # Eight silent samples: 16 bits, 8 kHz, mono.
    "audio/wav": b64decode("UklGRjQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YRAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    # One gray pixel.
    "image/jpeg": b64decode(
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP//////////////////////////////////////////////////////////////////"
        "////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAI"
        "AQEAAD8AP//Z"
    ),
    # One white pixel.
    "image/png": b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg=="
    ),
    "text/csv": b"Student,Grade\r\n",
}


def smallest(media_type: str) -> bytes:
    """A small file of this media type, the same bytes every time."""
    return _SMALL[media_type]
