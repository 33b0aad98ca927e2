"""The reviews of submissions: comments, with what each reader has yet to read, and the exports of the grades."""

from __future__ import annotations

from flat_api.sandbox.assignment_state import Place, find_managed, find_place, is_assigned_to, publishing
from flat_api.sandbox.call import NOTHING, Answer, Call
from flat_api.sandbox.errors import forbidden
from flat_api.sandbox.group_state import members
from flat_api.sandbox.spreadsheets import EXCEL, Row, csv_file, xlsx_file
from flat_api.sandbox.store import Document, new_id, now, without
from flat_api.sandbox.submission_state import find_submission, record, submission_of, submission_view

_USER = {"Last name": "lastname", "First name": "firstname", "Username": "username"}
_SUBMISSION = {
    "State": "state",
    "Handed in": "submissionDate",
    "Returned": "returnDate",
    "Draft grade": "draftGrade",
    "Grade": "grade",
    "Maximum points": "maxPoints",
}


def _find(call: Call, place: Place) -> Document:
    return call.find("submissionComment", "comment", submission=find_submission(call, place)["id"])


def _view(call: Call, comment: Document) -> Document:
    shown = without(comment, ["readBy"])
    return {**shown, "unread": call.user["id"] not in comment["readBy"]}


@publishing
def get_submission_comments(call: Call) -> Answer:
    """GET /classes/{class}/assignments/{assignment}/submissions/{submission}/comments.

    Assumed: for the student of the submission and those who manage the class; the oldest first; to list a
    comment is to read it, so `unread` is true in the first list after its arrival only.
    """
    with call.store.transaction():
        submission = find_submission(call, find_place(call))
        comments = call.store.children("submissionComment", submission["id"])
        shown = [_view(call, comment) for comment in comments]
        for comment in comments:
            if call.user["id"] not in comment["readBy"]:
                comment["readBy"].append(call.user["id"])
                call.store.update("submissionComment", comment)
    return Answer(content=shown)


@publishing
def post_submission_comment(call: Call) -> Answer:
    """POST /classes/{class}/assignments/{assignment}/submissions/{submission}/comments.

    Documented: the author is the caller. Assumed: the author has read it.
    """
    with call.store.transaction():
        submission = find_submission(call, find_place(call))
        comment: Document = {
            "id": new_id(),
            "submission": submission["id"],
            "user": call.user["id"],
            "comment": call.body["comment"],
            "date": now(),
            "readBy": [call.user["id"]],
        }
        call.store.insert("submissionComment", comment, parent=submission["id"])
        record(call, submission, id=comment["id"], comment=comment["comment"])
    return Answer(content=_view(call, comment))


@publishing
def update_submission_comment(call: Call) -> Answer:
    """PUT /classes/{class}/assignments/{assignment}/submissions/{submission}/comments/{comment}.

    Assumed: only its author changes a comment (403); for the others it is unread again, and the history
    has the new text.
    """
    with call.store.transaction():
        comment = _find(call, find_place(call))
        if comment["user"] != call.user["id"]:
            raise forbidden("Only its author changes a comment.", "comment")
        comment |= {"comment": call.body["comment"], "modificationDate": now(), "readBy": [call.user["id"]]}
        call.store.update("submissionComment", comment)
        event = call.store.get("submissionEvent", comment["id"])
        if event is not None:
            call.store.update("submissionEvent", {**event, "comment": comment["comment"]})
    return Answer(content=_view(call, comment))


@publishing
def delete_submission_comment(call: Call) -> Answer:
    """DELETE /classes/{class}/assignments/{assignment}/submissions/{submission}/comments/{comment}.

    Documented: the other comments stay.
    Assumed: its author and those who manage the class delete a comment (403 for others); the history
    loses it, too.
    """
    with call.store.transaction():
        place = find_place(call)
        comment = _find(call, place)
        if comment["user"] != call.user["id"] and not place.manages:
            raise forbidden("Only its author and the teachers of the class delete a comment.", "comment")
        call.store.delete("submissionComment", comment["id"])
        call.store.delete("submissionEvent", comment["id"])
    return NOTHING


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
