"""Bytes of an answer -> models: a fast path, and a tolerant path that keeps odd values as they came. Pure."""

from __future__ import annotations

import logging
import re
import types
from collections.abc import Callable
from datetime import date, datetime
from enum import Enum
from typing import Any, Literal, TypeVar, get_args, get_origin

import msgspec

from flat_api.model import Model, OneOf, field_types, required_fields, wire_names
from flat_api.naming import arms, model_for, to_wire

log = logging.getLogger("flat_api")

M = TypeVar("M", bound=Model)

_decoders: dict[Callable[[], Any], tuple[Any, msgspec.json.Decoder[Any]]] = {}
_BOM = b"\xef\xbb\xbf"


class WrongShapeError(ValueError):
    """A body that is no JSON, or has another shape altogether."""


def decode(body: bytes, answer: Callable[[], Any], *, strict: bool = False) -> Any:
    """Decode a JSON body.

    Args:
        body: The body, decompressed.
        answer: Gives the expected type; one decoder is kept per callable.
        strict: Refuse a value of the wrong type instead of keeping it.

    Raises:
        WrongShapeError: no JSON, or (for example) a list where an object belongs.
    """
    found = _decoders.get(answer)
    if found is None:
        expected = answer()
        found = _decoders[answer] = (
            expected,
            msgspec.json.Decoder(expected, dec_hook=_family_hook),
        )
    expected, decoder = found
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        if strict:
            raise WrongShapeError(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if not body.startswith(_BOM):
            raise WrongShapeError(_no_json(body, error)) from None
        return decode(body[len(_BOM) :], answer, strict=strict)
    if get_origin(expected) is list:
        return _tolerant_list(body, expected)
    plain = msgspec.json.decode(body)
    if model_for_shape(expected) and not isinstance(plain, dict):
        raise WrongShapeError(f"The answer is {_kind(plain)}, not an object.")
    return _build(plain, expected, "$")


def _tolerant_list(body: bytes, expected: Any) -> Any:
    """Decode item by item, so that only the odd ones take the slow way."""
    try:
        raw_items = msgspec.json.decode(body, type=list[msgspec.Raw])
    except msgspec.ValidationError:
        raise WrongShapeError(f"The answer is {_kind(msgspec.json.decode(body))}, not a list.") from None
    inner = get_args(expected)[0]
    decoder = msgspec.json.Decoder(inner, dec_hook=_family_hook)
    items = []
    for index, raw in enumerate(raw_items):
        try:
            items.append(decoder.decode(raw))
        except msgspec.ValidationError:
            items.append(_build(msgspec.json.decode(raw), inner, f"$[{index}]"))
    return items


def from_plain(data: Any, model: type[M]) -> M | None:
    """Make a model of plain data with wire or Python names.

    Raises:
        TypeError: the data is no mapping.
    """
    if data is None or isinstance(data, model):
        return data
    if not isinstance(data, dict):
        raise TypeError(f"{model.__name__}.from_dict takes a dict, not {type(data).__name__}.")
    built: M = _build(to_wire(data, model), model, "$")
    return built


def model_for_shape(expected: Any) -> bool:
    """Whether only a JSON object can be meant."""
    return isinstance(expected, type) and issubclass(expected, (Model, OneOf))


def _family_hook(expected: type, value: Any) -> Any:
    """How msgspec reads a OneOf family."""
    if not issubclass(expected, OneOf):
        raise NotImplementedError(f"No way to read {expected.__name__}.")
    if isinstance(value, Model):
        return value
    if not isinstance(value, dict):
        raise ValueError(f"Expected an object for {expected.__name__}")
    return _convert(value, expected.choose(value))


def _convert(value: Any, expected: Any) -> Any:
    return msgspec.convert(value, expected, dec_hook=_family_hook)


def _build(value: Any, expected: Any, path: str) -> Any:
    """Convert what can be converted, keep the rest as it came."""
    try:
        return _convert(value, expected)
    except msgspec.ValidationError:
        pass
    if isinstance(value, dict):
        try:
            model = model_for(value, expected)
        except TypeError:
            model = None
        if model is not None:
            return _build_model(value, model, path)
    for arm in arms(expected):
        container = get_origin(arm)
        if container is list and isinstance(value, list):
            inner = get_args(arm)[0]
            return [_build(item, inner, f"{path}[{index}]") for index, item in enumerate(value)]
        if container is dict and isinstance(value, dict):
            inner = get_args(arm)[1]
            return {key: _build(item, inner, f"{path}.{key}") for key, item in value.items()}
    log.debug("Kept as it came: %s", path)
    return value


_FIELD_AT = re.compile(r"at `\$\.([^.\[`]+)")
_MISSING = re.compile(r"missing required field `([^`]+)`$")


def _build_model(value: dict[str, Any], model: type[M], path: str) -> M:
    """Put aside the field each complaint names until the rest converts; then give those fields back as they came."""
    aside: dict[str, Any] = {}
    data = dict(value)
    spare = _spare_values(model)
    while True:
        try:
            built: M = _convert(data, model)
            break
        except msgspec.ValidationError as error:
            text = str(error)
            complaint = _FIELD_AT.search(text) or _MISSING.search(text)
            name = complaint[1] if complaint else None
            if name is None or name in aside:
                return _field_by_field(value, model, path)
            aside[name] = data.pop(name, None)
            if name in spare:
                data[name] = spare[name]
    types_, python_names = field_types(model), {wire: python for python, wire in wire_names(model).items()}
    for wire, odd in aside.items():
        python = python_names[wire]
        if wire not in value:
            log.debug("Missing: %s.%s", path, wire)
        setattr(built, python, _build(odd, types_[python], f"{path}.{wire}"))
    return built


def _field_by_field(value: dict[str, Any], model: type[M], path: str) -> M:
    types_, names = field_types(model), wire_names(model)
    fields: dict[str, Any] = dict.fromkeys(required_fields(model))
    for python, wire in names.items():
        if wire in value:
            fields[python] = _build(value[wire], types_[python], f"{path}.{wire}")
    return model(**fields)


_spares: dict[type[Model], dict[str, Any]] = {}


def _spare_values(model: type[Model]) -> dict[str, Any]:
    """Wire name -> a value that converts, for every required field; it only holds the place of an odd one."""
    found = _spares.get(model)
    if found is None:
        names, types_ = wire_names(model), field_types(model)
        found = _spares[model] = {names[name]: _spare(types_[name]) for name in required_fields(model)}
    return found


def _spare(expected: Any) -> Any:
    arm = arms(expected)[0]
    origin = get_origin(arm)
    if origin is Literal:
        return get_args(arm)[0]
    if origin in (list, dict):
        return origin()
    if isinstance(arm, type):
        if issubclass(arm, Enum):
            return next(iter(arm)).value
        if issubclass(arm, OneOf):
            arm = arm.models()[0]
        if issubclass(arm, Model):
            return _spare_values(arm)
        simple = {str: "", int: 0, float: 0.0, bool: False, bytes: "", datetime: datetime.min, date: date.min}
        return simple.get(arm)
    return None


def _no_json(body: bytes, error: Exception) -> str:
    if not body.strip():
        return "The answer has no body where JSON belongs."
    if body.lstrip()[:1] == b"<":
        return "The answer is HTML or XML, not JSON."
    return f"The answer is not JSON: {error}"


def _kind(value: Any) -> str:
    kinds: dict[type, str] = {dict: "an object", list: "a list", str: "a text", bool: "a truth value"}
    return "null" if isinstance(value, types.NoneType) else kinds.get(type(value), "a number")
