"""A short program starts fast: an ordinary call loads what it needs, and leaves the search for garbage as it was."""

from __future__ import annotations

import subprocess
import sys
from modulefinder import ModuleFinder
from pathlib import Path

import pytest
from server import Server, reply

from flat_api import on_demand

ROOT = Path(__file__).parents[2]
ROOMS = [room._module for room in vars(on_demand).values() if type(room).__name__ == "_Room"]

PROGRAM = """
import gc, sys
{before}
import flat_api
with flat_api.ApiClient(flat_api.Configuration(sys.argv[1], "tok", retries=0)) as client:
    assert flat_api.AccountApi(client).get_authenticated_user().id == "u1"
{after}
"""
USER = {"id": "u1", "username": "u", "type": "user", "product": "flat", "printableName": "U", "picture": None}


def run(server: Server, after: str, before: str = "") -> list[str]:
    """What a program prints that makes one call, and then what `after` says."""
    server.plays(reply(USER, headers={"Connection": "close"}))
    code = PROGRAM.format(before=before, after=after)
    done = subprocess.run([sys.executable, "-c", code, server.url], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


def test_an_ordinary_call_enters_no_room_that_is_opened_on_demand(server: Server) -> None:
    assert "flat_api.exceptions" in ROOMS
    loaded = run(server, "print(*sys.modules)")
    assert "flat_api.models.user_details" in loaded
    assert set(loaded) & set(ROOMS) == set()


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_is_there(room: str) -> None:
    assert __import__(room)


def test_the_name_of_a_host_loads_no_tables_of_unicode(server: Server) -> None:
    loaded = run(server, "print(*sys.modules)")
    assert {"encodings.idna", "unicodedata"} & set(loaded) == set()


@pytest.mark.parametrize(
    ("before", "enabled", "frozen"),
    [("", "True", False), ("gc.disable()", "False", False), ("gc.freeze()", "True", True)],
    ids=["usual", "switched off", "frozen"],
)
def test_the_search_for_garbage_is_as_it_was(server: Server, before: str, enabled: str, frozen: bool) -> None:
    now, count = run(server, "print(gc.isenabled(), gc.get_freeze_count())", before)
    assert now == enabled
    assert (int(count) > 1000) is frozen


def test_what_was_loaded_counts_as_old(server: Server) -> None:
    counts = "print(*(len(gc.get_objects(generation=age)) for age in (0, 1, 2)))"
    youngest, young, old = map(int, run(server, counts))
    assert youngest + young < old / 4


def test_a_program_that_has_run_out_of_files_is_told_so(server: Server) -> None:
    after = """
    account = flat_api.AccountApi(client)
    account.get_authenticated_user()
    import os, resource
    taken = os.dup(0)
    resource.setrlimit(resource.RLIMIT_NOFILE, (taken, taken))
    try:
        account.get_authenticated_user(_request_timeout=5)
    except flat_api.ApiException as error:
        print(type(error).__name__, error)
"""
    name, *text = run(server, after, "import resource")
    assert (name, " ".join(text)) == (
        "ConnectionException",
        f"No connection to {server.address}: Too many open files. (GET /v2/me)",
    )


def test_every_part_stands_in_an_import_so_that_programs_can_be_frozen(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("import flat_api", encoding="utf-8")
    finder = ModuleFinder(path=[str(ROOT)])
    finder.run_script(str(program))
    wanted = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for folder in (".", "api", "models")
        for path in (ROOT / "flat_api" / folder).glob("*.py")
    }
    assert wanted - finder.modules.keys() == set()
