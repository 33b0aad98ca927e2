"""OpenAPI 3.0 schemas as compiled JSON Schema validators, and what is wrong with a value in plain words."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs

_Kind = jsonschema_rs.ValidationErrorKind
ROOT = "urn:flat-api"
_LONGEST_MESSAGE = 300


def _is_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return bool(parts.scheme and parts.netloc)


def _is_base64(value: str) -> bool:
    try:
        b64decode(value, validate=True)
    except ValueError:
        return False
    return True


# The formats of the contract that JSON Schema itself does not know.
_FORMATS = {"url": _is_url, "byte": _is_base64}


@dataclass(frozen=True)
class Violation:
    """One place where a value breaks its schema: the way there and the reason."""

    path: tuple[str | int, ...]
    message: str

    @property
    def param(self) -> str:
        """The path with dots, empty for the value itself."""
        return ".".join(str(step) for step in self.path)

    @property
    def json_path(self) -> str:
        """The path in JSONPath notation: `$.user.badges[0]`."""
        return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)


class Registry:
    """The named schemas of the contract, shared by all validators."""

    def __init__(self, components: Mapping[str, Any]) -> None:
        """`components` are the contract's `components.schemas`."""
        document = {"components": {"schemas": {name: _translate(raw) for name, raw in components.items()}}}
        self._resources = jsonschema_rs.Registry([(ROOT, document)], draft=jsonschema_rs.Draft202012)

    def schema(self, raw: Mapping[str, Any]) -> Schema:
        """A schema as it stands in the contract, compiled when it is first used."""
        return Schema(raw, self._resources)


class Schema:
    """One schema of the contract."""

    def __init__(self, raw: Mapping[str, Any], resources: jsonschema_rs.Registry) -> None:
        self.raw = raw
        self._resources = resources

    @cached_property
    def _validator(self) -> jsonschema_rs.Draft202012Validator:
        return jsonschema_rs.Draft202012Validator(
            _translate(self.raw), registry=self._resources, validate_formats=True, formats=_FORMATS
        )

    def violation(self, value: Any) -> Violation | None:
        """The first thing wrong with a JSON value, or None when it fits."""
        if self._validator.is_valid(value):
            return None
        return _explain(self._validator.iter_errors(value))


def _translate(node: Any) -> Any:
    """An OpenAPI 3.0 schema as JSON Schema 2020-12: references, `nullable`, discriminators."""
    if isinstance(node, list):
        return [_translate(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return {"$ref": ROOT + node["$ref"]}
    mapping = node.get("discriminator", {}).get("mapping")
    if "oneOf" in node and mapping:
        return _by_discriminator(node["discriminator"]["propertyName"], mapping)
    found = {
        key: _translate_members(value) if key == "properties" else _translate(value)
        for key, value in node.items()
        if key not in ("nullable", "discriminator", "example", "description", "default")
    }
    if node.get("nullable") and "type" in found:
        found["type"] = [found["type"], "null"]
        if "enum" in found and None not in found["enum"]:
            found["enum"] = [*found["enum"], None]
    return found


def _translate_members(members: Mapping[str, Any]) -> dict[str, Any]:
    # A property may be called "default" or "description": its name is no keyword.
    return {name: _translate(schema) for name, schema in members.items()}


def _by_discriminator(key: str, mapping: Mapping[str, str]) -> dict[str, Any]:
    # Only the branch the discriminator names can be wrong, so only its faults are reported.
    return {
        "type": "object",
        "required": [key],
        "properties": {key: {"enum": list(mapping)}},
        "allOf": [
            {
                "if": {"properties": {key: {"const": value}}, "required": [key]},
                "then": {"$ref": ROOT + reference},
            }
            for value, reference in mapping.items()
        ],
    }


def _explain(errors: Iterable[jsonschema_rs.ValidationError]) -> Violation:
    error = min(errors, key=lambda one: len(one.instance_path))
    path = tuple(error.instance_path)
    kind = error.kind
    if isinstance(kind, (_Kind.AnyOf, _Kind.OneOfNotValid)) and any(kind.context):
        return _nearest(path, kind.context)
    if isinstance(kind, _Kind.OneOfMultipleValid):
        return Violation(path, "fits more than one of the allowed forms; send only one of them.")
    if isinstance(kind, _Kind.Required):
        return Violation((*path, kind.property), "is required.")
    if isinstance(kind, _Kind.Enum):
        options = ", ".join(json.dumps(option) for option in kind.options)
        return Violation(path, _sentence(f"{json.dumps(error.instance)} is not one of {options}"))
    return Violation(path, _sentence(error.message))


def _nearest(path: tuple[str | int, ...], branches: list[list[jsonschema_rs.ValidationError]]) -> Violation:
    """What is wrong with the alternative that was meant: the one that lacks the fewest fields of its own."""
    missing = [
        sum(isinstance(error.kind, _Kind.Required) and len(error.instance_path) == len(path) for error in branch)
        for branch in branches
    ]
    nearest = [_explain(branch) for branch, count in zip(branches, missing, strict=True) if count == min(missing)]
    first = nearest[0]
    if all((other.path, other.message) == (first.path, first.message) for other in nearest):
        return first
    reasons = ", or ".join(f"{one.param or 'the value'} {one.message.removesuffix('.')}" for one in nearest)
    return Violation(path, _sentence(f"fits none of the allowed forms: {reasons}"))


def _sentence(message: str) -> str:
    text = message if len(message) <= _LONGEST_MESSAGE else message[: _LONGEST_MESSAGE - 3] + "..."
    return text if text.endswith(".") else text + "."
