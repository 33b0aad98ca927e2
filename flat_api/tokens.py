"""OAuth2 tokens: the token endpoint (RFC 6749), and TokenKeeper, which renews an access token once for all threads."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec

from flat_api.configuration import Configuration
from flat_api.exceptions import (
    ApiException,
    TokenRefreshException,
    TransportException,
    UnauthorizedException,
    from_response,
)
from flat_api.request import Request, parse_host
from flat_api.rest import Transport

log = logging.getLogger("flat_api")

EARLY = 60.0
"""Seconds before its end at which an access token is renewed."""

_LONGEST_ANSWER = 1 << 20


class Tokens:
    """What the token endpoint gives.

    Attributes:
        access_token: Goes with every call.
        refresh_token: Buys the next access token; None when there is none.
        expires_at: When the access token ends, in seconds since the epoch; None when it does not say.
        token_type: `bearer`.
        scope: Scopes granted, separated by spaces; None when they are those asked for.
    """

    __slots__ = ("access_token", "expires_at", "refresh_token", "scope", "token_type")

    def __init__(
        self,
        access_token: str,
        refresh_token: str | None = None,
        expires_at: float | None = None,
        token_type: str = "bearer",
        scope: str | None = None,
    ) -> None:
        self.access_token = access_token
        self.refresh_token = refresh_token
        self.expires_at = expires_at
        self.token_type = token_type
        self.scope = scope

    @classmethod
    def from_response(cls, fields: Mapping[str, Any], now: float | None = None) -> Tokens:
        """Read the JSON of a token endpoint (RFC 6749, section 5.1).

        Args:
            fields: The decoded JSON.
            now: Seconds since the epoch; the clock's without it.

        Raises:
            ValueError: there is no access token in it.
        """
        token = fields.get("access_token") if isinstance(fields, Mapping) else None
        if not isinstance(token, str) or not token.strip():
            raise ValueError("The token endpoint gave no access_token.")
        lifetime, refresh, scope = fields.get("expires_in"), fields.get("refresh_token"), fields.get("scope")
        try:
            ends = (time.time() if now is None else now) + float(lifetime) if lifetime is not None else None
        except (TypeError, ValueError):
            ends = None
        return cls(
            token,
            refresh if isinstance(refresh, str) and refresh else None,
            ends,
            str(fields.get("token_type") or "bearer"),
            scope if isinstance(scope, str) else None,
        )

    @property
    def expired(self) -> bool:
        """Whether the access token has ended."""
        return self.expires_at is not None and time.time() >= self.expires_at

    def __repr__(self) -> str:
        refresh = "'***'" if self.refresh_token else None
        return f"Tokens(access_token='***', refresh_token={refresh}, expires_at={self.expires_at})"


def post_form(transport: Transport, configuration: Configuration, url: str, fields: Mapping[str, str]) -> Any:
    """POST a form to an OAuth2 endpoint, once, and decode its JSON answer (None when it has no body).

    Raises:
        ApiException: the endpoint refused or did not answer.
    """
    host = parse_host(url)
    request = Request(
        "POST",
        host.origin,
        host.base_path,
        {
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        },
        urlencode(fields).encode(),
    )
    response = transport.send(request, configuration.timeout)
    body = response.read_bounded(_LONGEST_ANSWER)
    if not 200 <= response.status < 300:
        raise _refusal(
            from_response(
                response.status,
                response.reason,
                response.headers,
                body,
                method="POST",
                path=request.path,
                now=time.time(),
            )
        )
    try:
        return msgspec.json.decode(body) if body.strip() else None
    except msgspec.DecodeError:
        return None


def _refusal(error: ApiException) -> ApiException:
    """Use the error fields of RFC 6749, section 5.2, and forget a body that might repeat a secret."""
    fields = error.data if isinstance(error.data, dict) else {}
    error.code = error.code or fields.get("error")
    error.message = str(fields.get("error_description") or fields.get("message") or error.reason or "refused")
    error.body = error.data = None
    return error


def token_url(configuration: Configuration) -> str:
    """The token endpoint: the configured one, or /oauth/access_token on the host of the API."""
    return configuration.token_url or f"{parse_host(configuration.host).origin}/oauth/access_token"


def refresh(transport: Transport, configuration: Configuration, refresh_token: str) -> Tokens:
    """Buy new tokens with a refresh token (RFC 6749, section 6).

    Raises:
        TokenRefreshException: the refresh token was refused, or the answer has no access token.
        ApiException: the endpoint did not answer.
    """
    fields = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    for name in ("client_id", "client_secret"):
        value = getattr(configuration, name)
        if value:
            fields[name] = value
    try:
        return Tokens.from_response(post_form(transport, configuration, token_url(configuration), fields))
    except ValueError as error:
        if isinstance(error, ApiException):
            raise
        raise TokenRefreshException(message=f"{error} A person has to authorize again.") from None
    except ApiException as error:
        if isinstance(error, TransportException) or error.status not in (400, 401, 403):
            raise
        raise TokenRefreshException(
            error.status,
            error.reason,
            code=error.code,
            message=f"The refresh token was refused ({error.message}). A person has to authorize again.",
            method=error.method,
            path=error.path,
        ) from None


class TokenKeeper:
    """Knows the access token of a client and renews it: early, or after a 401; one refresh for all threads."""

    def __init__(self, configuration: Configuration, transport: Transport) -> None:
        self._configuration = configuration
        self._transport = transport
        self._lock = threading.Lock()
        self._refused: tuple[str, TokenRefreshException] | None = None

    def current(self) -> str | None:
        """The access token to send now; renewed first when it is about to end."""
        configuration = self._configuration
        token = configuration.access_token
        if configuration.refresh_token is None:
            return token
        ends = configuration.token_expires_at
        if token and (ends is None or time.time() < ends - EARLY):
            return token
        with self._lock:
            if configuration.access_token != token:
                return configuration.access_token
            try:
                return self._refresh()
            except ApiException:
                if token and ends is not None and time.time() < ends:
                    log.info("The access token could not be renewed early; it is still good.")
                    return token
                raise

    def renewed(self, rejected: str | None, error: UnauthorizedException) -> str | None:
        """Another access token after `rejected` got a 401; None when there is no way to have one.

        Raises:
            TokenRefreshException: the refresh token was refused; the 401 is its cause.
        """
        configuration = self._configuration
        with self._lock:
            if configuration.access_token and configuration.access_token != rejected:
                return configuration.access_token
            if configuration.refresh_token is None:
                return None
            try:
                return self._refresh()
            except ApiException as failure:
                raise failure from error

    def _refresh(self) -> str:
        configuration = self._configuration
        old = configuration.refresh_token
        if old is None:
            raise TokenRefreshException(message="There is no refresh token.")
        if self._refused is not None and self._refused[0] == old:
            raise self._refused[1]
        try:
            tokens = refresh(self._transport, configuration, old)
        except TokenRefreshException as error:
            self._refused = old, error
            raise
        tokens.refresh_token = tokens.refresh_token or old
        configuration.refresh_token = tokens.refresh_token
        configuration.token_expires_at = tokens.expires_at
        configuration.access_token = tokens.access_token
        if configuration.on_token_refresh is not None:
            try:
                configuration.on_token_refresh(tokens)
            except Exception:
                # The new token is good; a store that is out of order must not lose the call.
                log.exception("on_token_refresh failed; the new tokens are in use but may not be stored.")
        return tokens.access_token
