"""Finds the operation of a request by its method and path."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

from flat_api.sandbox.contract import Operation
from flat_api.sandbox.errors import ApiError


@dataclass
class _Node:
    fixed: dict[str, _Node] = field(default_factory=dict)
    variable: _Node | None = None
    operations: dict[str, Operation] = field(default_factory=dict)


class Router:
    """The paths of the operations as a tree of segments; a fixed segment wins over a parameter."""

    def __init__(self, operations: Iterable[Operation], base_path: str) -> None:
        """`base_path` is what comes before every path, such as /v2."""
        self._base = base_path + "/"
        self._root = _Node()
        for operation in operations:
            node = self._root
            for segment in operation.path.strip("/").split("/"):
                if segment.startswith("{"):
                    node.variable = node.variable or _Node()
                    node = node.variable
                else:
                    node = node.fixed.setdefault(segment, _Node())
            node.operations[operation.method] = operation

    def match(self, method: str, raw_path: str) -> tuple[Operation, dict[str, str]]:
        """The operation and its path parameters, unescaped.

        `raw_path` is still percent-escaped, so that an escaped slash stays inside its segment.
        Raises ApiError 404 for an unknown path, 405 for another method of a known one.
        """
        if raw_path.startswith(self._base):
            segments = raw_path.removeprefix(self._base).split("/")
            node = _descend(self._root, segments)
            if node is not None:
                operation = node.operations.get(method)
                if operation is None:
                    allowed = ", ".join(sorted(node.operations))
                    message = f"{method} is not possible here; use {allowed}."
                    raise ApiError(405, "METHOD_NOT_ALLOWED", message, headers={"Allow": allowed})
                return operation, _path_values(operation, segments)
        raise ApiError(404, "NOT_FOUND", f"There is no {method} {raw_path} in this API.")


def _descend(node: _Node, segments: list[str]) -> _Node | None:
    if not segments:
        return node if node.operations else None
    head, *rest = segments
    if head in node.fixed:
        found = _descend(node.fixed[head], rest)
        if found is not None:
            return found
    # An empty segment is no identifier: /scores/ is not getScore.
    return _descend(node.variable, rest) if node.variable and head else None


def _path_values(operation: Operation, segments: list[str]) -> dict[str, str]:
    names = operation.path.strip("/").split("/")
    try:
        return {
            name[1:-1]: unquote(segment, errors="strict")
            for name, segment in zip(names, segments, strict=True)
            if name.startswith("{")
        }
    except UnicodeDecodeError:
        raise ApiError(404, "NOT_FOUND", "The path is not percent-escaped UTF-8.") from None
