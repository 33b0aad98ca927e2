"""Models: each class becomes a plain component for openapi-generator, with what templates cannot work out beside it."""

from __future__ import annotations

import re

from generator import examples, names, prose
from generator.document import Schema
from generator.operation_code import X
from generator.operation_docs import linked
from generator.schemas import Catalogue, Class, Property, python_literal

STRING = {"type": "string"}

# Names that annotations use; a field with such a name would hide them from the fields after it.
_ORIGINS = {
    **dict.fromkeys(("bool", "bytes", "dict", "float", "int", "list", "str"), "builtins"),
    **dict.fromkeys(("date", "datetime"), "datetime"),
    "field": "msgspec",
}


def prepare(cls: Class, catalogue: Catalogue) -> Schema:
    """The component as openapi-generator gets it: a plain object, whatever it was in the contract."""
    about = catalogue.description(cls.schema).strip() or f"{cls.name}."
    result: Schema = {
        "type": "object",
        f"{X}about": about,
        f"{X}class-doc": prose.doc_literal(about, 4),
    }
    if cls.kind == "enum":
        values = catalogue.members(cls)
        result[f"{X}enum"] = True
        result[f"{X}enum-base"] = "OpenStrEnum" if isinstance(values[0], str) else "OpenIntEnum"
        result[f"{X}members"] = [
            {"name": name, "value": python_literal(value)}
            for name, value in zip(names.member_names(values), values, strict=True)
        ]
        # openapi-generator makes no file for an object without properties.
        result["properties"] = {"value": STRING}
    elif cls.kind == "family":
        result |= _family(cls)
    else:
        result |= _struct(cls, catalogue)
    return result


def _family(cls: Class) -> Schema:
    variants = list({variant.name: variant for variant in cls.variants.values()}.values())
    discriminator = (cls.schema.get("discriminator") or {}).get("propertyName")
    return {
        f"{X}family": True,
        f"{X}has-discriminator": bool(discriminator),
        f"{X}discriminator": python_literal(discriminator) if discriminator else "",
        f"{X}variants": [{"key": python_literal(key), "name": variant.name} for key, variant in cls.variants.items()],
        f"{X}union": " | ".join(variant.annotation for variant in variants),
        f"{X}later-imports": _imports(
            [(variant.module, name) for variant in variants for name in {variant.name, variant.annotation}]
        ),
        "properties": {"variant": STRING},
    }


def _imports(pairs: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"module": module, "name": name} for module, name in sorted(set(pairs))]


def _struct(cls: Class, catalogue: Catalogue) -> Schema:
    base_fields = {prop.wire for prop in cls.base.properties} if cls.base else set()
    own = [prop for prop in cls.properties if prop.wire not in base_fields]
    hidden = {prop.name for prop in cls.properties} & _ORIGINS.keys()
    near = [
        found
        for prop in own
        for found in catalogue.references(prop.schema)
        if found is not cls and found is not cls.base
    ]
    # A model that leads back here is imported after the class, and its name stays a string until it is needed.
    later = [found for found in near if cls in catalogue.reachable(found)]
    secrets = sorted(prop.name for prop in cls.properties if _is_secret(prop.schema, catalogue))
    base = cls.base
    return {
        f"{X}struct": True,
        f"{X}inherits": base is not None,
        f"{X}base": base.name if base else "Model",
        f"{X}base-module": base.module if base else "",
        f"{X}aliases": [{"module": _ORIGINS[name], "name": name} for name in sorted(hidden)],
        f"{X}deferred": bool(later) or cls in catalogue.neighbors(cls),
        f"{X}imports": _imports([(found.module, found.annotation) for found in near if found not in later]),
        f"{X}has-later-imports": bool(later),
        f"{X}later-imports": _imports([(found.module, found.annotation) for found in later]),
        f"{X}has-secrets": bool(secrets),
        f"{X}example": examples.pretty(_example(cls, catalogue), 4),
        f"{X}secrets": ", ".join(map(python_literal, secrets)),
        "properties": {prop.wire: _field(cls, prop, catalogue, hidden, prop in own) for prop in cls.properties},
        "required": [prop.wire for prop in cls.properties if prop.required],
    }


def _example(cls: Class, catalogue: Catalogue) -> dict[str, object]:
    """The required properties, or the first one."""
    wanted = [prop for prop in cls.properties if prop.required] or cls.properties[:1]
    return {prop.wire: examples.sample(catalogue, prop.schema) for prop in wanted}


def _is_secret(schema: Schema, catalogue: Catalogue) -> bool:
    if schema.get("format") == "password":
        return True
    return any(_is_secret(part, catalogue) for part in schema.get("allOf", []) if "$ref" not in part)


def _field(cls: Class, prop: Property, catalogue: Catalogue, hidden: set[str], own: bool) -> Schema:
    annotation, default = catalogue.declaration(cls, prop)
    # Words in quotes are values of a Literal, not names.
    annotation = re.sub(r'"(?:[^"\\]|\\.)*"|\w+', lambda word: word[0] + "_" * (word[0] in hidden), annotation)
    if names.camel(prop.name) != prop.wire:
        call = "field_" if "field" in hidden else "field"
        given = f"default={default}, " if default else ""
        default = f"{call}({given}name={python_literal(prop.wire)})"
    about = catalogue.description(prop.schema).strip()
    notes = _notes(prop.schema, about)
    text = " ".join(filter(None, (about, f"({'; '.join(notes)})" if notes else "")))
    marks = ["required"] * prop.required + ["may be null"] * catalogue.nullable(prop.schema)
    return {
        **STRING,
        f"{X}name": prop.name,
        f"{X}type": annotation,
        f"{X}default": default,
        f"{X}has-default": bool(default),
        f"{X}has-doc": bool(text),
        f"{X}own": own,
        f"{X}doc": prose.doc_literal(text, 4) if text else "",
        f"{X}cell": prose.cell(about),
        f"{X}type-cell": linked(catalogue, prop.schema),
        f"{X}notes": prose.cell("; ".join(marks + notes)),
    }


_LIMITS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "pattern": "matches `{}`",
}


def _notes(schema: Schema, about: str) -> list[str]:
    """What else the contract says of a property, if its description does not: deprecation, limits, default."""
    notes = ["deprecated"] if schema.get("deprecated") else []
    said = set(re.findall(r"[\d.]+", about.replace(",", "")))
    notes += [
        text.format(schema[key]) for key, text in _LIMITS.items() if key in schema and str(schema[key]) not in said
    ]
    if schema.get("default") is not None and "default" not in about:
        notes.append(f"default of the API: `{examples.text(schema['default'])}`")
    return notes
