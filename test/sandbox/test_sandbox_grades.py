"""The grade exports: a CSV file and an Excel workbook that open, and in which no text is a formula."""

from __future__ import annotations

import csv
import io
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from flat_api.sandbox.spreadsheets import csv_file, xlsx_file

_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_TEXTS = ["=1+1", "+1", "-1", "@A1", "\t=1", 'Zoë "Z" & <b>', "two\nlines", " kept "]


def _read(workbook: bytes) -> list[dict[str, tuple[str | None, str]]]:
    """The cells of the rows: by reference, the type and the text."""
    with ZipFile(io.BytesIO(workbook)) as archive:
        assert archive.testzip() is None
        root = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    return [
        {cell.attrib["r"]: (cell.get("t"), "".join(cell.itertext())) for cell in row.iter(f"{_SHEET}c")}
        for row in root.iter(f"{_SHEET}row")
    ]


@pytest.fixture
def assignment(school: Any) -> str:
    path: str = school.assignment(maxPoints=20)
    submission = school.submission(path, school.ann, submit=True)
    school.teacher("PUT", submission, json={"draftGrade": 15, "grade": 16.5})
    school.ann("POST", f"{submission}/comments", json={"comment": "Done"})
    return path


def test_the_csv_file_has_a_row_for_every_student(school: Any, assignment: str) -> None:
    answer = school.teacher("GET", f"{assignment}/submissions/csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    ann, ben = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""))
    assert (ann["Last name"], ann["First name"], ann["Username"]) == ("Alt", "Ann", "ann")
    assert (ann["State"], ann["Draft grade"], ann["Grade"], ann["Maximum points"]) == ("graded", "15", "16.5", "20")
    assert (ann["Comments"], ben["Username"], ben["State"], ben["Grade"]) == ("1", "ben", "", "")


def test_the_workbook_has_the_same_with_real_numbers(school: Any, assignment: str) -> None:
    answer = school.teacher("GET", f"{assignment}/submissions/excel")
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
    head, ann, ben = _read(answer.data)
    assert (head["A1"], head["H1"]) == (("inlineStr", "Last name"), ("inlineStr", "Grade"))
    assert (ann["C2"], ann["H2"]) == (("inlineStr", "ann"), (None, "16.5"))
    assert list(ben) == ["A3", "B3", "C3"]


def test_only_assignees_have_a_row(school: Any) -> None:
    path = school.assignment(assignedStudents=[school.ben.user])
    rows = school.teacher("GET", f"{path}/submissions/csv").data.decode("utf-8-sig").splitlines()
    assert [row.split(",")[2] for row in rows] == ["Username", "ben"]


def test_a_name_is_no_formula(school: Any, member: Any, client: Any) -> None:
    mallory = member("mallory", firstname="=HYPERLINK(1)", lastname="@SUM(A1)")
    client("PUT", f"{school.path}/users/{mallory.user}")
    path = school.assignment(assignedStudents=[mallory.user])
    rows = list(csv.reader(client("GET", f"{path}/submissions/csv").data.decode("utf-8-sig").splitlines()))
    assert rows[1][:2] == ["'@SUM(A1)", "'=HYPERLINK(1)"]
    assert _read(client("GET", f"{path}/submissions/excel").data)[1]["B2"] == ("inlineStr", "=HYPERLINK(1)")


def test_texts_survive_both_formats() -> None:
    rows = [[*_TEXTS, -2.5, None]]
    read = next(csv.reader(io.StringIO(csv_file(rows).decode("utf-8-sig"), newline="")))
    assert read == [*(f"'{text}" for text in _TEXTS[:5]), *_TEXTS[5:], "-2.5", ""]
    cells = list(_read(xlsx_file("Grades", rows))[0].values())
    assert cells == [*(("inlineStr", text) for text in _TEXTS), (None, "-2.5")]


def test_what_no_workbook_can_hold_is_replaced() -> None:
    assert _read(xlsx_file("Grades", [["a\x00b"]]))[0]["A1"] == ("inlineStr", "a\ufffdb")
    with pytest.raises(ValueError, match="26 columns"):
        xlsx_file("Grades", [[1.0] * 27])
