"""The invitations to an organization."""

from __future__ import annotations

import secrets

from flat_api.sandbox.call import NOTHING, Answer, Behavior, Call
from flat_api.sandbox.errors import invalid
from flat_api.sandbox.organization import administered_accounts, find_owned
from flat_api.sandbox.pages import page
from flat_api.sandbox.people import find_by
from flat_api.sandbox.store import Document, Where, new_id, now


def _view(call: Call, invitation: Document) -> Document:
    shown = {name: value for name, value in invitation.items() if name != "key"}
    return {**shown, "htmlUrl": f"{call.site_url}/edu/join/{invitation['key']}"}


def list_organization_invitations(call: Call) -> Answer:
    """GET /organizations/invitations: in pages.

    Documented: `role` keeps the invitations that give this role; 50 a page.
    Assumed: the newest first; used ones stay in the list.
    """
    where = Where("parent = ?", (administered_accounts(call),))
    if "role" in call.query:
        where &= Where("json_extract(body, '$.organizationRole') = ?", (call.query["role"],))
    return page(call, "invitation", where, lambda invitation: _view(call, invitation))


def create_organization_invitation(call: Call) -> Answer:
    """POST /organizations/invitations.

    Documented: without a role it invites a teacher; the address of a member gives that member the role
    instead, and `usedBy` names the member.
    Assumed: without an address, whoever has `htmlUrl` is invited. The sandbox sends no message.
    """
    organization = administered_accounts(call)
    email: str | None = call.body.get("email")
    if email is not None and "@" not in email[1:-1]:
        raise invalid("email", f"{email[:80]!r} is not an email address.")
    invitation = {
        "id": new_id(),
        "key": secrets.token_urlsafe(16),
        "organization": organization,
        "organizationRole": call.body.get("organizationRole", "teacher"),
        "customCode": None,
        "allowMultipleUse": False,
        "invitedBy": call.user["id"],
        "creationDate": now(),
        "usedBy": [],
    }
    if email is not None:
        invitation["email"] = email
    with call.store.transaction():
        member = find_by(call.store, "email", email) if email else None
        if member is not None and member.get("organization") == organization:
            member["organizationRole"] = invitation["organizationRole"]
            call.store.update("user", member)
            invitation["usedBy"] = [member["id"]]
        call.store.insert("invitation", invitation, parent=organization)
    return Answer(content=_view(call, invitation))


def remove_organization_invitation(call: Call) -> Answer:
    """DELETE /organizations/invitations/{invitation}.

    Documented: nobody can join with it any more; those who did stay members.
    """
    organization = administered_accounts(call)
    with call.store.transaction():
        found = find_owned(call, "invitation", "invitation", "invitation", organization)
        call.store.delete("invitation", found["id"])
    return NOTHING


BEHAVIORS: dict[str, Behavior] = {
    "createOrganizationInvitation": create_organization_invitation,
    "listOrganizationInvitations": list_organization_invitations,
    "removeOrganizationInvitation": remove_organization_invitation,
}
