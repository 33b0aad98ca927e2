"""Answers from the examples of the contract, and the check of every answer against it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from flat_api.sandbox.call import Answer
from flat_api.sandbox.contract import MISSING, Content, Operation
from flat_api.sandbox.errors import ApiError
from flat_api.sandbox.media import REVISION_FORMATS, smallest

# Answers that the service gives although they do not fit its contract: the operation, the query parameter
# that brings them about, and the reason.
EXCEPTIONS = {
    ("getAuthenticatedUser", "onlyId"): "the answer is the id alone, but UserDetails requires more",
    ("getUserLikes", "ids"): "the items are the id alone, but ScoreDetails requires more",
    ("listOrganizationUsers", "onlyIds"): "the items are the id alone, but UserDetailsAdmin requires more",
}


class Undeclared(NamedTuple):
    """The status, without content, of an operation whose contract declares no success, and the reason."""

    status: int
    reason: str


UNDECLARED = {
    "untrashCollection": Undeclared(204, "the contract says to take any 2xx as success, but declares none"),
}

# Operations whose answers have a `resource` that breaks the contract however it is written.
AMBIGUITY = "the form of a folder requires nothing, so that an assignment fits both forms of `resource`"
AMBIGUOUS = {
    "copyEduResource",
    "createEduResource",
    "getEduResource",
    "listEduResources",
    "moveEduResource",
    "updateEduResource",
}

# Operations whose errors are JSON, although the contract declares them under the media type of the file.
JSON_ERRORS = {
    "exportSubmissionsReviewsAsCsv": "the contract says that an error is JSON, but declares it as text/csv",
    "exportSubmissionsReviewsAsExcel": "the contract says that an error is JSON, but declares it as a workbook",
}

_EXAMPLE = {"X-Sandbox-Example": "true"}


def example_answer(operation: Operation, path: Mapping[str, Any]) -> Answer:
    """The example of the first declared success; an empty answer where the contract has none."""
    response = operation.success
    if response is None or not response.content:
        status = int(response.status) if response else UNDECLARED[operation.id].status
        return Answer(status=status, media_type=None, headers=_EXAMPLE)
    # Where a path parameter names a format, the answer has the media type of that format.
    wanted = REVISION_FORMATS.get(path.get("format", ""), "")
    content = response.content.get(wanted) or next(iter(response.content.values()))
    return Answer(status=int(response.status), content=_value(content), media_type=content.media_type, headers=_EXAMPLE)


def _value(content: Content) -> Any:
    if content.example is MISSING:
        return smallest(content.media_type)
    if content.media_type != "application/json":
        return str(content.example).encode()
    return content.example


def check_answer(operation: Operation, query: Mapping[str, object], answer: Answer) -> None:
    """Raises ApiError 500 (SANDBOX_CONTRACT_MISMATCH) with the JSON path of what breaks the contract."""
    undeclared = UNDECLARED.get(operation.id)
    if undeclared is not None and undeclared.status == answer.status:
        return
    declared = operation.response(answer.status)
    if declared is None:
        raise _mismatch(operation, f"status {answer.status} is not declared.")
    for name, value in answer.headers.items():
        schema = declared.headers.get(name.lower())
        violation = schema.violation(value) if schema and schema.raw.get("type") == "string" else None
        if violation is not None:
            raise _mismatch(operation, f"header {name}: {violation.message}")
    if answer.media_type is None:
        if declared.content:
            raise _mismatch(operation, f"status {answer.status} needs a body.")
        return
    content = declared.content.get(answer.media_type)
    if content is None:
        raise _mismatch(operation, f"media type {answer.media_type} is not declared for {answer.status}.")
    if content.binary or content.schema is None or isinstance(answer.content, bytes):
        return
    if any(query.get(name) for operation_id, name in EXCEPTIONS if operation_id == operation.id):
        return
    violation = content.schema.violation(_unambiguous(answer.content) if operation.id in AMBIGUOUS else answer.content)
    if violation is not None:
        raise _mismatch(operation, f"{violation.json_path}: {violation.message}")


def _unambiguous(value: Any) -> Any:
    """Resources with a mark in their assignments that no folder can have."""
    if isinstance(value, list):
        return [_unambiguous(one) for one in value]
    if value.get("type") == "assignment" and "resource" in value:
        return {**value, "resource": {**value["resource"], "resourcesCount": None}}
    return value


def _mismatch(operation: Operation, reason: str) -> ApiError:
    return ApiError(500, "SANDBOX_CONTRACT_MISMATCH", f"The answer to {operation.id} breaks the contract: {reason}")
