"""load(): a name out of a module that is imported only now, without a search for garbage on the way."""

from __future__ import annotations

import gc
from importlib import import_module
from typing import Any


def load(module: str, name: str) -> Any:
    """Import a module and give one of its names.

    What modules define lives on: to look for garbage in it takes a fifteenth of the time of a short program.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        return getattr(import_module(module), name)
    finally:
        if collects:
            # What was loaded counts as old at once, instead of being looked through as the youngest.
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()
