"""Audio and video tracks of a score."""

from __future__ import annotations

from typing import Any

import pytest

_POINTS = [
    {"type": "measure", "measureUuid": "5f1c2a34-7b1e-4d0a-9c55-0a1b2c3d4e01", "time": 1.2},
    {"type": "end", "time": 25},
]


@pytest.fixture
def path(client: Any, xml: Any) -> str:
    return f"/scores/{client.score(xml())['id']}/tracks"


def _add(client: Any, path: str, url: str = "https://example.org/a.mp3", **fields: Any) -> dict[str, Any]:
    answer = client("POST", path, json={"url": url, **fields})
    assert answer.status == 200, answer.data
    found: dict[str, Any] = answer.json()["track"]
    return found


def test_a_track_is_added_changed_and_removed(client: Any, path: str) -> None:
    track = _add(client, path, title="Rehearsal")
    assert (track["type"], track["state"], track["purpose"], track["default"]) == ("audio", "draft", "common", False)
    assert client("GET", path).json() == [track]
    body = {"title": "Concert", "state": "completed", "synchronizationPoints": _POINTS, "default": True}
    changed = client("PUT", f"{path}/{track['id']}", json=body).json()
    assert {name: changed[name] for name in body} == body
    assert changed["url"] == track["url"]
    assert client("GET", f"{path}/{track['id']}").json() == changed
    assert client("DELETE", f"{path}/{track['id']}").status == 204
    assert client("GET", f"{path}/{track['id']}").json()["param"] == "track"
    assert client("GET", path).json() == []


@pytest.mark.parametrize(
    ("url", "kind", "media"),
    [
        ("https://www.youtube.com/watch?v=abc123", "youtube", "abc123"),
        ("https://youtu.be/abc123", "youtube", "abc123"),
        ("https://vimeo.com/12345", "vimeo", "12345"),
        ("https://soundcloud.com/choir/canon", "soundcloud", None),
        ("https://example.org/a.mp3", "audio", None),
    ],
)
def test_the_address_tells_the_kind(client: Any, path: str, url: str, kind: str, media: str | None) -> None:
    track = _add(client, path, url)
    assert (track["type"], track.get("mediaId")) == (kind, media)


def test_there_is_one_default_track(client: Any, path: str) -> None:
    first, second = _add(client, path, default=True), _add(client, path, default=True)
    assert [one["default"] for one in client("GET", path).json()] == [False, True]
    client("PUT", f"{path}/{first['id']}", json={"default": True})
    assert [one["default"] for one in client("GET", path).json()] == [True, False]
    client("PUT", f"{path}/{first['id']}", json={"state": "deleted"})
    assert client("GET", path).json() == [{**second, "default": False}]


def test_the_default_track_gives_points_and_address(client: Any, path: str) -> None:
    data = path.replace("/tracks", "/revisions/last")
    assert client("GET", f"{data}/mp3?defaultTrack=true").json()["param"] == "defaultTrack"
    track = _add(client, path, default=True, synchronizationPoints=_POINTS)
    assert client("GET", f"{data}/synchronizationPoints?defaultTrack=true").json() == _POINTS
    assert client("GET", f"{data}/mp3?defaultTrack=true&url=true").json() == {"url": track["url"]}
    assert client("GET", f"{data}/mp3?defaultTrack=true").json()["param"] == "url"
    assert client("GET", f"{data}/midi?defaultTrack=true").json()["param"] == "defaultTrack"


@pytest.mark.parametrize("body", [{}, {"url": "file:///a.mp3"}, {"url": "http://["}, {"url": "https://"}])
def test_a_track_needs_a_web_address(client: Any, path: str, body: dict[str, str]) -> None:
    answer = client("POST", path, json=body)
    assert (answer.status, answer.json()["param"]) == (422, "url")


def test_students_add_their_performance_to_what_they_can_read(client: Any, path: str, person: Any) -> None:
    student, other = person("student")
    client("POST", path.replace("/tracks", "/collaborators"), json={"user": student})
    assert other("POST", path, json={"url": "https://example.org/a.mp3"}).status == 403
    own = _add(other, path, purpose="performanceSubmission")
    theirs = _add(client, path)
    assert own["creator"] == student
    assert other("PUT", f"{path}/{own['id']}", json={"title": "Take 2"}).status == 200
    assert other("PUT", f"{path}/{theirs['id']}", json={"title": "x"}).status == 403
    assert other("DELETE", f"{path}/{theirs['id']}").status == 403
    assert other("DELETE", f"{path}/{own['id']}").status == 204


def test_no_track_is_related_to_an_unknown_assignment(client: Any, path: str) -> None:
    _add(client, path)
    assert client("GET", f"{path}?assignment=unknown").json() == []
