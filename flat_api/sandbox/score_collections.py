"""The calls on collections, their own and the virtual ones (root, allScores, trash), and their scores."""

from __future__ import annotations

from typing import NoReturn

from flat_api.sandbox.account import public_view
from flat_api.sandbox.call import NOTHING, Answer, Behavior, Call
from flat_api.sandbox.errors import ApiError, not_found
from flat_api.sandbox.pages import page
from flat_api.sandbox.score_state import IN_TRASH, NOT_IN_TRASH, details, find_score, owned_by
from flat_api.sandbox.store import Document, Where, new_id, now

# Assumed: the titles. The root has the scores that are in no other collection.
_TITLES = {"root": "My scores", "allScores": "All my scores", "trash": "Trash"}
_IN_NO_COLLECTION = Where("id NOT IN (SELECT target FROM link)")


def _find(call: Call) -> Document:
    identifier: str = call.path["collection"]
    if identifier in _TITLES:
        return _virtual(call, identifier)
    collection = call.store.get("collection", identifier)
    if collection is None:
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


def _find_regular(call: Call) -> Document:
    collection = _find(call)
    if collection["type"] != "regular":
        message = f"{collection['id']} is made by the system and cannot be changed."
        raise ApiError(403, "COLLECTION_READ_ONLY", message, "collection")
    return collection


def _contents(call: Call, collection: Document) -> Where:
    mine = owned_by(call.user)
    if collection["type"] == "trash":
        return mine & IN_TRASH
    if collection["type"] == "allScores":
        return mine & NOT_IN_TRASH
    if collection["type"] == "root":
        return mine & NOT_IN_TRASH & _IN_NO_COLLECTION
    return NOT_IN_TRASH & Where("id IN (SELECT target FROM link WHERE source = ?)", (collection["id"],))


def _view(call: Call, collection: Document) -> Document:
    regular = collection["type"] == "regular"
    return {
        **collection,
        "htmlUrl": f"{call.site_url}/my-library/{collection['id']}",
        "user": public_view(call, call.user),
        "contents": {"scoresCount": call.store.count("score", _contents(call, collection))},
        "capabilities": {
            "canAddScores": regular,
            "canDelete": regular,
            "canDeleteScores": regular,
            "canEdit": regular,
            # The sandbox has no collaborators yet.
            "canShare": False,
        },
    }


def list_collections(call: Call) -> Answer:
    """GET /collections: the collections of the caller; none for another `parent` than `user` or `root`."""
    where = owned_by(call.user) if call.query["parent"] in ("user", "root") else Where("0")
    return page(call, "collection", where, lambda one: _view(call, one))


def create_collection(call: Call) -> Answer:
    """POST /collections."""
    date = now()
    collection = {
        "id": new_id(),
        "type": "regular",
        # Assumed: the title when none is given.
        "title": call.body.get("title", "New collection"),
        "privacy": call.body.get("privacy", "private"),
        "creationDate": date,
        "modificationDate": date,
        "user": call.user["id"],
    }
    call.store.insert("collection", collection, parent=call.user["id"])
    return Answer(content=_view(call, collection))


def get_collection(call: Call) -> Answer:
    """GET /collections/{collection}."""
    return Answer(content=_view(call, _find(call)))


def edit_collection(call: Call) -> Answer:
    """PUT /collections/{collection}: what is absent stays."""
    with call.store.transaction():
        collection = _find_regular(call)
        collection.update({name: call.body[name] for name in ("title", "privacy") if name in call.body})
        collection["modificationDate"] = now()
        call.store.update("collection", collection)
    return Answer(content=_view(call, collection))


def delete_collection(call: Call) -> Answer:
    """DELETE /collections/{collection}: for good. Assumed: its scores stay in the library."""
    with call.store.transaction():
        call.store.delete("collection", _find_regular(call)["id"])
    return NOTHING


def untrash_collection(call: Call) -> NoReturn:
    """POST /collections/{collection}/untrash: the contract has no success for this deprecated call."""
    message = f"A collection cannot be restored: {call.path['collection']!r} is not in the trash."
    raise ApiError(400, "COLLECTION_UNTRASH_NOT_SUPPORTED", message, "collection")


def list_collection_scores(call: Call) -> Answer:
    """GET /collections/{collection}/scores."""
    return page(call, "score", _contents(call, _find(call)), lambda score: details(call, score))


def add_score_to_collection(call: Call) -> Answer:
    """PUT /collections/{collection}/scores/{score}. Assumed: no error when it is there already."""
    with call.store.transaction():
        collection = _find_regular(call)
        score = find_score(call)
        call.store.link(collection["id"], score["id"])
    return Answer(content=details(call, score))


def delete_score_from_collection(call: Call) -> Answer:
    """DELETE /collections/{collection}/scores/{score}: the score itself stays."""
    with call.store.transaction():
        collection = _find_regular(call)
        score = find_score(call)
        if not call.store.unlink(collection["id"], score["id"]):
            message = f"The score {score['id']!r} is not in this collection."
            raise ApiError(404, "SCORE_NOT_FOUND", message, "score")
    return NOTHING


BEHAVIORS: dict[str, Behavior] = {
    "listCollections": list_collections,
    "createCollection": create_collection,
    "getCollection": get_collection,
    "editCollection": edit_collection,
    "deleteCollection": delete_collection,
    "untrashCollection": untrash_collection,
    "listCollectionScores": list_collection_scores,
    "addScoreToCollection": add_score_to_collection,
    "deleteScoreFromCollection": delete_score_from_collection,
}
