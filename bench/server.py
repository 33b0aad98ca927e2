"""The server under the benchmark: an own nginx on a free loopback port, so that the client is what limits."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from bench import payloads

_MISSING = (
    "The benchmark needs nginx and found none: install it (Debian, Ubuntu: `apt-get install nginx-light`; "
    "Fedora: `dnf install nginx`) or put it on the PATH."
)

# The upload goes through a proxy step because nginx reads a whole body only before it passes a request on.
_CONFIG = """
{user}
daemon off;
worker_processes 1;
pid {root}/nginx.pid;
error_log {root}/error.log warn;
events {{ worker_connections 256; }}
http {{
    log_format counted '$connection $request_length $status';
    access_log {root}/access.log counted;
    client_body_temp_path {root}/tmp;
    proxy_temp_path {root}/tmp;
    fastcgi_temp_path {root}/tmp;
    scgi_temp_path {root}/tmp;
    uwsgi_temp_path {root}/tmp;
    default_type application/json;
    sendfile on;
    tcp_nodelay on;
    keepalive_requests 1000000;
    keepalive_timeout 300s;
    client_max_body_size 64m;
    client_body_buffer_size 32m;
    server {{
        listen 127.0.0.1:{port};
        location = /log {{ access_log off; alias {root}/access.log; }}
        location = /v2/scores {{
            proxy_method GET;
            proxy_pass_request_body off;
            proxy_set_header Content-Length "";
            proxy_pass http://unix:{root}/inner.sock:/v2/scores/bench;
        }}
{locations}
    }}
    server {{
        listen unix:{root}/inner.sock;
        access_log off;
{locations}
    }}
}}
"""


class ServerError(RuntimeError):
    """The server could not be started, or does not answer."""


class Request(NamedTuple):
    """One request as the server saw it."""

    connection: int
    received: int
    status: int


class Server:
    """A running nginx; use it in a `with` statement.

    Args:
        root: An empty directory for its configuration, data and logs.

    Raises:
        ServerError: nginx is missing, or did not start.
    """

    def __init__(self, root: Path) -> None:
        nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
        if nginx is None:
            raise ServerError(_MISSING)
        self._root = root
        self._lines_read = 0
        listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        (root / "tmp").mkdir()
        config = root / "nginx.conf"
        config.write_text(_CONFIG.format(root=root, port=self.port, locations=_write_payloads(root), user=_user()))
        # nginx takes over a socket that listens already: no race for the port, and no waiting for the start.
        with (root / "error.log").open("ab") as errors, listener:
            self._process = subprocess.Popen(
                [nginx, "-p", str(root), "-c", str(config)],
                env={**os.environ, "NGINX": f"{listener.fileno()};"},
                pass_fds=[listener.fileno()],
                stderr=errors,
            )

    def __enter__(self) -> Server:
        try:
            self.requests()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End nginx."""
        self._process.terminate()
        self._process.wait()

    def requests(self) -> list[Request]:
        """The requests answered since the last time this was asked.

        One worker serves one event at a time, so whatever was answered before is in the log it sends.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", "/log")
            answer = connection.getresponse()
            lines = answer.read().decode().splitlines()
        except (OSError, http.client.HTTPException) as error:
            raise ServerError(f"nginx does not answer ({error!r}); its log says: {self._errors()}") from error
        finally:
            connection.close()
        if answer.status != 200:
            raise ServerError(f"nginx answers {answer.status} where its log should be: {self._errors()}")
        fresh, self._lines_read = lines[self._lines_read :], len(lines)
        return [Request(*map(int, line.split())) for line in fresh]

    def _errors(self) -> str:
        return (self._root / "error.log").read_text(errors="replace").strip() or "nothing"


def _user() -> str:
    # Started by root, the worker would become another user, who may not read the directory.
    return "user root;" if os.geteuid() == 0 else ""


def _write_payloads(root: Path) -> str:
    """Write the files that are served; the nginx locations that serve them."""
    good = payloads.scores()
    answers: dict[str, Any] = {
        "me": payloads.me(),
        "scores/bench": good[0],
        "collections/allScores/scores": good,
        "collections/oneOdd/scores": payloads.with_odd_items(good, every=len(good)),
        "collections/allOdd/scores": payloads.with_odd_items(good, every=1),
    }
    locations = []
    for path, answer in answers.items():
        file = root / (path.replace("/", "-") + ".json")
        file.write_text(json.dumps(answer, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
        locations.append(f"        location = /v2/{path} {{ alias {file}; }}")
    audio = root / "audio.wav"
    with audio.open("wb") as out:
        out.truncate(payloads.DOWNLOAD_BYTES)
    locations.append(
        f"        location = /v2/scores/bench/revisions/last/wav {{ default_type audio/wav; alias {audio}; }}"
    )
    return "\n".join(locations)
