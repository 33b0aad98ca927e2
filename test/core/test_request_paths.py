"""A path value addresses exactly the resource that is meant, or is refused before anything is sent."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest

from flat_api.exceptions import ApiTypeError, ApiValueError
from flat_api.operation import Operation, Parameter
from flat_api.request import Host, build

HOST = Host("https://api.example", "/v2")
OPERATION: Operation[Any] = Operation(
    "getRevision",
    "GET",
    "/scores/{score}/revisions/{revision}",
    parameters=(Parameter("path", "score", True), Parameter("path", "revision", True)),
)


def target(score: Any, revision: Any = "last") -> str:
    return build(OPERATION, (score, revision), None, host=HOST, headers={}).target


@pytest.mark.parametrize(
    ("value", "segment"),
    [
        ("6500a1b2", "6500a1b2"),
        ("a_b-c~d", "a_b-c~d"),
        ("a/b", "a%2Fb"),
        ("../admin", "..%2Fadmin"),
        ("a/../../b", "a%2F..%2F..%2Fb"),
        ("...", "..."),
        ("a?x=1", "a%3Fx%3D1"),
        ("a#b", "a%23b"),
        ("50%", "50%25"),
        ("%2e%2e", "%252e%252e"),
        ("%2F", "%252F"),
        ("a\\b", "a%5Cb"),
        ("a b", "a%20b"),
        ("a;b=c,d", "a%3Bb%3Dc%2Cd"),
        ("é", "%C3%A9"),
        ("\u202e\U0001f3bc", "%E2%80%AE%F0%9F%8E%BC"),
        ("{revision}", "%7Brevision%7D"),
        ("user@host:1", "user%40host%3A1"),
        (42, "42"),
        (True, "true"),
    ],
)
def test_a_value_is_one_segment(value: Any, segment: str) -> None:
    assert target(value) == f"/v2/scores/{segment}/revisions/last"
    assert unquote(segment) == (value if isinstance(value, str) else str(value).lower())


@pytest.mark.parametrize("value", ["", None, ".", "..", "a\rb", "a\nb", "a\r\nHost: x", "a\0", "\n", "\ud800"])
def test_what_no_segment_can_be_is_refused(value: Any) -> None:
    with pytest.raises(ApiValueError, match="score"):
        target(value)


@pytest.mark.parametrize("value", [b"a", ["a"], {"a": 1}, object()])
def test_what_is_no_text_is_refused(value: Any) -> None:
    with pytest.raises(ApiTypeError, match=r"score.*must be text"):
        target(value)


def test_values_do_not_fill_each_others_places() -> None:
    assert target("{revision}", "{score}") == "/v2/scores/%7Brevision%7D/revisions/%7Bscore%7D"


def test_a_missing_value_names_the_operation() -> None:
    with pytest.raises(ApiValueError, match=r"^getRevision needs a value for 'revision'.*cannot be empty\.$"):
        target("a", "")
