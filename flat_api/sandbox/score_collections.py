"""The calls on collections, regular and virtual ones, and on the scores in them."""

from __future__ import annotations

import secrets

from flat_api.sandbox.call import NOTHING, Answer, Call
from flat_api.sandbox.errors import ApiError, forbidden, not_found
from flat_api.sandbox.pages import page
from flat_api.sandbox.people import summary
from flat_api.sandbox.rights import Rights, readable_by, shared_with_user
from flat_api.sandbox.score_state import IN_TRASH, NOT_IN_TRASH, find_score, owned_by
from flat_api.sandbox.score_view import details
from flat_api.sandbox.store import Document, Where, new_id, now, without

# Assumed: the titles of the virtual collections.
_TITLES = {
    "root": "My scores",
    "allScores": "All my scores",
    "collaborations": "Shared with me",
    "likes": "Liked scores",
    "trash": "Trash",
}
_IN_COLLECTION_TRASH = Where("json_extract(body, '$.trashDate') IS NOT NULL")
_OWNER = Rights(True, True, True, "owner")
_READER = Rights(True, False, False)


def _find(call: Call, *, trashed: bool = False) -> Document:
    """The collection of the path. Raises ApiError 404 for one that the caller may not open."""
    identifier: str = call.path["collection"]
    if identifier in _TITLES:
        return _virtual(call, identifier)
    collection = call.store.get("collection", identifier)
    if (
        collection is None
        or ("trashDate" in collection and not trashed)
        or (collection["user"] != call.user["id"] and collection["sharingKey"] != call.query.get("sharingKey"))
    ):
        raise not_found("collection", identifier, "collection")
    return collection


def _virtual(call: Call, identifier: str) -> Document:
    return {
        "id": identifier,
        "type": identifier,
        "title": _TITLES[identifier],
        "privacy": "private",
        "creationDate": call.user["registrationDate"],
        "user": call.user["id"],
    }


def _find_regular(call: Call, *, trashed: bool = False) -> Document:
    """The same for a collection that the caller may change. Raises ApiError 403 for others."""
    collection = _find(call, trashed=trashed)
    if collection["type"] != "regular":
        message = f"{collection['id']} is made by the system and cannot be changed."
        raise ApiError(403, "COLLECTION_READ_ONLY", message, "collection")
    if collection["user"] != call.user["id"]:
        raise forbidden("Only the owner of a collection changes it.", "collection")
    return collection


def _contents(call: Call, collection: Document) -> Where:
    mine = owned_by(call.user)
    if collection["type"] == "trash":
        return mine & IN_TRASH
    if collection["type"] == "allScores":
        return mine & NOT_IN_TRASH
    if collection["type"] == "root":
        return mine & NOT_IN_TRASH & _in_no_collection(call.user)
    if collection["type"] == "collaborations":
        return shared_with_user(call.user["id"]) & NOT_IN_TRASH
    return NOT_IN_TRASH & readable_by(call.user) & _inside(call, collection)


def _inside(call: Call, collection: Document) -> Where:
    if collection["type"] == "likes":
        liked = "SELECT liked.parent FROM document AS liked WHERE liked.kind = 'like'"
        return Where(f"id IN ({liked} AND json_extract(liked.body, '$.user') = ?)", (call.user["id"],))
    return Where("id IN (SELECT target FROM link WHERE source = ?)", (collection["id"],))


def _in_no_collection(user: Document) -> Where:
    """The scores that are in no collection of the user, apart from those in the trash."""
    return Where(
        "id NOT IN (SELECT target FROM link JOIN document AS holder ON holder.id = link.source"
        " WHERE holder.kind = 'collection' AND holder.parent = ?"
        " AND json_extract(holder.body, '$.trashDate') IS NULL)",
        (user["id"],),
    )


def _view(call: Call, collection: Document) -> Document:
    mine = collection["user"] == call.user["id"]
    changeable = mine and collection["type"] == "regular"
    owner = call.user if mine else call.store.get("user", collection["user"])
    shown = without(collection, {"trashDate"})
    return {
        **shown,
        "htmlUrl": f"{call.site_url}/my-library/{collection['id']}",
        "user": summary(owner or call.user, call.site_url),
        "collections": [],
        "collaborators": [],
        "rights": (_OWNER if mine else _READER).view(),
        "contents": {"scoresCount": call.store.count("score", _contents(call, collection))},
        "capabilities": {
            "canAddScores": changeable,
            "canDelete": changeable,
            "canDeleteScores": changeable,
            "canEdit": changeable,
            # The API has no call for it.
            "canShare": False,
        },
    }


def list_collections(call: Call) -> Answer:
    """GET /collections: the collections of the caller.

    Documented: `user`, the default of `parent`, is the own library.
    Assumed: `root` is the same, and `trash` has the deleted collections; a regular collection holds no
    collections, and an unknown `parent` is 404; the newest first, titles from A to Z.
    """
    parent: str = call.query["parent"]
    if parent in ("user", "root"):
        where = owned_by(call.user) & Where("json_extract(body, '$.trashDate') IS NULL")
    elif parent == "trash":
        where = owned_by(call.user) & _IN_COLLECTION_TRASH
    else:
        known = call.store.get("collection", parent)
        if parent not in _TITLES and (known is None or known["user"] != call.user["id"]):
            raise not_found("collection", parent, "parent")
        where = Where("0")
    return page(call, "collection", where, lambda one: _view(call, one))


def create_collection(call: Call) -> Answer:
    """POST /collections: an empty collection of the caller.

    Assumed: its title when none is given is "New collection"; it gets a sharing key, which opens it to read.
    """
    date = now()
    collection = {
        "id": new_id(),
        "type": "regular",
        "title": call.body.get("title", "New collection"),
        "privacy": call.body.get("privacy", "private"),
        "sharingKey": secrets.token_hex(32),
        "creationDate": date,
        "modificationDate": date,
        "user": call.user["id"],
    }
    if "organization" in call.user:
        collection["organization"] = call.user["organization"]
    call.store.insert("collection", collection, parent=call.user["id"])
    return Answer(content=_view(call, collection))


def get_collection(call: Call) -> Answer:
    """GET /collections/{collection}: title, owner, rights and the number of scores.

    Documented: virtual collections are read by their name; the sharing key opens a collection to others.
    Assumed: without the key, the collection of another user is 404; the number counts what the caller may
    read.
    """
    return Answer(content=_view(call, _find(call)))


def edit_collection(call: Call) -> Answer:
    """PUT /collections/{collection}: what is absent stays.

    Documented: the scores in it stay as they are.
    Assumed: virtual collections and those of others cannot be changed (403).
    """
    with call.store.transaction():
        collection = _find_regular(call)
        collection.update({name: call.body[name] for name in ("title", "privacy") if name in call.body})
        collection["modificationDate"] = now()
        call.store.update("collection", collection)
    return Answer(content=_view(call, collection))


def delete_collection(call: Call) -> Answer:
    """DELETE /collections/{collection}: out of the library.

    Assumed: it goes to the trash, from where `untrashCollection` brings it back with what it held; its
    scores stay in the library, and show in `root` if they are in no other collection.
    """
    with call.store.transaction():
        call.store.update("collection", {**_find_regular(call), "trashDate": now()})
    return NOTHING


def untrash_collection(call: Call) -> Answer:
    """POST /collections/{collection}/untrash: back from the trash.

    Documented: any 2xx is success, without content; the contract declares none.
    Assumed: the status is 204; a collection that is not in the trash is 400.
    """
    with call.store.transaction():
        collection = _find_regular(call, trashed=True)
        if "trashDate" not in collection:
            message = f"The collection {collection['id']!r} is not in the trash."
            raise ApiError(400, "COLLECTION_NOT_IN_TRASH", message, "collection")
        del collection["trashDate"]
        call.store.update("collection", collection)
    return NOTHING


def list_collection_scores(call: Call) -> Answer:
    """GET /collections/{collection}/scores: what the collection holds and the caller may read.

    Documented: `allScores` has all scores of the caller, `collaborations` what others share, `likes` what the
    caller likes, `trash` what can be restored.
    Assumed: `root` has the own scores that are in no collection; scores in the trash show there alone; the
    newest first, titles from A to Z.
    """
    return page(call, "score", _contents(call, _find(call)), lambda score: details(call, score))


def add_score_to_collection(call: Call) -> Answer:
    """PUT /collections/{collection}/scores/{score}: the score shows in the collection, too.

    Documented: a score can be in several collections.
    Assumed: it takes the own collection and the right to read the score; no error when it is there already.
    """
    with call.store.transaction():
        collection = _find_regular(call)
        score = find_score(call)
        call.store.link(collection["id"], score["id"])
    return Answer(content=details(call, score))


def delete_score_from_collection(call: Call) -> Answer:
    """DELETE /collections/{collection}/scores/{score}: out of the collection.

    Documented: only the place in the collection goes, the score stays.
    Assumed: a score that is not in it is 404.
    """
    with call.store.transaction():
        collection = _find_regular(call)
        if not call.store.unlink(collection["id"], call.path["score"]):
            message = f"The score {call.path['score']!r} is not in this collection."
            raise ApiError(404, "SCORE_NOT_FOUND", message, "score")
    return NOTHING
