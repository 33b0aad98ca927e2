"""Scores and their collaborators as the API shows them to a caller."""

from __future__ import annotations

from flat_api.sandbox import group_state
from flat_api.sandbox.call import Call
from flat_api.sandbox.people import public_view
from flat_api.sandbox.rights import rights_on
from flat_api.sandbox.score_state import like_id
from flat_api.sandbox.store import Document, Store, Where, now, without

_PERIODS = {"weekly": 7, "monthly": 30, "yearly": 365}
_NO_COUNTS = {"total": 0, **dict.fromkeys(_PERIODS, 0)}
_GROUP = {"creationDate", "id", "name", "organization", "readOnly", "type", "usersCount"}


def details(call: Call, score: Document) -> Document:
    """A stored score as ScoreDetails, as the caller sees it. Assumed: the key is shown to who manages the score."""
    store = call.store
    owner = call.user if call.user["id"] == score["user"] else store.get("user", score["user"])
    rights = rights_on(store, call.user, score, call.query.get("sharingKey"))
    authors = {comment["user"] for comment in store.children("scoreComment", score["id"])}
    shown = {
        **score,
        "user": public_view(call, owner or call.user),
        "htmlUrl": f"{call.site_url}/score/{score['id']}",
        "editHtmlUrl": f"{call.site_url}/score/{score['id']}/edit",
        "collections": _collections(call, score),
        "collaborators": [collaborator_view(call, one) for one in store.children("collaborator", score["id"])],
        "rights": rights.view(),
        "me": {
            "isInLibrary": rights.source is not None,
            "isLiked": store.get("like", like_id(call.user["id"], score["id"])) is not None,
        },
        "likes": _counts(store, "like", score["id"]),
        "plays": _NO_COUNTS,
        "views": _NO_COUNTS,
        "comments": {**_counts(store, "scoreComment", score["id"]), "unique": len(authors)},
        "samples": [],
    }
    if not rights.admin:
        shown.pop("sharingKey", None)
    return shown


def _collections(call: Call, score: Document) -> list[str]:
    # Assumed: the collections of the caller, without those in the trash.
    holding = [call.store.get("collection", one) for one in call.store.sources(score["id"])]
    return [one["id"] for one in holding if one and one["user"] == call.user["id"] and "trashDate" not in one]


def _counts(store: Store, kind: str, score: str) -> dict[str, int]:
    """How many documents of a score there are, and how many came in the last week, month and year."""
    mine = Where("parent = ?", (score,))
    total = store.count(kind, mine)
    if not total:
        return dict(_NO_COUNTS)
    since = {
        name: store.count(kind, mine & Where("json_extract(body, '$.date') >= ?", (now(days=-days),)))
        for name, days in _PERIODS.items()
    }
    return {"total": total, **since}


def collaborator_view(call: Call, share: Document) -> Document:
    """A stored share as ResourceCollaborator."""
    shown = without(share, {"user", "group"}) | {"isCollaborator": True}
    if "user" in share:
        user = call.store.get("user", share["user"])
        shown |= {"collaboratorType": "user"} | ({"user": public_view(call, user)} if user else {})
    elif "group" in share:
        group = call.store.get("group", share["group"])
        shown["collaboratorType"] = "group"
        if group:
            fields = group_state.view(call.store, group)
            shown["group"] = {name: value for name, value in fields.items() if name in _GROUP}
    return shown
