"""SVG to PNG with resvg, using the fonts that verovio carries."""

from __future__ import annotations

import re
import tempfile
from base64 import b64decode
from functools import cache
from io import BytesIO
from pathlib import Path

import resvg_py
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from flat_api.sandbox.music.notation import DATA

WIDTH = 600  # pixels
MAX_HEIGHT = 800


def png(svg: str) -> bytes:
    """Draw an SVG page on white, 600 pixels wide. What is taller than 800 pixels is shrunk to that.

    Args:
        svg: a page of `notation.pages`.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, f"{number}.ttf") for number, _ in enumerate(_fonts())]
        for file, font in zip(files, _fonts(), strict=True):
            file.write_bytes(font)
        return resvg_py.svg_to_bytes(
            svg_string=_fit(svg),
            background="white",
            width=WIDTH,
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
    height = min(height, width * MAX_HEIGHT // WIDTH)
    return f'<svg width="{width}px" height="{height}px"{svg[size.end() :]}'


@cache
def _fonts() -> list[bytes]:
    """Verovio's web fonts for text and music, in the format that resvg reads."""
    fonts = []
    for family in ("Liberation", "Leipzig"):
        css = (DATA / f"{family}.css").read_text()
        for encoded in re.findall(r"base64,([^)]*)\)", css):
            font = TTFont(BytesIO(b64decode(encoded)))
            font.flavor = None
            unpacked = BytesIO()
            font.save(unpacked)
            fonts.append(unpacked.getvalue())
    return fonts
