"""Changes of what fields, arguments and bodies have in common: necessity, value, wire name, deprecation."""

from __future__ import annotations

from collections.abc import Iterator

from generator.changes import value
from generator.changes.change import Weight
from generator.changes.surface import Member, Texts


def differences(
    old: Member, new: Member, *, sent: bool, received: bool, absent_is_none: bool = False
) -> Iterator[tuple[Weight, str]]:
    """How one of them changed.

    Args:
        old: Before.
        new: After.
        sent: Callers send it.
        received: Callers read it.
        absent_is_none: An absent one reads as None, as one that is null does.
    """
    # Whether null or absent, typed programs have met None before.
    quiet = absent_is_none and _as_read(old) == _as_read(new)
    if new.required and not old.required:
        yield (Weight.DOCUMENTATION if quiet else Weight.BREAKING if sent else Weight.ADDITIVE), "is required now"
    if old.required and not new.required:
        yield (Weight.DOCUMENTATION if quiet else Weight.BREAKING if received else Weight.ADDITIVE), "is optional now"
    for weight, text in value.type_change(old.value.type, new.value.type, sent=sent, received=received):
        yield (Weight.DOCUMENTATION if quiet else weight), text
    yield from value.refinements(old.value, new.value, sent=sent)
    if old.wire != new.wire:
        # Programs that pass and read plain data use the names of the wire.
        yield Weight.BREAKING, f"travels as `{new.wire}`, it was `{old.wire}`"
    if flipped := deprecation(old.deprecated, new.deprecated):
        yield flipped


def _as_read(member: Member) -> frozenset[str]:
    return value.alternatives(member.value.type) | (frozenset() if member.required else {"None"})


def deprecation(old: bool, new: bool) -> tuple[Weight, str] | None:
    """The change of a mark; SemVer asks for a minor release where something becomes deprecated."""
    if old == new:
        return None
    return (Weight.ADDITIVE, "deprecated") if new else (Weight.DOCUMENTATION, "no longer deprecated")


def prose(old: Texts, new: Texts) -> str:
    """Which texts differ; those of members (in backticks) that came or went are told elsewhere. "" for none."""
    labels = [label for label in old | new if old.get(label) != new.get(label)]
    return ", ".join(label for label in labels if label[0] != "`" or (label in old and label in new))
