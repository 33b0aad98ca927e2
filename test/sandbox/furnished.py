"""A sandbox with one of each thing in it, and how each operation succeeds there."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import flat_api
from flat_api.sandbox import Sandbox
from flat_api.sandbox.contract import Operation, load
from flat_api.sandbox.exercises import exercise
from flat_api.sandbox.people import ADMIN, TEACHER

OPERATIONS = load().operations
SCALE = exercise("Scale", 0)
PDF = b64encode(b"%PDF-1.7\n/Type /Pages\n<< /Type /Page >>\n").decode()


@dataclass(frozen=True)
class Example:
    """How an operation succeeds: as whom, on what, with which query; `$name` stands for an id of the school."""

    body: Any = None
    user: str = "teacher"
    path: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)


def _by_admin(body: Any = None, **path: Any) -> Example:
    return Example(body, "admin", path)


EXAMPLES = {
    "createScore": Example({"title": "Round", "data": SCALE, "collection": "$collection"}),
    "editScore": Example({"subtitle": "In four parts", "privacy": "public"}),
    "addScoreCollaborator": Example({"user": "$other", "aclWrite": True}),
    "postScoreComment": Example({"comment": "Slower."}),
    "updateScoreComment": Example({"comment": "Much slower."}),
    "forkScore": Example({"keepOriginalTitle": True}),
    "createScoreRevision": Example({"data": SCALE, "description": "Shorter"}),
    "getScoreRevisionData": Example(path={"format": "midi"}),
    "createExportTask": Example({}, path={"format": "mp3"}),
    "addScoreTrack": Example({"url": "https://example.com/round.mp3", "title": "Concert"}),
    "updateScoreTrack": Example({"title": "Second concert"}),
    "untrashScore": Example(path={"score": "$trashed_score"}),
    "createCollection": Example({"title": "Rounds"}),
    "editCollection": Example({"title": "Canons"}),
    "addScoreToCollection": Example(path={"score": "$other_score"}),
    "untrashCollection": Example(path={"collection": "$trashed_collection"}),
    "createEduResource": Example({"type": "folder", "title": "Canons"}),
    "updateEduResource": Example({"title": "Rounds for four"}),
    "updateEduResourceAssignment": Example({"description": "Sing it."}),
    "copyEduResource": Example({"destination": "$folder"}),
    "moveEduResource": Example({"destination": "$folder"}),
    "useEduResourceInClass": Example({"classroom": "$class"}),
    "listGroups": Example(query={"type": "classStudentsSubGroup", "classroom": "$class"}),
    "createGroup": Example({"type": "classStudentsSubGroup", "classroom": "$class", "members": ["$student"]}),
    "renameGroup": Example({"name": "Tenors"}),
    "addGroupUser": Example({"user": "$other"}),
    "removeGroupUser": Example(path={"user": "$student"}),
    "listOrganizationInvitations": _by_admin(),
    "createOrganizationInvitation": _by_admin({"email": "new.teacher@example.com"}),
    "removeOrganizationInvitation": _by_admin(),
    "listLtiConfigurations": _by_admin(),
    "createLtiConfiguration": _by_admin({"mode": "1p1-manual", "name": "Moodle", "lms": "moodle"}),
    "updateLtiConfiguration": _by_admin({"enableEmailMatching": False}),
    "deleteLtiConfiguration": _by_admin(),
    "listLtiCredentials": _by_admin(),
    "createLtiCredentials": _by_admin({"name": "Moodle", "lms": "moodle"}),
    "revokeLtiCredentials": _by_admin(),
    "listOrganizationUsers": _by_admin(),
    "createOrganizationUser": _by_admin({"username": "new.student", "password": "a long password"}),
    "countOrgaUsers": _by_admin(),
    "updateOrganizationUser": _by_admin({"firstname": "Ann"}, user="$student"),
    "removeOrganizationUser": _by_admin(user="$student"),
    "createOrganizationUserAccessToken": _by_admin({"scopes": ["scores"]}, user="$student"),
    "createOrganizationUserSigninLink": _by_admin({"destinationPath": "/my-library"}, user="$student"),
    "createClass": Example({"name": "Orchestra"}),
    "enrollClass": _by_admin(),
    "updateClass": Example({"name": "Chamber choir"}),
    "activateClass": Example(path={"class": "$new_class"}),
    "createClassAssignment": Example({"title": "Sing", "state": "active"}),
    "updateClassAssignment": Example({"title": "Sing it twice"}),
    "copyAssignment": Example({"classroom": "$new_class"}),
    "createSubmission": Example({"submit": True}, user="student"),
    "editSubmission": Example({"grade": 80, "return": True}),
    "postSubmissionComment": Example({"comment": "Well sung."}),
    "updateSubmissionComment": Example({"comment": "Very well sung."}),
    "listClassStudentSubmissions": Example(path={"user": "$student"}),
    "addClassUser": Example(path={"class": "$new_class", "user": "$student"}),
    "deleteClassUser": Example(path={"user": "$student"}),
    "getUser": Example(path={"user": "$student"}),
    "createOmrJob": Example({"files": [{"file": PDF, "filename": "canon.pdf"}], "autoStart": True}),
    "getOmrJobFile": Example(path={"job": "$done_job"}),
    "getOmrJobExport": Example(path={"job": "$done_job", "format": "musicxml"}),
    "addOmrJobFile": Example({"file": PDF, "filename": "page.pdf"}),
    "submitOmrJobStep": Example({"step": "details", "title": "Canon"}, path={"job": "$waiting_job"}),
}


@dataclass(frozen=True)
class School:
    """A seeded sandbox with one of each thing, and the clients of three people."""

    sandbox: Sandbox
    people: dict[str, flat_api.FlatClient]
    ids: dict[str, Any]

    def call(self, name: str, user: str | None = None, **changed: Any) -> Any:
        """Calls an operation as its example says, but for `changed` fields of it (`path` and `query` by name)."""
        example = EXAMPLES.get(name, Example())
        arguments = list((self.path(name) | changed.get("path", {})).values())
        body = changed.get("body", self.body(name))
        if body is not None:
            arguments.append(body)
        query = {_snake(key): self._filled(value) for key, value in (example.query | changed.get("query", {})).items()}
        return _method(self.people[user or example.user], name)(*arguments, **query)

    def path(self, name: str) -> dict[str, Any]:
        """The values in the path of an operation, in their order, as its example has them."""
        operation, example = OPERATIONS[name], EXAMPLES.get(name, Example())
        known = {**self.ids, **_place(operation), **example.path}
        return {key: self._filled(known[key]) for key in re.findall(r"{(\w+)}", operation.path)}

    def body(self, name: str) -> Any:
        """The body that its example has for an operation, or None."""
        return self._filled(EXAMPLES.get(name, Example()).body)

    def _filled(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._filled(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._filled(one) for one in value]
        return self.ids[value[1:]] if isinstance(value, str) and value.startswith("$") else value


def _place(operation: Operation) -> dict[str, Any]:
    """Parameters whose meaning depends on the rest of the path."""
    return {"comment": "$submission_comment"} if "/submissions/" in operation.path else {}


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower()


def _method(client: flat_api.FlatClient, name: str) -> Callable[..., Any]:
    for api in _apis(client):
        method = getattr(api, _snake(name), None)
        if method is not None:
            found: Callable[..., Any] = method
            return found
    raise AssertionError(f"The SDK has no method for {name}.")


def _apis(client: flat_api.FlatClient) -> Iterator[Any]:
    names = [name for kind in type(client).__mro__ for name in vars(kind) if not name.startswith("_")]
    return (api for api in (getattr(client, name) for name in names) if hasattr(api, "api_client"))


def furnish(sandbox: Sandbox) -> School:
    seeded = sandbox.seed(scores=2, users=3, classes=1, assignments=1, submissions=1)
    student, other = seeded.users[0], seeded.users[1]
    people = {
        "teacher": sandbox.client(user=TEACHER, retries=0, strict=True),
        "student": sandbox.client(user=student, retries=0, strict=True),
        "admin": sandbox.client(user=ADMIN, retries=0, strict=True),
        # Nobody knows this token, and no operation takes this scope.
        "unknown": flat_api.FlatClient("unknown", sandbox.url, retries=0),
        "powerless": sandbox.client(["account.email"], retries=0),
    }
    ids: dict[str, Any] = {
        "class": seeded.classes[0],
        "assignment": seeded.assignments[0],
        "submission": seeded.submissions[0],
        "score": seeded.scores[0],
        "other_score": seeded.scores[1],
        "student": student,
        "other": other,
        "user": TEACHER,
        "revision": "last",
        "index": 0,
        "step": "details",
    }
    school = School(sandbox, people, ids)
    flat = people["teacher"]

    ids["trashed_score"] = flat.scores.create_score({"data": SCALE, "title": "Trash"}).id
    flat.scores.delete_score(ids["trashed_score"])
    ids["collection"] = flat.collections.create_collection({"title": "Rounds"}).id
    flat.collections.add_score_to_collection(ids["collection"], ids["score"])
    ids["trashed_collection"] = flat.collections.create_collection({"title": "Trash"}).id
    flat.collections.delete_collection(ids["trashed_collection"])
    ids["collaborator"] = school.call("addScoreCollaborator").id
    ids["comment"] = school.call("postScoreComment").id
    ids["track"] = school.call("addScoreTrack").track.id
    ids["task"] = school.call("createExportTask").id

    ids["new_class"] = school.call("createClass").id
    ids["enrollmentCode"] = flat.classes.get_class(ids["class"]).enrollment_code
    ids["submission_comment"] = school.call("postSubmissionComment").id
    ids["group"] = school.call("createGroup").id
    ids["folder"] = school.call("createEduResource").id
    ids["resource"] = flat.edu_resources.create_edu_resource({"type": "assignment", "title": "Sing"}).id

    ids["invitation"] = school.call("createOrganizationInvitation").id
    ids["configuration"] = school.call("createLtiConfiguration").id
    ids["credentials"] = school.call("createLtiCredentials").id

    files = [{"file": PDF, "filename": "canon.pdf"}]
    ids["job"] = flat.omr.create_omr_job({"files": files}).id
    ids["done_job"] = flat.omr.create_omr_job({"files": files, "autoStart": True}).id
    steps = {"files": files, "autoStart": True, "interactiveSteps": ["details"]}
    ids["waiting_job"] = flat.omr.create_omr_job(steps).id
    for job, status in (("done_job", "done"), ("waiting_job", "awaitingInput")):
        assert flat.omr.get_omr_job(ids[job]).status == status, job
    return school
