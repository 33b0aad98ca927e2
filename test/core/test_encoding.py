"""What goes out as the body: exactly what was passed, complete, or a refusal in one clear sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from flat_api.encoding import encode_body
from flat_api.exceptions import ApiTypeError, ApiValueError
from flat_api.model import UNSET, Base64, Model, OpenStrEnum, UnsetType
from flat_api.one_of import OneOf
from flat_api.operation import Operation


class Privacy(OpenStrEnum):
    PRIVATE = "private"


class Credit(Model, kw_only=True):
    full_name: str


class Edit(Model, kw_only=True):
    title: str | UnsetType = UNSET
    sub_title: str | UnsetType | None = UNSET
    privacy: Privacy | UnsetType = UNSET
    main_credit: Credit | UnsetType = UNSET
    all_credits: list[Credit] | UnsetType = UNSET
    max_points: int | float | UnsetType | None = UNSET
    due_date: datetime | UnsetType = UNSET
    cover: Base64 | UnsetType = UNSET


class Blank(Model, kw_only=True):
    builder_data: dict[str, Any]
    title: str


class Import(Model, kw_only=True):
    data: str
    title: str | UnsetType = UNSET


class Creation(OneOf):
    @classmethod
    def variants(cls) -> dict[str, Any]:
        return {"Blank": Blank, "Import": Import}


def encoded(
    body: Any, expected: Callable[[], Any] | None = lambda: Edit, media_type: str = "application/json"
) -> bytes:
    operation: Operation[Any] = Operation("edit", "PUT", "/x", body=expected, content_types=(media_type,))
    sent = encode_body(operation, body, media_type)
    assert isinstance(sent, bytes)
    return sent


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        (Edit(), {}),
        (Edit(title="t"), {"title": "t"}),
        (Edit(sub_title=None), {"subTitle": None}),
        (Edit(sub_title=UNSET), {}),
        (Edit(title=""), {"title": ""}),
        (Edit(max_points=0), {"maxPoints": 0}),
        (Edit(privacy=Privacy("secret")), {"privacy": "secret"}),
        (Edit(main_credit=Credit(full_name="é")), {"mainCredit": {"fullName": "é"}}),
        (Edit(all_credits=[]), {"allCredits": []}),
        (Edit(due_date=datetime(2026, 3, 14, tzinfo=UTC)), {"dueDate": "2026-03-14T00:00:00Z"}),
        (Edit(cover=b"\x00\xff"), {"cover": "AP8="}),
        (Edit(cover="AP8="), {"cover": "AP8="}),
        ({}, {}),
        ({"sub_title": None, "title": "t"}, {"subTitle": None, "title": "t"}),
        ({"subTitle": "s", "unknown_key": [1]}, {"subTitle": "s", "unknown_key": [1]}),
        ({"main_credit": Credit(full_name="a")}, {"mainCredit": {"fullName": "a"}}),
        (
            {"all_credits": ({"full_name": "a"}, {"fullName": "b"})},
            {"allCredits": [{"fullName": "a"}, {"fullName": "b"}]},
        ),
        ({"privacy": Privacy.PRIVATE, "cover": b"\x00"}, {"privacy": "private", "cover": "AA=="}),
        ({"max_points": 10**30}, {"maxPoints": 10**30}),
        ({"title": "\ud83c"}, {"title": "\ud83c"}),
    ],
)
def test_absent_null_and_a_value_are_three_things(body: Any, sent: dict[str, Any]) -> None:
    assert json.loads(encoded(body)) == sent


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        ({"data": "x", "title": "t"}, {"data": "x", "title": "t"}),
        ({"builder_data": {"a_b": 1}, "title": "t"}, {"builderData": {"a_b": 1}, "title": "t"}),
        (Import(data="x"), {"data": "x"}),
        (Creation(data="x", title="t"), {"data": "x", "title": "t"}),
    ],
)
def test_a_form_of_a_family_arrives_complete(body: Any, sent: dict[str, Any]) -> None:
    assert json.loads(encoded(body, lambda: Creation)) == sent


@pytest.mark.parametrize(
    ("body", "expected", "sentence"),
    [
        ({"main_credit": {}}, Edit, "edit: Credit needs 'fullName'."),
        ({"all_credits": [{"full_name": "a"}, {"name": "b"}]}, Edit, "edit: Credit needs 'fullName'."),
        ({}, Blank, "edit: Blank needs 'builderData', 'title'."),
        (
            {"title": "t"},
            Creation,
            "edit: Creation needs the fields of one of its forms: "
            "Blank(builder_data=..., title=...) or Import(data=...).",
        ),
        ({"max_points": float("nan")}, Edit, "edit: NaN and infinity have no JSON form."),
        (Edit(max_points=float("-inf")), Edit, "edit: NaN and infinity have no JSON form."),
    ],
)
def test_a_body_that_cannot_be_right_is_refused(body: Any, expected: Any, sentence: str) -> None:
    with pytest.raises(ApiValueError) as caught:
        encoded(body, lambda: expected)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("body", ["{}", 5, [{}], {1, 2}, object(), UNSET])
def test_what_is_neither_model_nor_dict_is_refused(body: Any) -> None:
    with pytest.raises(ApiTypeError, match=f"edit: the body must be a model or a dict, not {type(body).__name__}"):
        encoded(body)


def test_a_list_is_a_body_where_the_contract_says_so() -> None:
    assert (
        encoded([{"full_name": "a"}, Credit(full_name="b")], lambda: list[Credit])
        == b'[{"fullName":"a"},{"fullName":"b"}]'
    )
    with pytest.raises(ApiTypeError, match="must be a list, not dict"):
        encoded({}, lambda: list[Credit])


@pytest.mark.parametrize("value", [object(), {(1, 2): 3}, open])
def test_what_has_no_json_form_is_refused(value: Any) -> None:
    with pytest.raises(ApiTypeError, match=r"edit: dict cannot be written as JSON"):
        encoded({"title": value})


def test_a_body_that_contains_itself_is_refused() -> None:
    body: dict[str, Any] = {}
    body["title"] = body
    with pytest.raises(ApiValueError, match="nested too deeply, or contains itself"):
        encoded(body)


@pytest.mark.parametrize("body", [b"\x00\xff", bytearray(b"\x00\xff"), memoryview(b"\x00\xff")])
@pytest.mark.parametrize("media_type", ["application/json", "application/octet-stream"])
def test_bytes_go_out_as_they_are(body: Any, media_type: str) -> None:
    assert encoded(body, media_type=media_type) == b"\x00\xff"


@pytest.mark.parametrize("media_type", ["application/JSON; charset=utf-8", "application/vnd.flat+json"])
def test_every_json_media_type_is_json(media_type: str) -> None:
    assert encoded({"sub_title": "é"}, media_type=media_type) == '{"subTitle":"é"}'.encode()


def test_another_media_type_takes_text_or_bytes() -> None:
    assert encoded("é", media_type="text/plain") == "é".encode()
    with pytest.raises(ApiTypeError, match="edit sends text/plain: pass the body as bytes, not Edit"):
        encoded(Edit(), media_type="text/plain")
    with pytest.raises(ApiValueError, match=r"^edit: "):
        encoded("\ud800", media_type="text/plain")


def test_without_a_type_any_plain_data_is_sent() -> None:
    assert encoded({"a_b": [1, None]}, None) == b'{"a_b":[1,null]}'
