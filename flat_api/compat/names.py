"""Earlier names of the package, looked up when nothing of today has that name, and the warning about them."""

from __future__ import annotations

import warnings
from typing import Any

from flat_api.compat.tables import MODELS

NO_ASYNC = (
    "flat_api has no asynchronous client. Call the ordinary one in a thread: "
    "`await asyncio.to_thread(flat.scores.get_score, score)`. One client may serve any number of threads."
)


def lookup(name: str) -> Any:
    """The value of an earlier name of the package.

    Raises:
        AttributeError: no generation had such a name.
        ImportError: it cannot be had any more; the message says what to do instead.
    """
    if name == "AsyncFlatClient":
        raise ImportError(NO_ASYNC)
    if name in MODELS:
        return model(name, depth=4)
    raise AttributeError(f"module 'flat_api' has no attribute {name!r}")


def inside(module: str, name: str) -> Any:
    """The value of an earlier name of `flat_api.models`; no other module has any.

    Raises:
        AttributeError: no generation had such a name there.
    """
    if module.endswith(".models") and name in MODELS:
        return model(name, depth=4)
    raise AttributeError(f"module {module!r} has no attribute {name!r}")


def model(name: str, *, depth: int = 3) -> Any:
    """What took the place of an earlier model."""
    # Only now: a name that nobody ever had must not load them.
    from flat_api import models
    from flat_api.compat.gone import GONE

    successor = MODELS[name]
    if successor in models._MODULES:
        deprecated(name, f"flat_api.{successor}", depth=depth)
        return getattr(models, successor)
    deprecated(name, "use str" if successor == "str" else "the API no longer has it", depth=depth)
    return GONE[name]


def is_official(name: str) -> bool:
    """Whether a name is one that the generator of the official 2.x client made, which works without a warning."""
    return name.startswith("var_") or "_DOT_" in name or "_MINUS_" in name


def deprecated(earlier: str, successor: str, *, depth: int) -> None:
    """Warn that a name is an earlier one.

    Args:
        earlier: The name in use.
        successor: The name of today, or a sentence when there is none.
        depth: Frames between the caller and the line of the program that is meant.
    """
    advice = successor if " " in successor else f"use {successor}"
    warnings.warn(f"{earlier} is a name of an earlier flat_api: {advice}.", DeprecationWarning, stacklevel=depth + 1)
