"""What documentation says of an operation: the parts of its docstring and of its page."""

from __future__ import annotations

import re
from http import HTTPStatus

from generator import examples, prose
from generator.document import Schema
from generator.operation_code import X, body_annotation, returns
from generator.operations import Operation, Parameter, successes
from generator.schemas import Catalogue


def extensions(operation: Operation, catalogue: Catalogue, package: str) -> Schema:
    """What templates get of the prose."""
    scopes = " or ".join(f"`{scope}`" for scope in operation.scopes)
    head = f"`{operation.verb} {operation.path}`{f', scope {scopes}' if scopes else ''}."
    arguments = [_argument(parameter, catalogue) for parameter in operation.parameters]
    if operation.body is not None:
        arguments.insert(sum(parameter.required for parameter in operation.parameters), _body(operation, catalogue))
    outcomes = operation.responses
    good = {status: text for status, text in outcomes.items() if successes(status, outcomes)}
    about = " ".join(good.values()) if len(good) == 1 else " ".join(f"{code}: {text}" for code, text in good.items())
    bad = [int(status) for status in outcomes if status.isdigit() and status[0] in "45"]
    meanings = ", ".join(f"{status} {_meaning(status)}" for status in bad)
    return {
        f"{X}summary": prose.inert(operation.summary) + ".",
        f"{X}intro": prose.wrap("Deprecated. " * operation.deprecated + f"{head} {operation.description}", 8),
        f"{X}returns-doc": prose.wrap(about or "The answer.", 12),
        f"{X}has-errors": bool(bad),
        f"{X}raises-doc": prose.wrap(f"ApiException: {meanings}; see `{package}.exceptions`.", 12, hang=4),
        f"{X}has-arguments": bool(arguments),
        f"{X}arguments": arguments,
        f"{X}title": operation.summary,
        f"{X}about": operation.description or operation.summary + ".",
        f"{X}call": _call(operation),
        f"{X}gives": _gives(operation, catalogue),
        f"{X}returns-cell": _returns_cell(operation, catalogue),
        f"{X}scopes": scopes or "none",
        f"{X}statuses": [
            {"status": "any other" if status == "default" else status, "text": prose.cell(text)}
            for status, text in outcomes.items()
        ],
    }


def _meaning(status: int) -> str:
    return HTTPStatus(status).phrase.lower() if status in set(HTTPStatus) else "error"


def _argument(parameter: Parameter, catalogue: Catalogue) -> Schema:
    default = parameter.schema.get("default")
    note = f" Default of the API: `{examples.text(default)}`." if default is not None else ""
    return {
        "name": parameter.name,
        "doc": prose.wrap(parameter.description, 12, first=f"{parameter.name}: ", hang=4),
        "type": linked(catalogue, parameter.schema),
        "text": prose.cell(parameter.description + note),
        "needed": "required" if parameter.required else "optional",
    }


def _body(operation: Operation, catalogue: Catalogue) -> Schema:
    body = operation.body
    assert body is not None
    kind = body_annotation(catalogue, body)
    hint, also = "", ""
    if kind.endswith("dict[str, Any]]"):
        hint, also = " Models or dicts.", " \\| list of dicts"
    elif kind.endswith(" | dict[str, Any]"):
        hint, also = " A model or a dict.", " \\| dict"
    text = body.description or ("The content of the file." if body.schema is None else "The body.")
    return {
        "name": body.name,
        "doc": prose.wrap(prose.sentence(text) + hint, 12, first=f"{body.name}: ", hang=4),
        "type": "bytes" if body.schema is None else linked(catalogue, body.schema) + also,
        "text": prose.cell(text),
        "needed": "required" if body.required else "optional",
    }


def linked(catalogue: Catalogue, schema: Schema) -> str:
    """Python type of a schema for a Markdown table, classes linked to their pages."""
    marked = catalogue.expression(schema, lambda cls: f"<{cls.name}>")
    return re.sub(r"<(\w+)>", r"[\1](\1.md)", re.sub(r"([\[\]|])", r"\\\1", marked))


def _call(operation: Operation) -> str:
    """The call with the names of its arguments; those that may be left out end in an equals sign."""
    names = [parameter.name + "=" * (not parameter.required) for parameter in operation.parameters]
    if operation.body is not None:
        needed = sum(parameter.required for parameter in operation.parameters)
        names.insert(needed, operation.body.name + "=" * (not operation.body.required))
    return f"{operation.name}({', '.join(names)})"


def _gives(operation: Operation, catalogue: Catalogue) -> str:
    """What the method returns, in a cell of a table."""
    result = returns(catalogue, operation)
    kinds = list(dict.fromkeys(linked(catalogue, schema) for schema in operation.answers.values()))
    if result.startswith("Page["):
        return kinds[0].replace("list", "Page", 1)
    return result if result in ("None", "Any") else " or ".join(kinds + ["None"] * operation.silent)


def _returns_cell(operation: Operation, catalogue: Catalogue) -> str:
    page = returns(catalogue, operation).startswith("Page[")
    return _gives(operation, catalogue) + ", a list that knows the cursors of its neighbors" * page
