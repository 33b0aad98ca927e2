"""Gives a new Api class the methods and keywords of earlier generations."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import FunctionType
from typing import Any

from flat_api.compat.tables import KEYWORDS, METHODS

_FORMS = ("", "_with_http_info", "_without_preload_content")
_CLASS = {"_class": "class_", "var_class": "class_"}


def api(owner: type[Any]) -> None:
    """Let an Api class take the earlier keywords of its methods, and give it its earlier methods."""
    own = KEYWORDS.get(owner.__name__, {})
    for name, method in list(vars(owner).items()):
        if isinstance(method, FunctionType):
            keywords = own.get(_without_form(name), {})
            if "class_" in method.__code__.co_varnames:
                keywords = {**keywords, **_CLASS}
            if keywords:
                setattr(owner, name, _renaming(method, keywords))
    for name, (place, successor) in METHODS.get(owner.__name__, {}).items():
        if place != owner.__name__ or hasattr(owner, successor):
            for form in _FORMS:
                setattr(owner, name + form, _alias(owner.__name__, name + form, place, successor + form))


def _without_form(name: str) -> str:
    return name.removesuffix("_with_http_info").removesuffix("_without_preload_content")


def _renaming(method: Callable[..., Any], keywords: dict[str, str]) -> Callable[..., Any]:
    def renaming(self: Any, *args: Any, **given: Any) -> Any:
        if not given.keys().isdisjoint(keywords):
            given = _renamed(method.__qualname__, given, keywords)
        return method(self, *args, **given)

    return functools.update_wrapper(renaming, method)


def _renamed(method: str, given: dict[str, Any], keywords: dict[str, str]) -> dict[str, Any]:
    from flat_api.compat.names import deprecated, is_official

    renamed: dict[str, Any] = {}
    for name, value in given.items():
        today = keywords.get(name, name)
        if today in renamed or (today != name and today in given):
            raise TypeError(f"{method}() got the same argument twice, as {name!r} and as {today!r}.")
        if today != name and not is_official(name):
            deprecated(f"{method}({name}=...)", f"{today}=", depth=3)
        renamed[today] = value
    return renamed


def _alias(owner: str, name: str, place: str, successor: str) -> Callable[..., Any]:
    def alias(self: Any, *args: Any, **given: Any) -> Any:
        from flat_api.compat.names import deprecated

        deprecated(f"{owner}.{name}", f"{place}.{successor}", depth=2)
        target = self
        if place != owner:
            from flat_api import api as classes

            target = getattr(classes, place)(self.api_client)
        return getattr(target, successor)(*args, **given)

    alias.__name__, alias.__qualname__ = name, f"{owner}.{name}"
    alias.__doc__ = f"The earlier name of `{place}.{successor}`."
    return alias
