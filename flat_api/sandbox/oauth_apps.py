"""Applications that may ask users for access (OAuth2 clients), and what users grant them: codes and tokens."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from flat_api.sandbox.auth import issue
from flat_api.sandbox.errors import ApiError
from flat_api.sandbox.incoming import is_loopback
from flat_api.sandbox.store import Document, Store, Where, now

NOT_STORED = {"Cache-Control": "no-store", "Pragma": "no-cache"}
# Documented: an access token lives for a day.
_EXPIRES_IN = 86_400
# Assumed, as RFC 6749 (section 4.1.2) recommends at most.
_CODE_MINUTES = 10


@dataclass(frozen=True)
class OAuthApp:
    """A registered application; without a secret it is a public one, which proves itself by PKCE alone."""

    client_id: str
    client_secret: str | None
    name: str
    redirect_uris: tuple[str, ...]

    def allows(self, redirect_uri: str) -> bool:
        """Whether an address is registered. Assumed: on this machine, any port will do (RFC 8252, section 7.3)."""
        return any(
            redirect_uri == one or _same_but_for_the_port(urlsplit(redirect_uri), urlsplit(one))
            for one in self.redirect_uris
        )


# Every new sandbox has it.
DEMO_APP = OAuthApp(
    client_id="sandbox-demo-app",
    client_secret="sandbox-demo-secret",
    name="Demo application",
    redirect_uris=(
        "http://127.0.0.1:8765/callback",
        "http://localhost:8765/callback",
        "https://app.example.org/callback",
    ),
)


def _same_but_for_the_port(one: SplitResult, other: SplitResult) -> bool:
    here = one.scheme == "http" and is_loopback(one.hostname or "")
    same = ("scheme", "hostname", "path", "query", "fragment", "username", "password")
    return here and all(getattr(one, part) == getattr(other, part) for part in same)


def register(
    store: Store,
    name: str,
    redirect_uris: Sequence[str],
    client_id: str | None = None,
    client_secret: str | None = None,
    *,
    public: bool = False,
) -> OAuthApp:
    """Stores an application; makes up an id, and a secret unless it is `public`.

    Raises ValueError for a used id, no name, or a redirect URI that is not absolute.
    """
    if not isinstance(name, str) or not name:
        raise ValueError("name: an application needs a name.")
    if not isinstance(redirect_uris, Sequence) or isinstance(redirect_uris, str) or not redirect_uris:
        raise ValueError("redirect_uris: give a list of one address or more.")
    for uri in redirect_uris:
        if not isinstance(uri, str) or not re.match(r"[a-z][a-z0-9+.-]*:[^#\s]+$", uri):
            raise ValueError(f"redirect_uris: {uri!r} is not an absolute address without a fragment.")
    for given in (client_id, client_secret):
        if given is not None and (not isinstance(given, str) or not re.fullmatch(r"[!-9;-~]+", given)):
            raise ValueError(f"{given!r} cannot be an id or a secret: use printable ASCII without spaces and colons.")
    if not isinstance(public, bool):
        raise ValueError("public: must be true or false.")
    if public and client_secret is not None:
        raise ValueError("client_secret: a public application has none.")
    identifier = client_id or secrets.token_hex(12)
    secret = None if public else client_secret or secrets.token_hex(32)
    app = OAuthApp(identifier, secret, name, tuple(redirect_uris))
    with store.transaction():
        if find(store, identifier) is not None:
            raise ValueError(f"client_id: another application is called {identifier!r}.")
        insert(store, app)
    return app


def insert(store: Store, app: OAuthApp) -> None:
    """Stores an application. Needs a transaction."""
    store.insert("oauthApp", {**asdict(app), "id": app.client_id, "creationDate": now()})


def find(store: Store, client_id: str) -> OAuthApp | None:
    """The application with this id."""
    found = store.get("oauthApp", client_id)
    return _app(found) if found else None


def registered(store: Store) -> list[OAuthApp]:
    """All applications, the oldest first."""
    rows = store.sorted("oauthApp", Where(), sort="creationDate", descending=False)
    return [_app(document) for _, document in rows]


def _app(found: dict[str, Any]) -> OAuthApp:
    return OAuthApp(found["client_id"], found["client_secret"], found["name"], tuple(found["redirect_uris"]))


class OAuthError(ApiError):
    """An error of RFC 6749: its error code as `code`, and what to do about it as `message`."""

    def __init__(self, error: str, description: str, status: int = 400, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, error, description, headers={**(headers or {}), **NOT_STORED})

    def body(self, request_id: str = "") -> dict[str, Any]:
        """The fields of the answer; a request has no id in them."""
        return {"error": self.code, "error_description": self.message}


def new_code(store: Store, app: OAuthApp, user: str, scopes: Sequence[str], **fields: Any) -> str:
    """A code for the consent of a user; `fields` are challenge, method, offline and redirect_uri."""
    code = secrets.token_urlsafe(32)
    document = {
        **fields,
        "id": code,
        "app": app.client_id,
        "user": user,
        "scopes": list(scopes),
        "grant": secrets.token_hex(12),
        "expirationDate": now(minutes=_CODE_MINUTES),
        "used": False,
    }
    store.insert("oauthCode", document, parent=user)
    return code


def new_tokens(
    store: Store,
    app: OAuthApp,
    user: str,
    scopes: Sequence[str],
    *,
    grant: str | None = None,
    refreshable: Sequence[str] | None = None,
) -> dict[str, Any]:
    """The fields of an answer with an access token, stored.

    With `refreshable`, there is a refresh token for these scopes, too.
    """
    common = {
        "name": app.name,
        "issuedDate": now(),
        "app": app.client_id,
        "grant": grant or secrets.token_hex(12),
    }
    token = issue(store, user, scopes, expirationDate=now(seconds=_EXPIRES_IN), **common)
    answer = {"access_token": token, "token_type": "bearer", "expires_in": _EXPIRES_IN, "scope": " ".join(scopes)}
    if refreshable is not None:
        refresh = secrets.token_hex(32)
        document = {**common, "id": refresh, "user": user, "scopes": refreshable, "used": False}
        store.insert("refreshToken", document, parent=user)
        answer["refresh_token"] = refresh
    return answer


@contextmanager
def _using(store: Store, app: OAuthApp, kind: str, identifier: str, name: str) -> Iterator[Document]:
    """A code or refresh token in a transaction, at whose end it is used up.

    Raises OAuthError; one that comes twice ends its grant (RFC 6749, section 4.1.2, and RFC 9700, section 4.14.2).
    """
    with store.transaction():
        found = store.get(kind, identifier)
        if found is None or found["app"] != app.client_id:
            raise OAuthError("invalid_grant", f"The {name} is unknown, revoked or of another application.")
        if not found["used"]:
            yield found
            store.update(kind, {**found, "used": True})
            return
    _revoke_grant(store, found)
    raise OAuthError("invalid_grant", f"The {name} was used before; all tokens of this consent are revoked now.")


def exchange_code(
    store: Store, app: OAuthApp, code: str, redirect_uri: str | None, verifier: str | None
) -> dict[str, Any]:
    """Tokens for a code. Raises OAuthError."""
    with _using(store, app, "oauthCode", code, "code") as found:
        if found["expirationDate"] <= now():
            raise OAuthError("invalid_grant", "The code has expired; send the user to the consent page again.")
        if found["redirect_uri"] != redirect_uri:
            sent = found["redirect_uri"] or "none"
            raise OAuthError("invalid_grant", f"The redirect_uri must be that of the consent page: {sent}.")
        _check_verifier(found, verifier)
        scopes = found["scopes"]
        refreshable = scopes if found["offline"] else None
        return new_tokens(store, app, found["user"], scopes, grant=found["grant"], refreshable=refreshable)


def _check_verifier(code: Document, verifier: str | None) -> None:
    if code["challenge"] is None:
        if verifier is not None:
            raise OAuthError("invalid_grant", "There was no code_challenge at the consent page: send no code_verifier.")
        return
    if verifier is None:
        raise OAuthError("invalid_grant", "The code_verifier is missing: there was a code_challenge.")
    if not hmac.compare_digest(_challenge_of(verifier, code["method"]).encode(), code["challenge"].encode()):
        raise OAuthError("invalid_grant", "The code_verifier does not fit the code_challenge.")


def _challenge_of(verifier: str, method: str) -> str:
    """The code challenge of a verifier (RFC 7636, section 4.2)."""
    if method == "plain":
        return verifier
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def refresh_tokens(store: Store, app: OAuthApp, refresh_token: str, scope: str | None) -> dict[str, Any]:
    """New tokens for a refresh token. Raises OAuthError.

    Assumed: the refresh token is thereby used up, and the former access token goes on until it expires.
    """
    with _using(store, app, "refreshToken", refresh_token, "refresh token") as found:
        granted = found["scopes"]
        # A smaller scope is for this access token alone (RFC 6749, section 6).
        scopes = scope.split() if scope else granted
        beyond = [one for one in scopes if one not in granted]
        if beyond:
            raise OAuthError("invalid_scope", f"The user did not grant {' '.join(beyond)}.")
        return new_tokens(store, app, found["user"], scopes, grant=found["grant"], refreshable=granted)


def revoke(store: Store, app: OAuthApp, token: str) -> None:
    """Ends a token; a refresh token with all tokens of its grant. An unknown one is no error (RFC 7009).

    Raises OAuthError for a token of another application.
    """
    access = store.get("token", token)
    found = access or store.get("refreshToken", token)
    if found is None:
        return
    if found.get("app") != app.client_id:
        raise OAuthError("invalid_grant", "The token was not issued to this application.")
    if access is None:
        _revoke_grant(store, found)
    else:
        with store.transaction():
            store.delete("token", token)


def _revoke_grant(store: Store, member: Document) -> None:
    """Ends everything that came of the consent to which a code or a refresh token belongs."""
    with store.transaction():
        for kind in ("oauthCode", "refreshToken", "token"):
            for one in store.children(kind, member["user"]):
                # A used code or refresh token stays, to be known when it comes again.
                if one.get("grant") == member["grant"] and not one.get("used"):
                    store.delete(kind, one["id"])
