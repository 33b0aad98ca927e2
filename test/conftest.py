"""Fixtures of the generated tests (a sandbox that answers with the contract's examples) and of the typing tests."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import flat_api
from flat_api.sandbox import RecordedRequest, Sandbox


@pytest.fixture(scope="session")
def example_sandbox() -> Iterator[Sandbox]:
    with Sandbox(port=0, examples=True) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def api(example_sandbox: Sandbox) -> Iterator[flat_api.ApiClient]:
    """A client of the sandbox; an answer that does not fit the contract is an error."""
    configuration = flat_api.Configuration(example_sandbox.url, example_sandbox.token, retries=0, strict=True)
    with flat_api.ApiClient(configuration) as client:
        yield client


@pytest.fixture
def sent(example_sandbox: Sandbox) -> Callable[[], RecordedRequest]:
    """Gives the last request that reached the sandbox."""
    return lambda: example_sandbox.requests[-1]


@pytest.fixture(scope="session")
def users_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment where flat_api is a library, as type checkers find it at a user's."""
    folder = tmp_path_factory.mktemp("users")
    venv.create(folder)
    paths = {"base": str(folder), "platbase": str(folder)}
    seen = [str(Path(__file__).parent.parent), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    (Path(sysconfig.get_path("purelib", "venv", paths)) / "seen.pth").write_text("\n".join(seen), encoding="utf-8")
    return Path(sysconfig.get_path("scripts", "venv", paths)) / "python"


@pytest.fixture(scope="session")
def mypy(users_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Checks a user's programs strictly and gives what mypy says."""
    folder = tmp_path_factory.mktemp("mypy")

    def check(*programs: Path) -> str:
        options = ["--strict", "--config-file=", "--hide-error-context", "--python-executable", str(users_python)]
        command = [sys.executable, "-m", "mypy", *options, *map(str, programs)]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout

    return check
