"""Names of people and of things, for those who only have an id."""

from __future__ import annotations

from flat_api.sandbox.store import Document, Store


def user_name(store: Store, identifier: str | None) -> str:
    """The name of a user, also of one who is gone."""
    user = store.get("user", identifier or "")
    return str(user["printableName"]) if user else "a former user"


def attachment_views(store: Store, attachments: list[Document]) -> list[Document]:
    """Attachments with a title each, and the id of a score that exists."""
    found = []
    for one in attachments:
        score = store.get("score", one["score"]) if "score" in one else None
        title = (score or one).get("title") or one.get("url") or one["type"]
        found.append({"title": title, "type": one["type"], "score": score["id"] if score else None})
    return found
