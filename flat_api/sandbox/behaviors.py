"""The function that behaves for each operation: getScore is done by `get_score` of one of these modules.

An operation without one answers the contract's example.
"""

from __future__ import annotations

import re
from importlib import import_module

from flat_api.sandbox.call import Behavior
from flat_api.sandbox.contract import load

_MODULES = (
    "assignment_copy",
    "assignments",
    "billing",
    "classes",
    "collaborators",
    "comments",
    "delegation",
    "edu_resources",
    "groups",
    "lti",
    "omr",
    "organization",
    "revisions",
    "score_collections",
    "scores",
    "submission_reviews",
    "submissions",
    "tasks",
    "tracks",
    "users",
)
_FUNCTIONS = {
    name: value
    for module in (import_module(f"flat_api.sandbox.{short}") for short in _MODULES)
    for name, value in vars(module).items()
    # Imported from elsewhere it may be a helper that happens to have such a name.
    if getattr(value, "__module__", None) == module.__name__
}
_NAMES = {
    operation: re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", operation) for operation in load().operations
}

BEHAVIORS: dict[str, Behavior] = {
    operation: _FUNCTIONS[name] for operation, name in _NAMES.items() if name in _FUNCTIONS
}
