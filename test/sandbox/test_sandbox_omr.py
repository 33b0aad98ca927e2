"""Recognition jobs from the draft to the result, at the pace that is set; the result is a named stand-in."""

from __future__ import annotations

import re
import time
import zlib
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from flat_api.sandbox.transitions import Transition, set_transition

_JPEG = b"\xff\xd8\xff\xe0 a picture"
_PNG = b"\x89PNG\r\n\x1a\n"


def _pdf(pages: int = 1) -> bytes:
    return b"%PDF-1.7\n/Type /Pages\n" + b"<< /Type /Page >>\n" * pages


def _file(data: bytes, filename: str = "canon.pdf") -> dict[str, str]:
    return {"file": b64encode(data).decode(), "filename": filename}


def _set(sandbox: Any, **transition: Any) -> None:
    with sandbox._store.transaction():
        set_transition(sandbox._store, Transition(**transition))


def _job(client: Any, status: int = 202, **fields: Any) -> dict[str, Any]:
    body = {"files": [_file(_pdf())], "autoStart": True, **fields}
    answer = client("POST", "/omr/jobs", json=body)
    assert answer.status == status, answer.data
    found: dict[str, Any] = answer.json()
    return found


def _credits(client: Any) -> int:
    found: int = client("GET", "/omr/capabilities").json()["remainingCredits"]
    return found


def test_a_draft_takes_files_and_becomes_a_score(client: Any) -> None:
    collection = client("POST", "/collections", json={"title": "Scans"}).json()["id"]
    job = _job(client, 201, files=[], autoStart=False, collection=collection, locales=["en"])
    path = f"/omr/jobs/{job['id']}"
    assert (job["status"], job["output"], job["interactiveSteps"]) == ("draft", "library", [])
    assert client("POST", f"{path}/start").status == 400
    assert client("POST", f"{path}/files", json=_file(_pdf(2))).json() == {"fileIndex": 0, "fileCount": 1}
    assert client("POST", f"{path}/files", json=_file(_PNG, "b.png")).json() == {"fileIndex": 1, "fileCount": 2}
    started = client("POST", f"{path}/start")
    assert (started.status, started.json()["status"]) == (202, "processing")
    assert started.json()["progress"] == {"key": "OMR_QUEUED", "percent": 0, "text": "Waiting for a free place"}
    assert client("POST", f"{path}/start").status == 400
    assert client("POST", f"{path}/files", json=_file(_pdf())).status == 409
    done = client("GET", path).json()
    metadata = done["originalFileMetadata"]
    assert (metadata["fileCount"], metadata["numberOfPages"], metadata["filename"]) == (2, 3, "canon.pdf")
    assert (done["status"], done["estimatedCredits"]) == ("done", 3)
    score = client("GET", f"/scores/{done['result']['score']}").json()
    assert (score["title"], score["collections"]) == ("OMR stand-in: canon", [collection])
    assert score["subtitle"] == "Stand-in of the sandbox: no page was read"
    assert score["instrumentsNames"] == done["importedMetadata"]["instruments"] == ["Soprano", "Piano"]
    assert client("GET", path).json() == done
    assert _credits(client) == 27


def test_an_interactive_job_waits_for_the_details(client: Any) -> None:
    job = _job(client, interactiveSteps=["details"])
    path = f"/omr/jobs/{job['id']}"
    assert client("POST", f"{path}/steps/details", json={"step": "details"}).status == 409
    waiting = client("GET", path).json()
    assert (waiting["status"], waiting["currentStep"]) == ("awaitingInput", "details")
    found = waiting["pendingStep"]["data"]
    assert found["title"] == "OMR stand-in: canon"
    assert [one["partName"] for one in found["instruments"]] == ["Soprano", "Piano"]
    wrong = {"step": "details", "instruments": [{"index": 2}]}
    answer = client("POST", f"{path}/steps/details", json=wrong)
    assert (answer.status, answer.json()["param"]) == (422, "instruments.0.index")
    parts = [{"index": 0, "partName": "Horn in F", "instrumentId": "brass.horn"}, {"index": 1, "midiProgram": 40}]
    body = {"step": "details", "title": "Tallis's Canon", "mainLanguage": "en", "instruments": parts}
    answer = client("POST", f"{path}/steps/details", json=body)
    assert (answer.status, answer.json()["status"]) == (202, "processing")
    assert answer.json()["progress"]["key"] == "OMR_CREATING_SCORE"
    assert "pendingStep" not in answer.json()
    score = client("GET", f"/scores/{client('GET', path).json()['result']['score']}").json()
    assert (score["title"], score["instrumentsNames"]) == ("Tallis's Canon", ["Horn in F", "Piano"])
    assert score["instruments"] == ["brass.horn", "strings.violin"]
    assert "no page was read" in score["subtitle"]


def test_the_output_musicxml_gives_exports_alone(client: Any) -> None:
    first, second = _job(client, output="musicxml"), _job(client, output="musicxml")
    path = f"/omr/jobs/{first['id']}"
    assert first["retention"]["expiryDate"] > first["creationDate"]
    assert client("GET", f"{path}/exports/mxl").json()["code"] == "OMR_JOB_NOT_DONE"
    result = client("GET", path).json()["result"]
    assert "score" not in result
    client("GET", f"/omr/jobs/{second['id']}")
    starts = {"musicxml": b"<?xml", "mxl": b"PK", "midi": b"MThd", "thumbnail.png": b"\x89PNG"}
    assert set(result["exports"]) == set(starts)
    for form, start in starts.items():
        answer = client("GET", f"{path}/exports/{form}")
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/octet-stream")
        assert answer.data.startswith(start)
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert client("GET", f"/omr/jobs/{second['id']}/exports/{form}").data == answer.data
    assert b"no page was read" in client("GET", f"{path}/exports/musicxml").data
    assert client("GET", "/collections/allScores/scores").json() == []
    assert client("GET", f"{path}/exports/pdf").status == 422


def test_a_repeated_call_creates_no_second_job(client: Any, person: Any) -> None:
    first = _job(client, idempotencyKey="scan-1")
    assert _job(client, idempotencyKey="scan-1", output="musicxml")["id"] == first["id"]
    _, other = person("student")
    assert _job(other, idempotencyKey="scan-1")["id"] != first["id"]
    assert len(client("GET", "/omr/jobs").json()) == 1
    assert _credits(client) == 29


def test_without_enough_credits_it_is_402(client: Any) -> None:
    files = [_file(_pdf(31))]
    answer = client("POST", "/omr/jobs", json={"files": files, "autoStart": True})
    assert (answer.status, answer.json()["code"]) == (402, "INSUFFICIENT_CREDITS")
    assert client("GET", "/omr/jobs").json() == []
    draft = _job(client, 201, files=files, autoStart=False)
    assert client("POST", f"/omr/jobs/{draft['id']}/start").status == 402
    assert client("GET", f"/omr/jobs/{draft['id']}").json()["status"] == "draft"
    assert _credits(client) == 30


def test_a_protected_pdf_is_an_error_and_costs_nothing(client: Any) -> None:
    job = _job(client, files=[_file(_pdf() + b"/Encrypt 5 0 R")])
    assert _credits(client) == 29
    failed = client("GET", f"/omr/jobs/{job['id']}").json()
    assert (failed["status"], failed["errorCode"]) == ("error", "OMR_FILE_PROTECTED")
    assert failed["errorMessage"]
    assert _credits(client) == 30
    assert client("GET", f"/omr/jobs/{job['id']}/exports/mxl").status == 409


def test_a_canceled_job_stays_readable(sandbox: Any, client: Any) -> None:
    _set(sandbox, polls=1)
    job = _job(client)
    canceled = client("POST", f"/omr/jobs/{job['id']}/cancel").json()
    assert (canceled["status"], "progress" in canceled) == ("canceled", False)
    assert client("GET", f"/omr/jobs/{job['id']}").json() == canceled
    assert client("POST", f"/omr/jobs/{job['id']}/cancel").status == 409
    assert _credits(client) == 30


def test_a_finished_job_is_deleted_and_its_score_stays(client: Any) -> None:
    job = _job(client, output="musicxml")
    path = f"/omr/jobs/{job['id']}"
    assert client("DELETE", path).status == 409
    client("GET", path)
    left = client("DELETE", path).json()
    assert (left["status"], "result" in left, "expiredDate" in left["retention"]) == ("done", False, True)
    assert client("GET", path).status == 404
    assert client("DELETE", path).json()["param"] == "job"
    score = _job(client)["id"]
    kept = client("GET", f"/omr/jobs/{score}").json()["result"]["score"]
    assert "retention" not in client("DELETE", f"/omr/jobs/{score}").json()
    assert client("GET", f"/scores/{kept}").status == 200


def test_jobs_are_listed_by_status_in_pages(sandbox: Any, client: Any) -> None:
    done = [_job(client)["id"] for _ in range(3)]
    assert [job["status"] for job in client("GET", "/omr/jobs").json()] == ["done"] * 3
    _set(sandbox, polls=1)
    running = _job(client)["id"]
    draft = _job(client, 201, autoStart=False)["id"]
    assert [job["id"] for job in client("GET", "/omr/jobs").json()] == [draft, running, *done[::-1]]
    for status, ids in (("draft", [draft]), ("processing", [running]), ("done", done[::-1]), ("error", [])):
        assert [job["id"] for job in client("GET", f"/omr/jobs?status={status}").json()] == ids
    first = client("GET", "/omr/jobs?status=done&limit=2")
    assert [job["id"] for job in first.json()] == done[:0:-1]
    match = re.search(r'<([^>]*)>; rel="next"', first.headers["Link"])
    assert match is not None
    assert [job["id"] for job in client("GET", match.group(1)).json()] == done[:1]


def test_files_are_erased_after_the_retention(sandbox: Any, client: Any) -> None:
    old, young = _job(client, output="musicxml")["id"], _job(client)["id"]
    client("GET", f"/omr/jobs/{old}")
    stored = sandbox._store.get("omrJob", old)
    sandbox._store.update("omrJob", {**stored, "retention": {"expiryDate": "2026-01-01T00:00:00.000Z"}})
    assert [job["id"] for job in client("GET", "/omr/jobs?expired=true").json()] == [old]
    assert [job["id"] for job in client("GET", "/omr/jobs?expired=false").json()] == [young]
    job = client("GET", f"/omr/jobs/{old}").json()
    assert (job["status"], "result" in job, "expiredDate" in job["retention"]) == ("done", False, True)
    assert client("GET", f"/omr/jobs/{old}/exports/mxl").status == 404
    assert client("GET", f"/omr/jobs/{old}/files/0").status == 404


def test_a_job_takes_as_many_looks_as_are_set_before_and_after_its_step(sandbox: Any, client: Any) -> None:
    _set(sandbox, polls=2)
    path = f"/omr/jobs/{_job(client, interactiveSteps=['details'])['id']}"
    looks = [client("GET", f"{path}?wait=20").json() for _ in range(3)]
    assert [look["status"] for look in looks] == ["processing", "processing", "awaitingInput"]
    assert looks[0]["progress"] == {"key": "OMR_READING_PAGES", "percent": 40, "text": "Reading the pages"}
    client("POST", f"{path}/steps/details", json={"step": "details"})
    looks = [client("GET", path).json() for _ in range(3)]
    assert [look["status"] for look in looks] == ["processing", "processing", "done"]
    assert looks[0]["progress"]["percent"] == 90


def test_wait_holds_the_answer_until_the_job_is_done(sandbox: Any, client: Any) -> None:
    _set(sandbox, seconds=0.2)
    job, start = _job(client)["id"], time.monotonic()
    assert client("GET", f"/omr/jobs/{job}").json()["status"] == "processing"
    assert client("GET", f"/omr/jobs/{job}?wait=20").json()["status"] == "done"
    assert 0.1 < time.monotonic() - start < 5


def test_wait_ends_with_a_cancellation(sandbox: Any, client: Any) -> None:
    _set(sandbox, seconds=3600)
    job = _job(client)["id"]
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(client, "GET", f"/omr/jobs/{job}?wait=25")
        assert client("POST", f"/omr/jobs/{job}/cancel").status == 200
        assert waiting.result(5).json()["status"] == "canceled"


def test_wait_ends_with_its_seconds(sandbox: Any, client: Any) -> None:
    _set(sandbox, seconds=3600)
    assert client("GET", f"/omr/jobs/{_job(client)['id']}?wait=1").json()["status"] == "processing"
    assert client("GET", "/omr/jobs/x?wait=26").json()["param"] == "wait"


def test_files_have_pictures_once_the_job_is_started(client: Any) -> None:
    job = _job(client, 201, files=[_file(_JPEG, "a.jpg"), _file(_pdf())], autoStart=False)["id"]
    assert client("GET", f"/omr/jobs/{job}/files/0").status == 409
    client("POST", f"/omr/jobs/{job}/start")
    same, page = (client("GET", f"/omr/jobs/{job}/files/{index}") for index in (0, 1))
    assert (same.data, same.headers["Content-Type"]) == (_JPEG, "image/jpeg")
    # A frame of 8 bits, 904 high and 640 wide, in gray; it ends like a JPEG.
    assert b"\xff\xc0\x00\x0b\x08" + (904).to_bytes(2, "big") + (640).to_bytes(2, "big") + b"\x01" in page.data
    assert page.data.endswith(b"\xff\xd9")
    for index in (-1, 2):
        assert client("GET", f"/omr/jobs/{job}/files/{index}").json()["param"] == "index"


def test_pages_are_counted_in_packed_objects_too(client: Any) -> None:
    packed = b"stream\n" + zlib.compress(b"<< /Type /Page >> << /Type/Page >>") + b"\nendstream"
    job = _job(client, 201, files=[_file(b"%PDF-1.7\n" + packed + b"stream\nabcendstream")], autoStart=False)
    assert job["originalFileMetadata"]["numberOfPages"] == 2


@pytest.mark.parametrize(
    ("body", "status", "param"),
    [
        ({"files": [_file(b"GIF89a")]}, 422, "files.0.file"),
        ({"files": [{"file": "no base64!"}]}, 422, "files.0.file"),
        ({"files": [_file(_pdf(41))]}, 422, "files.0.file"),
        ({"files": [_file(_pdf())] * 21}, 422, "files.20.file"),
        ({"autoStart": True}, 422, "files"),
        ({"locales": ["tlh"]}, 422, "locales.0"),
        ({"collection": "unknown"}, 404, "collection"),
        ({"interactiveSteps": ["unknown"]}, 422, "interactiveSteps.0"),
    ],
)
def test_wrong_jobs_are_refused(client: Any, body: dict[str, Any], status: int, param: str) -> None:
    answer = client("POST", "/omr/jobs", json=body)
    assert (answer.status, answer.json()["param"]) == (status, param)
    assert client("GET", "/omr/jobs").json() == []


def test_a_wrong_file_is_refused(client: Any) -> None:
    path = f"/omr/jobs/{_job(client, 201, files=[], autoStart=False)['id']}/files"
    answer = client("POST", path, json=_file(b"\x89PNG\r\n\x1a\n" + bytes(20 * 1024 * 1024)))
    assert (answer.status, answer.json()["param"]) == (422, "file")


def test_a_job_is_for_its_creator(client: Any, person: Any) -> None:
    _, other = person("student")
    path = f"/omr/jobs/{_job(client)['id']}"
    calls = [("GET", ""), ("DELETE", ""), ("POST", "/cancel"), ("POST", "/start"), ("GET", "/files/0")]
    assert [other(method, path + end).status for method, end in calls] == [404] * 5
    assert other("GET", "/omr/jobs").json() == []
