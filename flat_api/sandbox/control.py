"""The controls of a sandbox over HTTP, under /_sandbox/, for other processes and languages.

Bodies and answers are JSON objects; no token is needed. A wrong value is answered with 422 and a sentence in
`message`. Only this machine gets an answer, unless the sandbox was told to let others in; pages of other sites
in a browser never do. These requests count for no limit, meet no faults and are not in the log.

    GET    /_sandbox/                    url, token, version and users of the sandbox
    POST   /_sandbox/reset               back to the beginning
    POST   /_sandbox/seed                {"scores": 3, "users": 30, "classes": 1, "assignments": 2, "submissions": 9}
                                         -> their ids; scores can be a list of titles and createScore bodies;
                                         {"demo": true} makes the small school of --seed demo
    GET    /_sandbox/faults              the faults, with how often they fired
    POST   /_sandbox/faults              {"kind": "status", "op": "getScore", "times": 2, "status": 503}
    DELETE /_sandbox/faults              disarms everything
    GET    /_sandbox/faults/unfired      the faults that did not fire as often as they were armed for
    PUT    /_sandbox/limit               {"requests": 5, "per": 3600}: requests of a token in so many seconds;
                                         {} for the limit of the API
    GET    /_sandbox/clock               {"now": "2026-03-14T09:26:53.000Z", "frozen": false}
    POST   /_sandbox/clock/advance       {"seconds": 3600}
    POST   /_sandbox/clock/freeze        {"at": "2026-03-14T09:26:53Z"}, or {} for the present
    POST   /_sandbox/clock/unfreeze      the clock goes on from there
    POST   /_sandbox/clock/reset         back to the time of the machine
    GET    /_sandbox/tasks               {"polls": 0, "seconds": 0.0}
    PUT    /_sandbox/tasks               {"polls": 2, "seconds": 10}: tasks and recognition jobs stay unfinished
                                         for so many looks and seconds; {} for none
    GET    /_sandbox/requests            the requests, the oldest first, and their count; ?operation=getScore
    DELETE /_sandbox/requests            empties the log
    POST   /_sandbox/tokens              {"scopes": ["scores"], "user": "..."} -> {"token": "..."}; {} for a
                                         token of the default user with all scopes
    GET    /_sandbox/apps                the applications for OAuth2, with their secrets
    POST   /_sandbox/apps                {"name": "...", "redirectUris": ["..."], "clientId": "...",
                                         "clientSecret": "..."}, or "public": true for one without a secret
    POST   /_sandbox/snapshots           -> {"id": "..."}; it is kept until it is deleted or the sandbox ends
    POST   /_sandbox/snapshots/{id}      back to the state of the snapshot
    DELETE /_sandbox/snapshots/{id}      forgets the snapshot
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from inspect import signature
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import parse_qsl

from flat_api.sandbox.call import Answer
from flat_api.sandbox.errors import ApiError
from flat_api.sandbox.faults import ArmedFault
from flat_api.sandbox.incoming import Received
from flat_api.sandbox.limits import HOUR, PER_TOKEN
from flat_api.sandbox.oauth_apps import OAuthApp
from flat_api.sandbox.request_log import RecordedRequest
from flat_api.sandbox.store import date_text

if TYPE_CHECKING:
    from flat_api.sandbox.server import Sandbox, Snapshot

PREFIX = "/_sandbox/"

_Result: TypeAlias = dict[str, Any]
_Control: TypeAlias = Callable[..., _Result | None]


class Control:
    """The controls of one sandbox; `from_elsewhere` lets other machines use them."""

    def __init__(self, sandbox: Sandbox, *, from_elsewhere: bool) -> None:
        self._sandbox = sandbox
        self._from_elsewhere = from_elsewhere
        self._snapshots: dict[str, Snapshot] = {}
        clock = sandbox.clock
        # What gives no result is answered with what it is about: the clock, or nothing.
        self._routes: dict[str, dict[str, _Control]] = {
            "": {"GET": self._show},
            "reset": {"POST": sandbox.reset},
            "seed": {"POST": self._seed},
            "faults": {"GET": self._faults, "POST": self._arm, "DELETE": sandbox.faults.clear},
            "faults/unfired": {"GET": lambda: {"faults": [_fault(one) for one in sandbox.faults.unfired()]}},
            "limit": {"PUT": self._limit},
            "clock": {"GET": self._clock},
            "clock/advance": {"POST": clock.advance},
            "clock/freeze": {"POST": self._freeze},
            "clock/unfreeze": {"POST": clock.unfreeze},
            "clock/reset": {"POST": clock.reset},
            "tasks": {"GET": lambda: asdict(sandbox.tasks.setting), "PUT": self._tasks},
            "requests": {"GET": self._requests, "DELETE": sandbox.forget_requests},
            "tokens": {"POST": self._tokens},
            "apps": {"GET": lambda: {"apps": [_app(one) for one in sandbox.apps]}, "POST": self._register},
            "snapshots": {"POST": self._snapshot},
        }

    def respond(self, received: Received) -> Answer:
        """The answer to a request. Raises ApiError 400, 403, 404, 405 or 422."""
        here = self._from_elsewhere or received.comes_from_this_machine()
        if not here or received.comes_from_another_site():
            raise ApiError(403, "SANDBOX_CONTROL_REFUSED", "The sandbox is controlled from its own machine alone.")
        path = received.raw_path.removeprefix(PREFIX)
        methods, parameters = self._find(path)
        if received.method not in methods:
            allowed = ", ".join(methods)
            raise ApiError(405, "METHOD_NOT_ALLOWED", f"Use {allowed}.", headers={"Allow": allowed})
        control = methods[received.method]
        fields = {**_fields(received), **parameters}
        try:
            signature(control).bind(**fields)
        except TypeError as problem:
            raise ApiError(422, "INVALID_BODY", f"The fields do not fit: {problem}.") from None
        try:
            result = control(**fields)
        except ValueError as problem:
            raise ApiError(422, "INVALID_PARAMETER", str(problem)) from None
        if result is None:
            result = self._clock() if path.startswith("clock/") else {}
        return Answer(content=result)

    def _find(self, path: str) -> tuple[dict[str, _Control], dict[str, str]]:
        folder, _, identifier = path.partition("/")
        if folder == "snapshots" and identifier:
            return {"POST": self._restore, "DELETE": self._forget}, {"snapshot": identifier}
        if path not in self._routes:
            known = ", ".join(PREFIX + one for one in self._routes)
            raise ApiError(404, "NOT_FOUND", f"There is no such control; there are {known}.")
        return self._routes[path], {}

    def _show(self) -> _Result:
        sandbox = self._sandbox
        return {
            "url": sandbox.url,
            "token": sandbox.token,
            "apiVersion": sandbox.api_version,
            "consentUrl": f"{sandbox.origin}/auth/oauth",
            "tokenUrl": f"{sandbox.origin}/oauth/access_token",
            "revocationUrl": f"{sandbox.origin}/oauth/invalidate_token",
        }

    def _seed(
        self,
        scores: Any = 0,
        users: Any = None,
        classes: Any = None,
        assignments: Any = None,
        submissions: Any = 0,
        demo: Any = False,
    ) -> _Result:
        if demo:
            made = self._sandbox.seed_demo()
            return asdict(made) if made else {}
        return asdict(self._sandbox.seed(scores, users, classes, assignments, submissions))

    def _faults(self) -> _Result:
        return {"faults": [_fault(one) for one in self._sandbox.faults.armed()]}

    def _arm(self, kind: Any, op: Any = None, times: Any = 1, **options: Any) -> _Result:
        return _fault(self._sandbox.faults.arm(kind, op=op, times=times, **options))

    def _limit(self, requests: Any = PER_TOKEN, per: Any = HOUR) -> _Result:
        self._sandbox.limit(requests, per)
        return {"requests": requests, "per": per}

    def _clock(self) -> _Result:
        clock = self._sandbox.clock
        return {"now": date_text(clock.now()), "frozen": clock.frozen}

    def _freeze(self, at: Any = None) -> None:
        if at is not None and not isinstance(at, str):
            raise ValueError("at: must be an ISO 8601 date.")
        self._sandbox.clock.freeze(None if at is None else datetime.fromisoformat(at))

    def _tasks(self, polls: Any = 0, seconds: Any = 0.0) -> _Result:
        self._sandbox.tasks.after(polls, seconds)
        return asdict(self._sandbox.tasks.setting)

    def _requests(self, operation: str | None = None) -> _Result:
        found = self._sandbox.requests(operation)
        return {"count": found.count, "requests": [_request(one) for one in found]}

    def _tokens(self, scopes: Any = None, user: Any = None) -> _Result:
        if scopes is not None and not _are_texts(scopes):
            raise ValueError("scopes: must be a list of texts.")
        if user is not None and not isinstance(user, str):
            raise ValueError("user: must be the id of a user.")
        return {"token": self._sandbox.issue_token(scopes, user)}

    def _register(self, name: Any, **fields: Any) -> _Result:
        known = {"redirectUris": "redirect_uris", "clientId": "client_id", "clientSecret": "client_secret"}
        unknown = fields.keys() - known - {"public"}
        if unknown:
            raise ValueError(f"{min(unknown)}: an application has no such field.")
        named = {known.get(field, field): value for field, value in fields.items()}
        return _app(self._sandbox.register_app(name, **{"redirect_uris": [], **named}))

    def _snapshot(self) -> _Result:
        identifier = secrets.token_hex(8)
        self._snapshots[identifier] = self._sandbox.snapshot()
        return {"id": identifier}

    def _restore(self, snapshot: str) -> None:
        self._sandbox.restore(self._known(snapshot))

    def _forget(self, snapshot: str) -> None:
        self._known(snapshot)
        del self._snapshots[snapshot]

    def _known(self, snapshot: str) -> Snapshot:
        if snapshot not in self._snapshots:
            raise ApiError(404, "NOT_FOUND", f"There is no snapshot {snapshot!r}.")
        return self._snapshots[snapshot]


def _fields(received: Received) -> dict[str, Any]:
    """The fields of the body, or those of the query of a GET."""
    if received.method == "GET":
        return dict(parse_qsl(received.query))
    try:
        fields = json.loads(received.body or b"{}")
    except ValueError as problem:
        raise ApiError(400, "INVALID_JSON", f"The body is not JSON: {problem}.") from None
    if not isinstance(fields, dict):
        raise ApiError(422, "INVALID_BODY", "The body must be a JSON object.")
    return fields


def _are_texts(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and all(isinstance(one, str) for one in value)


def _fault(armed: ArmedFault) -> _Result:
    options = {"op": armed.op, "times": armed.times, "fired": armed.fired}
    return {"kind": armed.fault.name, **asdict(armed.fault), **options}


def _app(app: OAuthApp) -> _Result:
    return {
        "clientId": app.client_id,
        "clientSecret": app.client_secret,
        "name": app.name,
        "redirectUris": app.redirect_uris,
    }


def _request(one: RecordedRequest) -> _Result:
    # A body is text as a rule; bytes that are none are replaced.
    return {**asdict(one), "headers": dict(one.headers), "body": one.body.decode(errors="replace")}
