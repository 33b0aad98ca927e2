"""All models of the package: importable alone, decodable, picklable, and lazy."""

from __future__ import annotations

import importlib
import pickle
import subprocess
import sys
from typing import Any

import msgspec
import pytest

import flat_api
from flat_api import models
from flat_api.model import Model, field_types
from flat_api.one_of import OneOf
from generator import ROOT

_MODELS = [name for name in models.__all__ if issubclass(getattr(models, name), Model)]


def _family(kind: type, value: Any) -> Any:
    return value if issubclass(kind, OneOf) else NotImplemented


@pytest.mark.parametrize("name", models.__all__)
def test_a_decoder_can_be_built(name: str) -> None:
    msgspec.json.Decoder(getattr(models, name), dec_hook=_family)


@pytest.mark.parametrize("name", _MODELS)
def test_types_resolve_and_values_pickle(name: str) -> None:
    model = getattr(models, name)
    assert field_types(model).keys() >= set(model.__struct_fields__)
    value = model(**dict.fromkeys(model.__struct_fields__, "x"))
    again = pickle.loads(pickle.dumps(value))
    assert (type(again), again) == (model, value)


def test_every_module_can_be_the_first_to_be_imported() -> None:
    code = (
        "import importlib, pathlib, sys\n"
        "for path in sorted(pathlib.Path('flat_api/models').glob('[!_]*.py')):\n"
        "    for name in [name for name in sys.modules if name.startswith('flat_api')]:\n"
        "        del sys.modules[name]\n"
        "    importlib.import_module('flat_api.models.' + path.stem)\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=ROOT, check=True, timeout=60)


def _loaded(statement: str) -> set[str]:
    code = f"import sys\nbefore = set(sys.modules)\n{statement}\nprint(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    loaded = _loaded("import flat_api")
    assert not loaded & {"msgspec", "urllib3", "ssl", "json", "http.client"}
    assert {name for name in loaded if name.startswith("flat_api.")} == {"flat_api.loading"}


def test_a_name_that_nobody_ever_had_loads_no_model() -> None:
    loaded = _loaded("import flat_api; hasattr(flat_api, 'no_such_name')")
    assert not loaded & {"msgspec", "flat_api.model", "flat_api.models"}


def test_importing_an_api_loads_no_model() -> None:
    loaded = _loaded("from flat_api import ScoreApi")
    assert "flat_api.api.score_api" in loaded
    assert [name for name in loaded if name.startswith("flat_api.models.")] == []


@pytest.mark.parametrize("name", flat_api.__all__)
def test_everything_exported_is_there(name: str) -> None:
    assert getattr(flat_api, name) is not None
    assert name in dir(flat_api)


@pytest.mark.parametrize("module", ["api", "models", "configuration", "api_client", "exceptions", "rest"])
def test_modules_stay_modules(module: str) -> None:
    assert getattr(flat_api, module) is importlib.import_module(f"flat_api.{module}")


@pytest.mark.parametrize("package", [flat_api, flat_api.models, flat_api.api])
def test_what_is_not_there_is_an_attribute_error(package: Any) -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = package.nothing
