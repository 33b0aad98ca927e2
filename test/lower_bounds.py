"""Write the lower bounds of requirements.txt as exact versions: python test/lower_bounds.py FILE."""

from __future__ import annotations

import re
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).parent.parent / "requirements.txt"


def exact(requirement: str) -> str:
    """`urllib3>=2.3,<3` -> `urllib3==2.3`."""
    found = re.fullmatch(r"([\w.-]+)>=([\w.]+)(,<[\w.]+)?", requirement)
    if found is None:
        raise SystemExit(f"requirements.txt: give {requirement!r} a lower bound, as in urllib3>=2.3,<3.")
    return f"{found[1]}=={found[2]}"


if __name__ == "__main__":
    lines = REQUIREMENTS.read_text(encoding="utf-8").split()
    Path(sys.argv[1]).write_text("".join(f"{exact(line)}\n" for line in lines), encoding="utf-8")
