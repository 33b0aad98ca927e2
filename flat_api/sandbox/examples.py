"""Answers from the examples of the contract, for operations without a behavior."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flat_api.sandbox.call import Answer
from flat_api.sandbox.contract import MISSING, Content, Operation
from flat_api.sandbox.media import REVISION_FORMATS, smallest
from flat_api.sandbox.outgoing import UNDECLARED

HEADER = {"X-Sandbox-Example": "true"}


def example_answer(operation: Operation, path: Mapping[str, Any]) -> Answer:
    """The example of the first declared success; an empty answer where the contract has none."""
    response = operation.success
    if response is None or not response.content:
        status = int(response.status) if response else UNDECLARED[operation.id].status
        return Answer(status=status, media_type=None, headers=HEADER)
    # Where a path parameter names a format, the answer has the media type of that format.
    wanted = REVISION_FORMATS.get(path.get("format", ""), "")
    content = response.content.get(wanted) or next(iter(response.content.values()))
    return Answer(status=int(response.status), content=_value(content), media_type=content.media_type, headers=HEADER)


def _value(content: Content) -> Any:
    if content.example is MISSING:
        return smallest(content.media_type)
    if content.media_type != "application/json":
        return str(content.example).encode()
    return content.example
