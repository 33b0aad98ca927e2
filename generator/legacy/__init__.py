"""Tables for `flat_api.compat`: names of earlier generations (history.json)."""

from __future__ import annotations

import json
import pprint
import re
from pathlib import Path
from typing import Any

HISTORY = Path(__file__).with_name("history.json")
_WIDTH = 120
_WRITTEN_OUT = re.compile("_(DOT|MINUS)_")


def files(package: str, line: str) -> dict[str, str]:
    """The generated files of the compatibility layer: path below the output folder -> text.

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
    return {
        f"{package}/compat/keywords.py": _keywords(history, line),
        f"{package}/compat/tables.py": _tables(history, line),
    }


def _keywords(history: dict[str, Any], line: str) -> str:
    parts = [
        ("METHODS", "Api class -> earlier method -> the class and method that took its place."),
        ("KEYWORDS", "Api class -> method -> earlier keyword -> the keyword of today; `class_` is not in it."),
    ]
    return _module_of_tables("Methods and keywords of earlier generations.", parts, history, line)


def _tables(history: dict[str, Any], line: str) -> str:
    parts = [
        ("DROPPED_KEYWORDS", "Operation -> keyword the API no longer knows -> versions of the client that had it."),
        ("FIELDS", "Model -> earlier field -> the field of today; None: the API no longer has it."),
        ("ENUM_MEMBERS", "Enum -> earlier member -> value; without those whose dots and dashes are written out."),
        ("MODELS", "Earlier model -> its successor."),
        ("ACTIONS", "Earlier action -> operation of today."),
    ]
    return _module_of_tables("Names of earlier generations and what they are called today.", parts, history, line)


def _module_of_tables(about: str, parts: list[tuple[str, str]], history: dict[str, Any], line: str) -> str:
    body = ""
    for name, meaning in parts:
        shown = pprint.pformat(history[name.lower()], width=100, compact=True)
        body += f'\n{name}: dict[str, Any] = {_double_quoted(shown)}\n"""{meaning}"""\n'
    lengthy = any(len(row) > _WIDTH for row in body.splitlines())
    imports = "from __future__ import annotations\n\nfrom typing import Any\n\n# fmt: off\n"
    return f'# {line}\n"""{about}"""\n\n{imports}' + ("# ruff: noqa: E501\n" if lengthy else "") + body


def _double_quoted(text: str) -> str:
    return text.replace("'", '"')
