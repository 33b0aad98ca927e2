"""Every operation as an action: a name, a description, and JSON Schemas of what goes in and what comes out.

They are made from the contract when one is first asked for.
"""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import Any

Schema = dict[str, Any]

_KEPT = (
    "type", "format", "enum", "description", "default", "required", "minimum", "maximum", "minLength", "maxLength",
    "pattern", "minItems", "maxItems", "uniqueItems", "readOnly", "writeOnly",
)  # fmt: skip
_JSON = "application/json"
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class Action(dict[str, Any]):
    """One action: a dict that `json.dumps` takes, whose four entries can be read as attributes too."""

    @property
    def name(self) -> str:
        """Name to call it by."""
        return str(self["name"])

    @property
    def description(self) -> str:
        """What it does."""
        return str(self["description"])

    @property
    def input_schema(self) -> Schema:
        """JSON Schema of its input object."""
        schema: Schema = self["input_schema"]
        return schema

    @property
    def output_schema(self) -> Schema:
        """JSON Schema of what it returns."""
        schema: Schema = self["output_schema"]
        return schema


def _object(properties: Schema, required: list[str]) -> Schema:
    made: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**made, "required": required} if required else made


_TEXT = {"type": "string"}
_TEXT_OR_NULL = {"type": ["string", "null"]}
_TOKENS = _object(
    {
        "access_token": _TEXT,
        "refresh_token": _TEXT_OR_NULL,
        "token_type": _TEXT,
        "scope": _TEXT_OR_NULL,
        "expiration": {**_TEXT_OR_NULL, "format": "date-time"},
    },
    ["access_token", "refresh_token", "token_type", "scope", "expiration"],
)
OAUTH = {
    "oauthCallback": Action(
        name="oauthCallback",
        description="Turn the code that came with the redirect into an access token.",
        input_schema=_object({"code": {**_TEXT, "description": "The code parameter of the redirect."}}, ["code"]),
        output_schema=_TOKENS,
    ),
    "oauthRefresh": Action(
        name="oauthRefresh",
        description="Renew the access token with the refresh token of the client.",
        input_schema=_object({}, []),
        output_schema=_TOKENS,
    ),
}


@functools.cache
def all_actions() -> dict[str, Action]:
    """Name -> action: oauthCallback, oauthRefresh, and every operation of the API in the order of the contract."""
    text = resources.files("flat_api").joinpath("sandbox/openapi.json").read_text(encoding="utf-8")
    contract = json.loads(text)
    shared = {name: _schema(found) for name, found in contract.get("components", {}).get("schemas", {}).items()}
    actions = dict(OAUTH)
    for path, item in contract["paths"].items():
        for operation in (item[method] for method in _METHODS if method in item):
            name = operation["operationId"]
            texts = [operation.get("summary", ""), operation.get("description", "")]
            parameters = [*item.get("parameters", []), *operation.get("parameters", [])]
            actions[name] = Action(
                name=name,
                description="\n\n".join(text.strip() for text in texts if text.strip()) or path,
                input_schema=_complete(_input(contract, operation, parameters), shared),
                output_schema=_complete(_output(contract, operation), shared),
            )
    return actions


def _complete(schema: Schema, shared: Schema) -> Schema:
    """The schema with all it refers to, so that it stands alone."""
    needed: Schema = {}
    waiting = list(_references(schema))
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed[name] = shared[name]
            waiting += _references(shared[name])
    return {**schema, "$defs": {name: needed[name] for name in sorted(needed)}} if needed else schema


def _references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [name for item in node for name in _references(item)]
    if not isinstance(node, dict):
        return []
    own = [node["$ref"].rpartition("/")[2]] if isinstance(node.get("$ref"), str) else []
    return own + [name for item in node.values() for name in _references(item)]


def _input(contract: Schema, operation: Schema, parameters: list[Schema]) -> Schema:
    properties: Schema = {}
    required = []
    for parameter in (_follow(contract, parameter) for parameter in parameters):
        name = parameter["name"]
        properties[name] = _schema(parameter.get("schema", {}))
        if parameter.get("description"):
            properties[name] = {**properties[name], "description": parameter["description"].strip()}
        if parameter.get("required"):
            required.append(name)
    body = _follow(contract, operation.get("requestBody", {}))
    if body:
        properties["body"] = _schema(next(iter(body["content"].values())).get("schema", {}))
        if body.get("required"):
            required.append("body")
    return _object(properties, required)


def _output(contract: Schema, operation: Schema) -> Schema:
    alternatives: list[Schema] = []
    for status, response in operation["responses"].items():
        if not str(status).startswith("2"):
            continue
        content = _follow(contract, response).get("content")
        schema: Schema = {"type": "null"}
        if content and _JSON in content:
            schema = _schema(content[_JSON].get("schema", {}))
        elif content:
            schema = {"type": "string", "contentMediaType": next(iter(content)), "description": "The file, as bytes."}
        if schema not in alternatives:
            alternatives.append(schema)
    if not alternatives:
        return {"type": "null"}
    return alternatives[0] if len(alternatives) == 1 else {"anyOf": alternatives}


def _schema(schema: Schema) -> Schema:
    """An OpenAPI 3.0 schema as JSON Schema 2020-12; references point into `$defs`."""
    if "$ref" in schema:
        return {"$ref": schema["$ref"].replace("#/components/schemas/", "#/$defs/")}
    made: Schema = {key: schema[key] for key in _KEPT if key in schema}
    if isinstance(made.get("description"), str):
        made["description"] = made["description"].strip()
    if schema.get("format") == "byte":
        made["contentEncoding"] = "base64"
    for key, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if schema.get(key) is True and limit in made:
            made[key] = made.pop(limit)
    for key in ("allOf", "oneOf", "anyOf"):
        if key in schema:
            made[key] = [_schema(part) for part in schema[key]]
    if "properties" in schema:
        made["properties"] = {name: _schema(part) for name, part in schema["properties"].items()}
    if "items" in schema:
        made["items"] = _schema(schema["items"])
    if "additionalProperties" in schema:
        inner = schema["additionalProperties"]
        made["additionalProperties"] = _schema(inner) if isinstance(inner, dict) else inner
    if schema.get("nullable"):
        return _nullable(made)
    return made


def _nullable(schema: Schema) -> Schema:
    if "enum" in schema and None not in schema["enum"]:
        schema = {**schema, "enum": [*schema["enum"], None]}
    if isinstance(schema.get("type"), str):
        return {**schema, "type": [schema["type"], "null"]}
    if "enum" in schema:
        return schema
    about = schema.pop("description", None)
    either: Schema = {"anyOf": [schema, {"type": "null"}]}
    return {**either, "description": about} if about else either


def _follow(contract: Schema, node: Schema) -> Schema:
    """The node itself, or what its `$ref` points to."""
    while "$ref" in node:
        target = contract
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        node = target
    return node
