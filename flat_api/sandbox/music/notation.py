"""Pictures of a score: SVG pages by verovio, with title and creators above the first, and a PNG of it by resvg."""

from __future__ import annotations

import re
import tempfile
from base64 import b64decode
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement
from xml.sax.saxutils import escape

import resvg_py
import verovio
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from flat_api.sandbox.music.document import MusicError
from flat_api.sandbox.music.score_file import Credits, credits_of

_DATA = Path(verovio.__path__[0]) / "data"
_FIRST_PAGE_MEASURES = 150
_WIDTH = 600  # pixels
_MAX_HEIGHT = 800

# Lengths in tenths of a millimetre at scale 100.
_PAGE: dict[str, Any] = {
    "pageWidth": 2400, "pageHeight": 3394, "scale": 44, "pageMarginLeft": 120, "pageMarginRight": 120,
    "pageMarginTop": 120, "pageMarginBottom": 100,
}  # fmt: skip
_THUMBNAIL: dict[str, Any] = {
    "pageWidth": 1600, "pageHeight": 1400, "scale": 38, "adjustPageHeight": True, "pageMarginLeft": 80,
    "pageMarginRight": 80, "pageMarginTop": 80, "pageMarginBottom": 60,
}  # fmt: skip
_COMMON: dict[str, Any] = {
    "header": "encoded", "footer": "none", "spacingStaff": 8, "xmlIdChecksum": True, "expandNever": True,
}  # fmt: skip


def pages(root: Element) -> list[str]:
    """Engrave a partwise score. Raises MusicError when verovio cannot."""
    toolkit = _engraved(root, _PAGE)
    return [_page(toolkit, number) for number in range(1, toolkit.getPageCount() + 1)]


def thumbnail(root: Element) -> bytes:
    """A PNG of the first systems, 600 pixels wide and at most 800 high, from as many measures as may be seen.

    Raises:
        MusicError: verovio cannot engrave it.
    """
    beginning = Element(root.tag, root.attrib)
    for child in root:
        if child.tag == "part":
            part = SubElement(beginning, "part", child.attrib)
            part.extend(child.findall("measure")[:_FIRST_PAGE_MEASURES])
        else:
            beginning.append(child)
    return _png(_page(_engraved(beginning, _THUMBNAIL), 1))


def _engraved(root: Element, options: dict[str, Any]) -> verovio.toolkit:
    verovio.enableLog(verovio.LOG_OFF)
    verovio.setDefaultResourcePath(str(_DATA))
    toolkit = verovio.toolkit()
    toolkit.setOptions({**_COMMON, **options})
    # Verovio's own layout of page credits ignores their size: its MEI gets our header instead.
    if (
        not toolkit.loadData(ElementTree.tostring(root, "unicode"))
        or not toolkit.loadData(_with_header(toolkit.getMEI(), credits_of(root)))
        or toolkit.getPageCount() < 1
    ):
        raise MusicError("The score cannot be engraved: open it in a notation program, check it, and export it again.")
    return toolkit


def _page(toolkit: verovio.toolkit, number: int) -> str:
    # The hidden label of a text is drawn by some renderers.
    return re.sub(r'<title class="labelAttr">.*?</title>', "", toolkit.renderToSVG(number))


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


def _png(svg: str) -> bytes:
    """Draw a page on white, using the fonts that verovio carries. What is too tall is shrunk."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, f"{number}.ttf") for number, _ in enumerate(_fonts())]
        for file, font in zip(files, _fonts(), strict=True):
            file.write_bytes(font)
        return resvg_py.svg_to_bytes(
            svg_string=_fit(svg),
            background="white",
            width=_WIDTH,
            # Without its family, resvg leaves text out silently.
            font_family="Liberation Serif",
            serif_family="Liberation Serif",
            font_files=[str(file) for file in files],
        )


def _fit(svg: str) -> str:
    """Lower the canvas of a page that is too tall for its width; the drawing scales with it."""
    size = re.match(r'<svg width="(\d+)px" height="(\d+)px"', svg)
    if size is None:
        return svg
    width, height = int(size[1]), int(size[2])
    height = min(height, width * _MAX_HEIGHT // _WIDTH)
    return f'<svg width="{width}px" height="{height}px"{svg[size.end() :]}'


@cache
def _fonts() -> list[bytes]:
    """Verovio's web fonts for text and music, in the format that resvg reads."""
    fonts = []
    for family in ("Liberation", "Leipzig"):
        css = (_DATA / f"{family}.css").read_text()
        for encoded in re.findall(r"base64,([^)]*)\)", css):
            font = TTFont(BytesIO(b64decode(encoded)))
            font.flavor = None
            unpacked = BytesIO()
            font.save(unpacked)
            fonts.append(unpacked.getvalue())
    return fonts
