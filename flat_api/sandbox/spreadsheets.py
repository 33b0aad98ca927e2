"""Tables as CSV files and as Excel workbooks; no text in them is taken for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import TypeAlias
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

Cell: TypeAlias = str | float | None
Row: TypeAlias = Sequence[Cell]

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST_CELL = 32_767

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
EXCEL = f"{_TYPES}.sheet"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


def csv_file(rows: Sequence[Row]) -> bytes:
    """Rows as CSV in UTF-8 with a byte order mark, without which Excel garbles accents.

    A text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    text = io.StringIO(newline="")
    csv.writer(text).writerows([[_harmless(cell) for cell in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


def xlsx_file(sheet: str, rows: Sequence[Row]) -> bytes:
    """Rows as an Excel workbook with one sheet.

    Texts are cells of the type string, which are never evaluated, so they stay as they are.
    """
    parts = {
        **_PARTS,
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
            f'<sheets><sheet name="{escape(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{_MAIN}"><sheetData>'
            + "".join(f'<row r="{number}">{_cells(row, number)}</row>' for number, row in enumerate(rows, 1))
            + "</sheetData></worksheet>"
        ),
    }
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        for name, xml in parts.items():
            # Without a date of its own, the same table gives the same bytes every time.
            archive.writestr(ZipInfo(name), _HEAD + xml, ZIP_DEFLATED)
    return file.getvalue()


def _cells(row: Row, number: int) -> str:
    if len(row) > 26:
        raise ValueError("The sheet has one letter for a column, so 26 columns at most.")
    return "".join(_cell(f"{chr(ord('A') + column)}{number}", cell) for column, cell in enumerate(row))


def _cell(reference: str, cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = escape(_NOT_IN_XML.sub("\ufffd", cell)[:_LONGEST_CELL])
        return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    return f'<c r="{reference}"><v>{cell}</v></c>'
