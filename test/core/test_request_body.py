"""Which body a request gets, and of which media type."""

from __future__ import annotations

from typing import Any

import pytest

from flat_api.exceptions import ApiTypeError, ApiValueError
from flat_api.operation import Operation
from flat_api.request import Host, Request, build

HOST = Host("https://api.example", "/v2")


def request(body: Any, *, content_type: str | None = None, **contract: Any) -> Request:
    operation: Operation[Any] = Operation("edit", "PUT", "/scores", **contract)
    return build(operation, (), body, host=HOST, headers={}, content_type=content_type)


def test_the_first_media_type_is_sent() -> None:
    sent = request({"a": 1}, content_types=("application/json", "text/plain"))
    assert (sent.headers["Content-Type"], sent.body) == ("application/json", b'{"a":1}')


def test_the_caller_may_choose_another_media_type() -> None:
    sent = request("été", content_type="text/plain; charset=utf-8", content_types=("application/json",))
    assert sent.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert sent.body == "été".encode()


def test_no_body_means_no_media_type() -> None:
    sent = request(None, content_types=("application/json",))
    assert (sent.headers, sent.body) == ({}, None)


def test_a_required_body_must_be_given() -> None:
    with pytest.raises(ApiValueError, match="edit needs a body"):
        request(None, content_types=("application/json",), body_required=True)


def test_an_empty_dict_is_a_body() -> None:
    assert request({}, content_types=("application/json",), body_required=True).body == b"{}"


def test_a_body_that_could_not_be_sent_is_not_swallowed() -> None:
    with pytest.raises(ApiTypeError, match="edit takes no body"):
        request({"a": 1})


def test_a_media_type_cannot_break_the_line() -> None:
    with pytest.raises(ApiValueError, match="Content-Type contains a line break"):
        request(b"x", content_type="text/plain\r\nX: y")
