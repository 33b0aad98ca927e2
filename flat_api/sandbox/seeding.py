"""Fills a sandbox with scores, students, classes, assignments and submissions, the same ones every time."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeAlias

from flat_api.sandbox import people
from flat_api.sandbox.app import App
from flat_api.sandbox.call import to_json
from flat_api.sandbox.errors import ApiError, require_number
from flat_api.sandbox.exercises import exercise
from flat_api.sandbox.incoming import Received
from flat_api.sandbox.store import repeatable_ids

ScoreSeed: TypeAlias = str | Path | Mapping[str, Any]
_SETTING = "seed"


@dataclass(frozen=True)
class Seeded:
    """The ids of what a call of `seed` made; `submissions` belong to the `assignments` in turn."""

    scores: list[str]
    users: list[str]
    classes: list[str]
    assignments: list[str]
    submissions: list[str]


class Seeder:
    """Makes things through the operations of the API, as their users would.

    Parameters: the application, and the address that links in answers begin with.
    """

    def __init__(self, app: App, site_url: str) -> None:
        self._app = app
        self._store = app.store
        self._site_url = site_url

    def seed(
        self,
        scores: int | Sequence[ScoreSeed] = 0,
        users: int | None = None,
        classes: int | None = None,
        assignments: int | None = None,
        submissions: int = 0,
    ) -> Seeded:
        """Makes so many of each.

        The scores are scales, or given as titles of such, as paths of files, or as bodies of createScore. The
        users are students, spread over the classes in turn, and so are the assignments; each assignment has one
        of the scores, if there are any, which its students get as copies. Of the submissions, the first is
        handed in, the second is graded, the third returned, and so on. Scores, classes and assignments belong
        to the default user. What is None is made as far as the others need it.

        Raises ValueError for impossible numbers and for scores that cannot be read.
        """
        users, classes, assignments = _completed(users, classes, assignments, submissions)
        wanted = _score_seeds(scores)
        seed, first = self._next_seed(users)
        with repeatable_ids(seed):
            score_ids = [self._score(one, number) for number, one in enumerate(wanted)]
            students = [self._student(number) for number in range(first, first + users)]
            class_ids = [self._class(number, students[number::classes]) for number in range(classes)]
            given = [self._assignment(class_ids, score_ids, number) for number in range(assignments)]
            handed_in = [self._submission(class_ids, given, students, number) for number in range(submissions)]
        return Seeded(score_ids, students, class_ids, given, handed_in)

    def seed_demo(self) -> Seeded | None:
        """A small school with real music, once: None when something was seeded before."""
        if self._store.get("setting", _SETTING) is not None:
            return None
        canon = files("flat_api.sandbox").joinpath("demo_scores", "tallis_canon.musicxml").read_text(encoding="utf-8")
        body = {"title": "Tallis’s Canon", "filename": "tallis_canon.musicxml", "data": canon, "privacy": "public"}
        scores: list[ScoreSeed] = [body, "First scale", "Second scale", "Third scale"]
        return self.seed(scores, users=8, classes=2, assignments=4, submissions=9)

    def _next_seed(self, users: int) -> tuple[str, int]:
        """A text for each call since the state was new, and the number of the first of the new students."""
        with self._store.transaction():
            setting = self._store.get("setting", _SETTING) or {"count": 0, "users": 0}
            after = {"id": _SETTING, "count": setting["count"] + 1, "users": setting["users"] + users}
            self._store.delete("setting", _SETTING)
            self._store.insert("setting", after)
        return str(after["count"]), setting["users"] + 1

    def _score(self, one: ScoreSeed, number: int) -> str:
        if isinstance(one, Path):
            data = b64encode(one.read_bytes()).decode()
            body = {"data": data, "dataEncoding": "base64", "filename": one.name, "privacy": "private"}
        elif isinstance(one, str):
            body = {"title": one, "data": exercise(one, number), "privacy": "private"}
        elif isinstance(one, Mapping):
            body = {"privacy": "private", **one}
        else:
            raise ValueError(f"scores: {one!r} is no title, no path and no body of createScore.")
        return self._made("createScore", people.TEACHER, body)

    def _student(self, number: int) -> str:
        with self._store.transaction():
            student = people.add_user(
                self._store,
                username=f"student.{number}",
                role="user",
                organization=people.ORGANIZATION,
                firstname="Student",
                lastname=str(number),
            )
        return str(student["id"])

    def _class(self, number: int, students: Sequence[str]) -> str:
        identifier = self._made("createClass", people.TEACHER, {"name": f"Class {number + 1}"})
        for student in students:
            self._call("addClassUser", people.TEACHER, **{"class": identifier, "user": student})
        self._call("activateClass", people.TEACHER, **{"class": identifier})
        return identifier

    def _assignment(self, classes: Sequence[str], scores: Sequence[str], number: int) -> str:
        body: dict[str, Any] = {"title": f"Assignment {number + 1}", "state": "active", "maxPoints": 100}
        if scores:
            attachment = {"type": "flat", "score": scores[number % len(scores)], "sharingMode": "copy"}
            body["attachments"] = [attachment]
        return self._made("createClassAssignment", people.TEACHER, body, **{"class": classes[number % len(classes)]})

    def _submission(
        self, classes: Sequence[str], assignments: Sequence[str], students: Sequence[str], number: int
    ) -> str:
        turn, index = divmod(number, len(assignments))
        place = index % len(classes)
        path = {"class": classes[place], "assignment": assignments[index]}
        student = students[place :: len(classes)][turn]
        identifier = self._made("createSubmission", student, {"submit": True}, **path)
        grading = {"grade": 60 + (7 * number) % 41, "return": number % 3 == 2}
        if number % 3:
            self._call("editSubmission", people.TEACHER, grading, **path, submission=identifier)
        return identifier

    def _made(self, operation_id: str, user: str, body: Any, **path: str) -> str:
        identifier: str = self._call(operation_id, user, body, **path)["id"]
        return identifier

    def _call(self, operation_id: str, user_id: str, body: Any = None, **path: str) -> Any:
        if self._store.get("user", user_id) is None:
            raise ValueError("The default user is gone: reset the sandbox before seeding.")
        operation = self._app.contract.operations[operation_id]
        try:
            sent = b"" if body is None else to_json(body)
        except (TypeError, ValueError) as problem:
            raise ValueError(f"The seeds cannot be made: {operation_id}: {problem}") from problem
        received = Received(
            method=operation.method,
            raw_path=operation.path,
            query="",
            headers={"content-type": "application/json"},
            body=sent,
            address="",
            site_url=self._site_url,
        )
        try:
            return self._app.perform(received, operation, path, user_id).content
        except ApiError as problem:
            raise ValueError(f"The seeds cannot be made: {operation_id} says: {problem.message}") from problem


def _score_seeds(scores: int | Sequence[ScoreSeed]) -> Sequence[ScoreSeed]:
    if isinstance(scores, Sequence) and not isinstance(scores, str):
        return scores
    return [f"Scale {number}" for number in range(1, _whole("scores", scores) + 1)]


def _whole(name: str, value: Any) -> int:
    require_number(name, value, least=0, whole=True)
    return int(value)


def _completed(
    users: int | None, classes: int | None, assignments: int | None, submissions: int
) -> tuple[int, int, int]:
    """The counts with what is None made as small as the others allow. Raises ValueError."""
    _whole("submissions", submissions)
    given = _whole("assignments", assignments) if assignments is not None else min(submissions, 1)
    rooms = _whole("classes", classes) if classes is not None else min(given, 1)
    if given and not rooms:
        raise ValueError("classes: assignments need a class.")
    if submissions and not given:
        raise ValueError("assignments: submissions need an assignment.")
    # Nobody hands in an assignment twice.
    turns = [divmod(number, given) for number in range(submissions)]
    needed = max((index % rooms + turn * rooms + 1 for turn, index in turns), default=0)
    students = _whole("users", users) if users is not None else needed
    if students < needed:
        raise ValueError(f"users: {submissions} submissions to {given} assignments need {needed} students.")
    return students, rooms, given
