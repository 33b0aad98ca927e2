"""Changes of one model class."""

from __future__ import annotations

from collections.abc import Iterator

from generator.changes.change import Change, Weight
from generator.changes.members import deprecation, differences, prose
from generator.changes.surface import Model
from generator.schemas import python_literal

_KINDS = {"struct": "a class with fields", "enum": "an enum", "family": "a choice between classes"}


def compare(name: str, old: Model, new: Model) -> Iterator[Change]:
    """What users of a class meet.

    Args:
        name: Its name, the same before and after.
        old: Before.
        new: After, classes named as in `old`.
    """
    if old.kind != new.kind:
        yield Change(Weight.BREAKING, name, f"is {_KINDS[new.kind]} now, it was {_KINDS[old.kind]}")
        return
    if flipped := deprecation(old.deprecated, new.deprecated):
        yield Change(flipped[0], name, flipped[1])
    if old.base and old.base != new.base:
        yield Change(Weight.BREAKING, name, f"does not inherit from {old.base} any more")
    if new.base and old.base != new.base:
        yield Change(Weight.ADDITIVE, name, f"inherits from {new.base} now")
    optional = any(not one.required for key, one in new.fields.items() if key in old.fields)
    if old.sent != new.sent and old.received and optional:
        word = "`UNSET`, it was `None`" if new.sent else "`None`, it was `UNSET`"
        reason = "requests carry this class now" if new.sent else "no request carries this class any more"
        yield Change(Weight.BREAKING, name, f"an absent optional field is {word}: {reason}")
    yield from _fields(name, old, new)
    yield from _members(name, old, new)
    yield from _variants(name, old, new)
    if changed := prose(old.texts, new.texts):
        yield Change(Weight.DOCUMENTATION, name, f"documentation changed: {changed}")


def _fields(name: str, old: Model, new: Model) -> Iterator[Change]:
    for key, one in old.fields.items():
        if key not in new.fields:
            yield Change(Weight.BREAKING, name, f"field removed (`{one.value.type}`)", f".{key}")
            continue
        as_none = not old.sent and not new.sent
        found = differences(one, new.fields[key], sent=old.sent, received=old.received, absent_is_none=as_none)
        yield from (Change(weight, name, text, f".{key}") for weight, text in found)
    for key, one in new.fields.items():
        if key not in old.fields:
            needed = one.required and old.sent
            need = "required field" if one.required else "optional field"
            weight = Weight.BREAKING if needed else Weight.ADDITIVE
            yield Change(weight, name, f"{need} added: `{one.value.type}`", f".{key}")


def _members(name: str, old: Model, new: Model) -> Iterator[Change]:
    for value, member in old.members.items():
        if value not in new.members:
            yield Change(Weight.BREAKING, name, f"value `{python_literal(value)}` removed", f".{member}")
        elif new.members[value] != member:
            yield Change(Weight.BREAKING, name, f"is called {new.members[value]} now", f".{member}")
    for value, member in new.members.items():
        if value not in old.members:
            yield Change(Weight.ADDITIVE, name, f"value `{python_literal(value)}` added", f".{member}")


def _variants(name: str, old: Model, new: Model) -> Iterator[Change]:
    for key, variant in old.variants.items():
        if new.variants.get(key) != variant:
            now = new.variants.get(key)
            yield Change(Weight.BREAKING, name, f"`{key}` stands for {now} now" if now else f"is never {variant} now")
    for key, variant in new.variants.items():
        if key not in old.variants:
            # Programs that read it have not thought of one more class.
            weight = Weight.BREAKING if old.received else Weight.ADDITIVE
            yield Change(weight, name, f"may be {variant}, too")
