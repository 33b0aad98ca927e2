"""What all generated models share: Model, open enums, OneOf families, and UNSET for a field that is absent."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

__all__ = ["UNSET", "Base64", "Model", "OneOf", "OpenIntEnum", "OpenStrEnum", "UnsetType", "field"]

if TYPE_CHECKING:
    from typing import Self

    Base64: TypeAlias = bytes | str
else:
    Base64 = bytes
"""A file inside JSON: bytes are sent as base64, a string is sent as it is and must already be base64."""


class Model(
    Struct,
    kw_only=True,
    omit_defaults=True,
    rename="camel",
    # Decoded answers are trees: leaving them out of the cycle collector halves the time of a large list.
    gc=False,
):
    """Base of every model: a msgspec Struct whose JSON names are the wire names.

    A field that was never set is absent from what is sent; in request models it reads as `UNSET`,
    so that absent, null (None) and a value stay three different things.
    """

    __secrets__: ClassVar[frozenset[str]] = frozenset()

    def to_dict(self) -> dict[str, Any]:
        """This object as plain data under its wire names; dates stay `datetime` objects, absent fields are left out."""
        plain: dict[str, Any] = msgspec.to_builtins(self, builtin_types=(datetime, date), enc_hook=str)
        return plain

    def to_json(self) -> str:
        """This object as JSON text, exactly as it would be sent."""
        from flat_api.encoding import encode

        return encode(self).decode()

    def to_str(self) -> str:
        """This object as indented text, for reading."""
        from pprint import pformat

        return pformat(self.to_dict())

    @classmethod
    def from_dict(cls, data: Any) -> Self | None:
        """Make a model of a plain dict.

        Args:
            data: Wire names or Python names; an instance is returned as it is, None as None.

        Raises:
            TypeError: `data` is no mapping.
        """
        from flat_api.decoding import from_plain

        return from_plain(data, cls)

    @classmethod
    def from_json(cls, text: str | bytes) -> Self | None:
        """Make a model of JSON text. Raises ValueError when the text is not JSON."""
        return cls.from_dict(msgspec.json.decode(text))

    def __repr__(self) -> str:
        shown = []
        for name, default in zip(self.__struct_fields__, _defaults(type(self)), strict=True):
            value = getattr(self, name)
            if value is not default:
                shown.append(f"{name}={'***' if name in self.__secrets__ and value else repr(value)}")
        return f"{type(self).__name__}({', '.join(shown)})"


def _defaults(model: type[Model]) -> tuple[Any, ...]:
    """Default of every field, in order; NODEFAULT for required ones."""
    given = model.__struct_defaults__
    return (msgspec.NODEFAULT,) * (len(model.__struct_fields__) - len(given)) + given


def required_fields(model: type[Model]) -> list[str]:
    """Python names of the fields that must be given."""
    return [
        name
        for name, default in zip(model.__struct_fields__, _defaults(model), strict=True)
        if default is msgspec.NODEFAULT
    ]


def wire_names(model: type[Model]) -> dict[str, str]:
    """Python name -> wire name of every field."""
    return dict(zip(model.__struct_fields__, model.__struct_encode_fields__, strict=True))


def field_types(model: type[Model]) -> dict[str, Any]:
    """Python name -> resolved type of every field."""
    cached = _FIELD_TYPES.get(model)
    if cached is None:
        cached = _FIELD_TYPES[model] = {info.name: info.type for info in msgspec.structs.fields(model)}
    return cached


_FIELD_TYPES: dict[type[Model], dict[str, Any]] = {}


class OpenStrEnum(enum.StrEnum):
    """A string enum that keeps a value it does not know: the API may learn new ones at any time."""

    @classmethod
    def _missing_(cls, value: object) -> OpenStrEnum | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = value
        return member

    @property
    def is_known(self) -> bool:
        """Whether the value is one of those the contract lists."""
        return self.value in type(self)._value2member_map_

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The member for a JSON string."""
        return cls(msgspec.json.decode(text))


class OpenIntEnum(enum.IntEnum):
    """An integer enum that keeps a value it does not know."""

    @classmethod
    def _missing_(cls, value: object) -> OpenIntEnum | None:
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._name_, member._value_ = str(value), value
        return member


class _OneOfType(type):
    """Calling a OneOf family gives a variant; `isinstance(variant, family)` holds."""

    def __call__(cls, actual_instance: Any = None, /, **fields: Any) -> Any:
        family: type[OneOf] = cls  # type: ignore[assignment]
        if actual_instance is not None:
            if fields:
                raise TypeError(f"{cls.__name__}(...) takes one ready object or keywords, not both.")
            if isinstance(actual_instance, dict):
                return family.from_dict(actual_instance)
            return actual_instance
        return family.choose(fields)(**fields)

    def __instancecheck__(cls, instance: Any) -> bool:
        return any(isinstance(instance, variant) for variant in cls.variants().values())  # type: ignore[attr-defined]


class OneOf(metaclass=_OneOfType):
    """A family of models of which a value is exactly one (oneOf or anyOf in the contract)."""

    discriminator: ClassVar[str | None] = None

    @classmethod
    def variants(cls) -> dict[str, Any]:
        """Discriminator value (or name) -> model, or a family of models."""
        raise NotImplementedError

    @classmethod
    def models(cls) -> list[type[Model]]:
        """Every model of the family and of the families inside it."""
        found: list[type[Model]] = []
        for variant in cls.variants().values():
            found += variant.models() if issubclass(variant, OneOf) else [variant]
        return found

    @classmethod
    def choose(cls, keys: Any) -> type[Model]:
        """The model that fits given fields best.

        Args:
            keys: A mapping from wire or Python names to values.

        Raises:
            TypeError: no model of the family has all its required fields among the keys.
        """
        if cls.discriminator is not None:
            for key in (cls.discriminator, _snake(cls.discriminator)):
                variant = cls.variants().get(str(keys[key])) if key in keys else None
                if variant is not None:
                    chosen: type[Model] = variant.choose(keys) if issubclass(variant, OneOf) else variant
                    return chosen
        best: tuple[tuple[bool, int, int], type[Model]] | None = None
        for model in cls.models():
            names = wire_names(model)
            known = sum(1 for python, wire in names.items() if python in keys or wire in keys)
            complete = all(name in keys or names[name] in keys for name in required_fields(model))
            rank = (complete, known, -len(names))
            if best is None or rank > best[0]:
                best = (rank, model)
        if best is None or not best[0][0]:
            raise TypeError(f"{cls.__name__} needs the fields of one of its forms: {cls._forms()}.")
        return best[1]

    @classmethod
    def _forms(cls) -> str:
        return " or ".join(
            f"{model.__name__}({', '.join(f'{name}=...' for name in required_fields(model))})" for model in cls.models()
        )

    @classmethod
    def from_dict(cls, data: Any) -> Any:
        """Make the model of the family that fits a plain dict (wire or Python names)."""
        return data if data is None or isinstance(data, Model) else cls.choose(data).from_dict(data)

    @classmethod
    def from_json(cls, text: str | bytes) -> Any:
        """Make the model of the family that fits JSON text."""
        return cls.from_dict(msgspec.json.decode(text))


def _snake(name: str) -> str:
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)
