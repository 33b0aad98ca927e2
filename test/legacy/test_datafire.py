"""Programs of the DataFire integration, and the actions of the contract."""

from __future__ import annotations

import json
import warnings
from datetime import datetime
from typing import Any

import jsonschema_rs
import pytest

import flat_api
from flat_api.compat.tables import ACTIONS
from flat_api.sandbox import Sandbox

from .conftest import NAMES, Contract
from .token_server import token_server

CALLS = [name for name in NAMES["datafire"] if not name.startswith("oauth")]


@pytest.mark.parametrize("name", CALLS)
def test_every_action(legacy_sandbox: Sandbox, contract: Contract, name: str) -> None:
    operation = ACTIONS.get(name, name)
    flat: Any = flat_api.create(access_token=legacy_sandbox.token, refresh_token="", client_id="", retries=0)
    given = contract.values(operation)
    body = contract.body(operation)
    if body is not None:
        given["body"] = body
    for call in (lambda: getattr(flat, name)(given, {}), lambda: flat.call(name, given)):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            result = call()
        assert [entry.category for entry in caught] == [DeprecationWarning] * (name in ACTIONS)
        request = legacy_sandbox.requests[-1]
        assert request.operation == operation
        assert request.body == b"" if body is None else json.loads(request.body) == body
        action = flat_api.actions[operation]
        if not isinstance(result, bytes):
            jsonschema_rs.validator_for(action.output_schema).validate(result)
        jsonschema_rs.validator_for(action.input_schema).validate(given)
    flat.api_client.close()


def test_the_example_of_the_page(legacy_sandbox: Sandbox) -> None:
    flat: Any = flat_api.create(access_token=legacy_sandbox.token)
    classes = flat.listClasses({"state": "active"})
    assert type(classes) is list
    assert type(classes[0]) is dict
    assert list(legacy_sandbox.requests[-1].query) == [("state", "active")]
    assert flat.call("listClasses", {"state": "active"}) == classes
    assert "listClasses" in dir(flat)
    with pytest.raises(flat_api.ApiTypeError, match="no argument bogus"):
        flat.listClasses({"bogus": 1})
    with pytest.raises(flat_api.ApiKeyError, match=r"flat_api\.actions"):
        flat.call("bogus")
    with pytest.raises(AttributeError, match="bogus"):
        flat.bogus  # noqa: B018
    with pytest.raises(flat_api.ApiValueError, match="onlyCached"):
        flat.getScoreRevisionData({"score": "a", "revision": "b", "format": "mxl", "onlyCached": True})
    with pytest.raises(flat_api.ApiValueError, match="client_id"):
        flat.oauthRefresh()


def test_oauth(legacy_sandbox: Sandbox) -> None:
    with token_server(legacy_sandbox.token) as server:
        flat: Any = flat_api.create(
            client_id="client", client_secret="secret", redirect_uri="https://example.org/back", token_url=server.url
        )
        with pytest.raises(flat_api.ApiValueError, match="refresh_token"):
            flat.oauthRefresh()
        tokens = flat.oauthCallback({"code": "the code"})
        assert set(tokens) == {"access_token", "refresh_token", "token_type", "scope", "expiration"}
        assert tokens["access_token"] == legacy_sandbox.token
        assert (tokens["refresh_token"], tokens["token_type"], tokens["scope"]) == ("refresh-1", "bearer", "scores")
        assert datetime.fromisoformat(tokens["expiration"]).tzinfo is not None
        assert flat.getAuthenticatedUser()["id"]
        assert flat.oauthRefresh(None, {})["refresh_token"] == "refresh-2"
        assert [form["grant_type"] for form in server.forms] == ["authorization_code", "refresh_token"]
        assert server.forms[0]["code"] == "the code"
        assert server.forms[0]["redirect_uri"] == "https://example.org/back"
        assert server.forms[1]["refresh_token"] == "refresh-1"
        with pytest.raises(flat_api.ApiValueError, match="code"):
            flat.oauthCallback({})
        jsonschema_rs.validator_for(flat_api.actions["oauthCallback"].output_schema).validate(tokens)
        flat.api_client.close()


def test_the_list_of_actions(contract: Contract) -> None:
    names = [action.name for action in flat_api.actions]
    assert sorted(names) == sorted([*contract.operations, "oauthCallback", "oauthRefresh"])
    assert len(flat_api.actions) == len(names)
    assert "listClasses" in flat_api.actions
    text = json.dumps(list(flat_api.actions))
    for action in json.loads(text):
        assert set(action) == {"name", "description", "input_schema", "output_schema"}
        assert action["description"]
        for schema in (action["input_schema"], action["output_schema"]):
            jsonschema_rs.meta.validate(schema)
            jsonschema_rs.validator_for(schema)
        assert action["input_schema"]["type"] == "object"


@pytest.mark.parametrize("operation", sorted(Contract().operations))
def test_schemas_fit_the_examples(contract: Contract, operation: str) -> None:
    given = contract.values(operation)
    body = contract.body(operation)
    if body is not None:
        given["body"] = body
    validator = jsonschema_rs.validator_for(flat_api.actions[operation].input_schema)
    validator.validate(given)
    assert not validator.is_valid({**given, "bogus": 1})
