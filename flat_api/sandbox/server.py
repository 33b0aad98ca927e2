"""The sandbox as an object: an HTTP server in a thread, with its state and tokens."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self

import uvicorn

from flat_api.sandbox import contract, people
from flat_api.sandbox.app import App, RecordedRequest
from flat_api.sandbox.auth import issue
from flat_api.sandbox.limits import HOUR, PER_TOKEN
from flat_api.sandbox.music import Engraver
from flat_api.sandbox.store import Store

_SECONDS_TO_FINISH = 5


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = Event()

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            super().run(sockets)
        finally:
            # Nobody waits for ever for a server that failed to start.
            self.ready.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


class Sandbox:
    """A local Flat API with state, over real HTTP.

    Parameters:
        path: database file that keeps the state; None for a state in memory.
        port: TCP port; 0 takes a free one.
        host: address to listen on; keep to loopback unless the network is trusted.
        examples: answer every operation from the contract's examples, without state.
        validate_responses: check every answer against the contract, and turn a mismatch into a 500.
        record: keep the last 10,000 requests in `requests`.

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
    ) -> None:
        self._contract = contract.load()
        self._host = host
        self._port = port
        self._socket: socket.socket | None = None
        self._server: _Server | None = None
        self._thread: Thread | None = None
        self._store = Store(path)
        self._engraver = Engraver()
        self._app = App(
            self._contract,
            self._store,
            self._engraver,
            examples=examples,
            validate_responses=validate_responses,
            record=record,
        )
        self._token = self._seed(None)

    def _seed(self, token: str | None) -> str:
        with self._store.transaction():
            kept = self._store.get("setting", "default_token")
            if kept is not None:
                return str(kept["token"])
            people.seed(self._store)
            token = issue(self._store, people.TEACHER, self._contract.scopes, token)
            self._store.insert("setting", {"id": "default_token", "token": token})
            return token

    def start(self) -> Self:
        """Starts to listen; the server answers when this returns. Raises OSError for a port in use."""
        if self._server is not None:
            raise RuntimeError("The sandbox is running already.")
        try:
            self._socket = _bind(self._host, self._port)
        except OSError:
            self.close()
            raise
        config = uvicorn.Config(
            self._app,
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_SECONDS_TO_FINISH,
        )
        self._server = _Server(config)
        self._thread = Thread(target=self._server.run, args=([self._socket],), name="flat-sandbox", daemon=True)
        self._thread.start()
        self._server.ready.wait()
        return self

    def close(self) -> None:
        """Ends running requests, stops to listen and closes the state; a second time does nothing."""
        if self._server is not None and self._thread is not None and self._thread.is_alive():
            self._server.should_exit = True
            self._thread.join()
        if self._socket is not None:
            self._socket.close()
        self._engraver.close()
        self._store.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def api_version(self) -> str:
        """The version of the Flat API that the contract describes."""
        return self._contract.version

    @property
    def url(self) -> str:
        """The base URL for clients, ending in /v2. Raises RuntimeError before the start."""
        if self._socket is None:
            raise RuntimeError("The sandbox has no address before start().")
        host, port = self._socket.getsockname()[:2]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}{self._contract.base_path}"

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
        return issue(self._store, user, wanted)

    def limit(self, requests: int, per: float = HOUR) -> None:
        """Allows each token so many requests in `per` seconds; what was counted is forgotten."""
        self._app.limiter.configure(requests, per)

    @property
    def requests(self) -> list[RecordedRequest]:
        """The requests so far, the oldest first."""
        return list(self._app.records)

    def reset(self) -> None:
        """Back to the seeded state: one teacher of an organization, no requests, the API's own limit."""
        self._store.clear()
        self._seed(self._token)
        self._app.records.clear()
        self.limit(PER_TOKEN)


def _bind(host: str, port: int) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    # With the protocol given, asyncio sets TCP_NODELAY: without it a kept connection waits 40 ms a request.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener
