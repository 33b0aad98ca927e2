"""How parts of the package are found and loaded when they are first used: load(), and EarlierModules."""

from __future__ import annotations

import gc
from collections.abc import Iterator
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
            # What was loaded counts as old at once, instead of being looked through as the youngest. A program that
            # has frozen its objects (thousands; Python 3.12 itself freezes a few hundred) keeps them frozen.
            if gc.get_freeze_count() < 1000:
                gc.freeze()
                gc.unfreeze()
            gc.enable()


class EarlierModules:
    """A `__path__` that leads, after its own folders, to the modules an earlier generation had there."""

    def __init__(self, *folders: str) -> None:
        self._folders = folders

    def __iter__(self) -> Iterator[str]:
        yield from self._folders
        from flat_api.compat import earlier_modules

        yield earlier_modules.ENTRY
