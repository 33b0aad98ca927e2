"""Names: wire names and component names become Python names, class names and module names."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable

import msgspec

MODEL_METHODS = frozenset({"from_dict", "from_json", "to_dict", "to_json", "to_str"})


def snake(name: str) -> str:
    """`listClasses` -> `list_classes`, `X-Flat-Locale` -> `x_flat_locale`; may be empty or start with a digit."""
    name = re.sub(r"[^0-9A-Za-z]+", "_", name)
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z\d])([A-Z])", r"\1_\2", name).strip("_").lower()


def identifier(wire: str, taken: Iterable[str] = ()) -> str:
    """Python name of a parameter, property or argument.

    Args:
        wire: The name in the contract.
        taken: Names that are in use already; keywords always are.
    """
    name = snake(wire) or "value"
    if name[0].isdigit():
        name = f"value_{name}"
    while keyword.iskeyword(name) or name in taken:
        name += "_"
    return name


def pascal(name: str) -> str:
    """`pet-status` -> `PetStatus`; what stands between separators keeps its capitals (`OMRApi`)."""
    joined = "".join(part[0].upper() + part[1:] for part in re.split(r"[^0-9A-Za-z]+", name) if part) or "Value"
    return f"Model{joined}" if joined[0].isdigit() else joined


def class_name(name: str, taken: Iterable[str]) -> str:
    """Name of a model class that is importable and free.

    Args:
        name: Component name, or the path of an inline schema joined by underscores.
        taken: Class names in use, and those that generated modules import themselves.
    """
    wanted = pascal(name)
    if wanted in taken or keyword.iskeyword(wanted) or keyword.iskeyword(snake(wanted)) or hasattr(builtins, wanted):
        wanted += "Model"
    free, number = wanted, 1
    while free in taken:
        free, number = f"{wanted}{number}", number + 1
    return free


def member_names(values: Iterable[object]) -> list[str]:
    """Names of enum members: `organizationPublic` -> ORGANIZATION_PUBLIC, `1` -> VALUE_1, -1 -> VALUE_MINUS_1."""
    names: list[str] = []
    for value in values:
        name = snake(str(value)).upper() or "VALUE"
        if isinstance(value, int) and value < 0:
            name = f"MINUS_{name}"
        if not name[0].isalpha() or isinstance(value, int):
            name = f"VALUE_{name}"
        free, number = name, 2
        while free in names:
            free, number = f"{name}_{number}", number + 1
        names.append(free)
    return names


def camel(name: str) -> str:
    """The wire name that `Model` gives a field by itself."""
    return msgspec.defstruct("_", [(name, str)], rename="camel").__struct_encode_fields__[0]
