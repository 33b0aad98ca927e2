"""Tasks: audio exports and imports in the background, at the pace that is set."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
import urllib3

from flat_api.sandbox.transitions import Transition, set_transition


def _set(sandbox: Any, **transition: Any) -> None:
    with sandbox._store.transaction():
        set_transition(sandbox._store, Transition(**transition))


@pytest.fixture
def path(client: Any, xml: Any) -> str:
    return f"/scores/{client.score(xml('Round'))['id']}"


@pytest.mark.parametrize(
    ("form", "media_type", "start"),
    [
        ("wav", "audio/wav", b"RIFF"),
        ("mp3", "audio/mp3", b"\xff"),
        ("practicefirst", "application/vnd.recordare.musicxml", b"PK"),
    ],
)
def test_an_export_is_fetched_without_the_token(
    client: Any, path: str, form: str, media_type: str, start: bytes
) -> None:
    created = client("POST", f"{path}/revisions/last/{form}/task").json()
    assert (created["state"], created["format"], created["score"]) == ("created", form, path.rpartition("/")[2])
    done = client("GET", f"/tasks/{created['id']}").json()
    assert (done["state"], done["progress"]["percent"], done["doneDate"]) == ("done", 100, done["modificationDate"])
    assert client("GET", f"/tasks/{created['id']}").json() == done
    with urllib3.PoolManager() as stranger:
        answer = stranger.request("GET", done["result"]["url"])
    assert (answer.status, answer.headers["Content-Type"]) == (200, media_type)
    assert answer.data.startswith(start)


def test_a_task_takes_as_many_looks_as_are_set(sandbox: Any, client: Any, path: str) -> None:
    _set(sandbox, polls=2)
    task = client("POST", f"{path}/revisions/last/practicefirst/task").json()["id"]
    looks = [client("GET", f"/tasks/{task}").json() for _ in range(3)]
    assert [look["state"] for look in looks] == ["doing", "doing", "done"]
    assert looks[0]["progress"]["percent"] == 50
    assert "result" not in looks[1]


def test_a_task_takes_as_long_as_is_set(sandbox: Any, client: Any, path: str) -> None:
    _set(sandbox, seconds=3600)
    task = client("POST", f"{path}/revisions/last/practicefirst/task").json()["id"]
    assert client("GET", f"/tasks/{task}").json()["state"] == "doing"
    _set(sandbox, seconds=0)
    assert client("GET", f"/tasks/{task}").json()["state"] == "done"


def test_a_reset_forgets_the_pace(sandbox: Any, client: Any, path: str) -> None:
    _set(sandbox, polls=5)
    sandbox.reset()
    body = {"data": b64encode(b"%PDF-1.7").decode(), "dataEncoding": "base64", "supportsTasks": True}
    task = client("POST", "/scores", json={**body, "filename": "canon.pdf"}).json()
    assert (task["type"], task["state"]) == ("import-omr", "created")
    done = client("GET", f"/tasks/{task['id']}").json()
    score = client("GET", f"/scores/{done['score']}").json()
    assert score["title"] == "OMR stand-in: canon"
    assert "no page was read" in score["subtitle"]


def test_an_export_whose_score_is_gone_fails(sandbox: Any, client: Any, path: str) -> None:
    task = client("POST", f"{path}/revisions/last/mp3/task").json()["id"]
    client("DELETE", f"{path}?now=true")
    failed = client("GET", f"/tasks/{task}").json()
    assert (failed["state"], failed["errorHistory"]) == ("error", [failed["result"]["error"]])


def test_wrong_exports_are_refused_at_once(client: Any, path: str) -> None:
    answer = client("POST", f"{path}/revisions/last/mp3/task", json={"parts": ["x"]})
    assert (answer.status, answer.json()["param"]) == (422, "parts")
    assert client("POST", f"{path}/revisions/unknown/mp3/task").status == 404
    assert client("POST", f"{path}/revisions/last/midi/task").status == 422


def test_a_task_is_for_its_creator_who_may_only_read_the_score(client: Any, path: str, person: Any) -> None:
    client("PUT", path, json={"privacy": "public"})
    _, other = person("student")
    task = other("POST", f"{path}/revisions/last/practicefirst/task").json()["id"]
    assert client("GET", f"/tasks/{task}").status == 404
    assert other("GET", f"/tasks/{task}").status == 200


def test_the_newest_mp3_is_a_track_on_demand(client: Any, path: str) -> None:
    assert client("GET", f"{path}/tracks?listAutoTrack=true").json() == []
    task = client("POST", f"{path}/revisions/last/mp3/task").json()["id"]
    url = client("GET", f"/tasks/{task}").json()["result"]["url"]
    assert client("GET", f"{path}/tracks").json() == []
    (track,) = client("GET", f"{path}/tracks?listAutoTrack=true").json()
    assert (track["url"], track["type"], track["state"]) == (url, "audio", "completed")
    assert track["synchronizationPoints"] == client("GET", f"{path}/revisions/last/synchronizationPoints").json()


def test_a_negative_transition_is_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        Transition(polls=-1)
