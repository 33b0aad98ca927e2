"""Checks the sandbox's own answers against the contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flat_api.sandbox.call import Answer
from flat_api.sandbox.contract import Operation
from flat_api.sandbox.errors import ApiError

# Answers that the service gives although they do not fit its contract: the operation, and the query
# parameter that brings them about.
EXCEPTIONS = {
    # {"id": ...} alone, but UserDetails requires more.
    ("getAuthenticatedUser", "onlyId"),
    # The same for each item of these lists: ScoreDetails and UserDetailsAdmin require more.
    ("getUserLikes", "ids"),
    ("listOrganizationUsers", "onlyIds"),
}

# Operations without any declared success, and the status they are answered with, without content.
UNDECLARED = {
    # Its description says to take any 2xx status as success and to expect no content.
    "untrashCollection": 204,
}

# Their `resource` is either an assignment or a folder. The form of a folder requires nothing, so an
# assignment fits both forms, and thereby breaks the contract however it is written.
_RESOURCES = {
    "copyEduResource",
    "createEduResource",
    "getEduResource",
    "listEduResources",
    "moveEduResource",
    "updateEduResource",
}


def check_answer(operation: Operation, query: Mapping[str, object], answer: Answer) -> None:
    """Raises ApiError 500 (SANDBOX_CONTRACT_MISMATCH) with the JSON path of what breaks the contract."""
    if UNDECLARED.get(operation.id) == answer.status:
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
    violation = content.schema.violation(_unambiguous(answer.content) if operation.id in _RESOURCES else answer.content)
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
