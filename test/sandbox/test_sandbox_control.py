"""The controls over HTTP under /_sandbox/."""

from __future__ import annotations

from typing import Any

import pytest
import urllib3

from flat_api.sandbox import Sandbox
from flat_api.sandbox.call import Answer
from flat_api.sandbox.control import PREFIX, Control
from flat_api.sandbox.errors import ApiError
from flat_api.sandbox.incoming import Received
from flat_api.sandbox.people import ADMIN


class Remote:
    """Calls the controls of a sandbox as another process does: without a token."""

    def __init__(self, origin: str) -> None:
        self._pool = urllib3.PoolManager(retries=False)
        self._base = origin + PREFIX

    def __call__(self, method: str, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        sent = {} if body is None else {"json": body}
        answer = self._pool.request(method, self._base + path, headers=headers or None, **sent)
        assert answer.status == status, answer.data
        return answer.json()

    def close(self) -> None:
        self._pool.clear()


@pytest.fixture
def remote(sandbox: Sandbox) -> Any:
    remote = Remote(sandbox.origin)
    yield remote
    remote.close()


def test_it_tells_where_everything_is(sandbox: Sandbox, remote: Remote) -> None:
    shown = remote("GET", "")
    assert (shown["url"], shown["token"]) == (sandbox.url, sandbox.token)
    assert shown["tokenUrl"] == f"{sandbox.origin}/oauth/access_token"
    # The controls are in no log and count for no limit.
    assert sandbox.requests == []


def test_seed_reset_and_snapshots(remote: Remote, client: Any) -> None:
    made = remote("POST", "seed", {"scores": ["One", "Two"], "users": 2, "classes": 1})
    assert [len(made[name]) for name in ("scores", "users", "classes", "submissions")] == [2, 2, 1, 0]
    snapshot = remote("POST", "snapshots")["id"]
    assert remote("POST", "reset", {}) == {}
    assert client("GET", f"/scores/{made['scores'][0]}").status == 404
    remote("POST", f"snapshots/{snapshot}")
    assert client("GET", f"/scores/{made['scores'][0]}").json()["title"] == "One"
    remote("DELETE", f"snapshots/{snapshot}")
    remote("POST", f"snapshots/{snapshot}", status=404)
    remote("POST", "reset")
    assert len(remote("POST", "seed", {"demo": True})["scores"]) == 4


def test_faults(remote: Remote, client: Any) -> None:
    armed = remote("POST", "faults", {"kind": "status", "op": "getAuthenticatedUser", "times": 2, "status": 503})
    assert (armed["kind"], armed["status"], armed["fired"]) == ("status", 503, 0)
    assert client("GET", "/me").status == 503
    assert remote("GET", "faults/unfired")["faults"][0]["fired"] == 1
    assert len(remote("GET", "faults")["faults"]) == 1
    remote("DELETE", "faults")
    assert remote("GET", "faults") == {"faults": []}
    assert client("GET", "/me").status == 200


def test_limit_and_clock(remote: Remote, client: Any) -> None:
    remote("POST", "clock/freeze", {"at": "2030-01-01T00:00:00Z"})
    assert remote("GET", "clock") == {"now": "2030-01-01T00:00:00.000Z", "frozen": True}
    assert remote("PUT", "limit", {"requests": 1, "per": 60}) == {"requests": 1, "per": 60}
    assert [client("GET", "/me").status for _ in range(2)] == [200, 403]
    assert remote("POST", "clock/advance", {"seconds": 60})["now"] == "2030-01-01T00:01:00.000Z"
    assert client("GET", "/me").status == 200
    assert remote("PUT", "limit", {})["requests"] == 7200
    assert remote("POST", "clock/unfreeze")["frozen"] is False
    assert remote("POST", "clock/reset")["now"] < "2030"
    assert remote("POST", "clock/freeze")["frozen"] is True


def test_tasks_requests_tokens_and_apps(remote: Remote, client: Any, connect: Any, sandbox: Sandbox) -> None:
    assert remote("PUT", "tasks", {"polls": 2}) == {"polls": 2, "seconds": 0.0}
    assert remote("GET", "tasks")["polls"] == 2
    client("GET", "/me")
    client("POST", "/scores", json={"data": "é"})
    found = remote("GET", "requests?operation=createScore")
    assert (found["count"], found["requests"][0]["status"]) == (1, 422)
    assert remote("GET", "requests")["count"] == 2
    remote("DELETE", "requests")
    assert remote("GET", "requests") == {"count": 0, "requests": []}
    token = remote("POST", "tokens", {"scopes": ["account.public_profile"], "user": ADMIN})["token"]
    assert connect(sandbox.url, token)("GET", "/me").json()["id"] == ADMIN
    assert connect(sandbox.url, remote("POST", "tokens")["token"])("GET", "/classes").status == 200
    app = remote("POST", "apps", {"name": "Choir", "redirectUris": ["https://choir.example.org/"], "public": True})
    assert app["clientSecret"] is None
    assert [one["name"] for one in remote("GET", "apps")["apps"]] == ["Demo application", "Choir"]


@pytest.mark.parametrize(
    ("method", "path", "body", "words"),
    [
        ("POST", "seed", {"users": "many"}, "users"),
        ("POST", "seed", {"pianos": 1}, "pianos"),
        ("POST", "seed", [1], "JSON object"),
        ("POST", "faults", {"op": "getScore"}, "kind"),
        ("POST", "faults", {"kind": "delay"}, "seconds"),
        ("PUT", "limit", {"requests": "5"}, "must be"),
        ("POST", "clock/advance", {}, "seconds"),
        ("POST", "clock/advance", {"seconds": -5}, "seconds"),
        ("POST", "clock/freeze", {"at": 5}, "at"),
        ("POST", "clock/freeze", {"at": "noon"}, "noon"),
        ("PUT", "tasks", {"polls": -1}, "polls"),
        ("GET", "requests?operation=getScoer", None, "getScoer"),
        ("POST", "tokens", {"scopes": ["all"]}, "all"),
        ("POST", "tokens", {"scopes": "scores"}, "scopes"),
        ("POST", "tokens", {"user": "nobody"}, "nobody"),
        ("POST", "tokens", {"user": 5}, "user"),
        ("POST", "apps", {"name": "Choir"}, "redirect_uris"),
        ("POST", "apps", {"name": "Choir", "secret": "x"}, "secret"),
    ],
)
def test_a_wrong_value_is_422_with_a_sentence(remote: Remote, method: str, path: str, body: Any, words: str) -> None:
    assert words in remote(method, path, body, status=422)["message"]


def test_other_paths_and_methods(remote: Remote) -> None:
    assert "/_sandbox/clock" in remote("GET", "time", status=404)["message"]
    assert remote("GET", "reset", status=405)["code"] == "METHOD_NOT_ALLOWED"


def test_pages_of_other_sites_have_no_say(remote: Remote, sandbox: Sandbox) -> None:
    remote("POST", "reset", status=403, Origin="https://evil.example.org")
    # A name of another site that leads here.
    remote("GET", "", status=403, Host="evil.example.org")
    remote("GET", "", Origin=sandbox.origin)


def test_other_machines_have_a_say_only_if_they_were_let_in(sandbox: Sandbox) -> None:
    def ask(*, from_elsewhere: bool) -> Answer:
        received = Received("GET", PREFIX, "", {}, b"", "192.0.2.7", "http://192.0.2.1:8070")
        return Control(sandbox, from_elsewhere=from_elsewhere).respond(received)

    with pytest.raises(ApiError, match="its own machine"):
        ask(from_elsewhere=False)
    assert ask(from_elsewhere=True).content["token"] == sandbox.token


def test_a_sandbox_for_the_network_warns() -> None:
    sandbox = Sandbox(host="0.0.0.0")
    with pytest.warns(RuntimeWarning, match=r"0\.0\.0\.0 is not a loopback address"), sandbox:
        pass
