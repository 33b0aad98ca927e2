"""What a page is made from: the state of the sandbox and the address that was asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from flat_api.sandbox.store import Store

if TYPE_CHECKING:
    from flat_api.sandbox.request_log import RecordedRequest
    from flat_api.sandbox.web.engravings import Engravings

Context: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Visit:
    """One request of a page or of a file for it.

    `path` and `query` are unescaped; `api_url` is the address for API clients; `requests` gives the recorded
    requests, the oldest first; `trusted` says that the browser runs on this machine.
    """

    store: Store
    engravings: Engravings
    requests: Callable[[], Sequence[RecordedRequest]]
    api_url: str
    trusted: bool
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]


class Missing(Exception):
    """There is no such page; the message is a sentence for people."""


class NoPage(Missing):
    """The same for an address that never had a page, so that it may be one of the API, given in a wrong way."""


def missing(thing: str, identifier: str) -> Missing:
    """There is no `thing` (a noun such as "score") with this identifier."""
    return Missing(f"There is no {thing} “{identifier[:80]}” in this sandbox.")


def page_number(visit: Visit) -> int:
    """The number of the page of a list, from 1; 1 for anything else."""
    text = visit.query.get("page", "1")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def sliced(found: Sequence[Any], page: int, size: int) -> Context:
    """One page of a list, and which pages are around it."""
    return {
        "shown": found[(page - 1) * size : page * size],
        "total": len(found),
        "page": page,
        "newer": page - 1 if page > 1 else None,
        "older": page + 1 if page * size < len(found) else None,
    }
