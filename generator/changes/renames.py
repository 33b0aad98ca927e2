"""Guesses which of the things that disappeared are among the new ones under another name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from typing import Any

from generator.changes.surface import Method, Model, Surface

Features = frozenset[tuple[Any, ...]]

# Share of the features that must be the same in both.
_ENOUGH = 0.7
# Things with fewer features can be alike by chance: their names must be similar, or they are used in the same place.
_FEW = 6
_NAMES_ALIKE = 0.6
_USE = "use"


def find(old: Surface, new: Surface) -> tuple[dict[str, str], dict[str, str]]:
    """Old name -> new name of the methods and of the classes that were probably renamed."""
    gone, come = old.models.keys() - new.models.keys(), new.models.keys() - old.models.keys()
    unsure = {spelled for name in gone | come for spelled in (name, f"Any{name}")}

    def neutral(annotation: str) -> str:
        """What refers to a renamed class is the same as before."""
        return re.sub(r"\w+", lambda word: "_" if word[0] in unsure else word[0], annotation)

    old_methods = {name: old.methods[name] for name in old.methods.keys() - new.methods.keys()}
    new_methods = {name: new.methods[name] for name in new.methods.keys() - old.methods.keys()}
    methods = _pairs(
        {name: _method(method, neutral) for name, method in old_methods.items()},
        {name: _method(method, neutral) for name, method in new_methods.items()},
        {(a, b) for a in old_methods for b in new_methods if old_methods[a].route == new_methods[b].route},
    )
    old_models = {name: _model(old.models[name], neutral) | _uses(name, old, new) for name in gone}
    new_models = {name: _model(new.models[name], neutral) | _uses(name, new, old) for name in come}
    outer = _pairs(old_models, new_models, set())
    # Classes of inline objects are named after the class they are in.
    inner = {(a, outer[owner] + a.removeprefix(owner)) for a in gone for owner in outer if inside(a, owner)}
    return methods, _pairs(old_models, new_models, {(a, b) for a, b in inner if b in come} | set(outer.items()))


def inside(name: str, owner: str) -> bool:
    """Whether a class has the name of an inline object in another."""
    return name.startswith(owner) and name[len(owner) :][:1].isupper()


def _method(method: Method, neutral: Callable[[str], str]) -> Features:
    def features() -> Iterator[tuple[Any, ...]]:
        yield ("result", neutral(method.result.type))
        yield ("scopes", *sorted(method.scopes))
        for part in re.split(r"[ /]+", method.route):
            yield ("route", part)
        for name, one in method.arguments.items():
            yield ("argument", name, neutral(one.value.type), one.required)
        if method.body is not None:
            yield ("body", neutral(method.body[1].value.type))

    return frozenset(features())


def _model(model: Model, neutral: Callable[[str], str]) -> Features:
    def features() -> Iterator[tuple[Any, ...]]:
        for name, one in model.fields.items():
            yield ("field", name)
            yield ("type", name, neutral(one.value.type))
        for member in model.members.values():
            yield ("value", member)
        for key, variant in model.variants.items():
            yield ("variant", neutral(key), neutral(variant))

    return frozenset((model.kind, *feature) for feature in features())


def _uses(name: str, surface: Surface, other: Surface) -> Features:
    """The places that name a class, in methods and classes that both surfaces have."""
    spelled = re.compile(rf"\b(?:Any)?{name}\b")
    values = [
        (owner, place, value.type)
        for owner, method in surface.methods.items()
        if owner in other.methods
        for place, value in method.values().items()
    ] + [
        (owner, place, one.value.type)
        for owner, model in surface.models.items()
        if owner in other.models
        for place, one in model.fields.items()
    ]
    return frozenset((_USE, owner, place) for owner, place, annotation in values if spelled.search(annotation))


def _pairs(gone: dict[str, Features], come: dict[str, Features], certain: set[tuple[str, str]]) -> dict[str, str]:
    """The best matches first, each thing in one of them."""
    scored = []
    for old, before in gone.items():
        for new, after in come.items():
            alike = 1.0 if (old, new) in certain else len(before & after) / (len(before | after) or 1)
            similar = SequenceMatcher(None, old, new).ratio()
            used_alike = any(feature[0] == _USE for feature in before & after)
            by_chance = min(len(before), len(after)) < _FEW and similar < _NAMES_ALIKE and not used_alike
            if (old, new) in certain or (alike >= _ENOUGH and not by_chance):
                scored.append((-alike, -similar, old, new))
    pairs: dict[str, str] = {}
    for _, _, old, new in sorted(scored):
        if old not in pairs and new not in pairs.values():
            pairs[old] = new
    return pairs
