"""The calls on the collaborators of a score: list, share, read, stop sharing."""

from __future__ import annotations

from flat_api.sandbox.call import NOTHING, Answer, Call
from flat_api.sandbox.errors import ApiError, invalid, not_found
from flat_api.sandbox.people import find_by
from flat_api.sandbox.rights import share
from flat_api.sandbox.score_state import find_score
from flat_api.sandbox.score_view import collaborator_view
from flat_api.sandbox.store import Document

_TARGETS = ("user", "group", "userEmail", "userToken")


def get_score_collaborators(call: Call) -> Answer:
    """GET /scores/{score}/collaborators: users, groups and invited addresses, with their rights.

    Documented: the whole list in one answer.
    Assumed: whoever may read the score may read it; the owner is not in the list.
    """
    shares = call.store.children("collaborator", find_score(call)["id"])
    return Answer(content=[collaborator_view(call, one) for one in shares])


def add_score_collaborator(call: Call) -> Answer:
    """POST /scores/{score}/collaborators: shares the score.

    Documented: one of `user`, `group`, `userEmail` and `userToken` names the collaborator; sharing needs admin
    rights; reading is the default.
    Assumed: for a collaborator who is there already, the rights are replaced; managing includes changing and
    changing includes reading; an address of a known account is this account. The sandbox sends no mail:
    the id of an invitation serves as its `userToken`, and whoever sends it accepts the invitation.
    """
    body = call.body
    given = [name for name in _TARGETS if name in body]
    if len(given) != 1:
        wanted = ", ".join(_TARGETS)
        raise invalid(given[1] if given else "user", f"give one of {wanted}, not {len(given)}.")
    with call.store.transaction():
        if given == ["userToken"]:
            added = _accept(call, body["userToken"])
        else:
            score = find_score(call, "admin")
            added = share(
                call.store,
                score["id"],
                _target(call, score, given[0]),
                read=body.get("aclRead", True),
                write=body.get("aclWrite", False),
                admin=body.get("aclAdmin", False),
            )
    return Answer(content=collaborator_view(call, added))


def _target(call: Call, score: Document, name: str) -> Document:
    value: str = call.body[name]
    if name == "group":
        group = call.store.get("group", value)
        if group is None or group.get("organization") != call.user.get("organization"):
            raise not_found("group", value, name)
        return {"group": value}
    user = call.store.get("user", value) if name == "user" else find_by(call.store, "email", value)
    if user is None and name == "user":
        raise not_found("user", value, name)
    if user is None:
        if "@" not in value:
            raise invalid(name, f"{value!r} is no e-mail address.")
        return {"userEmail": value, "invited": True}
    if user["id"] == score["user"]:
        raise invalid(name, "owns the score and has all rights already.")
    return {"user": user["id"]}


def _accept(call: Call, token: str) -> Document:
    invitation = call.store.get("collaborator", token)
    score = call.store.get("score", call.path["score"])
    if invitation is None or score is None or invitation["score"] != score["id"] or "invited" not in invitation:
        raise not_found("invitation", token, "userToken")
    if call.user["id"] == score["user"]:
        raise invalid("userToken", "is for somebody else; you own the score.")
    call.store.delete("collaborator", token)
    read, write, admin = (invitation[name] for name in ("aclRead", "aclWrite", "aclAdmin"))
    return share(call.store, score["id"], {"user": call.user["id"]}, read=read, write=write, admin=admin)


def get_score_collaborator(call: Call) -> Answer:
    """GET /scores/{score}/collaborators/{collaborator}: one collaborator, with the rights on this score.

    Assumed: whoever may read the score may read it.
    """
    return Answer(
        content=collaborator_view(call, call.find("collaborator", "collaborator", score=find_score(call)["id"]))
    )


def remove_score_collaborator(call: Call) -> Answer:
    """DELETE /scores/{score}/collaborators/{collaborator}: takes the rights back.

    Documented: the score can remain readable in other ways, such as a public score.
    Assumed: it needs admin rights, but collaborators may leave by themselves; the owner, named by the id of
    the user, cannot be removed (403).
    """
    with call.store.transaction():
        score = find_score(call)
        if call.path["collaborator"] == score["user"]:
            raise ApiError(403, "OWNER_NOT_REMOVABLE", "The owner of a score cannot be removed.", "collaborator")
        found = call.find("collaborator", "collaborator", score=score["id"])
        if found.get("user") != call.user["id"]:
            find_score(call, "admin")
        call.store.delete("collaborator", found["id"])
    return NOTHING
