"""What all generated models share: Model, open enums, OneOf families, and UNSET for a field that is absent."""

from __future__ import annotations

import enum
import types
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, TypeAlias, Union, get_args, get_origin

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

__all__ = ["UNSET", "Base64", "Model", "OneOf", "OpenIntEnum", "OpenStrEnum", "UnsetType", "field"]

if TYPE_CHECKING:
    from typing import Self

    Base64: TypeAlias = bytes | str
else:
    Base64 = bytes
"""A file inside JSON: bytes are sent as base64, a string is sent as it is and must already be base64."""


def _earlier(owner: Any, name: str) -> Any:
    """What an earlier generation called `name`: `flat_api.compat` knows, and is loaded only now that something asks."""
    if name.startswith("_") and name.endswith("_"):
        raise AttributeError(f"{type(owner).__name__!r} object has no attribute {name!r}")
    from flat_api.compat import earlier_model

    return earlier_model.attribute(owner, name)


class EarlierModules:
    """A `__path__` that leads, after its own folders, to the modules an earlier generation had there."""

    def __init__(self, *folders: str) -> None:
        self._folders = folders

    def __iter__(self) -> Iterator[str]:
        yield from self._folders
        from flat_api.compat import names

        yield names.ENTRY


# In 1.0 every model had a module of its own in here.
__path__ = EarlierModules()  # pyright: ignore[reportAssignmentType]

if TYPE_CHECKING:
    _Struct = Struct
    _EnumType = enum.EnumType
else:
    # Fields, members and keywords that are missing here may be those of an earlier generation.

    class _EnumType(enum.EnumType):
        __getattr__ = _earlier

    class _ModelType(type(Struct)):
        __getattr__ = _earlier

        def __call__(cls, *args: Any, **fields: Any) -> Any:
            try:
                return super().__call__(*args, **fields)
            except TypeError:
                if args or fields.keys() <= set(cls.__struct_fields__):
                    raise
            from flat_api.compat import earlier_model

            return earlier_model.construct(cls, super().__call__, fields)

    class _Struct(Struct, metaclass=_ModelType):
        __getattr__ = _earlier

        def __setattr__(self, name: str, value: Any) -> None:
            try:
                super().__setattr__(name, value)
            except AttributeError:
                from flat_api.compat import earlier_model

                earlier_model.set_attribute(self, name, value)


class Model(
    _Struct,
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
        from flat_api.decoding import read_json

        return cls.from_dict(read_json(text))

    def __repr__(self) -> str:
        shown = []
        for name, default in zip(self.__struct_fields__, _defaults(type(self)), strict=True):
            value = getattr(self, name)
            if value is not default:
                shown.append(f"{name}={'***' if name in self.__secrets__ and value else repr(value)}")
        return f"{type(self).__name__}({', '.join(shown)})"

    def __getitem__(self, name: str) -> Any:
        from flat_api.compat import earlier_model

        return earlier_model.item(self, name)

    def __setitem__(self, name: str, value: Any) -> None:
        from flat_api.compat import earlier_model

        earlier_model.set_item(self, name, value)

    def __contains__(self, name: object) -> bool:
        from flat_api.compat import earlier_model

        return earlier_model.contains(self, name)


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


def arms(expected: Any) -> tuple[Any, ...]:
    """The alternatives of a union; anything else is its own only alternative."""
    return get_args(expected) if get_origin(expected) in (Union, types.UnionType) else (expected,)


class _Open:
    """What open enums share."""

    @property
    def is_known(self) -> bool:
        """Whether the value is one of those the contract lists."""
        return any(self is member for member in type(self))  # type: ignore[attr-defined]

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The member for a JSON value."""
        return cls(msgspec.json.decode(text))  # type: ignore[call-arg]


class OpenStrEnum(_Open, enum.StrEnum, metaclass=_EnumType):
    """A string enum that keeps a value it does not know: the API may learn new ones at any time."""

    @classmethod
    def _missing_(cls, value: object) -> OpenStrEnum | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = value
        return member


class OpenIntEnum(_Open, enum.IntEnum, metaclass=_EnumType):
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

    def __call__(cls, actual_instance: Any = None, **fields: Any) -> Any:
        family: type[OneOf] = cls  # type: ignore[assignment]
        if actual_instance is None:
            return family.choose(fields)(**fields)
        if fields:
            raise TypeError(f"{cls.__name__}(...) takes one ready object or keywords, not both.")
        return family.from_dict(actual_instance)

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
        _, variant = cls._tagged(keys)
        if variant is not None:
            chosen: type[Model] = variant.choose(keys) if issubclass(variant, OneOf) else variant
            return chosen
        complete = [fit for fit in cls._fits(keys) if fit.missing == 0]
        if not complete:
            raise TypeError(f"{cls.__name__} needs the fields of one of its forms: {cls._forms()}.")
        return max(complete, key=_Fit.rank).model

    @classmethod
    def closest(cls, keys: Any) -> type[Model] | None:
        """The model that knows most of given fields, even if it lacks required ones; None when none fits."""
        tag, variant = cls._tagged(keys)
        if variant is not None:
            chosen: type[Model] | None = variant.closest(keys) if issubclass(variant, OneOf) else variant
            return chosen
        best = max(cls._fits(keys), key=_Fit.rank)
        return best.model if best.missing == 0 or (tag is None and best.known > 0) else None

    @classmethod
    def _tagged(cls, keys: Any) -> tuple[Any, Any]:
        """The value of the discriminator, and the variant it names."""
        names = (cls.discriminator, _snake(cls.discriminator)) if cls.discriminator else ()
        tag = next((keys[name] for name in names if name in keys), None)
        return tag, cls.variants().get(str(tag)) if tag is not None else None

    @classmethod
    def _fits(cls, keys: Any) -> list[_Fit]:
        return [_Fit.of(model, keys) for model in cls.models()]

    @classmethod
    def _forms(cls) -> str:
        return " or ".join(
            f"{model.__name__}({', '.join(f'{name}=...' for name in required_fields(model))})" for model in cls.models()
        )

    @classmethod
    def from_dict(cls, data: Any) -> Any:
        """Make the model of the family that fits a plain dict.

        Args:
            data: Wire names or Python names; a member of the family is returned as it is, None as None.

        Raises:
            TypeError: `data` is no mapping, or fits no model of the family.
        """
        if data is None or isinstance(data, cls):
            return data
        if not isinstance(data, dict):
            raise TypeError(f"{cls.__name__} takes one of its forms or a dict, not {type(data).__name__}.")
        return cls.choose(data).from_dict(data)

    @classmethod
    def from_json(cls, text: str | bytes) -> Any:
        """Make the model of the family that fits JSON text. Raises ValueError when the text is not JSON."""
        from flat_api.decoding import read_json

        return cls.from_dict(read_json(text))


class _Fit(NamedTuple):
    """How many of given fields a model knows, and how many of its required ones are missing."""

    model: type[Model]
    known: int
    missing: int

    @classmethod
    def of(cls, model: type[Model], keys: Any) -> _Fit:
        names, types_ = wire_names(model), field_types(model)
        given = {python: keys[key] for python, wire in names.items() for key in (python, wire) if key in keys}
        # A value beside the listed ones speaks for another model.
        strange = [python for python, value in given.items() if value not in (_listed(types_[python]) or [value])]
        missing = [python for python in required_fields(model) if python not in given]
        return cls(model, len(given) - len(strange), len(missing))

    def rank(self) -> tuple[int, int, int]:
        return self.known, -self.missing, -len(self.model.__struct_fields__)


def _listed(expected: Any) -> tuple[Any, ...]:
    """The values of a Literal."""
    return next((get_args(arm) for arm in arms(expected) if get_origin(arm) is Literal), ())


def _snake(name: str) -> str:
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)
