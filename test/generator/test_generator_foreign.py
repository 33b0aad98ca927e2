"""A contract the generator has never seen becomes a package that works, and whose odd corners are refused in words."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml

import generator
from generator.__main__ import main

_PET = {"name": "Rex", "class": "dog"}
_DOG = json.loads(
    """{"name": "Rex", "class": "animal", "None": 3, "list": ["a"], "date": "2026-03-14", "dates": ["2026-03-14"],
    "1st": "first", "@type": "t", "x-odd": "odd", "to_dict": "d", "pin": "1234", "home": {"street": "Elm"},
    "friend": {"name": "Rex", "class": "dog", "bark": "loud"}, "status": "AVAILABLE", "level": -1, "bark": "list"}"""
)
_ODD = json.loads(
    """{"value": "text", "mixed": 1, "either": "x", "counts": {"a": 1}, "tree": {"json": ["deep", ["deeper"]]},
    "page": {"number": 1}, "import": {"at": "2026-03-14T09:26:53Z"}}"""
)
_ANSWERS: dict[tuple[str, str], Any] = {
    ("GET", "/pets/a%2Fb/7"): _DOG,
    ("POST", "/pets"): [_PET],
    ("GET", "/pets/count"): 3,
    ("GET", "/pets/page"): [_PET],
    ("PUT", "/photos/x.png"): None,
    ("GET", "/photos/x.png"): b"\x89PNG\x00",
    ("POST", "/figures"): {"kind": "round", "radius": 1, "inside": {"text": "in"}},
    ("GET", "/figures"): {"one": {"kind": "square", "side": 2}},
    ("PATCH", "/odd"): _ODD,
}


class _Shop(BaseHTTPRequestHandler):
    last: ClassVar[dict[str, Any]] = {}

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/last":
            answer: Any = _Shop.last
        else:
            headers = {name.lower(): value for name, value in self.headers.items()}
            _Shop.last = {"target": self.path, "headers": headers, "hex": body.hex()}
            if headers.get("content-type", "").endswith("json"):
                _Shop.last["json"] = json.loads(body)
            answer = _ANSWERS[self.command, self.path.partition("?")[0]]
        content = answer if isinstance(answer, bytes) else b"" if answer is None else json.dumps(answer).encode()
        self.send_response(204 if answer is None else 200)
        self.send_header("Content-Type", "image/png" if isinstance(answer, bytes) else "application/json")
        self.send_header("Link", '<http://localhost/pets/page?next=c%3D%3D>; rel="next"')
        if answer is not None:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = _answer  # noqa: N815

    def log_message(self, format: str, *arguments: Any) -> None:
        """Quiet."""


@pytest.fixture
def shop() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Shop) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_the_package_works(foreign: Path, shop: str) -> None:
    program = Path(__file__).with_name("foreign_program.py")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(program), shop],
        cwd=foreign,
        env={"PYTHONPATH": str(foreign), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == ("done\n", "")


def test_every_module_can_be_the_first_to_be_imported(foreign: Path) -> None:
    code = (
        "import importlib, pathlib, sys\n"
        "for path in sorted(pathlib.Path('petstore_api').rglob('*.py')):\n"
        "    for name in [name for name in sys.modules if name.startswith('petstore_api')]:\n"
        "        del sys.modules[name]\n"
        "    importlib.import_module('.'.join(path.with_suffix('').parts).removesuffix('.__init__'))\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=foreign, check=True, timeout=60)


def test_nothing_of_it_speaks_of_flat(foreign: Path) -> None:
    files = [*foreign.glob("petstore_api/api/*.py"), *foreign.glob("petstore_api/models/*.py"), *foreign.glob("docs/*")]
    assert len(files) > 30
    assert [path for path in files if "flat_api" in path.read_text()] == []


def _contract(**changes: Any) -> dict[str, Any]:
    operation = {"operationId": "doIt", "responses": {"204": {"description": "Done."}}, **changes}
    return {"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {"/it": {"post": operation}}}


Generate = Callable[[Any], int]


@pytest.fixture
def generate(tmp_path: Path) -> Generate:
    """Generates from a document and gives the exit status."""

    def run(document: Any) -> int:
        spec = tmp_path / "contract.yaml"
        spec.write_text(yaml.safe_dump(document))
        generator.copy_core(tmp_path, "other_api")
        return main(["--spec", str(spec), "--package", "other_api", "--output", str(tmp_path)])

    return run


_FORM = {"schema": {"type": "object", "properties": {"a": {"type": "string"}}}}


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (_contract(requestBody={"content": {"multipart/form-data": _FORM}}), "doIt (POST /it): a body of multipart"),
        (_contract(requestBody={"content": {"application/x-www-form-urlencoded": _FORM}}), "override"),
        (
            _contract(parameters=[{"name": "f", "in": "query", "style": "deepObject", "schema": {"type": "object"}}]),
            "doIt (POST /it): the parameter f is written as an object",
        ),
        (
            _contract(parameters=[{"name": "f", "in": "query", "style": "pipeDelimited", "schema": {"type": "array"}}]),
            "is written as pipeDelimited",
        ),
        (
            _contract(requestBody={"content": {"application/json": {"schema": {"$ref": "#/components/schemas/X"}}}}),
            "#/components/schemas/X leads to no component",
        ),
        (_contract(parameters=[{"$ref": "#/components/parameters/X"}]), "#/components/parameters/X leads nowhere"),
        (_contract(parameters=[{"$ref": "other.yaml#/X"}]), "refers to another document (other.yaml"),
        ({"swagger": "2.0"}, "not an OpenAPI 3.0 or 3.1 document"),
        ({"openapi": "3.0.3", "info": {}, "paths": {}}, "has no operations"),
    ],
)
def test_what_cannot_be_generated_is_said(
    document: Any, words: str, generate: Generate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert generate(document) == 2
    assert words in capsys.readouterr().err


def test_openapi_3_1(generate: Generate, tmp_path: Path) -> None:
    thing = {
        "type": "object",
        "required": ["a"],
        "properties": {
            "a": {"type": ["string", "null"]},
            "b": {"const": "only"},
            "c": {"anyOf": [{"type": "integer"}, {"type": "null"}], "examples": [3]},
            "d": {"type": ["string", "integer"]},
            "e": {"type": "string", "contentEncoding": "base64"},
        },
    }
    answer = {"200": {"description": "It.", "content": {"application/json": {"schema": thing}}}}
    assert generate({**_contract(responses=answer), "openapi": "3.1.0"}) == 0
    text = (tmp_path / "other_api/models/do_it200_response.py").read_text()
    fields = [line.strip() for line in text.splitlines() if line.startswith("    ") and ": " in line]
    assert fields == [
        "a: str | None",
        'b: Literal["only"] | str | None = None',
        "c: int | None = None",
        "d: str | int | None = None",
        "e: Base64 | None = None",
    ]
