"""The application: route, authenticate, limit, check the request, behave, check the answer."""

from __future__ import annotations

import logging
import secrets
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from flat_api.sandbox import downloads
from flat_api.sandbox.auth import authorize, identify
from flat_api.sandbox.behaviors import BEHAVIORS
from flat_api.sandbox.call import Answer, Call
from flat_api.sandbox.contract import Contract, Operation
from flat_api.sandbox.errors import ApiError
from flat_api.sandbox.examples import example_answer
from flat_api.sandbox.incoming import read_body, read_parameters, read_query
from flat_api.sandbox.limits import RateLimiter
from flat_api.sandbox.outgoing import check_answer
from flat_api.sandbox.routing import Router
from flat_api.sandbox.store import Store

if TYPE_CHECKING:
    from flat_api.sandbox.music import Engraver

_log = logging.getLogger("flat_api.sandbox")
_RECORDS = 10_000


@dataclass(frozen=True)
class RecordedRequest:
    """A request as it came in, and the status of its answer; the token is left out.

    `operation` is the operationId, None for an unknown path; `path` is still percent-escaped.
    """

    operation: str | None
    method: str
    path: str
    query: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes
    status: int


@dataclass(frozen=True)
class _Received:
    method: str
    raw_path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    address: str
    site_url: str


class App:
    """The ASGI application of the sandbox.

    Parameters: the contract; the state; the engraver for exports; `examples` answers every
    operation from the contract's examples; `validate_responses` checks every answer; `record`
    keeps the last 10,000 requests in `records`.
    """

    def __init__(
        self,
        contract: Contract,
        store: Store,
        engraver: Engraver,
        *,
        examples: bool = False,
        validate_responses: bool = True,
        record: bool = True,
    ) -> None:
        self._router = Router(contract.operations.values(), contract.base_path)
        self._store = store
        self._engraver = engraver
        self._behaviors = {} if examples else BEHAVIORS
        self._validate_responses = validate_responses
        self.limiter = RateLimiter()
        self.records: deque[RecordedRequest] = deque(maxlen=_RECORDS if record else 0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one HTTP request; the work is done in a thread, so that none waits for another."""
        request = Request(scope, receive)
        try:
            body = await request.body()
        except ClientDisconnect:
            return
        received = _Received(
            method=request.method,
            raw_path=scope["raw_path"].decode("latin-1"),
            query=scope["query_string"].decode("latin-1"),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=body,
            address=request.client.host if request.client else "",
            site_url=f"{request.url.scheme}://{request.url.netloc}",
        )
        response = await run_in_threadpool(self._respond, received)
        await response(scope, receive, send)

    def _respond(self, received: _Received) -> Response:
        request_id = secrets.token_hex(12)
        headers = {"X-Request-Id": request_id}
        operation: Operation | None = None
        try:
            if received.raw_path.startswith(downloads.PREFIX):
                return self._download(received, headers)
            identity = identify(self._store, received.headers.get("authorization"))
            allowance = self.limiter.take(identity.token if identity else None, received.address)
            headers |= allowance.headers
            operation, path = self._router.match(received.method, received.raw_path)
            allowance.check()
            allowed = authorize(identity, operation)
            answer = self._answer(received, operation, path, allowed.user)
        except ApiError as error:
            answer = Answer(error.status, error.body(request_id), headers=error.headers)
            if error.status >= 500:
                _log.error("%s %s: %s", received.method, received.raw_path, error.message)
        except Exception:
            _log.exception("%s %s failed", received.method, received.raw_path)
            failure = ApiError(500, "SANDBOX_FAILURE", "The sandbox itself failed; its log has the reason.")
            answer = Answer(failure.status, failure.body(request_id))
        self._record(received, operation, answer.status)
        return Response(answer.body(), answer.status, {**headers, **answer.headers}, media_type=answer.media_type)

    def _download(self, received: _Received, headers: Mapping[str, str]) -> Response:
        # Outside of the API: no token, no limit, no record.
        answer = downloads.fetch(self._store, self._engraver, received.method, received.raw_path)
        return Response(answer.body(), answer.status, {**headers, **answer.headers}, media_type=answer.media_type)

    def _answer(self, received: _Received, operation: Operation, path: Mapping[str, str], user_id: str) -> Answer:
        pairs = read_query(received.query)
        parameters = read_parameters(operation, path, pairs, received.headers)
        body = read_body(operation, received.headers.get("content-type"), received.body)
        behavior = self._behaviors.get(operation.id)
        if behavior is None:
            answer = example_answer(operation, parameters["path"])
        else:
            user = self._store.get("user", user_id)
            if user is None:
                raise ApiError(401, "ACCESS_TOKEN_INVALID", "The user of this token does not exist any more.")
            answer = behavior(
                Call(
                    operation=operation,
                    user=user,
                    path=parameters["path"],
                    query=parameters["query"],
                    body=body,
                    site_url=received.site_url,
                    path_url=received.site_url + received.raw_path,
                    query_pairs=pairs,
                    store=self._store,
                    engraver=self._engraver,
                )
            )
        if self._validate_responses:
            check_answer(operation, parameters["query"], answer)
        return answer

    def _record(self, received: _Received, operation: Operation | None, status: int) -> None:
        try:
            pairs = read_query(received.query)
        except ApiError:
            pairs = []
        shown = {name: value for name, value in received.headers.items() if name != "authorization"}
        self.records.append(
            RecordedRequest(
                operation=operation.id if operation else None,
                method=received.method,
                path=received.raw_path,
                query=pairs,
                headers=shown,
                body=received.body,
                status=status,
            )
        )
