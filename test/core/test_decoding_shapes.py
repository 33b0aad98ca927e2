"""The wrong shape altogether is a WrongShapeError that says in one line what came instead."""

from __future__ import annotations

from typing import Any

import pytest

from flat_api.decoding import WrongShapeError, decode
from flat_api.model import Model
from flat_api.one_of import OneOf


class User(Model, kw_only=True):
    id: str
    replies: list[User] | None = None


class Family(OneOf):
    @classmethod
    def variants(cls) -> dict[str, Any]:
        return {"User": User}


NO_JSON: list[tuple[bytes, str]] = [
    (b"", "The answer has no body where JSON belongs."),
    (b" \r\n\t", "The answer has no body where JSON belongs."),
    (b"<!DOCTYPE html><html>busy</html>", "The answer is HTML or XML, not JSON."),
    (b"\n <html>", "The answer is HTML or XML, not JSON."),
    (b"upstream timed out", "The answer is not JSON: "),
    (b'{"id":"u"', "The answer is not JSON: "),
    (b'{"id":"u"} {', "The answer is not JSON: "),
    (b'[{"id":"u"}', "The answer is not JSON: "),
    (b'[{"id":"\xff"}]', "The answer is not JSON: "),
    (b'{"id":"\xff"}', "The answer is not JSON: "),
    (b"{'id':'u'}", "The answer is not JSON: "),
    (b'{"id":NaN}', "The answer is not JSON: "),
    (b'[{"id":"u","replies":-Infinity}]', "The answer is not JSON: "),
    (b'{"id":"a\nb"}', "The answer is not JSON: "),
    (b"\x00", "The answer is not JSON: "),
    (b"\x1f\x8b\x08\x00", "The answer is not JSON: "),
    (b"[" * 100_000, "The answer is nested too deeply."),
    (b'{"id":' * 100_000, "The answer is nested too deeply."),
]


@pytest.mark.parametrize("expected", [User, list[User], Family, dict[str, User], int, Any])
@pytest.mark.parametrize(("body", "sentence"), NO_JSON)
def test_a_body_that_is_no_json(body: bytes, sentence: str, expected: Any) -> None:
    with pytest.raises(WrongShapeError) as caught:
        decode(body, lambda: expected)
    assert str(caught.value).startswith(sentence)
    assert "\n" not in str(caught.value)
    with pytest.raises(WrongShapeError):
        decode(body, lambda: expected, strict=True)


@pytest.mark.parametrize(
    ("body", "expected", "sentence"),
    [
        (b"[]", User, "The answer is a list, not an object."),
        (b"null", User, "The answer is null, not an object."),
        (b'"<html>"', User, "The answer is a text, not an object."),
        (b"5", User, "The answer is a number, not an object."),
        (b"5.5", User, "The answer is a number, not an object."),
        (b"false", User, "The answer is a truth value, not an object."),
        (b"[{}]", Family, "The answer is a list, not an object."),
        (b"{}", list[User], "The answer is an object, not a list."),
        (b"null", list[User], "The answer is null, not a list."),
        (b'{"items":[]}', list[User], "The answer is an object, not a list."),
        (b"[]", dict[str, Any], "The answer is a list, not an object."),
        (b'{"count":5}', int, "The answer is an object, not a number."),
        (b"[5]", str, "The answer is a list, not a text."),
    ],
)
def test_another_shape_altogether(body: bytes, expected: Any, sentence: str) -> None:
    with pytest.raises(WrongShapeError) as caught:
        decode(body, lambda: expected)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("body", "expected", "value"),
    [
        (b"[]", list[User], []),
        (b"{}", dict[str, User], {}),
        (b'{"a":{"id":"u"}}', dict[str, User], {"a": User(id="u")}),
        (b'{"a":5}', dict[str, User], {"a": 5}),
        (b"5", int, 5),
        (b'"5"', int, "5"),
        (b"null", int, None),
        (b"[1]", Any, [1]),
        (b"null", Any, None),
    ],
)
def test_a_single_value_may_be_odd_like_any_field(body: bytes, expected: Any, value: Any) -> None:
    assert decode(body, lambda: expected) == value


def test_an_object_of_no_known_form_is_kept() -> None:
    assert decode(b'{"strange":1}', lambda: Family) == {"strange": 1}


def test_an_odd_value_too_deep_to_reach_is_a_wrong_shape() -> None:
    depth = 900
    body = b'{"id":"u","replies":[' * depth + b'{"id":5}' + b"]}" * depth
    with pytest.raises(WrongShapeError, match="nested too deeply"):
        decode(body, lambda: User)
