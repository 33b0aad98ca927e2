"""OAuth2 over HTTP: the consent page, the token endpoint and the revocation endpoint.

Documented: authorization code and implicit grants; a refresh token only with `access_type=offline`; access
tokens expire after 86,400 seconds; revocation as in RFC 7009.
Assumed: PKCE is possible with S256 and plain, and needed by applications without a secret; a refresh token can
be used once; nobody signs in, the user of the consent is chosen on the page; these requests do not count for
the rate limit.
"""

from __future__ import annotations

from typing import Any

from flat_api.sandbox.call import Answer
from flat_api.sandbox.contract import Contract
from flat_api.sandbox.incoming import Received, Site
from flat_api.sandbox.oauth_apps import (
    NOT_STORED,
    OAuthError,
    exchange_code,
    new_code,
    new_tokens,
    refresh_tokens,
    revoke,
)
from flat_api.sandbox.oauth_requests import (
    AuthorizationRequest,
    RefusedError,
    read_authorization,
    read_client_form,
    read_form,
)
from flat_api.sandbox.people import TEACHER
from flat_api.sandbox.store import Document, Store, Where

CONSENT, TOKEN, REVOCATION = "/auth/oauth", "/oauth/access_token", "/oauth/invalidate_token"
# Nothing from elsewhere and no script is wanted on a page.
_PAGE_HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}
_MAX_USERS = 500


class OAuthEndpoints:
    """The three endpoints over the state of a sandbox."""

    def __init__(self, store: Store, contract: Contract) -> None:
        self._store = store
        self._scopes = contract.scope_texts
        self.sites = (
            Site(CONSENT, self.consent, "oauthConsent"),
            Site(TOKEN, self.token, "oauthToken"),
            Site(REVOCATION, self.revocation, "oauthRevocation"),
        )

    def consent(self, received: Received) -> Answer:
        """GET /auth/oauth: the consent page. POST: the decision of the user, in the fields `user` and `decision`."""
        try:
            request = read_authorization(self._store, self._scopes, received.query)
            if received.method == "POST":
                return self._decide(request, received)
            if received.method == "GET":
                return self._ask(request, received)
            raise OAuthError("invalid_request", "Use GET for the page and POST for the decision.", 405)
        except OAuthError as problem:
            return _page(problem.status, problem=problem.message)
        except RefusedError as refused:
            return _go(refused.address)

    def _ask(self, request: AuthorizationRequest, received: Received) -> Answer:
        rows = self._store.sorted("user", Where(), sort="username", descending=False, limit=_MAX_USERS)
        return _page(
            problem=None,
            app=request.app,
            action=f"{received.raw_path}?{received.query}",
            users=[user for _, user in rows],
            chosen=TEACHER,
            scopes=[(scope, self._scopes[scope]) for scope in request.scopes],
            offline=request.offline and not request.redirect.implicit,
            redirect_uri=request.redirect.uri,
        )

    def _decide(self, request: AuthorizationRequest, received: Received) -> Answer:
        if received.comes_from_another_site():
            raise OAuthError("invalid_request", "The decision must come from the consent page itself.", 403)
        form = read_form(received.body.decode(errors="replace"))
        user = self._store.get("user", form.get("user", ""))
        decision = form.get("decision")
        if decision == "deny":
            raise RefusedError(request.redirect, OAuthError("access_denied", "The user denied the access."))
        if decision != "allow" or user is None:
            raise OAuthError("invalid_request", "The form needs the id of a user, and the decision allow or deny.")
        return _go(request.redirect.address(self._granted(request, user)))

    def _granted(self, request: AuthorizationRequest, user: Document) -> dict[str, str]:
        with self._store.transaction():
            if request.redirect.implicit:
                tokens = new_tokens(self._store, request.app, user["id"], request.scopes)
                return {name: str(value) for name, value in tokens.items()}
            code = new_code(
                self._store,
                request.app,
                user["id"],
                request.scopes,
                challenge=request.challenge,
                method=request.method,
                offline=request.offline,
                redirect_uri=request.redirect_uri,
            )
            return {"code": code}

    def token(self, received: Received) -> Answer:
        """POST /oauth/access_token: tokens for a code or a refresh token."""
        app, form = read_client_form(self._store, received)
        grant_type = form.get("grant_type")
        if grant_type == "authorization_code":
            code, verifier = _required(form, "code"), form.get("code_verifier")
            tokens = exchange_code(self._store, app, code, form.get("redirect_uri"), verifier)
        elif grant_type == "refresh_token":
            tokens = refresh_tokens(self._store, app, _required(form, "refresh_token"), form.get("scope"))
        else:
            error = "unsupported_grant_type" if grant_type else "invalid_request"
            raise OAuthError(error, "The grant_type must be authorization_code or refresh_token.")
        return Answer(content=tokens, headers=NOT_STORED)

    def revocation(self, received: Received) -> Answer:
        """POST /oauth/invalidate_token: ends a token (RFC 7009); 200 also for an unknown one."""
        app, form = read_client_form(self._store, received)
        revoke(self._store, app, _required(form, "token"))
        return Answer(content={}, headers=NOT_STORED)


def _page(status: int = 200, **values: Any) -> Answer:
    # Only who opens the page pays for the import.
    from flat_api.sandbox.web.rendering import rendered

    return rendered("consent.html", values, status, _PAGE_HEADERS)


def _required(form: dict[str, str], name: str) -> str:
    if not form.get(name):
        raise OAuthError("invalid_request", f"The field {name} is missing.")
    return form[name]


def _go(address: str) -> Answer:
    return Answer(302, b"", None, {"Location": address, **NOT_STORED})
