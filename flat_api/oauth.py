"""OAuth2Helper: sending a person to Flat for consent, and turning the code they come back with into tokens."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterable
from urllib.parse import urlencode

from flat_api.configuration import Configuration
from flat_api.exceptions import ApiValueError, UnexpectedBodyException
from flat_api.rest import Transport
from flat_api.tokens import TokenKeeper, Tokens, post_form, refresh, token_url

__all__ = ["OAuth2Helper", "TokenKeeper", "Tokens"]

AUTHORIZATION_URL = "https://flat.io/auth/oauth"


class OAuth2Helper:
    """The OAuth2 authorization code flow (RFC 6749, section 4.1), with PKCE (RFC 7636) where wanted.

    Args:
        client_id: Id of the application.
        client_secret: Secret of the application.
        redirect_uri: Where Flat sends the person back to; one of those registered.
        authorization_url: Page where the person consents.
        configuration: Host, TLS, proxy and timeout for the token endpoint.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        redirect_uri: str,
        *,
        authorization_url: str = AUTHORIZATION_URL,
        configuration: Configuration | None = None,
    ) -> None:
        self.client_id = client_id
        self.client_secret = client_secret
        self.redirect_uri = redirect_uri
        self.authorization_url = authorization_url
        self._configuration = configuration if configuration is not None else Configuration()
        self._transport = Transport(self._configuration)

    def authorize_url(
        self,
        scopes: Iterable[str],
        state: str | None = None,
        *,
        offline: bool = True,
        code_verifier: str | None = None,
    ) -> str:
        """The address to send a person to.

        Args:
            scopes: What to ask for, see `flat_api.AppScopes`.
            state: An unguessable value of yours that comes back unchanged; compare it (RFC 6749, section 10.12).
            offline: Ask for a refresh token too.
            code_verifier: Secret of this attempt, from `new_code_verifier`; only its hash is sent.

        Raises:
            ApiValueError: a scope does not exist.
        """
        from flat_api.models.app_scopes import AppScopes

        wanted = [str(scopes)] if isinstance(scopes, str) else [str(scope) for scope in scopes]
        known = [scope.value for scope in AppScopes]
        unknown = [scope for scope in wanted if scope not in known]
        if unknown or not wanted:
            raise ApiValueError(f"No such scope: {', '.join(unknown) or '(none)'}. There are {', '.join(known)}.")
        fields = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": " ".join(wanted),
        }
        if state is not None:
            fields["state"] = state
        if offline:
            fields["access_type"] = "offline"
        if code_verifier is not None:
            digest = hashlib.sha256(code_verifier.encode("ascii")).digest()
            fields["code_challenge"] = _base64url(digest)
            fields["code_challenge_method"] = "S256"
        return f"{self.authorization_url}?{urlencode(fields)}"

    @staticmethod
    def new_code_verifier() -> str:
        """An unguessable value, for `state` or `code_verifier`."""
        return _base64url(os.urandom(32))

    def exchange_code(self, code: str, *, code_verifier: str | None = None) -> Tokens:
        """Turn the code of the redirect into tokens.

        Args:
            code: The `code` parameter of the redirect.
            code_verifier: The one the address was made with.

        Raises:
            ApiException: the code was refused, or no answer came.
        """
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        if code_verifier is not None:
            fields["code_verifier"] = code_verifier
        answer = post_form(self._transport, self._configuration, token_url(self._configuration), fields)
        try:
            return Tokens.from_response(answer)
        except ValueError as error:
            raise UnexpectedBodyException(200, message=str(error)) from None

    def refresh(self, refresh_token: str) -> Tokens:
        """Buy new tokens with a refresh token; the old one is kept when none comes back.

        Raises:
            TokenRefreshException: the refresh token was refused.
        """
        self._configuration.client_id, self._configuration.client_secret = self.client_id, self.client_secret
        tokens = refresh(self._transport, self._configuration, refresh_token)
        tokens.refresh_token = tokens.refresh_token or refresh_token
        return tokens

    def revoke(self, token: str) -> None:
        """Make an access or refresh token worthless (RFC 7009).

        Raises:
            ApiException: the endpoint refused or did not answer.
        """
        url = token_url(self._configuration).rpartition("/")[0] + "/invalidate_token"
        fields = {"token": token, "client_id": self.client_id, "client_secret": self.client_secret}
        post_form(self._transport, self._configuration, url, fields)

    def __repr__(self) -> str:
        return f"OAuth2Helper(client_id={self.client_id!r}, redirect_uri={self.redirect_uri!r})"


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
