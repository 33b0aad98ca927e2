"""The calls of administrators on the accounts of their organization: list, count, create, change, remove."""

from __future__ import annotations

import json
from datetime import date

from flat_api.sandbox import group_state
from flat_api.sandbox.call import NOTHING, Answer, Behavior, Call
from flat_api.sandbox.departures import erase, leave_organization
from flat_api.sandbox.errors import invalid
from flat_api.sandbox.organization import administered_accounts, find_member, members
from flat_api.sandbox.pages import page
from flat_api.sandbox.people import add_user, hash_password, require_free, set_names, summary
from flat_api.sandbox.store import Document, Where, now

_SEARCHED = ("username", "firstname", "lastname", "email")
_SEARCH = " OR ".join(f"instr(lower(json_extract(body, '$.{name}')), lower(?))" for name in _SEARCHED)
_IS_TEST_ACCOUNT = "coalesce(json_extract(body, '$.isTestAccount'), 0)"


def admin_view(call: Call, user: Document) -> Document:
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
    where = members(administered_accounts(call))
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
    return page(call, "user", where, lambda user: admin_view(call, user))


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
    body = call.body
    organization = administered_accounts(call)
    with call.store.transaction():
        user = add_user(
            call.store,
            username=body["username"],
            role=body.get("role", "user"),
            organization=organization,
            firstname=body.get("firstname"),
            lastname=body.get("lastname"),
            email=body.get("email"),
            password=body["password"],
            locale=body.get("locale", "en"),
        )
    return Answer(content=admin_view(call, user))


_EDITABLE = ("email", "firstname", "lastname", "organizationRole", "password", "username")


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
    return Answer(content=admin_view(call, user))


def remove_organization_user(call: Call) -> Answer:
    """DELETE /organizations/users/{user}: erased, or only out of the organization.

    Documented: the account goes with its scores, their history and comments, and its part in classes and
    assignments; with `convertToIndividual` it stays, as an individual one.
    Assumed: an individual account keeps its scores and tokens, and leaves its classes.
    """
    with call.store.transaction():
        user = find_member(call)
        if call.query.get("convertToIndividual"):
            leave_organization(call.store, user)
        else:
            erase(call.store, user["id"])
    return NOTHING


BEHAVIORS: dict[str, Behavior] = {
    "countOrgaUsers": count_orga_users,
    "createOrganizationUser": create_organization_user,
    "listOrganizationUsers": list_organization_users,
    "removeOrganizationUser": remove_organization_user,
    "updateOrganizationUser": update_organization_user,
}
