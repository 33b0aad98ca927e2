"""Operations: the calls of the contract, references followed, what the core cannot send refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from generator import examples, names, prose
from generator.document import METHODS, ContractError, Schema, first_example, follow
from generator.schemas import Catalogue


@dataclass
class Parameter:
    """A path, query or header parameter; `explode` says that a list of it is repeated, not joined with commas."""

    name: str
    wire: str
    place: str
    required: bool
    explode: bool
    schema: Schema
    description: str
    example: Any


@dataclass
class Body:
    """The request body of an operation; `schema` is None for a file."""

    name: str
    schema: Schema | None
    required: bool
    media_types: list[str]
    description: str
    example: Any


@dataclass
class Operation:
    """One call.

    `responses` has the meaning of every declared status, `answers` the schema of every success with a body; `silent`
    says that there is also one without.
    """

    id: str
    name: str
    verb: str
    path: str
    tags: list[str]
    summary: str
    description: str
    deprecated: bool
    scopes: list[str]
    parameters: list[Parameter]
    body: Body | None
    responses: dict[str, str]
    answers: dict[int, Schema]
    silent: bool
    binary: bool
    accept: list[str]


def read(document: Schema, catalogue: Catalogue) -> tuple[list[Operation], list[str]]:
    """All operations of a contract, and a note for every thing that was left out.

    Raises:
        ContractError: An operation needs something that the core cannot send.
    """
    reader = _Reader(document, catalogue)
    for path, item in (document.get("paths") or {}).items():
        item = follow(document, item)
        for method in METHODS:
            if method in item:
                reader.read(path, method, item[method], item.get("parameters", []))
    return reader.operations, reader.notes


class _Reader:
    def __init__(self, document: Schema, catalogue: Catalogue) -> None:
        self.operations: list[Operation] = []
        self.notes: list[str] = []
        self._document = document
        self._catalogue = catalogue
        self._names: set[str] = set()

    def read(self, path: str, method: str, source: Schema, shared: list[Schema]) -> None:
        operation_id = source.get("operationId") or names.pascal(f"{method}_{path}")
        where = f"{operation_id} ({method.upper()} {path})"
        name = names.identifier(operation_id, self._names)
        self._names.add(name)
        responses = {str(key): follow(self._document, value) for key, value in source.get("responses", {}).items()}
        answers, accept, silent = self._answers(responses, operation_id)
        binary = any(schema.get("format") == "binary" for schema in answers.values())
        taken = {"self", "options"} | ({"path", "progress"} if binary else set())
        parameters = self._parameters([*shared, *source.get("parameters", [])], where, taken)
        self.operations.append(
            Operation(
                id=operation_id,
                name=name,
                verb=method.upper(),
                path=path,
                tags=source.get("tags") or ["Default"],
                summary=prose.one_line(source.get("summary", "")).rstrip(".") or operation_id,
                description=source.get("description", "").strip(),
                deprecated=bool(source.get("deprecated")),
                scopes=_scopes(source.get("security", self._document.get("security"))),
                parameters=parameters,
                body=self._body(source, operation_id, where, taken),
                responses={key: prose.one_line(value.get("description", "")) for key, value in responses.items()},
                answers=answers,
                silent=silent,
                binary=binary,
                accept=accept,
            )
        )

    def _parameters(self, sources: list[Schema], where: str, taken: set[str]) -> list[Parameter]:
        """The parameters, required ones first; their names are added to `taken`."""
        merged: dict[tuple[str, str], Schema] = {}
        for source in sources:
            source = follow(self._document, source)
            merged[source["in"], source["name"]] = source
        parameters = []
        for (place, wire), source in merged.items():
            if place == "cookie":
                self.notes.append(f"{where}: the cookie {wire} is left out, the core sends none.")
                continue
            if "schema" not in source:
                raise ContractError(f"{where}: the parameter {wire} needs a `schema`; `content` is not supported.")
            style = source.get("style", "form" if place == "query" else "simple")
            kind = self._catalogue.shape(source["schema"])
            if kind == "object" or style not in ("form", "simple"):
                raise ContractError(
                    f"{where}: the parameter {wire} is written as {'an object' if kind == 'object' else style}, which "
                    "the core cannot send; it sends plain values, and lists of them in the styles form and simple."
                )
            name = names.identifier(wire, taken)
            taken.add(name)
            example = first_example(source)
            parameters.append(
                Parameter(
                    name,
                    wire,
                    place,
                    place == "path" or bool(source.get("required")),
                    kind != "array" or (place == "query" and bool(source.get("explode", True))),
                    source["schema"],
                    prose.one_line(source.get("description") or source["schema"].get("description") or ""),
                    examples.sample(self._catalogue, source["schema"]) if example is None else example,
                )
            )
        return sorted(parameters, key=lambda parameter: not parameter.required)

    def _answers(self, responses: dict[str, Schema], operation_id: str) -> tuple[dict[int, Schema], list[str], bool]:
        """Status -> schema of the successes with a body, their media types, and whether there are ones without."""
        answers: dict[int, Schema] = {}
        accept: list[str] = []
        silent = False
        for status, response in responses.items():
            content = response.get("content") or {}
            for holder in content.values():
                holder["schema"] = self._catalogue.lift(holder.get("schema", {}), f"{operation_id}_{status}_response")
            for code in successes(status, responses):
                accept += [kind for kind in content if kind not in accept]
                silent = silent or not content
                if content:
                    json_type = next(filter(_is_json, content), None)
                    schema = content[json_type or next(iter(content))]["schema"]
                    answers[code] = schema if json_type else {"type": "string", "format": "binary"}
        return dict(sorted(answers.items())), accept, silent

    def _body(self, source: Schema, operation_id: str, where: str, taken: set[str]) -> Body | None:
        if "requestBody" not in source:
            return None
        body = follow(self._document, source["requestBody"])
        content = body.get("content") or {}
        media_types = list(filter(_is_json, content))
        schema: Schema | None = None
        example: Any = b"content"
        if media_types:
            holder = content[media_types[0]]
            schema = holder["schema"] = self._catalogue.lift(holder.get("schema") or {}, f"{operation_id}_request")
            example = first_example(holder)
            example = examples.canonical(examples.sample(self._catalogue, schema) if example is None else example)
        else:
            forms = [kind for kind in content if kind.startswith(("multipart/", "application/x-www-form-urlencoded"))]
            if forms or not content:
                raise ContractError(
                    f"{where}: a body of {', '.join(forms) or 'no media type'} is not supported; "
                    "JSON and plain files are. If it carries nothing, remove it with an override."
                )
            media_types = list(content)
        named = source.get("x-codegen-request-body-name") or self._catalogue.component_of(schema) or "body"
        return Body(
            names.identifier(named, taken),
            schema,
            bool(body.get("required")),
            media_types,
            prose.one_line(body.get("description") or self._catalogue.description(schema or {})),
            example,
        )


def successes(status: str, responses: Schema) -> list[int]:
    """The 2xx codes that a key of `responses` stands for; a lone `default` stands for 200."""
    if status.upper() == "2XX":
        return [200, 201, 202]
    if status == "default":
        return [200] if len(responses) == 1 else []
    return [int(status)] if status.startswith("2") else []


def _is_json(media_type: str) -> bool:
    return media_type.partition(";")[0].strip().lower().endswith(("/json", "+json"))


def _scopes(security: Any) -> list[str]:
    """Scopes any one of which is enough; [] without OAuth2 scopes."""
    found = [scope for requirement in security or [] for needed in requirement.values() for scope in needed]
    return list(dict.fromkeys(found))
