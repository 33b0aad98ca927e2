"""What every model can do: construction, comparison, copies, plain data, JSON, and a repr without secrets."""

from __future__ import annotations

import copy
import json
import pickle
from builtins import dict as dict_
from builtins import list as list_
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Literal

import pytest

from flat_api.decoding import decode
from flat_api.model import UNSET, Base64, Model, OpenStrEnum, UnsetType, field


class Privacy(OpenStrEnum):
    PUBLIC = "public"
    PRIVATE = "private"


class User(Model, kw_only=True):
    __secrets__: ClassVar[frozenset[str]] = frozenset({"access_key"})

    user_name: str
    access_key: str | None = None
    is_known: bool | None = None


class Score(Model, kw_only=True):
    id: str
    html_url: str | None
    owner: User
    privacy: Privacy = Privacy.PUBLIC
    kind: Literal["score", "part"] | str | None = None
    tags: list[str] | None = None
    creation_date: datetime | None = None
    day: date | None = None
    size: int | None = None
    cover: Base64 | None = None
    class_: str | None = field(default=None, name="class")


class Edit(Model, kw_only=True):
    title: str | UnsetType = UNSET
    sub_title: str | UnsetType | None = UNSET


class Base(Model, kw_only=True):
    base_id: str


class Middle(Base, kw_only=True):
    middle_name: str | UnsetType = UNSET


class Leaf(Middle, kw_only=True):
    leaf_items: list[Leaf] | None = None


class Shadow(Model, kw_only=True):
    """Its fields are named like the types that annotations use."""

    list: list_[str] | None = None
    dict: dict_[str, int] | None = None
    type: str | None = None


PLAIN: dict[str, Any] = {
    "id": "s",
    "htmlUrl": None,
    "owner": {"userName": "u", "accessKey": "secret"},
    "privacy": "private",
    "kind": "whatever",
    "tags": ["a", "é"],
    "creationDate": "2026-03-14T09:26:53Z",
    "day": "2026-03-14",
    "size": 2**70,
    "cover": "AP8=",
    "class": "c",
}

SCORE = Score(
    id="s",
    html_url=None,
    owner=User(user_name="u", access_key="secret"),
    privacy=Privacy.PRIVATE,
    kind="whatever",
    tags=["a", "é"],
    creation_date=datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC),
    day=date(2026, 3, 14),
    size=2**70,
    cover=b"\x00\xff",
    class_="c",
)


def test_wire_names_and_python_names_make_the_same_model() -> None:
    named = {**PLAIN, "html_url": None, "owner": {"user_name": "u", "access_key": "secret"}, "class_": "c"}
    del named["htmlUrl"], named["class"]
    assert Score.from_dict(PLAIN) == Score.from_dict(named) == Score.from_json(json.dumps(PLAIN)) == SCORE


def test_models_inside_plain_data_are_taken_as_they_are() -> None:
    assert Score.from_dict({**PLAIN, "owner": SCORE.owner}) == SCORE


def test_json_is_what_would_be_sent() -> None:
    assert json.loads(SCORE.to_json()) == PLAIN


def test_plain_data_keeps_dates() -> None:
    assert SCORE.to_dict() == {**PLAIN, "creationDate": SCORE.creation_date, "day": SCORE.day}


def test_every_form_comes_back_the_same() -> None:
    assert Score.from_dict(SCORE.to_dict()) == SCORE
    assert Score.from_json(SCORE.to_json()) == SCORE
    assert Score.from_json(SCORE.to_json().encode()) == SCORE


def test_text_for_reading_shows_the_plain_data() -> None:
    assert User(user_name="u").to_str() == "{'userName': 'u'}"


def test_ready_objects_and_none_pass_through() -> None:
    assert Score.from_dict(SCORE) is SCORE
    assert Score.from_dict(None) is None
    assert Score.from_json("null") is None


@pytest.mark.parametrize("data", [[], "text", 5, SCORE.owner])
def test_what_is_no_mapping_is_refused(data: Any) -> None:
    with pytest.raises(TypeError, match=r"^Score\.from_dict takes a dict, not "):
        Score.from_dict(data)


@pytest.mark.parametrize("text", ["", "{", "<html>", b"\xff", "NaN", "[" * 100_000])
def test_text_that_is_no_json_is_a_value_error(text: Any) -> None:
    with pytest.raises(ValueError, match=r"JSON|nested"):
        Score.from_json(text)


def test_construction_takes_keywords_and_needs_the_required_ones() -> None:
    with pytest.raises(TypeError, match="user_name"):
        User()  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        User("u")  # type: ignore[misc]
    with pytest.raises(TypeError, match="nick"):
        User(user_name="u", nick="n")  # type: ignore[call-arg]


def test_absent_null_and_a_value_differ() -> None:
    assert [Edit().to_dict(), Edit(sub_title=None).to_dict(), Edit(sub_title="s").to_dict()] == [
        {},
        {"subTitle": None},
        {"subTitle": "s"},
    ]
    assert Edit().sub_title is UNSET
    assert Edit.from_dict({"sub_title": None}) == Edit(sub_title=None) != Edit()


def test_an_attribute_may_be_set_and_taken_back() -> None:
    edit = Edit(title="t")
    edit.sub_title = None
    edit.title = UNSET
    assert edit.to_json() == '{"subTitle":null}'


def test_equality_compares_fields_and_type() -> None:
    assert User(user_name="u") == User(user_name="u") != User(user_name="v")
    assert User(user_name="u") != {"userName": "u"}


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
@pytest.mark.parametrize("model", [SCORE, Edit(sub_title=None), Leaf(base_id="b", leaf_items=[Leaf(base_id="c")])])
def test_a_copy_is_equal(model: Model, copied: Any) -> None:
    assert copied(model) == model
    assert type(copied(model)) is type(model)


def test_unset_survives_pickling() -> None:
    assert pickle.loads(pickle.dumps(Edit())).title is UNSET


def test_repr_shows_what_was_set_but_no_secret() -> None:
    assert repr(User(user_name="u")) == "User(user_name='u')"
    shown = repr(SCORE)
    assert "access_key=***" in shown
    assert "secret" not in shown
    assert repr(Edit(sub_title=None)) == "Edit(sub_title=None)"


def test_a_subclass_has_the_fields_and_wire_names_of_its_bases() -> None:
    leaf = Leaf.from_dict({"base_id": "b", "middleName": "m", "leaf_items": [{"baseId": "c"}]})
    assert leaf == Leaf(base_id="b", middle_name="m", leaf_items=[Leaf(base_id="c")])
    assert leaf.to_dict() == {"baseId": "b", "middleName": "m", "leafItems": [{"baseId": "c"}]}
    assert isinstance(leaf, Base)


def test_fields_may_have_the_names_of_types() -> None:
    plain = {"list": ["a"], "dict": {"b": 1}, "type": "t"}
    assert Shadow.from_dict(plain) == decode(json.dumps(plain).encode(), lambda: Shadow)
    assert Shadow(list=["a"], dict={"b": 1}, type="t").to_dict() == plain


def test_plain_data_that_is_odd_is_kept_as_it_came() -> None:
    odd = Score.from_dict({**PLAIN, "size": "big", "owner": 5, "tags": [None]})
    assert odd is not None
    assert (odd.size, odd.owner, odd.tags, odd.id) == ("big", 5, [None], "s")
    assert json.loads(odd.to_json()) == {**PLAIN, "size": "big", "owner": 5, "tags": [None]}
