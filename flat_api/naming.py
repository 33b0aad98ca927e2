"""Python names -> wire names in the plain dicts that stand for models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args, get_origin

from flat_api.model import Model, arms, field_types, wire_names
from flat_api.one_of import OneOf

Check = Callable[[type[Model], dict[Any, Any]], None]


def to_wire(value: Any, expected: Any, check: Check | None = None) -> Any:
    """Replace Python names by wire names in the dicts of a value; what is unknown stays as it came.

    Args:
        value: Plain data; models inside it stay models.
        expected: The type it stands for.
        check: Called with the model and the dict for every dict that stands for one.

    Raises:
        TypeError: there is a `check`, and a dict fits no form of a OneOf family.
    """
    if isinstance(value, (list, tuple)):
        inner = _item_type(expected, list)
        return [to_wire(item, inner, check) for item in value]
    if not isinstance(value, dict):
        return value
    model = model_for(value, expected, complete=check is not None)
    if model is None:
        inner = _item_type(expected, dict)
        return {key: to_wire(item, inner, check) for key, item in value.items()}
    if check is not None:
        check(model, value)
    names, types = wire_names(model), field_types(model)
    types_by_wire = {wire: types[python] for python, wire in names.items()}
    named: dict[Any, Any] = {names.get(key, key): item for key, item in value.items()}
    return {wire: to_wire(item, types_by_wire.get(wire), check) for wire, item in named.items()}


def model_for(value: Any, expected: Any, *, complete: bool = False) -> type[Model] | None:
    """The model a dict stands for; None where none is expected or fits.

    Raises:
        TypeError: `complete` is wanted, and no form of a family has all its required fields.
    """
    for arm in arms(expected):
        if isinstance(arm, type) and issubclass(arm, Model):
            return arm
        if isinstance(arm, type) and issubclass(arm, OneOf):
            return arm.choose(value) if complete else arm.closest(value)
    return None


def _item_type(expected: Any, container: type) -> Any:
    """The type of the items where `expected` admits such a container."""
    for arm in arms(expected):
        if get_origin(arm) is container:
            return get_args(arm)[-1]
    return None
