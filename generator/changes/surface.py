"""The surface of the SDK that a contract makes: methods and classes under their Python names, as plain values."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from generator import names, operations, overrides
from generator.changes import value
from generator.changes.value import Value
from generator.document import ContractError, Schema, as_3_0, follow
from generator.operation_code import annotation, body_annotation, returns
from generator.operations import Operation
from generator.schemas import Catalogue, Class, Kind

Texts = dict[str, str]


@dataclass(frozen=True)
class Member:
    """A field of a class or an argument of a method."""

    wire: str
    required: bool
    value: Value
    deprecated: bool = False


@dataclass(frozen=True)
class Method:
    """A method; `body` has its name and itself, `texts` what documentation says of which part of it."""

    route: str
    classes: tuple[str, ...]
    arguments: dict[str, Member]
    body: tuple[str, Member] | None
    media_types: tuple[str, ...]
    result: Value
    scopes: tuple[str, ...]
    deprecated: bool
    texts: Texts

    def values(self) -> dict[str, Value]:
        """What is passed and returned, by place."""
        body = {"(body)": self.body[1].value} if self.body is not None else {}
        return {name: one.value for name, one in self.arguments.items()} | body | {"-> result": self.result}


@dataclass(frozen=True)
class Model:
    """A class; `members` are the values of an enum and their names, `variants` the keys and classes of a family."""

    kind: Kind
    sent: bool
    received: bool
    deprecated: bool
    texts: Texts
    base: str = ""
    fields: dict[str, Member] = field(default_factory=dict)
    members: dict[Any, str] = field(default_factory=dict)
    variants: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Surface:
    """All of it; `version` is the API's, `scopes` what a token may be asked for."""

    version: str
    scopes: tuple[str, ...]
    methods: dict[str, Method]
    models: dict[str, Model]


def overridden(contract: Schema, rules: list[Schema]) -> Schema:
    """A copy of a contract with the overrides that fit it; those made for things it does not have are left out."""
    document = copy.deepcopy(contract)
    for rule in rules:
        for kind in rule.keys() & {"operations", "properties", "schemas", "tags"}:
            for target in rule[kind]:
                only = {target: rule[kind][target]} if isinstance(rule[kind], dict) else [target]
                try:
                    overrides.apply(document, [{**rule, kind: only}])
                except ContractError:
                    continue
    return document


def read(contract: Schema, taken: frozenset[str]) -> Surface:
    """The surface of a contract.

    Args:
        contract: An OpenAPI document, overrides applied; it is left as it is.
        taken: Class names that the package uses for something else.

    Raises:
        ContractError: The contract needs something the core does not have.
    """
    document = as_3_0(contract)
    catalogue = Catalogue(document.get("components", {}).get("schemas", {}), taken)
    found, _ = operations.read(document, catalogue)
    bodies = [op.body.schema for op in found if op.body is not None and op.body.schema is not None]
    catalogue.build(bodies, [schema for op in found for schema in op.answers.values()])
    schemes = (document.get("components", {}).get("securitySchemes") or {}).values()
    flows = [flow for scheme in schemes for flow in (scheme.get("flows") or {}).values()]
    return Surface(
        version=str(document.get("info", {}).get("version", "")),
        scopes=tuple(dict.fromkeys(scope for flow in flows for scope in flow.get("scopes") or {})),
        methods={op.name: _method(op, document, contract, catalogue) for op in found},
        models={cls.name: _model(cls, catalogue) for cls in catalogue.classes.values() if cls.kind != "inline"},
    )


def _method(op: Operation, document: Schema, contract: Schema, catalogue: Catalogue) -> Method:
    item = follow(document, document["paths"][op.path])
    sources = [
        follow(document, one) for one in (*item.get("parameters", []), *item[op.verb.lower()].get("parameters", []))
    ]
    deprecated = {(one["in"], one["name"]): bool(one.get("deprecated")) for one in sources}
    body = op.body
    texts = {"summary": op.summary, "description": op.description}
    texts |= {f"`{one.name}`": f"{one.description} {one.schema.get('default')}" for one in op.parameters}
    texts |= {"`body`": body.description} if body is not None else {}
    texts |= {f"answer {status}": text for status, text in op.responses.items()}
    # From the contract itself: a document that has been read has examples that were made up.
    texts["examples"] = json.dumps(list(_examples(follow(contract, contract["paths"][op.path])[op.verb.lower()])))
    return Method(
        route=f"{op.verb} {op.path}",
        classes=tuple(f"{names.pascal(tag)}Api" for tag in op.tags),
        arguments={
            one.name: Member(
                one.wire,
                one.required,
                value.read(annotation(catalogue, one.schema), catalogue, one.schema),
                deprecated[one.place, one.wire] or bool(one.schema.get("deprecated")),
            )
            for one in op.parameters
        },
        body=None
        if body is None
        else (
            body.name,
            Member("", body.required, value.read(body_annotation(catalogue, body), catalogue, body.schema)),
        ),
        media_types=tuple(body.media_types) if body is not None else (),
        result=value.read(returns(catalogue, op)),
        scopes=tuple(op.scopes),
        deprecated=op.deprecated,
        texts=texts,
    )


def _examples(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        for key, inner in node.items():
            if key in ("example", "examples"):
                yield inner
            else:
                yield from _examples(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _examples(inner)


def _model(cls: Class, catalogue: Catalogue) -> Model:
    texts = {"description": cls.schema.get("description", "").strip()}
    for prop in cls.properties:
        parts = [prop.schema.get(key) for key in ("description", "default", "example", "format")]
        texts[f"`{prop.name}`"] = json.dumps(parts)
    values = catalogue.members(cls) if cls.kind == "enum" else []
    return Model(
        kind=cls.kind,
        sent=cls.sent,
        # What no operation names is at most read.
        received=cls.received or not cls.sent,
        deprecated=bool(cls.schema.get("deprecated")),
        texts=texts,
        base=cls.base.name if cls.base else "",
        fields={
            prop.name: Member(
                prop.wire,
                prop.required,
                value.read(catalogue.optional(prop.schema, lambda named: named.annotation), catalogue, prop.schema),
                bool(prop.schema.get("deprecated")),
            )
            for prop in cls.properties
        },
        members=dict(zip(values, names.member_names(values), strict=True)),
        variants={key: variant.name for key, variant in cls.variants.items()},
    )


def renamed(surface: Surface, methods: dict[str, str], models: dict[str, str]) -> Surface:
    """The surface with other names for some methods and classes, wherever they are named."""
    spelled = models | {f"Any{old}": f"Any{new}" for old, new in models.items()}

    def retyped(member: Member) -> Member:
        return replace(member, value=revalued(member.value))

    def revalued(old: Value) -> Value:
        return replace(old, type=re.sub(r"\w+", lambda word: spelled.get(word[0], word[0]), old.type))

    return replace(
        surface,
        methods={
            methods.get(name, name): replace(
                method,
                arguments={key: retyped(one) for key, one in method.arguments.items()},
                body=method.body and (method.body[0], retyped(method.body[1])),
                result=revalued(method.result),
            )
            for name, method in surface.methods.items()
        },
        models={
            models.get(name, name): replace(
                model,
                base=models.get(model.base, model.base),
                fields={key: retyped(one) for key, one in model.fields.items()},
                variants={key: models.get(one, one) for key, one in model.variants.items()},
            )
            for name, model in surface.models.items()
        },
    )
