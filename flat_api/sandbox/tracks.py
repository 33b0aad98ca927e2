"""The calls on the audio and video tracks of a score: list, add, read, edit, remove."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from flat_api.sandbox import synchronization
from flat_api.sandbox.call import NOTHING, Answer, Call
from flat_api.sandbox.errors import invalid
from flat_api.sandbox.score_state import find_score
from flat_api.sandbox.store import Document, Store, new_id, now, without
from flat_api.sandbox.tasks import last_audio

_HOSTS = {"youtube.com": "youtube", "youtu.be": "youtube", "vimeo.com": "vimeo", "soundcloud.com": "soundcloud"}
_EDITABLE = {"default", "purpose", "state", "synchronizationPoints", "title"}


def _find(call: Call) -> Document:
    return call.find("track", "track", score=find_score(call)["id"])


def _find_changeable(call: Call) -> Document:
    track = _find(call)
    if track["creator"] != call.user["id"]:
        find_score(call, "write")
    return track


def default_track(store: Store, score: str) -> Document | None:
    """The default track of a score, if it has one."""
    return next((track for track in store.children("track", score) if track["default"]), None)


def list_score_tracks(call: Call) -> Answer:
    """GET /scores/{score}/tracks: the recordings attached to a score.

    Documented: `assignment` keeps the tracks related to it; `listAutoTrack` adds one for the newest
    synchronized MP3 that was made from the score, when there is one.
    Assumed: whoever may read the score may read them, the oldest first, without those in the state
    `deleted`. The MP3 is the one of the newest finished export task, with the points of its music.
    """
    score = find_score(call)
    tracks = [track for track in call.store.children("track", score["id"]) if track["state"] != "deleted"]
    if "assignment" in call.query:
        tracks = [track for track in tracks if track.get("assignment") == call.query["assignment"]]
    if call.query.get("listAutoTrack"):
        tracks += _auto_tracks(call, score)
    return Answer(content=[_view(track) for track in tracks])


def _view(track: Document) -> Document:
    return without(track, {"assignment"})


def _auto_tracks(call: Call, score: Document) -> list[Document]:
    task = last_audio(call.store, score["id"])
    if task is None:
        return []
    xml = call.store.data("revision", task["revision"])
    return [
        {
            "id": task["id"],
            "score": score["id"],
            "title": score["title"],
            "type": "audio",
            "url": task["result"]["url"],
            "purpose": "common",
            "state": "completed",
            "default": False,
            "creator": task["user"],
            "creationDate": task["creationDate"],
            "modificationDate": task["modificationDate"],
            "synchronizationPoints": synchronization.points(score["id"], xml),
        }
    ]


def add_score_track(call: Call) -> Answer:
    """POST /scores/{score}/tracks: attaches the recording at an address.

    Documented: the new track comes inside `track`; a default track takes the place of the one before.
    Assumed: it needs the right to write, for a student's `performanceSubmission` the right to read; `url` is
    required (422); the type follows from its host, the media id from the address.
    """
    body = call.body
    media = _media(body.get("url", ""))
    with call.store.transaction():
        score = find_score(call, "read" if body.get("purpose") == "performanceSubmission" else "write")
        date = now()
        track: Document = {
            "id": new_id(),
            "score": score["id"],
            "purpose": "common",
            "state": "draft",
            "default": False,
            **{name: value for name, value in body.items() if name in _EDITABLE},
            **media,
            "creator": call.user["id"],
            "creationDate": date,
            "modificationDate": date,
        }
        call.store.insert("track", track, parent=score["id"])
        _settle_default(call, track)
    return Answer(content={"track": track})


def _media(url: str) -> dict[str, str]:
    """Address, type and media id of a recording, as far as the address tells. Raises ApiError 422."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise invalid("url", "must be the web address of the recording, with http or https.")
    host = parts.hostname.removeprefix("www.").removeprefix("m.")
    kind = _HOSTS.get(host, "audio")
    last = parts.path.rstrip("/").rpartition("/")[2]
    media = {"youtube": parse_qs(parts.query).get("v", [last])[0], "vimeo": last}.get(kind)
    return {"url": url, "type": kind, **({"mediaId": media} if media else {})}


def _settle_default(call: Call, track: Document) -> None:
    """Makes a default track the only one of its score."""
    if track["default"]:
        for other in call.store.children("track", track["score"]):
            if other["default"] and other["id"] != track["id"]:
                call.store.update("track", {**other, "default": False})


def get_score_track(call: Call) -> Answer:
    """GET /scores/{score}/tracks/{track}: one track.

    Assumed: whoever may read the score may read it.
    """
    return Answer(content=_view(_find(call)))


def update_score_track(call: Call) -> Answer:
    """PUT /scores/{score}/tracks/{track}: what is absent stays.

    Documented: the address of the recording is fixed.
    Assumed: for the creator of the track and for who may change the score; a deleted track is no default.
    """
    with call.store.transaction():
        track = _find_changeable(call)
        track |= {name: value for name, value in call.body.items() if name in _EDITABLE}
        track["default"] = track["default"] and track["state"] != "deleted"
        track["modificationDate"] = now()
        call.store.update("track", track)
        _settle_default(call, track)
    return Answer(content=_view(track))


def delete_score_track(call: Call) -> Answer:
    """DELETE /scores/{score}/tracks/{track}: detaches the recording.

    Documented: the notes are not affected.
    Assumed: for the creator of the track and for who may change the score.
    """
    with call.store.transaction():
        call.store.delete("track", _find_changeable(call)["id"])
    return NOTHING
