"""What all generations share: every method, keyword, model and module name they had is there, and goes the same way."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

import flat_api
from flat_api import models
from flat_api.compat.earlier_modules import module_name
from flat_api.compat.tables import DROPPED_KEYWORDS, FIELDS, KEYWORDS, METHODS, MODELS
from flat_api.sandbox import Sandbox
from generator import legacy

from .conftest import NAMES, Contract

ROOT = Path(__file__).parents[2]
HISTORY = json.loads(legacy.HISTORY.read_text(encoding="utf-8"))
ENUM_MEMBERS, QUIET = HISTORY["enum_members"], HISTORY["quiet"]


def _configured(sandbox: Sandbox) -> flat_api.ApiClient:
    return flat_api.ApiClient(flat_api.Configuration(sandbox.url, sandbox.token, retries=0, strict=True))


@pytest.mark.parametrize(("api", "method", "operation"), [row[:3] for row in NAMES["methods"]])
def test_every_method_of_every_generation(
    legacy_sandbox: Sandbox, contract: Contract, api: str, method: str, operation: str
) -> None:
    values, body = list(contract.values(operation).values()), contract.body(operation)
    renamed = method in METHODS.get(api, {})
    with _configured(legacy_sandbox) as client:
        call = getattr(getattr(flat_api, api)(client), method)
        arguments = [*values, *([body] if body is not None else [])]
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            call(*arguments)
    request = legacy_sandbox.requests[-1]
    assert request.operation == operation
    assert [entry.category for entry in caught] == [DeprecationWarning] * renamed
    if renamed:
        assert METHODS[api][method][1] in str(caught[0].message)
        assert caught[0].filename == __file__


@pytest.mark.parametrize(("api", "method", "verb", "path"), NAMES["rows_0x"] + NAMES["rows_1x"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_row_of_the_old_tables_leads_to_the_same_route(
    legacy_sandbox: Sandbox, contract: Contract, api: str, method: str, verb: str, path: str
) -> None:
    operation = next(key for key, found in contract.operations.items() if found[:2] == (verb, path))
    values, body = contract.values(operation), contract.body(operation)
    with _configured(legacy_sandbox) as client:
        getattr(getattr(flat_api, api)(client), method)(*values.values(), *([body] if body is not None else []))
    request = legacy_sandbox.requests[-1]
    route = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(f"/v2{path}"))
    assert request.method == verb
    assert re.fullmatch(route, request.path)


def test_the_tables_have_all_rows() -> None:
    assert (len(NAMES["rows_0x"]), len(NAMES["rows_1x"]), len(NAMES["methods"])) == (74, 101, 131)
    assert len({method for _, method, _, _ in NAMES["rows_0x"]}) == 70


OLD_KEYWORDS = [
    (operation, name)
    for operation, names in NAMES["keywords"].items()
    for name in names
    if name not in DROPPED_KEYWORDS.get(operation, {})
]


@pytest.mark.parametrize(("operation", "keyword"), OLD_KEYWORDS)
def test_every_keyword_of_every_generation(
    legacy_sandbox: Sandbox, contract: Contract, operation: str, keyword: str
) -> None:
    api, method = next(
        row[:2] for row in NAMES["methods"] if row[2] == operation and row[1] not in METHODS.get(row[0], {})
    )
    bound = getattr(getattr(flat_api, api), method)
    renamed = {**KEYWORDS.get(api, {}).get(method, {}), "_class": "class_", "var_class": "class_"}
    today = renamed.get(keyword, keyword)
    code = bound.__code__ if not hasattr(bound, "__wrapped__") else bound.__wrapped__.__code__
    names = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
    assert today in names
    values, body = contract.values(operation), contract.body(operation)
    positional = names[: code.co_argcount - 1]
    given: dict[str, Any] = dict(zip(positional, [*values.values(), body], strict=False))
    optional = contract.body(operation) if today == "body" else None
    given[keyword] = given.pop(today) if today in given else optional or contract.example(operation, today)
    warned = today != keyword and keyword not in QUIET
    with _configured(legacy_sandbox) as client, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        getattr(getattr(flat_api, api)(client), method)(**given)
    assert legacy_sandbox.requests[-1].operation == operation
    assert len(caught) == warned, [str(entry.message) for entry in caught]
    if warned:
        assert today in str(caught[0].message)
        assert caught[0].filename == __file__


def test_the_same_argument_twice_is_refused(legacy_sandbox: Sandbox) -> None:
    api: Any = flat_api.ClassApi(_configured(legacy_sandbox))
    with pytest.raises(TypeError, match="twice"):
        api.get_class(class_="a", var_class="b")
    with pytest.raises(TypeError, match="class_"):
        api.get_class()


@pytest.mark.parametrize("name", sorted({name for names in NAMES["models"].values() for name in names}))
def test_every_model_of_every_generation(name: str) -> None:
    if name in MODELS:
        with pytest.warns(DeprecationWarning, match=name) as caught:
            found = getattr(flat_api, name)
        assert caught[0].filename == __file__
        with pytest.warns(DeprecationWarning, match=name):
            assert getattr(models, name) is found
        successor = MODELS[name]
        if successor in models.__all__:
            assert found is getattr(models, successor)
            assert successor in str(caught[0].message)
    else:
        assert getattr(flat_api, name) is getattr(models, name)


@pytest.mark.parametrize("name", NAMES["modules_1_0"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_model_module_of_1_0(name: str) -> None:
    module = importlib.import_module(f"flat_api.model.{module_name(name)}")
    assert getattr(module, name) is getattr(flat_api, name)


@pytest.mark.parametrize("name", sorted(MODELS))
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_model_module_that_is_gone(name: str) -> None:
    module = importlib.import_module(f"flat_api.models.{module_name(name)}")
    assert getattr(module, name) is getattr(flat_api, name)


def test_a_model_module_that_never_was() -> None:
    for place in ("model", "models"):
        with pytest.raises(ModuleNotFoundError, match="bogus"):
            importlib.import_module(f"flat_api.{place}.bogus")
    sys.modules.pop("flat_api.models.score_rights", None)
    with pytest.warns(DeprecationWarning, match="ResourceRights") as caught:
        import flat_api.models.score_rights  # type: ignore[import-not-found]  # noqa: F401
    assert caught[0].filename == __file__


@pytest.mark.parametrize("name", [name for name in NAMES["modules"] if "aio" not in name])
def test_every_module(name: str) -> None:
    module = importlib.import_module(name)
    assert sys.modules[name] is module
    if "." in name and name.endswith("_api"):
        assert module.__name__.startswith("flat_api.api.")


@pytest.mark.parametrize("name", [name for name in NAMES["top_level"] if name != "AsyncFlatClient"])
def test_every_name_of_the_package(name: str) -> None:
    assert getattr(flat_api, name) is not None


def test_there_is_no_asynchronous_client() -> None:
    with pytest.raises(ImportError, match="to_thread"):
        flat_api.AsyncFlatClient  # noqa: B018
    with pytest.raises(ImportError, match="to_thread"):
        importlib.import_module("flat_api.aio")
    with pytest.raises(AttributeError, match="no attribute 'Bogus'"):
        flat_api.Bogus  # noqa: B018
    with pytest.raises(AttributeError, match="no attribute 'Bogus'"):
        models.Bogus  # noqa: B018


@pytest.mark.parametrize(("enum", "name"), [(enum, name) for enum, names in ENUM_MEMBERS.items() for name in names])
def test_every_enum_member(enum: str, name: str) -> None:
    kind = getattr(models, enum)
    if name in QUIET:
        member = getattr(kind, name)
        assert member in list(kind)
    else:
        with pytest.warns(DeprecationWarning, match=name) as caught:
            member = getattr(kind, name)
        assert caught[0].filename == __file__
    assert member == ENUM_MEMBERS[enum][name]
    assert name not in kind.__members__


@pytest.mark.parametrize(("model", "name"), [(model, name) for model, names in FIELDS.items() for name in names])
def test_every_field(model: str, name: str) -> None:
    kind = getattr(models, model)
    fields: Any = dict.fromkeys(flat_api.model.required_fields(kind), None)
    today = FIELDS[model][name]
    if today is not None:
        fields[today] = "a value"
    instance = kind(**fields)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert getattr(instance, name) == ("a value" if today else None)
    assert len(caught) == (name not in QUIET)
    if caught:
        assert caught[0].filename == __file__


def test_the_generated_tables_are_fresh() -> None:
    line = (ROOT / "flat_api/api/__init__.py").read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
    for name, text in legacy.files("flat_api", line).items():
        assert (ROOT / name).read_text(encoding="utf-8") == text, name


def test_an_ordinary_program_loads_nothing_of_this() -> None:
    program = (
        "import sys, flat_api\n"
        "flat_api.FlatClient(access_token='x'); flat_api.AccountApi; flat_api.ApiClient()\n"
        "[getattr(flat_api, name) for name in flat_api.models.__all__]\n"
        "user = flat_api.ClassCreation(name='Choir'); user.name = 'Band'; user.to_json()\n"
        "print([name for name in sys.modules if 'compat' in name])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
