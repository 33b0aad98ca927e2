"""The TCP connection of a request, for faults that treat it worse than HTTP would."""

from __future__ import annotations

import asyncio
import socket
import struct
from asyncio import Transport
from contextlib import suppress
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

_TRANSPORT = "flat_sandbox.transport"


class Protocol(H11Protocol):
    """HTTP/1.1 that gives the application its transport, in the state of the ASGI scope."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Called by asyncio when a client has connected."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, _TRANSPORT: transport}


@dataclass(frozen=True)
class Connection:
    """What came with an ASGI call, once the body of the request was read."""

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
