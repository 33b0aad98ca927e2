"""ABC notation to MusicXML with music21, one tune at a time."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any
from xml.etree.ElementTree import Element

from flat_api.sandbox.music.conversion import exported
from flat_api.sandbox.music.errors import MusicError

music21: Any = import_module("music21")  # without types, and often not installed


def from_abc(data: bytes) -> Element:
    """Read one tune as music21 does: ABC 1.6 and most of 2.1, without lyrics and names of voices.

    Raises:
        MusicError: it has several tunes, or cannot be read.
    """
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
        root = exported(music21.converter.parseData(text, format="abc"))
    except MemoryError:
        raise
    except Exception as error:  # music21 raises what comes
        raise MusicError(
            f"The ABC cannot be read ({type(error).__name__}: {str(error)[:200]}): check the tune."
        ) from None
    if (
        re.search(r"^(?![A-Za-z]:)[^%]*(:\||::)", text, re.MULTILINE)
        and root.find("part/measure/barline/repeat") is None
    ):
        # music21 does not look for measures in such a tune.
        raise MusicError("The repeats of an ABC tune with less than two plain bar lines are not read: write them out.")
    return root
