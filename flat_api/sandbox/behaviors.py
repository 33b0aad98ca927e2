"""The function that behaves for each operation: getScore is done by `get_score` of one of these modules.

An operation without one answers the contract's example.
"""

from __future__ import annotations

import re
from importlib import import_module

from flat_api.sandbox.call import Behavior
from flat_api.sandbox.contract import load

_MODULES = (
    "account",
    "assignment_copy",
    "assignments",
    "billing",
    "class_members",
    "classes",
    "collaborators",
    "comments",
    "delegation",
    "edu_classes",
    "edu_libraries",
    "edu_resources",
    "grades",
    "groups",
    "invitations",
    "lti",
    "omr",
    "organization_users",
    "revisions",
    "score_collections",
    "scores",
    "submission_comments",
    "submissions",
    "tasks",
    "tracks",
    "users",
)
_FUNCTIONS = {
    name: function
    for module in _MODULES
    for name, function in vars(import_module(f"flat_api.sandbox.{module}")).items()
}
_NAMES = {
    operation: re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", operation) for operation in load().operations
}

BEHAVIORS: dict[str, Behavior] = {
    operation: _FUNCTIONS[name] for operation, name in _NAMES.items() if name in _FUNCTIONS
}
