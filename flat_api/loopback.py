"""LoopbackRedirect: a web server on this machine that waits for a person to come back from the consent page."""

from __future__ import annotations

import os
import queue
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from flat_api.exceptions import ApiException, ApiValueError, TimeoutException

if TYPE_CHECKING:
    from typing import Self

_HERE = frozenset({"127.0.0.1", "localhost"})


class LoopbackRedirect:
    """Listens on a redirect address of this machine; use it in a `with`.

    Args:
        redirect_uri: An http address such as `http://127.0.0.1:8765/callback`; port 0 takes any free port.
        read: Reads the code out of an address, or raises an ApiException.

    Attributes:
        redirect_uri: The address with the port that is used.

    Raises:
        ApiValueError: the address is not one of this machine.
        OSError: the port is taken.
    """

    def __init__(self, redirect_uri: str, read: Callable[[str], str]) -> None:
        parts = urlsplit(redirect_uri)
        if parts.scheme != "http" or parts.hostname not in _HERE or parts.port is None:
            raise ApiValueError("The redirect_uri must be like 'http://127.0.0.1:8765/callback' to come back here.")
        self._server = _Server(("127.0.0.1", parts.port), _Handler)
        self._server.path = parts.path or "/"
        self._server.read = read
        self._server.outcome = queue.SimpleQueue()
        self.redirect_uri = parts._replace(netloc=f"{parts.hostname}:{self._server.server_port}").geturl()
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def wait(self, timeout: float) -> str:
        """The code that the person comes back with.

        Raises:
            TimeoutException: nobody came within `timeout` seconds.
            ApiException: the person refused.
        """
        try:
            outcome = self._server.outcome.get(timeout=timeout)
        except queue.Empty:
            raise TimeoutException("Nobody came back from the consent page in time.", sent=False) from None
        if isinstance(outcome, ApiException):
            raise outcome
        return outcome

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    # Elsewhere the option would let another program listen on the same port.
    allow_reuse_address = os.name == "posix"
    path: str
    read: Callable[[str], str]
    outcome: queue.SimpleQueue[str | ApiException]


class _Handler(BaseHTTPRequestHandler):
    timeout = 10.0

    def do_GET(self) -> None:
        """Answer the browser; what does not belong to this attempt is turned away and waited past."""
        server = cast(_Server, self.server)
        if urlsplit(self.path).path != server.path:
            return self._answer(404, "Not here.")
        try:
            outcome: str | ApiException = server.read(self.path)
        except ApiValueError as error:
            return self._answer(400, str(error))
        except ApiException as error:
            outcome = error
        try:
            return self._answer(200, "You may close this window and go back to the program.")
        finally:
            server.outcome.put(outcome)

    def _answer(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the address has the code in it."""
