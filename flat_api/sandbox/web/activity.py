"""What goes on: background work as it stands, which to look at does not carry on, and the requests.

In the texts of requests, tokens are shortened and other secrets left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import unquote

from flat_api.sandbox import omr_jobs
from flat_api.sandbox.store import Document
from flat_api.sandbox.web.visit import MOST, Context, Visit, missing

if TYPE_CHECKING:
    from flat_api.sandbox.request_log import RecordedRequest

_PER_PAGE = 100
_LONGEST_BODY = 20_000
_LONGEST_TEXT = 400
_SECRETS = (
    "access_token|client_secret|code|code_verifier|currentPassword|id_token|password|refresh_token|refreshToken"
    "|secret|sharedSecret|token|userToken"
)
_IN_JSON = re.compile(rf'("(?:{_SECRETS})"\s*:\s*")(?:[^"\\]|\\.)*', re.IGNORECASE)
_IN_FORM = re.compile(rf"((?:^|[?&])(?:{_SECRETS})=)[^&\s]*", re.IGNORECASE | re.MULTILINE)
# Identifiers have 24 characters and UUIDs 36; tokens and keys are longer.
_LONG = re.compile(r"[\w+=-]{40,}")


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


def log(visit: Visit) -> Context:
    """The recorded requests, the newest first; those of one operation with `?operation=`."""
    wanted = visit.query.get("operation", "")
    newest_first = visit.requests()[::-1]
    listed = visit.page_of([one for one in newest_first if not wanted or one.operation == wanted], _PER_PAGE)
    listed["shown"] = [_row(one) for one in listed["shown"]]
    operations = {one.operation for one in newest_first if one.operation}
    return {**listed, "wanted": wanted, "operations": sorted(operations)}


def request(visit: Visit) -> Context:
    """One recorded request."""
    one = next((one for one in visit.requests() if one.id == visit.path["id"]), None)
    if one is None:
        raise missing("request", visit.path["id"])
    return {
        **_row(one),
        "query": _pairs(one.query),
        "headers": _pairs(sorted(one.headers.items())),
        "body": _body(one),
        "size": len(one.body),
    }


# What a row tells; query, headers and body may hold secrets.
_SHOWN = ("id", "date", "method", "operation", "status", "fault")


def _row(one: RecordedRequest) -> Context:
    shown = {name: getattr(one, name) for name in _SHOWN}
    return {**shown, "path": _without_secrets(unquote(one.path))}


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, "…" if _is_secret(name) else _without_secrets(value)) for name, value in pairs]


def _body(one: RecordedRequest) -> str | None:
    """The body as text, None for other data."""
    try:
        text = one.body.decode()
    except UnicodeDecodeError:
        return None
    with suppress(ValueError, RecursionError):
        text = json.dumps(_shown(json.loads(text)), ensure_ascii=False, indent=2)
    whole = _without_secrets(text)
    return whole if len(whole) <= _LONGEST_BODY else f"{whole[:_LONGEST_BODY]}…"


def _shown(value: object) -> object:
    """A JSON value without its secrets, and with its long texts, such as files, cut."""
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return f"{value[:_LONGEST_TEXT]}… ({len(value):,} characters)"
    if isinstance(value, list):
        return [_shown(one) for one in value]
    if isinstance(value, dict):
        return {name: "…" if _is_secret(name) else _shown(one) for name, one in value.items()}
    return value


def shortened(secret: str) -> str:
    """The beginning of a token, enough to tell it from others."""
    return f"{secret[:6]}…"


def _without_secrets(text: str) -> str:
    text = _IN_FORM.sub(r"\1…", _IN_JSON.sub(r"\1…", text))
    return _LONG.sub(lambda found: shortened(found[0]), text)


def _is_secret(name: str) -> bool:
    """Whether the value of a field or a header is left out."""
    return re.fullmatch(rf"{_SECRETS}|authorization|cookie", name, re.IGNORECASE) is not None
