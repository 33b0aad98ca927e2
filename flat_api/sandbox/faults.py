"""The faults that are armed, for which operations, and how often they fired."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import MISSING, dataclass, fields
from threading import Lock
from typing import Any

from flat_api.sandbox.fault_kinds import KINDS, NO_FAULT, Fault


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
        always; the options of the kind, as the classes in `flat_api.sandbox.fault_kinds` tell. Raises ValueError
        for wrong ones.
        """
        if op is not None and op not in self._operations:
            raise ValueError(f"op: the API has no operation {op!r}.")
        if times is not None and (isinstance(times, bool) or not isinstance(times, int) or times < 1):
            raise ValueError(f"times: must be 1 or more, or None for always, not {times!r}.")
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
