"""The catalogue of classes: which schemas become classes, what they inherit, and the Python type of any schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from generator import names
from generator.document import ContractError, Schema

Kind = Literal["struct", "enum", "family", "inline"]
Spell = Callable[["Class"], str]

_TEXT = {"date-time": "datetime", "date": "date", "byte": "Base64", "binary": "bytes"}
_PREFIX = "#/components/schemas/"


@dataclass
class Property:
    """A property of a struct, as merged from all its allOf parts."""

    wire: str
    name: str
    schema: Schema
    required: bool


@dataclass(eq=False)
class Class:
    """One class of the models folder (kind `inline`: a component that has no class of its own)."""

    name: str
    schema: Schema
    kind: Kind = "inline"
    sent: bool = False
    received: bool = False
    base: Class | None = None
    properties: list[Property] = field(default_factory=list)
    variants: dict[str, Class] = field(default_factory=dict)

    @property
    def module(self) -> str:
        return names.snake(self.name)

    @property
    def annotation(self) -> str:
        """What fields and parameters are annotated with."""
        return f"Any{self.name}" if self.kind == "family" else self.name


class Catalogue:
    """All classes of a contract.

    Args:
        components: `components.schemas` of the contract in OpenAPI 3.0 form; inline objects are given names in place.
        taken: Class names that generated modules use for something else.

    Attributes:
        classes: Component name -> class, in the order of the contract, inline ones after their owner.
    """

    def __init__(self, components: dict[str, Schema], taken: frozenset[str]) -> None:
        self._taken = set(taken)
        self.classes: dict[str, Class] = {}
        self._neighbors: dict[Class, list[Class]] = {}
        for name, schema in components.items():
            self._add(name, schema)
        for name in list(components):
            self._name_inner(self.classes[name].schema, name, in_all_of=False)

    def _add(self, component: str, schema: Schema) -> None:
        name = names.class_name(component, self._taken)
        self._taken |= {name, f"Any{name}"}
        self.classes[component] = Class(name, schema)

    # Naming of inline objects: the path to them, as openapi-generator has always done it.

    def lift(self, schema: Schema, path: str, *, in_all_of: bool = False) -> Schema:
        """The schema, or a reference to a new component when it is an inline object.

        Args:
            schema: Any schema; those inside it are lifted in place.
            path: Where it stands, joined by underscores.
            in_all_of: It stands below an allOf part, where items of an array get no `_inner`.
        """
        if "$ref" in schema:
            return schema
        if self._needs_class(schema):
            component = path
            while component in self.classes:
                component += "_1"
            self._add(component, schema)
            self._name_inner(schema, path, in_all_of=in_all_of)
            notes: Schema = {key: schema[key] for key in ("description", "nullable", "deprecated") if key in schema}
            return {**notes, "allOf": [{"$ref": _PREFIX + component}]}
        self._name_inner(schema, path, in_all_of=in_all_of)
        return schema

    def _name_inner(self, schema: Schema, path: str, *, in_all_of: bool) -> None:
        for key, inner in (schema.get("properties") or {}).items():
            schema["properties"][key] = self.lift(inner, f"{path}_{key}", in_all_of=in_all_of)
        if isinstance(schema.get("items"), dict):
            schema["items"] = self.lift(schema["items"], path if in_all_of else f"{path}_inner", in_all_of=in_all_of)
        if isinstance(schema.get("additionalProperties"), dict):
            inner = schema["additionalProperties"]
            schema["additionalProperties"] = self.lift(inner, f"{path}_value", in_all_of=in_all_of)
        for part in schema.get("allOf", []):
            self._name_inner(part, f"{path}_allOf", in_all_of=True)
        for key in ("oneOf", "anyOf"):
            if key in schema:
                schema[key] = [self.lift(part, f"{path}_{key}", in_all_of=in_all_of) for part in schema[key]]

    def _needs_class(self, schema: Schema) -> bool:
        if "enum" in schema:
            return False
        if "allOf" in schema and len(schema["allOf"]) == 1 and not schema.get("properties"):
            return self._needs_class(schema["allOf"][0]) if "$ref" not in schema["allOf"][0] else False
        if schema.get("properties"):
            return True
        if "allOf" in schema:
            return any(self._merged(schema))
        arms = self.arms(schema)
        return (
            len(arms) > 1 and all("$ref" in arm or self._needs_class(arm) for arm in arms) and self._all_objects(arms)
        )

    # Reading schemas.

    def target(self, schema: Schema) -> Class:
        """The class a `$ref` points to."""
        pointer = schema["$ref"]
        component = pointer.removeprefix(_PREFIX).replace("~1", "/").replace("~0", "~")
        if not pointer.startswith(_PREFIX) or component not in self.classes:
            raise ContractError(f"The reference {pointer} leads to no component schema.")
        return self.classes[component]

    def arms(self, schema: Schema) -> list[Schema]:
        """The alternatives of oneOf/anyOf without null; empty for any other schema."""
        arms = schema.get("oneOf") or schema.get("anyOf") or []
        return [arm for arm in arms if arm.get("enum") != [None]]

    def nullable(self, schema: Schema, seen: tuple[str, ...] = ()) -> bool:
        """Whether null is a value of the schema."""
        if schema.get("nullable") or None in schema.get("enum", ()):
            return True
        if "$ref" in schema:
            cls = self.target(schema)
            return cls.name not in seen and self.nullable(cls.schema, (*seen, cls.name))
        arms = schema.get("oneOf") or schema.get("anyOf") or []
        if any(self.nullable(arm, seen) for arm in arms):
            return True
        parts = schema.get("allOf", [])
        return len(parts) == 1 and self.nullable(parts[0], seen)

    def description(self, schema: Schema) -> str:
        """The description of a schema, or of what it refers to or is made of."""
        while not schema.get("description"):
            parts = schema.get("allOf", [])
            if "$ref" in schema:
                schema = self.target(schema).schema
            elif parts:
                schema = next((part for part in parts if part.get("description")), parts[0])
            else:
                return ""
        return str(schema["description"])

    def shape(self, schema: Schema, seen: tuple[str, ...] = ()) -> Literal["object", "array", "plain"]:
        """How a parameter of this schema would have to be written."""
        if "$ref" in schema:
            cls = self.target(schema)
            return "plain" if cls.name in seen else self.shape(cls.schema, (*seen, cls.name))
        shapes = {self.shape(part, seen) for part in (*schema.get("allOf", []), *self.arms(schema))}
        if "object" in shapes or schema.get("type") == "object" or schema.get("properties"):
            return "object"
        return "array" if "array" in shapes or schema.get("type") == "array" else "plain"

    def component_of(self, schema: Schema | None) -> str:
        """Name of the component that a schema is, a reference or a lone wrapper around one; "" for any other."""
        if schema is not None and len(schema.get("allOf", [])) == 1:
            schema = schema["allOf"][0]
        return self.target(schema).name if schema is not None and "$ref" in schema else ""

    def _all_objects(self, arms: list[Schema]) -> bool:
        return all(self._kind_of(arm) in ("struct", "family") for arm in arms)

    def _kind_of(self, schema: Schema, seen: tuple[str, ...] = ()) -> Kind:
        if "$ref" in schema:
            cls = self.target(schema)
            return "inline" if cls.name in seen else self._kind_of(cls.schema, (*seen, cls.name))
        if "enum" in schema:
            values = [value for value in schema["enum"] if value is not None]
            same = {type(value) for value in values}
            return "enum" if same == {str} or same == {int} else "inline"
        if "allOf" in schema and len(schema["allOf"]) == 1 and not schema.get("properties"):
            return self._kind_of(schema["allOf"][0], seen)
        arms = self.arms(schema)
        if len(arms) > 1 and not schema.get("properties") and "allOf" not in schema:
            kinds = {self._kind_of(arm, seen) for arm in arms}
            return "family" if kinds <= {"struct", "family"} else "inline"
        if len(arms) == 1 and not schema.get("properties") and "allOf" not in schema:
            return self._kind_of(arms[0], seen)
        return "struct" if any(self._merged(schema, seen)) else "inline"

    def _merged(self, schema: Schema, seen: tuple[str, ...] = ()) -> Iterator[tuple[str, Schema, bool]]:
        """(wire name, schema, required) of all properties, allOf parts and oneOf arms flattened; may repeat a name."""
        if "$ref" in schema:
            cls = self.target(schema)
            if cls.name not in seen:
                yield from self._merged(cls.schema, (*seen, cls.name))
            return
        required = set(schema.get("required", ()))
        for part in schema.get("allOf", []):
            for wire, inner, needed in self._merged(part, seen):
                yield wire, inner, needed or wire in required
        arms = [list(self._merged(arm, seen)) for arm in self.arms(schema)]
        everywhere = set.intersection(*({w for w, _, needed in arm if needed} for arm in arms)) if arms else set()
        for arm in arms:
            for wire, inner, _ in arm:
                yield wire, inner, wire in everywhere
        for wire, inner in (schema.get("properties") or {}).items():
            yield wire, inner, wire in required

    def _own_required(self, schema: Schema) -> set[str]:
        """Names that any allOf part requires, wherever the property itself stands."""
        if "$ref" in schema:
            return set()
        return set(schema.get("required", ())).union(*(self._own_required(part) for part in schema.get("allOf", [])))

    # Python types.

    def expression(self, schema: Schema, spell: Spell, seen: tuple[str, ...] = ()) -> str:
        """Python type of a schema, null left aside.

        Args:
            schema: Any schema.
            spell: How a class is written.
            seen: Components on the way here; one that contains itself without a class is Any.
        """
        if "$ref" in schema:
            cls = self.target(schema)
            if cls.kind != "inline":
                return spell(cls)
            return "Any" if cls.name in seen else self.expression(cls.schema, spell, (*seen, cls.name))
        if "allOf" in schema:
            return self.expression(schema["allOf"][0], spell, seen) if len(schema["allOf"]) == 1 else "dict[str, Any]"
        if values := [value for value in schema.get("enum", ()) if value is not None]:
            return _literal(values)
        if arms := self.arms(schema):
            return self.expression(arms[0], spell, seen) if len(arms) == 1 else self._union(arms, spell, seen)
        match schema.get("type"):
            case "string":
                return _TEXT.get(schema.get("format", ""), "str")
            case "integer":
                return "int"
            case "number":
                return "int | float"
            case "boolean":
                return "bool"
            case "array":
                return f"list[{self.optional(schema.get('items') or {}, spell, seen)}]"
        if schema.get("type") == "object" or "additionalProperties" in schema:
            values_schema = schema.get("additionalProperties")
            inner = self.optional(values_schema, spell, seen) if isinstance(values_schema, dict) else "Any"
            return f"dict[str, {inner}]"
        return "Any"

    def _union(self, arms: list[Schema], spell: Spell, seen: tuple[str, ...]) -> str:
        """A union that a decoder can tell apart, or Any: one kind of text, one array, one object, no classes."""
        parts: list[str] = []
        for arm in arms:
            kind = self._kind_of(arm)
            if kind in ("struct", "family"):
                return "Any"
            parts += _split(self.expression(arm, self._plain_enum if kind == "enum" else spell, seen))
        parts = list(dict.fromkeys(parts))
        texts = [part for part in parts if part in ("str", *_TEXT.values()) or part.startswith('Literal["')]
        if len(texts) > 1:
            parts = ["str", *(part for part in parts if part not in texts)]
        containers = [part.partition("[")[0] for part in parts if part.startswith(("list[", "dict["))]
        return "Any" if "Any" in parts or len(containers) > len(set(containers)) else " | ".join(parts)

    def _plain_enum(self, cls: Class) -> str:
        return "str" if isinstance(self.members(cls)[0], str) else "int"

    def members(self, cls: Class) -> list[Any]:
        """Values of an enum class."""
        schema = cls.schema
        while "enum" not in schema:
            schema = self.target(schema).schema if "$ref" in schema else schema["allOf"][0]
        return [value for value in schema["enum"] if value is not None]

    def optional(self, schema: Schema, spell: Spell, seen: tuple[str, ...] = ()) -> str:
        """Python type of a schema, with `| None` where null is allowed."""
        text = self.expression(schema, spell, seen)
        return f"{text} | None" if self.nullable(schema) and text not in ("Any", "None") else text

    def references(self, schema: Schema) -> list[Class]:
        """Classes that the Python type of a schema names."""
        found: list[Class] = []

        def note(cls: Class) -> str:
            found.append(cls)
            return cls.name

        self.expression(schema, note)
        return found

    # Building the classes.

    def build(self, sent: list[Schema], received: list[Schema]) -> None:
        """Decide kinds, properties, variants, inheritance, and which classes travel in requests and in answers.

        Args:
            sent: Schemas of request bodies.
            received: Schemas of answers, errors among them.
        """
        for cls in self.classes.values():
            cls.kind = self._component_kind(cls)
        for cls in self.classes.values():
            if cls.kind == "struct":
                cls.properties = self._properties(cls.schema)
            elif cls.kind == "family":
                cls.variants = self._variants(cls)
        self._mark(sent, "sent")
        self._mark(received, "received")
        for cls in self.classes.values():
            if cls.kind == "struct":
                cls.base = self._base(cls)

    def _component_kind(self, cls: Class) -> Kind:
        schema = cls.schema
        if "$ref" in schema or (not schema.get("properties") and "allOf" not in schema and len(self.arms(schema)) == 1):
            return "inline"
        kind = self._kind_of(schema)
        alias = "allOf" in schema and kind in ("enum", "family") and len(schema["allOf"]) == 1
        return "inline" if alias else kind

    def _properties(self, schema: Schema) -> list[Property]:
        needed = self._own_required(schema)
        merged: dict[str, Property] = {}
        for wire, inner, required in self._merged(schema):
            before = merged.get(wire)
            taken = names.MODEL_METHODS | {other.name for other in merged.values()}
            merged[wire] = Property(
                wire,
                before.name if before else names.identifier(wire, taken),
                inner,
                required or wire in needed or (before is not None and before.required),
            )
        return list(merged.values())

    def _variants(self, cls: Class) -> dict[str, Class]:
        arms = [self._class_of(arm) for arm in self.arms(cls.schema)]
        mapping = (cls.schema.get("discriminator") or {}).get("mapping") or {}
        variants: dict[str, Class] = {}
        for value, pointer in mapping.items():
            ref = pointer if pointer.startswith("#") else _PREFIX + pointer
            variants[str(value)] = self._class_of({"$ref": ref})
        components = {id(known): component for component, known in self.classes.items()}
        for arm in arms:
            if arm not in variants.values():
                variants[components[id(arm)]] = arm
        return variants

    def _class_of(self, schema: Schema) -> Class:
        """The class behind a reference, a wrapper around one, or an alias of one."""
        if "$ref" in schema:
            cls = self.target(schema)
            return cls if cls.kind != "inline" else self._class_of(cls.schema)
        return self._class_of((schema.get("allOf") or self.arms(schema))[0])

    def neighbors(self, cls: Class) -> list[Class]:
        """Classes that a class names: in its properties or as its variants. Asked for once these stand."""
        known = self._neighbors.get(cls)
        if known is None:
            found = [
                *cls.variants.values(),
                *(near for prop in cls.properties for near in self.references(prop.schema)),
            ]
            known = self._neighbors[cls] = list(dict.fromkeys(found))
        return known

    def _mark(self, schemas: list[Schema], mark: Literal["sent", "received"]) -> None:
        waiting = [cls for schema in schemas for cls in self.references(schema)]
        while waiting:
            cls = waiting.pop()
            if not getattr(cls, mark):
                setattr(cls, mark, True)
                waiting += self.neighbors(cls)
                waiting += [self._class_of(part) for part in cls.schema.get("allOf", []) if "$ref" in part]

    def _base(self, cls: Class) -> Class | None:
        """The first struct among the allOf parts, if inheriting from it changes none of its fields.

        A base that refers back to the class would make its module import a half-made one: then the fields are copied.
        """
        for part in cls.schema.get("allOf", []):
            if "$ref" not in part:
                continue
            base = self._class_of(part)
            if base.kind == "struct" and base is not cls and cls not in self.reachable(base):
                own = {prop.wire: self.declaration(cls, prop) for prop in cls.properties}
                names_own = {prop.wire: prop.name for prop in cls.properties}
                same = all(
                    own.get(prop.wire) == self.declaration(base, prop) and names_own.get(prop.wire) == prop.name
                    for prop in base.properties
                )
                return base if same else None
        return None

    def reachable(self, start: Class) -> set[Class]:
        """The classes that a class leads to through its types and bases; itself only when it leads back to itself."""
        found: set[Class] = set()
        waiting = [start]
        while waiting:
            cls = waiting.pop()
            near = {*self.neighbors(cls), *filter(None, [cls.base])} - found
            found |= near
            waiting += near
        return found

    def declaration(self, cls: Class, prop: Property) -> tuple[str, str]:
        """(annotation, default) of a field; the default is empty for a required one.

        In classes that travel in requests an optional field is UNSET, elsewhere None.
        """
        text = self.expression(prop.schema, lambda named: named.annotation)
        null = self.nullable(prop.schema) and text != "Any"
        if prop.required:
            return (f"{text} | None" if null else text), ""
        if cls.sent:
            return f"{text} | UnsetType{' | None' if null else ''}", "UNSET"
        return (text if text == "Any" else f"{text} | None"), "None"


def _literal(values: list[Any]) -> str:
    kinds = {type(value) for value in values}
    if kinds == {str} or kinds == {int}:
        written = ", ".join(python_literal(value) for value in values)
        return f"Literal[{written}] | {'str' if kinds == {str} else 'int'}"
    plain = {_PLAIN.get(kind, "Any") for kind in kinds}
    return "Any" if "Any" in plain else " | ".join(sorted(plain))


_PLAIN = {str: "str", int: "int", bool: "bool", float: "int | float"}


def _split(union: str) -> list[str]:
    """The members of a union, brackets respected."""
    parts, depth, start = [], 0, 0
    for position, letter in enumerate(union):
        depth += (letter in "[(") - (letter in ")]")
        if depth == 0 and union.startswith(" | ", position):
            parts.append(union[start:position])
            start = position + 3
    return [*parts, union[start:]]


def python_literal(value: Any) -> str:
    """JSON data as Python source; strings in double quotes."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return f"[{', '.join(python_literal(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{python_literal(key)}: {python_literal(item)}' for key, item in value.items())}}}"
    return repr(value)
