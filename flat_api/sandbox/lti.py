"""The calls on the LTI links of an organization, and the deprecated ones on LTI 1.x credentials."""

from __future__ import annotations

from typing import Any

from flat_api.sandbox import lti_state
from flat_api.sandbox.call import NOTHING, Answer, Behavior, Call
from flat_api.sandbox.errors import invalid, not_found
from flat_api.sandbox.organization import administered, find_owned
from flat_api.sandbox.store import Document

_CREDENTIALS = "1p1-manual"
_LMS = {"canvas", "moodle", "schoology", "blackboard", "desire2learn", "sakai", "schoolbox", "other"}
# A deployment takes these over from the configuration of the same client.
_SHARED = ("platformName", "platformIss", "authorizationUrl", "accessTokenUrl", "jwksUrl")


def list_lti_configurations(call: Call) -> Answer:
    """GET /organizations/lti/configurations: all of them, LTI 1.1 and 1.3.

    Documented: the list is not paged.
    Assumed: the oldest first; for administrators of the organization, not for those of its accounts (403).
    """
    found = call.store.children(lti_state.KIND, administered(call))
    return Answer(content=[lti_state.configuration_view(call, one) for one in found])


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
        fields = {"platformName": fields["platformInfo"]["name"]} if _has_platform_name(fields) else {}
    elif mode == "1p3-deployment":
        fields = _deployment(call, organization, fields)
    else:
        known = {"name", "lms"} if mode == _CREDENTIALS else lti_state.changeable({"mode": mode})
        fields = {name: value for name, value in fields.items() if name in known}
    document = lti_state.add(call, organization, mode, fields)
    return Answer(content=lti_state.configuration_view(call, document))


def _has_platform_name(fields: dict[str, Any]) -> bool:
    return "name" in fields.get("platformInfo", {})


def _deployment(call: Call, organization: str, sent: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {
        name: sent[name] for name in ("clientId", "deploymentBreakdownId", "deploymentId") if name in sent
    }
    fields["deploymentBreakdownBy"] = sent["deploymentType"]
    for one in call.store.children(lti_state.KIND, organization):
        same_client = "clientId" in sent and one.get("clientId") == sent["clientId"]
        if same_client and one["mode"] != "1p3-deployment":
            return {**fields, "parentId": one["id"], **{name: one[name] for name in _SHARED if name in one}}
    return fields


def update_lti_configuration(call: Call) -> Answer:
    """PUT /organizations/lti/configurations/{configuration}: what is absent stays.

    Documented: a deployment takes its own fields only, others also the addresses and the name of the LMS;
    version and mode are fixed.
    Assumed: a field that the configuration does not take is refused (422); LTI 1.1 takes
    `enableEmailMatching` alone.
    """
    organization = administered(call)
    with call.store.transaction():
        found = find_owned(call, lti_state.KIND, "LTI configuration", "configuration", organization)
        changeable = lti_state.changeable(found)
        for name in sorted(call.body.keys() - changeable):
            fields = ", ".join(sorted(changeable))
            raise invalid(name, f"cannot be changed in a configuration of the mode {found['mode']}, but {fields} can.")
        found.update(call.body)
        call.store.update(lti_state.KIND, found)
    return Answer(content=lti_state.configuration_view(call, found))


def delete_lti_configuration(call: Call) -> Answer:
    """DELETE /organizations/lti/configurations/{configuration}.

    Documented: there is no undo.
    Assumed: deployments that belong to it stay.
    """
    organization = administered(call)
    with call.store.transaction():
        found = find_owned(call, lti_state.KIND, "LTI configuration", "configuration", organization)
        call.store.delete(lti_state.KIND, found["id"])
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
    found = call.store.children(lti_state.KIND, administered(call))
    return Answer(content=[_credentials_view(one) for one in found if one["mode"] == _CREDENTIALS])


def create_lti_credentials(call: Call) -> Answer:
    """POST /organizations/lti/credentials: deprecated, like a configuration in the mode 1p1-manual.

    Documented: the answer has the consumer key and the secret.
    """
    fields = {name: call.body[name] for name in ("name", "lms")}
    return Answer(content=_credentials_view(lti_state.add(call, administered(call), _CREDENTIALS, fields)))


def revoke_lti_credentials(call: Call) -> Answer:
    """DELETE /organizations/lti/credentials/{credentials}: deprecated.

    Documented: the LMS can no longer use the consumer key.
    Assumed: a configuration of LTI 1.3 is not found here (404).
    """
    organization = administered(call)
    with call.store.transaction():
        found = find_owned(call, lti_state.KIND, "LTI credentials", "credentials", organization)
        if found["mode"] != _CREDENTIALS:
            raise not_found("LTI credentials", found["id"], "credentials")
        call.store.delete(lti_state.KIND, found["id"])
    return NOTHING


BEHAVIORS: dict[str, Behavior] = {
    "createLtiConfiguration": create_lti_configuration,
    "createLtiCredentials": create_lti_credentials,
    "deleteLtiConfiguration": delete_lti_configuration,
    "listLtiConfigurations": list_lti_configurations,
    "listLtiCredentials": list_lti_credentials,
    "revokeLtiCredentials": revoke_lti_credentials,
    "updateLtiConfiguration": update_lti_configuration,
}
