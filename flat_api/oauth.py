"""OAuth2Helper: sending a person to Flat for consent, and turning the code they come back with into tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from flat_api.configuration import Configuration
from flat_api.exceptions import ApiException, ApiValueError, UnauthorizedException, UnexpectedBodyException
from flat_api.rest import Transport
from flat_api.token_keeper import TokenKeeper
from flat_api.tokens import Tokens, post_form, refresh, token_url

__all__ = ["OAuth2Helper", "TokenKeeper", "Tokens"]

if TYPE_CHECKING:
    from flat_api.compat.client import TokenManager as TokenManager
else:

    def __getattr__(name: str) -> Any:
        if name != "TokenManager":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from flat_api.compat.client import TokenManager

        return TokenManager


AUTHORIZATION_URL = "https://flat.io/auth/oauth"


class OAuth2Helper:
    """The OAuth2 authorization code flow (RFC 6749, section 4.1), with PKCE (RFC 7636) where wanted.

    Args:
        client_id: Id of the application.
        client_secret: Secret of the application; "" for an application that has none (PKCE takes its place).
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

    def code_of(self, redirect: str, state: str) -> str:
        """Take the code out of the address the person came back to.

        Args:
            redirect: The whole address, or its query.
            state: The value the person was sent with.

        Raises:
            ApiValueError: the state is another one, or there is no code: the address is not an answer to this attempt.
            UnauthorizedException: the person refused.
        """
        query = parse_qs(urlsplit(redirect.strip()).query or redirect.strip())
        fields = {name: values[0] for name, values in query.items()}
        if not hmac.compare_digest(fields.get("state", "").encode(), state.encode()):
            raise ApiValueError("The address does not belong to this attempt: its state is another one.")
        if "error" in fields:
            said = fields.get("error_description") or fields["error"]
            raise UnauthorizedException(code=fields["error"], message=f"Flat gave no access: {said}.")
        if "code" not in fields:
            raise ApiValueError("The address has no code: pass the whole address of the page after the consent.")
        return fields["code"]

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
        }
        if self.client_secret:
            fields["client_secret"] = self.client_secret
        if code_verifier is not None:
            fields["code_verifier"] = code_verifier
        answer = post_form(self._transport, self._configuration, token_url(self._configuration), fields)
        try:
            return Tokens.from_response(answer)
        except ValueError as error:
            raise UnexpectedBodyException(200, message=str(error)) from None

    def authorize_headless(
        self,
        scopes: Iterable[str],
        *,
        ask: Callable[[str], str] = input,
        offline: bool = True,
    ) -> Tokens:
        """Get tokens on a machine without a browser: the person opens the address elsewhere and pastes what comes back.

        Args:
            scopes: What to ask for.
            ask: Shows a text to the person and gives back their answer.
            offline: Ask for a refresh token too.

        Raises:
            ApiException: the person refused, pasted something else, or the code was refused.
        """
        state, verifier = self.new_code_verifier(), self.new_code_verifier()
        url = self.authorize_url(scopes, state, offline=offline, code_verifier=verifier)
        redirect = ask(f"Open this address in a browser:\n\n{url}\n\nThen paste the address it leads to: ")
        return self.exchange_code(self.code_of(redirect, state), code_verifier=verifier)

    def authorize_in_browser(
        self,
        scopes: Iterable[str],
        *,
        open_browser: Callable[[str], object] | None = None,
        timeout: float = 300.0,
        offline: bool = True,
    ) -> Tokens:
        """Get tokens by opening the browser of this machine and waiting for its return (RFC 8252, section 7.3).

        The `redirect_uri` must be an http address of this machine, such as `http://127.0.0.1:8765/callback`; port 0
        takes any free port.

        Args:
            scopes: What to ask for.
            open_browser: Opens an address. Default: the standard browser.
            timeout: Seconds to wait for the person.
            offline: Ask for a refresh token too.

        Raises:
            TimeoutException: the person did not come back in time.
            ApiException: there is no browser, the person refused, or the code was refused.
        """
        from flat_api.loopback import LoopbackRedirect

        if open_browser is None:
            import webbrowser

            open_browser = webbrowser.open
        state, verifier = self.new_code_verifier(), self.new_code_verifier()
        with LoopbackRedirect(self.redirect_uri, lambda redirect: self.code_of(redirect, state)) as loopback:
            here = OAuth2Helper(
                self.client_id,
                self.client_secret,
                loopback.redirect_uri,
                authorization_url=self.authorization_url,
                configuration=self._configuration,
            )
            if open_browser(here.authorize_url(scopes, state, offline=offline, code_verifier=verifier)) is False:
                raise ApiException(message="There is no browser to open: use authorize_headless.")
            code = loopback.wait(timeout)
        return here.exchange_code(code, code_verifier=verifier)

    def refresh(self, refresh_token: str) -> Tokens:
        """Buy new tokens with a refresh token; the old one is kept when none comes back.

        Raises:
            TokenRefreshException: the refresh token was refused.
        """
        return refresh(self._transport, self._configuration, refresh_token, self.client_id, self.client_secret)

    def revoke(self, token: str) -> None:
        """Make an access or refresh token worthless (RFC 7009).

        Raises:
            ApiException: the endpoint refused or did not answer.
        """
        url = token_url(self._configuration).rpartition("/")[0] + "/invalidate_token"
        fields = {"token": token, "client_id": self.client_id}
        if self.client_secret:
            fields["client_secret"] = self.client_secret
        post_form(self._transport, self._configuration, url, fields)

    def close(self) -> None:
        """Close all idle connections."""
        self._transport.close()

    def __reduce__(self) -> Any:
        raise TypeError("An OAuth2Helper cannot be pickled: it holds a client secret. Make one in each process.")

    def __repr__(self) -> str:
        return f"OAuth2Helper(client_id={self.client_id!r}, redirect_uri={self.redirect_uri!r})"


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
