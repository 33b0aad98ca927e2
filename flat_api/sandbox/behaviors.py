"""Which function behaves for which operation; an operation without one answers the contract's example."""

from __future__ import annotations

from flat_api.sandbox import (
    assignment_copy,
    assignments,
    billing,
    classes,
    collaborators,
    comments,
    delegation,
    edu_resources,
    grades,
    groups,
    lti,
    omr,
    organization,
    revisions,
    score_collections,
    scores,
    submission_comments,
    submissions,
    tasks,
    tracks,
    users,
)
from flat_api.sandbox.call import Behavior

_MODULES = (
    assignment_copy,
    assignments,
    billing,
    classes,
    collaborators,
    comments,
    delegation,
    edu_resources,
    grades,
    groups,
    lti,
    omr,
    organization,
    revisions,
    score_collections,
    scores,
    submission_comments,
    submissions,
    tasks,
    tracks,
    users,
)

BEHAVIORS: dict[str, Behavior] = {
    operation: behavior for module in _MODULES for operation, behavior in module.BEHAVIORS.items()
}
