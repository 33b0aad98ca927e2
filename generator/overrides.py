"""Overrides: changes to the contract before generation, as data with a reason each; an unused one is an error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from generator.document import METHODS, ContractError, Schema

_MISSING = object()


def load(path: Path) -> list[Schema]:
    """Read a file of overrides (see `overrides.yaml` for the form).

    Raises:
        ContractError: An override has no reason, no target, or nothing to do.
    """
    overrides = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    for number, override in enumerate(overrides, 1):
        targets = [key for key in _FINDERS if key in override]
        unknown = override.keys() - {"reason", "set", "remove", *_FINDERS}
        if (
            not override.get("reason")
            or len(targets) != 1
            or unknown
            or not ("set" in override or "remove" in override)
        ):
            raise ContractError(
                f"Override {number} in {path.name} needs a `reason`, one of {', '.join(_FINDERS)}, and `set` or "
                "`remove`" + (f"; it has {', '.join(sorted(unknown))}." if unknown else ".")
            )
    return overrides


def apply(document: Schema, overrides: list[Schema]) -> None:
    """Change the document in place.

    Raises:
        ContractError: A target does not exist, or is already as the override wants it.
    """
    for override in overrides:
        kind = next(key for key in _FINDERS if key in override)
        named = override[kind]
        for target in named:
            node = _FINDERS[kind](document, target)
            # `tags: {Score: scores}` gives each target a value of its own, written $value in `set`.
            own = named[target] if isinstance(named, dict) else None
            for key, value in (override.get("set") or {}).items():
                wanted = own if value == "$value" else value
                if node.get(key, _MISSING) == wanted:
                    raise ContractError(f"An override is unused: {kind} {target} already has {key}: {wanted}.")
                node[key] = wanted
            for key in override.get("remove", []):
                if node.pop(key, _MISSING) is _MISSING:
                    raise ContractError(f"An override is unused: {kind} {target} has no {key} to remove.")


def _operation(document: Schema, name: str) -> Schema:
    for item in document["paths"].values():
        for method in METHODS:
            if item.get(method, {}).get("operationId") == name:
                return dict_of(item[method])
    raise ContractError(f"An override is unused: there is no operation {name}.")


def _property(document: Schema, name: str) -> Schema:
    component, *wires = name.split(".")
    node = _schema(document, component)
    for wire in wires:
        parts = (node, *node.get("allOf", []))
        holder = next((part for part in parts if wire in part.get("properties", {})), None)
        if holder is None:
            raise ContractError(f"An override is unused: there is no property {name}.")
        node = holder["properties"][wire]
    return dict_of(node)


def _schema(document: Schema, name: str) -> Schema:
    schemas = document.get("components", {}).get("schemas", {})
    if name not in schemas:
        raise ContractError(f"An override is unused: there is no schema {name}.")
    return dict_of(schemas[name])


def _tag(document: Schema, name: str) -> Schema:
    for tag in document.get("tags", []):
        if tag["name"] == name:
            return dict_of(tag)
    raise ContractError(f"An override is unused: there is no tag {name}.")


def dict_of(node: Any) -> Schema:
    """The node, which must be a mapping."""
    if not isinstance(node, dict):
        raise ContractError("An override points to something that is no object.")
    return node


_FINDERS = {"operations": _operation, "properties": _property, "schemas": _schema, "tags": _tag}
