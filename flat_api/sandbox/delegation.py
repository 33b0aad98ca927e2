"""What an administrator makes in the name of a user: access tokens and sign-in links."""

from __future__ import annotations

import secrets
from urllib.parse import urlencode

from flat_api.sandbox.auth import issue
from flat_api.sandbox.call import Answer, Call
from flat_api.sandbox.errors import invalid
from flat_api.sandbox.organization import find_member
from flat_api.sandbox.store import new_id, now


def create_organization_user_access_token(call: Call) -> Answer:
    """POST /organizations/users/{user}/accessToken: a bearer token of the user.

    Documented: requests with it act as the user, within the scopes.
    Assumed: it lives for a day, any scope can be chosen, and it is named after the user.
    """
    user = find_member(call)
    # A set would lose the order that was asked for.
    scopes = list(dict.fromkeys(call.body["scopes"]))
    shown = {
        "name": user["printableName"],
        "issuedDate": now(),
        "expirationDate": now(days=1),
    }
    token = issue(call.store, user["id"], scopes, **shown)
    return Answer(content={**shown, "id": new_id(), "token": token, "scopes": scopes})


def create_organization_user_signin_link(call: Call) -> Answer:
    """POST /organizations/users/{user}/signinLink: an address that signs the user in.

    Documented: it works until `expirationDate`, and leads to `destinationPath`, else to the home page.
    Assumed: it lives for 15 minutes; a destination that is no path of the site is refused (422).
    """
    user = find_member(call)
    destination: str = call.body.get("destinationPath", "/")
    if not destination.startswith("/") or destination.startswith("//"):
        raise invalid("destinationPath", f"{destination[:80]!r} is not a path that starts with one slash.")
    link = {
        "id": secrets.token_hex(32),
        "user": user["id"],
        "destinationPath": destination,
        "expirationDate": now(minutes=15),
    }
    call.store.insert("signinLink", link, parent=user["id"])
    url = f"{call.site_url}/auth/signin?{urlencode({'token': link['id']})}"
    return Answer(content={"url": url, "token": link["id"], "expirationDate": link["expirationDate"]})
