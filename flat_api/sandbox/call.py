"""What a behavior is given (a checked call) and what it gives back (an answer)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from flat_api.sandbox.contract import Operation
from flat_api.sandbox.errors import not_found
from flat_api.sandbox.store import Document, Store

if TYPE_CHECKING:
    from flat_api.sandbox.music import Engraver


@dataclass(frozen=True)
class Call:
    """One checked call of an operation by a user.

    `site_url` is the address of this server, `path_url` that of the call without its query.
    """

    operation: Operation
    user: Document
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    body: Any
    site_url: str
    path_url: str
    query_pairs: Sequence[tuple[str, str]]
    store: Store
    engraver: Engraver

    def find(self, kind: str, resource: str, **fields: str) -> Document:
        """The document that the path names as `resource`, if it has these fields. Raises ApiError 404."""
        identifier: str = self.path[resource]
        found = self.store.get(kind, identifier)
        if found is None or any(found[name] != value for name, value in fields.items()):
            raise not_found(resource, identifier, resource)
        return found


@dataclass(frozen=True)
class Answer:
    """An answer: a JSON value, bytes of a media type, or nothing at all (`media_type` None)."""

    status: int = 200
    content: Any = None
    media_type: str | None = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> bytes:
        """The bytes to send."""
        if self.media_type is None:
            return b""
        if isinstance(self.content, bytes):
            return self.content
        return to_json(self.content)


def to_json(value: Any) -> bytes:
    """A value as JSON, in as few bytes as it takes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


NOTHING = Answer(status=204, media_type=None)

Behavior: TypeAlias = Callable[[Call], Answer]
