"""Applications that may ask users for access (OAuth2 clients)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from flat_api.sandbox.incoming import is_loopback
from flat_api.sandbox.store import Store, Where, now


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
