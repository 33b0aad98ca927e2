"""Compares two surfaces: what came, what went, what has another name, and what changed inside."""

from __future__ import annotations

from collections.abc import Iterator

from generator.changes import methods, models, renames
from generator.changes.change import Change, Weight, merged
from generator.changes.surface import Model, Surface, renamed


def compare(old: Surface, new: Surface) -> list[Change]:
    """All changes, methods first, in the order of the new contract.

    Args:
        old: What callers have.
        new: What they will get.
    """
    other_methods, other_models = renames.find(old, new)
    old = renamed(old, other_methods, other_models)
    return merged(
        [
            *_whole(old, new),
            *_methods(old, new, {after: before for before, after in other_methods.items()}),
            *_models(old, new, {after: before for before, after in other_models.items()}),
        ]
    )


def _whole(old: Surface, new: Surface) -> Iterator[Change]:
    if old.version != new.version:
        yield Change(Weight.DOCUMENTATION, "API", f"version {old.version} -> {new.version}")
    for scope in old.scopes:
        if scope not in new.scopes:
            yield Change(Weight.BREAKING, "OAuth2", f"scope `{scope}` removed")
    for scope in new.scopes:
        if scope not in old.scopes:
            yield Change(Weight.ADDITIVE, "OAuth2", f"scope `{scope}` added")


def _methods(old: Surface, new: Surface, earlier: dict[str, str]) -> Iterator[Change]:
    for name, method in old.methods.items():
        if name not in new.methods:
            yield Change(Weight.BREAKING, name, f"operation removed (`{method.route}`)")
    for name, method in new.methods.items():
        if name in earlier:
            yield Change(Weight.BREAKING, earlier[name], f"operation probably renamed to `{name}`")
        if name in old.methods:
            yield from methods.compare(name, old.methods[name], method)
        else:
            yield Change(Weight.ADDITIVE, name, f"operation added: `{method.route}`, returns `{method.result.type}`")


def _models(old: Surface, new: Surface, earlier: dict[str, str]) -> Iterator[Change]:
    for name in old.models:
        if name not in new.models:
            yield Change(Weight.BREAKING, name, "model removed")
    for name, model in new.models.items():
        if name in earlier and not any(_with(name, owner, earlier) for owner in earlier):
            inner = sorted(earlier[other] for other in earlier if _with(other, name, earlier))
            so = f", and so what is inside: {', '.join(inner)}" if inner else ""
            yield Change(Weight.BREAKING, earlier[name], f"model probably renamed to `{name}`{so}")
        if name in old.models:
            yield from models.compare(name, old.models[name], model)
        else:
            yield Change(Weight.ADDITIVE, name, f"model added ({_size(model)})")


def _with(name: str, owner: str, earlier: dict[str, str]) -> bool:
    """Whether a class is called otherwise because the class it is in is."""
    renamed_alike = earlier[name].removeprefix(earlier[owner]) == name.removeprefix(owner)
    return renames.inside(name, owner) and renames.inside(earlier[name], earlier[owner]) and renamed_alike


def _size(model: Model) -> str:
    count, word = {
        "enum": (len(model.members), "value"),
        "family": (len(model.variants), "variant"),
    }.get(model.kind, (len(model.fields), "field"))
    return f"{count} {word}{'s' * (count != 1)}"
