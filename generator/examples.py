"""Examples: values for parameters and bodies, from the contract or made up from a schema, and as Python source."""

from __future__ import annotations

import re
from typing import Any

from generator.document import Schema
from generator.schemas import Catalogue, python_literal

_SAMPLES = {
    "date-time": "2026-03-14T09:26:53Z",
    "date": "2026-03-14",
    "byte": "AAEC",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def sample(catalogue: Catalogue, schema: Schema, seen: tuple[str, ...] = ()) -> Any:
    """A value that fits a schema: its example, default or first enum value, else the plainest one of its type."""
    if "$ref" in schema:
        cls = catalogue.target(schema)
        return {} if seen.count(cls.name) > 1 else sample(catalogue, cls.schema, (*seen, cls.name))
    for key in ("example", "default"):
        if schema.get(key) is not None:
            return schema[key]
    if "enum" in schema:
        return schema["enum"][0]
    if arms := catalogue.arms(schema):
        value = sample(catalogue, arms[0], seen)
        rule = schema.get("discriminator") or {}
        if isinstance(value, dict) and (mapping := rule.get("mapping")):
            value |= {rule["propertyName"]: next(iter(mapping))}
        return value
    if "allOf" in schema:
        whole: dict[str, Any] = {}
        for part in schema["allOf"]:
            inner = sample(catalogue, part, seen)
            if not isinstance(inner, dict):
                return inner
            whole |= inner
        return whole
    match schema.get("type"):
        case "string":
            return _SAMPLES.get(schema.get("format", ""), "text")
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case "array":
            return [sample(catalogue, schema.get("items") or {}, seen)]
    required = schema.get("required", ())
    return {
        wire: sample(catalogue, inner, seen)
        for wire, inner in (schema.get("properties") or {}).items()
        if wire in required
    }


def canonical(value: Any) -> Any:
    """The value with dates as the encoder writes them (no empty fractions of a second)."""
    if isinstance(value, dict):
        return {key: canonical(item) for key, item in value.items()}
    if isinstance(value, list):
        return [canonical(item) for item in value]
    if isinstance(value, str):
        return re.sub(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.0+Z$", r"\1Z", value)
    return value


def text(value: Any) -> str:
    """A parameter value as it travels."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def pretty(value: Any, indent: int = 0, width: int = 100) -> str:
    """Python source of plain data, broken into lines where it is long; the first line is not indented."""
    flat = python_literal(value)
    if indent + len(flat) <= width or not value:
        return flat
    inner = " " * (indent + 4)
    if isinstance(value, dict):
        rows = [f"{python_literal(key)}: {pretty(item, indent + 4, width)}," for key, item in value.items()]
        opened, closed = "{", "}"
    elif isinstance(value, list):
        rows = [f"{pretty(item, indent + 4, width)}," for item in value]
        opened, closed = "[", "]"
    elif isinstance(value, str) and "\n" in value:
        # A text of several lines, one Python string for each.
        rows = [python_literal(line) for line in value.splitlines(keepends=True)]
        opened, closed = "(", ")"
    else:
        return flat
    return "\n".join([opened, *(inner + row for row in rows), " " * indent + closed])
