"""The links of an organization to learning management systems (LMS), and the deprecated credentials of LTI 1.1."""

from __future__ import annotations

import secrets
from functools import cache
from typing import Any

from flat_api.sandbox.call import NOTHING, Answer, Call
from flat_api.sandbox.contract import load
from flat_api.sandbox.errors import invalid, not_found
from flat_api.sandbox.organization import administered
from flat_api.sandbox.schemas import Schema
from flat_api.sandbox.store import Document, new_id, now, without

_KIND = "ltiConfiguration"
_CREDENTIALS = "1p1-manual"
_DEPLOYMENT = "1p3-deployment"
_LMS = {"canvas", "moodle", "schoology", "blackboard", "desire2learn", "sakai", "schoolbox", "other"}
# A deployment takes these over from the configuration of the same client.
_SHARED = ("platformName", "platformIss", "authorizationUrl", "accessTokenUrl", "jwksUrl")
# What an LMS has to tell before a login from it can be checked.
_NEEDED = ("platformIss", "clientId", "deploymentId", "authorizationUrl", "accessTokenUrl", "jwksUrl")
_STANDALONE_FIELDS = {*_NEEDED, "platformName", "enableEmailMatching"}
# The fields that can be changed, by mode.
_CHANGEABLE = {
    _CREDENTIALS: {"enableEmailMatching"},
    _DEPLOYMENT: {"deploymentBreakdownId", "deploymentId", "enableEmailMatching"},
    "1p3-dynamic": _STANDALONE_FIELDS,
    "1p3-manual": _STANDALONE_FIELDS,
}


def _add(call: Call, organization: str, mode: str, fields: dict[str, Any]) -> Document:
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
    if mode == _CREDENTIALS:
        document |= {"consumerKey": secrets.token_hex(12), "consumerSecret": secrets.token_hex(24)}
    elif mode == _DEPLOYMENT:
        document["deploymentKey"] = secrets.token_hex(12)
    elif mode == "1p3-dynamic":
        document["registrationToken"] = secrets.token_urlsafe(24)
    call.store.insert(_KIND, document, parent=organization)
    return document


def _view(call: Call, document: Document) -> Document:
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
    if document["mode"] == _CREDENTIALS:
        names: tuple[str, ...] = ("name", "lms", "consumerKey", "consumerSecret")
        return {**shown, **{name: document[name] for name in names if name in document}}
    hidden = {"organization", "creator", *shown}
    shown |= without(document, hidden)
    return {**shown, **_addresses(call, document)}


def _is_complete(document: Document) -> bool:
    return document["mode"] in (_CREDENTIALS, _DEPLOYMENT) or all(name in document for name in _NEEDED)


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


def list_lti_configurations(call: Call) -> Answer:
    """GET /organizations/lti/configurations: all of them, LTI 1.1 and 1.3.

    Documented: the list is not paged.
    Assumed: the oldest first; for administrators of the organization, not for those of its accounts (403).
    """
    found = call.store.children(_KIND, administered(call))
    return Answer(content=[_view(call, one) for one in found])


def create_lti_configuration(call: Call) -> Answer:
    """POST /organizations/lti/configurations: `mode` chooses the version and the way of the setup.

    Documented: LTI 1.1 gets a consumer key and a secret, dynamic registration an address for the LMS.
    Assumed: LTI 1.3 is complete when issuer, client, deployment and the three addresses of the LMS are
    known; a deployment belongs to the configuration with its client id, if there is one. The sandbox
    does not speak LTI: the addresses it names answer nothing, and no configuration is ever in use.
    """
    organization = administered(call)
    fields = dict(call.body)
    mode: str = fields.pop("mode")
    if mode == "1p3-dynamic":
        info = fields.get("platformInfo", {})
        fields = {"platformName": info["name"]} if "name" in info else {}
    elif mode == _DEPLOYMENT:
        fields = _deployment(call, organization, fields)
    else:
        known = {"name", "lms"} if mode == _CREDENTIALS else _CHANGEABLE[mode]
        fields = {name: value for name, value in fields.items() if name in known}
    return Answer(content=_view(call, _add(call, organization, mode, fields)))


def _deployment(call: Call, organization: str, sent: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {
        name: sent[name] for name in ("clientId", "deploymentBreakdownId", "deploymentId") if name in sent
    }
    fields["deploymentBreakdownBy"] = sent["deploymentType"]
    for one in call.store.children(_KIND, organization):
        if one["mode"] != _DEPLOYMENT and "clientId" in sent and one.get("clientId") == sent["clientId"]:
            return {**fields, "parentId": one["id"], **{name: one[name] for name in _SHARED if name in one}}
    return fields


def _find(call: Call, kind: str, resource: str, param: str, organization: str) -> Document:
    """The document of the path that belongs to an organization.

    Parameters: the `kind` in the store, the noun for it, and the name of the path parameter.
    Raises ApiError 404.
    """
    identifier: str = call.path[param]
    found = call.store.get(kind, identifier)
    if found is None or found["organization"] != organization:
        raise not_found(resource, identifier, param)
    return found


@cache
def _changes(*, deployment: bool) -> Schema:
    """What a change may hold: the contract checks it against either form, the mode says which one it is."""
    return load().component(f"LtiConfigurationUpdate{'Deployment' if deployment else 'Standalone'}")


def update_lti_configuration(call: Call) -> Answer:
    """PUT /organizations/lti/configurations/{configuration}: what is absent stays.

    Documented: a deployment takes its own fields only, others also the addresses and the name of the LMS;
    version and mode are fixed.
    Assumed: a field that the configuration does not take is refused (422); LTI 1.1 takes
    `enableEmailMatching` alone.
    """
    organization = administered(call)
    with call.store.transaction():
        found = _find(call, _KIND, "LTI configuration", "configuration", organization)
        changeable = _CHANGEABLE[found["mode"]]
        for name in sorted(call.body.keys() - changeable):
            fields = ", ".join(sorted(changeable))
            raise invalid(name, f"cannot be changed in a configuration of the mode {found['mode']}, but {fields} can.")
        wrong = _changes(deployment=found["mode"] == _DEPLOYMENT).violation(call.body)
        if wrong is not None:
            raise invalid(wrong.param, wrong.message)
        found.update(call.body)
        call.store.update(_KIND, found)
    return Answer(content=_view(call, found))


def delete_lti_configuration(call: Call) -> Answer:
    """DELETE /organizations/lti/configurations/{configuration}.

    Documented: there is no undo.
    Assumed: deployments that belong to it stay.
    """
    organization = administered(call)
    with call.store.transaction():
        found = _find(call, _KIND, "LTI configuration", "configuration", organization)
        call.store.delete(_KIND, found["id"])
    return NOTHING


def _credentials_view(document: Document) -> Document:
    # A configuration may name any LMS, credentials only those of their list.
    lms = document.get("lms", "other")
    shown = {name: value for name, value in document.items() if name != "mode"}
    return {**shown, "lms": lms if lms in _LMS else "other"}


def list_lti_credentials(call: Call) -> Answer:
    """GET /organizations/lti/credentials: deprecated.

    Documented: the list of configurations covers them.
    Assumed: they are the configurations of LTI 1.1 in an older form; the oldest first.
    """
    found = call.store.children(_KIND, administered(call))
    return Answer(content=[_credentials_view(one) for one in found if one["mode"] == _CREDENTIALS])


def create_lti_credentials(call: Call) -> Answer:
    """POST /organizations/lti/credentials: deprecated, like a configuration in the mode 1p1-manual.

    Documented: the answer has the consumer key and the secret.
    """
    fields = {name: call.body[name] for name in ("name", "lms")}
    return Answer(content=_credentials_view(_add(call, administered(call), _CREDENTIALS, fields)))


def revoke_lti_credentials(call: Call) -> Answer:
    """DELETE /organizations/lti/credentials/{credentials}: deprecated.

    Documented: the LMS can no longer use the consumer key.
    Assumed: a configuration of LTI 1.3 is not found here (404).
    """
    organization = administered(call)
    with call.store.transaction():
        found = _find(call, _KIND, "LTI credentials", "credentials", organization)
        if found["mode"] != _CREDENTIALS:
            raise not_found("LTI credentials", found["id"], "credentials")
        call.store.delete(_KIND, found["id"])
    return NOTHING
