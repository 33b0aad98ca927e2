"""What is attached to assignments and submissions."""

from __future__ import annotations

from typing import Any

from flat_api.sandbox.call import Call
from flat_api.sandbox.errors import invalid
from flat_api.sandbox.rights import rights_on
from flat_api.sandbox.store import Document

# The field that an attachment of a type cannot do without.
_ESSENTIAL = {
    "flat": "score",
    "googleDrive": "googleDriveFileId",
    "worksheet": "worksheet",
    "link": "url",
    "photo": "url",
    "rich": "url",
    "video": "url",
}


def checked(call: Call, bodies: list[dict[str, Any]]) -> list[Document]:
    """The `attachments` of a body as MediaAttachments.

    Assumed: a missing type follows from the field that is given. Raises ApiError 422 for an attachment
    without its essential field or with a score or revision that the caller cannot read.
    """
    return [_checked(call, body, f"attachments.{number}") for number, body in enumerate(bodies)]


def _checked(call: Call, body: dict[str, Any], param: str) -> Document:
    kind = body.get("type") or next((kind for kind, field in _ESSENTIAL.items() if field in body), None)
    if kind is None:
        raise invalid(f"{param}.type", "is required.")
    if _ESSENTIAL[kind] not in body:
        raise invalid(f"{param}.{_ESSENTIAL[kind]}", f"is required for an attachment of the type {kind}.")
    if kind != "flat":
        return {**body, "type": kind}
    score = call.store.get("score", body["score"])
    rights = rights_on(call.store, call.user, score) if score else None
    if score is None or rights is None or not rights.read or "scheduledDeletionDate" in score:
        raise invalid(f"{param}.score", f"there is no score {body['score']!r}.")
    if body.get("sharingMode") == "write" and not rights.write:
        raise invalid(f"{param}.sharingMode", "is write, but you have no right to change this score yourself.")
    if "revision" in body:
        revision = call.store.get("revision", body["revision"])
        if revision is None or revision["score"] != score["id"]:
            raise invalid(f"{param}.revision", f"the score has no revision {body['revision']!r}.")
    return {"sharingMode": "read", **body, "type": kind, "title": score["title"]}


def scores_of(attachments: list[Document]) -> list[str]:
    """The ids of the attached scores."""
    return [one["score"] for one in attachments if one["type"] == "flat"]
