"""The log of requests: recorded as they come in, and read by operation."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import overload

MAX_REQUESTS = 10_000
MAX_BODIES = 64 << 20


@dataclass(frozen=True)
class RecordedRequest:
    """A request as it came in, and the status of its answer; the token is left out.

    `operation` is the operationId, None for an unknown path; `path` is still percent-escaped; `status` is 0
    when a fault left the request without an answer; `fault` is the kind of the fault that it met;
    `id` is the X-Request-Id of the answer, and `date` is when it was given.
    """

    operation: str | None
    method: str
    path: str
    query: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes
    status: int
    fault: str | None = None
    id: str = ""
    date: str = ""


class RequestLog(Sequence[RecordedRequest]):
    """Recorded requests, the oldest first; called with an operationId, those of that operation.

    Parameters: the requests, and the names of all `operations`.
    """

    def __init__(self, requests: Iterable[RecordedRequest], operations: Collection[str]) -> None:
        self._requests = tuple(requests)
        self._operations = operations

    def __call__(
        self, operation: str | None = None, *, method: str | None = None, status: int | None = None
    ) -> RequestLog:
        """The requests of an operation, with a method, with a status. Raises ValueError for an unknown operation."""
        if operation is not None and operation not in self._operations:
            raise ValueError(f"The API has no operation {operation!r}.")
        wanted = {"operation": operation, "method": method, "status": status}
        conditions = [(name, value) for name, value in wanted.items() if value is not None]
        found = [one for one in self if all(getattr(one, name) == value for name, value in conditions)]
        return RequestLog(found, self._operations)

    # The number of the requests is asked for in every other assertion, that of equal ones never.
    @property
    def count(self) -> int:  # type: ignore[override]
        """How many there are."""
        return len(self._requests)

    @overload
    def __getitem__(self, index: int) -> RecordedRequest: ...

    @overload
    def __getitem__(self, index: slice) -> RequestLog: ...

    def __getitem__(self, index: int | slice) -> RecordedRequest | RequestLog:
        if isinstance(index, slice):
            return RequestLog(self._requests[index], self._operations)
        return self._requests[index]

    def __len__(self) -> int:
        return len(self._requests)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, RequestLog | list | tuple):
            return list(self) == list(other)
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"[{', '.join(f'{one.method} {one.path} {one.status}' for one in self)}]"


class Recorder:
    """Keeps the last 10,000 requests, fewer when their bodies take more than 64 MiB; none at all if not `active`."""

    def __init__(self, operations: Collection[str], *, active: bool = True) -> None:
        self._operations = operations
        self._active = active
        self._lock = Lock()
        self._requests: deque[RecordedRequest] = deque()
        self._size = 0

    def record(self, make: Callable[[], RecordedRequest]) -> None:
        """Adds the request that `make` gives."""
        if not self._active:
            return
        request = make()
        with self._lock:
            self._requests.append(request)
            self._size += len(request.body)
            while len(self._requests) > MAX_REQUESTS or (self._size > MAX_BODIES and len(self._requests) > 1):
                self._size -= len(self._requests.popleft().body)

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._requests.clear()
            self._size = 0

    def log(self) -> RequestLog:
        """The requests so far."""
        with self._lock:
            return RequestLog(self._requests, self._operations)
