"""Call options of 0.x and 1.x, and keywords that the API no longer knows."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from flat_api.api_response import ApiResponse, Page
from flat_api.compat.names import deprecated
from flat_api.compat.tables import DROPPED_KEYWORDS
from flat_api.exceptions import ApiTypeError, ApiValueError
from flat_api.operation import Operation

# Answers are always read tolerantly and both kinds of names are always taken, so there is nothing to switch.
_SETTLED = ("_check_input_type", "_check_return_type", "_spec_property_naming")


class _Given:
    """Stands where the method expects an `ApiResponse` to take the data of."""

    def __init__(self, data: Any) -> None:
        self.data = data


def send(client: Any, operation: Operation[Any], values: Sequence[Any], options: Mapping[str, Any], body: Any) -> Any:
    """A call with options of an earlier generation; called by `ApiBase._send` alone, which a generated method calls.

    Raises:
        ApiException: the call failed, or an option cannot be.
    """
    method = sys._getframe(2).f_code.co_name
    whole = method.endswith("_with_http_info")
    given = dict(options)
    in_thread = [given.pop(name, False) for name in ("async_req", "async")]
    callback = given.pop("callback", None)
    preload = given.pop("_preload_content", True)
    data_only = given.pop("_return_http_data_only", None)
    data_only = not whole if data_only is None else data_only
    for name in _SETTLED:
        given.pop(name, None)
    auths = given.pop("_request_auths", None)
    if auths is not None:
        given["_request_auth"] = token_of(auths)
    parent = _drop(operation, given)

    def run() -> Any:
        if preload:
            answer = client.call(operation, values, given, body)
            if parent is not None:
                answer.data = _copies_of(parent, answer.data)
        else:
            response = client.open(operation, values, given, body)
            answer = ApiResponse(response, response.status, response.headers, b"")
        return answer.data if data_only else answer

    result: Any
    if any(in_thread) or callback is not None:
        from flat_api.compat.later import start

        result = start(client, run, callback)
    else:
        result = run()
    return result if whole else _Given(result)


def token_of(auth: Any) -> str | None:
    """The access token in an authorization as 1.x and 2.x write it: `{"value": "Bearer ..."}`, or a list of them.

    Raises:
        ApiTypeError: it is something else.
    """
    found = auth[0] if isinstance(auth, (list, tuple)) and len(auth) == 1 else auth
    value = found.get("value") if isinstance(found, Mapping) else found
    if isinstance(value, str):
        return value.removeprefix("Bearer ").strip()
    if not auth:
        return None
    raise ApiTypeError("The authorization of a call is an access token, or a dict with it: {'value': 'Bearer ...'}.")


def _drop(operation: Operation[Any], given: dict[str, Any]) -> str | None:
    """Take out what the API no longer knows; gives the parent by which the result is to be narrowed."""
    parent = None
    for name in DROPPED_KEYWORDS.get(operation.id, {}):
        value = given.pop(name, None)
        if not value:
            continue
        if name == "offset":
            raise ApiValueError(
                f"{operation.id} has no offset any more: lists are walked with `next`, see flat_api.paginate."
            )
        if name == "parent":
            parent = str(value)
            advice = "the API no longer has it, so the result is narrowed after it came"
        else:
            advice = "the API no longer has it, so it is left out"
        deprecated(f"{operation.id}({name}=...)", advice, depth=5)
    return parent


def _copies_of(parent: str, scores: list[Any]) -> Any:
    kept = [score for score in scores if getattr(score, "parent_score", None) == parent]
    if isinstance(scores, Page):
        return Page(kept, scores.next_cursor, scores.previous_cursor, scores.next_url)
    return kept
