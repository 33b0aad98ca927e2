"""Python names -> wire names in the plain dicts that stand for models."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any, Union, get_args, get_origin

from flat_api.model import Model, OneOf, field_types, wire_names

Check = Callable[[type[Model], dict[Any, Any]], None]


def to_wire(value: Any, expected: Any, check: Check | None = None) -> Any:
    """Replace Python names by wire names in the dicts of a value; what is unknown stays as it came.

    Args:
        value: Plain data; models inside it stay models.
        expected: The type it stands for.
        check: Called with the model and the dict for every dict that stands for one.

    Raises:
        TypeError: a dict fits no form of a OneOf family.
    """
    if isinstance(value, dict):
        model = model_for(value, expected)
        if model is None:
            inner = _item_type(expected, dict)
            return {key: to_wire(item, inner, check) for key, item in value.items()} if inner is not None else value
        if check is not None:
            check(model, value)
        names, inner_types = wire_names(model), field_types(model)
        types_by_wire = {wire: inner_types[python] for python, wire in names.items()}
        named = {}
        for key, item in value.items():
            wire = names.get(key, key)
            nested = isinstance(item, (dict, list))
            named[wire] = to_wire(item, types_by_wire.get(wire), check) if nested else item
        return named
    if isinstance(value, list):
        inner = _item_type(expected, list)
        return [to_wire(item, inner, check) if isinstance(item, (dict, list)) else item for item in value]
    return value


def model_for(value: Any, expected: Any) -> type[Model] | None:
    """The model a dict stands for; None where none is expected. Raises TypeError when it fits no form of a family."""
    for arm in arms(expected):
        if isinstance(arm, type) and issubclass(arm, Model):
            return arm
        if isinstance(arm, type) and issubclass(arm, OneOf):
            return arm.choose(value)
    return None


def arms(expected: Any) -> tuple[Any, ...]:
    """The alternatives of a union; anything else is its own only alternative."""
    return get_args(expected) if get_origin(expected) in (Union, types.UnionType) else (expected,)


def _item_type(expected: Any, container: type) -> Any:
    """The type of the items where `expected` admits such a container."""
    for arm in arms(expected):
        if get_origin(arm) is container:
            return get_args(arm)[-1]
    return None
