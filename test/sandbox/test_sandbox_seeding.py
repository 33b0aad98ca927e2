"""Seeds: so many scores, students, classes, assignments and submissions, the same ones every time."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flat_api.sandbox import Sandbox


def test_a_class_at_work(sandbox: Sandbox, client: Any, connect: Callable[..., Any]) -> None:
    made = sandbox.seed(scores=2, users=5, classes=2, assignments=2, submissions=4)
    assert [len(made.scores), len(made.users), len(made.classes), len(made.assignments)] == [2, 5, 2, 2]
    titles = [score["title"] for score in client("GET", "/collections/allScores/scores?sort=title").json()]
    assert [title for title in titles if title.startswith("Scale")] == ["Scale 1", "Scale 2"]
    classes = client("GET", "/classes").json()
    assert sorted(one["studentsGroup"]["usersCount"] for one in classes) == [2, 3]
    states: list[str] = []
    for classroom, assignment in zip(made.classes, made.assignments, strict=True):
        path = f"/classes/{classroom}/assignments/{assignment}/submissions"
        submissions = client("GET", path).json()
        states += [one["state"] for one in submissions]
        # Each student has a copy of the score.
        assert all(one["attachments"][0]["score"] not in made.scores for one in submissions)
    assert sorted(states) == ["graded", "returned", "turnedIn", "turnedIn"]
    student = connect(sandbox.url, sandbox.issue_token(user=made.users[0]))
    assert [one["id"] for one in student("GET", "/classes").json()] == [made.classes[0]]


def test_the_same_seeds_have_the_same_ids(sandbox: Sandbox, client: Any) -> None:
    first = sandbox.seed(scores=["A", "B"], submissions=3)
    more = sandbox.seed(scores=1, users=2)
    assert not {*first.scores, *first.users} & {*more.scores, *more.users}
    sandbox.reset()
    assert sandbox.seed(scores=["A", "B"], submissions=3) == first
    with Sandbox() as other:
        assert other.seed(scores=["A", "B"], submissions=3) == first
    # Ids of other things stay random.
    one, two = (client("POST", "/classes", json={"name": "Choir"}).json()["id"] for _ in range(2))
    assert one[8:] != two[8:]


def test_what_is_left_out_is_made_as_needed(sandbox: Sandbox) -> None:
    made = sandbox.seed(submissions=3)
    assert [len(made.scores), len(made.users), len(made.classes), len(made.assignments)] == [0, 3, 1, 1]
    made = sandbox.seed(assignments=4)
    assert [len(made.users), len(made.classes), len(made.submissions)] == [0, 1, 0]
    made = sandbox.seed(classes=2, assignments=3, submissions=7)
    assert (len(made.users), len(set(made.submissions))) == (5, 7)
    assert sandbox.seed() == type(made)([], [], [], [], [])


def test_scores_can_be_titles_files_and_bodies(sandbox: Sandbox, client: Any, xml: Any, tmp_path: Path) -> None:
    file = tmp_path / "round.musicxml"
    file.write_text(xml("Round"))
    body = {"title": "Canon", "data": xml(measures=3), "privacy": "public"}
    made = sandbox.seed(scores=["Warm-up & more", file, body])
    scores = [client("GET", f"/scores/{score}").json() for score in made.scores]
    assert [one["title"] for one in scores] == ["Warm-up & more", "Round", "Canon"]
    assert [one["privacy"] for one in scores] == ["private", "private", "public"]
    assert [one["numberMeasures"] for one in scores] == [4, 2, 3]


def test_the_scales_are_real_music_in_many_keys(sandbox: Sandbox, client: Any) -> None:
    made = sandbox.seed(scores=7)
    keys = {client("GET", f"/scores/{score}").json()["mainKeySignature"] for score in made.scores}
    assert keys == set(range(-3, 4))
    midi = client("GET", f"/scores/{made.scores[0]}/revisions/last/midi")
    assert midi.data.startswith(b"MThd")


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"users": -1}, "users"),
        ({"scores": "Canon"}, "scores"),
        ({"scores": [5]}, "scores"),
        ({"scores": [{"title": "No music", "data": "none"}]}, "createScore says: data"),
        ({"scores": [{"colour": "red"}]}, "createScore says"),
        ({"scores": [{"title": "No JSON", "data": b"bytes"}]}, "createScore: .*bytes"),
        ({"classes": 0, "assignments": 1}, "classes"),
        ({"assignments": 0, "submissions": 1}, "assignments"),
        ({"users": 2, "submissions": 3}, "need 3 students"),
    ],
)
def test_impossible_seeds_are_refused(sandbox: Sandbox, wanted: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        sandbox.seed(**wanted)


def test_the_demo_is_made_once(tmp_path: Path, connect: Callable[..., Any]) -> None:
    with Sandbox(tmp_path / "school.db") as sandbox:
        made = sandbox.seed_demo()
        assert made is not None
        assert (len(made.scores), len(made.submissions)) == (4, 9)
        assert sandbox.seed_demo() is None
    with Sandbox(tmp_path / "school.db") as sandbox:
        assert sandbox.seed_demo() is None
        score = connect(sandbox.url, sandbox.token)("GET", f"/scores/{made.scores[0]}").json()
        assert (score["title"], score["privacy"]) == ("Tallis’s Canon", "public")


def test_the_command_line_seeds_and_tells_where_everything_is() -> None:
    command = [sys.executable, "-m", "flat_api.sandbox", "--port", "0", "--seed", "demo"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        banner = ""
        while "Ctrl-C" not in banner:
            line = process.stdout.readline()
            assert line
            banner += line
        process.terminate()
    for words in ("FLAT_API_HOST=", "FLAT_ACCESS_TOKEN=", "/auth/oauth", "client_secret=", "/_sandbox/"):
        assert words in banner
    assert process.returncode == 0
