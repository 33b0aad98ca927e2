"""How background work (tasks and recognition jobs) goes on, as a test sets it."""

from __future__ import annotations

from flat_api.sandbox.store import Store
from flat_api.sandbox.transitions import Transition, set_transition, transition_of


class TaskSetting:
    """When tasks and recognition jobs end; it is kept with the state and applies to those under way, too."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def immediate(self) -> None:
        """The first look finds the work done, as without any setting."""
        self.after()

    def after(self, polls: int = 0, seconds: float = 0.0) -> None:
        """So many looks, and so many seconds of the sandbox's clock, find the work unfinished.

        Raises ValueError for numbers below 0.
        """
        for name, value, kinds in (("polls", polls, int), ("seconds", seconds, int | float)):
            if isinstance(value, bool) or not isinstance(value, kinds) or not 0 <= value < float("inf"):
                raise ValueError(f"{name}: must be a number, 0 or more, not {value!r}.")
        with self._store.transaction():
            set_transition(self._store, Transition(polls, seconds))

    @property
    def setting(self) -> Transition:
        """How it is set now."""
        return transition_of(self._store)
