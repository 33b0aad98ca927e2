"""The library: all scores of the sandbox, or those of a user, of a collection or in the trash."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from flat_api.sandbox.people import find_by
from flat_api.sandbox.score_state import IN_TRASH, NOT_IN_TRASH, owned_by
from flat_api.sandbox.store import Document, Where
from flat_api.sandbox.web.visit import Context, NoPage, Visit

_PER_PAGE = 24


def everything(visit: Visit) -> Context:
    """The scores of all users; those in the trash with `?trash=1`."""
    if visit.query.get("trash"):
        return _library(visit, IN_TRASH, "Trash", "/", {"trash": "1"})
    return _library(visit, NOT_IN_TRASH, "Library")


def of_user(visit: Visit) -> Context:
    """The scores of the user with a username."""
    user = find_by(visit.store, "username", visit.path["username"])
    if user is None:
        raise NoPage(f"There is no page and no user “{visit.path['username'][:80]}” here.")
    return _library(
        visit,
        NOT_IN_TRASH & owned_by(user),
        f"Scores of {user['printableName']}",
        f"/{quote(user['username'], safe='')}",
    )


def collection(visit: Visit) -> Context:
    """The scores in a collection; a virtual one shows the library."""
    identifier = visit.path["collection"]
    if identifier in ("root", "allScores", "collaborations", "likes"):
        return _library(visit, NOT_IN_TRASH, "Library")
    if identifier == "trash":
        return _library(visit, IN_TRASH, "Trash", "/", {"trash": "1"})
    found = visit.find("collection")
    inside = Where("id IN (SELECT target FROM link WHERE source = ?)", (identifier,))
    return _library(visit, NOT_IN_TRASH & inside, f"Collection {found['title']}", f"/my-library/{identifier}")


def _library(
    visit: Visit, where: Where, heading: str, path: str = "/", kept: Mapping[str, str] | None = None
) -> Context:
    """`path` and the parameters `kept` are the address of this list, without search and page."""
    kept = kept or {}
    searched = visit.query.get("q", "").strip()
    rows = visit.store.sorted("score", where, sort="modificationDate", descending=True)
    # SQLite takes only the letters of English for the same in upper and lower case.
    found = [score for _, score in rows if searched.casefold() in score["title"].casefold()]
    listed = visit.page_of(found, _PER_PAGE)
    listed["shown"] = [_card(visit, score) for score in listed["shown"]]
    return {
        **listed,
        "heading": heading,
        "path": path,
        "searched": searched,
        "kept": kept,
        "filter": {**kept, **({"q": searched} if searched else {})},
        "collections": _collections(visit),
        "trashed": visit.store.count("score", IN_TRASH),
    }


def _card(visit: Visit, score: Document) -> Context:
    revision = visit.store.last_child("revision", score["id"])
    return {
        "score": score,
        "owner": visit.user_name(score["user"]),
        "revision": revision["id"] if revision else None,
    }


def _collections(visit: Visit) -> list[Context]:
    kept = Where("json_extract(body, '$.trashDate') IS NULL")
    rows = visit.store.sorted("collection", kept, sort="title", descending=False)
    return [{"id": one["id"], "title": one["title"], "owner": visit.user_name(one["user"])} for _, one in rows]
