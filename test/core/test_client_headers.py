"""What goes out with every call, and what never does."""

from __future__ import annotations

from pathlib import Path

import pytest
from calls import call
from server import Server, reply

from flat_api.api_client import ApiClient
from flat_api.exceptions import ApiTypeError, ApiValueError
from flat_api.version import USER_AGENT

OK = reply({"id": "x"})


def test_the_usual_headers(server: Server, client: ApiClient) -> None:
    server.plays(OK)
    call(client)
    assert dict(server.received[0].headers) == {
        "Host": server.address,
        "User-Agent": USER_AGENT,
        "Accept-Encoding": "gzip",
        "Accept": "application/json",
        "Authorization": "Bearer tok",
    }


@pytest.mark.parametrize("token", [None, ""])
def test_without_a_token_there_is_no_authorization(server: Server, client_of, token: str | None) -> None:
    server.plays(OK)
    call(client_of(server, token))
    assert server.received[0].header("Authorization") is None


def test_a_header_of_a_call_wins_whatever_its_case(server: Server, client: ApiClient) -> None:
    server.plays(OK)
    client.set_default_header("X-Mine", "default")
    call(client, _headers={"x-mine": "option", "authorization": "Basic x", "ACCEPT-encoding": "identity"})
    names = [name.lower() for name, _ in server.received[0].headers]
    assert len(names) == len(set(names))
    assert server.received[0].header("X-Mine") == "option"
    assert server.received[0].header("Authorization") == "Basic x"
    call(client)
    assert server.received[1].header("X-Mine") == "default"


def test_accept_and_content_type_of_the_caller_are_sent_once(server: Server, client: ApiClient) -> None:
    server.plays(OK)
    call(client, "POST", body={"title": "x"}, _headers={"accept": "text/csv", "content-type": "application/x+json"})
    names = [name.lower() for name, _ in server.received[0].headers]
    assert len(names) == len(set(names))
    assert server.received[0].header("Accept") == "text/csv"
    assert server.received[0].header("Content-Type") == "application/x+json"
    assert server.received[0].body == b'{"title":"x"}'


def test_the_user_agent(server: Server, client_of) -> None:
    server.plays(OK)
    client = client_of(server, user_agent="school/1")
    call(client)
    client.user_agent = " school/2\n"
    call(client)
    assert [request.header("User-Agent") for request in server.received] == ["school/1", "school/2"]


def test_cookies_play_no_part(server: Server, client: ApiClient) -> None:
    server.plays(reply({}, headers={"Set-Cookie": "session=1; Path=/"}))
    call(client)
    call(client)
    assert [request.header("Cookie") for request in server.received] == [None, None]


def test_netrc_plays_no_part(server: Server, client_of, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login me password pass\ndefault login me password pass\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    server.plays(OK)
    call(client_of(server, None))
    assert server.received[0].header("Authorization") is None


def test_another_token_for_one_call(server: Server, client: ApiClient) -> None:
    server.plays(OK)
    call(client, _request_auth="other")
    call(client, _request_auth="")
    call(client)
    assert [request.header("Authorization") for request in server.received] == ["Bearer other", None, "Bearer tok"]


def test_another_host_for_one_call(server: Server, client_of) -> None:
    with Server(OK) as other:
        client = client_of(server, hosts=[other.url])
        call(client, _host_index=1)
        assert (len(server.received), len(other.received)) == (0, 1)
        with pytest.raises(ApiValueError, match="2 hosts"):
            call(client, _host_index=2)


def test_an_unknown_option_is_refused(server: Server, client: ApiClient) -> None:
    with pytest.raises(ApiTypeError, match="getThing has no argument _timeout, limit"):
        call(client, _timeout=3, limit=5)
    assert server.connections == 0


def test_a_configuration_that_changes_is_followed(server: Server, client: ApiClient) -> None:
    server.plays(OK)
    call(client)
    with Server(OK) as other:
        client.configuration.host, client.configuration.access_token = other.url, "new"
        call(client)
        assert other.received[0].header("Authorization") == "Bearer new"
    assert len(server.received) == 1


def test_the_default_client_is_shared() -> None:
    ApiClient.set_default(None)
    assert ApiClient.get_default() is ApiClient.get_default()
    mine = ApiClient()
    ApiClient.set_default(mine)
    assert ApiClient.get_default() is mine
    ApiClient.set_default(None)
