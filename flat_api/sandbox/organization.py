"""An organization as its administrators see it: who they are, the accounts of its members, and the invitations."""

from __future__ import annotations

import json
import secrets
from datetime import date

from flat_api.sandbox import group_state, omr_jobs, score_state
from flat_api.sandbox.call import NOTHING, Answer, Call
from flat_api.sandbox.errors import forbidden, invalid
from flat_api.sandbox.pages import page
from flat_api.sandbox.people import (
    add_user,
    find_by,
    find_user_in,
    hash_password,
    is_admin,
    require_free,
    set_names,
    summary,
)
from flat_api.sandbox.store import Document, Store, Where, having, new_id, now
from flat_api.sandbox.submission_state import erase_submission

_SEARCHED = ("username", "firstname", "lastname", "email")
_SEARCH = " OR ".join(f"instr(lower(json_extract(body, '$.{name}')), lower(?))" for name in _SEARCHED)
_IS_TEST_ACCOUNT = "coalesce(json_extract(body, '$.isTestAccount'), 0)"
_EDITABLE = ("email", "firstname", "lastname", "organizationRole", "password", "username")
# What belongs to a user, and what a user has left elsewhere. Scores, OMR jobs and submissions have parts, too.
_OWNED = ("collection", "credit", "eduResource", "oauthCode", "refreshToken", "signinLink", "task", "token")
_WRITTEN = ("collaborator", "like", "scoreComment", "submissionComment")


def administered_accounts(call: Call) -> str:
    """The id of the organization whose accounts the caller administers. Raises ApiError 403."""
    if not is_admin(call.user):
        raise forbidden("Only the administrators of an organization and of its accounts can do this.")
    return str(call.user["organization"])


def administered(call: Call) -> str:
    """The id of the organization that the caller administers, beyond its accounts. Raises ApiError 403."""
    if call.user.get("organizationRole") != "admin":
        raise forbidden("Only the administrators of an organization can do this.")
    return str(call.user["organization"])


def find_member(call: Call) -> Document:
    """The user of the path, of the organization whose accounts the caller administers.

    Raises ApiError 403, or 404 for a user of another organization.
    """
    return find_user_in(call, administered_accounts(call))


def _admin_view(call: Call, user: Document) -> Document:
    """A user as UserDetailsAdmin. A license is active until its date; without one none is active."""
    shown: Document = {name: user[name] for name in ("email", "lastActivityDate") if name in user}
    licensed = dict(user.get("license", {}))
    if "licenseExpirationDate" in user:
        licensed["expirationDate"] = user["licenseExpirationDate"]
    return {
        **summary(user, call.site_url),
        **shown,
        "groups": group_state.groups_of(call.store, user["id"]),
        "isEduTestingStudent": user.get("isTestAccount", False),
        "license": {**licensed, "active": user.get("licenseExpirationDate", "") > now()},
    }


def _matching(call: Call) -> Where:
    query = call.query
    where = having(organization=administered_accounts(call))
    if "role" in query:
        where &= _among("json_extract(body, '$.organizationRole')", query["role"])
    if "q" in query:
        where &= Where(_SEARCH, (query["q"],) * len(_SEARCHED))
    if "group" in query:
        in_groups = _among("source", query["group"])
        where &= Where(f"id IN (SELECT target FROM link WHERE {in_groups.sql})", in_groups.values)
    if query.get("noActiveLicense"):
        where &= Where("coalesce(json_extract(body, '$.licenseExpirationDate'), '') <= ?", (now(),))
    if "testAccounts" in query:
        where &= Where(f"{_IS_TEST_ACCOUNT} = ?", (query["testAccounts"] == "only",))
    return where


def _among(column: str, values: list[str]) -> Where:
    return Where(f"{column} IN (SELECT value FROM json_each(?))", (json.dumps(values),))


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text[: len("2000-01-01")]).isoformat()
    except ValueError:
        raise invalid("licenseExpirationDate", f"{text[:80]!r} is not a date such as 2026-02-28.") from None


def list_organization_users(call: Call) -> Answer:
    """GET /organizations/users: in pages, sorted and filtered.

    Documented: the filters can be combined, `onlyIds` leaves the details out, 25 users a page.
    Assumed: the newest first; `q` is looked for in the names, the username and the email address, in any
    letter case; licenses are compared by the day; with `onlyIds` an item is an object with the id alone.
    """
    where = _matching(call)
    if "licenseExpirationDate" in call.query:
        days = [_day(text) for text in call.query["licenseExpirationDate"]]
        where &= _among("substr(json_extract(body, '$.licenseExpirationDate'), 1, 10)", days)
    if call.query.get("onlyIds"):
        return page(call, "user", where, lambda user: {"id": user["id"]})
    return page(call, "user", where, lambda user: _admin_view(call, user))


def count_orga_users(call: Call) -> Answer:
    """GET /organizations/users/count: a bare number.

    Documented: it takes the filters of the list on role, text, group, license and test accounts.
    """
    return Answer(content=call.store.count("user", _matching(call)))


def create_organization_user(call: Call) -> Answer:
    """POST /organizations/users: an account that exists at once.

    Documented: without `role` it is a student; the email address is optional.
    Assumed: a username or an address that is taken is refused (422); a new account has no license.
    """
    organization = administered_accounts(call)
    role = call.body.get("role", "user")
    fields = {
        name: call.body.get(name) for name in ("username", "password", "email", "firstname", "lastname", "locale")
    }
    with call.store.transaction():
        user = add_user(call.store, role=role, organization=organization, **fields)
    return Answer(content=_admin_view(call, user))


def update_organization_user(call: Call) -> Answer:
    """PUT /organizations/users/{user}: what is absent stays.

    Documented: names, username, email address, role and password can be changed.
    Assumed: a username or an address that is taken is refused (422); a new address is not verified yet.
    """
    changes = {name: call.body[name] for name in _EDITABLE if name in call.body}
    if "password" in changes:
        changes["password"] = hash_password(changes["password"])
    with call.store.transaction():
        user = find_member(call)
        for name in ("username", "email"):
            if name in changes and changes[name].lower() != user.get(name, "").lower():
                require_free(call.store, name, changes[name])
        if changes.get("email", user.get("email")) != user.get("email"):
            changes["isEmailVerified"] = False
        user.update(changes)
        set_names(user)
        call.store.update("user", user)
    return Answer(content=_admin_view(call, user))


def remove_organization_user(call: Call) -> Answer:
    """DELETE /organizations/users/{user}: erased, or only out of the organization.

    Documented: the account goes with its scores, their history and comments, and its part in classes and
    assignments; with `convertToIndividual` it stays, as an individual one.
    Assumed: an individual account keeps its scores and tokens, and leaves its classes.
    """
    with call.store.transaction():
        user = find_member(call)
        if call.query.get("convertToIndividual"):
            _leave(call.store, user)
        else:
            _erase(call.store, user["id"])
    return NOTHING


def _erase(store: Store, user: str) -> None:
    """Removes a user with all that belongs to the user. Needs a transaction."""
    for score in store.children("score", user):
        score_state.erase(store, score["id"])
    for job in store.children("omrJob", user):
        omr_jobs.erase(store, job["id"])
    for kind in _OWNED:
        for one in store.children(kind, user):
            store.delete(kind, one["id"])
    by_user = Where("? IN (json_extract(body, '$.user'), json_extract(body, '$.creator'))", (user,))
    for _, submission in store.sorted("submission", by_user, sort="id", descending=False):
        erase_submission(store, submission)
    for kind in _WRITTEN:
        for _, one in store.sorted(kind, by_user, sort="id", descending=False):
            store.delete(kind, one["id"])
            if kind == "submissionComment":
                # The history of the submission has it under the same id.
                store.delete("submissionEvent", one["id"])
    store.delete("user", user)


def _leave(store: Store, user: Document) -> None:
    """Turns a member of an organization into an individual user. Needs a transaction."""
    for name in ("organization", "organizationRole", "license", "licenseExpirationDate"):
        user.pop(name, None)
    user |= {"product": "flat", "privateProfile": False}
    store.update("user", user)
    for group in group_state.groups_of(store, user["id"]):
        store.unlink(group, user["id"])
    for score in store.children("score", user["id"]):
        score.pop("organization", None)
        store.update("score", score)


def _invitation_view(call: Call, invitation: Document) -> Document:
    shown = {name: value for name, value in invitation.items() if name != "key"}
    return {**shown, "htmlUrl": f"{call.site_url}/edu/join/{invitation['key']}"}


def list_organization_invitations(call: Call) -> Answer:
    """GET /organizations/invitations: in pages.

    Documented: `role` keeps the invitations that give this role; 50 a page.
    Assumed: the newest first; used ones stay in the list.
    """
    where = Where("parent = ?", (administered_accounts(call),))
    if "role" in call.query:
        where &= having(organizationRole=call.query["role"])
    return page(call, "invitation", where, lambda invitation: _invitation_view(call, invitation))


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
    return Answer(content=_invitation_view(call, invitation))


def remove_organization_invitation(call: Call) -> Answer:
    """DELETE /organizations/invitations/{invitation}.

    Documented: nobody can join with it any more; those who did stay members.
    """
    organization = administered_accounts(call)
    with call.store.transaction():
        found = call.find("invitation", "invitation", organization=organization)
        call.store.delete("invitation", found["id"])
    return NOTHING
