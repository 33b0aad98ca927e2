"""When background work (tasks, recognition jobs) ends: at once, after some looks at it, or after some seconds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from flat_api.sandbox.store import Document, Store, now

_SETTING = "transition"


@dataclass(frozen=True)
class Transition:
    """Work stays unfinished for so many looks at it and for so many seconds.

    With 0 and 0, the first look finds it finished. It is kept with the state and applies to the
    work that is under way, too.
    """

    polls: int = 0
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if self.polls < 0 or self.seconds < 0:
            raise ValueError("A transition needs 0 or more polls and 0 or more seconds.")


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
    transition = transition_of(store)
    if work["polls"] >= transition.polls and seconds_left(store, work) <= 0:
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
