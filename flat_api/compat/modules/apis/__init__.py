"""`flat_api.apis` of 0.x and 1.0: all Api classes, and the module of each."""

from __future__ import annotations

import sys
from importlib import import_module

from flat_api import api
from flat_api.api import *  # noqa: F403
from flat_api.api import __all__ as __all__

for _name in __all__:
    _module = import_module(getattr(api, _name).__module__)
    _short = _module.__name__.rpartition(".")[2]
    # The same module under its earlier name, so that its classes are the same, too.
    globals()[_short] = sys.modules[f"{__name__}.{_short}"] = _module
