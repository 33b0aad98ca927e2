"""The client of the DataFire integration: actions by name, one input object with wire names, plain data back."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flat_api.api_client import ApiClient
from flat_api.compat.actions import OAUTH, all_actions
from flat_api.compat.names import deprecated
from flat_api.compat.tables import ACTIONS, DROPPED_KEYWORDS
from flat_api.configuration import Configuration
from flat_api.exceptions import ApiKeyError, ApiTypeError, ApiValueError
from flat_api.oauth import OAuth2Helper
from flat_api.operation import Operation
from flat_api.tokens import Tokens
from flat_api.tolerance import read_json


def create(
    access_token: str | None = None,
    refresh_token: str | None = None,
    client_id: str | None = None,
    client_secret: str | None = None,
    redirect_uri: str | None = None,
    **settings: Any,
) -> Flat:
    """Every action of the API behind one object.

        flat = flat_api.create(access_token="...")
        flat.listClasses({"state": "active"})

    Args:
        access_token: Access token; empty or None for none.
        refresh_token: OAuth2 refresh token; with it the client renews its access token by itself.
        client_id: Id of the OAuth2 application.
        client_secret: Secret of the OAuth2 application.
        redirect_uri: Where Flat sends a person back to.
        **settings: Everything else a `Configuration` takes, such as host.
    """
    configuration = Configuration(
        access_token=access_token or None,
        refresh_token=refresh_token or None,
        client_id=client_id or None,
        client_secret=client_secret or None,
        **settings,
    )
    return Flat(ApiClient(configuration), redirect_uri or "")


class Flat:
    """The actions as methods: `flat.listClasses({"state": "active"})`; see `flat_api.actions` for all of them.

    Args:
        api_client: The client that sends the calls.
        redirect_uri: Where Flat sends a person back to.
    """

    def __init__(self, api_client: ApiClient, redirect_uri: str = "") -> None:
        self.api_client = api_client
        self._redirect_uri = redirect_uri

    def call(self, name: str, input: Mapping[str, Any] | None = None, context: object = None) -> Any:
        """Run an action.

        Args:
            name: Name of the action.
            input: Its arguments under their wire names; the body of the request is `body`.
            context: Taken because actions of DataFire have it; it has no effect.

        Returns:
            Plain data: dicts, lists, texts; bytes for a file; None for nothing.

        Raises:
            ApiKeyError: there is no such action.
            ApiTypeError: the action has no such argument.
            ApiException: the call failed.
        """
        given = dict(input or {})
        if name in OAUTH:
            return self._oauth(name, given)
        if name in ACTIONS:
            deprecated(name, ACTIONS[name], depth=2)
        operation = operations().get(ACTIONS.get(name, name))
        if operation is None:
            raise ApiKeyError(f"There is no action {name!r}; flat_api.actions lists all of them.")
        body = given.pop("body", None)
        for dropped in DROPPED_KEYWORDS.get(operation.id, {}):
            _drop(operation, dropped, given)
        values = [given.pop(parameter.name, None) for parameter in operation.parameters]
        if given:
            raise ApiTypeError(f"{operation.id} has no argument {', '.join(sorted(given))}.")
        answer = self.api_client.call(operation, values, {}, body)
        if operation.binary:
            return answer.data
        return read_json(answer.raw_data) if answer.raw_data else None

    def oauthCallback(self, input: Mapping[str, Any], context: object = None) -> dict[str, Any]:  # noqa: N802
        """Turn the code of the redirect (`{"code": ...}`) into tokens, which the client uses from then on."""
        tokens: dict[str, Any] = self.call("oauthCallback", input)
        return tokens

    def oauthRefresh(self, input: Mapping[str, Any] | None = None, context: object = None) -> dict[str, Any]:  # noqa: N802
        """Renew the access token with the refresh token."""
        tokens: dict[str, Any] = self.call("oauthRefresh", input)
        return tokens

    def _oauth(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        configuration = self.api_client.configuration
        if not configuration.client_id:
            raise ApiValueError(f"{name} needs client_id and client_secret: pass them to flat_api.create.")
        helper = OAuth2Helper(
            configuration.client_id,
            configuration.client_secret or "",
            self._redirect_uri,
            configuration=configuration,
        )
        try:
            if name == "oauthCallback":
                code = given.pop("code", None)
                if not code or given:
                    raise ApiValueError('oauthCallback takes {"code": ...}, the code of the redirect.')
                tokens = helper.exchange_code(code)
            else:
                if not configuration.refresh_token:
                    raise ApiValueError("oauthRefresh needs a refresh_token: pass it to flat_api.create.")
                tokens = helper.refresh(configuration.refresh_token)
        finally:
            helper.close()
        configuration.access_token = tokens.access_token
        configuration.refresh_token = tokens.refresh_token or configuration.refresh_token
        configuration.token_expires_at = tokens.expires_at
        return _shown(tokens)

    def __getattr__(self, name: str) -> Any:
        if name not in ACTIONS and name not in all_actions():
            raise AttributeError(f"{type(self).__name__!r} object has no attribute or action {name!r}")
        return functools.partial(self.call, name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *all_actions()})


@functools.cache
def operations() -> dict[str, Operation[Any]]:
    """Every operation of the contract by its id."""
    from importlib import import_module

    from flat_api import api

    modules = [import_module(getattr(api, name).__module__) for name in api._MODULES]
    found = [value for module in modules for value in vars(module).values() if isinstance(value, Operation)]
    return {operation.id: operation for operation in found}


def _drop(operation: Operation[Any], name: str, given: dict[str, Any]) -> None:
    """Refuse what the API no longer knows, under its wire name, unless it says nothing."""
    first, *rest = name.split("_")
    wire = first + "".join(part.capitalize() for part in rest)
    if given.pop(wire, None):
        raise ApiValueError(f"{operation.id}: the API no longer has {wire}.")


def _shown(tokens: Tokens) -> dict[str, Any]:
    ends = datetime.fromtimestamp(tokens.expires_at, UTC).isoformat() if tokens.expires_at is not None else None
    return {
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
        "token_type": tokens.token_type,
        "scope": tokens.scope,
        "expiration": ends,
    }
