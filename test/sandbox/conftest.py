"""A running sandbox, a plain HTTP client for it, and music to send."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import urllib3

from flat_api.sandbox import Sandbox
from flat_api.sandbox.people import ADMIN

Xml = Callable[..., str]

_MEASURE = (
    '<measure number="{number}">{attributes}<note><pitch><step>C</step><octave>4</octave></pitch>'
    "<duration>4</duration><type>whole</type></note></measure>"
)
_ATTRIBUTES = (
    "<attributes><divisions>1</divisions><key><fifths>2</fifths></key>"
    "<time><beats>4</beats><beat-type>4</beat-type></time>"
    "<clef><sign>G</sign><line>2</line></clef></attributes>"
)


class Client:
    """Sends requests to a sandbox with a token, without any help from the SDK; `user` is an id when known."""

    def __init__(self, url: str, token: str | None) -> None:
        self.url = url
        self.user = ""
        self._pool = urllib3.PoolManager(retries=False)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def __call__(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        **body: Any,
    ) -> urllib3.BaseHTTPResponse:
        """`path` is relative to /v2; `json=` or `body=` is sent."""
        url = path if path.startswith("http") else self.url + path
        return self._pool.request(method, url, headers={**self._headers, **(headers or {})}, **body)

    def score(self, data: str, **fields: Any) -> dict[str, Any]:
        """Creates a score and returns its details."""
        answer = self("POST", "/scores", json={"data": data, **fields})
        assert answer.status == 200, answer.data
        found: dict[str, Any] = answer.json()
        return found

    def close(self) -> None:
        """Closes the connections."""
        self._pool.clear()


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    return running


@pytest.fixture
def connect() -> Iterator[Callable[[str, str | None], Client]]:
    """Opens clients that are closed when the test ends."""
    clients: list[Client] = []

    def open_client(url: str, token: str | None) -> Client:
        clients.append(Client(url, token))
        return clients[-1]

    yield open_client
    for client in clients:
        client.close()


@pytest.fixture
def client(sandbox: Sandbox, connect: Callable[[str, str | None], Client]) -> Client:
    return connect(sandbox.url, sandbox.token)


@pytest.fixture
def person(sandbox: Sandbox, connect: Callable[[str, str | None], Client]) -> Callable[..., tuple[str, Client]]:
    """Makes a user of the organization; gives the id and a client with a token of that user."""

    def make(username: str, role: str = "user", **fields: str) -> tuple[str, Client]:
        admin = connect(sandbox.url, sandbox.issue_token(user=ADMIN))
        body = {"username": username, "password": "a long password", "role": role, **fields}
        answer = admin("POST", "/organizations/users", json=body)
        assert answer.status == 200, answer.data
        identifier: str = answer.json()["id"]
        return identifier, connect(sandbox.url, sandbox.issue_token(user=identifier))

    return make


@pytest.fixture(scope="session")
def xml() -> Xml:
    """Makes MusicXML with a title and so many measures, for one piano, in D major."""

    def make(title: str | None = "Round", measures: int = 2) -> str:
        work = f"<work><work-title>{title}</work-title></work>" if title else ""
        music = "".join(
            _MEASURE.format(number=number, attributes=_ATTRIBUTES if number == 1 else "")
            for number in range(1, measures + 1)
        )
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<score-partwise version="4.0">{work}'
            '<identification><creator type="composer">Thomas Tallis</creator></identification>'
            '<part-list><score-part id="P1"><part-name>Piano</part-name></score-part></part-list>'
            f'<part id="P1">{music}</part></score-partwise>\n'
        )

    return make


@dataclass(frozen=True)
class School:
    """An active class at `path`, its teacher, its students ann and ben, and eve, who is in no class."""

    classroom: dict[str, Any]
    path: str
    teacher: Client
    ann: Client
    ben: Client
    eve: Client

    def assignment(self, **fields: Any) -> str:
        """Creates an active assignment and returns its path."""
        answer = self.teacher("POST", f"{self.path}/assignments", json={"title": "Canon", "state": "active", **fields})
        assert answer.status == 200, answer.data
        return f"{self.path}/assignments/{answer.json()['id']}"

    def submission(self, assignment: str, student: Client, **fields: Any) -> str:
        """Begins the submission of a student and returns its path."""
        answer = student("PUT", f"{assignment}/submissions", json=fields)
        assert answer.status == 200, answer.data
        return f"{assignment}/submissions/{answer.json()['id']}"


@pytest.fixture
def member(person: Callable[..., tuple[str, Client]]) -> Callable[..., Client]:
    """Makes a user of the organization, a student unless another role is given; gives a client with `user` set."""

    def make(username: str, role: str = "user", **fields: str) -> Client:
        identifier, client = person(username, role, **fields)
        client.user = identifier
        return client

    return make


@pytest.fixture
def school(client: Client, member: Callable[..., Client]) -> School:
    classroom = client("POST", "/classes", json={"name": "Choir"}).json()
    path = f"/classes/{classroom['id']}"
    ann = member("ann", firstname="Ann", lastname="Alt")
    ben = member("ben", firstname="Ben", lastname="Bass")
    for one in (ann, ben):
        assert client("PUT", f"{path}/users/{one.user}").status == 204
    classroom = client("POST", f"{path}/activate").json()
    return School(classroom, path, client, ann, ben, member("eve", "teacher"))


class Process:
    """The sandbox as a process of its own."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flat_api.sandbox", "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        assert self.process.stdout is not None
        self.banner = ""
        while "Ctrl-C" not in self.banner:
            line = self.process.stdout.readline()
            assert line, self.process.communicate()
            self.banner += line

    def setting(self, name: str) -> str:
        found = re.search(rf"export {name}=(\S+)", self.banner)
        assert found
        return found[1]

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


@pytest.fixture
def launch() -> type[Process]:
    """Starts `python -m flat_api.sandbox` with the given options."""
    return Process
