"""ApiResponse, Page and RateLimit: plain carriers that print, copy and pickle whole."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from urllib3 import HTTPHeaderDict

from flat_api.api_response import ApiResponse, Page
from flat_api.operation import Operation
from flat_api.rate_limits import RateLimit

COPIES: list[Callable[[Any], Any]] = [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))]


@pytest.mark.parametrize("copied", COPIES)
def test_a_page_is_a_list_that_copies_whole(copied: Callable[[Any], Any]) -> None:
    page = Page(["a"], "n", "p", "u")
    other = copied(page)
    assert page == ["a"]
    assert (other, other.next_cursor, other.previous_cursor, other.next_url) == (page, "n", "p", "u")
    assert type(other) is Page


def test_an_empty_page_has_no_neighbors() -> None:
    page: Page[str] = Page()
    assert (page, page.next_cursor, page.previous_cursor, page.next_url) == ([], None, None, None)


@pytest.mark.parametrize("copied", COPIES)
def test_a_response_copies_whole(copied: Callable[[Any], Any]) -> None:
    other = copied(ApiResponse(Page(["a"], "n"), 200, HTTPHeaderDict({"X-A": "b"}), b"raw"))
    assert (other.data, other.data.next_cursor, other.status_code, other.raw_data) == (["a"], "n", 200, b"raw")
    assert other.headers["x-a"] == "b"


def test_a_response_shows_its_data_but_no_headers() -> None:
    response = ApiResponse({"a": 1}, 200, {"Set-Cookie": "secret"}, b"secret")
    assert repr(response) == "ApiResponse(status_code=200, data={'a': 1})"


def test_a_rate_limit_is_a_tuple_with_names() -> None:
    assert RateLimit(10, -1, 5) == (10, -1, 5)
    assert repr(RateLimit(10, None, 5)) == "RateLimit(limit=10, remaining=None, reset=5)"


def test_an_operation_says_what_it_is() -> None:
    assert repr(Operation("getScore", "GET", "/scores/{score}")) == "<Operation getScore: GET /scores/{score}>"
