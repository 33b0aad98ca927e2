"""Other formats to MusicXML, with music21, which is heavy and therefore optional."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any, Literal
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from flat_api.sandbox.music.document import MusicError, exported

Kind = Literal["abc", "midi"]

MAX_BYTES: dict[Kind, int] = {"abc": 256 * 1024, "midi": 4 * 1024 * 1024}
_NAMES: dict[Kind, str] = {"abc": "ABC notation", "midi": "a MIDI file"}


def kind_of(data: bytes) -> Kind | None:
    """What has to be converted before it is read: the kind, or None for everything else."""
    if data.startswith(b"MThd"):
        return "midi"
    for line in data[:100_000].removeprefix(b"\xef\xbb\xbf").splitlines():
        if line.strip() and not line.lstrip().startswith(b"%"):
            return "abc" if line.startswith(b"X:") else None
    return None


def musicxml(data: bytes, kind: Kind) -> bytes:
    """Convert a score; the same bytes always give the same document.

    Raises:
        MusicError: music21 is missing, or the file cannot be read.
    """
    if len(data) > MAX_BYTES[kind]:
        raise MusicError(
            f"The file is {_NAMES[kind]} of {len(data):,} bytes, but at most {MAX_BYTES[kind]:,} are read: split it."
        )
    try:
        music21: Any = import_module("music21")
    except ModuleNotFoundError as missing:
        if missing.name != "music21":
            raise
        raise MusicError(
            f"The file is {_NAMES[kind]}, which needs music21 to be read: run pip install 'flat_api[midi]' "
            "where the sandbox runs, or send MusicXML."
        ) from None
    # Otherwise a score without a title or composer is given one.
    music21.defaults.title = music21.defaults.author = ""
    # Only now, because it needs music21.
    from flat_api.sandbox.music.from_midi import from_midi

    convert: Callable[[bytes], Element] = {"abc": _from_abc, "midi": from_midi}[kind]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about details of the notation
        root = convert(data)
    _tidy(root)
    written: bytes = ElementTree.tostring(root, "utf-8", xml_declaration=True)
    return written


def _from_abc(data: bytes) -> Element:
    """Read one tune as music21 does: ABC 1.6 and most of 2.1, without lyrics and names of voices."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    tunes = len(re.findall(r"^X:", text, re.MULTILINE))
    if tunes > 1:
        raise MusicError(f"The ABC file has {tunes} tunes, but a score is one: send them one by one.")
    if not re.search(r"^[LM]:", text, re.MULTILINE):
        # The standard's default, which music21 does not know.
        text = re.sub(r"^K:", "L:1/8\nK:", text, count=1, flags=re.MULTILINE)
    try:
        root = exported(import_module("music21").converter.parseData(text, format="abc"))
    except MemoryError:
        raise
    except Exception as error:  # music21 raises what comes
        raise MusicError(
            f"The ABC cannot be read ({type(error).__name__}: {str(error)[:200]}): check the tune."
        ) from None
    repeats = re.search(r"^(?![A-Za-z]:)[^%]*(:\||::)", text, re.MULTILINE)
    if repeats and root.find("part/measure/barline/repeat") is None:
        # music21 does not look for measures in such a tune.
        raise MusicError("The repeats of an ABC tune with less than two plain bar lines are not read: write them out.")
    return root


def _tidy(root: Element) -> None:
    """Take out what differs from one conversion to the next, dates and ids, and name nameless parts."""
    for encoding in root.iterfind("identification/encoding"):
        for date in encoding.findall("encoding-date"):
            encoding.remove(date)
    names: dict[str, str] = {}
    for number, entry in enumerate(root.iterfind("part-list/score-part"), 1):
        names[entry.get("id", "")] = f"P{number}"
        name = entry.find("part-name")
        if name is not None and not name.text:
            name.text = "Piano"  # what plays music that names no instrument
        for count, instrument in enumerate(entry.iterfind("score-instrument"), 1):
            names[instrument.get("id", "")] = f"P{number}-I{count}"
    named = {"part", "score-part", "score-instrument", "midi-instrument", "instrument"}
    for element in root.iter():
        if element.tag in named and element.get("id") in names:
            element.set("id", names[element.get("id", "")])
