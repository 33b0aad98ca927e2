"""What an ApiClient of 0.x, 1.x and 2.x had beside what it has today."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypedDict

from flat_api.exceptions import ApiTypeError, ApiValueError
from flat_api.operation import Operation, Parameter

if TYPE_CHECKING:
    from flat_api.api_client import ApiClient


class EarlierArguments(TypedDict, total=False):
    """Keywords that `ApiClient` takes because earlier generations did."""

    host: str | None
    header_name: str | None
    header_value: str | None
    cookie: str | None
    pool_threads: int


_PRIMITIVE = (float, bool, bytes, str, int)
_NATIVE = {
    "int": int,
    "long": int,
    "float": float,
    "str": str,
    "bool": bool,
    "date": datetime.date,
    "datetime": datetime.datetime,
    "object": object,
}
_GONE = {
    "rest_client": "connections are made by the client itself",
    "last_response": "call the _with_http_info form of a method for status and headers",
    "request": "use call_api",
    "param_serialize": "use call_api",
    "update_params_for_auth": "pass _request_auth to a call",
}


def accept(client: ApiClient, given: Mapping[str, Any]) -> None:
    """Take the earlier keywords of a new client.

    Raises:
        ApiTypeError: no generation had the keyword.
    """
    for name in given:
        if name not in EarlierArguments.__annotations__:
            raise ApiTypeError(f"ApiClient has no argument {name!r}.")
    if given.get("host"):
        client.configuration.host = given["host"]
    if given.get("header_name"):
        client.set_default_header(given["header_name"], given.get("header_value", ""))
    if given.get("cookie"):
        client.set_default_header("Cookie", given["cookie"])
    client.__dict__["pool_threads"] = given.get("pool_threads", 8)


def attribute(client: ApiClient, name: str) -> Any:
    """What `name` was on a client of an earlier generation.

    Raises:
        AttributeError: no generation had it, or it cannot be had any more.
    """
    if name == "cookie":
        return client.default_headers.get("Cookie")
    if name == "client_side_validation":
        return True
    if name == "PRIMITIVE_TYPES":
        return _PRIMITIVE
    if name == "NATIVE_TYPES_MAPPING":
        return dict(_NATIVE)
    if name in _METHODS:
        return lambda *args, **given: _METHODS[name](client, *args, **given)
    advice = f": {_GONE[name]}." if name in _GONE else ""
    raise AttributeError(f"{type(client).__name__!r} object has no attribute {name!r}{advice}")


def _sanitize_for_serialization(client: ApiClient, obj: Any) -> Any:
    """Plain data that `json.dumps` takes."""
    import msgspec

    return msgspec.to_builtins(obj, enc_hook=str)


def _deserialize(client: ApiClient, response: Any, response_type: Any, content_type: str | None = None) -> Any:
    """Read JSON text, or a response that holds it, as a type named as in 0.x (`list[ScoreDetails]`)."""
    from flat_api.decoding import decode

    body = response if isinstance(response, (str, bytes)) else response.data
    raw = body.encode() if isinstance(body, str) else body
    expected = _type_of(response_type)
    return raw if expected is bytes else decode(raw, lambda: expected)


def _type_of(name: Any) -> Any:
    from flat_api import models

    if not isinstance(name, str):
        return name
    opening, _, rest = name.partition("[" if "[" in name else "(")
    if opening.lower() == "list" and rest:
        return list[_type_of(rest[:-1])]  # type: ignore[misc]
    if opening.lower() == "dict" and rest:
        return dict[str, _type_of(rest[:-1].partition(",")[2].strip())]  # type: ignore[misc]
    if name in _NATIVE:
        return Any if name == "object" else _NATIVE[name]
    return bytes if name in ("file", "bytearray") else getattr(models, name)


def _call_api(client: ApiClient, first: str, second: str, *args: Any, **given: Any) -> Any:
    """Any call by its path, as in 0.x and 1.0: `call_api("/me", "GET", response_type="UserDetails")`.

    Raises:
        ApiValueError: method and URL are given as in 1.1 and 2.x, where this was the inside of a call.
    """
    if not first.startswith("/"):
        raise ApiValueError("call_api takes a path and a method, such as call_api('/me', 'GET').")
    named = {**dict(zip(_CALL_API, args, strict=False)), **given}
    unknown = named.keys() - _CALL_API.keys()
    if unknown:
        raise ApiTypeError(f"call_api has no argument {', '.join(sorted(unknown))}.")
    if named.get("post_params") or named.get("files"):
        raise ApiValueError("call_api sends JSON: pass a body, the API has no forms.")
    path, query, headers = (dict(named.get(f"{kind}_params") or ()) for kind in ("path", "query", "header"))
    expected = _type_of(named.get("response_type"))
    values = {**path, **query}
    operation: Operation[Any] = Operation(
        f"{second} {first}",
        second,
        first,
        parameters=tuple(Parameter("path" if name in path else "query", name) for name in values),
        content_types=("application/json",),
        accept=("application/json",),
        answers={200: lambda: expected} if expected not in (None, bytes) else {},
        binary=expected is bytes,
    )
    options = {
        "_headers": headers or None,
        "_request_timeout": named.get("_request_timeout"),
        "_return_http_data_only": False,
    }
    for name in ("async_req", "async", "callback", "_preload_content", "_return_http_data_only"):
        if name in named:
            options[name] = named[name]
    from flat_api.compat.options import send

    return send(client, operation, tuple(values.values()), options, named.get("body")).data


_CALL_API = dict.fromkeys(
    (
        "path_params",
        "query_params",
        "header_params",
        "body",
        "post_params",
        "files",
        "response_type",
        "auth_settings",
        "async_req",
        "async",
        "callback",
        "_return_http_data_only",
        "collection_formats",
        "_preload_content",
        "_request_timeout",
        "_host",
        "_check_type",
    )
)

_METHODS: dict[str, Callable[..., Any]] = {
    "call_api": _call_api,
    "deserialize": _deserialize,
    "sanitize_for_serialization": _sanitize_for_serialization,
}
