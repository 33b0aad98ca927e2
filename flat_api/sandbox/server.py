"""The sandbox as an object: an HTTP server in a thread, with its state, clock, faults and tokens."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from flat_api.sandbox import contract, exports, oauth_apps, people
from flat_api.sandbox.app import App
from flat_api.sandbox.auth import issue
from flat_api.sandbox.call import Answer
from flat_api.sandbox.clock import Clock
from flat_api.sandbox.control import PREFIX as CONTROL
from flat_api.sandbox.control import Control
from flat_api.sandbox.faults import ArmedFault, Faults
from flat_api.sandbox.incoming import Received, Site, is_loopback
from flat_api.sandbox.limits import HOUR, PER_TOKEN, RateLimiter
from flat_api.sandbox.music import Engraver
from flat_api.sandbox.oauth_apps import OAuthApp
from flat_api.sandbox.oauth_endpoints import OAuthEndpoints
from flat_api.sandbox.request_log import Recorder, RequestLog
from flat_api.sandbox.seeding import ScoreSeed, Seeded, Seeder
from flat_api.sandbox.serving import HttpServer
from flat_api.sandbox.store import Store
from flat_api.sandbox.transitions import TaskSetting

if TYPE_CHECKING:
    from flat_api import FlatClient
    from flat_api.sandbox.web.site import WebSite

_TOKEN = "default_token"


@dataclass(frozen=True)
class Snapshot:
    """The state of a sandbox at one moment; `data` is an SQLite database file. It can be kept and pickled."""

    data: bytes = field(repr=False)


class Sandbox:
    """A local Flat API with state, over real HTTP.

    Parameters:
        path: database file that keeps the state; None for a state in memory.
        port: TCP port; 0 takes a free one.
        host: address to listen on; keep to loopback unless the network is trusted.
        examples: answer every operation from the contract's examples, without state.
        validate_responses: check every answer against the contract, and turn a mismatch into a 500.
        record: keep the last 10,000 requests in `requests`.
        remote_control: let other machines use the paths under /_sandbox/, too.

    Attributes:
        clock: The clock of the sandbox; it can be moved forward and stopped.
        faults: The faults that are armed.
        tasks: When tasks and recognition jobs end.

    Raises ValueError when the file is of another version. Use it in a `with` statement, or call
    `start()` and `close()`.
    """

    def __init__(
        self,
        path: str | Path | None = None,
        port: int = 0,
        host: str = "127.0.0.1",
        *,
        examples: bool = False,
        validate_responses: bool = True,
        record: bool = True,
        remote_control: bool = False,
    ) -> None:
        self._contract = contract.load()
        self._host = host
        self._port = port
        self._server: HttpServer | None = None
        self._clients: list[FlatClient] = []
        self._store = Store(path)
        self._engraver = Engraver()
        self._limiter = RateLimiter(lambda: self.clock.time())
        self.clock = Clock(self._store)
        self.tasks = TaskSetting(self._store)
        oauth = OAuthEndpoints(self._store, self._contract)
        operations = {*self._contract.operations, *(str(site.operation) for site in oauth.sites)}
        self.faults = Faults(operations)
        self._recorder = Recorder(operations, active=record)
        self._app = App(
            self._contract,
            self._store,
            self.clock,
            self._engraver,
            limiter=self._limiter,
            faults=self.faults,
            recorder=self._recorder,
            sites=[
                *oauth.sites,
                Site(exports.DOWNLOADS, self._download),
                Site(CONTROL, Control(self, from_elsewhere=remote_control).respond),
            ],
            pages=lambda received: self._web_site.answer(received),
            examples=examples,
            validate_responses=validate_responses,
        )
        self._token = self._begin(None)

    def _begin(self, token: str | None) -> str:
        """Puts what every sandbox has into an empty state; the result is the default token."""
        with self.clock.applied(), self._store.transaction():
            kept = self._store.get("setting", _TOKEN)
            if kept is not None:
                return str(kept["token"])
            people.seed(self._store)
            oauth_apps.insert(self._store, oauth_apps.DEMO_APP)
            token = issue(self._store, people.TEACHER, self._contract.scopes, token)
            self._store.insert("setting", {"id": _TOKEN, "token": token})
            return token

    def _download(self, received: Received) -> Answer:
        return exports.fetch(self._store, self._engraver, received.method, received.raw_path)

    @cached_property
    def _web_site(self) -> WebSite:
        # Only who opens a page pays for the import.
        from flat_api.sandbox.web.site import WebSite

        return WebSite(self._store, self._engraver, self._recorder.log, self._contract.base_path)

    def start(self) -> Self:
        """Starts to listen; the server answers when this returns.

        Raises OSError for a port in use. Warns (RuntimeWarning) when `host` is no loopback address.
        """
        if self._server is not None:
            raise RuntimeError("The sandbox is running already.")
        try:
            if not is_loopback(self._host):
                message = f"{self._host} is not a loopback address; others on the network can reach the sandbox."
                warnings.warn(message, RuntimeWarning, stacklevel=2)
            self._server = HttpServer(self._app, self._host, self._port)
        except BaseException:
            self.close()
            raise
        return self

    def close(self) -> None:
        """Ends running requests, stops to listen and closes the state; a second time does nothing."""
        self._close_clients()
        if self._server is not None:
            self._server.close()
        self._engraver.close()
        self._store.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def api_version(self) -> str:
        """The version of the Flat API that the contract describes."""
        return self._contract.version

    @property
    def origin(self) -> str:
        """The address of the server without a path, for /auth/oauth and the like. RuntimeError before the start."""
        if self._server is None:
            raise RuntimeError("The sandbox has no address before start().")
        return self._server.origin

    @property
    def url(self) -> str:
        """The base URL for clients, ending in /v2. Raises RuntimeError before the start."""
        return self.origin + self._contract.base_path

    @property
    def token(self) -> str:
        """The bearer token of the default user, with all scopes; it stays the same over `reset()`."""
        return self._token

    def issue_token(self, scopes: Iterable[str] | None = None, user: str | None = None) -> str:
        """A new bearer token.

        Parameters: `scopes`, None for all; `user`, the id of the user, None for the default one.
        Raises ValueError for unknown scopes or an unknown user.
        """
        wanted = self._contract.scopes if scopes is None else set(scopes)
        unknown = wanted - self._contract.scopes
        if unknown:
            raise ValueError(f"The API has no scope {', '.join(sorted(unknown))}.")
        user = people.TEACHER if user is None else user
        if self._store.get("user", user) is None:
            raise ValueError(f"The sandbox has no user {user!r}.")
        with self.clock.applied(), self._store.transaction():
            return issue(self._store, user, wanted)

    def client(self, scopes: Iterable[str] | None = None, user: str | None = None, **settings: Any) -> FlatClient:
        """An SDK client with a new token; its connections are closed with the sandbox.

        Parameters: `scopes` and `user` as in `issue_token`; everything else a `flat_api.Configuration` takes.
        Raises ValueError for unknown scopes or an unknown user.
        """
        from flat_api import FlatClient

        token = self._token if scopes is None and user is None else self.issue_token(scopes, user)
        made = FlatClient(token, self.url, **settings)
        self._clients.append(made)
        return made

    def _close_clients(self) -> None:
        while self._clients:
            self._clients.pop().close()

    def register_app(
        self,
        name: str,
        redirect_uris: Sequence[str],
        client_id: str | None = None,
        client_secret: str | None = None,
        *,
        public: bool = False,
    ) -> OAuthApp:
        """An application for OAuth2; id and secret are made up unless given, a `public` one has no secret.

        Raises ValueError for a used id, no name, or a redirect URI that is not absolute.
        """
        with self.clock.applied():
            return oauth_apps.register(self._store, name, redirect_uris, client_id, client_secret, public=public)

    @property
    def apps(self) -> list[OAuthApp]:
        """The registered applications, the oldest first."""
        return oauth_apps.registered(self._store)

    def limit(self, requests: int = PER_TOKEN, per: float = HOUR) -> None:
        """Allows each token so many requests in `per` seconds; what was counted is forgotten."""
        self._limiter.configure(requests, per)

    def fault(self, kind: str, *, op: str | None = None, times: int | None = 1, **options: Any) -> ArmedFault:
        """Lets a fault happen; see `Faults.arm`."""
        return self.faults.arm(kind, op=op, times=times, **options)

    @property
    def requests(self) -> RequestLog:
        """The requests so far, the oldest first; `requests("getScore")` has those of one operation."""
        return self._recorder.log()

    def forget_requests(self) -> None:
        """Empties the log of requests."""
        self._recorder.clear()

    def seed(
        self,
        scores: int | Sequence[ScoreSeed] = 0,
        users: int | None = None,
        classes: int | None = None,
        assignments: int | None = None,
        submissions: int = 0,
    ) -> Seeded:
        """Makes so many of each, with the same ids every time; see `Seeder.seed`."""
        with self.clock.applied():
            return self._seeder().seed(scores, users, classes, assignments, submissions)

    def seed_demo(self) -> Seeded | None:
        """A small school with real music, once; see `Seeder.seed_demo`."""
        with self.clock.applied():
            return self._seeder().seed_demo()

    def _seeder(self) -> Seeder:
        return Seeder(self._app, self.origin if self._server else "http://localhost")

    def snapshot(self) -> Snapshot:
        """The whole state as it is now, with the clock and the setting of tasks."""
        return Snapshot(self._store.copy())

    def restore(self, snapshot: Snapshot) -> None:
        """Back to the state of a snapshot. Faults, requests and the limit stay; what was counted is forgotten."""
        self._store.replace(snapshot.data)
        self.clock.load()
        self._limiter.forget()
        self._token = self._begin(self._token)

    def reset(self) -> None:
        """Back to the beginning: one teacher and one administrator, the API's own limit and the time of the machine.

        Faults, requests and settings are gone; snapshots stay.
        """
        self._close_clients()
        self._store.clear()
        self.clock.load()
        self._begin(self._token)
        self.faults.clear()
        self._recorder.clear()
        self.limit()
