"""Serves the application over HTTP, in a thread."""

from __future__ import annotations

import socket
from threading import Event, Thread

import uvicorn

from flat_api.sandbox.app import App
from flat_api.sandbox.connection import Protocol

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


class HttpServer:
    """A server that listens from the moment it is made.

    Raises OSError for a port in use.
    """

    def __init__(self, app: App, host: str, port: int) -> None:
        self._socket = _bind(host, port)
        config = uvicorn.Config(
            app,
            loop="asyncio",
            http=Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_SECONDS_TO_FINISH,
        )
        self._server = _Server(config)
        self._thread = Thread(target=self._server.run, args=([self._socket],), name="flat-sandbox", daemon=True)
        self._thread.start()
        self._server.ready.wait()

    @property
    def origin(self) -> str:
        """The address, without a path."""
        host, port = self._socket.getsockname()[:2]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def close(self) -> None:
        """Ends running requests and stops to listen."""
        if self._thread.is_alive():
            self._server.should_exit = True
            self._thread.join()
        self._socket.close()


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
