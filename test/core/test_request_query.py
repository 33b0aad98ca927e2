"""Query and header parameters: what is passed is what is sent; what cannot travel is refused."""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl

import pytest

from flat_api.exceptions import ApiTypeError, ApiValueError
from flat_api.model import OpenStrEnum
from flat_api.operation import Operation, Parameter
from flat_api.request import Host, Request, build

HOST = Host("https://api.example", "/v2")


class Role(OpenStrEnum):
    TEACHER = "teacher"


class Plain(enum.Enum):
    TEACHER = "teacher"


def request(parameter: Parameter, value: Any) -> Request:
    operation: Operation[Any] = Operation("list", "GET", "/list", parameters=(parameter,))
    return build(operation, (value,), None, host=HOST, headers={"Accept": "*/*"})


def query(value: Any, *, name: str = "q", explode: bool = True) -> str:
    return request(Parameter("query", name, explode=explode), value).target.partition("?")[2]


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (None, ""),
        ("", "q="),
        ("a b", "q=a%20b"),
        ("a&b=c", "q=a%26b%3Dc"),
        ("a+b", "q=a%2Bb"),
        ("%3D", "q=%253D"),
        ("a#b?c/d", "q=a%23b%3Fc%2Fd"),
        ("é", "q=%C3%A9"),
        (True, "q=true"),
        (False, "q=false"),
        (0, "q=0"),
        (-7, "q=-7"),
        (2**70, f"q={2**70}"),
        (1.5, "q=1.5"),
        (Role.TEACHER, "q=teacher"),
        (Role("head"), "q=head"),
        (date(2026, 3, 14), "q=2026-03-14"),
        (datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC), "q=2026-03-14T09%3A26%3A53Z"),
        (datetime(2026, 3, 14, tzinfo=timezone(timedelta(hours=2))), "q=2026-03-14T00%3A00%3A00%2B02%3A00"),
        (["a", "b"], "q=a&q=b"),
        (("a,b", 1), "q=a%2Cb&q=1"),
        ([], ""),
    ],
)
def test_a_value_as_it_travels(value: Any, sent: str) -> None:
    assert query(value) == sent


@pytest.mark.parametrize(("value", "sent"), [(["a", "b,c"], "q=a,b%2Cc"), ("a", "q=a"), ([], "")])
def test_a_list_without_explode_is_joined_with_commas(value: Any, sent: str) -> None:
    assert query(value, explode=False) == sent


def test_the_name_is_escaped_too() -> None:
    assert query("x", name="a&b[]") == "a%26b%5B%5D=x"


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\n", "\0", ["fine", "a\nb"], "\udc00"])
def test_line_breaks_and_nul_are_refused(value: Any) -> None:
    with pytest.raises(ApiValueError, match="'q' contains"):
        query(value)


@pytest.mark.parametrize("value", [b"a", {"a": 1}, [None], [["a"]], object(), Plain.TEACHER])
def test_what_is_no_text_is_refused(value: Any) -> None:
    with pytest.raises(ApiTypeError, match="'q' must be text, a number, a date or a list of them"):
        query(value)


def test_a_required_parameter_must_be_given() -> None:
    with pytest.raises(ApiValueError, match="list needs a value for 'q'"):
        request(Parameter("query", "q", required=True), None)


def test_parameters_keep_their_order_and_nothing_is_added() -> None:
    names = ("limit", "next", "previous", "sort")
    parameters = tuple(Parameter("query", name) for name in names)
    operation: Operation[Any] = Operation("list", "GET", "/list", parameters=parameters)
    sent = build(operation, (50, "a=b", None, "date"), None, host=HOST, headers={}).target
    assert parse_qsl(sent.partition("?")[2]) == [("limit", "50"), ("next", "a=b"), ("sort", "date")]


def test_a_header_parameter_travels_as_a_header() -> None:
    assert request(Parameter("header", "X-Flat-Locale"), " fr ").headers["X-Flat-Locale"] == "fr"
    assert request(Parameter("header", "X-Flat-Locale"), ["fr", "en"]).headers["X-Flat-Locale"] == "fr,en"
    assert "X-Flat-Locale" not in request(Parameter("header", "X-Flat-Locale"), None).headers


def test_a_header_parameter_cannot_break_the_line() -> None:
    with pytest.raises(ApiValueError) as caught:
        request(Parameter("header", "X-Flat-Locale"), "fr\r\nSecret: 1")
    assert "Secret" not in str(caught.value)


def test_headers_of_the_caller_are_not_changed() -> None:
    headers = {"Accept": "*/*"}
    operation: Operation[Any] = Operation("list", "GET", "/list", accept=("application/json", "text/csv"))
    sent = build(operation, (), None, host=HOST, headers=headers)
    assert sent.headers == {"Accept": "*/*"}
    assert build(operation, (), None, host=HOST, headers={}).headers == {"Accept": "application/json, text/csv"}
    assert headers == {"Accept": "*/*"}
