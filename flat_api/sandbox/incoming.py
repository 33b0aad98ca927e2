"""Turns the raw parts of a request into checked values, as its operation demands."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from flat_api.sandbox.contract import Content, Operation, Parameter
from flat_api.sandbox.errors import ApiError, invalid

_FORM = "application/x-www-form-urlencoded"


def read_query(query: str) -> list[tuple[str, str]]:
    """The pairs of a query string. Raises ApiError 400 when it is not percent-escaped UTF-8."""
    try:
        return parse_qsl(query, keep_blank_values=True, errors="strict")
    except (UnicodeDecodeError, ValueError):
        message = "The query string is not percent-escaped UTF-8."
        raise ApiError(400, "INVALID_QUERY", message) from None


def read_parameters(
    operation: Operation,
    path: Mapping[str, str],
    query: Sequence[tuple[str, str]],
    headers: Mapping[str, str],
) -> dict[str, dict[str, Any]]:
    """The parameters of an operation by place (path, query, header) and name, with the contract's defaults.

    A parameter that is absent and has no default is absent here, too. Raises ApiError 422.
    """
    found: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}}
    for parameter in operation.parameters:
        if parameter.location == "path":
            texts = [path[parameter.name]]
        elif parameter.location == "query":
            texts = [value for name, value in query if name == parameter.name]
        else:
            texts = [headers[parameter.name.lower()]] if parameter.name.lower() in headers else []
        if texts:
            found[parameter.location][parameter.name] = _value(parameter, texts)
        elif parameter.required:
            raise invalid(parameter.name, f"is required in the {parameter.location}.")
        elif parameter.default is not None:
            found[parameter.location][parameter.name] = parameter.default
    return found


def _value(parameter: Parameter, texts: list[str]) -> Any:
    value: Any
    if parameter.type == "array":
        value = [_coerce(parameter, parameter.item_type, text) for text in texts]
    elif len(texts) > 1:
        raise invalid(parameter.name, f"is given {len(texts)} times, but takes one value.")
    else:
        value = _coerce(parameter, parameter.type, texts[0])
    violation = parameter.schema.violation(value)
    if violation is not None:
        raise invalid(parameter.name, violation.message)
    return value


def _coerce(parameter: Parameter, type_: str | None, text: str) -> Any:
    try:
        if type_ == "boolean":
            return {"true": True, "false": False}[text]
        if type_ == "integer":
            return int(text)
        if type_ == "number":
            return _finite(text)
    except (KeyError, ValueError):
        kind = "true or false" if type_ == "boolean" else f"a number of type {type_}"
        raise invalid(parameter.name, f"{text[:80]!r} is not {kind}.") from None
    return text


def read_body(operation: Operation, media_type: str, body: bytes) -> Any:
    """The body as a checked JSON value, or None when there is none or the operation takes none.

    Raises ApiError 400 for what is not JSON, 415 for another media type, 422 for a wrong value.
    """
    if not operation.body:
        return None
    if not body:
        if operation.body_required:
            raise ApiError(422, "INVALID_BODY", f"{operation.id} needs a body: {_media_types(operation)}.")
        return None
    content = operation.body.get(media_type)
    if content is None:
        sent = media_type or "a body without a content type"
        message = f"{operation.id} takes {_media_types(operation)}, not {sent}."
        raise ApiError(415, "UNSUPPORTED_MEDIA_TYPE", message)
    value = _form(body) if content.media_type == _FORM else _json(body)
    _check_body(content, value)
    return value


def _check_body(content: Content, value: Any) -> None:
    violation = content.schema.violation(value) if content.schema else None
    if violation is not None:
        message = f"{violation.param}: {violation.message}" if violation.param else f"body: {violation.message}"
        raise ApiError(422, "INVALID_BODY", message, violation.param or None)


def _media_types(operation: Operation) -> str:
    return " or ".join(operation.body)


def _json(body: bytes) -> Any:
    try:
        value = json.loads(body, parse_constant=_refuse_constant, parse_float=_finite)
        # A lone surrogate can be escaped in JSON, but it is no text that could be stored.
        if b"\\u" in body:
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ApiError(400, "INVALID_JSON", "The body is nested too deeply.") from None
    except ValueError as problem:
        raise ApiError(400, "INVALID_JSON", f"The body is not JSON: {problem}.") from None
    return value


def _form(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))
    except ValueError:
        raise ApiError(400, "INVALID_FORM", "The body is not a URL-encoded form.") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is no finite number")
    return value
