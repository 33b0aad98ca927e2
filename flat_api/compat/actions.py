"""Every action with its JSON Schemas, made from the contract when one is first asked for."""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import Any

from flat_api.compat.action_schemas import actions, shared_schemas

_TEXT = {"type": "string"}
_TOKENS = {
    "type": "object",
    "properties": {
        "access_token": _TEXT,
        "refresh_token": {"type": ["string", "null"]},
        "token_type": _TEXT,
        "scope": {"type": ["string", "null"]},
        "expiration": {"type": ["string", "null"], "format": "date-time"},
    },
    "required": ["access_token", "refresh_token", "token_type", "scope", "expiration"],
    "additionalProperties": False,
}

OAUTH: dict[str, dict[str, Any]] = {
    "oauthCallback": {
        "name": "oauthCallback",
        "description": "Turn the code that came with the redirect into an access token.",
        "input_schema": {
            "type": "object",
            "properties": {"code": {"type": "string", "description": "The code parameter of the redirect."}},
            "required": ["code"],
            "additionalProperties": False,
        },
        "output_schema": _TOKENS,
    },
    "oauthRefresh": {
        "name": "oauthRefresh",
        "description": "Renew the access token with the refresh token of the client.",
        "input_schema": {"type": "object", "properties": {}, "additionalProperties": False},
        "output_schema": _TOKENS,
    },
}


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
    def input_schema(self) -> dict[str, Any]:
        """JSON Schema of its input object."""
        schema: dict[str, Any] = self["input_schema"]
        return schema

    @property
    def output_schema(self) -> dict[str, Any]:
        """JSON Schema of what it returns."""
        schema: dict[str, Any] = self["output_schema"]
        return schema


@functools.cache
def all_actions() -> dict[str, Action]:
    """Name -> action: every operation of the API, oauthCallback and oauthRefresh."""
    text = resources.files("flat_api").joinpath("sandbox/openapi.json").read_text(encoding="utf-8")
    contract = json.loads(text)
    shared = shared_schemas(contract)
    found = {}
    for entry in [*OAUTH.values(), *actions(contract)]:
        schemas = {key: _complete(entry[key], shared) for key in ("input_schema", "output_schema")}
        found[entry["name"]] = Action({**entry, **schemas})
    return found


def _complete(schema: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    """The schema with all it refers to, so that it stands alone."""
    needed: dict[str, Any] = {}
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
