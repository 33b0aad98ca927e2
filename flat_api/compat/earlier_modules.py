"""Modules that held one model each, as `flat_api.model.score_details` (1.0) or `flat_api.models.score_rights`."""

from __future__ import annotations

import re
import sys
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import ModuleType

from flat_api import models
from flat_api.compat.names import model
from flat_api.compat.tables import MODELS

ENTRY = "flat_api.compat.earlier_modules"
"""The entry of a `__path__` that leads to them."""


def module_name(name: str) -> str:
    """The module an earlier generation kept a model in."""
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z\d])([A-Z])", r"\1_\2", name).lower()


_MODEL_IN = {module_name(name): name for name in MODELS}


class _Modules(Loader):
    """Finds the modules and fills them with the model of today."""

    def find_spec(self, fullname: str, target: ModuleType | None = None) -> ModuleSpec | None:
        short = fullname.rpartition(".")[2]
        return ModuleSpec(fullname, self) if short in _MODEL_IN or short in models._MODULES.values() else None

    def exec_module(self, module: ModuleType) -> None:
        short = module.__name__.rpartition(".")[2]
        if short in _MODEL_IN:
            setattr(module, _MODEL_IN[short], model(_MODEL_IN[short]))
        vars(module).update({name: getattr(models, name) for name, place in models._MODULES.items() if place == short})


def _hook(path: str) -> _Modules:
    if path != ENTRY:
        raise ImportError
    return _Modules()


sys.path_hooks.append(_hook)
