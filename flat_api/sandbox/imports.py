"""What a new score is made from: the file or the builder data of a createScore body, or a stand-in for pictures."""

from __future__ import annotations

from base64 import b64decode
from pathlib import PurePath
from typing import Any

from flat_api.sandbox.errors import ApiError, invalid
from flat_api.sandbox.music import Engraver, MusicError, ScoreFile, blank, kind_of, read

# Assumed: what a score without any title is called.
_DEFAULT_TITLE = "New Music Score"
# The sandbox reads no notation from pictures, and what it makes of them says so.
_NOTICE = "Stand-in of the sandbox: no page was read"
_PICTURES = (b"%PDF", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")


def decode(body: dict[str, Any]) -> bytes:
    """The bytes of `data`: text, or Base64 when `dataEncoding` says so. Raises ApiError 422."""
    text: str = body["data"]
    if body.get("dataEncoding") != "base64":
        return text.encode()
    try:
        # Line breaks inside are common and harmless.
        return b64decode("".join(text.split()), validate=True)
    except ValueError:
        raise invalid("data", "is not Base64, although dataEncoding says so.") from None


def is_picture(data: bytes) -> bool:
    """Whether these are the first bytes of a PDF or an image, which needs recognition."""
    return data.startswith(_PICTURES)


def read_file(engraver: Engraver, data: bytes, filename: str | None = None) -> ScoreFile:
    """The facts of a MusicXML, MXL, ABC or MIDI file. Raises ApiError 422 when it is none."""
    try:
        kind = kind_of(data)
        return read(engraver.convert(data, kind) if kind else data, filename)
    except MusicError as problem:
        raise ApiError(422, "FILE_UNREADABLE", f"data: {problem}", "data") from problem


def build_file(title: str, builder: dict[str, Any]) -> ScoreFile:
    """A new empty score from `builderData`. Raises ApiError 422 for what cannot be built."""
    score = builder["scoreData"]
    try:
        xml = blank(
            title,
            [_part(one) for one in score["instruments"]],
            fifths=_integer(score, "fifths", 0),
            beats=_integer(score, "nbBeats", 4),
            beat_type=_integer(score, "beatType", 4),
        )
        return read(xml)
    except MusicError as problem:
        raise invalid("builderData.scoreData", str(problem)) from problem


def _part(instrument: dict[str, Any]) -> tuple[str, str]:
    # Assumed: a part without a long name is called like its instrument.
    name = instrument.get("longName") or instrument["instrument"].replace("-", " ").capitalize()
    return f"{instrument['group']}.{instrument['instrument']}", name


def _integer(score: dict[str, Any], name: str, default: int) -> int:
    value: float = score.get(name, default)
    if value != int(value):
        raise invalid(f"builderData.scoreData.{name}", f"{value} is not a whole number.")
    return int(value)


def title_of(body: dict[str, Any], file: ScoreFile | None) -> str:
    """The title that is asked for, or else the one in the file, or else the name of the file."""
    filename = PurePath(body.get("filename") or "").stem
    return body.get("title") or (file.title if file else None) or filename or _DEFAULT_TITLE


def recognized_title(filename: str | None) -> str:
    """The title that is "found" on the pages of a picture."""
    return f"OMR stand-in: {PurePath(filename or '').stem or 'pages'}"


def recognize(title: str, parts: list[tuple[str, str]]) -> ScoreFile:
    """What stands in for the music on a picture: rests under this title and a notice, the same every time.

    Parameters: `parts` are pairs of an instrument id and a part name. Raises MusicError.
    """
    subtitle = f"</work>\n  <movement-title>{_NOTICE}</movement-title>".encode()
    return read(blank(title, parts).replace(b"</work>", subtitle, 1))
