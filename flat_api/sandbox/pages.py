"""Pages of a sorted list: opaque cursors and the Link header that carries them."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flat_api.sandbox.call import Answer, Call
from flat_api.sandbox.errors import ApiError, invalid
from flat_api.sandbox.store import Document, Position, Where

# In base64 these bytes are "++//", so that every cursor has characters that need percent-escapes.
_MARK = b"\xfb\xef\xff"


def page(call: Call, kind: str, where: Where, view: Callable[[Document], Any]) -> Answer:
    """One page of the documents that meet the condition, as `sort`, `direction`, `limit` and the cursor say.

    Raises ApiError 422 for a cursor that was not given by the same list in the same order.
    """
    sort, descending = sort_order(call)
    limit: int = call.query["limit"]
    order = [call.operation.id, *call.path.values(), sort, descending]
    name, cursor = _cursor(call)
    start = _decode(name, cursor, order) if cursor is not None else None
    backward = name == "previous"
    rows = call.store.sorted(kind, where, sort=sort, descending=descending != backward, limit=limit + 1, after=start)
    more, rows = len(rows) > limit, rows[:limit]
    if backward:
        rows.reverse()
    links = []
    if rows:
        if backward or more:
            links.append(_link(call, "next", _encode(order, rows[-1][0])))
        if more if backward else start is not None:
            links.append(_link(call, "previous", _encode(order, rows[0][0])))
    return Answer(
        content=[view(document) for _, document in rows],
        headers={"Link": ", ".join(links)} if links else {},
    )


def sort_order(call: Call) -> tuple[str, bool]:
    """The sort field and whether it descends. Assumed: the newest first, titles from A to Z."""
    sort: str = call.query.get("sort", "creationDate")
    return sort, call.query.get("direction", "asc" if sort == "title" else "desc") == "desc"


def _cursor(call: Call) -> tuple[str, str | None]:
    following, preceding = call.query.get("next"), call.query.get("previous")
    if following is not None and preceding is not None:
        raise invalid("previous", "cannot be combined with next; pass the cursor of one direction.")
    return ("previous", preceding) if preceding is not None else ("next", following)


def _link(call: Call, rel: str, cursor: str) -> str:
    query = [pair for pair in call.query_pairs if pair[0] not in ("next", "previous")]
    return f'<{call.path_url}?{urlencode([*query, (rel, cursor)])}>; rel="{rel}"'


def _encode(order: list[Any], position: Position) -> str:
    text = json.dumps([*order, position.key, position.seq]).encode()
    # Spaces bring the length to one more than a multiple of three: base64 then ends in "==".
    return b64encode(_MARK + text + b" " * ((1 - len(text)) % 3)).decode()


def _decode(name: str, cursor: str, order: list[Any]) -> Position:
    try:
        raw = b64decode(cursor, validate=True)
        *found, key, seq = json.loads(raw.removeprefix(_MARK))
    except (ValueError, TypeError):
        message = "is no cursor of this API; pass on the one of the Link header, percent-escaped once."
        raise ApiError(422, "INVALID_CURSOR", f"{name}: {message}", name) from None
    if found != order or not isinstance(key, str) or not isinstance(seq, int) or seq >= 2**63:
        message = "belongs to another list or order; keep sort and direction from page to page."
        raise ApiError(422, "INVALID_CURSOR", f"{name}: {message}", name)
    return Position(key, seq)
