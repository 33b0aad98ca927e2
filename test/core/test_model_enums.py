"""Open enums: known values are members, unknown ones are kept and equal themselves."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest

from flat_api.decoding import decode
from flat_api.model import Model, OpenIntEnum, OpenStrEnum


class Color(OpenStrEnum):
    RED = "red"
    BLUE = "blue"


class Level(OpenIntEnum):
    ONE = 1


class Pen(Model, kw_only=True):
    color: Color
    level: Level | None = None
    colors: list[Color] | None = None
    by_color: dict[str, Color] | None = None


@pytest.mark.parametrize(
    ("enum", "value", "known"), [(Color, "red", True), (Color, "green", False), (Level, 1, True), (Level, 9, False)]
)
def test_a_member_is_its_value(enum: Any, value: Any, known: bool) -> None:
    member = enum(value)
    assert isinstance(member, enum)
    assert (member, member.value, hash(member)) == (value, value, hash(value))
    assert member.is_known is known
    assert str(member) == f"{member}" == str(value)
    assert enum.from_json(json.dumps(value)) == member


def test_known_values_are_the_members_themselves() -> None:
    assert Color("red") is Color.RED
    assert list(Color) == [Color.RED, Color.BLUE]


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda member: pickle.loads(pickle.dumps(member))])
@pytest.mark.parametrize("member", [Color.RED, Color("green"), Level.ONE, Level(9)])
def test_members_are_copied_whole(member: Any, copied: Any) -> None:
    assert copied(member) == member
    assert type(copied(member)) is type(member)


def test_an_unknown_value_adds_no_member() -> None:
    Color("green")
    assert [member.value for member in Color] == ["red", "blue"]
    assert not Color("green").is_known


@pytest.mark.parametrize(("enum", "value"), [(Color, 5), (Color, None), (Level, "x"), (Level, None)])
def test_another_kind_of_value_is_refused(enum: Any, value: Any) -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        enum(value)


def test_unknown_values_are_read_and_sent_wherever_an_enum_stands() -> None:
    plain = {"color": "green", "level": 10**25, "colors": ["red", "pink"], "byColor": {"a": "black"}}
    pen = decode(json.dumps(plain).encode(), lambda: Pen)
    assert pen == Pen(
        color=Color("green"), level=Level(10**25), colors=[Color.RED, Color("pink")], by_color={"a": Color("black")}
    )
    assert all(isinstance(color, Color) for color in [pen.color, *pen.colors, *pen.by_color.values()])
    assert json.loads(pen.to_json()) == pen.to_dict() == plain
