"""How programs get in: the default token, the other tokens, and the OAuth apps."""

from __future__ import annotations

from urllib.parse import urlencode

from flat_api.sandbox import oauth_apps
from flat_api.sandbox.oauth_apps import OAuthApp
from flat_api.sandbox.oauth_endpoints import CONSENT
from flat_api.sandbox.store import Document, now
from flat_api.sandbox.web.activity import shortened
from flat_api.sandbox.web.visit import MOST, Context, Visit


def access(visit: Visit) -> Context:
    """Tokens and apps. The default token is written out for a browser on this machine alone."""
    default = (visit.store.get("setting", "default_token") or {}).get("token", "")
    tokens = [_token(visit, token, default) for token in visit.newest("token", "issuedDate")]
    return {
        "api_url": visit.api_url,
        "default_token": default if visit.trusted else None,
        "apps": [_app(app) for app in oauth_apps.registered(visit.store)],
        "tokens": sorted(tokens, key=lambda token: not token["is_default"]),
        "refresh_tokens": [_token(visit, token, default) for token in visit.newest("refreshToken", "issuedDate")],
        "most": MOST,
    }


def _app(app: OAuthApp) -> Context:
    request = {
        "client_id": app.client_id,
        "redirect_uri": app.redirect_uris[0],
        "response_type": "code",
        "scope": "scores.readonly",
    }
    return {
        "name": app.name,
        "client_id": app.client_id,
        "secret": shortened(app.client_secret) if app.client_secret else None,
        "redirect_uris": app.redirect_uris,
        "consent": f"{CONSENT}?{urlencode(request)}" if app.client_secret else None,
    }


def _token(visit: Visit, token: Document, default: str) -> Context:
    expires = token.get("expirationDate")
    return {
        "start": shortened(token["id"]),
        "user": visit.user_name(token["user"]),
        "is_default": token["id"] == default,
        "name": "Default token" if token["id"] == default else token.get("name", ""),
        "scopes": token["scopes"],
        "expires": expires,
        "used": token.get("used", False),
        "expired": expires is not None and expires <= now(),
    }
