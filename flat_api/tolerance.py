"""Answers that are not quite what the contract says -> models that keep the odd values as they came. Pure."""

from __future__ import annotations

import functools
import json
import logging
import math
import re
import types
from datetime import date, datetime
from enum import Enum
from typing import Any, Literal, TypeVar, get_args, get_origin

import msgspec

from flat_api.decoding import WrongShapeError, family_hook
from flat_api.model import Model, arms, field_types, required_fields, wire_names
from flat_api.naming import model_for, to_wire
from flat_api.one_of import OneOf

log = logging.getLogger("flat_api")

M = TypeVar("M", bound=Model)


def decode(body: bytes, expected: Any) -> Any:
    """Decode a JSON body, field by field where it must be.

    Raises:
        WrongShapeError: no JSON, or (for example) a list where an object belongs.
    """
    try:
        return _decode(body, expected)
    except RecursionError as error:
        raise WrongShapeError(why_unreadable(body, error)) from None


def _decode(body: bytes, expected: Any) -> Any:
    if get_origin(expected) is list:
        try:
            raw_items = msgspec.json.decode(body, type=list[msgspec.Raw])
        except ValueError:
            pass
        else:
            return _decode_items(raw_items, get_args(expected)[0])
    plain = read_json(body)
    _check_shape(plain, expected)
    return _build(plain, expected, "$")


def _decode_items(raw_items: list[msgspec.Raw], expected: Any) -> list[Any]:
    """Decode item by item, so that only the odd ones take the slow way."""
    decoder = msgspec.json.Decoder(expected, dec_hook=family_hook)
    items = []
    for index, raw in enumerate(raw_items):
        try:
            items.append(decoder.decode(raw))
        except ValueError:
            items.append(_build(read_json(bytes(raw)), expected, f"$[{index}]"))
    return items


def read_json(text: str | bytes) -> Any:
    """JSON as plain data; numbers beyond what Python holds stay text.

    Raises:
        WrongShapeError: no JSON.
    """
    try:
        return msgspec.json.decode(text)
    except (ValueError, RecursionError) as error:
        # The library of Python knows what msgspec does not: a BOM, half a surrogate pair, a number out of range.
        try:
            return json.loads(text, parse_int=_whole, parse_float=_decimal, parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise WrongShapeError(why_unreadable(text, error)) from None


def _whole(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:  # More digits than `sys.get_int_max_str_digits()`.
        return text


def _decimal(text: str) -> float | str:
    number = float(text)
    return text if math.isinf(number) else number


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _check_shape(plain: Any, expected: Any) -> None:
    """A list, an object and a single value never stand for each other."""
    found = type(plain)
    wanted = dict if model_for_shape(expected) else get_origin(expected) or expected
    if wanted in _KINDS and found is not wanted and (wanted in (dict, list) or found in (dict, list)):
        raise WrongShapeError(f"The answer is {_KINDS[found]}, not {_KINDS[wanted]}.")


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


def _convert(value: Any, expected: Any) -> Any:
    return msgspec.convert(value, expected, dec_hook=family_hook)


def _build(value: Any, expected: Any, path: str) -> Any:
    """Convert what can be converted, keep the rest as it came."""
    try:
        return _convert(value, expected)
    except ValueError:
        pass
    if isinstance(value, dict):
        model = model_for(value, expected)
        if model is not None:
            return _build_model(value, model, path)
    for arm in arms(expected):
        container = get_origin(arm)
        if container is list and isinstance(value, list):
            inner = get_args(arm)[0]
            return [_build(item, inner, f"{path}[{index}]") for index, item in enumerate(value)]
        if container is dict and isinstance(value, dict):
            inner = get_args(arm)[1]
            return {key: _build(item, inner, f"{path}[{key!a}]") for key, item in value.items()}
    moment = _moment(value) if isinstance(value, str) and datetime in arms(expected) else None
    if moment is None:
        log.debug("Kept as it came: %s", path)
    return value if moment is None else moment


def _moment(text: str) -> datetime | None:
    """A moment in a form of ISO 8601 that msgspec does not read (`+02`, no seconds, no separators); a date is none."""
    from dateutil.parser import isoparse

    try:
        return isoparse(text) if "T" in text or " " in text else None
    except (ValueError, OverflowError):
        return None


_FIELD_AT = re.compile(r".*at `\$\.([^.\[`]+)")
_MISSING = re.compile(r"missing required field `([^`]+)`$")


def _build_model(value: dict[str, Any], model: type[M], path: str) -> M:
    """Put aside the field each complaint names until the rest converts; then give those fields back as they came."""
    aside: list[str] = []
    data = dict(value)
    spare = _spare_values(model)
    while True:
        try:
            built: M = _convert(data, model)
            break
        except ValueError as error:
            text = str(error)
            complaint = _FIELD_AT.match(text) or _MISSING.search(text)
            name = complaint[1] if complaint else None
            if name is None or name in aside:
                return model(**_odd_fields(value, model, path, list(wire_names(model).values())))
            aside.append(name)
            data.pop(name, None)
            if name in spare:
                data[name] = spare[name]
    for python, odd in _odd_fields(value, model, path, aside).items():
        setattr(built, python, odd)
    return built


def _odd_fields(value: dict[str, Any], model: type[Model], path: str, wires: list[str]) -> dict[str, Any]:
    """Python name -> value of some fields, each read by itself; a required one that is missing is None."""
    types_, required = field_types(model), required_fields(model)
    fields: dict[str, Any] = {}
    for python, wire in wire_names(model).items():
        if wire in wires and wire in value:
            fields[python] = _build(value[wire], types_[python], f"{path}.{wire}")
        elif wire in wires and python in required:
            log.debug("Missing: %s.%s", path, wire)
            fields[python] = None
    return fields


@functools.cache
def _spare_values(model: type[Model]) -> dict[str, Any]:
    """Wire name -> a value that converts, for every required field; it only holds the place of an odd one."""
    return _spares(model, ())


def _spares(model: type[Model], within: tuple[type[Model], ...]) -> dict[str, Any]:
    names, types_ = wire_names(model), field_types(model)
    return {names[name]: _spare(types_[name], (*within, model)) for name in required_fields(model)}


def _spare(expected: Any, within: tuple[type[Model], ...]) -> Any:
    alternatives = arms(expected)
    arm = alternatives[0]
    origin = get_origin(arm)
    if types.NoneType in alternatives:
        return None
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
            return None if arm in within else _spares(arm, within)
        return _SIMPLE.get(arm)
    return None


_SIMPLE = {str: "", int: 0, float: 0.0, bool: False, bytes: "", datetime: datetime.min, date: date.min}

_KINDS: dict[Any, str] = {
    dict: "an object",
    list: "a list",
    str: "a text",
    bool: "a truth value",
    int: "a number",
    float: "a number",
    types.NoneType: "null",
}


def why_unreadable(text: str | bytes, error: Exception) -> str:
    """Why a body cannot be read."""
    if isinstance(error, msgspec.ValidationError):
        return str(error)
    if isinstance(error, RecursionError):
        return "The answer is nested too deeply."
    start = text.lstrip()[:1]
    if not start:
        return "The answer has no body where JSON belongs."
    if start in ("<", b"<"):
        return "The answer is HTML or XML, not JSON."
    return f"The answer is not JSON: {error}"
