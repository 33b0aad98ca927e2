"""The history of the credits that pay for recognition."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Any

from flat_api.sandbox import billing


def _start(client: Any, pages: int = 1) -> str:
    file = b64encode(b"%PDF-1.7\n" + b"<< /Type /Page >>\n" * pages).decode()
    answer = client("POST", "/omr/jobs", json={"files": [{"file": file}], "autoStart": True})
    assert answer.status == 202, answer.data
    found: str = answer.json()["id"]
    return found


def _history(client: Any) -> list[tuple[Any, ...]]:
    entries = client("GET", "/billing/credits/history").json()
    return [(one["amount"], one["source"], one["state"], one.get("job")) for one in entries]


def test_an_account_begins_with_the_allowance_of_its_plan(client: Any, person: Any) -> None:
    (entry,) = client("GET", "/billing/credits/history").json()
    assert (entry["amount"], entry["source"], entry["type"]) == (30, "subscription", "ai")
    assert client("GET", "/omr/capabilities").json()["remainingCredits"] == 30
    _, other = person("student")
    _start(other, 5)
    assert _history(client) == [(30, "subscription", "active", None)]


def test_a_job_is_charged_and_given_back(client: Any) -> None:
    kept, canceled = _start(client, 2), _start(client, 3)
    client("GET", f"/omr/jobs/{kept}")
    client("POST", f"/omr/jobs/{canceled}/cancel")
    assert _history(client) == [
        (-3, "subscription", "canceled", canceled),
        (-2, "subscription", "active", kept),
        (30, "subscription", "active", None),
    ]
    newest = client("GET", "/billing/credits/history").json()[0]
    assert newest["feature"] == "omr"
    assert newest["modificationDate"] >= newest["creationDate"]
    assert client("GET", "/omr/capabilities").json()["remainingCredits"] == 28


def test_a_job_can_draw_on_two_sources(sandbox: Any, client: Any) -> None:
    teacher = client("GET", "/me").json()["id"]
    with sandbox._store.transaction():
        billing.grant(sandbox._store, teacher, 10)
    job = _start(client, 35)
    assert _history(client)[:2] == [(-5, "purchase", "active", job), (-30, "subscription", "active", job)]
    client("POST", f"/omr/jobs/{job}/cancel")
    assert [state for _, _, state, _ in _history(client)[:2]] == ["canceled", "canceled"]
    assert client("GET", "/omr/capabilities").json()["remainingCredits"] == 40


def test_the_history_comes_in_pages(client: Any) -> None:
    for _ in range(2):
        _start(client)
    first = client("GET", "/billing/credits/history?limit=2")
    assert [one["amount"] for one in first.json()] == [-1, -1]
    match = re.search(r'<([^>]*)>; rel="next"', first.headers["Link"])
    assert match is not None
    assert [one["amount"] for one in client("GET", match.group(1)).json()] == [30]
