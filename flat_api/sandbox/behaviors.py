"""Which function behaves for which operation; an operation without one answers the contract's example."""

from __future__ import annotations

from flat_api.sandbox import account, revisions, score_collections, scores, tasks
from flat_api.sandbox.call import Behavior

_MODULES = (account, revisions, score_collections, scores, tasks)

BEHAVIORS: dict[str, Behavior] = {
    operation: behavior for module in _MODULES for operation, behavior in module.BEHAVIORS.items()
}
