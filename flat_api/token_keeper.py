"""TokenKeeper: knows the access token of a client, and renews it once for all threads."""

from __future__ import annotations

import logging
import os
import threading
import time
import traceback
from typing import TYPE_CHECKING

from flat_api.on_demand import exceptions, tokens

if TYPE_CHECKING:
    from flat_api.configuration import Configuration
    from flat_api.exceptions import ApiException, UnauthorizedException
    from flat_api.rest import Transport

log = logging.getLogger("flat_api")

EARLY = 60.0
"""Seconds before its end at which an access token is renewed."""


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
        except exceptions.ApiException:
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
        except exceptions.ApiException as failure:
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
                raise _fresh(self._failure)
            self._failure = None
            try:
                return self._refresh(configuration.refresh_token)
            except exceptions.ApiException as error:
                self._failure = _fresh(error)
                if isinstance(error, exceptions.TokenRefreshException) and error.status is not None:
                    self._refused = configuration.refresh_token
                raise
            finally:
                self._flights += 1

    def _refresh(self, refresh_token: str) -> str:
        configuration = self._configuration
        new = tokens.refresh(
            self._transport, configuration, refresh_token, configuration.client_id, configuration.client_secret
        )
        now = time.time()
        # A token that lives for less than two minutes is not renewed before half its time is over.
        self._half_life = (now + new.expires_at) / 2 if new.expires_at is not None else 0.0
        configuration.refresh_token = new.refresh_token
        configuration.access_token = new.access_token
        configuration.token_expires_at = new.expires_at
        if configuration.on_token_refresh is not None:
            try:
                configuration.on_token_refresh(new)
            except Exception:
                # The new token is good; a store that is out of order must not lose the call.
                secrets = (refresh_token, new.refresh_token, new.access_token, configuration.client_secret)
                trace = tokens.redacted(traceback.format_exc(), secrets)
                log.error("on_token_refresh failed; the new tokens are in use but may not be stored.\n%s", trace)
        return new.access_token


def _fresh(error: ApiException) -> ApiException:
    """A copy: an exception that is raised twice keeps every frame it ever passed."""
    from copy import copy

    return copy(error)
