"""The links between an organization and its learning management systems (LMS) as they are stored and described."""

from __future__ import annotations

import secrets
from typing import Any

from flat_api.sandbox.call import Call
from flat_api.sandbox.store import Document, new_id, now

KIND = "ltiConfiguration"
# What an LMS has to tell before a login from it can be checked.
_NEEDED = ("platformIss", "clientId", "deploymentId", "authorizationUrl", "accessTokenUrl", "jwksUrl")
_DEPLOYMENT_FIELDS = {"deploymentBreakdownId", "deploymentId", "enableEmailMatching"}
_STANDALONE_FIELDS = {*_NEEDED, "platformName", "enableEmailMatching"}
_CHANGEABLE = {
    "1p1-manual": {"enableEmailMatching"},
    "1p3-deployment": _DEPLOYMENT_FIELDS,
    "1p3-dynamic": _STANDALONE_FIELDS,
    "1p3-manual": _STANDALONE_FIELDS,
}


def add(call: Call, organization: str, mode: str, fields: dict[str, Any]) -> Document:
    """Stores and returns a new link between an organization and an LMS."""
    document = {
        "enableEmailMatching": True,
        **fields,
        "id": new_id(),
        "mode": mode,
        "organization": organization,
        "creator": call.user["id"],
        "creationDate": now(),
    }
    if mode == "1p1-manual":
        document |= {"consumerKey": secrets.token_hex(12), "consumerSecret": secrets.token_hex(24)}
    elif mode == "1p3-deployment":
        document["deploymentKey"] = secrets.token_hex(12)
    elif mode == "1p3-dynamic":
        document["registrationToken"] = secrets.token_urlsafe(24)
    call.store.insert(KIND, document, parent=organization)
    return document


def changeable(document: Document) -> set[str]:
    """The fields that a link lets change."""
    return _CHANGEABLE[document["mode"]]


def configuration_view(call: Call, document: Document) -> Document:
    """A link as LtiConfiguration."""
    organization = call.store.get("organization", document["organization"])
    shown = {
        "id": document["id"],
        "ltiVersion": document["mode"][:3],
        "status": "ready-to-use" if _is_complete(document) else "incomplete-setup",
        "organizationId": document["organization"],
        "creatorId": document["creator"],
        "creationDate": document["creationDate"],
        "lastUsedDate": None,
    }
    if organization is not None:
        shown["organizationName"] = organization["name"]
    if document["mode"] == "1p1-manual":
        names: tuple[str, ...] = ("name", "lms", "consumerKey", "consumerSecret")
        return {**shown, **{name: document[name] for name in names if name in document}}
    hidden = {"organization", "creator", *shown}
    shown |= {name: value for name, value in document.items() if name not in hidden}
    return {**shown, **_addresses(call, document)}


def _is_complete(document: Document) -> bool:
    return document["mode"] in ("1p1-manual", "1p3-deployment") or all(name in document for name in _NEEDED)


def _addresses(call: Call, document: Document) -> dict[str, Any]:
    base = f"{call.site_url}/lti/{document['id']}"
    found: dict[str, Any] = {
        "deploymentMode": "single",
        "initiateLoginUrl": f"{base}/login",
        "redirectUris": [f"{base}/launch"],
        "publicKeysetUrl": f"{base}/jwks",
    }
    if document["mode"] == "1p3-dynamic":
        found |= {
            "registrationUrl": f"{base}/register?token={document['registrationToken']}",
            "registrationTokenUsed": False,
            "registrationCompletionDate": None,
        }
    return found
