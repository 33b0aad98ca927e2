"""OAuth2 tokens, and the token endpoint that sells them (RFC 6749)."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec

from flat_api.configuration import Configuration
from flat_api.exceptions import (
    ApiException,
    RateLimitException,
    TokenRefreshException,
    TransportException,
    from_response,
)
from flat_api.request import Request, parse_host
from flat_api.rest import StreamingResponse, Transport
from flat_api.version import USER_AGENT

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
            seconds = float(lifetime) if lifetime is not None else 0.0
        except (TypeError, ValueError, OverflowError):
            seconds = 0.0
        ends = (time.time() if now is None else now) + seconds if 0 < seconds < math.inf else None
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
            "User-Agent": configuration.user_agent or USER_AGENT,
        },
        urlencode(fields).encode(),
    )
    response = transport.send(request, configuration.timeout)
    if not 200 <= response.status < 300:
        raise _refusal(response, request, fields.values())
    body = response.read_bounded(_LONGEST_ANSWER)
    try:
        return msgspec.json.decode(body) if body.strip() else None
    except msgspec.DecodeError:
        return None


def _refusal(response: StreamingResponse, request: Request, sent: Iterable[str]) -> ApiException:
    """Read the error fields of RFC 6749, section 5.2, but keep nothing that might repeat a secret."""
    error = from_response(
        response.status,
        response.reason,
        response.headers,
        response.read_beginning(_LONGEST_ANSWER),
        method=request.method,
        path=request.path,
        now=time.time(),
    )
    fields = error.data if isinstance(error.data, dict) else {}
    error.code = error.code or _text(fields.get("error"))
    said = _text(fields.get("error_description")) or _text(fields.get("message")) or error.reason or "refused"
    error.message = redacted(said, sent)
    error.body = error.data = None
    return error


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def redacted(text: str, secrets: Iterable[str | None]) -> str:
    """A text in which no secret stands as a word of its own."""
    for secret in secrets:
        if secret:
            text = re.sub(rf"(?<![\w-]){re.escape(secret)}(?![\w-])", "***", text)
    return text


def token_url(configuration: Configuration) -> str:
    """The token endpoint: the configured one, or /oauth/access_token on the host of the API."""
    return configuration.token_url or f"{parse_host(configuration.host).origin}/oauth/access_token"


def refresh(
    transport: Transport,
    configuration: Configuration,
    refresh_token: str,
    client_id: str | None,
    client_secret: str | None,
) -> Tokens:
    """Buy new tokens with a refresh token (RFC 6749, section 6); the old one is kept when none comes back.

    Raises:
        TokenRefreshException: the refresh token was refused, or the answer has no access token.
        ApiException: the endpoint did not answer.
    """
    fields = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    fields |= {name: value for name, value in (("client_id", client_id), ("client_secret", client_secret)) if value}
    try:
        answer = post_form(transport, configuration, token_url(configuration), fields)
    except ApiException as error:
        refused = error.status in (400, 401, 403) and not isinstance(error, RateLimitException)
        if isinstance(error, TransportException) or not refused:
            raise
        raise TokenRefreshException(
            error.status,
            error.reason,
            code=error.code,
            message=f"The refresh token was refused ({error.message}). A person has to authorize again.",
            method=error.method,
            path=error.path,
        ) from None
    try:
        tokens = Tokens.from_response(answer)
    except ValueError as error:
        raise TokenRefreshException(message=f"The refresh failed: {error}") from None
    tokens.refresh_token = tokens.refresh_token or refresh_token
    return tokens
