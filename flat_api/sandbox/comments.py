"""The calls on the comments of a score: list, post, edit, delete, resolve."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flat_api.sandbox.call import NOTHING, Answer, Call
from flat_api.sandbox.errors import forbidden, invalid, not_found
from flat_api.sandbox.rights import Right, rights_on
from flat_api.sandbox.score_state import find_revision, find_score
from flat_api.sandbox.store import Document, new_id, now
from flat_api.sandbox.values import set_or_clear

_MENTION = re.compile(r"@\[([^\]:]+):([^\]]+)\]")


def _find_changeable(call: Call, message: str, right: Right | None = None) -> tuple[Document, Document]:
    """Score and comment, for the author of the comment and who has this right. Raises ApiError 403 for others."""
    score = find_score(call)
    comment = call.find("scoreComment", "comment", score=score["id"])
    allowed = right is not None and rights_on(call.store, call.user, score).allows(right)
    if comment["user"] != call.user["id"] and not allowed:
        raise forbidden(message, "comment")
    return score, comment


def get_score_comments(call: Call) -> Answer:
    """GET /scores/{score}/comments: comments and replies in one flat list.

    Documented: replies point to their thread with `replyTo`; `type` keeps one kind; `sort=date` sorts by the
    time of posting.
    Assumed: whoever may read the score may read them; the oldest first without `direction`.
    """
    comments = call.store.children("scoreComment", find_score(call)["id"])
    if "type" in call.query:
        comments = [comment for comment in comments if comment["type"] == call.query["type"]]
    return Answer(content=comments[::-1] if call.query.get("direction") == "desc" else comments)


def post_score_comment(call: Call) -> Answer:
    """POST /scores/{score}/comments: a comment of the caller.

    Documented: with `context` it is attached to a passage (`inline`), without it to the whole score.
    Assumed: whoever may read the score may comment; the revision is the last one when none is given; a reply
    to a reply belongs to the same thread; mentions and the plain text follow from the `@[id:username]` in
    the text when they are not given; mentioned users have to exist (422).
    """
    body = call.body
    with call.store.transaction():
        score = find_score(call)
        comment: Document = {
            "id": new_id(),
            "type": "inline" if "context" in body else "document",
            "score": score["id"],
            "revision": _revision(call, score),
            "user": call.user["id"],
            "date": now(),
            "comment": body["comment"],
            "rawComment": body.get("rawComment", _plain(body["comment"])),
            "mentions": _mentions(call, body["comment"], body.get("mentions")),
            "resolved": False,
            "spam": False,
        }
        if "context" in body:
            comment["context"] = body["context"]
        if "replyTo" in body:
            comment["replyTo"] = _thread(call, score, body["replyTo"])
        call.store.insert("scoreComment", comment, parent=score["id"])
    return Answer(content=comment)


def update_score_comment(call: Call) -> Answer:
    """PUT /scores/{score}/comments/{comment}: changes text, passage or revision.

    Documented: resolving has its own call.
    Assumed: only the author may edit (403); plain text and mentions follow a new text; a passage makes the
    comment `inline`.
    """
    body = call.body
    with call.store.transaction():
        score, comment = _find_changeable(call, "Only the author edits a comment.")
        if "comment" in body:
            comment["comment"] = body["comment"]
            comment["rawComment"] = _plain(body["comment"])
            comment["mentions"] = _mentions(call, body["comment"], None)
        if "rawComment" in body:
            comment["rawComment"] = body["rawComment"]
        if "context" in body:
            comment |= {"type": "inline", "context": body["context"]}
        if "revision" in body:
            comment["revision"] = _revision(call, score)
        comment["modificationDate"] = now()
        call.store.update("scoreComment", comment)
    return Answer(content=comment)


def delete_score_comment(call: Call) -> Answer:
    """DELETE /scores/{score}/comments/{comment}: away for good.

    Assumed: for the author and for who manages the score (403 for others); the replies of a thread go with
    its first comment.
    """
    with call.store.transaction():
        message = "Only the author and who manages the score delete a comment."
        score, comment = _find_changeable(call, message, "admin")
        for one in call.store.children("scoreComment", score["id"]):
            if comment["id"] in (one["id"], one.get("replyTo")):
                call.store.delete("scoreComment", one["id"])
    return NOTHING


def mark_score_comment_resolved(call: Call) -> Answer:
    """PUT /scores/{score}/comments/{comment}/resolved: closes the discussion.

    Documented: the comment stays in the list with `resolved`.
    Assumed: for the author and for who may change the score (403 for others); a second time is no error.
    """
    return _resolve(call, True)


def mark_score_comment_unresolved(call: Call) -> Answer:
    """DELETE /scores/{score}/comments/{comment}/resolved: opens the discussion again.

    Documented: the comment is not deleted.
    Assumed: for the same people as resolving; no error for an open one.
    """
    return _resolve(call, False)


def _resolve(call: Call, resolved: bool) -> Answer:
    with call.store.transaction():
        message = "Only the author and who may change the score resolve or reopen a comment."
        _, comment = _find_changeable(call, message, "write")
        comment["resolved"] = resolved
        set_or_clear(comment, "resolvedBy", call.user["id"] if resolved else None)
        call.store.update("scoreComment", comment)
    return NOTHING


def _revision(call: Call, score: Document) -> str:
    return str(find_revision(call, score, call.body.get("revision", "last"))["id"])


def _thread(call: Call, score: Document, identifier: str) -> str:
    """The id of the first comment of the thread."""
    found = call.store.get("scoreComment", identifier)
    if found is None or found["score"] != score["id"]:
        raise not_found("comment", identifier, "replyTo")
    return str(found.get("replyTo", identifier))


def _plain(comment: str) -> str:
    return _MENTION.sub(r"@\2", comment)


def _mentions(call: Call, comment: str, given: Sequence[str] | None) -> list[str]:
    users = list(dict.fromkeys(user for user, _ in _MENTION.findall(comment))) if given is None else list(given)
    for number, user in enumerate(users):
        if call.store.get("user", user) is None:
            param = "comment" if given is None else f"mentions.{number}"
            raise invalid(param, f"there is no user {user!r} to mention.")
    return users
