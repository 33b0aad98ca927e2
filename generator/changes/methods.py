"""Changes of one method."""

from __future__ import annotations

from collections.abc import Iterator

from generator.changes.change import Change, Weight
from generator.changes.members import deprecation, differences, prose
from generator.changes.surface import Method
from generator.changes.value import alternatives


def compare(name: str, old: Method, new: Method) -> Iterator[Change]:
    """What callers of a method meet.

    Args:
        name: Its name, the same before and after.
        old: Before.
        new: After, classes named as in `old`.
    """
    if flipped := deprecation(old.deprecated, new.deprecated):
        yield Change(flipped[0], name, flipped[1])
    for cls in old.classes:
        if cls not in new.classes:
            yield Change(Weight.BREAKING, name, f"is not in {cls} any more, but in {', '.join(new.classes)}")
    for cls in new.classes:
        if cls not in old.classes:
            yield Change(Weight.ADDITIVE, name, f"is in {cls} now")
    yield from _arguments(name, old, new)
    yield from _body(name, old, new)
    if _positions(old, new) != _positions(new, old):
        yield Change(Weight.BREAKING, name, f"positional arguments come in the order {', '.join(_positions(new, old))}")
    yield from _result(name, old.result.type, new.result.type)
    yield from _scopes(name, old.scopes, new.scopes)
    if old.route != new.route:
        yield Change(Weight.DOCUMENTATION, name, f"is `{new.route}` now, it was `{old.route}`")
    if changed := prose(old.texts, new.texts):
        yield Change(Weight.DOCUMENTATION, name, f"documentation changed: {changed}")


def _arguments(name: str, old: Method, new: Method) -> Iterator[Change]:
    for key, one in old.arguments.items():
        if key not in new.arguments:
            yield Change(Weight.BREAKING, name, "argument removed", f"({key})")
            continue
        after = new.arguments[key]
        for weight, text in differences(one, after, sent=True, received=False):
            yield Change(weight, name, text, f"({key})")
        if one.required and not after.required:
            yield Change(Weight.BREAKING, name, "is passed by keyword only now", f"({key})")
    for key, one in new.arguments.items():
        if key not in old.arguments:
            weight = Weight.BREAKING if one.required else Weight.ADDITIVE
            need = "required" if one.required else "optional"
            yield Change(weight, name, f"{need} argument added: `{one.value.type}`", f"({key})")


def _body(name: str, old: Method, new: Method) -> Iterator[Change]:
    if old.body is None or new.body is None:
        if old.body is not None:
            yield Change(Weight.BREAKING, name, "request body removed", f"({old.body[0]})")
        if new.body is not None:
            key, member = new.body
            weight = Weight.BREAKING if member.required else Weight.ADDITIVE
            need = "required" if member.required else "optional"
            yield Change(weight, name, f"{need} request body added: `{member.value.type}`", f"({key})")
        return
    (key, before), (new_key, after) = old.body, new.body
    if key != new_key:
        yield Change(Weight.BREAKING, name, f"the request body is called `{new_key}` now", f"({key})")
    for weight, text in differences(before, after, sent=True, received=False):
        yield Change(weight, name, text, f"({new_key})")
    for kind in old.media_types:
        if kind not in new.media_types:
            yield Change(Weight.BREAKING, name, f"{kind} is not taken any more", f"({new_key})")
    for kind in new.media_types:
        if kind not in old.media_types:
            yield Change(Weight.ADDITIVE, name, f"{kind} is taken, too", f"({new_key})")


def _positions(one: Method, other: Method) -> list[str]:
    """The positional arguments that both have, in the order of the first."""

    def positional(method: Method) -> list[str]:
        needed = [key for key, argument in method.arguments.items() if argument.required]
        return needed + ([method.body[0]] if method.body is not None else [])

    return [key for key in positional(one) if key in positional(other)]


def _result(name: str, old: str, new: str) -> Iterator[Change]:
    if old == new:
        return
    # Nothing was read from None; a page is a list.
    harmless = old == "None" or old.replace("list[", "Page[", 1) == new or alternatives(new) < alternatives(old)
    yield Change(Weight.ADDITIVE if harmless else Weight.BREAKING, name, f"returns `{new}` now, it was `{old}`")


def _scopes(name: str, old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[Change]:
    """Any one of the scopes is enough; without scopes any token is."""
    if old and not new:
        yield Change(Weight.ADDITIVE, name, "needs no scope any more")
    elif new and not old:
        yield Change(Weight.BREAKING, name, f"needs a scope now: {' or '.join(f'`{scope}`' for scope in new)}")
    else:
        for scope in old:
            if scope not in new:
                yield Change(Weight.BREAKING, name, f"the scope `{scope}` is not enough any more")
        for scope in new:
            if scope not in old:
                yield Change(Weight.ADDITIVE, name, f"the scope `{scope}` is enough, too")
