"""The request log, and one request in detail, without the secrets in it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import unquote

from flat_api.sandbox.web.secrets_hidden import is_secret, without_secrets
from flat_api.sandbox.web.visit import Context, Visit, missing, page_number, sliced

if TYPE_CHECKING:
    from flat_api.sandbox.request_log import RecordedRequest

_PER_PAGE = 100
_LONGEST_BODY = 20_000
_LONGEST_TEXT = 400


def log(visit: Visit) -> Context:
    """The recorded requests, the newest first; those of one operation with `?operation=`."""
    wanted = visit.query.get("operation", "")
    newest_first = visit.requests()[::-1]
    found = [one for one in newest_first if not wanted or one.operation == wanted]
    listed = sliced(found, page_number(visit), _PER_PAGE)
    listed["shown"] = [_row(one) for one in listed["shown"]]
    operations = {one.operation for one in newest_first if one.operation}
    return {**listed, "wanted": wanted, "operations": sorted(operations)}


def _row(one: RecordedRequest) -> Context:
    return {
        "id": one.id,
        "date": one.date,
        "method": one.method,
        "path": _path(one),
        "operation": one.operation,
        "status": one.status,
        "fault": one.fault,
    }


def _path(one: RecordedRequest) -> str:
    return without_secrets(unquote(one.path))


def request(visit: Visit) -> Context:
    """One recorded request."""
    one = next((one for one in visit.requests() if one.id == visit.path["id"]), None)
    if one is None:
        raise missing("request", visit.path["id"])
    return {
        **_row(one),
        "query": _without_secrets(one.query),
        "headers": _without_secrets(sorted(one.headers.items())),
        "body": _body(one),
        "size": len(one.body),
    }


def _without_secrets(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, "…" if is_secret(name) else without_secrets(value)) for name, value in pairs]


def _body(one: RecordedRequest) -> str | None:
    """The body as text, None for other data."""
    try:
        text = one.body.decode()
    except UnicodeDecodeError:
        return None
    with suppress(ValueError, RecursionError):
        text = json.dumps(_shown(json.loads(text)), ensure_ascii=False, indent=2)
    whole = without_secrets(text)
    return whole if len(whole) <= _LONGEST_BODY else f"{whole[:_LONGEST_BODY]}…"


def _shown(value: object) -> object:
    """A JSON value without its secrets, and with its long texts, such as files, cut."""
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return f"{value[:_LONGEST_TEXT]}… ({len(value):,} characters)"
    if isinstance(value, list):
        return [_shown(one) for one in value]
    if isinstance(value, dict):
        return {name: "…" if is_secret(name) else _shown(one) for name, one in value.items()}
    return value
