"""The caller's own account, the profiles of users and the scores they like."""

from __future__ import annotations

from flat_api.sandbox.call import Answer, Call
from flat_api.sandbox.errors import not_found
from flat_api.sandbox.pages import page
from flat_api.sandbox.people import account_view, find_user, public_view
from flat_api.sandbox.rights import readable_by
from flat_api.sandbox.score_state import NOT_IN_TRASH, owned_by
from flat_api.sandbox.score_view import details
from flat_api.sandbox.store import Document, Where, having

_PUBLIC = NOT_IN_TRASH & having(privacy="public")


def _find_visible(call: Call) -> Document:
    user = find_user(call)
    colleague = "organization" in user and user["organization"] == call.user.get("organization")
    if user["privateProfile"] and not colleague and user["id"] != call.user["id"]:
        raise not_found("user", user["id"], "user")
    return user


def _liked_by(call: Call, user: Document) -> Where:
    """The scores that a user likes, as far as the caller can open them."""
    liked = Where(
        "id IN (SELECT liked.parent FROM document AS liked WHERE liked.kind = 'like'"
        " AND json_extract(liked.body, '$.user') = ?)",
        (user["id"],),
    )
    return liked & NOT_IN_TRASH & readable_by(call.user)


def get_authenticated_user(call: Call) -> Answer:
    """GET /me: the public profile and the settings.

    Documented: with `onlyId`, the answer has the id alone.
    Assumed: the email address is left out, since the contract has no field for it.
    """
    only_id = call.query["onlyId"]
    return Answer(content={"id": call.user["id"]} if only_id else account_view(call, call.user))


def get_user(call: Call) -> Answer:
    """GET /users/{user}: the public profile, by id or as `me`.

    Documented: email address and settings are not part of it.
    Assumed: a private profile is shown to members of the same organization, for others there is none
    (404). Public and liked scores and the likes they got are counted; there are no plays and followers.
    """
    user = _find_visible(call)
    of_user = Where("parent IN (SELECT id FROM document WHERE kind = 'score' AND parent = ?)", (user["id"],))
    counts = {
        "ownedPublicScoresCount": call.store.count("score", _PUBLIC & owned_by(user)),
        "likedScoresCount": call.store.count("score", _liked_by(call, user)),
        "likesCount": call.store.count("like", of_user),
        "playsCount": 0,
        "followersCount": 0,
        "followingCount": 0,
    }
    return Answer(content={**public_view(call, user), **counts})


def get_user_likes(call: Call) -> Answer:
    """GET /users/{user}/likes: scores of anybody, in pages.

    Documented: each item names the owner of the score; `ids` leaves the details out.
    Assumed: the newest score first, of those that the caller may read; with `ids` an item is an object with
    the id alone. No call of the API likes a score.
    """
    likes = _liked_by(call, _find_visible(call))
    if call.query.get("ids"):
        return page(call, "score", likes, lambda score: {"id": score["id"]})
    return page(call, "score", likes, lambda score: details(call, score))
