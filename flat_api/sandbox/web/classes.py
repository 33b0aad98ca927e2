"""Classes with their members and grades, assignments with their submissions, and one submission."""

from __future__ import annotations

from flat_api.sandbox import group_state
from flat_api.sandbox.assignment_state import groups_of_assignment, is_assigned_to
from flat_api.sandbox.store import Document, Where
from flat_api.sandbox.web.visit import Context, Visit, missing

_HANDED_IN = {"graded", "returned", "turnedIn"}
_EVENTS = {"created": "began", "turnedIn": "handed in"}
_GRADES = {"draftGrade": "draft grade", "grade": "grade"}


def all_classes(visit: Visit) -> Context:
    """The classes of all organizations, the newest first."""
    rows = visit.store.sorted("class", Where(), sort="creationDate", descending=True)
    classes = [
        {
            **one,
            "teachers": [user["printableName"] for user in visit.members(one["teachersGroup"])],
            "students": len(visit.members(one["studentsGroup"])),
            "assignments": len(visit.store.children("assignment", one["id"])),
        }
        for _, one in rows
    ]
    return {"classes": classes}


def classroom(visit: Visit) -> Context:
    """A class: its members, and the work of each student in each assignment."""
    found = visit.find("class")
    students = visit.members(found["studentsGroup"])
    assignments = visit.store.children("assignment", found["id"])
    works = [_work_by_student(visit, one) for one in assignments]
    return {
        "classroom": found,
        "organization": visit.store.get("organization", found["organization"]),
        "teachers": visit.members(found["teachersGroup"]),
        "assignments": [_progress(one, work) for one, work in zip(assignments, works, strict=True)],
        "gradebook": [
            {"student": student, "cells": [work.get(student["id"]) for work in works]} for student in students
        ],
        "groups": [
            {"name": group["name"], "members": visit.members(group["id"])}
            for group in group_state.groups_in(visit.store, found["id"], group_state.CLASS_SUBGROUP)
        ],
    }


def _progress(found: Document, work: dict[str, Document]) -> Context:
    """An assignment with the number of students in each state."""
    states = [one["state"] for one in work.values()]
    handed_in = sum(state in _HANDED_IN for state in states)
    return {**found, "assigned": len(work), "handed_in": handed_in, "returned": states.count("returned")}


def _work_by_student(visit: Visit, found: Document) -> dict[str, Document]:
    """The submission of each student who has the assignment; a stand-in in the state "not begun" for none."""
    classroom = visit.store.get("class", found["classroom"])
    students = visit.members(classroom["studentsGroup"]) if classroom else []
    work: dict[str, Document] = {
        student["id"]: {"id": None, "state": "not begun"}
        for student in students
        if is_assigned_to(visit.store, found, student["id"])
    }
    for submission in visit.store.children("submission", found["id"]):
        together = visit.members(submission["group"]) if "group" in submission else []
        for student in {submission["creator"], *(user["id"] for user in together)}:
            work[student] = submission
    return work


def assignment(visit: Visit) -> Context:
    """An assignment: what is asked for, and what every student has done."""
    found_class = visit.find("class")
    found = _find_in(visit, found_class, "classroom", "assignment")
    work = _work_by_student(visit, found)
    rows = [
        {
            "student": visit.user_name(student),
            "submission": submission,
            "late": _is_late(found, submission),
            "comments": len(visit.store.children("submissionComment", submission["id"])) if submission["id"] else 0,
            "attachments": _attachments(visit, submission.get("attachments", [])),
        }
        for student, submission in work.items()
    ]
    return {
        "classroom": found_class,
        "assignment": _progress(found, work),
        "creator": visit.user_name(found["creator"]),
        "attachments": _attachments(visit, found["attachments"]),
        "groups": [group["name"] for group in groups_of_assignment(visit.store, found)],
        "rows": sorted(rows, key=lambda row: str(row["student"]).casefold()),
    }


def submission(visit: Visit) -> Context:
    """A submission: its work, its comments and its history."""
    found_class = visit.find("class")
    found_assignment = _find_in(visit, found_class, "classroom", "assignment")
    found = _find_in(visit, found_assignment, "assignment", "submission")
    events = visit.store.children("submissionEvent", found["id"])
    return {
        "classroom": found_class,
        "assignment": found_assignment,
        "submission": found,
        "student": visit.user_name(found["creator"]),
        "late": _is_late(found_assignment, found),
        "attachments": _attachments(visit, found["attachments"]),
        "comments": [
            {**one, "author": visit.user_name(one["user"])}
            for one in visit.store.children("submissionComment", found["id"])
        ],
        "events": [
            {"date": one["date"], "who": ", ".join(map(visit.user_name, one["users"])), "what": _event(one)}
            for one in events
            if "comment" not in one
        ],
    }


def _event(event: Document) -> str:
    """An entry of the history in words."""
    words = [str(_EVENTS.get(event["state"], event["state"]))] if "state" in event else []
    words += [f"{label} {event[name]:g}" for name, label in _GRADES.items() if event.get(name) is not None]
    if "attachment" in event:
        words.append(f"attached {event['attachment'].get('title', 'a file')}")
    return ", ".join(words)


def _is_late(found: Document, submission: Document) -> bool:
    return bool(submission.get("submissionDate", "") > found.get("dueDate", "9999"))


def _find_in(visit: Visit, parent: Document, field: str, kind: str) -> Document:
    """The document of the path, if it belongs to its parent. Raises Missing."""
    found = visit.find(kind)
    if found[field] != parent["id"]:
        raise missing(kind, found["id"])
    return found


def _attachments(visit: Visit, attachments: list[Document]) -> list[Document]:
    """Attachments with a title each, and the id of a score that exists."""
    found = []
    for one in attachments:
        score = visit.store.get("score", one["score"]) if "score" in one else None
        title = (score or one).get("title") or one.get("url") or one["type"]
        found.append({"title": title, "type": one["type"], "score": score["id"] if score else None})
    return found
