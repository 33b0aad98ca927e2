"""OAuth2: consent, codes with PKCE, implicit grant, refresh, expiry, revocation; with a stock client and by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import pytest
import urllib3
from requests_oauthlib import OAuth2Session  # type: ignore[import-untyped, unused-ignore]

from flat_api import OAuth2Helper
from flat_api.configuration import Configuration
from flat_api.exceptions import ApiException, TokenRefreshException
from flat_api.sandbox import Sandbox
from flat_api.sandbox.oauth_apps import DEMO_APP
from flat_api.sandbox.people import ADMIN, TEACHER

BACK = DEMO_APP.redirect_uris[0]
DAY = 86_400


class _Form(HTMLParser):
    """The first form of a page: its action, its options and its buttons."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.action = ""
        self.users: list[str] = []
        self.decisions: list[str] = []
        self.scripts = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = values["action"]
        elif tag == "option":
            self.users.append(values["value"])
        elif tag == "button":
            self.decisions.append(values["value"])
        elif tag == "script":
            self.scripts += 1


class Web:
    """A person with a browser that does not follow redirects."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self._pool = urllib3.PoolManager(retries=False)

    def close(self) -> None:
        self._pool.clear()

    def open(self, url: str) -> urllib3.BaseHTTPResponse:
        return self._pool.request("GET", urljoin(self.origin, url), redirect=False)

    def consent(self, url: str, *, user: str = TEACHER, decision: str = "allow") -> str:
        """Opens the consent page and decides; the address that it leads to."""
        page = self.open(url)
        assert page.status == 200, page.data
        form = _Form(page.data.decode())
        assert user in form.users
        assert decision in form.decisions
        answer = self.post(form.action, {"user": user, "decision": decision})
        assert answer.status == 302, answer.data
        return answer.headers["Location"]

    def post(
        self, path: str, fields: dict[str, str], headers: dict[str, str] | None = None
    ) -> urllib3.BaseHTTPResponse:
        form = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        url = urljoin(self.origin, path)
        return self._pool.request("POST", url, body=urlencode(fields), headers=form, redirect=False)

    def code(self, **fields: str) -> str:
        """The code for a consent."""
        return _fields(self.consent(_address(**fields)))["code"]

    def token(self, **fields: str) -> urllib3.BaseHTTPResponse:
        """The answer of the token endpoint to the demo application."""
        client = {"client_id": DEMO_APP.client_id, "client_secret": DEMO_APP.client_secret or ""}
        return self.post("/oauth/access_token", {**client, **fields})

    def tokens(self, **fields: str) -> dict[str, Any]:
        """The tokens for a new consent."""
        answer = self.token(grant_type="authorization_code", code=self.code(**fields), redirect_uri=BACK)
        assert answer.status == 200, answer.data
        found: dict[str, Any] = answer.json()
        return found

    def refresh(self, refresh_token: str, **fields: str) -> urllib3.BaseHTTPResponse:
        return self.token(grant_type="refresh_token", refresh_token=refresh_token, **fields)

    def me(self, access_token: str) -> urllib3.BaseHTTPResponse:
        url = f"{self.origin}/v2/me"
        return self._pool.request("GET", url, headers={"Authorization": f"Bearer {access_token}"})


def _address(**fields: str) -> str:
    usual = {
        "response_type": "code",
        "client_id": DEMO_APP.client_id,
        "redirect_uri": BACK,
        "scope": "account.public_profile",
    }
    return f"/auth/oauth?{urlencode({name: value for name, value in {**usual, **fields}.items() if value})}"


def _fields(location: str) -> dict[str, str]:
    parts = urlsplit(location)
    return {name: values[0] for name, values in parse_qs(parts.query or parts.fragment).items()}


@pytest.fixture
def web(sandbox: Sandbox) -> Iterator[Web]:
    person = Web(sandbox.origin)
    yield person
    person.close()


def test_a_stock_client_gets_in_refreshes_and_leaves(
    sandbox: Sandbox, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The client insists on https, except for tests.
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    token_url = f"{sandbox.origin}/oauth/access_token"
    with OAuth2Session(
        DEMO_APP.client_id, scope=["account.public_profile", "scores"], redirect_uri=BACK, pkce="S256"
    ) as session:
        url, state = session.authorization_url(f"{sandbox.origin}/auth/oauth", access_type="offline")
        back = web.consent(url, user=ADMIN)
        assert _fields(back)["state"] == state
        first = session.fetch_token(token_url, authorization_response=back, client_secret=DEMO_APP.client_secret)
        assert first["expires_in"] == DAY
        assert session.get(f"{sandbox.url}/me").json()["id"] == ADMIN
        client: dict[str, Any] = {"client_id": DEMO_APP.client_id, "client_secret": DEMO_APP.client_secret}
        second = session.refresh_token(token_url, **client)
        assert second["access_token"] != first["access_token"]
        assert second["refresh_token"] != first["refresh_token"]
        assert session.get(f"{sandbox.url}/me").status_code == 200
        gone = session.post(
            f"{sandbox.origin}/oauth/invalidate_token", data={"token": second["access_token"], **client}
        )
        assert gone.status_code == 200
        assert session.get(f"{sandbox.url}/me").status_code == 401


def test_the_sdk_gets_in_without_a_browser(sandbox: Sandbox, web: Web) -> None:
    helper = OAuth2Helper(
        DEMO_APP.client_id,
        DEMO_APP.client_secret or "",
        BACK,
        authorization_url=f"{sandbox.origin}/auth/oauth",
        configuration=Configuration(sandbox.url, retries=0),
    )
    tokens = helper.authorize_headless(["scores"], ask=lambda text: web.consent(text.split()[6]))
    assert tokens.refresh_token is not None
    again = helper.refresh(tokens.refresh_token)
    with pytest.raises(TokenRefreshException, match="used before"):
        helper.refresh(tokens.refresh_token)
    helper.revoke(again.access_token)
    with pytest.raises(ApiException, match="unknown"):
        helper.exchange_code("wrong")
    helper.close()


def test_the_page_names_the_application_and_the_scopes_and_has_no_script(web: Web, sandbox: Sandbox) -> None:
    sandbox.register_app("<b>Choir</b>", ["https://choir.example.org/back"], "choir")
    page = web.open(
        _address(client_id="choir", redirect_uri="", scope="scores omr", access_type="offline", state='"><script>')
    )
    html = page.data.decode()
    assert page.headers["Content-Type"].startswith("text/html")
    assert "&lt;b&gt;Choir&lt;/b&gt;" in html
    assert "Run recognition jobs" in html
    assert "https://choir.example.org/back" in html
    assert _Form(html).scripts == 0
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_a_code_gives_a_token_with_the_scopes_of_the_consent(web: Web) -> None:
    tokens = web.tokens(scope="account.public_profile scores.readonly", state="x y")
    assert tokens["scope"] == "account.public_profile scores.readonly"
    assert tokens["token_type"] == "bearer"
    # A refresh token comes with access_type=offline alone.
    assert "refresh_token" not in tokens
    assert web.me(tokens["access_token"]).status == 200


def test_the_implicit_grant_puts_the_token_into_the_fragment(web: Web) -> None:
    location = web.consent(_address(response_type="token", state="s", access_type="offline"))
    assert not urlsplit(location).query
    fields = _fields(location)
    assert (fields["state"], fields["expires_in"], "refresh_token" in fields) == ("s", str(DAY), False)
    assert web.me(fields["access_token"]).status == 200


@pytest.mark.parametrize("kind", ["code", "token"])
def test_the_user_can_refuse(web: Web, kind: str) -> None:
    fields = _fields(web.consent(_address(response_type=kind, state="s"), decision="deny"))
    assert (fields["error"], fields["state"]) == ("access_denied", "s")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"client_id": "unknown"}, "client_id"),
        ({"redirect_uri": "https://evil.example.org/"}, "redirect_uri"),
        ({"redirect_uri": "https://app.example.org:444/callback"}, "redirect_uri"),
        ({"redirect_uri": ""}, "redirect_uri"),
    ],
)
def test_without_a_safe_way_back_the_page_tells_the_problem(web: Web, fields: dict[str, str], words: str) -> None:
    answer = web.open(_address(**fields))
    assert answer.status == 400
    assert words in answer.data.decode()
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"response_type": "password"}, "unsupported_response_type"),
        ({"response_type": ""}, "invalid_request"),
        ({"scope": "scores.all"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"access_type": "sometimes"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": "a" * 43, "code_challenge_method": "MD5"}, "invalid_request"),
    ],
)
def test_a_wrong_request_goes_back_with_an_error(web: Web, fields: dict[str, str], error: str) -> None:
    answer = web.open(_address(state="s", **fields))
    assert answer.status == 302
    found = _fields(answer.headers["Location"])
    assert (found["error"], found["state"]) == (error, "s")
    assert found["error_description"]


def test_a_loopback_redirect_may_have_any_port(web: Web) -> None:
    uri = BACK.replace("8765", "50123")
    assert web.consent(_address(redirect_uri=uri)).startswith(uri)


def test_a_decision_from_another_site_does_not_count(web: Web) -> None:
    answer = web.post(_address(), {"user": TEACHER, "decision": "allow"}, {"Origin": "https://evil.example.org"})
    assert (answer.status, "Location" in answer.headers) == (403, False)


def test_a_code_is_good_once_for_its_application_and_address_and_for_ten_minutes(web: Web, sandbox: Sandbox) -> None:
    other = sandbox.register_app("Other", [BACK])

    def redeem(code: str, **fields: str) -> urllib3.BaseHTTPResponse:
        return web.token(**{"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, **fields})

    code = web.code()
    for fields in (
        {"redirect_uri": DEMO_APP.redirect_uris[1]},
        {"client_id": other.client_id, "client_secret": other.client_secret or ""},
        {"code_verifier": "a" * 43},
    ):
        assert redeem(code, **fields).json()["error"] == "invalid_grant"
    token = redeem(code).json()["access_token"]
    again = redeem(code)
    assert (again.status, again.json()["error"]) == (400, "invalid_grant")
    assert again.headers["Cache-Control"] == "no-store"
    # The second use may be that of a thief: the first one's token is gone, too.
    assert web.me(token).status == 401
    late = web.code()
    sandbox.clock.advance(601)
    assert "expired" in redeem(late).json()["error_description"]


@pytest.mark.parametrize(
    ("method", "challenge"),
    # The example of RFC 7636, appendix B.
    [("S256", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"), ("plain", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")],
)
def test_pkce(web: Web, sandbox: Sandbox, method: str, challenge: str) -> None:
    app = sandbox.register_app("Public", [BACK], public=True)
    asked = {"client_id": app.client_id, "code_challenge": challenge, "code_challenge_method": method}
    code = web.code(**asked)

    def redeem(**fields: str) -> dict[str, Any]:
        form = {"grant_type": "authorization_code", "client_id": app.client_id, "code": code, "redirect_uri": BACK}
        found: dict[str, Any] = web.post("/oauth/access_token", {**form, **fields}).json()
        return found

    assert "missing" in redeem()["error_description"]
    assert "does not fit" in redeem(code_verifier="x" * 43)["error_description"]
    assert "access_token" in redeem(code_verifier="dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")


def test_an_application_without_a_secret_needs_pkce(web: Web, sandbox: Sandbox) -> None:
    app = sandbox.register_app("Public", [BACK], public=True)
    location = web.open(_address(client_id=app.client_id)).headers["Location"]
    assert "code_challenge" in _fields(location)["error_description"]


@pytest.mark.parametrize(
    ("fields", "headers", "status", "error"),
    [
        ({"client_secret": "wrong"}, {}, 401, "invalid_client"),
        ({"client_id": "wrong"}, {}, 401, "invalid_client"),
        ({"client_id": ""}, {}, 401, "invalid_client"),
        ({"client_id": "", "client_secret": ""}, {"Authorization": "Basic !"}, 401, "invalid_client"),
        ({"client_id": "", "client_secret": ""}, {"Authorization": "Basic \xe9"}, 401, "invalid_client"),
        ({}, {"Authorization": "Basic c2FuZGJveC1kZW1vLWFwcDp4"}, 400, "invalid_request"),
        ({"grant_type": "password"}, {}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, {}, 400, "invalid_request"),
        ({"code": ""}, {}, 400, "invalid_request"),
        ({"code": "wrong"}, {}, 400, "invalid_grant"),
        ({"code": "wrong"}, {"Content-Type": "application/json"}, 400, "invalid_request"),
    ],
)
def test_a_wrong_form_is_an_error_of_the_token_endpoint(
    web: Web, fields: dict[str, str], headers: dict[str, str], status: int, error: str
) -> None:
    usual = {
        "client_id": DEMO_APP.client_id,
        "client_secret": DEMO_APP.client_secret or "",
        "grant_type": "authorization_code",
        "code": "x",
    }
    answer = web.post("/oauth/access_token", {**usual, **fields}, headers)
    assert (answer.status, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]


def test_the_client_can_send_its_secret_as_basic(web: Web) -> None:
    basic = urllib3.make_headers(basic_auth=f"{DEMO_APP.client_id}:{DEMO_APP.client_secret}")
    form = {"grant_type": "authorization_code", "code": web.code(), "redirect_uri": BACK}
    assert web.post("/oauth/access_token", form, basic).status == 200
    wrong = web.post("/oauth/access_token", form, urllib3.make_headers(basic_auth=f"{DEMO_APP.client_id}:x"))
    assert (wrong.status, wrong.headers["WWW-Authenticate"].split()[0]) == (401, "Basic")


def test_a_refresh_token_rotates_and_its_replay_ends_the_grant(web: Web) -> None:
    first = web.tokens(access_type="offline")
    second = web.refresh(first["refresh_token"]).json()
    assert web.me(second["access_token"]).status == 200
    replay = web.refresh(first["refresh_token"])
    assert (replay.status, replay.json()["error"]) == (400, "invalid_grant")
    assert web.me(second["access_token"]).status == 401
    assert web.refresh(second["refresh_token"]).status == 400


def test_a_refresh_can_ask_for_less_but_not_for_more(web: Web) -> None:
    first = web.tokens(access_type="offline", scope="account.public_profile scores")
    more = web.refresh(first["refresh_token"], scope="scores omr")
    assert more.json()["error"] == "invalid_scope"
    less = web.refresh(first["refresh_token"], scope="scores").json()
    assert (less["scope"], web.me(less["access_token"]).status) == ("scores", 403)
    whole = web.refresh(less["refresh_token"]).json()
    assert whole["scope"] == "account.public_profile scores"


def test_an_access_token_expires_after_a_day_and_the_refresh_token_does_not(web: Web, sandbox: Sandbox) -> None:
    tokens = web.tokens(access_type="offline")
    sandbox.clock.advance(DAY - 5)
    assert web.me(tokens["access_token"]).status == 200
    sandbox.clock.advance(5)
    expired = web.me(tokens["access_token"])
    assert (expired.status, expired.json()["code"]) == (401, "ACCESS_TOKEN_INVALID")
    assert web.me(web.refresh(tokens["refresh_token"]).json()["access_token"]).status == 200


def test_a_client_that_holds_a_refresh_token_outlives_the_day(web: Web, sandbox: Sandbox) -> None:
    tokens = web.tokens(access_type="offline")
    settings = {"client_id": DEMO_APP.client_id, "client_secret": DEMO_APP.client_secret}
    with sandbox.client(refresh_token=tokens["refresh_token"], **settings) as client:
        client.api_client.configuration.access_token = tokens["access_token"]
        sandbox.clock.advance(DAY)
        assert client.account.get_authenticated_user().id == TEACHER
    assert sandbox.requests("oauthToken").count == 2
    assert [one.status for one in sandbox.requests("getAuthenticatedUser")] == [401, 200]


def test_revocation(web: Web, sandbox: Sandbox) -> None:
    client = {"client_id": DEMO_APP.client_id, "client_secret": DEMO_APP.client_secret or ""}

    def revoke(token: str, **fields: str) -> int:
        return web.post("/oauth/invalidate_token", {**client, "token": token, **fields}).status

    tokens = web.tokens(access_type="offline")
    other = sandbox.register_app("Other", [BACK])
    theirs = {"client_id": other.client_id, "client_secret": other.client_secret or ""}
    assert revoke(tokens["access_token"], **theirs) == 400
    assert revoke(tokens["access_token"], client_secret="wrong") == 401
    assert web.me(tokens["access_token"]).status == 200
    # The access token alone goes; the refresh token takes all with it.
    assert revoke(tokens["access_token"]) == 200
    assert web.me(tokens["access_token"]).status == 401
    next_tokens = web.refresh(tokens["refresh_token"]).json()
    assert revoke(next_tokens["refresh_token"], token_type_hint="refresh_token") == 200
    assert web.me(next_tokens["access_token"]).status == 401
    assert web.refresh(next_tokens["refresh_token"]).status == 400
    assert revoke("unknown") == 200
    assert revoke("") == 400


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("", [BACK]), "name"),
        (("App", []), "redirect_uris"),
        (("App", ["/callback"]), "redirect_uris"),
        (("App", ["https://app.example.org/#top"]), "redirect_uris"),
        (("App", [BACK], DEMO_APP.client_id), "another application"),
        (("App", [BACK], "a:b"), "a:b"),
    ],
)
def test_an_application_that_cannot_work_is_refused(sandbox: Sandbox, arguments: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        sandbox.register_app(*arguments)


def test_the_tokens_of_a_deleted_user_are_gone(
    web: Web, sandbox: Sandbox, person: Callable[..., tuple[str, Any]], connect: Callable[..., Any]
) -> None:
    user, _ = person("leaver")
    back = web.consent(_address(access_type="offline"), user=user)
    form = {"grant_type": "authorization_code", "code": _fields(back)["code"], "redirect_uri": BACK}
    tokens = web.token(**form).json()
    admin = connect(sandbox.url, sandbox.issue_token(user=ADMIN))
    assert admin("DELETE", f"/organizations/users/{user}").status < 300
    assert web.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
