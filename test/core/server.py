"""A scripted loopback server: real bytes on real sockets. It counts connections and records what reaches it."""

from __future__ import annotations

import contextlib
import gzip
import json
import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, NamedTuple, TypeAlias

PATIENCE = 10.0
"""Seconds after which the server gives up on a test that hangs."""


class Received(NamedTuple):
    """One request as it came: the connection it came on (from 1), and what was in it."""

    connection: int
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class Peer:
    """The server's end of one connection."""

    def __init__(self, server: Server, sock: socket.socket, number: int) -> None:
        self.server = server
        self.sock = sock
        self.number = number
        self._read = b""

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def reset(self) -> None:
        """End the connection with RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        self.sock.close()

    def stall(self) -> None:
        """Say nothing more until the client hangs up or the test is over."""
        self.sock.settimeout(0.02)
        while not self.server.ending.is_set():
            try:
                if not self.sock.recv(65536):
                    break
            except TimeoutError:
                continue
        self.close()

    def drip(self, data: bytes, seconds: float, size: int = 1) -> None:
        """Send a little at a time."""
        for start in range(0, len(data), size):
            self.send(data[start : start + size])
            if self.server.ending.wait(seconds):
                return

    def line(self) -> bytes:
        while b"\n" not in self._read:
            self._fill()
        line, _, self._read = self._read.partition(b"\n")
        return line.rstrip(b"\r")

    def exactly(self, count: int) -> bytes:
        while len(self._read) < count:
            self._fill()
        data, self._read = self._read[:count], self._read[count:]
        return data

    def _fill(self) -> None:
        data = self.sock.recv(65536)
        if not data:
            raise EOFError
        self._read += data


Step: TypeAlias = "bytes | Callable[[Peer, Received], object]"


class Server:
    """Plays one step per request: bytes are sent as they are, a function does what it likes with the connection.

    The last step is played for every further request. A function that closes the connection ends it.
    """

    def __init__(
        self, *steps: Step, tls: ssl.SSLContext | None = None, base: str = "/v2", host: str = "127.0.0.1"
    ) -> None:
        self._steps = list(steps)
        self._tls = tls
        self._lock = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._peers: list[Peer] = []
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family, backlog=64)
        self.ending = threading.Event()
        self.received: list[Received] = []
        self.closed = 0
        self.port: int = self._listener.getsockname()[1]
        self.address = f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"
        self.origin = f"{'https' if tls else 'http'}://{self.address}"
        self.url = self.origin + base

    def plays(self, *steps: Step) -> Server:
        """Replace the script."""
        self._steps = list(steps)
        return self

    @property
    def connections(self) -> int:
        """How many connections were accepted."""
        return len(self._peers)

    def wait_until(self, condition: Callable[[Server], bool]) -> bool:
        """Wait until something is true of this server; False when it does not become so."""
        with self._lock:
            return self._lock.wait_for(lambda: condition(self), PATIENCE)

    @property
    def targets(self) -> list[str]:
        return [request.target for request in self.received]

    def __enter__(self) -> Server:
        self._run(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.ending.set()
        with socket.socket(self._listener.family) as waker:
            waker.connect(self._listener.getsockname())
        for peer in self._peers:
            with contextlib.suppress(OSError):
                peer.sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)
        self._listener.close()

    def _run(self, work: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            sock, _ = self._listener.accept()
            if self.ending.is_set():
                sock.close()
                return
            sock.settimeout(PATIENCE)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            peer = Peer(self, sock, len(self._peers) + 1)
            self._peers.append(peer)
            self._run(self._serve, peer)

    def _serve(self, peer: Peer) -> None:
        try:
            if self._tls is not None:
                peer.sock = self._tls.wrap_socket(peer.sock, server_side=True)
            self.talk(peer)
        except (EOFError, OSError):
            pass
        finally:
            peer.close()
            with self._lock:
                self.closed += 1
                self._lock.notify_all()

    def talk(self, peer: Peer) -> None:
        """Answer requests until the connection is closed."""
        while peer.sock.fileno() >= 0:
            request = self.read(peer)
            with self._lock:
                self.received.append(request)
                self._lock.notify_all()
                step = self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]
            if isinstance(step, bytes):
                peer.send(step)
            else:
                step(peer, request)

    def read(self, peer: Peer) -> Received:
        """Read one request."""
        head = self.read_head(peer)
        length = int(head.header("Content-Length") or 0)
        return head._replace(body=peer.exactly(length))

    def read_head(self, peer: Peer) -> Received:
        method, target, _ = peer.line().decode("latin-1").split(" ")
        headers = []
        while line := peer.line().decode("latin-1"):
            name, _, value = line.partition(":")
            headers.append((name, value.strip()))
        return Received(peer.number, method, target, headers, b"")


def reply(
    body: bytes | str | Any = b"", status: int = 200, headers: dict[str, str] | None = None, length: int | None = None
) -> bytes:
    """An answer with a Content-Length; what is neither bytes nor text goes out as JSON."""
    if not isinstance(body, (bytes, str)):
        body = json.dumps(body)
    data = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} Reason", f"Content-Length: {len(data) if length is None else length}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + data


def head(*lines: str, status: int = 200) -> bytes:
    """The head of an answer and nothing else."""
    return "\r\n".join([f"HTTP/1.1 {status} Reason", *lines]).encode("latin-1") + b"\r\n\r\n"


def chunks(*pieces: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + end


def chunked(*pieces: bytes, headers: Iterable[str] = ()) -> bytes:
    """A whole answer in chunks."""
    return head("Transfer-Encoding: chunked", *headers) + chunks(*pieces)


def gzipped(data: bytes, headers: dict[str, str] | None = None) -> bytes:
    return reply(gzip.compress(data, mtime=0), headers={"Content-Encoding": "gzip"} | (headers or {}))


def redirect(location: str, status: int = 302) -> bytes:
    return reply(b"", status, {"Location": location})


def hang_up(peer: Peer, request: Received) -> None:
    peer.close()


def reset(peer: Peer, request: Received) -> None:
    peer.reset()


def stall(peer: Peer, request: Received) -> None:
    peer.stall()


def then(*steps: Step) -> Step:
    """Several steps for one request."""

    def play(peer: Peer, request: Received) -> None:
        for step in steps:
            if isinstance(step, bytes):
                peer.send(step)
            else:
                step(peer, request)

    return play


class Proxy(Server):
    """A minimal HTTP proxy: passes CONNECT through, and answers everything else from its script."""

    def __init__(self, *steps: Step, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(*steps, tls=tls, base="")
        self.tunnels: list[Received] = []
        self.refusal: bytes | None = None

    def read(self, peer: Peer) -> Received:
        request = super().read(peer)
        if request.method != "CONNECT":
            return request
        with self._lock:
            self.tunnels.append(request)
        if self.refusal is not None:
            peer.send(self.refusal)
            peer.close()
            raise EOFError
        host, _, port = request.target.rpartition(":")
        with socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE) as far:
            peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            _pass_between(peer.sock, far)
        raise EOFError


def _pass_between(near: socket.socket, far: socket.socket) -> None:
    """Pass bytes both ways until one end is through."""
    while True:
        # Bytes that are decrypted already wait in the TLS socket, not in the system.
        waiting = isinstance(near, ssl.SSLSocket) and near.pending()
        ready = [near] if waiting else select.select([near, far], [], [], PATIENCE)[0]
        for source in ready:
            data = source.recv(65536)
            if not data:
                return
            (far if source is near else near).sendall(data)
        if not ready:
            return
