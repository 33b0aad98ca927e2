"""Models, dicts and bytes -> the bytes of a request body; a large text is encoded piece by piece while it is sent."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from typing import Any, TypeAlias, get_origin

import msgspec

from flat_api.exceptions import ApiTypeError, ApiValueError
from flat_api.model import Model, required_fields, wire_names
from flat_api.naming import to_wire
from flat_api.operation import Operation

LARGE = 256 * 1024
"""Characters (or bytes) from which a field is encoded while it is sent instead of beforehand."""

_CHUNK = 96 * 1024  # A multiple of 3, so that pieces of base64 join without padding.

_encoder = msgspec.json.Encoder()


class ChunkedBody:
    """A JSON body of which one large field is encoded again each time it is sent, in constant memory."""

    def __init__(self, before: bytes, large: str | bytes, after: bytes) -> None:
        self._before = before
        self._large = large
        self._after = after
        self._length = len(before) + len(after) + self._large_length()

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes | memoryview]:
        yield self._before
        yield from self._pieces()
        yield self._after

    def _pieces(self) -> Iterator[bytes | memoryview]:
        for start in range(0, len(self._large), _CHUNK):
            piece = self._large[start : start + _CHUNK]
            if isinstance(piece, bytes):
                yield base64.b64encode(piece)
            else:
                yield memoryview(encode(piece))[1:-1]

    def _large_length(self) -> int:
        if isinstance(self._large, bytes):
            return (len(self._large) + 2) // 3 * 4
        return sum(len(piece) for piece in self._pieces())


Body: TypeAlias = bytes | ChunkedBody


def encode_body(operation: Operation[Any], body: Any, media_type: str) -> Body:
    """The request body of a call.

    Args:
        operation: What the contract says.
        body: A model, a dict (wire or Python names), a list of them, or bytes, which go out as they are.
        media_type: Media type of the body; text goes out as it is unless this is JSON.

    Raises:
        ApiTypeError: the body cannot be written as JSON, or is no model, dict, list or bytes.
        ApiValueError: a required field is missing, or a number is not finite.
    """
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    try:
        if media_type.partition(";")[0].strip().lower().endswith("json"):
            return _encode_json(body, operation.body() if operation.body is not None else Any)
        if isinstance(body, str):
            return body.encode()
    except RecursionError:
        raise ApiValueError(f"{operation.id}: the body is nested too deeply, or contains itself.") from None
    except (TypeError, ValueError) as error:
        kind = ApiTypeError if isinstance(error, TypeError) else ApiValueError
        raise kind(f"{operation.id}: {error}") from None
    raise ApiTypeError(f"{operation.id} sends {media_type}: pass the body as bytes, not {type(body).__name__}.")


def _encode_json(body: Any, expected: Any) -> Body:
    accepted = (list, tuple) if get_origin(expected) is list else (Model, dict)
    if expected is not Any and not isinstance(body, accepted):
        wanted = "a list" if list in accepted else "a model or a dict"
        raise TypeError(f"the body must be {wanted}, not {type(body).__name__}.")
    try:
        named = to_wire(body, expected, _require)
    except TypeError as error:  # No form of a family has all its required fields.
        raise ValueError(str(error)) from None
    large = _large_field(named)
    if large is None:
        return _finite(encode(named), named)
    name, value = large
    mark = os.urandom(16).hex()
    shell: Any = msgspec.structs.replace(named, **{name: mark}) if isinstance(named, Model) else {**named, name: mark}
    before, _, after = _finite(encode(shell), shell).partition(mark.encode())
    return ChunkedBody(before, value, after)


def encode(value: Any) -> bytes:
    """JSON of a model or plain data. Raises ApiTypeError where something has no JSON form."""
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:
        # Half a surrogate pair, kept by a tolerant answer: only an escape can carry it.
        return json.dumps(msgspec.to_builtins(value), separators=(",", ":")).encode()
    except (TypeError, ValueError) as error:
        raise ApiTypeError(f"{type(value).__name__} cannot be written as JSON: {error}") from None


def _finite(encoded: bytes, value: Any) -> bytes:
    """The encoded body, unless a NaN or an infinity in it was written as null, which would clear the field."""
    if b"null" in encoded:
        try:
            json.dumps(msgspec.to_builtins(value), allow_nan=False)
        except ValueError:
            raise ValueError("NaN and infinity have no JSON form.") from None
    return encoded


def _require(model: type[Model], body: dict[Any, Any]) -> None:
    names = wire_names(model)
    missing = [name for name in required_fields(model) if name not in body and names[name] not in body]
    if missing:
        raise ValueError(f"{model.__name__} needs {', '.join(repr(names[name]) for name in missing)}.")


def _large_field(body: Any) -> tuple[str, str | bytes] | None:
    """The first field with a large text or bytes in it."""
    if isinstance(body, Model):
        pairs = [(name, getattr(body, name)) for name in body.__struct_fields__]
    else:
        pairs = list(body.items()) if isinstance(body, dict) else []
    for name, value in pairs:
        if isinstance(value, (str, bytes)) and len(value) >= LARGE:
            return name, value
    return None
