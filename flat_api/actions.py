"""Every action of the API, ready for an automation tool or an agent: name, description and JSON Schemas.

    for action in flat_api.actions:
        print(action.name, action.input_schema)

`flat_api.actions["listClasses"]` is one of them; `flat_api.create(...)` makes an object that runs them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from flat_api.compat.actions import Action, all_actions

__all__ = ["Action", "Actions", "all_actions"]


class Actions(ModuleType):
    """The module as the collection of its actions."""

    def __iter__(self) -> Iterator[Action]:
        return iter(all_actions().values())

    def __len__(self) -> int:
        return len(all_actions())

    def __getitem__(self, key: str | int) -> Action:
        return all_actions()[key] if isinstance(key, str) else list(all_actions().values())[key]

    def __contains__(self, name: Any) -> bool:
        return name in all_actions() or name in all_actions().values()


sys.modules[__name__].__class__ = Actions
