"""OneOf families: which model a dict, keywords or an answer stand for."""

from __future__ import annotations

import copy
import json
import logging
import pickle
from typing import Any, Literal

import pytest

from flat_api.decoding import WrongShapeError, decode
from flat_api.model import UNSET, Model, UnsetType
from flat_api.one_of import OneOf


class Cat(Model, kw_only=True):
    pet_kind: Literal["cat"] | str
    lives: int
    name: str | None = None


class Manual(Model, kw_only=True):
    pet_kind: Literal["robot"] | str
    id: str
    mode: Literal["manual"] | str | None = None
    serial_number: str | None = None


class Dynamic(Model, kw_only=True):
    pet_kind: Literal["robot"] | str
    id: str
    mode: Literal["dynamic"] | str | None = None
    serial_number: str | None = None
    web_address: str | None = None


class Robot(OneOf):
    """No discriminator: the listed value of `mode` tells the two apart."""

    @classmethod
    def variants(cls) -> dict[str, Any]:
        return {"Manual": Manual, "Dynamic": Dynamic}


class Pet(OneOf):
    """A discriminator, and a family inside."""

    discriminator = "petKind"

    @classmethod
    def variants(cls) -> dict[str, Any]:
        return {"cat": Cat, "robot": Robot}


class Blank(Model, kw_only=True):
    builder_data: str
    title: str


class Import(Model, kw_only=True):
    data: str
    title: str | UnsetType = UNSET
    file_name: str | UnsetType = UNSET


class Creation(OneOf):
    """No discriminator: required fields tell the two apart."""

    @classmethod
    def variants(cls) -> dict[str, Any]:
        return {"Blank": Blank, "Import": Import}


class Task(Model, kw_only=True):
    title: str
    steps: list[str]
    points: int | None = None


class Folder(Model, kw_only=True):
    """Everything is optional: any object fits."""

    title: str | None = None
    count: int | None = None


class Resource(OneOf):
    @classmethod
    def variants(cls) -> dict[str, Any]:
        return {"Task": Task, "Folder": Folder}


class Owner(Model, kw_only=True):
    pet: Pet
    pets: list[Pet] | None = None
    by_name: dict[str, Pet] | None = None
    resource: Resource | None = None


CHOICES: list[tuple[Any, dict[str, Any], type[Model]]] = [
    (Pet, {"petKind": "cat", "lives": 9}, Cat),
    (Pet, {"petKind": "robot", "id": "r", "mode": "manual"}, Manual),
    (Pet, {"petKind": "robot", "id": "r", "mode": "dynamic"}, Dynamic),
    (Pet, {"petKind": "robot", "id": "r", "webAddress": "w"}, Dynamic),
    (Pet, {"petKind": "robot", "id": "r", "mode": "unheard of"}, Manual),
    (Pet, {"petKind": "lion", "lives": 1}, Cat),
    (Pet, {"petKind": "android", "id": "r", "mode": "dynamic"}, Dynamic),
    (Creation, {"builderData": "b", "title": "t"}, Blank),
    (Creation, {"data": "d", "title": "t"}, Import),
    (Creation, {"data": "d", "fileName": "f"}, Import),
    (Resource, {"title": "t", "steps": []}, Task),
    (Resource, {"title": "t"}, Folder),
    (Resource, {}, Folder),
]


@pytest.mark.parametrize(("family", "plain", "model"), CHOICES)
def test_the_fields_choose_the_model(family: Any, plain: dict[str, Any], model: type[Model]) -> None:
    chosen = family.from_dict(plain)
    assert type(chosen) is model
    assert chosen.to_dict() == plain
    assert family(plain) == family.from_json(json.dumps(plain)) == decode(json.dumps(plain).encode(), lambda: family)
    assert family.from_dict(chosen) is family(chosen) is chosen
    assert isinstance(chosen, family)


def test_keywords_make_the_model_that_takes_them() -> None:
    assert Pet(pet_kind="cat", lives=9) == Cat(pet_kind="cat", lives=9)
    assert Pet(pet_kind="robot", id="r", mode="dynamic") == Dynamic(pet_kind="robot", id="r", mode="dynamic")
    assert Creation(data="d", title="t") == Import(data="d", title="t")
    assert Creation(builder_data="b", title="t") == Blank(builder_data="b", title="t")


def test_a_request_takes_the_form_that_is_complete() -> None:
    assert Creation.choose({"builderData": "b", "title": "t", "fileName": "f", "dataEncoding": "x"}) is Blank


def test_python_names_choose_too() -> None:
    assert Pet.from_dict({"pet_kind": "robot", "id": "r", "web_address": "w"}) == Dynamic(
        pet_kind="robot", id="r", web_address="w"
    )


def test_nothing_given_is_none() -> None:
    assert Pet.from_dict(None) is None
    assert Pet.from_json("null") is None


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (
            Creation,
            "Creation needs the fields of one of its forms: Blank(builder_data=..., title=...) or Import(data=...).",
        ),
        (lambda: Creation({"title": "t"}), "Creation needs the fields of one of its forms"),
        (lambda: Creation(Import(data="d"), title="t"), "Creation(...) takes one ready object or keywords, not both."),
        (lambda: Creation(Folder()), "Creation takes one of its forms or a dict, not Folder."),
        (lambda: Creation("text"), "Creation takes one of its forms or a dict, not str."),
        (lambda: Creation.from_dict([1]), "Creation takes one of its forms or a dict, not list."),
        (lambda: Creation.from_json("5"), "Creation takes one of its forms or a dict, not int."),
        (lambda: Creation(data="d", colour="red"), "'colour'"),
        (lambda: Pet(pet_kind="cat"), "Missing required argument 'lives'"),
    ],
)
def test_a_wrong_use_gets_one_sentence(make: Any, sentence: str) -> None:
    with pytest.raises(TypeError) as caught:
        make()
    assert sentence in str(caught.value)


def test_families_hold_their_variants_and_nothing_else() -> None:
    manual = Manual(pet_kind="robot", id="r")
    assert isinstance(manual, Robot)
    assert isinstance(manual, Pet)
    assert not isinstance(manual, Creation)
    assert not isinstance({"data": "d"}, Creation)


def test_variants_are_copied_and_pickled_as_themselves() -> None:
    cat = Pet(pet_kind="cat", lives=9)
    assert pickle.loads(pickle.dumps(cat)) == copy.deepcopy(cat) == cat


def test_families_are_read_wherever_they_stand() -> None:
    cat, robot = {"petKind": "cat", "lives": 9}, {"petKind": "robot", "id": "r", "mode": "dynamic"}
    plain = {"pet": cat, "pets": [robot, cat], "byName": {"a b": robot}, "resource": {"title": "t", "steps": ["s"]}}
    owner = decode(json.dumps(plain).encode(), lambda: Owner)
    assert [type(pet) for pet in (owner.pet, *owner.pets, *owner.by_name.values())] == [Cat, Dynamic, Cat, Dynamic]
    assert type(owner.resource) is Task
    assert owner == Owner.from_dict(plain) == Owner.from_dict(owner.to_dict())


def test_ready_members_inside_plain_data_are_taken_as_they_are(caplog: pytest.LogCaptureFixture) -> None:
    cat = Cat(pet_kind="cat", lives=9)
    with caplog.at_level(logging.DEBUG, "flat_api"):
        owner = Owner.from_dict({"pet": cat, "pets": [cat, {"petKind": "cat", "lives": 1}]})
    assert owner == Owner(pet=cat, pets=[cat, Cat(pet_kind="cat", lives=1)])
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("plain", "kept"),
    [
        ({"petKind": "cat", "lives": "many"}, Cat(pet_kind="cat", lives="many")),  # type: ignore[arg-type]
        ({"petKind": "cat"}, Cat(pet_kind="cat", lives=None)),  # type: ignore[arg-type]
        ({"petKind": None, "lives": 2}, Cat(pet_kind=None, lives=2)),  # type: ignore[arg-type]
        ({"lives": 2}, Cat(pet_kind=None, lives=2)),  # type: ignore[arg-type]
        ({"petKind": "robot", "mode": "dynamic"}, Dynamic(pet_kind="robot", id=None, mode="dynamic")),  # type: ignore[arg-type]
        ({"petKind": "fish", "fins": 2}, {"petKind": "fish", "fins": 2}),
        ({"petKind": "fish", "name": "Wanda"}, {"petKind": "fish", "name": "Wanda"}),
        ({"petKind": [], "fins": 2}, {"petKind": [], "fins": 2}),
        ({"fins": 2}, {"fins": 2}),
        ({}, {}),
        ("cat", "cat"),
        (None, None),
        ([], []),
    ],
)
def test_an_odd_answer_is_read_as_far_as_it_goes(plain: Any, kept: Any) -> None:
    good = {"petKind": "cat", "lives": 9}
    body = json.dumps({"pet": plain, "pets": [plain, good], "byName": {"a": plain}}).encode()
    owner = decode(body, lambda: Owner)
    assert (owner.pet, owner.pets[0], owner.by_name["a"]) == (kept, kept, kept)
    assert owner.pets[1] == Cat(pet_kind="cat", lives=9)
    assert Owner.from_dict(owner.to_dict()) == owner


def test_a_missing_field_does_not_turn_an_answer_into_another_form() -> None:
    body = b'{"pet":{"petKind":"cat","lives":9},"resource":{"title":"t","points":3}}'
    assert decode(body, lambda: Owner).resource == Task(title="t", steps=None, points=3)  # type: ignore[arg-type]


def test_a_new_listed_value_does_not_turn_an_answer_into_another_form() -> None:
    plain = {"petKind": "robot", "id": "r", "mode": "hybrid", "webAddress": "w", "serialNumber": "n"}
    assert type(Pet.from_dict(plain)) is Dynamic


def test_strict_decoding_says_where_a_family_is_odd() -> None:
    body = b'{"pet":{"petKind":"cat","lives":"many"}}'
    with pytest.raises(WrongShapeError, match=r"Expected `int`, got `str` - at `\$\.lives` - at `\$\.pet`"):
        decode(body, lambda: Owner, strict=True)
