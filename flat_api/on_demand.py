"""Rooms that an ordinary call does not enter: each is imported when a name of it is first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flat_api import encoding as encoding
    from flat_api import exceptions as exceptions
    from flat_api import gunzip as gunzip
    from flat_api import one_of as one_of
    from flat_api import pagination as pagination
    from flat_api import rate_limits as rate_limits
    from flat_api import tokens as tokens
    from flat_api import tolerance as tolerance
    from flat_api import transport_errors as transport_errors
else:

    class _Room:
        def __init__(self, module: str) -> None:
            self._module = module

        def __getattr__(self, name: str) -> Any:
            value = getattr(import_module(self._module), name)
            setattr(self, name, value)
            return value

    encoding = _Room("flat_api.encoding")
    exceptions = _Room("flat_api.exceptions")
    gunzip = _Room("flat_api.gunzip")
    one_of = _Room("flat_api.one_of")
    pagination = _Room("flat_api.pagination")
    rate_limits = _Room("flat_api.rate_limits")
    tokens = _Room("flat_api.tokens")
    tolerance = _Room("flat_api.tolerance")
    transport_errors = _Room("flat_api.transport_errors")


def load_errors() -> None:
    """Load what tells of errors now: a program that has run out of files can load nothing any more."""
    _ = exceptions.ApiException, transport_errors.translate
