"""The application: route, authenticate, limit, check the request, behave, check the answer; with faults, if armed."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from flat_api.sandbox.auth import authorize, identify
from flat_api.sandbox.behaviors import BEHAVIORS
from flat_api.sandbox.call import Answer, Call
from flat_api.sandbox.clock import Clock
from flat_api.sandbox.contract import Contract, Operation
from flat_api.sandbox.errors import ApiError
from flat_api.sandbox.faults import NO_FAULT, Fault, Faults
from flat_api.sandbox.incoming import Received, Site, read_body, read_parameters, read_query
from flat_api.sandbox.limits import RateLimiter
from flat_api.sandbox.outgoing import check_answer, example_answer
from flat_api.sandbox.request_log import RecordedRequest, Recorder
from flat_api.sandbox.serving import Connection
from flat_api.sandbox.store import Store, now

if TYPE_CHECKING:
    from flat_api.sandbox.music import Engraver

_log = logging.getLogger("flat_api.sandbox")


@dataclass(frozen=True)
class _Target:
    """What a request is for: paths beside the API, an operation with its path parameters, or nothing there is."""

    site: Site | None = None
    operation: Operation | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    problem: ApiError | None = None

    @property
    def name(self) -> str | None:
        """The operationId, or the name that takes its place."""
        if self.site is not None:
            return self.site.operation
        return self.operation.id if self.operation is not None else None


@dataclass(eq=False)
class App:
    """The ASGI application of the sandbox.

    The `sites` are beside the API; `pages` answers what is at no address of the API, or leaves it to an
    error of the API by None; `examples` answers every operation from the contract's examples;
    `validate_responses` checks every answer.
    """

    contract: Contract
    store: Store
    clock: Clock
    engraver: Engraver
    limiter: RateLimiter
    faults: Faults
    recorder: Recorder
    sites: Sequence[Site]
    pages: Callable[[Received], Answer | None]
    examples: bool
    validate_responses: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one HTTP request; the work is done in a thread, so that none waits for another."""
        try:
            received = await _receive(scope, receive)
        except ClientDisconnect:
            return
        connection = Connection(scope, receive, send)
        target = self._find(received)
        fault = self.faults.take(target.name)
        await fault.before(connection)
        response, fault = await run_in_threadpool(self._respond, received, target, fault)
        await fault.send(response, connection)

    def _find(self, received: Received) -> _Target:
        for site in self.sites:
            if site.has(received.raw_path):
                return _Target(site=site)
        try:
            operation, path = self.contract.match(received.method, received.raw_path)
        except ApiError as problem:
            return _Target(problem=problem)
        return _Target(operation=operation, path=path)

    def _respond(self, received: Received, target: _Target, fault: Fault) -> tuple[Response, Fault]:
        """The answer, and the fault that is left to do when it is sent."""
        with self.clock.applied():
            headers = {"X-Request-Id": secrets.token_hex(12)}
            page = self.pages(received) if target.problem else None
            answer = fault.instead() or page or self._answer(received, target, headers)
            changed = fault.change(answer)
            if changed is None:
                self.faults.put_back(fault)
                changed, fault = answer, NO_FAULT
            if page is None and (target.site is None or target.name is not None):
                self.recorder.record(lambda: _record(received, target, answer, fault, headers["X-Request-Id"]))
        media_type = changed.media_type
        return Response(changed.body(), changed.status, {**headers, **changed.headers}, media_type=media_type), fault

    def _answer(self, received: Received, target: _Target, headers: dict[str, str]) -> Answer:
        """The answer; what stays true whatever it is goes into `headers`."""
        try:
            if target.site is not None:
                return target.site.respond(received)
            return self._call(received, target, headers)
        except ApiError as error:
            if error.status >= 500:
                _log.error("%s %s: %s", received.method, received.raw_path, error.message)
            problem = error
        except Exception:
            _log.exception("%s %s failed", received.method, received.raw_path)
            problem = ApiError(500, "SANDBOX_FAILURE", "The sandbox itself failed; its log has the reason.")
        return Answer(problem.status, problem.body(headers["X-Request-Id"]), headers=problem.headers)

    def _call(self, received: Received, target: _Target, headers: dict[str, str]) -> Answer:
        identity = identify(self.store, received.headers.get("authorization"))
        allowance = self.limiter.take(identity.token if identity else None, received.address)
        headers |= allowance.headers
        if target.problem is not None:
            raise target.problem
        allowance.check()
        assert target.operation is not None
        user = authorize(identity, target.operation).user
        return self.perform(received, target.operation, target.path, user, examples=self.examples)

    def perform(
        self, received: Received, operation: Operation, path: Mapping[str, str], user_id: str, *, examples: bool = False
    ) -> Answer:
        """What the operation answers to a user. Raises ApiError."""
        pairs = read_query(received.query)
        parameters = read_parameters(operation, path, pairs, received.headers)
        body = read_body(operation, received.media_type, received.body)
        if examples or operation.id not in BEHAVIORS:
            answer = example_answer(operation, parameters["path"])
        else:
            user = self.store.get("user", user_id)
            if user is None:
                raise ApiError(401, "ACCESS_TOKEN_INVALID", "The user of this token does not exist any more.")
            call = Call(
                operation=operation,
                user=user,
                path=parameters["path"],
                query=parameters["query"],
                body=body,
                site_url=received.site_url,
                path_url=received.site_url + received.raw_path,
                query_pairs=pairs,
                store=self.store,
                engraver=self.engraver,
            )
            answer = BEHAVIORS[operation.id](call)
        if self.validate_responses:
            check_answer(operation, parameters["query"], answer)
        return answer


async def _receive(scope: Scope, receive: Receive) -> Received:
    request = Request(scope, receive)
    return Received(
        method=request.method,
        raw_path=scope["raw_path"].decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers=dict(request.headers.items()),
        body=await request.body(),
        address=request.client.host if request.client else "",
        site_url=f"{request.url.scheme}://{request.url.netloc}",
    )


def _record(received: Received, target: _Target, answer: Answer, fault: Fault, identifier: str) -> RecordedRequest:
    try:
        pairs = read_query(received.query)
    except ApiError:
        pairs = []
    return RecordedRequest(
        operation=target.name,
        method=received.method,
        path=received.raw_path,
        query=pairs,
        headers={name: value for name, value in received.headers.items() if name != "authorization"},
        body=received.body,
        status=answer.status if fault.answers else 0,
        fault=fault.name or None,
        id=identifier,
        date=now(),
    )
