"""What is read of an error answer: as much as there is, whatever its body looks like."""

from __future__ import annotations

import json
from typing import Any

import pytest
from urllib3 import HTTPHeaderDict

from flat_api.exceptions import (
    ApiException,
    ForbiddenException,
    NotFoundException,
    RateLimitException,
    from_response,
    retry_after,
    whole_number,
)

NOW = 1_000_000.0
CODE = b'"code":"API_RATE_LIMIT_EXCEEDED"'


def error_of(status: int, body: bytes = b"", *, scopes: tuple[str, ...] = (), **headers: str) -> ApiException:
    named = HTTPHeaderDict({name.replace("_", "-"): value for name, value in headers.items()})
    return from_response(status, "Reason", named, body, method="GET", path="/v2/x", now=NOW, scopes=scopes)


def limited(**headers: str) -> RateLimitException:
    error = error_of(403, b"{%s}" % CODE, **headers)
    assert isinstance(error, RateLimitException)
    return error


def test_every_field_of_the_body_is_an_attribute() -> None:
    plain = {"code": "NOT_FOUND", "message": "Nö.", "id": "r-1", "param": "score", "more": [1]}
    error = error_of(404, json.dumps(plain, ensure_ascii=False).encode(), X_Request="a")
    assert (error.code, error.message, error.request_id, error.param) == ("NOT_FOUND", "Nö.", "r-1", "score")
    assert (error.data, json.loads(error.body or ""), error.headers) == (plain, plain, {"X-Request": "a"})


@pytest.mark.parametrize(
    ("body", "message", "code"),
    [
        (b"", "Reason", None),
        (b"   ", "Reason", None),
        (b"<html><body>Bad gateway</body></html>", "Reason", None),
        (b"  \n<!DOCTYPE html>", "Reason", None),
        (b"busy,\n try later", "busy, try later", None),
        (b"gone \xff\xfe\xe9", "gone \ufffd\ufffd\ufffd", None),
        (b'{"code":"X","message":"caf\xe9"}', "caf\ufffd", "X"),
        (b'\xef\xbb\xbf{"code":"X","message":"m"}', "m", "X"),
        (b"[]", "Reason", None),
        (b'[{"code":"X"}]', "Reason", None),
        (b"null", "Reason", None),
        (b'"text"', "Reason", None),
        (b"42", "Reason", None),
        (b"{}", "Reason", None),
        (b'{"code":5,"message":{"a":1},"id":[],"param":null}', "Reason", None),
        (b'{"code":"","message":""}', "Reason", None),
        (b'{"code":"X","message":"cut he', '{"code":"X","message":"cut he', "X"),
        (b'{"code":"X","message":"whole","id":"r","stack":"...', "whole", "X"),
        (b'{"code":"X","message":"whole","details":[{"code":"Y"', "whole", "X"),
        (b'{"a":' * 10_000, ('{"a":' * 100)[:500], None),
        (b"[" * 100_000, "[" * 500, None),
        (b"x" * 1_000_000, "x" * 500, None),
        (b'{"code":"X","message":"%s"}' % (b"m" * 1_000_000), "m" * 1_000_000, "X"),
        (b'{"n":%s}' % (b"9" * 5000), ('{"n":' + "9" * 5000)[:500], None),
    ],
)
@pytest.mark.parametrize("status", [404, 500])
def test_an_odd_body_still_gives_the_right_class(body: bytes, message: str, code: str | None, status: int) -> None:
    error = error_of(status, body)
    assert type(error) is type(error_of(status))
    assert (error.message, error.code, error.status) == (message, code, status)
    assert error.body == body.decode("utf-8-sig", "replace")
    assert len(str(error)) < 2000
    assert "\n" not in str(error)


def test_a_page_of_html_is_kept_but_not_shown() -> None:
    error = error_of(502, b"<html>secret details</html>")
    assert (str(error), error.body) == ("502 Reason (GET /v2/x)", "<html>secret details</html>")


def test_a_refusal_names_the_scopes_that_would_do() -> None:
    error = error_of(403, b'{"message":"Forbidden."}', scopes=("scores", "scores.readonly"))
    assert type(error) is ForbiddenException
    assert error.message == "Forbidden. The call needs one of the scopes scores, scores.readonly."
    assert error_of(404, b"", scopes=("scores",)).message == "Reason"


def test_the_code_makes_a_403_a_rate_limit() -> None:
    error = limited(X_RateLimit_Limit="7200", X_RateLimit_Remaining="-3", X_RateLimit_Reset=f"{NOW + 60:.0f}")
    assert (error.limit, error.remaining, error.reset, error.retry_after) == (7200, -3, NOW + 60, 60.0)
    assert str(error) == ("403 Reason: The limit resets in 60 s. (code API_RATE_LIMIT_EXCEEDED, GET /v2/x)")


def test_a_cut_body_with_the_code_is_a_rate_limit_too() -> None:
    assert isinstance(error_of(403, b"{%s," % CODE), RateLimitException)


def test_a_429_is_a_rate_limit_without_any_code() -> None:
    error = error_of(429, b"", Retry_After="7")
    assert isinstance(error, RateLimitException)
    assert (error.reset, error.retry_after) == (None, 7.0)


@pytest.mark.parametrize("status", [403, 404])
def test_other_refusals_are_no_rate_limit(status: int) -> None:
    error = error_of(status, b'{"code":"OTHER"}', X_RateLimit_Reset="5")
    assert type(error) in (ForbiddenException, NotFoundException)
    assert not hasattr(error, "retry_after")


def test_the_clock_of_the_server_counts() -> None:
    error = limited(X_RateLimit_Reset="1800000060", Date="Fri, 15 Jan 2027 08:00:00 GMT")
    assert error.retry_after == 60.0


def test_a_reset_that_is_over_means_no_wait() -> None:
    assert limited(X_RateLimit_Reset="5").retry_after == 0.0


@pytest.mark.parametrize("garbage", ["", "soon", "1e9", "1_000", "٣", "9" * 400, "0x10", "nan", "5 6"])
def test_garbage_in_the_limit_is_ignored(garbage: str) -> None:
    error = limited(X_RateLimit_Reset=garbage, X_RateLimit_Limit=garbage, X_RateLimit_Remaining=garbage)
    assert (error.limit, error.remaining, error.reset, error.retry_after) == (None, None, None, None)


@pytest.mark.parametrize("date", ["", "yesterday", "Fri, 99 Jan 2027 08:00:00 GMT", "-1"])
def test_garbage_in_the_date_is_ignored(date: str) -> None:
    assert limited(X_RateLimit_Reset=f"{NOW + 5:.0f}", Date=date).retry_after == 5.0


@pytest.mark.parametrize(("text", "number"), [("5", 5), (" -7 ", -7), ("0", 0), (None, None), ("5.0", None)])
def test_whole_numbers(text: str | None, number: int | None) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        (" 120 ", 120.0),
        ("Mon, 12 Jan 1970 13:47:40 GMT", 60.0),
        ("Mon, 12 Jan 1970 13:00:00 GMT", 0.0),
        ("", None),
        ("-5", None),
        ("5.5", None),
        ("soon", None),
        ("٣", None),
        ("Mon, 99 Jan 1970 13:47:40 GMT", None),
    ],
)
def test_retry_after_in_seconds_or_as_a_date(value: str, seconds: float | None) -> None:
    assert retry_after({"Retry-After": value}, NOW) == seconds


@pytest.mark.parametrize("headers", [None, {}])
def test_without_retry_after_there_is_none(headers: Any) -> None:
    assert retry_after(headers, NOW) is None
