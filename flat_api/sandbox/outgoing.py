"""Checks the sandbox's own answers against the contract."""

from __future__ import annotations

from collections.abc import Mapping

from flat_api.sandbox.call import Answer
from flat_api.sandbox.contract import Operation
from flat_api.sandbox.errors import ApiError

# Answers that the service gives although they do not fit its contract: the operation, and the query
# parameter that brings them about.
EXCEPTIONS = {
    # {"id": ...} alone, but UserDetails requires more.
    ("getAuthenticatedUser", "onlyId"),
}


def check_answer(operation: Operation, query: Mapping[str, object], answer: Answer) -> None:
    """Raises ApiError 500 (SANDBOX_CONTRACT_MISMATCH) with the JSON path of what breaks the contract."""
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
    violation = content.schema.violation(answer.content)
    if violation is not None:
        raise _mismatch(operation, f"{violation.json_path}: {violation.message}")


def _mismatch(operation: Operation, reason: str) -> ApiError:
    return ApiError(500, "SANDBOX_CONTRACT_MISMATCH", f"The answer to {operation.id} breaks the contract: {reason}")
