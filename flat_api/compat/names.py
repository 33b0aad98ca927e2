"""Earlier names of the package and its modules, looked up when nothing of today has that name, and their warning."""

from __future__ import annotations

import re
import sys
import warnings
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from flat_api import models
from flat_api.compat.tables import MODELS
from flat_api.model import Model, OpenStrEnum

ENTRY = "flat_api.compat.names"
"""The entry of a `__path__` that leads to modules of one model each, as `flat_api.model.score_details` of 1.0."""

NO_ASYNC = (
    "flat_api has no asynchronous client. Call the ordinary one in a thread: "
    "`await asyncio.to_thread(flat.scores.get_score, score)`. One client may serve any number of threads."
)


class FlatLocales(OpenStrEnum):
    """A language of the interface."""

    EN = "en"
    EN_GB = EN_MINUS_GB = "en-GB"
    DE = "de"
    ES = "es"
    FR = "fr"
    IT = "it"
    JA = "ja"
    JA_HIRA = JA_MINUS_HIRA = "ja-HIRA"
    KO = "ko"
    NL = "nl"
    PL = "pl"
    PT = "pt"
    PT_BR = PT_MINUS_BR = "pt-BR"
    RO = "ro"
    RU = "ru"
    TR = "tr"
    ZH_HANS = ZH_MINUS_HANS = "zh-Hans"


class ScoreDataEncoding(OpenStrEnum):
    """How the file of a new score is written in JSON."""

    BASE64 = "base64"


class ClassStreamPostMode(OpenStrEnum):
    """Whether and how something was posted to the stream of a class; the API knows no values any more."""


class UserInstruments(Model):
    """The instruments of a user, of which the API never told anything."""


# Earlier models that have no model of today behind them: their values are plain ones now.
_GONE: dict[str, Any] = {
    **dict.fromkeys(("CollectionTitle", "ResourceSharingKey", "ScoreData"), str),
    "EduSkillsFocused": list[Any],
    **{kind.__name__: kind for kind in (FlatLocales, ScoreDataEncoding, ClassStreamPostMode, UserInstruments)},
}


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
    successor = MODELS[name]
    if successor in models._MODULES:
        deprecated(name, f"flat_api.{successor}", depth=depth)
        return getattr(models, successor)
    deprecated(name, "use str" if successor == "str" else "the API no longer has it", depth=depth)
    return _GONE[name]


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
