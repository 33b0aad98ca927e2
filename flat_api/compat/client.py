"""FlatClient as 2.x makes it: tokens, oauth, base_url, retry."""

from __future__ import annotations

from typing import Any

from flat_api.compat.tokens import ClientTokens, TokenManager
from flat_api.exceptions import ApiTypeError, ApiValueError
from flat_api.tokens import token_url


def settings_of(access_token: str | None, host: str | None, given: dict[str, Any]) -> dict[str, Any]:
    """The arguments of 2.x as settings of a `Configuration`.

    Raises:
        ApiTypeError: an argument is not what 2.x takes.
        ApiValueError: two arguments say the same thing.
    """
    settings = dict(given)
    tokens, oauth = settings.pop("tokens", None), settings.pop("oauth", None)
    base_url, retry = settings.pop("base_url", None), settings.pop("retry", None)
    if base_url is not None and host is not None:
        raise ApiValueError("base_url and host are the same thing: pass one of them.")
    if retry is not None:
        settings["retries"] = retry
    if isinstance(tokens, TokenManager):
        oauth = oauth if oauth is not None else tokens.helper
        if tokens.on_token_refresh is not None:
            settings.setdefault("on_token_refresh", tokens.on_token_refresh)
        tokens = tokens.tokens
    if tokens is not None:
        if not hasattr(tokens, "access_token") or not hasattr(tokens, "expires_at"):
            raise ApiTypeError(f"tokens takes a flat_api.Tokens, not {type(tokens).__name__}.")
        access_token = tokens.access_token if access_token is None else access_token
        settings["token_expires_at"] = tokens.expires_at
        if oauth is not None:
            settings["refresh_token"] = tokens.refresh_token
    if oauth is not None:
        settings["client_id"], settings["client_secret"] = oauth.client_id, oauth.client_secret
        settings["token_url"] = token_url(oauth._configuration)
    return {**settings, "access_token": access_token, "host": host if base_url is None else base_url}


def attribute(client: Any, name: str) -> Any:
    """What `name` was on a client of 2.x.

    Raises:
        AttributeError: no generation had it.
    """
    configuration = client.api_client.configuration
    if name == "base_url":
        return configuration.host
    if name == "timeout":
        return configuration.timeout
    if name == "retry":
        return configuration.retries
    if name == "tokens":
        from flat_api.oauth import OAuth2Helper

        if not configuration.client_id:
            return ClientTokens(configuration, None)
        helper = OAuth2Helper(
            configuration.client_id, configuration.client_secret or "", "", configuration=configuration
        )
        return ClientTokens(configuration, helper)
    raise AttributeError(f"{type(client).__name__!r} object has no attribute {name!r}")
