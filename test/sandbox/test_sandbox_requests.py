"""Wrong requests get an answer that names what is wrong; right ones are recorded."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flat_api.sandbox import Sandbox


@pytest.mark.parametrize(
    ("path", "param", "words"),
    [
        ("/collections?limit=999", "limit", "maximum of 100"),
        ("/collections?limit=0", "limit", "minimum of 1"),
        ("/collections?limit=many", "limit", "integer"),
        ("/collections?limit=1&limit=2", "limit", "2 times"),
        ("/collections?sort=color", "sort", "creationDate"),
        ("/me?onlyId=yes", "onlyId", "true or false"),
        ("/organizations/users?role=teacher&role=queen", "role", "queen"),
        ("/collections?next=rubbish", "next", "cursor"),
        ("/scores/x/revisions/last/pdf", "format", "mxl"),
        ("/omr/jobs/j/files/first", "index", "integer"),
    ],
)
def test_a_wrong_parameter_is_422_and_named(client: Any, path: str, param: str, words: str) -> None:
    answer = client("GET", path)
    assert answer.status == 422
    assert answer.json()["param"] == param
    assert param in answer.json()["message"]
    assert words in answer.json()["message"]


@pytest.mark.parametrize(
    ("body", "param", "words"),
    [
        ({"data": 5}, "data", "string"),
        ({"data": "x", "privacy": "secret"}, "privacy", "privateLink"),
        ({"title": "x"}, None, "data is required"),
        ({"title": "x", "builderData": {}}, "builderData.scoreData", "required"),
        (
            {"title": "x", "builderData": {"scoreData": {"instruments": [{"group": "keyboards"}]}}},
            "builderData.scoreData.instruments.0.instrument",
            "required",
        ),
        ({"source": {"googleDrive": "id"}}, "source", "Google Drive"),
        ({"data": "!", "dataEncoding": "base64"}, "data", "Base64"),
        ({"data": "no music"}, "data", "MusicXML"),
        ({"data": "%PDF-1.7"}, "supportsTasks", "true"),
    ],
)
def test_a_wrong_body_is_422_and_the_field_is_named(
    client: Any, body: dict[str, Any], param: str | None, words: str
) -> None:
    answer = client("POST", "/scores", json=body)
    assert answer.status == 422, answer.data
    assert answer.json().get("param") == param
    assert words in answer.json()["message"]


@pytest.mark.parametrize(
    "body", [b"{", b"\xff", b'{"data": NaN}', b'{"data": 1e999}', b'{"data": "\\ud800"}', b"[" * 100_000]
)
def test_what_is_not_json_is_400(client: Any, body: bytes) -> None:
    answer = client("POST", "/scores", body=body, headers={"Content-Type": "application/json; charset=utf-8"})
    assert answer.status == 400
    assert answer.json()["code"] == "INVALID_JSON"


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", None])
def test_another_media_type_is_415(client: Any, content_type: str | None) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    answer = client("POST", "/scores", body=b"{}", headers=headers)
    assert answer.status == 415
    assert "application/json" in answer.json()["message"]


def test_a_missing_body_is_422(client: Any) -> None:
    answer = client("POST", "/scores")
    assert (answer.status, answer.json()["code"]) == (422, "INVALID_BODY")


def test_a_query_that_is_no_utf8_is_400(client: Any) -> None:
    assert client("GET", "/collections?parent=%ff").status == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("PUT", "/me", 405), ("GET", "/scores/x", 404), ("GET", "/users/x", 404)],
)
def test_unknown_things_are_404_and_unknown_methods_405(client: Any, method: str, path: str, status: int) -> None:
    answer = client(method, path)
    assert answer.status == status
    assert answer.json().keys() >= {"code", "message", "id"}
    assert ("Allow" in answer.headers) == (status == 405)


def test_requests_are_recorded_without_the_token(sandbox: Sandbox, client: Any) -> None:
    client("PUT", "/scores/a%2Fb?x=1&x=%20", json={"title": "é"})
    client("GET", "/nothing")
    first, second = sandbox.requests
    assert (first.operation, first.method, first.path, first.status) == (
        "editScore",
        "PUT",
        "/v2/scores/a%2Fb",
        404,
    )
    assert first.query == [("x", "1"), ("x", " ")]
    assert json.loads(first.body) == {"title": "é"}
    assert first.headers["content-type"] == "application/json"
    assert sandbox.token not in repr(sandbox.requests)
    assert (second.operation, second.status) == (None, 404)
