"""The guard of the templates: complete, nothing unknown in them, nothing unused, and no hole in what they render."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from generator.document import ContractError

FOLDER = Path(__file__).with_name("templates")

# Templates that openapi-generator asks for by these names, and would take from its own stock if they were missing.
STOCK = ("api", "api_doc", "api_test", "model", "model_doc")

# Our own templates: name -> where the file goes, below the output folder.
OWN = {
    "api_index": "docs/api.md",
    "api_init": "{package}/api/__init__.py",
    "model_init": "{package}/models/__init__.py",
    "package_init": "{package}/__init__.py",
    "readme_operations": "README.operations.md",
    "tags": "{package}/api/tags.py",
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Variables that openapi-generator itself provides.
FROM_GENERATOR = _words(
    """apiInfo apis baseName classname httpMethod model models operation operationTagDescription operations packageName
    path vars"""
)

# Variables that the prepare step provides: settings, extensions, and the fields of their lists.
FROM_PREPARE = _words(
    """sdkFace sdkLine sdkModels sdkPages sdkTags sdkTitle
    . about class doc key module name needed property status text type value
    x-sdk-about x-sdk-aliases x-sdk-arguments x-sdk-base x-sdk-base-module x-sdk-binary x-sdk-call x-sdk-cell
    x-sdk-class-doc x-sdk-client x-sdk-convert x-sdk-default x-sdk-deferred x-sdk-definition
    x-sdk-discriminator x-sdk-doc x-sdk-download x-sdk-enum x-sdk-enum-base x-sdk-example x-sdk-example-file
    x-sdk-family x-sdk-file-signature x-sdk-gives x-sdk-has-answer x-sdk-has-arguments x-sdk-has-body
    x-sdk-has-check x-sdk-has-convert x-sdk-has-default x-sdk-has-discriminator x-sdk-has-doc x-sdk-has-errors
    x-sdk-has-example x-sdk-has-later-imports x-sdk-has-secrets x-sdk-id x-sdk-imports x-sdk-info-signature
    x-sdk-inherits x-sdk-intro x-sdk-is-json x-sdk-later-imports x-sdk-members x-sdk-method x-sdk-name
    x-sdk-notes x-sdk-open x-sdk-open-signature x-sdk-own x-sdk-paginated x-sdk-raises-doc x-sdk-returns-cell
    x-sdk-returns-doc x-sdk-scopes x-sdk-secrets x-sdk-send x-sdk-signature x-sdk-statuses x-sdk-struct
    x-sdk-summary x-sdk-test-arguments x-sdk-test-body x-sdk-test-check x-sdk-test-headers
    x-sdk-test-model-arguments x-sdk-test-path x-sdk-test-query x-sdk-title x-sdk-type x-sdk-type-cell
    x-sdk-union x-sdk-variants"""
)

_TAG = re.compile(r"\{\{\{\s*([^}\s]+)\s*\}\}\}|\{\{([#^/>]?)\s*([^}\s]+)\s*\}\}")
_HOLE = "HOLE:"


def read(folder: Path = FOLDER) -> dict[str, str]:
    """Name -> text of all templates, checked.

    Raises:
        ContractError: A template or partial is missing or unused, or a variable is unknown or unused.
    """
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.mustache"))}
    partials: set[str] = set()
    variables: dict[str, str] = {}
    for name, text in texts.items():
        for tag in _TAG.finditer(text):
            if tag[2] == ">":
                partials.add(tag[3])
            else:
                variables.setdefault((tag[1] or tag[3]).removeprefix("vendorExtensions."), name)
    wanted = {*STOCK, *OWN, *partials}
    known = FROM_GENERATOR | FROM_PREPARE
    problems = [
        *(f"the template {name}.mustache is missing" for name in sorted(wanted - texts.keys())),
        *(f"the template {name}.mustache is used by nobody" for name in sorted(texts.keys() - wanted)),
        *(f"{variables[variable]}.mustache uses {variable}, which nobody provides"
          for variable in sorted(variables.keys() - known)),
        *(f"the variable {variable} is provided but in no template" for variable in sorted(known - variables.keys())),
    ]  # fmt: skip
    if problems:
        raise ContractError("Templates: " + "; ".join(problems) + ".")
    return texts


def check_extensions(prepared: Any) -> None:
    """Raises ContractError when the prepare step writes an extension that no template uses."""
    if isinstance(prepared, dict):
        unknown = {key for key in prepared if key.startswith("x-sdk-")} - FROM_PREPARE
        if unknown:
            raise ContractError(f"Templates: no template uses {', '.join(sorted(unknown))}.")
        for inner in prepared.values():
            check_extensions(inner)
    elif isinstance(prepared, list):
        for inner in prepared:
            check_extensions(inner)


def with_holes_marked(text: str) -> str:
    """The template, with a mark in place of every variable that turns out to be missing while it renders."""

    def marked(tag: re.Match[str]) -> str:
        variable = tag[1] or ("" if tag[2] else tag[3])
        if not variable or variable == ".":
            return tag[0]
        return f"{tag[0]}{{{{^{variable}}}}}{_HOLE}{variable}{{{{/{variable}}}}}"

    return _TAG.sub(marked, text)


def check_rendered(name: str, text: str, line: str) -> None:
    """Raises ContractError when a file was not made by our templates, or has a hole in it."""
    if line not in text[: len(line) + 10] and not name.startswith("README"):
        raise ContractError(f"{name} was not made by our templates: its first line is not ours.")
    if _HOLE in text:
        variables = sorted(set(re.findall(rf"{_HOLE}(\S+?)(?=[^\w.-]|$)", text)))
        raise ContractError(f"{name} has holes where these variables should be: {', '.join(variables)}.")
