"""Reads the requests of OAuth2 clients: the address of the consent page, and the forms of the token endpoint."""

from __future__ import annotations

import hmac
import re
from base64 import b64decode
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from flat_api.sandbox import oauth_apps
from flat_api.sandbox.incoming import FORM, Received
from flat_api.sandbox.oauth_apps import OAuthApp, OAuthError
from flat_api.sandbox.store import Store

_CHALLENGE = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def read_form(text: str) -> dict[str, str]:
    """The fields of a query or a form. Raises OAuthError when one comes twice or the escapes are wrong."""
    try:
        pairs = parse_qsl(text, errors="strict")
    except ValueError:
        raise OAuthError("invalid_request", "The fields are not percent-escaped UTF-8.") from None
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise OAuthError("invalid_request", "A field comes twice.")
    return fields


@dataclass(frozen=True)
class Redirect:
    """Where the user goes back to, and how the fields of the answer are attached there."""

    uri: str
    implicit: bool
    state: str | None

    def address(self, fields: dict[str, str]) -> str:
        """The whole address."""
        answer = urlencode({**fields, **({} if self.state is None else {"state": self.state})})
        if self.implicit:
            return f"{self.uri}#{answer}"
        return f"{self.uri}{'&' if urlsplit(self.uri).query else '?'}{answer}"


class RefusedError(Exception):
    """An error that the application is told of: the user goes back to `address`."""

    def __init__(self, redirect: Redirect, problem: OAuthError) -> None:
        super().__init__(problem.message)
        self.address = redirect.address(problem.body())


@dataclass(frozen=True)
class AuthorizationRequest:
    """What an application asks a user for; `redirect_uri` is None when it did not name one."""

    app: OAuthApp
    redirect: Redirect
    redirect_uri: str | None
    scopes: tuple[str, ...]
    challenge: str | None
    method: str
    offline: bool


def read_authorization(store: Store, known_scopes: Collection[str], query: str) -> AuthorizationRequest:
    """The request in the query of the consent page.

    Raises OAuthError when it is not known where to go back to, else RefusedError.
    """
    fields = read_form(query)
    app = oauth_apps.find(store, fields.get("client_id", ""))
    if app is None:
        raise OAuthError("invalid_request", "The client_id is missing, or no application has it.")
    uri = fields.get("redirect_uri")
    if uri is None and len(app.redirect_uris) > 1:
        raise OAuthError("invalid_request", "The redirect_uri is missing, and the application has several.")
    if uri is not None and not app.allows(uri):
        raise OAuthError("invalid_request", f"The redirect_uri {uri} is not registered for {app.name}.")
    implicit = fields.get("response_type") == "token"
    redirect = Redirect(uri or next(iter(app.redirect_uris)), implicit, fields.get("state"))
    try:
        return _read_rest(app, redirect, fields, known_scopes)
    except OAuthError as problem:
        raise RefusedError(redirect, problem) from None


def _read_rest(
    app: OAuthApp, redirect: Redirect, fields: dict[str, str], known_scopes: Collection[str]
) -> AuthorizationRequest:
    kind = fields.get("response_type")
    if kind not in ("code", "token"):
        error = "unsupported_response_type" if kind else "invalid_request"
        raise OAuthError(error, "The response_type must be code or token.")
    access = fields.get("access_type", "online")
    if access not in ("online", "offline"):
        raise OAuthError("invalid_request", "The access_type must be online or offline.")
    scopes = tuple(dict.fromkeys(fields.get("scope", "").split()))
    unknown = [scope for scope in scopes if scope not in known_scopes]
    if unknown or not scopes:
        what = f"There is no scope {' '.join(unknown)}." if unknown else "The scope is missing."
        raise OAuthError("invalid_scope", what)
    challenge, method = fields.get("code_challenge"), fields.get("code_challenge_method", "plain")
    if kind == "code":
        _check_challenge(app, challenge, method)
    offline = access == "offline"
    return AuthorizationRequest(app, redirect, fields.get("redirect_uri"), scopes, challenge, method, offline)


def _check_challenge(app: OAuthApp, challenge: str | None, method: str) -> None:
    if challenge is None:
        if app.client_secret is None:
            raise OAuthError("invalid_request", "An application without a secret needs a code_challenge.")
        return
    if method not in ("S256", "plain"):
        raise OAuthError("invalid_request", "The code_challenge_method must be S256 or plain.")
    if not _CHALLENGE.fullmatch(challenge):
        what = "The code_challenge must be 43 to 128 letters, digits and . _ ~ -"
        raise OAuthError("invalid_request", what)


def read_client_form(store: Store, received: Received) -> tuple[OAuthApp, dict[str, str]]:
    """The application that sends a form, by HTTP Basic or by fields of the form, and the form.

    Raises OAuthError.
    """
    if received.method != "POST":
        raise OAuthError("invalid_request", "Use POST.", 405, {"Allow": "POST"})
    if received.media_type != FORM:
        raise OAuthError("invalid_request", f"The body must be {FORM}.")
    if received.query:
        raise OAuthError("invalid_request", "The fields belong into the body, not into the address.")
    # Bytes that are not UTF-8 would have to be escaped.
    fields = read_form(received.body.decode(errors="replace"))
    by_header = _basic(received.headers.get("authorization"))
    if by_header is None:
        return _authenticated(store, fields.get("client_id"), fields.get("client_secret"), {}), fields
    identifier, secret = by_header
    if "client_secret" in fields or fields.get("client_id", identifier) != identifier:
        raise OAuthError("invalid_request", "Send the client in the header or in the body, not in both.")
    challenge = {"WWW-Authenticate": 'Basic realm="Flat sandbox"'}
    return _authenticated(store, identifier, secret, challenge), fields


def _basic(authorization: str | None) -> tuple[str, str] | None:
    scheme, _, credentials = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        identifier, _, secret = b64decode(credentials.strip(), validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return unquote_plus(identifier), unquote_plus(secret)


def _authenticated(store: Store, identifier: str | None, secret: str | None, headers: dict[str, str]) -> OAuthApp:
    if not identifier:
        raise OAuthError("invalid_client", "The client_id is missing.", 401, headers)
    app = oauth_apps.find(store, identifier)
    if app is None:
        raise OAuthError("invalid_client", "No application has this client_id.", 401, headers)
    if not hmac.compare_digest((app.client_secret or "").encode(), (secret or "").encode()):
        raise OAuthError("invalid_client", "The client_secret is wrong or missing.", 401, headers)
    return app
