"""A local Flat API: stateful, over real HTTP, checked against openapi.yaml (extra: flat_api[sandbox])."""

from __future__ import annotations

from flat_api.sandbox.app import RecordedRequest
from flat_api.sandbox.server import Sandbox

__all__ = ["RecordedRequest", "Sandbox"]
