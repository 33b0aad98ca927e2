"""Finds the operation of a request by its method and path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import unquote

from flat_api.sandbox.contract import Operation
from flat_api.sandbox.errors import ApiError

_PARAMETER = re.compile(r"\{(\w+)\}")


class Router:
    """The paths of the operations; a fixed segment wins over a parameter."""

    def __init__(self, operations: Iterable[Operation], base_path: str) -> None:
        """`base_path` is what comes before every path, such as /v2."""
        paths: dict[str, dict[str, Operation]] = {}
        for operation in operations:
            paths.setdefault(_PARAMETER.sub("{}", operation.path), {})[operation.method] = operation
        # A brace sorts after all letters: what has a fixed segment in its place is tried before.
        # An empty segment is no identifier: /scores/ is not getScore.
        self._routes = [
            (re.compile(base_path + path.replace("{}", "([^/]+)")), methods) for path, methods in sorted(paths.items())
        ]

    def match(self, method: str, raw_path: str) -> tuple[Operation, dict[str, str]]:
        """The operation and its path parameters, unescaped.

        `raw_path` is still percent-escaped, so that an escaped slash stays inside its segment.
        Raises ApiError 404 for an unknown path, 405 for another method of a known one.
        """
        for pattern, methods in self._routes:
            found = pattern.fullmatch(raw_path)
            if found:
                operation = _choose(methods, method)
                return operation, _values(operation, found.groups())
        raise ApiError(404, "NOT_FOUND", f"There is no {method} {raw_path} in this API.")


def _choose(methods: dict[str, Operation], method: str) -> Operation:
    if method not in methods:
        allowed = ", ".join(sorted(methods))
        message = f"{method} is not possible here; use {allowed}."
        raise ApiError(405, "METHOD_NOT_ALLOWED", message, headers={"Allow": allowed})
    return methods[method]


def _values(operation: Operation, segments: Sequence[str]) -> dict[str, str]:
    names = _PARAMETER.findall(operation.path)
    try:
        return {name: unquote(segment, errors="strict") for name, segment in zip(names, segments, strict=True)}
    except UnicodeDecodeError:
        raise ApiError(404, "NOT_FOUND", "The path is not percent-escaped UTF-8.") from None
