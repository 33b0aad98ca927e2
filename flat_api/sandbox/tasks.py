"""Tasks: the import of a PDF or an image, and GET /tasks/{task}."""

from __future__ import annotations

from flat_api.sandbox import imports
from flat_api.sandbox.call import Answer, Behavior, Call
from flat_api.sandbox.errors import not_found
from flat_api.sandbox.score_state import add_score, credits_of, facts
from flat_api.sandbox.store import Document, new_id, now


def start_import(call: Call, collection: str | None) -> Document:
    """Stores and returns the task of a createScore call with a PDF or an image."""
    date = now()
    task = {
        "id": new_id(),
        "type": "import",
        "state": "created",
        "isCancellable": False,
        "creationDate": date,
        "modificationDate": date,
        "progress": {"percent": 0},
    }
    order = {
        "title": imports.title_of(call.body, None),
        "privacy": call.body.get("privacy", "private"),
        "collection": collection,
    }
    call.store.insert("task", {**task, "order": order}, parent=call.user["id"])
    return task


def get_task(call: Call) -> Answer:
    """GET /tasks/{task}.

    Assumed: the first look after the creation finds the task done. The sandbox reads no notation
    from pictures: the result is an empty score for piano with the title that was asked for.
    """
    with call.store.transaction():
        task = call.store.get("task", call.path["task"])
        if task is None:
            raise not_found("task", call.path["task"], "task")
        if task["state"] == "created":
            _finish(call, task)
            call.store.update("task", task)
    return Answer(content={name: value for name, value in task.items() if name != "order"})


def _finish(call: Call, task: Document) -> None:
    order = task["order"]
    piano = {"scoreData": {"instruments": [{"group": "keyboards", "instrument": "piano"}]}}
    file = imports.build_file(order["title"], piano)
    fields = {**credits_of(file), **facts(file), "title": order["title"], "privacy": order["privacy"]}
    collection = order["collection"] if call.store.get("collection", order["collection"] or "") else None
    score, revision = add_score(call, file.xml, collection, fields)
    date = now()
    task.update(
        state="done",
        progress={"percent": 100},
        modificationDate=date,
        doneDate=date,
        score=score["id"],
        revision=revision["id"],
    )


BEHAVIORS: dict[str, Behavior] = {"getTask": get_task}
