"""The exports of the grades of an assignment: CSV and Excel."""

from __future__ import annotations

from flat_api.sandbox.assignment_state import find_managed, is_assigned_to, publishing
from flat_api.sandbox.call import Answer, Behavior, Call
from flat_api.sandbox.group_state import members
from flat_api.sandbox.spreadsheets import EXCEL, Row, csv_file, xlsx_file
from flat_api.sandbox.store import Document
from flat_api.sandbox.submission_state import submission_of, submission_view

_USER = {"Last name": "lastname", "First name": "firstname", "Username": "username"}
_SUBMISSION = {
    "State": "state",
    "Handed in": "submissionDate",
    "Returned": "returnDate",
    "Draft grade": "draftGrade",
    "Grade": "grade",
    "Maximum points": "maxPoints",
}


def _rows(call: Call) -> list[Row]:
    place = find_managed(call)
    rows: list[Row] = [[*_USER, *_SUBMISSION, "Comments"]]
    for student in members(call.store, place.classroom["studentsGroup"]):
        if not is_assigned_to(call.store, place.assignment, student["id"]):
            continue
        submission = submission_of(call.store, place.assignment, student["id"])
        shown: Document = submission_view(call, place, submission) if submission else {}
        rows.append(
            [
                *(student.get(field) for field in _USER.values()),
                *(shown.get(field) for field in _SUBMISSION.values()),
                shown["comments"]["total"] if shown else None,
            ]
        )
    return rows


@publishing
def export_submissions_reviews_as_csv(call: Call) -> Answer:
    """GET /classes/{class}/assignments/{assignment}/submissions/csv: the reviews as a CSV file.

    Documented: an error is JSON.
    Assumed: the columns; a row for every student who gets the assignment, by username, empty without a
    submission; for teachers and administrators alone (403); a text that would be taken for a formula gets
    an apostrophe in front.
    """
    return _file(csv_file(_rows(call)), "text/csv", "csv")


@publishing
def export_submissions_reviews_as_excel(call: Call) -> Answer:
    """GET /classes/{class}/assignments/{assignment}/submissions/excel: the reviews as an Excel workbook.

    Documented: the same review as in the CSV file; an error is JSON.
    Assumed: one sheet; texts are cells of the type string, which Excel never takes for formulas.
    """
    return _file(xlsx_file("Grades", _rows(call)), EXCEL, "xlsx")


def _file(content: bytes, media_type: str, extension: str) -> Answer:
    headers = {"Content-Disposition": f'attachment; filename="grades.{extension}"'}
    return Answer(content=content, media_type=media_type, headers=headers)


BEHAVIORS: dict[str, Behavior] = {
    "exportSubmissionsReviewsAsCsv": export_submissions_reviews_as_csv,
    "exportSubmissionsReviewsAsExcel": export_submissions_reviews_as_excel,
}
