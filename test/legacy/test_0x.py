"""Programs of the 0.x client."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import flat_api
from flat_api.rest import ApiException
from flat_api.sandbox import Sandbox

PROGRAM = Path(__file__).parent / "programs" / "getting_started_0x.py.txt"
SCORE = "6500a1b2c3d4e5f601020401"


def run(program: str, url: str) -> str:
    """What a program prints in a Python of its own, in which every warning is an error."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "FLAT_API_HOST": url},
        cwd=Path(__file__).parents[2],
    )
    assert done.stderr == ""
    assert done.returncode == 0
    return done.stdout


def test_getting_started(tmp_path: Path) -> None:
    program = PROGRAM.read_text(encoding="utf-8")
    with Sandbox() as sandbox:
        assert "Exception when calling AccountApi->get_authenticated_user: 401" in run(program, sandbox.url)
        printed = run(program.replace("YOUR_ACCESS_TOKEN", sandbox.token), sandbox.url)
        assert "music.teacher" in printed
        assert [request.path for request in sandbox.requests] == ["/v2/me", "/v2/me"]


def test_the_configuration_object(legacy_sandbox: Sandbox) -> None:
    configuration: Any = importlib.import_module("flat_api.configuration")
    api: Any = flat_api.AccountApi()
    with pytest.raises(flat_api.UnauthorizedException):
        api.get_authenticated_user()
    configuration.access_token = legacy_sandbox.token
    assert api.get_authenticated_user().username
    assert configuration.access_token == legacy_sandbox.token
    assert configuration.host == legacy_sandbox.url
    assert configuration is flat_api.configuration
    assert configuration.auth_settings()["OAuth2"]["value"] == f"Bearer {legacy_sandbox.token}"
    assert configuration.api_client is flat_api.ApiClient.get_default()
    configuration.verify_ssl = True
    assert flat_api.AccountApi().get_authenticated_user().id
    with pytest.raises(AttributeError, match="did you mean 'access_token'"):
        configuration.acces_token = "x"
    with pytest.raises(AttributeError, match="no attribute 'acces_token'"):
        configuration.acces_token  # noqa: B018


def test_callback_and_thread(legacy_sandbox: Sandbox) -> None:
    flat_api.Configuration.get_default().access_token = legacy_sandbox.token
    api: Any = flat_api.ScoreApi()
    told: list[Any] = []
    heard = threading.Event()

    def callback(score: Any) -> None:
        told.append(score)
        heard.set()

    thread = api.get_score(SCORE, callback=callback)
    assert heard.wait(10)
    thread.join()
    assert not thread.is_alive()
    assert isinstance(told[0], flat_api.ScoreDetails)


@pytest.mark.parametrize("option", ["async", "async_req"])
def test_async(legacy_sandbox: Sandbox, option: str) -> None:
    flat_api.Configuration.get_default().access_token = legacy_sandbox.token
    api: Any = flat_api.ScoreApi()
    options = {option: True}
    result = api.get_score(SCORE, **options)
    assert isinstance(result.get(timeout=10), flat_api.ScoreDetails)
    assert result.ready()
    assert result.successful()
    data, status, headers = api.get_score_with_http_info(SCORE, **options).get()
    assert (type(data), status) == (flat_api.ScoreDetails, 200)
    assert headers["Content-Type"].startswith("application/json")
    failing = api.get_score("x" * 3000, _request_auth="wrong", **options)
    with pytest.raises(ApiException):
        failing.get()
    failing.wait()
    assert not failing.successful()


def test_with_http_info_is_a_triple(legacy_sandbox: Sandbox) -> None:
    flat_api.Configuration.get_default().access_token = legacy_sandbox.token
    api: Any = flat_api.ScoreApi()
    answer = api.get_score_with_http_info(SCORE)
    data, status, headers = answer
    assert (answer[0], answer[1], answer[2]) == (data, status, headers)
    assert isinstance(api.get_score_with_http_info(SCORE, _return_http_data_only=True), flat_api.ScoreDetails)
    assert api.get_score(SCORE, _return_http_data_only=False)[1] == 200
    assert isinstance(api.get_score(SCORE, _return_http_data_only=True), flat_api.ScoreDetails)
    assert api.get_score_with_http_info(SCORE, _return_http_data_only=False)[1] == 200


def test_preload_content(legacy_sandbox: Sandbox) -> None:
    flat_api.Configuration.get_default().access_token = legacy_sandbox.token
    api: Any = flat_api.ScoreApi()
    response = api.get_score(SCORE, _preload_content=False)
    assert response.status == 200
    assert response.data.startswith(b"{")
    response.close()
    response, status, _ = api.get_score_with_http_info(SCORE, _preload_content=False)
    assert status == response.status
    response.close()


def test_keywords_that_the_api_no_longer_knows(legacy_sandbox: Sandbox) -> None:
    flat_api.Configuration.get_default().access_token = legacy_sandbox.token
    scores: Any = flat_api.ScoreApi()
    with pytest.warns(DeprecationWarning, match="only_cached") as caught:
        scores.get_score_revision_data(SCORE, "last", "mxl", only_cached=True)
    assert caught[0].filename == __file__
    assert "nly" not in str(legacy_sandbox.requests[-1].query)
    every = scores.get_user_scores("me")
    parents = {score.parent_score for score in every} - {None}
    for parent in [*parents, "another"]:
        with pytest.warns(DeprecationWarning, match="narrowed"):
            found = scores.get_user_scores("me", parent=parent)
        assert list(found) == [score for score in every if score.parent_score == parent]
    users: Any = flat_api.OrganizationApi()
    with pytest.raises(flat_api.ApiValueError, match="paginate"):
        users.list_organization_users(offset=20)
    with pytest.raises(flat_api.ApiTypeError, match="no argument bogus"):
        users.list_organization_users(bogus=20, async_req=False)


def test_models(legacy_sandbox: Sandbox) -> None:
    with pytest.warns(DeprecationWarning, match="ClassAssignmentUpdate"):
        kind: Any = flat_api.AssignmentCreation
    assert kind(title="Scales").title == "Scales"
    body: Any = flat_api.ScoreCreation(title="x", privacy="private", data="<x/>")
    assert (body.title, body["title"], body.get("title"), "title" in body) == ("x", "x", "x", True)
    assert body.swagger_types["title"] == "str"
    assert flat_api.ScoreDetails.attribute_map["creation_date"] == "creationDate"
    assert flat_api.ScorePrivacy.PUBLIC == "public"
    with pytest.warns(DeprecationWarning, match="FlatLocales"):
        locales: Any = flat_api.FlatLocales
    assert locales.PT_BR == locales.PT_MINUS_BR == "pt-BR"
    with pytest.raises(AttributeError, match="does not take it"):
        flat_api.models.AssignmentSubmissionUpdate().student_comment = "x"  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match="has no field 'student_comment'"):
        flat_api.models.AssignmentSubmissionUpdate(student_comment="x")  # type: ignore[call-arg]


def test_call_api(legacy_sandbox: Sandbox) -> None:
    client: Any = flat_api.ApiClient(flat_api.Configuration(access_token=legacy_sandbox.token), cookie="a=b")
    user, status, _ = client.call_api("/me", "GET", response_type="UserDetails", auth_settings=["OAuth2"])
    assert (type(user), status) == (flat_api.UserDetails, 200)
    assert legacy_sandbox.requests[-1].headers["cookie"] == "a=b"
    assert client.cookie == "a=b"
    query = [("parent", "root")]
    plain = client.call_api("/collections", "GET", {}, query, response_type="object", _return_http_data_only=True)
    assert isinstance(plain, list)
    assert list(legacy_sandbox.requests[-1].query) == query
    assert client.sanitize_for_serialization(user)["username"] == user.username
    assert client.deserialize('{"id": "1"}', "object") == {"id": "1"}
    with pytest.raises(flat_api.ApiTypeError, match="bogus"):
        client.call_api("/me", "GET", bogus=1)
    with pytest.raises(AttributeError, match="_with_http_info"):
        client.last_response  # noqa: B018
    with pytest.raises(flat_api.ApiTypeError, match="bogus"):
        flat_api.ApiClient(bogus=1)  # type: ignore[call-arg]
