"""Python source of an operation: its definition, its signatures, its calls, its example and its test."""

from __future__ import annotations

from urllib.parse import quote

from generator import examples, prose
from generator.document import Schema
from generator.operations import Body, Operation, Parameter
from generator.schemas import Catalogue, Class, python_literal

X = "x-sdk-"


def annotation(catalogue: Catalogue, schema: Schema) -> str:
    """What a parameter is annotated with; an enum also takes plain text."""

    def spell(cls: Class) -> str:
        text = cls.kind == "enum" and isinstance(catalogue.members(cls)[0], str)
        return f"{cls.annotation} | str" if text else cls.annotation

    return catalogue.expression(schema, spell)


def body_annotation(catalogue: Catalogue, body: Body) -> str:
    """What a body argument is annotated with: a model may also be a dict."""
    if body.schema is None:
        return "bytes"
    text = catalogue.expression(body.schema, lambda cls: cls.annotation)
    classes = [cls.annotation for cls in catalogue.references(body.schema) if cls.kind != "enum"]
    if [text] == classes:
        return f"{text} | dict[str, Any]"
    return f"{text} | list[dict[str, Any]]" if [text] == [f"list[{name}]" for name in classes] else text


def returns(catalogue: Catalogue, operation: Operation) -> str:
    """What the plain method returns."""
    kinds = [catalogue.optional(schema, lambda cls: cls.annotation) for schema in operation.answers.values()]
    kinds = list(dict.fromkeys(kinds))
    if is_paginated(operation) and len(kinds) == 1 and kinds[0].startswith("list["):
        return f"Page[{kinds[0][5:-1]}]"
    if operation.silent:
        kinds.append("None")
    return "Any" if "Any" in kinds else " | ".join(kinds) or "None"


def is_paginated(operation: Operation) -> bool:
    """Whether it takes the cursors of the page after and the page before."""
    return {"next", "previous"} <= {parameter.wire for parameter in operation.parameters if parameter.place == "query"}


def extensions(operation: Operation, catalogue: Catalogue, base_path: str) -> Schema:
    """What templates get of the source.

    Args:
        operation: What the contract says.
        catalogue: All classes, built.
        base_path: Path of the server, which stands before every path on the wire.
    """
    result = returns(catalogue, operation)
    constant = f"_{operation.name.upper()}"
    schemas = [*operation.answers.values(), *(parameter.schema for parameter in operation.parameters)]
    body = operation.body
    if body is not None and body.schema is not None:
        schemas.append(body.schema)
    values = [parameter.name for parameter in operation.parameters]
    call = [constant, f"({', '.join(values)}{',' * (len(values) == 1)})"]
    body_name = [body.name] if body is not None else []
    has_answer = result != "None"
    send = _statement("self._send", [*call, "options", *body_name])
    return {
        f"{X}has-answer": has_answer,
        f"{X}binary": operation.binary,
        f"{X}paginated": result.startswith("Page["),
        f"{X}imports": sorted({cls.annotation for schema in schemas for cls in catalogue.references(schema)}),
        f"{X}definition": _definition(operation, catalogue, result),
        f"{X}signature": _signature(operation, catalogue, "", result),
        f"{X}info-signature": _signature(operation, catalogue, "_with_http_info", f"ApiResponse[{result}]"),
        f"{X}open-signature": _signature(operation, catalogue, "_without_preload_content", "StreamingResponse"),
        f"{X}file-signature": _signature(operation, catalogue, "_to_file", "Path") if operation.binary else "",
        f"{X}send": send,
        f"{X}open": _statement("self._open", [*call, "options", *body_name]),
        f"{X}download": _statement("self._download", [*call, "path", "progress", "options", *body_name]),
        **_example(operation),
        **_test(operation, catalogue, base_path),
    }


def _definition(operation: Operation, catalogue: Catalogue, result: str) -> str:
    """The `Operation(...)` statement that the methods send."""
    parts = [python_literal(operation.id), python_literal(operation.verb), python_literal(operation.path)]
    if operation.parameters:
        written = [_parameter(parameter) for parameter in operation.parameters]
        parts += prose.grouped("parameters=(", written, ")")
    if operation.body is not None:
        if operation.body.schema is not None:
            parts.append(f"body=lambda: {_runtime(catalogue, operation.body.schema)}")
        if operation.body.required:
            parts.append("body_required=True")
        parts.append(f"content_types={_media_types(operation.body.media_types)}")
    if operation.accept:
        parts.append(f"accept={_media_types(operation.accept)}")
    if operation.answers:
        answers = [f"{status}: lambda: {_runtime(catalogue, schema)}" for status, schema in operation.answers.items()]
        parts.append(f"answers={{{', '.join(answers)}}}")
    parts += ["binary=True"] * operation.binary + ["paginated=True"] * result.startswith("Page[")
    if operation.scopes:
        parts.append(f"scopes={_tuple(operation.scopes)}")
    return prose.fill(f"_{operation.name.upper()}: Operation[{result}] = Operation(", parts, ")", 0)


def _parameter(parameter: Parameter) -> str:
    notes = ", required=True" * parameter.required + ", explode=False" * (not parameter.explode)
    return f"Parameter({python_literal(parameter.place)}, {python_literal(parameter.wire)}{notes})"


def _signature(operation: Operation, catalogue: Catalogue, suffix: str, result: str) -> str:
    needed = [parameter for parameter in operation.parameters if parameter.required]
    optional = [parameter for parameter in operation.parameters if not parameter.required]
    body = operation.body
    arguments = ["self", *(f"{parameter.name}: {annotation(catalogue, parameter.schema)}" for parameter in needed)]
    if body is not None:
        arguments.append(f"{body.name}: {body_annotation(catalogue, body)}{'' if body.required else ' | None = None'}")
    if suffix == "_to_file":
        path = ["path: str | PathLike[str]", "progress: Progress | None = None"]
        # What has no default comes first.
        arguments[-1:] = [path[0], arguments[-1], path[1]] if body and not body.required else [arguments[-1], *path]
    if optional:
        arguments.append("*")
        arguments += [f"{one.name}: {_or_none(annotation(catalogue, one.schema))} = None" for one in optional]
    arguments.append("**options: Unpack[RequestOptions]")
    return prose.fill(f"def {operation.name}{suffix}(", arguments, f") -> {result}:", 4)


def _or_none(text: str) -> str:
    return text if text == "Any" else f"{text} | None"


def _statement(function: str, arguments: list[str]) -> str:
    """A call, without the `return` and `.data` that templates put around it."""
    parts = [part for text in arguments for part in text.split(", ")]
    return prose.fill(f"{function}(", parts, ")", 8, around=12)


def _runtime(catalogue: Catalogue, schema: Schema) -> str:
    return catalogue.expression(schema, lambda cls: f"models.{cls.name}")


def _media_types(items: list[str]) -> str:
    return "_JSON" if items == ["application/json"] else _tuple(items)


def _tuple(items: list[str]) -> str:
    return f"({', '.join(map(python_literal, items))}{',' * (len(items) == 1)})"


def _example(operation: Operation) -> Schema:
    """The call that the documentation shows: what is required, with the values of the contract."""
    shown = [python_literal(parameter.example) for parameter in operation.parameters if parameter.required]
    if operation.body is not None:
        literal = examples.pretty(operation.body.example, 4)
        shown.append(literal if operation.body.required else f"{operation.body.name}={literal}")
    # The folder stands before a body given by keyword.
    keywords = shown[-1:] if operation.body is not None and not operation.body.required else []
    into_file = [*shown[: len(shown) - len(keywords)], '"."', *keywords]
    return {
        f"{X}example": ", ".join(shown),
        f"{X}has-example": bool(shown),
        f"{X}example-file": ", ".join(into_file),
    }


def _test(operation: Operation, catalogue: Catalogue, base_path: str) -> Schema:
    """What the generated test sends and expects: every argument, with the values of the contract."""
    path = base_path + operation.path
    query: list[str] = []
    headers: list[Schema] = []
    for parameter in operation.parameters:
        values = parameter.example if isinstance(parameter.example, list) else [parameter.example]
        texts = [examples.text(value) for value in values]
        if not parameter.explode:
            texts = [",".join(texts)]
        if parameter.place == "path":
            path = path.replace(f"{{{parameter.wire}}}", quote(",".join(texts), safe=""))
        elif parameter.place == "header":
            name = python_literal(parameter.wire.lower())
            headers.append({"name": name, "value": python_literal(",".join(texts))})
        else:
            query += [f"({python_literal(parameter.wire)}, {python_literal(text)})" for text in texts]
    check = _check(operation, catalogue)
    convert = _conversion(operation.body, catalogue)
    return {
        f"{X}test-arguments": _arguments(operation, "body"),
        f"{X}test-model-arguments": _arguments(operation, "model"),
        f"{X}test-body": examples.pretty(operation.body.example, 8) if operation.body is not None else "",
        f"{X}has-body": operation.body is not None,
        f"{X}is-json": operation.body is not None and operation.body.schema is not None,
        f"{X}has-convert": bool(convert),
        f"{X}convert": convert,
        f"{X}test-path": python_literal(path),
        f"{X}test-query": f"[{', '.join(query)}]",
        f"{X}test-headers": headers,
        f"{X}has-check": bool(check),
        f"{X}test-check": check,
    }


def _arguments(operation: Operation, variable: str) -> str:
    """A full call, the body taken from a variable."""
    written = [python_literal(one.example) for one in operation.parameters if one.required]
    if operation.body is not None:
        written.append(variable if operation.body.required else f"{operation.body.name}={variable}")
    written += [f"{one.name}={python_literal(one.example)}" for one in operation.parameters if not one.required]
    return ", ".join(written)


def _conversion(body: Body | None, catalogue: Catalogue) -> str:
    """How `body` becomes models, or "" where it has none."""
    if body is None or body.schema is None:
        return ""
    runtime = _runtime(catalogue, body.schema)
    classes = [f"models.{cls.name}" for cls in catalogue.references(body.schema) if cls.kind != "enum"]
    if [runtime] == classes:
        return f"{runtime}.from_dict(body)"
    return f"[{classes[0]}.from_dict(item) for item in body]" if [runtime] == [f"list[{c}]" for c in classes] else ""


_PLAIN = {"int | float": "(int, float)", "datetime": "object", "date": "object"}


def _check(operation: Operation, catalogue: Catalogue) -> str:
    """A condition on `result`: the first success has become what the annotation says. "" without an answer."""
    if not operation.answers:
        return ""
    kind = _runtime(catalogue, next(iter(operation.answers.values())))
    if kind.startswith("list[models."):
        return f"[item for item in result if isinstance(item, {kind[5:-1]})] == result != []"
    if kind.startswith("Literal["):
        return "result"
    return "" if kind == "Any" else f"isinstance(result, {_PLAIN.get(kind) or kind.partition('[')[0]})"
