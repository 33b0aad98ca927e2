"""Every error the SDK raises: one tree under ApiException.

ApiException                             also known as OpenApiException
├── ApiValueError, ApiTypeError,         the request or the configuration cannot be right; nothing was sent
│   ApiKeyError, ApiAttributeError
├── TransportException                   no complete answer arrived
│   ├── ConnectionException              refused, reset, no such host
│   │   ├── TlsException                 no trust between the two ends
│   │   └── ProxyException               the proxy failed
│   ├── TimeoutException                 too slow
│   └── MalformedResponseException       not HTTP, or cut off
├── RedirectException                    a redirect that must not be followed
├── ResponseTooLargeException            more bytes than `Configuration.max_response_size`
├── UnexpectedBodyException              success, but the body is not what the contract says
├── InvalidRequestException              400 or 422
│   ├── BadRequestException              400
│   └── UnprocessableEntityException     422
├── UnauthorizedException                401
│   └── TokenRefreshException            the refresh token was refused
├── PaymentRequiredException             402: quota, plan or credits used up
├── ForbiddenException                   403
│   └── RateLimitException               403 API_RATE_LIMIT_EXCEEDED, or 429
├── NotFoundException                    404
├── ConflictException                    409
├── PayloadTooLargeException             413
└── ServiceException                     5xx

The names in `flat_api.errors` are aliases of these.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

__all__ = [
    "ApiAttributeError",
    "ApiException",
    "ApiKeyError",
    "ApiTypeError",
    "ApiValueError",
    "BadRequestException",
    "ConflictException",
    "ConnectionException",
    "ForbiddenException",
    "InvalidRequestException",
    "MalformedResponseException",
    "NotFoundException",
    "OpenApiException",
    "PayloadTooLargeException",
    "PaymentRequiredException",
    "ProxyException",
    "RateLimitException",
    "RedirectException",
    "ResponseTooLargeException",
    "ServiceException",
    "TimeoutException",
    "TlsException",
    "TokenRefreshException",
    "TransportException",
    "UnauthorizedException",
    "UnexpectedBodyException",
    "UnprocessableEntityException",
]

RATE_LIMIT_CODE = "API_RATE_LIMIT_EXCEEDED"


class ApiException(Exception):
    """A call that did not succeed.

    Attributes:
        status: HTTP status, or None when no answer arrived.
        reason: HTTP reason phrase.
        code: Error code of the API, such as `SCORE_NOT_FOUND`.
        message: What went wrong, in words.
        request_id: Id of the failed request, to be quoted to support.
        param: The parameter or property that was refused, where the API names one.
        headers: Headers of the answer.
        body: Body of the answer as text.
        data: Body of the answer as plain data, when it is JSON.
        method: HTTP method of the request.
        path: Path of the request, without its query.
    """

    def __init__(
        self,
        status: int | None = None,
        reason: str | None = None,
        http_resp: Any = None,
        body: str | None = None,
        data: Any = None,
        *,
        code: str | None = None,
        message: str | None = None,
        request_id: str | None = None,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
        method: str | None = None,
        path: str | None = None,
    ) -> None:
        if http_resp is not None:
            status, reason = status or http_resp.status, reason or http_resp.reason
            headers = headers or http_resp.headers
        self.status = status
        self.reason = reason
        self.code = code
        self.message = message or reason or ""
        self.request_id = request_id
        self.param = param
        self.headers = headers
        self.body = body
        self.data = data
        self.method = method
        self.path = path
        super().__init__(status, reason)

    def __str__(self) -> str:
        head = " ".join(_shown(part) for part in (self.status, self.reason) if part)
        message = _shown(self.message) if self.message != self.reason else ""
        text = ": ".join(part for part in (head, message) if part)
        details = []
        if self.code:
            details.append(f"code {_shown(self.code)}")
        if self.param:
            details.append(f"parameter {_shown(self.param)}")
        if self.method:
            details.append(f"{self.method} {_shown(self.path)}")
        if self.request_id:
            details.append(f"request {_shown(self.request_id)}")
        return f"{text} ({', '.join(details)})" if details else text

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args), self.__dict__


def _rebuild(kind: type[ApiException], args: tuple[Any, ...]) -> ApiException:
    error = kind.__new__(kind)
    error.args = args
    return error


_LONGEST = 500
"""Characters of a text from the API that are shown in a message."""


def _shown(value: Any) -> str:
    """A text in one line, fit for any terminal or log."""
    text = str(value)[:_LONGEST]
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


OpenApiException = ApiException


class _WrongUse(ApiException):
    """A mistake of the caller, found before anything was sent."""

    def __init__(self, msg: str = "", path_to_item: Any = None, **context: Any) -> None:
        super().__init__(message=msg, **context)
        self.path_to_item = path_to_item


class ApiValueError(_WrongUse, ValueError):
    """A value that cannot be sent; nothing was sent."""


class ApiTypeError(_WrongUse, TypeError):
    """A value of the wrong type, or an unknown argument; nothing was sent."""

    def __init__(
        self,
        msg: str = "",
        path_to_item: Any = None,
        valid_classes: Any = None,
        key_type: Any = None,
        **context: Any,
    ) -> None:
        super().__init__(msg, path_to_item, **context)
        self.valid_classes = valid_classes
        self.key_type = key_type


class ApiKeyError(_WrongUse, KeyError):
    """A name that does not exist; nothing was sent."""


class ApiAttributeError(_WrongUse, AttributeError):
    """An attribute that does not exist; nothing was sent."""


class TransportException(ApiException):
    """No complete answer arrived; whether the API has acted is unknown unless the subclass says so.

    Attributes:
        sent: False when the request surely never reached the API.
    """

    def __init__(self, message: str, *, sent: bool = True, **context: Any) -> None:
        super().__init__(message=message, **context)
        self.sent = sent


class ConnectionException(TransportException, ConnectionError):
    """The connection could not be made, or broke."""


class TlsException(ConnectionException):
    """The TLS handshake failed, most often because the certificate is not trusted."""


class ProxyException(ConnectionException):
    """The proxy could not be reached or refused."""


class TimeoutException(TransportException, TimeoutError):
    """The API did not answer within the timeout."""


class MalformedResponseException(TransportException):
    """The answer is not HTTP, or was cut off."""


class RedirectException(ApiException):
    """A redirect that leads in circles, to another scheme, or would send a request body elsewhere."""


class ResponseTooLargeException(ApiException):
    """The answer is larger than `Configuration.max_response_size`."""


class UnexpectedBodyException(ApiException):
    """The call succeeded, but its body is not JSON or has another shape altogether."""


class InvalidRequestException(ApiException):
    """400 or 422: the request was refused for what it says."""


class BadRequestException(InvalidRequestException):
    """400: the request is wrong."""


class UnauthorizedException(ApiException):
    """401: no access token, or one that is wrong, expired or revoked."""


class TokenRefreshException(UnauthorizedException):
    """The access token could not be refreshed; a person has to authorize again."""


class PaymentRequiredException(ApiException):
    """402: the plan's quota or the credits are used up."""


class ForbiddenException(ApiException):
    """403: the token lacks a scope, or the account lacks the right."""


class RateLimitException(ForbiddenException):
    """Too many requests.

    Attributes:
        limit: Requests allowed per window.
        remaining: Requests left in the window; may be negative.
        reset: When the window ends, in seconds since the epoch.
        retry_after: Seconds to wait from the moment of the answer: until the reset, or what Retry-After asks for.
    """

    limit: int | None = None
    remaining: int | None = None
    reset: float | None = None
    retry_after: float | None = None


class NotFoundException(ApiException):
    """404: there is no such thing, or this account may not see it."""


class ConflictException(ApiException):
    """409: the state of the resource does not allow it."""


class PayloadTooLargeException(ApiException):
    """413: the request body is too large."""


class UnprocessableEntityException(InvalidRequestException):
    """422: well-formed, but refused."""


class ServiceException(ApiException):
    """5xx: the API failed."""


_BY_STATUS: dict[int, type[ApiException]] = {
    400: BadRequestException,
    401: UnauthorizedException,
    402: PaymentRequiredException,
    403: ForbiddenException,
    404: NotFoundException,
    409: ConflictException,
    413: PayloadTooLargeException,
    422: UnprocessableEntityException,
    429: RateLimitException,
}


def from_response(
    status: int,
    reason: str | None,
    headers: Mapping[str, str],
    body: bytes,
    *,
    method: str,
    path: str,
    now: float,
    scopes: tuple[str, ...] = (),
) -> ApiException:
    """The exception for an answer that is no success.

    Args:
        status: HTTP status.
        reason: HTTP reason phrase.
        headers: Headers of the answer.
        body: What could be read of the body; it may be empty, cut, or no JSON at all.
        method: HTTP method of the request.
        path: Path of the request.
        now: Seconds since the epoch, for turning a reset time into a wait.
        scopes: Scopes of the operation, named in the message of a 403.
    """
    text = body.decode("utf-8-sig", "replace")
    data, fields, rest = None, {}, ""
    try:
        data = json.loads(text)
        if isinstance(data, dict):
            fields = data
    except (ValueError, RecursionError):
        fields, rest = _fields_in(text), _snippet(text)
    code = _text(fields.get("code"))
    message = _text(fields.get("message")) or rest
    kind = _BY_STATUS.get(status) or (ServiceException if status >= 500 else ApiException)
    if code == RATE_LIMIT_CODE:
        kind = RateLimitException
    elif status == 403 and scopes:
        message = f"{message} The call needs one of the scopes {', '.join(scopes)}.".lstrip()
    error = kind(
        status,
        reason,
        body=text,
        data=data,
        code=code,
        message=message,
        request_id=_text(fields.get("id")),
        param=_text(fields.get("param")),
        headers=headers,
        method=method,
        path=path,
    )
    if isinstance(error, RateLimitException):
        error.limit = whole_number(headers.get("X-RateLimit-Limit"))
        error.remaining = whole_number(headers.get("X-RateLimit-Remaining"))
        error.reset = whole_number(headers.get("X-RateLimit-Reset"))
        if error.reset is not None:
            error.retry_after = max(0.0, error.reset - _server_time(headers, now))
            error.message = f"{message} The limit resets in {error.retry_after:.0f} s.".lstrip()
        else:
            error.retry_after = retry_after(headers, now)
    return error


_FIELD = re.compile(r'"(code|message|id|param)"\s*:\s*"([^"\\]*)"')


def _fields_in(text: str) -> dict[str, str]:
    """What can be read of a JSON object that was cut off."""
    found = _FIELD.findall(text) if text.lstrip().startswith("{") else []
    return dict(reversed(found))


def _server_time(headers: Mapping[str, str], now: float) -> float:
    """The clock of the server, by which its reset time counts; ours where it does not say."""
    try:
        return parsedate_to_datetime(headers.get("Date", "")).timestamp()
    except (ValueError, TypeError, OverflowError):
        return now


def _snippet(text: str) -> str:
    """The beginning of a body that is no JSON, unless it is a web page."""
    return "" if text.lstrip().startswith("<") else _shown(text)


def whole_number(text: str | None) -> int | None:
    """A header value as an integer; None when it is none, or beyond all reason."""
    return int(text) if text is not None and _WHOLE.match(text) else None


_WHOLE = re.compile(r"\s*-?[0-9]{1,15}\s*\Z")


def retry_after(headers: Mapping[str, str] | None, now: float) -> float | None:
    """Seconds to wait according to a Retry-After header (RFC 9110, section 10.2.3); None without a readable one."""
    value = (headers or {}).get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:12])
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
