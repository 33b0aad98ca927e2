"""A change and its weight."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum


class Weight(IntEnum):
    """What a change asks of programs that use the SDK; the lower, the heavier."""

    BREAKING = 0
    ADDITIVE = 1
    DOCUMENTATION = 2


@dataclass(frozen=True)
class Change:
    """One change.

    Attributes:
        weight: What it asks of callers.
        owner: The method or class it is in.
        text: What changed.
        member: The part of the owner, as written after its name: `.field`, `(parameter)`; "" for the whole.
        also: Other owners in which the same member changed in the same way.
    """

    weight: Weight
    owner: str
    text: str
    member: str = ""
    also: tuple[str, ...] = ()


def merged(changes: Iterable[Change]) -> list[Change]:
    """The changes without repetition: a field that many classes share is told once, with all of them."""
    found: dict[Change | tuple[Weight, str, str], Change] = {}
    for change in changes:
        key = (change.weight, change.member, change.text) if change.member else change
        first = found.get(key)
        found[key] = replace(first, also=(*first.also, change.owner)) if first else change
    return list(found.values())
