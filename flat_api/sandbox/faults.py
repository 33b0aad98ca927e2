"""The faults: their kinds, each with what it does to a request and its answer, and those that are armed."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from copy import deepcopy
from dataclasses import MISSING, dataclass, field, fields, replace
from threading import Lock
from typing import Any, ClassVar, Literal, TypeAlias, get_args

from starlette.responses import Response

from flat_api.sandbox.call import Answer
from flat_api.sandbox.errors import ApiError, require_number
from flat_api.sandbox.serving import Connection


@dataclass(frozen=True)
class Fault:
    """A fault that does nothing: the base of the others. `answers` says whether the client gets any answer."""

    name: ClassVar[str] = ""
    answers: ClassVar[bool] = True

    async def before(self, connection: Connection) -> None:
        """What happens before the request is looked at."""

    def instead(self) -> Answer | None:
        """The answer that is given without performing the call; None to perform it."""
        return None

    def change(self, answer: Answer) -> Answer | None:
        """The answer as it is sent; None when the fault has nothing to work on in this one."""
        return answer

    async def send(self, response: Response, connection: Connection) -> None:
        """Sends the answer."""
        await connection.answer(response)


NO_FAULT = Fault()


@dataclass(frozen=True)
class Delay(Fault):
    """The call is performed `seconds` later (of the machine, not of the clock of the sandbox).

    It is performed also when the client does not wait so long.
    """

    name = "delay"
    seconds: float

    def __post_init__(self) -> None:
        require_number("seconds", self.seconds, least=0)

    async def before(self, connection: Connection) -> None:
        await connection.pause(self.seconds)


@dataclass(frozen=True)
class Status(Fault):
    """The answer is this `status` (200 to 599), and the call is not performed.

    The body is an error with this `code` and `message`, or the JSON value `body`; `headers` come on top.
    """

    name = "status"
    status: int
    code: str = "SANDBOX_FAULT"
    message: str = "The test asked for this answer."
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_number("status", self.status, least=200, most=599, whole=True)
        if not isinstance(self.headers, Mapping) or not all(isinstance(one, str) for one in self.headers.values()):
            raise ValueError("headers: must map names of headers to texts.")

    def instead(self) -> Answer | None:
        if self.body is not None:
            return Answer(self.status, self.body, headers=self.headers)
        error = ApiError(self.status, self.code, self.message, headers=dict(self.headers))
        if self.status in (204, 205, 304):
            return Answer(self.status, media_type=None, headers=self.headers)
        return Answer(self.status, error.body("0" * 24), headers=self.headers)


@dataclass(frozen=True)
class Truncate(Fault):
    """The body ends early, after `after` bytes (half of it without), although its length is announced.

    The call is performed. An answer whose body is not longer than that waits for the next request.
    """

    name = "truncate"
    after: int | None = None

    def __post_init__(self) -> None:
        if self.after is not None:
            require_number("after", self.after, least=0, whole=True)

    def change(self, answer: Answer) -> Answer | None:
        return answer if len(answer.body()) > (self.after or 0) else None

    async def send(self, response: Response, connection: Connection) -> None:
        body = bytes(response.body)
        await connection.start(response)
        await connection.write(body[: len(body) // 2 if self.after is None else self.after])
        await connection.close()


@dataclass(frozen=True)
class _Cut(Fault):
    """There is no answer."""

    answers = False
    performed: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.performed, bool):
            raise ValueError(f"performed: must be true or false, not {self.performed!r}.")

    def instead(self) -> Answer | None:
        return None if self.performed else Answer(status=204, media_type=None)


@dataclass(frozen=True)
class Reset(_Cut):
    """The connection is reset (TCP RST) instead of an answer; `performed` as with drop."""

    name = "reset"

    async def send(self, response: Response, connection: Connection) -> None:
        await connection.reset()


@dataclass(frozen=True)
class Drop(_Cut):
    """The connection is closed without an answer.

    The call is not performed, unless `performed` is true: then only its answer is lost.
    """

    name = "drop"

    async def send(self, response: Response, connection: Connection) -> None:
        await connection.close()


@dataclass(frozen=True)
class Drip(Fault):
    """The body comes in pieces of `size` bytes, one every `seconds`. The call is performed."""

    name = "drip"
    seconds: float
    size: int = 1

    def __post_init__(self) -> None:
        require_number("seconds", self.seconds, least=0)
        require_number("size", self.size, least=1, whole=True)

    def change(self, answer: Answer) -> Answer | None:
        return answer if answer.body() else None

    async def send(self, response: Response, connection: Connection) -> None:
        body = bytes(response.body)
        await connection.start(response)
        for start in range(0, len(body), self.size):
            await connection.pause(self.seconds)
            await connection.write(body[start : start + self.size])
        await connection.write(b"", last=True)


How: TypeAlias = Literal["type", "missing", "enum"]
_STEP = re.compile(r"\.([A-Za-z_$][\w$-]*)|\[(?:(\d+)|\*)\]")


@dataclass(frozen=True)
class Malformed(Fault):
    """A field of a JSON answer is wrong, at a JSON path such as `$.title`, `$[0].user.id` or `$[*].id`.

    `how`: its value has the wrong `type`, the field is `missing`, or it has an unknown value of an `enum`.
    The call is performed. An answer without such a field waits for the next request.
    """

    name = "malformed"
    path: str
    how: How = "type"

    def __post_init__(self) -> None:
        if self.how not in get_args(How):
            raise ValueError(f"how: must be {', '.join(get_args(How))}, not {self.how!r}.")
        if not isinstance(self.path, str) or not re.fullmatch(rf"\$?(?:{_STEP.pattern})+", self.path):
            raise ValueError(f"path: {self.path!r} is no JSON path such as $.title, $[0].user.id or $[*].id.")

    def _steps(self) -> list[str | int]:
        """The steps of the path; the one for all items of a list is -1."""
        return [name or (int(index) if index else -1) for name, index in _STEP.findall(self.path)]

    def change(self, answer: Answer) -> Answer | None:
        content = deepcopy(answer.content)
        *steps, last = self._steps()
        parents = [content]
        for step in steps:
            parents = [parent[key] for parent in parents for key in _keys(parent, step)]
        places = [(parent, key) for parent in parents for key in _keys(parent, last)]
        for parent, key in reversed(places):
            if self.how == "missing":
                del parent[key]
            else:
                parent[key] = "valueOfTomorrow" if self.how == "enum" else _of_another_type(parent[key])
        return replace(answer, content=content) if places else None


def _keys(parent: Any, step: str | int) -> list[Any]:
    if isinstance(parent, dict):
        return [step] if step in parent else []
    if isinstance(parent, list) and isinstance(step, int):
        return list(range(len(parent))) if step < 0 else [step] if step < len(parent) else []
    return []


def _of_another_type(value: Any) -> Any:
    if isinstance(value, str):
        return {"not": "a text"}
    if isinstance(value, list):
        return "not a list"
    return ["not", json.dumps(value)]


KINDS: dict[str, type[Fault]] = {kind.name: kind for kind in (Delay, Status, Truncate, Reset, Drop, Drip, Malformed)}


@dataclass
class ArmedFault:
    """A fault that waits for requests of an operation (None: of any), so many `times` (None: always)."""

    fault: Fault
    op: str | None
    times: int | None
    fired: int = 0

    def __str__(self) -> str:
        of = self.op or "any operation"
        return f"{self.fault.name} of {of}: fired {self.fired} of {self.times or 'any number of'} times"


class Faults:
    """The faults of a sandbox. A request meets the first armed one that fits, and no other.

    Parameters: the names of all operations.
    """

    def __init__(self, operations: Collection[str]) -> None:
        self._operations = operations
        self._lock = Lock()
        self._armed: list[ArmedFault] = []

    def arm(self, kind: str, *, op: str | None = None, times: int | None = 1, **options: Any) -> ArmedFault:
        """Lets a fault happen.

        Parameters: the `kind` (delay, status, truncate, reset, drop, drip, malformed); the operationId `op`
        (also oauthConsent, oauthToken, oauthRevocation), None for any operation; how many `times`, None for
        always; the options of the kind, as the classes of this module tell. Raises ValueError for wrong ones.
        """
        if op is not None and op not in self._operations:
            raise ValueError(f"op: the API has no operation {op!r}.")
        if times is not None:
            require_number("times", times, least=1, whole=True)
        armed = ArmedFault(_make(kind, options), op, times)
        with self._lock:
            self._armed.append(armed)
        return armed

    def take(self, operation: str | None) -> Fault:
        """The fault that a request of an operation meets, counted as fired."""
        # Without the lock: no request has to wait while nothing is armed.
        if not self._armed or operation is None:
            return NO_FAULT
        with self._lock:
            for armed in self._armed:
                if armed.op in (None, operation) and (armed.times is None or armed.fired < armed.times):
                    armed.fired += 1
                    return armed.fault
        return NO_FAULT

    def put_back(self, fault: Fault) -> None:
        """Undoes `take`: the fault could not happen, and waits for another request."""
        with self._lock:
            for armed in self._armed:
                if armed.fault is fault:
                    armed.fired -= 1

    def armed(self) -> list[ArmedFault]:
        """All faults since the last `clear`, also those that are used up."""
        with self._lock:
            return list(self._armed)

    def unfired(self) -> list[ArmedFault]:
        """The faults that fired fewer times than they were armed for; those for always when they never fired."""
        return [one for one in self.armed() if one.fired < (one.times or 1)]

    def clear(self) -> None:
        """Disarms everything."""
        with self._lock:
            self._armed.clear()


def _make(kind: str, options: dict[str, Any]) -> Fault:
    if kind not in KINDS:
        raise ValueError(f"kind: there is no fault {kind!r}; there are {', '.join(KINDS)}.")
    known = {one.name: one.default is MISSING and one.default_factory is MISSING for one in fields(KINDS[kind])}
    unknown = options.keys() - known
    if unknown:
        raise ValueError(f"{min(unknown)}: the fault {kind} has no such option; it has {', '.join(known)}.")
    missing = [name for name, required in known.items() if required and name not in options]
    if missing:
        raise ValueError(f"{missing[0]}: the fault {kind} needs it.")
    return KINDS[kind](**options)
