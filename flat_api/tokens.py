"""OAuth2 tokens: the token endpoint (RFC 6749), and TokenKeeper, which renews an access token once for all threads."""

from __future__ import annotations

import copy
import logging
import math
import os
import re
import threading
import time
import traceback
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
    UnauthorizedException,
    from_response,
)
from flat_api.request import Request, parse_host
from flat_api.rest import StreamingResponse, Transport
from flat_api.version import USER_AGENT

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


class TokenKeeper:
    """Knows the access token of a client and renews it: early, or after a 401; one refresh for all threads."""

    def __init__(self, configuration: Configuration, transport: Transport) -> None:
        self._configuration = configuration
        self._transport = transport
        self._start()
        self._flights = 0
        self._failure: ApiException | None = None
        self._refused: str | None = None
        self._half_life = 0.0

    def _start(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()

    def current(self) -> str | None:
        """The access token to send now; renewed first when it is about to end."""
        configuration = self._configuration
        token = configuration.access_token
        if configuration.refresh_token is None:
            return token
        ends, now = configuration.token_expires_at, time.time()
        if token and (ends is None or now < max(ends - EARLY, min(ends, self._half_life))):
            return token
        try:
            return self._other_than(token)
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
        try:
            return self._other_than(rejected)
        except ApiException as failure:
            raise failure from error

    def _other_than(self, token: str | None) -> str | None:
        """An access token other than this one. Whoever waits for a refresh shares its outcome, good or bad."""
        if self._process != os.getpid():
            self._start()
        configuration = self._configuration
        flights = self._flights
        with self._lock:
            if configuration.access_token and configuration.access_token != token:
                return configuration.access_token
            if configuration.refresh_token is None:
                return None
            again = self._flights == flights and configuration.refresh_token != self._refused
            if not again and self._failure is not None:
                raise copy.copy(self._failure)
            self._failure = None
            try:
                return self._refresh(configuration.refresh_token)
            except ApiException as error:
                # A copy, here and above: an exception that is raised twice keeps every frame it ever passed.
                self._failure = copy.copy(error)
                if isinstance(error, TokenRefreshException) and error.status is not None:
                    self._refused = configuration.refresh_token
                raise
            finally:
                self._flights += 1

    def _refresh(self, refresh_token: str) -> str:
        configuration = self._configuration
        tokens = refresh(
            self._transport, configuration, refresh_token, configuration.client_id, configuration.client_secret
        )
        now = time.time()
        # A token that lives for less than two minutes is not renewed before half its time is over.
        self._half_life = (now + tokens.expires_at) / 2 if tokens.expires_at is not None else 0.0
        configuration.refresh_token = tokens.refresh_token
        configuration.access_token = tokens.access_token
        configuration.token_expires_at = tokens.expires_at
        if configuration.on_token_refresh is not None:
            try:
                configuration.on_token_refresh(tokens)
            except Exception:
                # The new token is good; a store that is out of order must not lose the call.
                secrets = (refresh_token, tokens.refresh_token, tokens.access_token, configuration.client_secret)
                trace = redacted(traceback.format_exc(), secrets)
                log.error("on_token_refresh failed; the new tokens are in use but may not be stored.\n%s", trace)
        return tokens.access_token
