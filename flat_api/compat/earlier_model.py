"""What every model of an earlier generation could do beside what a model does today."""

from __future__ import annotations

import functools
from collections.abc import Callable
from enum import EnumType
from typing import Any, get_args, get_origin

from msgspec import UNSET

from flat_api.compat.names import deprecated, is_official
from flat_api.compat.tables import ENUM_MEMBERS, FIELDS
from flat_api.exceptions import ApiAttributeError, ApiKeyError
from flat_api.model import Model, arms, field_types, required_fields, wire_names


def item(model: Model, name: str) -> Any:
    """`model["name"]` of 1.0.

    Raises:
        ApiKeyError: the model has no such field, or it is absent.
    """
    if not contains(model, name):
        raise ApiKeyError(f"{type(model).__name__} has no {name!r}.")
    return getattr(model, name)


def set_item(model: Model, name: str, value: Any) -> None:
    """`model["name"] = value` of 1.0.

    Raises:
        ApiAttributeError: the model has no such field.
    """
    if name not in model.__struct_fields__:
        raise ApiAttributeError(f"{type(model).__name__} has no field {name!r}.")
    setattr(model, name, value)


def contains(model: Model, name: Any) -> bool:
    """Whether a field is there: it is, unless it was never set or came as null where it may be left out."""
    if name not in model.__struct_fields__:
        return False
    value = getattr(model, name)
    return value is not UNSET and not (value is None and name not in required_fields(type(model)))


def get(model: Model, name: str, default: Any = None) -> Any:
    """The value of a field, or the default when it is absent."""
    return getattr(model, name) if contains(model, name) else default


def construct(model: type[Any], make: Callable[..., Any], fields: dict[str, Any]) -> Any:
    """Make a model from earlier names of its fields, or from wire names, as 2.x did.

    Raises:
        TypeError: a field does not exist; the message lists those that do.
    """
    earlier = _earlier_fields(model)
    of_wire = {wire: name for name, wire in wire_names(model).items()}
    named: dict[str, Any] = {}
    for name, value in fields.items():
        known = name in model.__struct_fields__
        today = name if known else (earlier.get(name) or of_wire.get(name))
        if today is None or today in named:
            raise TypeError(
                f"{model.__name__} has no field {name!r}; its fields are {', '.join(of_wire.values()) or 'none'}."
            )
        if name in earlier and not known and not is_official(name):
            deprecated(f"{model.__name__}({name}=...)", f"{today}=", depth=3)
        named[today] = value
    return make(**named)


def attribute(owner: Any, name: str) -> Any:
    """An earlier attribute of a model or of its class, or an earlier member of an enum.

    Raises:
        AttributeError: no generation had it, or its values are gone; the message says what to do.
    """
    kind = owner if isinstance(owner, type) else type(owner)
    if isinstance(owner, EnumType):
        member = _member(name, owner)
        if member is not None:
            return member
    if issubclass(kind, Model):
        if name in _OF_CLASS:
            return _OF_CLASS[name](kind)
        if isinstance(owner, Model):
            return _of_instance(owner, name)
    shown = f"type object {kind.__name__!r}" if kind is owner else f"{kind.__name__!r} object"
    raise AttributeError(f"{shown} has no attribute {name!r}")


def _of_instance(model: Model, name: str) -> Any:
    kind = type(model)
    earlier = _earlier_fields(kind)
    if name in earlier:
        today = earlier[name]
        _warn(name, today, kind, depth=5)
        return getattr(model, today) if today is not None else None
    if name == "actual_instance":
        return model
    if name == "additional_properties":
        raise AttributeError(
            f"{kind.__name__} keeps only the fields it knows. "
            "The whole answer of a call is in `raw_data` of its form with `_with_http_info`."
        )
    if name not in _METHODS:
        raise AttributeError(f"{kind.__name__!r} object has no attribute {name!r}")
    return functools.partial(_METHODS[name], model)


def set_attribute(model: Model, name: str, value: Any) -> None:
    """Set an earlier field of a model.

    Raises:
        AttributeError: the model has no such field, or not any more.
    """
    kind = type(model)
    earlier = _earlier_fields(kind)
    if name not in earlier:
        raise AttributeError(f"{kind.__name__!r} object has no field {name!r}")
    today = earlier[name]
    if today is None:
        raise AttributeError(f"{kind.__name__} has no {name} any more: the API does not take it.")
    _warn(name, today, kind, depth=4)
    setattr(model, today, value)


def _earlier_fields(owner: type[Any]) -> dict[str, str | None]:
    """Earlier field -> the field of today; None for one the API no longer has."""
    kinds = reversed(owner.__mro__)
    return {name: today for kind in kinds for name, today in FIELDS.get(kind.__name__, {}).items()}


def _warn(name: str, today: str | None, owner: type[Any], depth: int) -> None:
    if not is_official(name):
        successor = f"{owner.__name__}.{today}" if today else "the API no longer has it, so it reads as None"
        deprecated(f"{owner.__name__}.{name}", successor, depth=depth)


def _member(name: str, owner: Any) -> Any:
    """The member behind an earlier name; None for a name that no generation had."""
    if is_official(name):
        value = name.lower().replace("_dot_", ".").replace("_minus_", "-")
        return next((member for member in owner if member == value), None)
    value = ENUM_MEMBERS.get(owner.__name__, {}).get(name)
    if value is None:
        return None
    member = owner(value)
    gone = f"the API no longer lists {value!r}"
    deprecated(f"{owner.__name__}.{name}", f"{owner.__name__}.{member.name}" if member.is_known else gone, depth=4)
    return member


def _type_name(expected: Any) -> str:
    """A type as 0.x wrote it: `str`, `list[ScoreDetails]`."""
    kind = next((arm for arm in arms(expected) if arm not in _ABSENT), object)
    if get_origin(kind) is list:
        return f"list[{_type_name(get_args(kind)[0])}]"
    return str(getattr(kind, "__name__", "str"))


_ABSENT = (type(None), type(UNSET))


def _types_by_name(owner: type[Model]) -> dict[str, str]:
    return {name: _type_name(expected) for name, expected in field_types(owner).items()}


_OF_CLASS: dict[str, Callable[[type[Model]], Any]] = {
    "attribute_map": wire_names,
    "openapi_types": _types_by_name,
    "swagger_types": _types_by_name,
    "required_properties": lambda owner: set(required_fields(owner)),
}


def _model_dump(model: Model, *, by_alias: bool = False, exclude_none: bool = False) -> dict[str, Any]:
    """The fields that are there, under their Python names or (by_alias) their wire names."""
    names = wire_names(type(model))
    pairs = ((names[name] if by_alias else name, getattr(model, name)) for name in model.__struct_fields__)
    return {
        name: _dumped(value, by_alias, exclude_none)
        for name, value in pairs
        if value is not UNSET and not (exclude_none and value is None)
    }


def _dumped(value: Any, by_alias: bool, exclude_none: bool) -> Any:
    if isinstance(value, Model):
        return _model_dump(value, by_alias=by_alias, exclude_none=exclude_none)
    if isinstance(value, list):
        return [_dumped(item, by_alias, exclude_none) for item in value]
    return value


_METHODS: dict[str, Callable[..., Any]] = {
    "get": get,
    "set_attribute": set_item,
    "model_dump": _model_dump,
}
