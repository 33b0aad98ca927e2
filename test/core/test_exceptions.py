"""The tree of errors: one root, a class per kind of trouble, familiar names, one line, and copies that keep all."""

from __future__ import annotations

import copy
import pickle
import re
from typing import Any

import pytest
from urllib3 import HTTPHeaderDict

from flat_api import errors, exceptions
from flat_api.exceptions import (
    ApiAttributeError,
    ApiException,
    ApiKeyError,
    ApiTypeError,
    ApiValueError,
    BadRequestException,
    ConflictException,
    ConnectionException,
    ForbiddenException,
    InvalidRequestException,
    MalformedResponseException,
    NotFoundException,
    OpenApiException,
    PayloadTooLargeException,
    PaymentRequiredException,
    ProxyException,
    RateLimitException,
    ServiceException,
    TimeoutException,
    TlsException,
    TokenRefreshException,
    TransportException,
    UnauthorizedException,
    UnprocessableEntityException,
    from_response,
)

KINDS: list[type[ApiException]] = [getattr(exceptions, name) for name in exceptions.__all__]


def response_error(status: int, body: bytes = b"", **headers: str) -> ApiException:
    named = HTTPHeaderDict({name.replace("_", "-"): value for name, value in headers.items()})
    return from_response(status, "Reason", named, body, method="GET", path="/v2/x", now=1000.0)


def filled(kind: type[ApiException]) -> ApiException:
    error = kind("message") if issubclass(kind, TransportException) else kind()  # type: ignore[arg-type]
    error.__dict__.update(
        status=404,
        reason="Not Found",
        code="SCORE_NOT_FOUND",
        message="There is none.",
        request_id="r-1",
        param="score",
        headers=HTTPHeaderDict({"X-A": "b"}),
        body='{"a":1}',
        data={"a": 1},
        method="GET",
        path="/v2/scores/x",
    )
    if isinstance(error, RateLimitException):
        error.reset, error.retry_after, error.limit, error.remaining = 5, 1.5, 10, 0
    return error


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn: dict[str, str] = {"ApiException": "Exception"}
    above = ["ApiException"]
    for line in (exceptions.__doc__ or "").splitlines():
        found = re.match(r"^([│ ]*)[├└]── ", line)
        names = re.findall(r"\b[A-Z]\w+(?:Exception|Error)\b", line)
        if found:
            depth = len(found[1]) // 4 + 1
            drawn |= dict.fromkeys(names, above[depth - 1])
            above[depth:] = names[:1]
        elif line.startswith("│") and names:
            drawn |= dict.fromkeys(names, "ApiException")
    real = {kind.__name__: kind.__mro__[1].__name__.replace("_WrongUse", "ApiException") for kind in KINDS}
    assert drawn == real


def test_everything_is_an_api_exception() -> None:
    assert all(issubclass(kind, ApiException) for kind in KINDS)


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (ApiValueError, ValueError),
        (ApiTypeError, TypeError),
        (ApiKeyError, KeyError),
        (ApiAttributeError, AttributeError),
        (ConnectionException, ConnectionError),
        (TimeoutException, TimeoutError),
        (TlsException, ConnectionException),
        (ProxyException, ConnectionException),
        (MalformedResponseException, TransportException),
        (TokenRefreshException, UnauthorizedException),
        (RateLimitException, ForbiddenException),
    ],
)
def test_an_error_is_also_what_python_calls_it(kind: type[ApiException], builtin: type[Exception]) -> None:
    assert issubclass(kind, builtin)


@pytest.mark.parametrize(
    ("alias", "kind"),
    [
        (OpenApiException, ApiException),
        (errors.FlatError, ApiException),
        (errors.FlatAuthenticationError, UnauthorizedException),
        (errors.FlatAuthorizationError, ForbiddenException),
        (errors.FlatNotFoundError, NotFoundException),
        (errors.FlatQuotaError, PaymentRequiredException),
        (errors.FlatRateLimitError, RateLimitException),
        (errors.FlatServerError, ServiceException),
        (errors.FlatValidationError, InvalidRequestException),
    ],
)
def test_familiar_names_are_aliases(alias: type[ApiException], kind: type[ApiException]) -> None:
    assert alias is kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequestException),
        (401, UnauthorizedException),
        (402, PaymentRequiredException),
        (403, ForbiddenException),
        (404, NotFoundException),
        (409, ConflictException),
        (413, PayloadTooLargeException),
        (422, UnprocessableEntityException),
        (429, RateLimitException),
        (500, ServiceException),
        (502, ServiceException),
        (503, ServiceException),
        (504, ServiceException),
        (599, ServiceException),
        (304, ApiException),
        (405, ApiException),
        (418, ApiException),
    ],
)
def test_the_status_gives_the_class(status: int, kind: type[ApiException]) -> None:
    error = response_error(status)
    assert (type(error), error.status, error.reason) == (kind, status, "Reason")
    assert (error.method, error.path) == ("GET", "/v2/x")


def test_str_is_one_helpful_line() -> None:
    error = response_error(
        404, b'{"code":"SCORE_NOT_FOUND","message":"There is no such score.","id":"r-1","param":"score"}'
    )
    assert str(error) == (
        "404 Reason: There is no such score. (code SCORE_NOT_FOUND, parameter score, GET /v2/x, request r-1)"
    )
    assert repr(error) == f"NotFoundException({str(error)!r})"


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ApiException(), ""),
        (ApiException(500), "500"),
        (ApiException(500, "Oops"), "500 Oops"),
        (ApiException(500, "Oops", message="Oops"), "500 Oops"),
        (ApiException(message="Words."), "Words."),
        (ApiException(500, message="Words."), "500: Words."),
        (ApiException(message="Words.", method="GET", path="/x"), "Words. (GET /x)"),
        (ConnectionException("Refused.", method="GET", path="/x"), "Refused. (GET /x)"),
        (ApiKeyError("No 'such' name."), "No 'such' name."),
        (ApiException(500, "a\nb", message="c\r\n\td\x1b[31m\0\u2028e\ud83c"), "500 a b: c d [31m e"),
        (ApiException(message="x" * 10**6), "x" * 500),
        (ApiException(400, code="A\nB", param="\n", request_id="c\nd"), "400 (code A B, parameter , request c d)"),
    ],
)
def test_str_never_breaks_the_line(error: ApiException, line: str) -> None:
    assert str(error) == line
    assert "\n" not in repr(error)
    str(error).encode()


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_has_everything(kind: type[ApiException], copied: Any) -> None:
    error = filled(kind)
    other = copied(error)
    assert type(other) is kind
    assert other.__dict__ == error.__dict__
    assert (str(other), other.args) == (str(error), error.args)
    assert other.headers["x-a"] == "b"


def test_an_error_of_a_response_pickles() -> None:
    error = response_error(403, b'{"code":"API_RATE_LIMIT_EXCEEDED"}', X_RateLimit_Reset="1060")
    other = pickle.loads(pickle.dumps(error))
    assert isinstance(other, RateLimitException)
    assert (other.reset, other.retry_after, other.code, str(other)) == (1060, 60.0, error.code, str(error))


def test_a_transport_error_says_whether_anything_was_sent() -> None:
    error = pickle.loads(pickle.dumps(ConnectionException("Refused.", sent=False, method="GET", path="/x")))
    assert (error.sent, error.message, error.method) == (False, "Refused.", "GET")
    assert ConnectionException("Reset.").sent is True


def test_the_constructor_of_earlier_generations_still_works() -> None:
    class Response:
        status, reason, headers = 404, "Not Found", HTTPHeaderDict({"A": "b"})

    error = NotFoundException(http_resp=Response())
    assert (error.status, error.reason, error.headers) == (404, "Not Found", {"A": "b"})
    error = ApiException(400, "Bad Request", None, "text", {"a": 1})
    assert (error.status, error.reason, error.body, error.data) == (400, "Bad Request", "text", {"a": 1})
    wrong = ApiTypeError("Wrong.", ["a", 0], (str,), True)
    assert (wrong.path_to_item, wrong.valid_classes, wrong.key_type) == (["a", 0], (str,), True)
