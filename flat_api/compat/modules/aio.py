"""`flat_api.aio` of 2.x, which cannot be had: importing it says what to do instead."""

from flat_api.compat.names import NO_ASYNC

raise ImportError(NO_ASYNC, name=__name__)
