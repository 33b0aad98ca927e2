"""A request as it came in, the paths that are no part of the API, and the checked values that an operation demands."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlsplit

from flat_api.sandbox.call import Answer
from flat_api.sandbox.contract import Content, Operation, Parameter
from flat_api.sandbox.errors import ApiError, invalid


@dataclass(frozen=True)
class Received:
    """A request as it came in; `address` is that of the sender, `site_url` the one the sender used for this server."""

    method: str
    raw_path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    address: str
    site_url: str

    @property
    def media_type(self) -> str:
        """The media type of the body, empty without one."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def comes_from_another_site(self) -> bool:
        """Whether a browser sends this for a page of another site."""
        origin = self.headers.get("origin")
        return origin is not None and origin != self.site_url

    def comes_from_this_machine(self) -> bool:
        """Whether the sender is on this machine and calls it by a name of its own."""
        return is_loopback(self.address) and is_loopback(urlsplit(self.site_url).hostname or "")


def is_loopback(host: str) -> bool:
    """Whether a name or an address always means this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True)
class Site:
    """Paths beside the API: they need no token, count for no limit and are not in the contract.

    `prefix` is the path, or how the paths begin when it ends in a slash. With an `operation`, requests are in the
    request log under this name, and faults can be armed for it.
    """

    prefix: str
    respond: Callable[[Received], Answer]
    operation: str | None = None

    def has(self, raw_path: str) -> bool:
        """Whether a path is one of these."""
        return raw_path == self.prefix or (self.prefix.endswith("/") and raw_path.startswith(self.prefix))


FORM = "application/x-www-form-urlencoded"


def read_query(query: str) -> list[tuple[str, str]]:
    """The pairs of a query string. Raises ApiError 400 when it is not percent-escaped UTF-8."""
    try:
        return parse_qsl(query, keep_blank_values=True, errors="strict")
    except ValueError:
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
    value = _form(body) if content.media_type == FORM else _json(body)
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
