"""Names of the contract inside its prose become the Python names that a reader of the SDK meets. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from generator import names
from generator.document import METHODS, Schema

_TERM = re.compile(r"`([A-Za-z]\w*)(?:(=)(true|false|\w+))?`")
_TRUTH = {"true": "True", "false": "False"}


def translate(document: Schema) -> None:
    """Rewrite the summaries and descriptions of a document in place: `listClasses` -> `list_classes`,
    `onlyId=true` -> `only_id=True`, `true` -> `True`, `null` stays (it is what travels).

    Values of enums keep their spelling even where a field has the same name.
    """
    values = {value for schema in _nodes(document) for value in _listed(schema.get("enum"))}
    known = (_operation_ids(document) | _field_names(document)) - values

    def python(match: re.Match[str]) -> str:
        term, equals, value = match[1], match[2], match[3]
        if term in _TRUTH and not equals:
            return f"`{_TRUTH[term]}`"
        name = names.identifier(term) if term in known else term
        return f"`{name}={_TRUTH.get(value, value)}`" if equals else f"`{name}`"

    for node in _nodes(document):
        for key in ("summary", "description"):
            if isinstance(node.get(key), str):
                node[key] = _TERM.sub(python, node[key])


def _nodes(node: Any) -> Iterator[Schema]:
    """Every object of the document but those inside examples, enums and defaults."""
    if isinstance(node, dict):
        yield node
        for key, value in node.items():
            if key not in ("example", "examples", "enum", "default"):
                yield from _nodes(value)
    elif isinstance(node, list):
        for item in node:
            yield from _nodes(item)


def _listed(enum: Any) -> list[str]:
    return [value for value in enum if isinstance(value, str)] if isinstance(enum, list) else []


def _operation_ids(document: Schema) -> set[str]:
    return {
        operation["operationId"]
        for item in document.get("paths", {}).values()
        for method, operation in item.items()
        if method in METHODS and "operationId" in operation
    }


def _field_names(document: Schema) -> set[str]:
    found = set()
    for node in _nodes(document):
        if isinstance(node.get("properties"), dict):
            found |= set(node["properties"])
        if isinstance(node.get("name"), str) and node.get("in") in ("path", "query", "header"):
            found.add(node["name"])
    return found
