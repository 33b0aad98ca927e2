"""What a page is made from: the state of the sandbox and the address that was asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from flat_api.sandbox import group_state
from flat_api.sandbox.store import Document, Store, Where

if TYPE_CHECKING:
    from flat_api.sandbox.request_log import RecordedRequest
    from flat_api.sandbox.web.files import Engravings

Context: TypeAlias = dict[str, Any]

MOST = 200


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

    def find(self, kind: str) -> Document:
        """The document that the address names. Raises Missing."""
        found = self.store.get(kind, self.path[kind])
        if found is None:
            raise missing(kind, self.path[kind])
        return found

    def newest(self, kind: str, date: str) -> list[Document]:
        """The newest documents of a kind, `MOST` of them, by the field with their date."""
        rows = self.store.sorted(kind, Where(), sort=date, descending=True, limit=MOST)
        return [document for _, document in rows]

    def user_name(self, identifier: str | None) -> str:
        """The name of a user, also of one who is gone."""
        user = self.store.get("user", identifier or "")
        return str(user["printableName"]) if user else "a former user"

    def members(self, group: str) -> list[Document]:
        """The users in a group."""
        return group_state.members(self.store, group)

    def page_of(self, found: Sequence[Any], size: int) -> Context:
        """One page of a list, and which pages are around it: the first, unless `?page=` is another number."""
        text = self.query.get("page", "1")
        page = max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 7 else 1
        return {
            "shown": found[(page - 1) * size : page * size],
            "total": len(found),
            "page": page,
            "newer": page - 1 if page > 1 else None,
            "older": page + 1 if page * size < len(found) else None,
        }


class Missing(Exception):
    """There is no such page; the message is a sentence for people."""


class NoPage(Missing):
    """The same for an address that never had a page, so that it may be one of the API, given in a wrong way."""


def missing(thing: str, identifier: str) -> Missing:
    """There is no `thing` (a noun such as "score") with this identifier."""
    return Missing(f"There is no {thing} “{identifier[:80]}” in this sandbox.")
