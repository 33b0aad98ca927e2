"""OneOf: a family of models of which a value is exactly one (oneOf or anyOf in the contract)."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, NamedTuple, get_args, get_origin

from flat_api.model import Model, arms, field_types, required_fields, wire_names


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
        from flat_api.tolerance import read_json

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
