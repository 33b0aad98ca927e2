"""The pytest plugin, run by pytest processes of its own, and the client of a sandbox."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flat_api.sandbox import Sandbox
from flat_api.sandbox.people import ADMIN, TEACHER

ROOT = Path(__file__).parents[2]
TESTS = """
import pytest

from flat_api import RetryPolicy

seen = []


def test_one(flat_sandbox):
    seen.append((flat_sandbox.url, flat_sandbox.token))
    flat_sandbox.seed(scores=2)
    assert len(flat_sandbox.client().collections.list_collection_scores("allScores")) == 2


def test_the_same_server_but_a_new_state(flat_sandbox):
    assert seen[0] == (flat_sandbox.url, flat_sandbox.token)
    assert list(flat_sandbox.client(scopes=["collections"]).collections.list_collection_scores("allScores")) == []
    assert flat_sandbox.requests.count == 1


def test_a_fault_that_fires(flat_sandbox):
    flat_sandbox.fault("status", status=503, op="getAuthenticatedUser", times=2)
    flat_sandbox.client(retries=RetryPolicy(backoff_base=0)).account.get_authenticated_user()
    assert flat_sandbox.requests("getAuthenticatedUser").count == 3


def test_a_fault_that_does_not_fire(flat_sandbox):
    flat_sandbox.fault("status", status=503, op="getScore")


@pytest.fixture
def armed(flat_sandbox):
    flat_sandbox.fault("reset", op="getScore")


def test_a_failure_of_its_own_comes_first(armed):
    assert 1 == 2


def test_without_the_fixture():
    pass
"""


def _pytest(folder: Path, *arguments: str) -> str:
    (folder / "test_it.py").write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "-p", "flat_api.sandbox.pytest_plugin", "-W", "error", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
    done = subprocess.run(
        [*command, "--rootdir", str(folder), "-p", "no:cacheprovider", str(folder)],
        capture_output=True,
        text=True,
        env=environment,
        cwd=folder,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


def test_one_server_a_state_for_each_test_and_faults_that_must_fire(tmp_path: Path) -> None:
    output = _pytest(tmp_path)
    assert "2 failed, 4 passed" in output
    assert "Armed faults did not fire: status of getScore: fired 0 of 1 times" in output
    assert "assert 1 == 2" in output
    assert "reset of getScore" not in output


def test_it_works_with_many_processes(tmp_path: Path) -> None:
    output = _pytest(tmp_path, "-p", "xdist", "-n", "2", "--dist", "loadfile")
    assert "2 failed, 4 passed" in output


def test_the_plugin_costs_nothing_until_it_is_used() -> None:
    code = (
        "import sys, flat_api.sandbox.pytest_plugin; "
        "print([name for name in ('starlette', 'uvicorn', 'jsonschema_rs', 'urllib3', 'numpy', 'flat_api.client',"
        " 'flat_api.sandbox.server') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


def test_a_client_of_a_sandbox_acts_for_a_user_within_scopes(sandbox: Sandbox) -> None:
    assert sandbox.client().account.get_authenticated_user().id == TEACHER
    assert sandbox.client(user=ADMIN).account.get_authenticated_user().id == ADMIN
    from flat_api import ForbiddenException

    with pytest.raises(ForbiddenException, match=r"account\.public_profile"):
        sandbox.client(scopes=["scores"]).account.get_authenticated_user()
    with pytest.raises(ValueError, match="nobody"):
        sandbox.client(user="nobody")
