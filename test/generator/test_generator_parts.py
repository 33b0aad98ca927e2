"""Tables for the pure parts: names, prose, Python types."""

from __future__ import annotations

from typing import Any

import pytest

from generator import names, prose
from generator.schemas import Catalogue


@pytest.mark.parametrize(
    ("wire", "python"),
    [
        ("sharingKey", "sharing_key"),
        ("X-Flat-Locale", "x_flat_locale"),
        ("class", "class_"),
        ("return", "return_"),
        ("None", "none"),
        ("date", "date"),
        ("type", "type"),
        ("1st", "value_1st"),
        ("$ref", "ref"),
        ("§", "value"),
        ("htmlURL", "html_url"),
        ("self", "self__"),
    ],
)
def test_identifiers(wire: str, python: str) -> None:
    assert names.identifier(wire, {"self", "self_"}) == python


def test_enum_members() -> None:
    values = ["organizationPublic", "scores.readonly", "1p3-manual", "a b", "A_B", "", "*", 5, -5]
    assert names.member_names(values) == [
        *("ORGANIZATION_PUBLIC", "SCORES_READONLY", "VALUE_1P3_MANUAL", "A_B", "A_B_2", "VALUE", "VALUE_2"),
        *("VALUE_5", "VALUE_MINUS_5"),
    ]


@pytest.mark.parametrize(
    ("component", "name"),
    [
        *[("pet-status", "PetStatus"), ("OMRJob", "OMRJob"), ("2d", "Model2d"), ("Taken", "TakenModel")],
        *[("import", "ImportModel"), ("None", "NoneModel"), ("com.shop.Pet", "ComShopPet")],
    ],
)
def test_class_names(component: str, name: str) -> None:
    assert names.class_name(component, {"Taken"}) == name


def test_prose_is_wrapped_with_its_lists_and_code() -> None:
    text = "First words\nin two lines.\n\n- `a`: one\n- `b`: " + "long " * 30 + "\n\n```\ncode  here\n```\n\nEnd."
    lines = prose.wrap(text, 4).splitlines()
    assert max(map(len, lines)) <= prose.WIDTH
    assert lines[:3] == ["    First words in two lines.", "", "    - `a`: one"]
    assert lines[4].startswith("      long")
    assert "    code  here" in lines


def test_lists_become_one_line() -> None:
    assert (
        prose.one_line("One of:\n- `a`: first\n- `b`:\n  second\n\nThe end.")
        == "One of: `a`: first; `b`: second The end."
    )


@pytest.mark.parametrize("text", ["plain", 'ends with "quotes"', "back\\slash", 'a """ b', "word " * 60, "x" * 200])
def test_docstrings_are_python(text: str) -> None:
    code = "class A:\n" + prose.doc_literal(text, 4) + "\n"
    scope: dict[str, Any] = {}
    exec(compile(code, "test", "exec"), scope)
    assert " ".join((scope["A"].__doc__ or "").split()) == " ".join(text.replace('"""', "'''").split())


_COMPONENTS: dict[str, Any] = {
    "Pet": {"type": "object", "properties": {"a": {"type": "string"}}},
    "Color": {"type": "string", "enum": ["red"]},
    "Both": {"oneOf": [{"$ref": "#/components/schemas/Pet"}, {"$ref": "#/components/schemas/Other"}]},
    "Other": {"type": "object", "properties": {"b": {"type": "string"}}},
    "Names": {"type": "array", "items": {"type": "string", "nullable": True}},
    "Loop": {"type": "array", "items": {"$ref": "#/components/schemas/Loop"}},
}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"$ref": "#/components/schemas/Pet"}, "Pet"),
        ({"allOf": [{"$ref": "#/components/schemas/Color"}], "nullable": True}, "Color | None"),
        ({"$ref": "#/components/schemas/Both"}, "AnyBoth"),
        ({"$ref": "#/components/schemas/Names"}, "list[str | None]"),
        ({"$ref": "#/components/schemas/Loop"}, "list[Any]"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Both"}}, "list[AnyBoth]"),
        ({"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Pet"}}, "dict[str, Pet]"),
        ({"type": "object"}, "dict[str, Any]"),
        ({}, "Any"),
        ({"type": "string", "format": "date-time"}, "datetime"),
        ({"type": "string", "format": "byte"}, "Base64"),
        ({"type": "string", "enum": ["a", 'b"c']}, 'Literal["a", "b\\"c"] | str'),
        ({"type": "integer", "enum": [1, 2]}, "Literal[1, 2] | int"),
        ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, "str | int"),
        ({"oneOf": [{"type": "string", "format": "date"}, {"type": "string"}]}, "str"),
        ({"oneOf": [{"$ref": "#/components/schemas/Color"}, {"type": "integer"}]}, "str | int"),
        ({"oneOf": [{"$ref": "#/components/schemas/Pet"}, {"type": "string"}]}, "Any"),
        ({"oneOf": [{"type": "array", "items": {}}, {"type": "array", "items": {"type": "string"}}]}, "Any"),
        ({"anyOf": [{"$ref": "#/components/schemas/Pet"}, {"enum": [None]}]}, "Pet | None"),
    ],
)
def test_python_types(schema: dict[str, Any], expected: str) -> None:
    catalogue = Catalogue({name: dict(component) for name, component in _COMPONENTS.items()}, frozenset())
    catalogue.build([], [])
    assert catalogue.optional(schema, lambda cls: cls.annotation) == expected
