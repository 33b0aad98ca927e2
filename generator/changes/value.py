"""What a field, an argument or an answer may hold, and how two of them differ."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from generator.changes.change import Weight
from generator.document import Schema
from generator.schemas import Catalogue, python_literal

_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_OTHER = ("pattern", "multipleOf", "uniqueItems", "format")
# Formats that show in the Python type, or that limit nothing.
_NO_LIMIT = {"date-time", "date", "byte", "binary", "password", "int32", "int64", "float", "double"}


@dataclass(frozen=True)
class Value:
    """A Python type; `choices` are the values that a `Literal` in it suggests, `limits` what else the API checks."""

    type: str
    choices: tuple[Any, ...] = ()
    limits: dict[str, Any] = field(default_factory=dict)


def read(annotation: str, catalogue: Catalogue | None = None, schema: Schema | None = None) -> Value:
    """The value of an annotation, and the limits of the schema it was made from."""
    plain, choices = _without_literals(annotation)
    return Value(plain, choices, dict(_limits(catalogue, schema)) if catalogue and schema else {})


@functools.cache
def _without_literals(annotation: str) -> tuple[str, tuple[Any, ...]]:
    literals = _Literals()
    tree = literals.visit(ast.parse(annotation, mode="eval").body)
    return ast.unparse(tree), tuple(literals.choices)


class _Literals(ast.NodeTransformer):
    """Takes `Literal[...]` out of the unions it stands in."""

    def __init__(self) -> None:
        self.choices: list[Any] = []

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST | None:
        if isinstance(node.value, ast.Name) and node.value.id == "Literal":
            found = ast.literal_eval(node.slice)
            self.choices += found if isinstance(found, tuple) else [found]
            return None
        return self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST | None:
        left, right = self.visit(node.left), self.visit(node.right)
        if left is None or right is None:
            kept: ast.AST | None = left or right
            return kept
        return ast.BinOp(left, node.op, right)


def _limits(
    catalogue: Catalogue, schema: Schema, where: str = "", seen: tuple[str, ...] = ()
) -> Iterator[tuple[str, Any]]:
    """The limits of a schema and of what it holds, up to the next class, which has limits of its own."""
    if "$ref" in schema:
        cls = catalogue.target(schema)
        if cls.kind == "inline" and cls.name not in seen:
            yield from _limits(catalogue, cls.schema, where, (*seen, cls.name))
        return
    for key in (*_LOWER, *_UPPER, *_OTHER):
        if key in schema and schema[key] not in _NO_LIMIT:
            yield f"{where}{key}", schema[key]
    for part in (*schema.get("allOf", []), *catalogue.arms(schema)):
        yield from _limits(catalogue, part, where, seen)
    for key, word in (("items", "items "), ("additionalProperties", "values ")):
        if isinstance(schema.get(key), dict):
            yield from _limits(catalogue, schema[key], where + word, seen)


def refinements(old: Value, new: Value, *, sent: bool) -> Iterator[tuple[Weight, str]]:
    """How the choices and limits of a value changed.

    Args:
        old: Before.
        new: After.
        sent: Callers send it: what is refused now breaks them.
    """
    for choice in old.choices:
        if choice not in new.choices and new.choices:
            yield (Weight.BREAKING if sent else Weight.ADDITIVE), f"value `{python_literal(choice)}` removed"
    for choice in new.choices:
        if choice not in old.choices and old.choices:
            yield Weight.ADDITIVE, f"value `{python_literal(choice)}` added"
    if bool(old.choices) != bool(new.choices):
        listed = ", ".join(f"`{python_literal(choice)}`" for choice in new.choices or old.choices)
        if old.choices:
            yield Weight.ADDITIVE, f"any value is allowed now, it was one of {listed}"
        else:
            yield (Weight.BREAKING if sent else Weight.ADDITIVE), f"one of {listed} now"
    for key in (*old.limits, *(key for key in new.limits if key not in old.limits)):
        before, after = old.limits.get(key), new.limits.get(key)
        if before != after:
            tighter = Weight.BREAKING if _is_tighter(key.rpartition(" ")[2], before, after) else Weight.ADDITIVE
            words = f"`{before}` -> `{after}`" if None not in (before, after) else f"`{after or before}`"
            verb = "added: " if before is None else "removed: " if after is None else ""
            yield (tighter if sent else Weight.DOCUMENTATION), f"limit {verb}{key} {words}"


def type_change(old: str, new: str, *, sent: bool, received: bool) -> Iterator[tuple[Weight, str]]:
    """How a type changed, null included.

    Args:
        old: Before.
        new: After.
        sent: Callers send it: what is refused now breaks them.
        received: Callers read it: what they did not expect breaks them.
    """
    before, after = alternatives(old), alternatives(new)
    words = f"type `{old}` -> `{new}`"
    if before < after:
        words = "may be null now" if after - before == {"None"} else words
        yield (Weight.BREAKING if received else Weight.ADDITIVE), words
    elif after < before:
        words = "is never null now" if before - after == {"None"} else words
        yield (Weight.BREAKING if sent else Weight.ADDITIVE), words
    elif before != after:
        yield Weight.BREAKING, words


@functools.cache
def alternatives(annotation: str) -> frozenset[str]:
    """The members of a union."""

    def members(node: ast.expr) -> frozenset[str]:
        if isinstance(node, ast.BinOp):
            return members(node.left) | members(node.right)
        return frozenset({ast.unparse(node)})

    return members(ast.parse(annotation, mode="eval").body)


def _is_tighter(key: str, before: Any, after: Any) -> bool:
    if before is None or after is None:
        return before is None
    if key in _LOWER:
        return bool(after > before)
    return bool(after < before) if key in _UPPER else True
