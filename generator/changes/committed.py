"""The edge to git: files as they were last committed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


class NotCommittedError(Exception):
    """There is no committed version; the message says why."""


def text(path: Path) -> str:
    """The text of a file in the last commit of the checkout it is in.

    Raises:
        NotCommittedError: git is missing, the folder is no checkout, or the file is not in its last commit.
    """
    command = ["git", "-C", str(path.parent), "show", f"HEAD:./{path.name}"]
    try:
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", env=os.environ | {"LC_ALL": "C"}, check=False
        )
    except OSError as error:
        raise NotCommittedError("git cannot be run") from error
    if done.returncode != 0:
        raise NotCommittedError(done.stderr.strip().partition("\n")[0].removeprefix("fatal: ").rstrip("."))
    return done.stdout
