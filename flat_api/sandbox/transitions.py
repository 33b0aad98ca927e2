"""When background work (tasks, recognition jobs) ends: at once, after some looks at it, or after some seconds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from flat_api.sandbox.errors import require_number
from flat_api.sandbox.store import Document, Store, now

_SETTING = "transition"


@dataclass(frozen=True)
class Transition:
    """Work stays unfinished for so many looks at it and for so many seconds; with 0 and 0, the first look ends it.

    Raises ValueError for what is no number of 0 or more.
    """

    polls: int = 0
    seconds: float = 0.0

    def __post_init__(self) -> None:
        require_number("polls", self.polls, least=0, whole=True)
        require_number("seconds", self.seconds, least=0)


class TaskSetting:
    """When tasks and recognition jobs end; it is kept with the state and applies to those under way, too."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def immediate(self) -> None:
        """The first look finds the work done, as without any setting."""
        self.after()

    def after(self, polls: int = 0, seconds: float = 0.0) -> None:
        """So many looks, and so many seconds of the sandbox's clock, find the work unfinished.

        Raises ValueError for what is no number of 0 or more.
        """
        with self._store.transaction():
            set_transition(self._store, Transition(polls, seconds))

    @property
    def setting(self) -> Transition:
        """How it is set now."""
        return transition_of(self._store)


def set_transition(store: Store, transition: Transition) -> None:
    """Sets how background work goes on from now. Needs a transaction."""
    store.delete("setting", _SETTING)
    store.insert("setting", {"id": _SETTING, **asdict(transition)})


def transition_of(store: Store) -> Transition:
    """How background work goes on."""
    setting = store.get("setting", _SETTING)
    return Transition(setting["polls"], setting["seconds"]) if setting else Transition()


def begin() -> Document:
    """The record of a piece of work that begins now; it is kept in the document of the work."""
    return {"polls": 0, "date": now()}


def look(store: Store, work: Document, *, poll: bool = True) -> bool:
    """Whether the work is finished; counts this look when it is a `poll` that finds it unfinished."""
    if work["polls"] >= transition_of(store).polls and seconds_left(store, work) <= 0:
        return True
    work["polls"] += poll
    return False


def seconds_left(store: Store, work: Document) -> float:
    """The seconds until the work may be finished, 0 or less when they are over."""
    passed = datetime.fromisoformat(now()) - datetime.fromisoformat(work["date"])
    return transition_of(store).seconds - passed.total_seconds()


def percent(store: Store, work: Document) -> int:
    """How much of the work is done, as far as looks and seconds tell; 99 at most."""
    transition = transition_of(store)
    shares = [work["polls"] / transition.polls] if transition.polls else []
    if transition.seconds:
        shares.append(1 - seconds_left(store, work) / transition.seconds)
    return min(max(round(100 * min(shares, default=0)), 0), 99)
