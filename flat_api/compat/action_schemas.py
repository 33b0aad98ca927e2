"""Every operation as an action: a name, a description, and JSON Schemas of what goes in and what comes out."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

_KEPT = (
    "type",
    "format",
    "enum",
    "description",
    "default",
    "required",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "readOnly",
    "writeOnly",
)
_JSON = "application/json"
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def actions(contract: Schema) -> list[Schema]:
    """Every operation of an OpenAPI 3.0 document, in its order; their schemas refer to those of `shared_schemas`."""
    found = []
    for path, item in contract["paths"].items():
        for method in _METHODS:
            if method in item:
                shared = item.get("parameters", [])
                found.append(_action(contract, item[method], [*shared, *item[method].get("parameters", [])], path))
    return found


def shared_schemas(contract: Schema) -> dict[str, Schema]:
    """Name -> JSON Schema of every component."""
    return {name: json_schema(schema) for name, schema in contract.get("components", {}).get("schemas", {}).items()}


def _action(contract: Schema, operation: Schema, parameters: list[Schema], path: str) -> Schema:
    texts = [operation.get("summary", ""), operation.get("description", "")]
    return {
        "name": operation["operationId"],
        "description": "\n\n".join(text.strip() for text in texts if text.strip()) or path,
        "input_schema": _input(contract, operation, parameters),
        "output_schema": _output(contract, operation),
    }


def _input(contract: Schema, operation: Schema, parameters: list[Schema]) -> Schema:
    properties: Schema = {}
    required = []
    for parameter in (_follow(contract, parameter) for parameter in parameters):
        name = parameter["name"]
        schema = json_schema(parameter.get("schema", {}))
        if parameter.get("description"):
            schema = {**schema, "description": parameter["description"].strip()}
        properties[name] = schema
        if parameter.get("required"):
            required.append(name)
    body = _follow(contract, operation.get("requestBody", {}))
    if body:
        properties["body"] = json_schema(next(iter(body["content"].values())).get("schema", {}))
        if body.get("required"):
            required.append("body")
    made: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**made, "required": required} if required else made


def _output(contract: Schema, operation: Schema) -> Schema:
    alternatives: list[Schema] = []
    for status, response in operation["responses"].items():
        if not str(status).startswith("2"):
            continue
        content = _follow(contract, response).get("content") or {}
        schema = _content(content) if content else {"type": "null"}
        if schema not in alternatives:
            alternatives.append(schema)
    if not alternatives:
        return {"type": "null"}
    return alternatives[0] if len(alternatives) == 1 else {"anyOf": alternatives}


def _content(content: Schema) -> Schema:
    if _JSON in content:
        return json_schema(content[_JSON].get("schema", {}))
    return {"type": "string", "contentMediaType": next(iter(content)), "description": "The file, as bytes."}


def json_schema(schema: Schema) -> Schema:
    """An OpenAPI 3.0 schema as JSON Schema 2020-12; references point into `$defs`."""
    if "$ref" in schema:
        return {"$ref": schema["$ref"].replace("#/components/schemas/", "#/$defs/")}
    made: Schema = {key: schema[key] for key in _KEPT if key in schema}
    if isinstance(made.get("description"), str):
        made["description"] = made["description"].strip()
    if schema.get("format") == "byte":
        made["contentEncoding"] = "base64"
    for key in ("exclusiveMinimum", "exclusiveMaximum"):
        limit = "minimum" if key == "exclusiveMinimum" else "maximum"
        if schema.get(key) is True and limit in made:
            made[key] = made.pop(limit)
    for key in ("allOf", "oneOf", "anyOf"):
        if key in schema:
            made[key] = [json_schema(part) for part in schema[key]]
    if "properties" in schema:
        made["properties"] = {name: json_schema(part) for name, part in schema["properties"].items()}
    if "items" in schema:
        made["items"] = json_schema(schema["items"])
    if "additionalProperties" in schema:
        inner = schema["additionalProperties"]
        made["additionalProperties"] = json_schema(inner) if isinstance(inner, dict) else inner
    if schema.get("nullable"):
        made = _nullable(made)
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
