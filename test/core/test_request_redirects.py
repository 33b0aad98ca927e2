"""redirected(): a redirect is followed only where nothing can leak or change."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from flat_api.exceptions import RedirectException
from flat_api.request import Request, redirected

HEADERS = {"authorization": "Bearer t", "Cookie": "c", "Proxy-Authorization": "p", "Accept": "*/*"}
REQUEST = Request("GET", "https://api.example", "/v2/scores/a?next=b", HEADERS)


def follow(location: str | None, *, request: Request = REQUEST, status: int = 302) -> Request:
    return redirected(request, status, location, [request.origin + request.target])


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("https://api.example/v2/scores/b", "/v2/scores/b"),
        ("https://API.EXAMPLE:443/x", "/x"),
        ("/x?y=1#z", "/x?y=1"),
        ("b", "/v2/scores/b"),
        ("?next=c", "/v2/scores/a?next=c"),
        ("https://api.example", "/"),
        (" /x ", "/x"),
        ("https:///x", "/x"),
    ],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_token_goes_along_within_the_origin(location: str, target: str, status: int) -> None:
    assert follow(location, status=status) == replace(REQUEST, target=target)


@pytest.mark.parametrize(
    ("location", "origin"),
    [
        ("https://storage.example/file", "https://storage.example"),
        ("//evil.example/", "https://evil.example"),
        ("https://api.example:8443/", "https://api.example:8443"),
        ("https://api.example./", "https://api.example."),
        ("https://api.example.evil.example/", "https://api.example.evil.example"),
        ("https://sub.api.example/", "https://sub.api.example"),
        ("https://аpi.example/", "https://аpi.example"),
    ],
)
def test_credentials_stay_behind_when_the_origin_changes(location: str, origin: str) -> None:
    followed = follow(location)
    assert followed.origin == origin
    assert followed.headers == {"Accept": "*/*"}


def test_credentials_do_not_come_back_with_the_origin() -> None:
    away = follow("https://storage.example/file")
    back = redirected(away, 302, "https://api.example/x", ["https://storage.example/file"])
    assert "authorization" not in back.headers


def test_a_loopback_name_is_not_its_address() -> None:
    local = Request("GET", "http://localhost:8080", "/", HEADERS)
    assert "authorization" not in follow("http://127.0.0.1:8080/", request=local).headers


def test_the_scheme_belongs_to_the_origin() -> None:
    plain = Request("GET", "http://api.example", "/", HEADERS)
    assert "authorization" not in follow("https://api.example/", request=plain).headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_only_reading_is_redirected(method: str, status: int) -> None:
    with pytest.raises(RedirectException, match=f"A {method} is never redirected") as caught:
        follow("/x", request=replace(REQUEST, method=method, body=b"x"), status=status)
    assert (caught.value.status, caught.value.method, caught.value.path) == (status, method, "/v2/scores/a")


@pytest.mark.parametrize(
    "location",
    [
        None,
        "",
        "http://api.example/",
        "ftp://api.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:,x",
        "https://user:password@api.example/",
        "https://api.example\\@evil.example/",
        "https://[",
        "http://[::1",
        "https://api.example:port/",
        "/a b",
        "/a\x01b",
        "/a\r\nX:y",
        "/a\r\n\tb",
        " ",
    ],
)
def test_a_location_that_is_no_safe_address_is_refused(location: str | None) -> None:
    with pytest.raises(RedirectException):
        follow(location)


def test_a_circle_is_refused() -> None:
    with pytest.raises(RedirectException, match="circle"):
        follow("/v2/scores/a?next=b")


def test_a_chain_ends() -> None:
    request, visited = REQUEST, [REQUEST.origin + REQUEST.target]
    for step in range(10):
        request = redirected(request, 302, f"/{step}", visited)
        visited.append(request.origin + request.target)
    with pytest.raises(RedirectException, match="More than 10"):
        redirected(request, 302, "/10", visited)


def test_another_origin_sees_no_header_of_the_caller() -> None:
    headers = {"Authorization": "Bearer t", "X-Api-Key": "k", "User-Agent": "u", "Accept": "application/json"}
    request = Request("GET", "https://api.example", "/v2/file", headers)
    followed = redirected(request, 302, "https://storage.example/file", ["https://api.example/v2/file"])
    assert followed.headers == {"User-Agent": "u", "Accept": "application/json"}
    assert "Bearer" not in repr(request)
