"""Background work: recognition jobs and tasks, as they stand; to look here does not carry them on."""

from __future__ import annotations

from flat_api.sandbox import omr_jobs
from flat_api.sandbox.store import Document
from flat_api.sandbox.web.visit import MOST, Context, Visit


def jobs(visit: Visit) -> Context:
    """The newest recognition jobs and tasks."""
    return {
        "jobs": [_job(visit, one) for one in visit.newest("omrJob", "creationDate")],
        "tasks": [_task(visit, one) for one in visit.newest("task", "creationDate")],
        "most": MOST,
    }


def _job(visit: Visit, job: Document) -> Context:
    shown = omr_jobs.view(visit.store, job)
    return {
        **job,
        "user": visit.user_name(job["user"]),
        "files": shown.get("originalFileMetadata", {}),
        "credits": shown.get("estimatedCredits", 0),
        "note": shown.get("errorMessage") or shown.get("progress", {}).get("text", ""),
        "score": visit.store.get("score", job.get("score", "")),
    }


def _task(visit: Visit, task: Document) -> Context:
    return {
        **task,
        "user": visit.user_name(task["user"]),
        "state": "waiting" if task["state"] == "created" else task["state"],
        "error": task.get("result", {}).get("error"),
        "score": visit.store.get("score", task.get("score", "")),
    }
