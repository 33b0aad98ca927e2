"""Faults on demand: each kind as a client meets it, for which operation, how often, and the report of the rest."""

from __future__ import annotations

import errno
import socket
import struct
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

import pytest
import urllib3
from urllib3.exceptions import ProtocolError, ReadTimeoutError

import flat_api
from flat_api.sandbox import Sandbox
from flat_api.sandbox.people import TEACHER


def _raw(sandbox: Sandbox, path: str = "/v2/me") -> socket.socket:
    """A connection on which a request was sent."""
    host, port = sandbox.origin.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)), timeout=5)
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {sandbox.token}\r\n\r\n".encode())
    return connection


def test_a_status_fault_answers_instead_of_the_call(sandbox: Sandbox, client: Any, xml: Any) -> None:
    sandbox.fault("status", op="createScore", status=503, times=2)
    answers = [client("POST", "/scores", json={"data": xml()}) for _ in range(3)]
    assert [answer.status for answer in answers] == [503, 503, 200]
    assert answers[0].json()["code"] == "SANDBOX_FAULT"
    assert client("GET", "/collections/allScores").json()["contents"]["scoresCount"] == 1
    assert [one.fault for one in sandbox.requests("createScore")] == ["status", "status", None]
    assert sandbox.faults.unfired() == []


def test_a_status_fault_can_have_any_error_body_and_headers(sandbox: Sandbox, client: Any) -> None:
    sandbox.fault("status", status=402, code="NO_CREDIT", message="None left.", headers={"Retry-After": "7"})
    sandbox.fault("status", status=502, body=["not", "an", "error"])
    sandbox.fault("status", status=204)
    first, second, third = (client("GET", "/me") for _ in range(3))
    assert (first.status, first.json()["code"], first.json()["message"]) == (402, "NO_CREDIT", "None left.")
    assert first.headers["Retry-After"] == "7"
    assert (second.status, second.json()) == (502, ["not", "an", "error"])
    assert (third.status, third.data) == (204, b"")


def test_a_fault_meets_its_operation_alone_unless_it_is_for_any(sandbox: Sandbox, client: Any) -> None:
    sandbox.fault("status", status=500, op="listClasses")
    assert client("GET", "/me").status == 200
    assert client("GET", "/classes").status == 500
    sandbox.fault("status", status=500, times=None)
    assert [client("GET", path).status for path in ("/me", "/classes", "/me")] == [500, 500, 500]
    # What is no operation has no faults.
    assert client("GET", "/nothing").status == 404
    sandbox.faults.clear()
    assert client("GET", "/me").status == 200


def test_a_delay(sandbox: Sandbox, client: Any) -> None:
    sandbox.fault("delay", op="getAuthenticatedUser", seconds=0.15)
    start = perf_counter()
    assert client("GET", "/me").status == 200
    assert perf_counter() - start >= 0.15


def test_a_delay_outlasts_the_patience_of_a_client_but_not_the_client(sandbox: Sandbox, client: Any) -> None:
    sandbox.fault("delay", seconds=30)
    with pytest.raises(ReadTimeoutError):
        client("GET", "/me", timeout=0.1)
    assert client("GET", "/me").status == 200
    # It was performed nevertheless, as a service does that does not know that nobody waits.
    assert sandbox.requests("getAuthenticatedUser").count == 2


def test_a_truncated_answer(sandbox: Sandbox, client: Any) -> None:
    whole = client("GET", "/me").data
    sandbox.fault("truncate", after=10)
    with pytest.raises(ProtocolError, match=rf"10 bytes read, {len(whole) - 10} more"):
        client("GET", "/me")
    assert client("GET", "/me").data == whole


def test_a_dropped_connection_loses_the_request_or_only_its_answer(sandbox: Sandbox, client: Any, xml: Any) -> None:
    sandbox.fault("drop", op="createScore")
    sandbox.fault("drop", op="createScore", performed=True)
    for count in (0, 1):
        with pytest.raises(ProtocolError, match="without response"):
            client("POST", "/scores", json={"data": xml()})
        assert client("GET", "/collections/allScores").json()["contents"]["scoresCount"] == count
    assert [one.status for one in sandbox.requests("createScore")] == [0, 0]


def test_a_closed_connection_ends_and_a_reset_one_breaks(sandbox: Sandbox) -> None:
    sandbox.fault("drop")
    with _raw(sandbox) as connection:
        assert connection.recv(100) == b""
    sandbox.fault("reset")
    with _raw(sandbox) as connection, pytest.raises(ConnectionResetError) as caught:
        connection.recv(100)
    assert caught.value.errno == errno.ECONNRESET


def test_an_answer_that_drips(sandbox: Sandbox, client: Any) -> None:
    whole = client("GET", "/me").data
    sandbox.fault("drip", size=len(whole) // 4, seconds=0.03)
    start = perf_counter()
    assert client("GET", "/me").data == whole
    assert perf_counter() - start >= 0.12


def test_a_dripping_answer_ends_when_the_client_leaves(sandbox: Sandbox, client: Any) -> None:
    sandbox.fault("drip", seconds=30)
    connection = _raw(sandbox)
    assert connection.recv(20).startswith(b"HTTP/1.1 200")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    assert client("GET", "/me").status == 200


@pytest.mark.parametrize(
    ("path", "how", "check"),
    [
        ("$.username", "type", lambda me: me["username"] == {"not": "a text"}),
        ("$.username", "missing", lambda me: "username" not in me),
        ("$.product", "enum", lambda me: me["product"] == "valueOfTomorrow"),
        ("$.isEmailVerified", "type", lambda me: isinstance(me["isEmailVerified"], list)),
        (".badges", "type", lambda me: isinstance(me["badges"], str)),
    ],
)
def test_a_malformed_field(
    sandbox: Sandbox, client: Any, path: str, how: str, check: Callable[[dict[str, Any]], bool]
) -> None:
    sandbox.fault("malformed", op="getAuthenticatedUser", path=path, how=how)
    wrong, right = client("GET", "/me").json(), client("GET", "/me").json()
    assert check(wrong)
    assert not check(right)
    assert wrong["id"] == right["id"] == TEACHER


def test_malformed_fields_in_lists(sandbox: Sandbox, client: Any) -> None:
    sandbox.seed(scores=3)
    for path, how in (("$[1].title", "missing"), ("$[*].user.id", "type")):
        sandbox.fault("malformed", op="listCollectionScores", path=path, how=how)
    one, every = (client("GET", "/collections/allScores/scores").json() for _ in range(2))
    assert ["title" in score for score in one] == [True, False, True]
    assert [type(score["user"]["id"]) for score in every] == [dict] * 3
    sandbox.fault("malformed", path="$[0]", how="missing")
    assert len(client("GET", "/collections/allScores/scores").json()) == 2


def test_a_fault_waits_for_an_answer_that_it_can_spoil(sandbox: Sandbox, client: Any, xml: Any) -> None:
    fault = sandbox.fault("malformed", path="$.username")
    assert client("GET", "/classes").json() == []
    assert (fault.fired, sandbox.requests[-1].fault) == (0, None)
    assert client("GET", "/me").json()["username"] == {"not": "a text"}
    score = client.score(xml())
    cut = sandbox.fault("truncate")
    assert client("DELETE", f"/scores/{score['id']}").status == 204
    assert cut.fired == 0
    with pytest.raises(ProtocolError, match="bytes read"):
        client("GET", "/me")


def test_what_did_not_fire_is_reported(sandbox: Sandbox, client: Any) -> None:
    sandbox.fault("status", op="getScore", status=500)
    sandbox.fault("delay", op="getAuthenticatedUser", seconds=0, times=3)
    sandbox.fault("reset", op="listClasses", times=None)
    client("GET", "/me")
    assert [str(one) for one in sandbox.faults.unfired()] == [
        "status of getScore: fired 0 of 1 times",
        "delay of getAuthenticatedUser: fired 1 of 3 times",
        "reset of listClasses: fired 0 of any number of times",
    ]
    sandbox.reset()
    assert sandbox.faults.unfired() == []


def test_the_token_endpoint_can_fail_too(sandbox: Sandbox, client: Any) -> None:
    sandbox.fault("status", op="oauthToken", status=500)
    assert client("POST", f"{sandbox.origin}/oauth/access_token").status == 500
    assert client("POST", f"{sandbox.origin}/oauth/access_token").status == 400


@pytest.mark.parametrize(
    ("kind", "options", "words"),
    [
        ("explode", {}, "kind: there is no fault 'explode'"),
        ("delay", {}, "seconds: the fault delay needs it"),
        ("delay", {"seconds": -1}, "seconds"),
        ("delay", {"seconds": "1"}, "seconds"),
        ("delay", {"seconds": 1, "path": "$"}, "path: the fault delay has no such option"),
        ("delay", {"seconds": 1, "op": "getMe"}, "op"),
        ("delay", {"seconds": 1, "times": 0}, "times"),
        ("status", {"status": 99}, "status"),
        ("status", {"status": 500, "headers": {"A": 1}}, "headers"),
        ("truncate", {"after": 1.5}, "after"),
        ("drop", {"performed": 1}, "performed"),
        ("drip", {"seconds": 1, "size": 0}, "size"),
        ("malformed", {"path": "$"}, "path"),
        ("malformed", {"path": "$..id"}, "path"),
        ("malformed", {"path": "$.id", "how": "odd"}, "how"),
    ],
)
def test_an_impossible_fault_is_refused(sandbox: Sandbox, kind: str, options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("$", r"\$")):
        sandbox.fault(kind, **options)
    assert sandbox.faults.armed() == []


@pytest.fixture
def flat(sandbox: Sandbox) -> Iterator[flat_api.FlatClient]:
    policy = flat_api.RetryPolicy(3, backoff_base=0)
    with sandbox.client(retries=policy) as client:
        yield client


@pytest.mark.parametrize("kind", ["reset", "drop", "truncate"])
def test_the_sdk_tries_again(sandbox: Sandbox, flat: flat_api.FlatClient, kind: str) -> None:
    sandbox.fault(kind, op="getAuthenticatedUser", times=2)
    assert flat.account.get_authenticated_user().id == TEACHER
    assert sandbox.requests("getAuthenticatedUser").count == 3


def test_a_client_that_left_does_not_keep_the_sandbox_from_ending() -> None:
    with Sandbox() as sandbox:
        sandbox.fault("delay", seconds=60)
        with _raw(sandbox), urllib3.PoolManager() as pool:
            # The delayed request was read, since a later one on another connection is answered.
            while not sandbox.faults.armed()[0].fired:
                pool.request("GET", f"{sandbox.origin}/files/x")
        start = perf_counter()
    assert perf_counter() - start < 3
