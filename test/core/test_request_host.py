"""The host of a configuration: an origin and a base path, or one clear sentence."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from flat_api.exceptions import ApiValueError
from flat_api.operation import Operation
from flat_api.request import Host, build, parse_host


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://api.flat.io/v2", Host("https://api.flat.io", "/v2")),
        ("https://api.flat.io/v2/", Host("https://api.flat.io", "/v2")),
        (" https://api.flat.io\n", Host("https://api.flat.io", "")),
        ("HTTPS://API.Flat.IO", Host("https://api.flat.io", "")),
        ("http://127.0.0.1:8080/a/b", Host("http://127.0.0.1:8080", "/a/b")),
        ("http://[::1]:8080", Host("http://[::1]:8080", "")),
        ("https://api.flat.io:443/v2", Host("https://api.flat.io", "/v2")),
        ("http://api.flat.io:80/v2", Host("http://api.flat.io", "/v2")),
        ("http://api.flat.io:443/v2", Host("http://api.flat.io:443", "/v2")),
        ("http://localhost:0", Host("http://localhost:0", "")),
    ],
)
def test_a_url_is_split(url: str, host: Host) -> None:
    assert parse_host(url) == host


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.flat.io/v2",
        "//api.flat.io",
        "ftp://api.flat.io",
        "file:///etc/passwd",
        "https://",
        "https://a b/",
        "https://api.flat.io/v2\r\nX: y",
        "https://api.flat.io:port",
        "https://api.flat.io:99999",
        "https://[::1",
        "https://api.flat.io?x=1",
        "https://api.flat.io/v2#x",
        "https://user:secret@api.flat.io",
        "https://user@api.flat.io",
    ],
)
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises(ApiValueError, match=r"^The host must"):
        parse_host(url)


@pytest.mark.parametrize(
    "url", ["ftp://user:secret@h", "https://user:secret@[h", "https://u:secret@h/", "https://h/?token=secret"]
)
def test_a_refusal_does_not_print_secrets(url: str) -> None:
    with pytest.raises(ApiValueError) as caught:
        parse_host(url)
    assert "secret" not in str(caught.value)


def test_the_path_without_its_query_is_fit_for_a_message() -> None:
    operation: Operation[None] = Operation("me", "GET", "/me")
    request = build(operation, (), None, host=parse_host("https://api.flat.io/v2"), headers={})
    assert replace(request, target="/v2/me?next=secret").path == "/v2/me"
