"""What openapi.json says of every operation, from its route to its examples, and which one a request is for."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from flat_api.sandbox.errors import ApiError
from flat_api.sandbox.schemas import Registry, Schema

_PARAMETER = re.compile(r"\{(\w+)\}")
_METHODS = ("get", "post", "put", "patch", "delete")


class Missing:
    """Marks an example that the contract does not give (null is an example, too)."""


MISSING: Final = Missing()


@dataclass(frozen=True)
class Parameter:
    """A parameter in the path, the query or a header."""

    name: str
    location: str
    required: bool
    schema: Schema
    type: str | None
    item_type: str | None
    default: Any
    example: Any


@dataclass(frozen=True)
class Content:
    """One media type of a body."""

    media_type: str
    schema: Schema | None
    binary: bool
    example: Any


@dataclass(frozen=True)
class Response:
    """One declared answer; `status` is a number as text, or "default"."""

    status: str
    content: Mapping[str, Content]
    headers: Mapping[str, Schema]


@dataclass(frozen=True)
class Operation:
    """One operation of the contract. Any one of `scopes` gives access."""

    id: str
    method: str
    path: str
    scopes: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    body: Mapping[str, Content]
    body_required: bool
    responses: Mapping[str, Response]

    @property
    def success(self) -> Response | None:
        """The first declared answer of success, if there is any."""
        return next((one for status, one in self.responses.items() if status.startswith("2")), None)

    def response(self, status: int) -> Response | None:
        """What is declared for a status, directly or as the default error."""
        declared = self.responses.get(str(status))
        if declared is None and status >= 400:
            declared = self.responses.get("default")
        return declared


class Contract:
    """The parsed contract.

    Parameters: the OpenAPI 3.0 document as plain JSON values.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._registry = Registry(document["components"]["schemas"])
        self.version: str = document["info"]["version"]
        self.base_path: str = urlsplit(document["servers"][0]["url"]).path.rstrip("/")
        flows = document["components"]["securitySchemes"]["OAuth2"]["flows"]
        self.scope_texts: dict[str, str] = {
            scope: text for flow in flows.values() for scope, text in flow["scopes"].items()
        }
        self.scopes = frozenset(self.scope_texts)
        self.operations: dict[str, Operation] = {}
        paths: dict[str, dict[str, Operation]] = {}
        for path, item in document["paths"].items():
            for method in _METHODS:
                if method in item:
                    operation = self._operation(method, path, item)
                    self.operations[operation.id] = operation
                    paths.setdefault(_PARAMETER.sub("{}", path), {})[operation.method] = operation
        # A fixed segment wins over a parameter: a brace sorts after all letters.
        # An empty segment is no identifier: /scores/ is not getScore.
        self._routes = [
            (re.compile("([^/]+)".join(map(re.escape, (self.base_path + path).split("{}")))), methods)
            for path, methods in sorted(paths.items())
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

    def component(self, name: str) -> Schema:
        """A named schema."""
        return self._registry.schema({"$ref": f"#/components/schemas/{name}"})

    def _operation(self, method: str, path: str, item: Mapping[str, Any]) -> Operation:
        raw = item[method]
        # A parameter of the operation replaces the one of the path with the same name and place.
        parameters = {
            (one.location, one.name): one
            for one in map(self._parameter, [*item.get("parameters", []), *raw.get("parameters", [])])
        }
        body = self._follow(raw.get("requestBody", {}))
        alternatives = raw.get("security", self._document.get("security", []))
        return Operation(
            id=raw["operationId"],
            method=method.upper(),
            path=path,
            scopes=tuple(scope for one in alternatives for scopes in one.values() for scope in scopes),
            parameters=tuple(parameters.values()),
            body=self._content(body.get("content", {})),
            body_required=body.get("required", False),
            responses={status: self._response(status, one) for status, one in raw["responses"].items()},
        )

    def _parameter(self, raw: Mapping[str, Any]) -> Parameter:
        raw = self._follow(raw)
        schema = self._follow(raw["schema"])
        while "allOf" in schema and "type" not in schema:
            schema = self._follow(schema["allOf"][0])
        items = self._follow(schema.get("items", {}))
        return Parameter(
            name=raw["name"],
            location=raw["in"],
            required=raw.get("required", False),
            schema=self._registry.schema(raw["schema"]),
            type=schema.get("type"),
            item_type=items.get("type"),
            default=schema.get("default"),
            example=raw.get("example", MISSING),
        )

    def _response(self, status: str, raw: Mapping[str, Any]) -> Response:
        raw = self._follow(raw)
        headers = {
            name.lower(): self._registry.schema(self._follow(header)["schema"])
            for name, header in raw.get("headers", {}).items()
        }
        return Response(status, self._content(raw.get("content", {})), headers)

    def _content(self, raw: Mapping[str, Any]) -> dict[str, Content]:
        found = {}
        for media_type, one in raw.items():
            schema = one.get("schema")
            found[media_type] = Content(
                media_type=media_type,
                schema=self._registry.schema(schema) if schema is not None else None,
                binary=bool(schema) and schema.get("format") == "binary",
                example=one.get("example", MISSING),
            )
        return found

    def _follow(self, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in raw:
            target: Any = self._document
            for step in raw["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            raw = target
        return raw


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


@cache
def load() -> Contract:
    """The contract that is installed with the sandbox."""
    return Contract(json.loads(files("flat_api.sandbox").joinpath("openapi.json").read_bytes()))
