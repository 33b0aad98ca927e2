"""Call options of 0.x and 1.x, among them calls in a thread, and keywords that the API no longer knows."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flat_api.api_response import ApiResponse, Page
from flat_api.compat.names import deprecated
from flat_api.compat.tables import DROPPED_KEYWORDS
from flat_api.exceptions import ApiTypeError, ApiValueError
from flat_api.operation import Operation

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

_THREADS = 8
_pools: weakref.WeakKeyDictionary[Any, ThreadPoolExecutor] = weakref.WeakKeyDictionary()
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

    later = any(in_thread) or callback is not None
    result = _start(client, run, callback) if later else run()
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


class Later:
    """The result of a call that is still running; what `multiprocessing.pool.AsyncResult` and a thread can do."""

    def __init__(self, future: Future[Any]) -> None:
        self._future = future

    def get(self, timeout: float | None = None) -> Any:
        """Wait for the result.

        Raises:
            multiprocessing.TimeoutError: it is not there after `timeout` seconds.
            ApiException: the call failed.
        """
        try:
            return self._future.result(timeout)
        except TimeoutError as error:
            # An API that is too slow raises a TimeoutError as well: then the call is over.
            if self._future.done():
                raise
            from multiprocessing import TimeoutError as StillRunning

            raise StillRunning from error

    def wait(self, timeout: float | None = None) -> None:
        """Wait until the call is over, for `timeout` seconds at most."""
        try:
            self._future.exception(timeout)
        except TimeoutError:
            return

    join = wait

    def ready(self) -> bool:
        """Whether the call is over."""
        return self._future.done()

    def successful(self) -> bool:
        """Whether the call has succeeded.

        Raises:
            ValueError: it is not over yet.
        """
        if not self.ready():
            raise ValueError("The call is still running.")
        return self._future.exception() is None

    def is_alive(self) -> bool:
        """Whether the call is still running."""
        return not self.ready()


def _start(client: Any, run: Callable[[], Any], callback: Callable[[Any], object] | None = None) -> Later:
    """Run a call in a thread of its client; `callback` gets the result."""
    from concurrent.futures import ThreadPoolExecutor

    pool = _pools.get(client)
    if pool is None:
        pool = _pools[client] = ThreadPoolExecutor(getattr(client, "pool_threads", _THREADS), "flat_api")

    def run_and_tell() -> Any:
        result = run()
        if callback is not None:
            callback(result)
        return result

    return Later(pool.submit(run_and_tell))
