"""Programs of the official 2.x client."""

from __future__ import annotations

import time
from typing import Any

import pytest
from flat_api._retry import RetryPolicy  # type: ignore[import-not-found]

import flat_api
from flat_api import errors
from flat_api.oauth import OAuth2Helper, TokenManager, Tokens
from flat_api.pagination import next_cursor, paginate, parse_link_header
from flat_api.sandbox import Sandbox

from .test_0x import SCORE
from .token_server import token_server


@pytest.fixture
def helper(legacy_sandbox: Sandbox) -> Any:
    with token_server(legacy_sandbox.token) as server:
        configuration = flat_api.Configuration(token_url=server.url)
        helper = OAuth2Helper("client", "secret", "https://example.org/back", configuration=configuration)
        yield helper, server
        helper.close()


def test_client(legacy_sandbox: Sandbox) -> None:
    client: Any = flat_api.FlatClient(
        access_token=legacy_sandbox.token, base_url=legacy_sandbox.url, timeout=20, retry=RetryPolicy.disabled()
    )
    assert flat_api.AccountApi(client.api_client).get_authenticated_user().id
    assert (client.base_url, client.timeout, client.retry.enabled) == (legacy_sandbox.url, 20, False)
    assert client.tokens.access_token == legacy_sandbox.token
    with pytest.raises(AttributeError, match="bogus"):
        client.bogus  # noqa: B018
    with pytest.raises(flat_api.ApiValueError, match="same thing"):
        flat_api.FlatClient(base_url="http://a", host="http://b")
    with pytest.raises(flat_api.ApiTypeError, match="Tokens"):
        flat_api.FlatClient(tokens="x")
    client.close()


@pytest.mark.parametrize("ended", [True, False])
def test_tokens_are_refreshed_once(legacy_sandbox: Sandbox, helper: Any, ended: bool) -> None:
    oauth, server = helper
    stored: list[Tokens] = []
    expires = time.time() - 10 if ended else None
    client = flat_api.FlatClient(
        tokens=Tokens("old", "refresh-0", expires),
        oauth=oauth,
        on_token_refresh=stored.append,
        base_url=legacy_sandbox.url,
    )
    before = len(legacy_sandbox.requests)
    for _ in range(3):
        assert client.scores.get_score(SCORE).id
    client.close()
    # An access token that has ended is not even tried.
    assert len(legacy_sandbox.requests) - before == (3 if ended else 4)
    assert [form["refresh_token"] for form in server.forms] == ["refresh-0"]
    assert server.forms[0]["client_id"] == "client"
    assert [tokens.refresh_token for tokens in stored] == ["refresh-1"]


def test_token_manager(legacy_sandbox: Sandbox, helper: Any) -> None:
    oauth, server = helper
    stored: list[Tokens] = []
    manager = TokenManager(Tokens("old", "refresh-0", time.time() - 1), oauth, stored.append)
    assert manager.access_token == manager.access_token == legacy_sandbox.token
    assert len(server.forms) == len(stored) == 1
    assert manager.refresh() == legacy_sandbox.token
    assert len(server.forms) == 2
    client: Any = flat_api.FlatClient(tokens=manager, base_url=legacy_sandbox.url)
    assert client.account.get_authenticated_user().id
    assert client.tokens.refresh() == legacy_sandbox.token
    assert len(server.forms) == 3
    assert client.tokens.tokens.refresh_token == "refresh-3"
    client.close()
    with pytest.raises(flat_api.TokenRefreshException, match="OAuth2Helper"):
        TokenManager(Tokens("x")).refresh()


def test_var_class(legacy_sandbox: Sandbox) -> None:
    with flat_api.FlatClient(legacy_sandbox.token) as client:
        api: Any = flat_api.ClassApi(client.api_client)
        assert api.get_class(var_class="6500a1b2c3d4e5f601020701").id
        assert api.get_class_with_http_info(var_class="6500a1b2c3d4e5f601020701").status_code == 200
        response = api.get_class_without_preload_content(var_class="6500a1b2c3d4e5f601020701")
        assert response.status == 200
        response.close()
        update: Any = flat_api.AssignmentSubmissionUpdate(var_return=True)  # type: ignore[call-arg]
        api.edit_submission(var_class="a", assignment="b", submission="c", body=update)
        assert legacy_sandbox.requests[-1].body == b'{"return":true}'
        comment: Any = client.scores.get_score_comments(SCORE)[0]
        assert comment.var_date == comment.date
        with pytest.raises(AttributeError, match="raw_data"):
            comment.additional_properties  # noqa: B018
        user: Any = client.account.get_authenticated_user()
        assert user.model_dump(by_alias=True)["printableName"] == user.printable_name
        creation: Any = flat_api.ScoreCreation(
            actual_instance=flat_api.ScoreCreationFileImport(privacy="private", data="x", dataEncoding="base64")  # type: ignore[call-arg]
        )
        assert creation.actual_instance is creation
        assert creation.data_encoding == "base64"


def test_retries_are_used(legacy_sandbox: Sandbox) -> None:
    dead = "http://127.0.0.1:9/v2"
    policy = RetryPolicy(attempts=2, backoff_base=0.0, backoff_max=0.0, jitter=0.0, respect_rate_limit_reset=False)
    with flat_api.FlatClient("x", base_url=dead, retry=policy) as client, pytest.raises(errors.FlatError) as caught:
        client.account.get_authenticated_user()
    assert policy.should_retry(caught.value, "GET", 1)
    assert not policy.should_retry(caught.value, "GET", 2)
    assert not policy.should_retry(ValueError(), "GET", 1)
    assert RetryPolicy(backoff_base=2.0, jitter=0.0).delay_for(caught.value, 1) == 2.0


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (400, "FlatValidationError"),
        (401, "FlatAuthenticationError"),
        (402, "FlatQuotaError"),
        (403, "FlatAuthorizationError"),
        (404, "FlatNotFoundError"),
        (422, "FlatValidationError"),
        (429, "FlatRateLimitError"),
        (503, "FlatServerError"),
    ],
)
def test_errors(status: int, name: str) -> None:
    from flat_api.exceptions import from_response

    body = b'{"code": "X", "message": "no", "id": "7"}'
    error = from_response(status, "No", {}, body, method="GET", path="/", now=0.0)
    assert isinstance(error, getattr(flat_api, name))
    assert isinstance(error, flat_api.FlatError)
    assert getattr(flat_api, name) is getattr(errors, name)
    assert (error.status, error.code, error.request_id, error.body) == (status, "X", "7", body.decode())


def test_wrong_token_over_http(legacy_sandbox: Sandbox) -> None:
    with flat_api.FlatClient("wrong") as client, pytest.raises(errors.FlatAuthenticationError):
        client.account.get_authenticated_user()


def test_pagination() -> None:
    with Sandbox() as sandbox, flat_api.FlatClient(sandbox.token, base_url=sandbox.url) as client:
        for number in range(3):
            client.collections.create_collection(flat_api.CollectionCreation(title=f"Set {number}"))
        before = len(sandbox.requests)
        found = list(paginate(client.collections.list_collections_with_http_info, parent="root", limit=1))
        assert {item.title for item in found} >= {"Set 0", "Set 1", "Set 2"}
        assert len(sandbox.requests) - before == len(found)
        page = client.collections.list_collections_with_http_info(parent="root", limit=1)
        assert next_cursor(page.headers) == page.data.next_cursor
    header = '<https://api.flat.io/v2/x?next=a%2Bb%3D>; rel="next"'
    assert parse_link_header(header) == {"next": "https://api.flat.io/v2/x?next=a%2Bb%3D"}
    assert next_cursor({"link": header}) == "a+b="
    assert next_cursor(None) is None
    assert parse_link_header(None) == {}
