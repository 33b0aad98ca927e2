"""Engraving with verovio: a score tree to SVG pages, with title and creators above the first."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement
from xml.sax.saxutils import escape

import verovio

from flat_api.sandbox.music.errors import MusicError
from flat_api.sandbox.music.score_file import Credits, credits_of

DATA = Path(verovio.__path__[0]) / "data"

FIRST_PAGE_MEASURES = 150

# Lengths in tenths of a millimetre at scale 100.
PAGE: dict[str, Any] = {
    "pageWidth": 2400, "pageHeight": 3394, "scale": 44, "pageMarginLeft": 120, "pageMarginRight": 120,
    "pageMarginTop": 120, "pageMarginBottom": 100,
}  # fmt: skip
THUMBNAIL: dict[str, Any] = {
    "pageWidth": 1600, "pageHeight": 1400, "scale": 38, "adjustPageHeight": True, "pageMarginLeft": 80,
    "pageMarginRight": 80, "pageMarginTop": 80, "pageMarginBottom": 60,
}  # fmt: skip
_COMMON: dict[str, Any] = {
    "header": "encoded", "footer": "none", "spacingStaff": 8, "xmlIdChecksum": True, "expandNever": True,
}  # fmt: skip


def pages(root: Element, options: dict[str, Any]) -> list[str]:
    """Engrave a partwise score.

    Args:
        root: the score.
        options: `PAGE` or `THUMBNAIL`.

    Raises:
        MusicError: verovio cannot engrave it.
    """
    toolkit = _engraved(root, options)
    return [_page(toolkit, number) for number in range(1, toolkit.getPageCount() + 1)]


def first_page(root: Element, options: dict[str, Any]) -> str:
    """Engrave the first page alone, from as many measures as may stand on it. Raises MusicError."""
    beginning = Element(root.tag, root.attrib)
    for child in root:
        if child.tag == "part":
            part = SubElement(beginning, "part", child.attrib)
            part.extend(child.findall("measure")[:FIRST_PAGE_MEASURES])
        else:
            beginning.append(child)
    return _page(_engraved(beginning, options), 1)


def _engraved(root: Element, options: dict[str, Any]) -> verovio.toolkit:
    verovio.enableLog(verovio.LOG_OFF)
    verovio.setDefaultResourcePath(str(DATA))
    toolkit = verovio.toolkit()
    toolkit.setOptions({**_COMMON, **options})
    # Verovio's own layout of page credits ignores their size: its MEI gets our header instead.
    if not toolkit.loadData(ElementTree.tostring(root, "unicode")):
        raise _cannot_engrave()
    if not toolkit.loadData(_with_header(toolkit.getMEI(), credits_of(root))):
        raise _cannot_engrave()
    if toolkit.getPageCount() < 1:
        raise _cannot_engrave()
    return toolkit


def _page(toolkit: verovio.toolkit, number: int) -> str:
    # The hidden label of a text is drawn by some renderers.
    return re.sub(r'<title class="labelAttr">.*?</title>', "", toolkit.renderToSVG(number))


def _cannot_engrave() -> MusicError:
    return MusicError("The score cannot be engraved: open it in a notation program, check it, and export it again.")


def _with_header(mei: str, words: Credits) -> str:
    """Replace the page header of an MEI document, and take out the date, which would change all ids."""
    mei = re.sub(r' isodate="[^"]*"', "", mei, count=1)
    mei = re.sub(r"<(pgHead|pgFoot)\b.*?</\1>", "", mei, flags=re.DOTALL)
    texts = (
        _text(words.title, "center", "top", 200, 36, "bold"),
        _text(words.subtitle, "center", "middle", 120, 60),
        _text(words.lyricist, "left", "bottom", 100, 36),
        _text(words.composer, "right", "bottom", 100, 36),
    )
    head = f'<pgHead func="first">{"".join(texts)}</pgHead>'
    return re.sub(r"<scoreDef\b[^>]*>", lambda found: found.group() + head, mei, count=1)


def _text(words: str | None, halign: str, valign: str, percent: int, room: int, weight: str = "normal") -> str:
    """Words in a corner of the header, smaller when they have more characters than there is room for."""
    if words is None:
        return ""
    size = percent * room // max(room, len(words))
    styled = f'<rend fontsize="{size}%" fontweight="{weight}">{escape(words)}</rend>'
    return f'<rend halign="{halign}" valign="{valign}">{styled}</rend>'
