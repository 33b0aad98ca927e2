"""The life of a score: made, read, changed, copied, trashed, restored, deleted."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest


def test_a_score_is_made_from_a_file_and_read_back(client: Any, xml: Any) -> None:
    answer = client("POST", "/scores", json={"data": xml("Round", measures=3)})
    score = answer.json()
    assert answer.status == 200
    assert (score["title"], score["composer"], score["privacy"]) == ("Round", "Thomas Tallis", "private")
    assert (score["numberMeasures"], score["mainKeySignature"]) == (3, 2)
    assert score["instruments"] == ["keyboards.piano"]
    assert client("GET", f"/scores/{score['id']}").json() == score
    revisions = client("GET", f"/scores/{score['id']}/revisions").json()
    assert [revision["id"] for revision in revisions] == [answer.headers["x-flat-score-revision"]]
    assert revisions[0]["date"] == answer.headers["x-flat-score-revision-date"]


@pytest.mark.parametrize(
    ("in_file", "fields", "title"),
    [
        ("Round", {"title": "Canon"}, "Canon"),
        ("Round", {"title": "", "filename": "file.xml"}, "Round"),
        (None, {"filename": "music/eight.musicxml"}, "eight"),
        (None, {}, "New Music Score"),
    ],
)
def test_the_title_comes_from_the_call_the_file_or_its_name(
    client: Any, xml: Any, in_file: str | None, fields: dict[str, str], title: str
) -> None:
    assert client.score(xml(in_file), **fields)["title"] == title


def test_base64_may_have_line_breaks(client: Any, xml: Any) -> None:
    data = b64encode(xml().encode()).decode()
    lines = "\n".join(data[start : start + 76] for start in range(0, len(data), 76))
    assert client.score(lines, dataEncoding="base64", privacy="public")["privacy"] == "public"


def test_a_blank_score_is_made_from_instruments(client: Any) -> None:
    instruments = [
        {"group": "keyboards", "instrument": "piano"},
        {"group": "strings", "instrument": "double-bass", "longName": "Contrabass"},
    ]
    builder = {"instruments": instruments, "fifths": -3, "nbBeats": 3}
    body = {"title": "Empty", "builderData": {"scoreData": builder}}
    score = client("POST", "/scores", json=body).json()
    assert score["title"] == "Empty"
    assert score["instruments"] == ["keyboards.piano", "strings.double-bass"]
    assert score["instrumentsNames"] == ["Piano", "Contrabass"]
    assert score["mainKeySignature"] == -3


@pytest.mark.parametrize(
    ("builder", "param"),
    [
        ({"instruments": [{"group": "keyboards", "instrument": "piano"}], "nbBeats": 3.5}, "nbBeats"),
        ({"instruments": []}, None),
    ],
)
def test_what_cannot_be_built_is_422(client: Any, builder: dict[str, Any], param: str | None) -> None:
    answer = client("POST", "/scores", json={"title": "Empty", "builderData": {"scoreData": builder}})
    assert answer.status == 422
    assert answer.json()["param"] == ".".join(["builderData.scoreData", *([param] if param else [])])


def test_a_picture_becomes_a_task_that_ends_with_a_score(client: Any) -> None:
    body = {"data": b64encode(b"\x89PNG\r\n\x1a\n").decode(), "dataEncoding": "base64", "supportsTasks": True}
    answer = client("POST", "/scores", json={**body, "title": "From paper"})
    assert answer.status == 202
    assert answer.json()["state"] == "created"
    done = client("GET", f"/tasks/{answer.json()['id']}").json()
    assert (done["state"], done["progress"]["percent"]) == ("done", 100)
    assert client("GET", f"/scores/{done['score']}").json()["title"] == "From paper"
    assert client("GET", f"/tasks/{done['id']}").json() == done
    assert client("GET", "/tasks/unknown").status == 404


def test_an_edit_changes_what_is_sent_and_null_removes(client: Any, xml: Any) -> None:
    score = client.score(xml())
    body = {"title": "Canon", "composer": None, "tags": ["choir"]}
    edited = client("PUT", f"/scores/{score['id']}", json=body).json()
    assert (edited["title"], edited["tags"]) == ("Canon", ["choir"])
    assert "composer" not in edited
    assert edited["privacy"] == "private"
    assert edited["modificationDate"] >= score["modificationDate"]
    assert client("GET", f"/scores/{score['id']}").json() == edited


def test_tags_are_letters_and_digits(client: Any, xml: Any) -> None:
    path = f"/scores/{client.score(xml())['id']}"
    answer = client("PUT", path, json={"title": "x", "tags": ["choir", "chœur"]})
    assert (answer.status, answer.json()["param"]) == (422, "tags.1")
    assert client("GET", path).json()["title"] == "Round"


def test_a_private_link_has_a_key(client: Any, xml: Any) -> None:
    score = client.score(xml())
    edited = client("PUT", f"/scores/{score['id']}", json={"privacy": "privateLink"}).json()
    assert len(edited["sharingKey"]) == 128


def test_a_trashed_score_is_gone_until_it_is_restored(client: Any, xml: Any) -> None:
    path = f"/scores/{client.score(xml())['id']}"
    assert client("DELETE", path).status == 204
    assert [client(method, path + end, json=body).status for method, end, body in _USES] == [404] * 4
    assert client("POST", f"{path}/untrash").status == 204
    assert client("GET", path).status == 200
    assert "scheduledDeletionDate" not in client("GET", path).json()


_USES: list[tuple[str, str, Any]] = [
    ("GET", "", None),
    ("PUT", "", {"title": "x"}),
    ("GET", "/revisions", None),
    ("POST", "/fork", {}),
]


def test_a_score_deleted_now_cannot_be_restored(client: Any, xml: Any) -> None:
    path = f"/scores/{client.score(xml())['id']}"
    assert client("DELETE", f"{path}?now=true").status == 204
    assert client("POST", f"{path}/untrash").status == 404
    assert client("DELETE", path).status == 404


@pytest.mark.parametrize(("body", "title"), [({}, "Copy of Round"), ({"keepOriginalTitle": True}, "Round")])
def test_a_fork_is_a_private_copy(client: Any, xml: Any, body: dict[str, Any], title: str) -> None:
    source = xml("Round")
    original = client.score(source, privacy="public")
    copy = client("POST", f"/scores/{original['id']}/fork", json=body).json()
    assert (copy["title"], copy["privacy"], copy["parentScore"]) == (title, "private", original["id"])
    assert copy["id"] != original["id"]
    assert copy["composer"] == original["composer"]
    assert client("GET", f"/scores/{copy['id']}/revisions/last/xml").data == source.encode()


def test_the_scores_of_a_user_are_the_public_ones(client: Any, xml: Any) -> None:
    client.score(xml("Private"))
    for title in ("B", "a", "C"):
        client.score(xml(title), privacy="public")
    answer = client("GET", "/users/me/scores?sort=title")
    assert [score["title"] for score in answer.json()] == ["a", "B", "C"]
    assert "Link" not in answer.headers
    page = client("GET", "/users/me/scores?sort=title&paginate=true&limit=2")
    assert [score["title"] for score in page.json()] == ["a", "B"]
    assert 'rel="next"' in page.headers["Link"]
    assert client("GET", "/users/unknown/scores").status == 404
