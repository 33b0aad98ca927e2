"""An OAuth2 token endpoint on loopback that counts what it is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs


class TokenServer(ThreadingHTTPServer):
    """Gives `access_token` for every code and refresh token.

    Attributes:
        access_token: What is given out.
        forms: The forms that came, the oldest first.
    """

    daemon_threads = True

    def __init__(self, access_token: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.access_token = access_token
        self.forms: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/oauth/access_token"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: TokenServer

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.forms.append({name: values[0] for name, values in parse_qs(text).items()})
        answer: dict[str, Any] = {
            "access_token": self.server.access_token,
            "refresh_token": f"refresh-{len(self.server.forms)}",
            "token_type": "bearer",
            "scope": "scores",
            "expires_in": 3600,
        }
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def token_server(access_token: str) -> Iterator[TokenServer]:
    """A running token endpoint."""
    with TokenServer(access_token) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
