"""FlatClient as 2.x makes it (tokens, oauth, base_url, retry), and what 2.x had beside it.

That is the TokenManager, cursors of a Link header, and the questions a RetryPolicy answered.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from flat_api.exceptions import ApiException, ApiTypeError, ApiValueError, TokenRefreshException
from flat_api.pagination import cursor_in, links
from flat_api.retry import RetryPolicy, decide
from flat_api.tokens import Tokens, token_url

if TYPE_CHECKING:
    from flat_api.configuration import Configuration
    from flat_api.oauth import OAuth2Helper


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


class TokenManager:
    """Keeps the tokens of a program: an access token that is renewed when it has ended.

    Args:
        tokens: What the token endpoint gave.
        helper: Renews them; without one they are used as they are.
        on_token_refresh: Called with the new `Tokens` after each refresh, to store them.
    """

    def __init__(
        self,
        tokens: Tokens,
        helper: OAuth2Helper | None = None,
        on_token_refresh: Callable[[Tokens], object] | None = None,
    ) -> None:
        self.tokens = tokens
        self.helper = helper
        self.on_token_refresh = on_token_refresh

    @property
    def access_token(self) -> str:
        """The access token, renewed first when it has ended and there is a way to."""
        if self.tokens.expired and self.helper is not None and self.tokens.refresh_token:
            return self.refresh()
        return self.tokens.access_token

    def refresh(self) -> str:
        """Renew the tokens; gives the new access token.

        Raises:
            TokenRefreshException: there is no refresh token or no helper, or the refresh token was refused.
        """
        if self.helper is None or not self.tokens.refresh_token:
            raise TokenRefreshException(message="A refresh needs an OAuth2Helper and a refresh token.")
        self.tokens = self.helper.refresh(self.tokens.refresh_token)
        if self.on_token_refresh is not None:
            self.on_token_refresh(self.tokens)
        return self.tokens.access_token


class ClientTokens(TokenManager):
    """The tokens of a client: what the client renews is seen here, and the other way round."""

    def __init__(self, configuration: Configuration, helper: OAuth2Helper | None) -> None:
        self._configuration = configuration
        super().__init__(_tokens_of(configuration), helper, configuration.on_token_refresh)

    @property
    def tokens(self) -> Tokens:
        """The tokens of the client as they are now."""
        return _tokens_of(self._configuration)

    @tokens.setter
    def tokens(self, value: Tokens) -> None:
        self._configuration.access_token = value.access_token
        self._configuration.refresh_token = value.refresh_token
        self._configuration.token_expires_at = value.expires_at


def _tokens_of(configuration: Configuration) -> Tokens:
    return Tokens(configuration.access_token or "", configuration.refresh_token, configuration.token_expires_at)


def parse_link_header(value: str | None) -> dict[str, str]:
    """Relation -> target of a Link header."""
    return links(value or "")


def next_cursor(headers: Mapping[str, str] | None) -> str | None:
    """The cursor of the following page, decoded once; None on the last page."""
    found = {name.lower(): value for name, value in (headers or {}).items()}
    target = parse_link_header(found.get("link")).get("next")
    return cursor_in(target, "next") if target else None


def wait(policy: RetryPolicy, error: BaseException, method: str, attempt: int) -> float | None:
    """Seconds until the next attempt, or None to give up; `attempt` is how many there were."""
    if not isinstance(error, ApiException):
        return None
    return decide(
        policy,
        error,
        method=method.upper(),
        attempt=attempt,
        elapsed=0.0,
        now=time.time(),
        chance=random.random(),
    )


def delay(policy: RetryPolicy, error: BaseException, attempt: int) -> float:
    """Seconds until the next attempt of a call that may be tried again, whatever its method; 0.0 to give up."""
    return wait(policy, error, "GET", attempt) or 0.0
