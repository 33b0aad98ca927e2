"""The contract as plain data: loads it, brings OpenAPI 3.1 to the 3.0 form, resolves references."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml

Json = Any
Schema = dict[str, Any]
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class ContractError(Exception):
    """Something in the contract, the overrides or the templates that a person must mend; the message says what."""


class _TextLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML as JSON sees it: dates stay text, only true and false are booleans."""


_TextLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":bool"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_TextLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def load(path: Path) -> Schema:
    """Read an OpenAPI 3.0 or 3.1 document (YAML or JSON).

    Raises:
        ContractError: The file is missing, is not OpenAPI 3, or refers to other files.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ContractError(f"The contract {path} cannot be read: {error.strerror}.") from error
    document = json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, Loader=_TextLoader)
    version = str(document.get("openapi", "")) if isinstance(document, dict) else ""
    if not version.startswith(("3.0", "3.1")):
        raise ContractError(f"{path} is not an OpenAPI 3.0 or 3.1 document (openapi: {version or 'missing'}).")
    if foreign := re.search(r"""["']?\$ref["']?\s*:\s*["']?([^#"'\s}][^"'\s}]*)""", text):
        raise ContractError(f"{path} refers to another document ({foreign[1]}): bundle it into one first.")
    contract: Schema = document
    return contract


def as_3_0(node: Json) -> Json:
    """A copy in which the schemas of OpenAPI 3.1 are written in the manner of 3.0 (a 3.0 document stays as it is)."""
    if isinstance(node, list):
        return [as_3_0(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: value if key in ("example", "enum", "default") else as_3_0(value) for key, value in node.items()}
    kinds = node.get("type")
    if isinstance(kinds, list):
        wanted = [kind for kind in kinds if kind != "null"]
        del node["type"]
        if len(wanted) == 1:
            node["type"] = wanted[0]
        elif wanted:
            node["anyOf"] = [{"type": kind} for kind in wanted]
        if len(wanted) < len(kinds):
            node["nullable"] = True
    elif kinds == "null":
        node = {**node, "enum": [None]}
        del node["type"]
    if "const" in node and not isinstance(node["const"], dict):
        node["enum"] = [node.pop("const")]
    if node.get("contentEncoding") == "base64":
        node.setdefault("format", "byte")
    if isinstance(node.get("examples"), list) and node["examples"]:
        node.setdefault("example", node["examples"][0])
    return node


def follow(document: Schema, node: Schema) -> Schema:
    """The node itself, or what its `$ref` points to."""
    seen: list[str] = []
    while "$ref" in node:
        pointer = node["$ref"]
        if pointer in seen:
            raise ContractError(f"The reference {pointer} leads back to itself.")
        seen.append(pointer)
        target: Json = document
        for step in pointer.removeprefix("#/").split("/"):
            key = step.replace("~1", "/").replace("~0", "~")
            if not isinstance(target, dict) or key not in target:
                raise ContractError(f"The reference {pointer} leads nowhere.")
            target = target[key]
        node = target
    return node


def first_example(holder: Schema) -> Json:
    """The example of a parameter or media type, or None: `example`, else the first of `examples`."""
    if "example" in holder:
        return holder["example"]
    for example in (holder.get("examples") or {}).values():
        return example.get("value")
    return None
