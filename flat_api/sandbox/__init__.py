"""A local Flat API: stateful, over real HTTP, checked against openapi.yaml (extra: flat_api[sandbox])."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flat_api.sandbox.request_log import RecordedRequest
    from flat_api.sandbox.server import Sandbox

__all__ = ["RecordedRequest", "Sandbox"]


def __getattr__(name: str) -> Any:
    # Lazy, because the engraver's worker process is part of this package and needs no server.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        from flat_api.sandbox import request_log, server
    except ModuleNotFoundError as error:
        raise ImportError(f"The sandbox needs {error.name}: pip install 'flat_api[sandbox]'") from None
    return server.Sandbox if name == "Sandbox" else request_log.RecordedRequest
