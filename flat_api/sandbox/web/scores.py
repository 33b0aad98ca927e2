"""The library (all scores of the sandbox, or those of a user, of a collection or in the trash), and one score."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from flat_api.sandbox.errors import ApiError
from flat_api.sandbox.people import find_by
from flat_api.sandbox.score_state import IN_TRASH, NOT_IN_TRASH, owned_by
from flat_api.sandbox.store import Document, Where
from flat_api.sandbox.web.visit import Context, NoPage, Visit, missing

_PER_PAGE = 24
_KEPT = Where("json_extract(body, '$.trashDate') IS NULL")
_FORMATS = {
    "xml": "MusicXML",
    "mxl": "MXL",
    "midi": "MIDI",
    "mp3": "MP3",
    "wav": "WAV",
    "thumbnail.png": "PNG",
    "json": "JSON",
    "synchronizationPoints": "Sync points",
    "practicefirst": "PracticeFirst",
}


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
        "collections": [
            {"id": one["id"], "title": one["title"], "owner": visit.user_name(one["user"])}
            for _, one in visit.store.sorted("collection", _KEPT, sort="title", descending=False)
        ],
        "trashed": visit.store.count("score", IN_TRASH),
    }


def _card(visit: Visit, score: Document) -> Context:
    revision = visit.store.last_child("revision", score["id"])
    return {
        "score": score,
        "owner": visit.user_name(score["user"]),
        "revision": revision["id"] if revision else None,
    }


def score(visit: Visit) -> Context:
    """The score with its last revision, or the one of `?revision=`; also of one in the trash."""
    found = visit.find("score")
    revisions = visit.store.children("revision", found["id"])[::-1]
    wanted = visit.query.get("revision", revisions[0]["id"])
    revision = next((one for one in revisions if one["id"] == wanted), None)
    if revision is None:
        raise missing("revision", wanted)
    pages, problem = _pages(visit, revision)
    return {
        "score": found,
        "owner": visit.user_name(found["user"]),
        "owner_username": (visit.store.get("user", found["user"]) or {}).get("username"),
        "parent": visit.store.get("score", found.get("parentScore", "")),
        "collections": _collections(visit, found),
        "revision": revision,
        "is_last": revision is revisions[0],
        "pages": pages,
        "problem": problem,
        "revisions": [{**one, "author": visit.user_name(one["user"])} for one in revisions],
        "formats": _FORMATS,
        "threads": _threads(visit, found),
        "collaborators": _collaborators(visit, found),
        "tracks": [one for one in visit.store.children("track", found["id"]) if one["state"] != "deleted"],
        "likes": len(visit.store.children("like", found["id"])),
    }


def _pages(visit: Visit, revision: Document) -> tuple[int, str | None]:
    """The number of pages, or why there are none."""
    try:
        return len(visit.engravings.pages(revision)), None
    except ApiError as problem:
        return 0, problem.message


def _collections(visit: Visit, found: Document) -> list[Document]:
    holding = (visit.store.get("collection", one) for one in visit.store.sources(found["id"]))
    return [one for one in holding if one and "trashDate" not in one]


def _threads(visit: Visit, found: Document) -> list[Context]:
    """The comments that begin a thread, each with its replies."""
    comments = visit.store.children("scoreComment", found["id"])
    shown = [{**one, "author": visit.user_name(one["user"])} for one in comments]
    return [
        {**one, "replies": [reply for reply in shown if reply.get("replyTo") == one["id"]]}
        for one in shown
        if "replyTo" not in one
    ]


def _collaborators(visit: Visit, found: Document) -> list[Context]:
    return [
        {
            "name": _collaborator(visit, share),
            "right": next((name for name in ("aclAdmin", "aclWrite") if share[name]), "aclRead"),
        }
        for share in visit.store.children("collaborator", found["id"])
    ]


def _collaborator(visit: Visit, share: Document) -> str:
    if "user" in share:
        return visit.user_name(share["user"])
    if "group" in share:
        group = visit.store.get("group", share["group"])
        classroom = visit.store.get("class", group["classroom"]) if group else None
        return f"{group['name']} of {classroom['name']}" if group and classroom else "a former group"
    return f"{share['userEmail']} (invited)"
