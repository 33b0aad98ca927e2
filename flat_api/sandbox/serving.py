"""Serves an application over HTTP, in a thread, and gives it the TCP connection of each request."""

from __future__ import annotations

import asyncio
import socket
import struct
from asyncio import Transport
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Thread

import uvicorn
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

_TRANSPORT = "flat_sandbox.transport"
_SECONDS_TO_FINISH = 5


class _Protocol(H11Protocol):
    """HTTP/1.1 that gives the application its transport, in the state of the ASGI scope."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Called by asyncio when a client has connected."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, _TRANSPORT: transport}


@dataclass(frozen=True)
class Connection:
    """What came with an ASGI call, once the body of the request was read.

    It is for faults that treat the TCP connection worse than HTTP would.
    """

    scope: Scope
    receive: Receive
    send: Send

    async def answer(self, response: Response) -> None:
        """Sends an answer as it should be."""
        await response(self.scope, self.receive, self.send)

    async def start(self, response: Response) -> None:
        """Sends status and headers alone."""
        start = {"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers}
        await self.send(start)

    async def write(self, body: bytes, *, last: bool = False) -> None:
        """Sends a piece of the body, after `start`."""
        await self.send({"type": "http.response.body", "body": body, "more_body": not last})

    async def pause(self, seconds: float) -> None:
        """Waits, but no longer than the client does."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.receive(), seconds)

    async def close(self) -> None:
        """Ends the connection, after what was sent so far."""
        self._transport.close()
        await self._ended()

    async def reset(self) -> None:
        """Ends the connection at once, with a TCP reset."""
        raw: socket.socket = self._transport.get_extra_info("socket")
        # To linger for 0 seconds means to send no FIN, but a RST.
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()
        await self._ended()

    @property
    def _transport(self) -> Transport:
        transport: Transport = self.scope["state"][_TRANSPORT]
        return transport

    async def _ended(self) -> None:
        # Else the server would miss an answer, and send one of its own.
        await self.receive()


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

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        self._socket = _bind(host, port)
        config = uvicorn.Config(
            app,
            loop="asyncio",
            http=_Protocol,
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
