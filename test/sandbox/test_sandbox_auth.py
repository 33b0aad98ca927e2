"""Tokens, scopes and the rate limit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from flat_api.sandbox import Sandbox
from flat_api.sandbox.limits import PER_ADDRESS, RateLimiter


@pytest.mark.parametrize("authorization", [None, "Bearer wrong", "Basic eDp5", "Bearer"])
def test_a_request_without_a_valid_token_is_401(
    sandbox: Sandbox, connect: Callable[..., Any], authorization: str | None
) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = connect(sandbox.url, None)("GET", "/me", headers=headers)
    assert answer.status == 401
    assert answer.json()["code"] == "ACCESS_TOKEN_INVALID"
    assert answer.json()["id"] == answer.headers["X-Request-Id"]
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["X-RateLimit-Limit"] == str(PER_ADDRESS)


@pytest.mark.parametrize(
    ("scopes", "method", "path", "status"),
    [
        # The scopes of an operation are alternatives: either one is enough.
        (["account.public_profile"], "GET", "/me", 200),
        (["account.education_profile"], "GET", "/me", 200),
        (["scores"], "GET", "/me", 403),
        (["scores.readonly"], "DELETE", "/scores/x", 403),
        (["scores"], "DELETE", "/scores/x", 404),
        # A full scope includes its .readonly variant, which is all that this operation lists.
        (["scores"], "GET", "/scores/x/collaborators/y", 404),
        (["collections.readonly"], "GET", "/collections/allScores/scores", 403),
        ([], "GET", "/me", 403),
    ],
)
def test_a_token_opens_what_its_scopes_allow(
    sandbox: Sandbox, connect: Callable[..., Any], scopes: list[str], method: str, path: str, status: int
) -> None:
    answer = connect(sandbox.url, sandbox.issue_token(scopes))(method, path)
    assert answer.status == status
    if status == 403:
        assert answer.json()["code"] == "INSUFFICIENT_SCOPE"


def test_a_scope_error_names_the_scopes_that_would_do(sandbox: Sandbox, connect: Callable[..., Any]) -> None:
    answer = connect(sandbox.url, sandbox.issue_token(["omr"]))("GET", "/scores/x")
    assert "scores or scores.readonly" in answer.json()["message"]


def test_unknown_scopes_cannot_be_issued(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match=r"no scope scores\.all"):
        sandbox.issue_token(["scores.all"])


def test_over_the_limit_is_403_and_every_answer_tells_what_is_left(sandbox: Sandbox, client: Any) -> None:
    sandbox.limit(2, per=3600)
    answers = [client("GET", "/me") for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 403, 403]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "-1", "-2"]
    assert {answer.headers["X-RateLimit-Limit"] for answer in answers} == {"2"}
    assert len({answer.headers["X-RateLimit-Reset"] for answer in answers}) == 1
    assert answers[-1].json()["code"] == "API_RATE_LIMIT_EXCEEDED"
    assert "Retry-After" not in answers[-1].headers
    sandbox.limit(7200)
    unknown = client("GET", "/nothing")
    assert (unknown.status, unknown.headers["X-RateLimit-Remaining"]) == (404, "7199")
    assert client("GET", "/me").status == 200


def test_each_token_has_its_own_window(sandbox: Sandbox, client: Any, connect: Callable[..., Any]) -> None:
    sandbox.limit(1)
    other = connect(sandbox.url, sandbox.issue_token(["account.public_profile"]))
    assert [client("GET", "/me").status, client("GET", "/me").status] == [200, 403]
    assert other("GET", "/me").status == 200


def test_a_new_window_begins_when_the_old_one_ends() -> None:
    time = 1000.0
    limiter = RateLimiter(clock=lambda: time)
    limiter.configure(1, per=60)
    first, second = limiter.take("t", ""), limiter.take("t", "")
    assert (first.remaining, second.remaining, second.reset) == (0, -1, 1060)
    time = 1060.0
    third = limiter.take("t", "")
    assert (third.remaining, third.reset) == (0, 1120)


@pytest.mark.parametrize(("requests", "per"), [(-1, 60), (1, 0)])
def test_an_impossible_limit_is_refused(requests: int, per: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        RateLimiter().configure(requests, per)
