"""The prepare step: contract + overrides -> the document and the settings that openapi-generator gets. Pure."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from generator import models, names, operation_code, operation_docs, operations, overrides, prose, vocabulary
from generator.document import ContractError, Schema, as_3_0
from generator.schemas import Catalogue, python_literal

# What the package exports by hand: name -> module. A schema of such a name becomes `<name>Model`.
FACE = {
    "ApiClient": "api_client",
    "ApiResponse": "api_response",
    "Configuration": "configuration",
    "FlatAuthenticationError": "errors",
    "FlatAuthorizationError": "errors",
    "FlatClient": "client",
    "FlatError": "errors",
    "FlatNotFoundError": "errors",
    "FlatQuotaError": "errors",
    "FlatRateLimitError": "errors",
    "FlatServerError": "errors",
    "FlatValidationError": "errors",
    "OAuth2Helper": "oauth",
    "Page": "api_response",
    "RetryPolicy": "retry",
    "TokenManager": "oauth",
    "Tokens": "oauth",
    "UNSET": "model",
    "__version__": "version",
    "create": "compat.datafire",
    "next_cursor": "pagination",
    "paginate": "pagination",
    "parse_link_header": "pagination",
}
# Names that generated modules import; they are taken as well.
_IMPORTED = frozenset(
    """Any ApiBase Base64 ClassVar Literal Model OneOf OpenIntEnum OpenStrEnum Operation Parameter Path PathLike
    Progress RequestOptions StreamingResponse TagApis TypeAlias Unpack UnsetType""".split()  # noqa: SIM905
)

OPERATIONS_TABLE = "README.operations.md"


@dataclass
class Prepared:
    """What openapi-generator is given, and the files it must make of it (paths below the output folder)."""

    document: Schema
    settings: dict[str, Any]
    files: set[str]
    notes: list[str]


def prepare(
    contract: Schema, changes: list[Schema], *, package: str, command: str, source: str, exceptions: list[str]
) -> Prepared:
    """Turn the contract into a document of plain parts, with what templates cannot work out as `x-sdk-` extensions.

    Everything that openapi-generator would decide for itself in its own way (names of inline objects, flattening of
    allOf, oneOf, enum members) is decided before, so that a contract it has never seen holds no surprises.

    Args:
        contract: The OpenAPI document; it is left as it is.
        changes: The overrides.
        package: Name of the generated package.
        command: The command that regenerates, for the first line of each file.
        source: File name of the contract, for the same line.
        exceptions: Names of the exceptions that the package exports.

    Raises:
        ContractError: The contract needs something the core does not have, or an override is unused.
    """
    document = copy.deepcopy(contract)
    overrides.apply(document, changes)
    document = as_3_0(document)
    vocabulary.translate(document)
    info = document.get("info", {})
    title = f"{info.get('title', 'API')} {info.get('version', '')}".strip()
    face = FACE | dict.fromkeys(exceptions, "exceptions")
    catalogue = Catalogue(document.get("components", {}).get("schemas", {}), _IMPORTED | face.keys())
    found, notes = operations.read(document, catalogue)
    if not found:
        raise ContractError(f"{source} has no operations.")
    catalogue.build(
        [op.body.schema for op in found if op.body is not None and op.body.schema is not None],
        [schema for op in found for schema in op.answers.values()],
    )
    tags = _tags(document, found)
    client = {tag["tag"]: tag["property"] for tag in tags}
    base_path = urlsplit((document.get("servers") or [{"url": ""}])[0]["url"]).path.rstrip("/")
    paths: Schema = {}
    for op in found:
        paths.setdefault(op.path, {})[op.verb.lower()] = {
            "operationId": op.name,
            "tags": [names.pascal(tag) for tag in op.tags],
            "parameters": [
                {"name": one.wire, "in": one.place, "required": one.required, "schema": {"type": "string"}}
                for one in op.parameters
            ],
            "responses": {"200": {"description": "OK"}},
            "x-sdk-method": op.name,
            "x-sdk-id": python_literal(op.id),
            "x-sdk-client": client[op.tags[0]],
            **operation_code.extensions(op, catalogue, base_path),
            **operation_docs.extensions(op, catalogue, package),
        }
    classes = [cls for cls in catalogue.classes.values() if cls.kind != "inline"]
    _refuse_clashes([tag["module"] for tag in tags], "tags")
    _refuse_clashes([cls.module for cls in classes], "schemas")
    exported = sorted({(cls.name, cls.module) for cls in classes} | {(cls.annotation, cls.module) for cls in classes})
    return Prepared(
        document={
            "openapi": "3.0.3",
            "info": {"title": info.get("title", "API"), "version": str(info.get("version", "0"))},
            "tags": [{"name": names.pascal(tag["tag"]), "description": tag["about"]} for tag in tags],
            "paths": paths,
            "components": {"schemas": {cls.name: models.prepare(cls, catalogue) for cls in classes}},
        },
        settings={
            "packageName": package,
            "sdkLine": f"Generated by `{command}` from {source} ({title}): edit the templates instead.",
            "sdkTags": tags,
            "sdkModels": [{"name": name, "module": module} for name, module in exported],
            "sdkPages": [
                {
                    "name": cls.name,
                    "about": prose.cell(prose.sentence(catalogue.description(cls.schema)) or f"{cls.name}."),
                }
                for cls in sorted(classes, key=lambda cls: cls.name)
            ],
            "sdkFace": [{"name": name, "module": module} for name, module in sorted(face.items())],
            "sdkTitle": title,
        },
        files={
            f"{package}/__init__.py",
            f"{package}/api/__init__.py",
            f"{package}/api/tags.py",
            f"{package}/models/__init__.py",
            OPERATIONS_TABLE,
            "docs/api.md",
            *(f"{package}/api/{tag['module']}.py" for tag in tags),
            *(f"docs/{tag['class']}.md" for tag in tags),
            *(f"test/test_{tag['module']}.py" for tag in tags),
            *(f"{package}/models/{cls.module}.py" for cls in classes),
            *(f"docs/{cls.name}.md" for cls in classes),
        },
        notes=notes,
    )


def _tags(document: Schema, found: list[operations.Operation]) -> list[dict[str, str]]:
    """The tags in use, in the order of the contract, those it does not declare after them."""
    declared = {tag["name"]: tag for tag in document.get("tags", [])}
    used = [tag for op in found for tag in op.tags]
    order = [tag for tag in declared if tag in used] + [tag for tag in dict.fromkeys(used) if tag not in declared]
    tags = []
    for tag in order:
        name = names.pascal(tag)
        about = prose.sentence(declared.get(tag, {}).get("description", "")) or f"The operations of {tag}."
        tags.append(
            {
                "tag": tag,
                "class": f"{name}Api",
                "module": f"{names.snake(name)}_api" if not name.isupper() else f"{name.lower()}_api",
                "property": declared.get(tag, {}).get("x-property") or names.identifier(tag, {"api_client", "close"}),
                "about": prose.inert(about),
            }
        )
    return tags


def _refuse_clashes(modules: list[str], what: str) -> None:
    twice = {module for module in modules if modules.count(module) > 1}
    if twice:
        raise ContractError(
            f"Several {what} would share a module: {', '.join(sorted(twice))}. Rename one with an override."
        )
