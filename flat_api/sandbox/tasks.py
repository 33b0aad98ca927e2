"""Tasks: imports of a PDF or an image, exports in the background, and GET /tasks/{task}."""

from __future__ import annotations

from typing import Any

from flat_api.sandbox import exports, imports, transitions
from flat_api.sandbox.call import Answer, Call
from flat_api.sandbox.errors import ApiError
from flat_api.sandbox.score_state import find_revision, find_score, import_score
from flat_api.sandbox.store import Document, Store, Where, having, new_id, now, without

# What a task keeps for itself: who started it, what is to be done, and how long it has been under way.
_HIDDEN = {"user", "order", "work"}
_UNFINISHED = {"created", "doing"}


def _start(call: Call, kind: str, order: Document, **fields: Any) -> Document:
    date = now()
    task = {
        "id": new_id(),
        "type": kind,
        "state": "created",
        "isCancellable": False,
        "creationDate": date,
        "modificationDate": date,
        "progress": {"percent": 0},
        **fields,
        "user": call.user["id"],
        "order": order,
        "work": transitions.begin(),
    }
    call.store.insert("task", task, parent=call.user["id"])
    return _view(task)


def _view(task: Document) -> Document:
    return without(task, _HIDDEN)


def start_import(call: Call, collection: str | None) -> Document:
    """Stores and returns the task of a createScore call with a PDF or an image."""
    order = {
        "title": call.body.get("title") or imports.recognized_title(call.body.get("filename")),
        "privacy": call.body.get("privacy", "private"),
        "collection": collection,
    }
    return _start(call, "import-omr", order)


def create_export_task(call: Call) -> Answer:
    """POST /scores/{score}/revisions/{revision}/{format}/task: an export in the background.

    Documented: read access is enough; the file is at `result.url` once the task is done, and is fetched
    without the token; `parts` chooses parts by id.
    Assumed: unknown parts are refused at once (422); `practicefirst` is compressed MusicXML.
    """
    score = find_score(call)
    revision = find_revision(call, score)
    form: str = call.path["format"]
    parts: list[str] = (call.body or {}).get("parts", [])
    exports.check(call.store, revision, form, parts)
    order = {"score": score["id"], "revision": revision["id"], "format": form, "parts": parts}
    task = _start(call, "export", order, score=score["id"], revision=revision["id"], format=form)
    return Answer(content=task)


def get_task(call: Call) -> Answer:
    """GET /tasks/{task}: how far the task is; the look at it also carries it on.

    Documented: an export leaves the address of the file in `result.url`, an import the id of the new score in
    `score`; a failure leaves a sentence in `result.error`.
    Assumed: a task is visible to its creator alone. Without other settings, the first look after the
    creation finds the task done. The sandbox reads no notation from pictures: the score of an import is
    an empty one for piano, with a subtitle that says so, and it costs no credits.
    """
    task = _find(call)
    if task["state"] in _UNFINISHED:
        with call.store.transaction():
            task = _find(call)
            finished = transitions.look(call.store, task["work"])
            if task["state"] in _UNFINISHED and not finished:
                task["state"] = "doing"
                task["progress"] = {"percent": transitions.percent(call.store, task["work"])}
                task["modificationDate"] = now()
            call.store.update("task", task)
        if finished:
            task = _finish(call, task)
    return Answer(content=_view(task))


def _find(call: Call) -> Document:
    return call.find("task", "task", user=call.user["id"])


def _finish(call: Call, task: Document) -> Document:
    """The task in its final state, stored; an export is made before anything is locked."""
    content = error = None
    if task["type"] == "export":
        content, error = _exported(call, task["order"])
    with call.store.transaction():
        task = _find(call)
        if task["state"] not in _UNFINISHED:
            return task
        if task["type"] == "import-omr":
            task |= _import(call, task["order"])
        elif content is not None:
            error = _publish(call, task, content)
        date = now()
        task.update(state="done", progress={"percent": 100}, modificationDate=date, doneDate=date)
        if error is not None:
            task.update(state="error", result={"error": error}, errorHistory=[error])
        call.store.update("task", task)
    return task


def _exported(call: Call, order: Document) -> tuple[bytes | None, str | None]:
    """The file, or what went wrong."""
    revision = call.store.get("revision", order["revision"])
    if revision is None:
        return None, _GONE
    try:
        return exports.export(call.store, call.engraver, revision, order["format"], order["parts"]), None
    except ApiError as problem:
        return None, problem.message


_GONE = "The score was deleted before its export."


def _publish(call: Call, task: Document, content: bytes) -> str | None:
    order = task["order"]
    score, revision = call.store.get("score", order["score"]), call.store.get("revision", order["revision"])
    if score is None or revision is None:
        return _GONE
    url = exports.address(call, score, revision, order["format"], order["parts"], content)
    task["result"] = {"url": url}
    return None


def _import(call: Call, order: Document) -> Document:
    file = imports.recognize(order["title"], [("keyboards.piano", "Piano")])
    score, revision = import_score(call, file, order["title"], order["collection"], order["privacy"])
    return {"score": score["id"], "revision": revision["id"]}


def last_audio(store: Store, score: str) -> Document | None:
    """The newest finished task that exported a whole score as MP3."""
    whole = Where("json_array_length(body, '$.order.parts') = 0")
    finished = whole & having(score=score, format="mp3", state="done")
    rows = store.sorted("task", finished, sort="doneDate", descending=True, limit=1)
    return rows[0][1] if rows else None
