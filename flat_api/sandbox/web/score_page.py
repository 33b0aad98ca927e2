"""A score: its pages, its sound, its revisions and files, and what people say about it."""

from __future__ import annotations

from flat_api.sandbox import exports
from flat_api.sandbox.errors import ApiError
from flat_api.sandbox.store import Document
from flat_api.sandbox.web.visit import Context, Visit, missing

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
        "formats": {form: _FORMATS[form] for form in exports.EXTENSIONS},
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
