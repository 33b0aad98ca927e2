"""Plain dicts that stand for models get their wire names, at any depth, and lose nothing."""

from __future__ import annotations

from typing import Any

import pytest

from flat_api.model import UNSET, Model, UnsetType, field
from flat_api.naming import to_wire
from flat_api.one_of import OneOf


class Part(Model, kw_only=True):
    part_name: str
    midi_program: int | UnsetType = UNSET


class Blank(Model, kw_only=True):
    builder_data: list[Part]


class Import(Model, kw_only=True):
    file_data: str
    data_encoding: str | UnsetType = UNSET


class Creation(OneOf):
    @classmethod
    def variants(cls) -> dict[str, Any]:
        return {"Blank": Blank, "Import": Import}


class Body(Model, kw_only=True):
    html_url: str | UnsetType | None = UNSET
    first_part: Part | UnsetType = UNSET
    all_parts: list[Part] | UnsetType | None = UNSET
    by_name: dict[str, Part] | UnsetType = UNSET
    new_score: Creation | UnsetType = UNSET
    free_form: dict[str, Any] | UnsetType = UNSET
    class_: str | UnsetType = field(default=UNSET, name="class")


@pytest.mark.parametrize(
    ("given", "wire"),
    [
        ({"html_url": "u"}, {"htmlUrl": "u"}),
        ({"htmlUrl": "u"}, {"htmlUrl": "u"}),
        ({"html_url": None}, {"htmlUrl": None}),
        ({"unknown_name": 1, "other": {"html_url": 2}}, {"unknown_name": 1, "other": {"html_url": 2}}),
        ({"class_": "a"}, {"class": "a"}),
        ({"class": "a"}, {"class": "a"}),
        ({"first_part": {"part_name": "x"}}, {"firstPart": {"partName": "x"}}),
        ({"firstPart": {"part_name": "x"}}, {"firstPart": {"partName": "x"}}),
        ({"all_parts": [{"part_name": "x"}, {"partName": "y"}]}, {"allParts": [{"partName": "x"}, {"partName": "y"}]}),
        ({"all_parts": ({"part_name": "x"},)}, {"allParts": [{"partName": "x"}]}),
        ({"all_parts": None}, {"allParts": None}),
        ({"all_parts": [None, "odd"]}, {"allParts": [None, "odd"]}),
        ({"by_name": {"a_b": {"part_name": "x"}}}, {"byName": {"a_b": {"partName": "x"}}}),
        ({"free_form": {"a_b": [{"part_name": 1}]}}, {"freeForm": {"a_b": [{"part_name": 1}]}}),
        (
            {"new_score": {"builder_data": [{"midi_program": 1, "part_name": "x"}]}},
            {"newScore": {"builderData": [{"midiProgram": 1, "partName": "x"}]}},
        ),
        ({"new_score": {"file_data": "x", "data_encoding": "y"}}, {"newScore": {"fileData": "x", "dataEncoding": "y"}}),
        ({"new_score": {"strange": 1}}, {"newScore": {"strange": 1}}),
    ],
)
def test_names_become_wire_names(given: dict[str, Any], wire: dict[str, Any]) -> None:
    assert to_wire(given, Body) == wire


def test_models_inside_stay_models() -> None:
    part = Part(part_name="x")
    assert to_wire({"first_part": part, "all_parts": [part]}, Body) == {"firstPart": part, "allParts": [part]}


def test_the_dict_of_the_caller_is_not_changed() -> None:
    given = {"first_part": {"part_name": "x"}, "all_parts": [{"part_name": "y"}]}
    to_wire(given, Body)
    assert given == {"first_part": {"part_name": "x"}, "all_parts": [{"part_name": "y"}]}


def test_every_dict_that_stands_for_a_model_is_checked() -> None:
    seen: list[Any] = []
    body = {"first_part": {"part_name": "x"}, "new_score": {"builder_data": [{}]}, "free_form": {"a": {}}}
    to_wire(body, Body, lambda model, plain: seen.append((model, plain)))
    assert [model for model, _ in seen] == [Body, Part, Blank, Part]


def test_with_a_check_a_family_must_be_complete() -> None:
    with pytest.raises(TypeError, match=r"Creation needs .*Blank\(builder_data=\.\.\.\) or Import\(file_data=\.\.\.\)"):
        to_wire({"new_score": {"strange": 1}}, Body, lambda model, plain: None)
