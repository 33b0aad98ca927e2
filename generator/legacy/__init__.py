"""Tables for `flat_api.compat`: names of earlier generations (history.json)."""

from __future__ import annotations

import json
import pprint
import re
from pathlib import Path

HISTORY = Path(__file__).with_name("history.json")
_ABOUT = "Names of earlier generations and what they are called today."
_TABLES = {
    "METHODS": "Api class -> earlier method -> the class and method that took its place.",
    "KEYWORDS": "Api class -> method -> earlier keyword -> the keyword of today; `class_` is not in it.",
    "DROPPED_KEYWORDS": "Operation -> keyword the API no longer knows -> versions of the client that had it.",
    "FIELDS": "Model -> earlier field -> the field of today; None: the API no longer has it.",
    "ENUM_MEMBERS": "Enum -> earlier member -> value; without those whose dots and dashes are written out.",
    "MODELS": "Earlier model -> its successor.",
    "ACTIONS": "Earlier action -> operation of today.",
}
_WRITTEN_OUT = re.compile("_(DOT|MINUS)_")


def files(package: str, line: str) -> dict[str, str]:
    """The generated file of the compatibility layer: path below the output folder -> text.

    Args:
        package: Name of the generated package.
        line: The sentence that generated files begin with.
    """
    history = json.loads(HISTORY.read_text(encoding="utf-8"))
    listed = {
        enum: {name: value for name, value in members.items() if not _WRITTEN_OUT.search(name)}
        for enum, members in history["enum_members"].items()
    }
    history["enum_members"] = {enum: members for enum, members in listed.items() if members}
    body = ""
    for name, meaning in _TABLES.items():
        shown = pprint.pformat(history[name.lower()], width=100, compact=True).replace("'", '"')
        body += f'\n{name}: dict[str, Any] = {shown}\n"""{meaning}"""\n'
    imports = "from __future__ import annotations\n\nfrom typing import Any\n\n# fmt: off\n# ruff: noqa: E501\n"
    return {f"{package}/compat/tables.py": f'# {line}\n"""{_ABOUT}"""\n\n{imports}{body}'}
