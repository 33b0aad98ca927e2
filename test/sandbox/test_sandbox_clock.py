"""The clock: dates, the life of tokens, windows of the rate limit, and tasks follow it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flat_api.sandbox import Sandbox
from flat_api.sandbox.people import ADMIN

NOON = datetime(2030, 6, 1, 12, tzinfo=UTC)


def _created(client: Any, xml: Any) -> datetime:
    return datetime.fromisoformat(client.score(xml())["creationDate"])


def test_dates_and_ids_follow_the_clock(sandbox: Sandbox, client: Any, xml: Any) -> None:
    before = _created(client, xml)
    sandbox.clock.advance(3600)
    assert timedelta(hours=1) <= _created(client, xml) - before < timedelta(hours=1, minutes=1)
    sandbox.clock.freeze(NOON)
    score = client.score(xml())
    assert score["creationDate"] == "2030-06-01T12:00:00.000Z"
    assert score["id"].startswith(f"{int(NOON.timestamp()):08x}")
    sandbox.clock.advance(90)
    assert _created(client, xml) == NOON + timedelta(seconds=90)


def test_a_stopped_clock_goes_on_from_where_it_stands(sandbox: Sandbox) -> None:
    clock = sandbox.clock
    clock.freeze(NOON)
    assert (clock.frozen, clock.now(), clock.now()) == (True, NOON, NOON)
    clock.unfreeze()
    assert not clock.frozen
    assert NOON <= clock.now() < NOON + timedelta(minutes=1)
    clock.freeze()
    stands = clock.now()
    assert stands < NOON + timedelta(minutes=1)
    assert clock.now() == stands
    clock.reset()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_token_of_an_administrator_expires_by_the_clock(
    sandbox: Sandbox, person: Callable[..., tuple[str, Any]], connect: Callable[..., Any]
) -> None:
    user, _ = person("pupil")
    admin = connect(sandbox.url, sandbox.issue_token(user=ADMIN))
    made = admin("POST", f"/organizations/users/{user}/accessToken", json={"scopes": ["account.public_profile"]})
    pupil = connect(sandbox.url, made.json()["token"])
    assert pupil("GET", "/me").status == 200
    sandbox.clock.advance(86_400)
    assert pupil("GET", "/me").status == 401
    # The default token has no end.
    assert admin("GET", "/me").status == 200


def test_tasks_end_after_looks_or_seconds_of_the_clock(sandbox: Sandbox, client: Any, xml: Any) -> None:
    score = client.score(xml())

    def start() -> Callable[[], str]:
        task = client("POST", f"/scores/{score['id']}/revisions/last/practicefirst/task", json={}).json()
        return lambda: str(client("GET", f"/tasks/{task['id']}").json()["state"])

    assert start()() == "done"
    sandbox.tasks.after(polls=2)
    state = start()
    assert [state(), state(), state()] == ["doing", "doing", "done"]
    sandbox.tasks.after(seconds=60)
    state = start()
    assert state() == "doing"
    sandbox.clock.advance(59)
    assert state() == "doing"
    sandbox.clock.advance(1)
    assert state() == "done"
    state = start()
    sandbox.tasks.immediate()
    assert state() == "done"
    sandbox.tasks.after(polls=5)
    sandbox.reset()
    assert (sandbox.tasks.setting.polls, sandbox.tasks.setting.seconds) == (0, 0)


def test_the_clock_is_kept_with_the_state(tmp_path: Path) -> None:
    with Sandbox(tmp_path / "state.db") as sandbox:
        sandbox.clock.freeze(NOON)
    with Sandbox(tmp_path / "state.db") as sandbox:
        assert sandbox.clock.now() == NOON
        sandbox.reset()
        assert not sandbox.clock.frozen


def test_each_sandbox_has_a_clock_of_its_own(sandbox: Sandbox, connect: Callable[..., Any], xml: Any) -> None:
    with Sandbox() as other:
        other.clock.freeze(NOON)
        assert _created(connect(sandbox.url, sandbox.token), xml) < NOON
        assert _created(connect(other.url, other.token), xml) == NOON


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), "1", True, 1e12])
def test_the_clock_cannot_go_anywhere(sandbox: Sandbox, seconds: Any) -> None:
    before = sandbox.clock.now()
    with pytest.raises(ValueError, match=r"seconds|1970 to 2100"):
        sandbox.clock.advance(seconds)
    assert sandbox.clock.now() - before < timedelta(minutes=1)


@pytest.mark.parametrize("at", [datetime(2030, 1, 1), datetime(2200, 1, 1, tzinfo=UTC)])
def test_the_clock_needs_a_date_that_can_be(sandbox: Sandbox, at: datetime) -> None:
    with pytest.raises(ValueError, match=r"time zone|1970 to 2100"):
        sandbox.clock.freeze(at)
    assert not sandbox.clock.frozen


@pytest.mark.parametrize("setting", [{"polls": -1}, {"polls": 1.5}, {"seconds": -1}, {"seconds": "1"}])
def test_tasks_need_a_setting_that_can_be(sandbox: Sandbox, setting: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(setting))):
        sandbox.tasks.after(**setting)
