"""Earlier names of the package, looked up when nothing of today has that name."""

from __future__ import annotations

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


def model(name: str, *, depth: int = 3) -> Any:
    """What took the place of an earlier model."""
    from flat_api import models
    from flat_api.compat import gone
    from flat_api.compat.warn import deprecated

    successor = MODELS[name]
    if successor in models._MODULES:
        deprecated(name, f"flat_api.{successor}", depth=depth)
        return getattr(models, successor)
    deprecated(name, "use str" if successor == "str" else "the API no longer has it", depth=depth)
    return getattr(gone, name)


def inside(module: str, name: str) -> Any:
    """The value of an earlier name of `flat_api.models`; no other module has any.

    Raises:
        AttributeError: no generation had such a name there.
    """
    if module.endswith(".models") and name in MODELS:
        return model(name, depth=4)
    raise AttributeError(f"module {module!r} has no attribute {name!r}")
