"""The server and its state: restarts, slow requests, broken state, the command line."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from flat_api.sandbox import Sandbox
from flat_api.sandbox.call import Answer
from flat_api.sandbox.contract import load
from flat_api.sandbox.errors import ApiError
from flat_api.sandbox.outgoing import check_answer
from flat_api.sandbox.store import Store

Connect = Callable[[str, str | None], Any]


def test_the_state_survives_a_restart(tmp_path: Path, connect: Connect, xml: Any) -> None:
    with Sandbox(tmp_path / "state.db") as first:
        score = connect(first.url, first.token).score(xml())
        token = first.token
    with Sandbox(tmp_path / "state.db") as second:
        assert second.token == token
        answer = connect(second.url, token)("GET", f"/scores/{score['id']}/revisions/last/xml")
        assert answer.data == xml().encode()


def test_reset_empties_the_state_and_keeps_the_token(sandbox: Sandbox, client: Any, xml: Any) -> None:
    client.score(xml())
    restricted = sandbox.issue_token(["scores"])
    token = sandbox.token
    sandbox.reset()
    assert sandbox.requests == []
    assert sandbox.token == token
    assert client("GET", "/collections/allScores/scores").json() == []
    assert client("GET", "/me", headers={"Authorization": f"Bearer {restricted}"}).status == 401


def test_a_slow_export_does_not_block_other_requests(client: Any, xml: Any) -> None:
    score = client.score(xml(measures=300))
    with ThreadPoolExecutor(1) as pool:
        export = pool.submit(client, "GET", f"/scores/{score['id']}/revisions/last/mp3")
        answers = [client("GET", "/me").status for _ in range(3)]
        assert not export.done()
        assert export.result().status == 200
    assert answers == [200, 200, 200]


def test_two_sandboxes_do_not_share_state(connect: Connect, xml: Any) -> None:
    with Sandbox() as one, Sandbox() as other:
        connect(one.url, one.token).score(xml())
        assert connect(other.url, other.token)("GET", "/collections/allScores/scores").json() == []
        assert connect(other.url, one.token)("GET", "/me").status == 401


def test_a_port_in_use_and_a_second_start_are_errors() -> None:
    with Sandbox() as sandbox:
        with pytest.raises(RuntimeError, match="running already"):
            sandbox.start()
        with pytest.raises(OSError, match="in use"):
            Sandbox(port=int(sandbox.url.split(":")[2].split("/")[0])).start()
    sandbox.close()


def test_there_is_no_address_before_the_start() -> None:
    sandbox = Sandbox()
    with pytest.raises(RuntimeError, match="start"):
        _ = sandbox.url
    sandbox.close()


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(ValueError, match="version 99"):
        Store(path)


def test_a_failed_transaction_leaves_no_trace() -> None:
    store = Store()

    def fail() -> None:
        with store.transaction():
            store.insert("thing", {"id": "a"})
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert store.get("thing", "a") is None
    store.close()


@pytest.mark.parametrize(
    ("operation", "answer", "words"),
    [
        ("getAuthenticatedUser", Answer(content={"id": 5}), "$"),
        ("getAuthenticatedUser", Answer(status=299), "299"),
        ("getAuthenticatedUser", Answer(content=b"", media_type="text/html"), "text/html"),
        ("getAuthenticatedUser", Answer(media_type=None), "body"),
        ("listCollections", Answer(content=[{"id": 5}]), "$[0]"),
        (
            "getScoreRevisionData",
            Answer(content=b"", media_type="audio/wav", headers={"x-flat-score-revision-date": "today"}),
            "x-flat-score-revision-date",
        ),
    ],
)
def test_an_answer_that_breaks_the_contract_is_loud(operation: str, answer: Answer, words: str) -> None:
    with pytest.raises(ApiError) as caught:
        check_answer(load().operations[operation], {}, answer)
    assert (caught.value.status, caught.value.code) == (500, "SANDBOX_CONTRACT_MISMATCH")
    assert words in caught.value.message


def test_a_broken_state_is_a_loud_500_unless_answers_are_not_checked(tmp_path: Path, connect: Connect) -> None:
    path = tmp_path / "state.db"
    with Sandbox(path) as sandbox:
        client = connect(sandbox.url, sandbox.token)
        store = Store(path)
        user = store.get("user", client("GET", "/me").json()["id"])
        assert user is not None
        store.update("user", {**user, "product": "piano"})
        store.close()
        answer = client("GET", "/me")
        assert (answer.status, answer.json()["code"]) == (500, "SANDBOX_CONTRACT_MISMATCH")
        assert "$.product" in answer.json()["message"]
        assert client("GET", "/me?onlyId=true").status == 200
    with Sandbox(path, validate_responses=False) as sandbox:
        assert connect(sandbox.url, sandbox.token)("GET", "/me").json()["product"] == "piano"


def test_the_command_line_serves_until_it_is_terminated(connect: Connect, launch: Any) -> None:
    with launch("--examples") as process:
        client = connect(process.setting("FLAT_API_HOST"), process.setting("FLAT_ACCESS_TOKEN"))
        assert client("GET", "/classes").status == 200
        assert "in memory" in process.banner
        assert "Warning" not in process.banner
        process.process.send_signal(signal.SIGTERM)
        assert process.process.wait(10) == 0


def test_the_command_line_warns_of_other_hosts(launch: Any) -> None:
    with launch("--host", "0.0.0.0") as process:
        assert process.banner.startswith("Warning: 0.0.0.0")


def test_the_command_line_tells_why_it_cannot_start(tmp_path: Path) -> None:
    text = tmp_path / "text.db"
    text.write_text("This is no database, but a text that is long enough to be taken for one." * 20)
    command = [sys.executable, "-m", "flat_api.sandbox", "--port", "0", "--data", str(text)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == 1
    assert "cannot start" in done.stderr
