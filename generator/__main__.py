"""The command line: python -m generator [--check | --changes [OLD]] [--spec FILE --package NAME --output FOLDER]."""

from __future__ import annotations

import argparse
import ast
import sys
import tempfile
import time
from pathlib import Path

from generator import PACKAGE, ROOT, document, engine, legacy, output, overrides, templates
from generator.changes import command as changes
from generator.document import ContractError
from generator.prepare import OPERATIONS_TABLE, Prepared, prepare


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0: done, 1: `--check` found differences, 2: something must be mended first."""
    parser = argparse.ArgumentParser(prog="python -m generator", description="Generate the SDK from its contract.")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--check", action="store_true", help="change nothing; list the files that would change")
    only.add_argument(
        "--changes",
        nargs="?",
        const="",
        metavar="OLD",
        help="change nothing; tell what is new in the contract since OLD (default: since the committed one)",
    )
    parser.add_argument("--spec", type=Path, help="the OpenAPI document (default: openapi.yaml)")
    parser.add_argument("--package", default=PACKAGE, help="name of the package (default: %(default)s)")
    parser.add_argument(
        "--output", type=Path, default=ROOT, help="folder that holds the package (default: this project)"
    )
    parser.add_argument(
        "--overrides", type=Path, help="overrides (default: generator/overrides.yaml for this project's package)"
    )
    options = parser.parse_args(arguments)
    try:
        return _run(options)
    except ContractError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _run(options: argparse.Namespace) -> int:
    clock = _Clock()
    spec: Path = options.spec or ROOT / "openapi.yaml"
    contract = document.load(spec)
    own = options.package == PACKAGE
    rules: Path | None = options.overrides or (Path(__file__).with_name("overrides.yaml") if own else None)
    exceptions = _exported(options.output / options.package / "exceptions.py")
    current = changes.Current(
        spec=spec,
        contract=contract,
        rules_file=rules,
        rules=overrides.load(rules) if rules else [],
        exceptions=exceptions,
        version_file=options.output / options.package / "version.py",
    )
    if options.changes is not None:
        return _tell_changes(current, options.changes)
    texts = templates.read()
    prepared = prepare(
        contract,
        current.rules,
        package=options.package,
        command="make generate" if own else "python -m generator",
        source=spec.name,
        exceptions=exceptions,
    )
    templates.check_extensions(prepared.document)
    for note in prepared.notes:
        print(f"note: {note}")
    clock.stage("prepare")
    with tempfile.TemporaryDirectory(prefix="generator-") as name:
        rendered = engine.run(prepared.document, prepared.settings, texts, Path(name))
        clock.stage("openapi-generator")
        _check_rendered(rendered, prepared)
        output.tidy(rendered, options.package)
        clock.stage("ruff")
        files = {file: (rendered / file).read_text(encoding="utf-8") for file in sorted(prepared.files)}
    table = files.pop(OPERATIONS_TABLE)
    readme: Path = options.output / "README.md"
    if readme.is_file():
        files["README.md"] = output.with_operations(readme.read_text(encoding="utf-8"), table)
    else:
        print("note: there is no README.md, so its table of operations is not written")
    line = prepared.settings["sdkLine"]
    if own:
        files |= legacy.files(options.package, line)
    if (options.output / options.package / "sandbox").is_dir():
        files[f"{options.package}/sandbox/openapi.json"] = output.contract_json(contract, line)
    if options.check:
        found = output.differences(options.output, options.package, files)
        clock.stage("compare")
        print("\n".join(found) or "What is here is what the contract and the templates make.")
        return 1 if found else 0
    changed, removed = output.write(options.output, options.package, files)
    clock.stage("write")
    print(f"{len(files)} files, {changed} changed, {removed} removed, {clock.total():.1f} s in all")
    _draft_changes(current, options.output / "CHANGELOG.md")
    return 0


def _tell_changes(current: changes.Current, earlier: str) -> int:
    """Print what is new since another contract, or since the committed one."""
    try:
        compared = changes.with_file(current, Path(earlier)) if earlier else changes.with_committed(current)
    except changes.NotComparedError as error:
        print(error)
    else:
        print(compared.report())
    return 0


def _draft_changes(current: changes.Current, changelog: Path) -> None:
    """After generating: print what is new since the committed contract, and bring its draft up to date."""
    try:
        compared = changes.with_committed(current)
    except changes.NotComparedError as error:
        print(f"note: {error}")
        return
    if compared.changes:
        print(f"\n{compared.report()}")
    if note := changes.write_draft(changelog, compared):
        print(f"note: {note}")


def _exported(path: Path) -> list[str]:
    """Names in the `__all__` of a module, read without importing it."""
    if not path.is_file():
        raise ContractError(f"{path} is missing: the hand-written modules of the package must be there first.")
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            names: list[str] = ast.literal_eval(statement.value)  # type: ignore[attr-defined]
            return names
    raise ContractError(f"{path} has no __all__.")


def _check_rendered(folder: Path, prepared: Prepared) -> None:
    made = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    made = {name for name in made if not name.startswith(".openapi-generator")}
    missing, unexpected = prepared.files - made, made - prepared.files
    if missing or unexpected:
        raise ContractError(
            "openapi-generator made other files than were prepared: "
            f"missing {', '.join(sorted(missing)) or 'none'}; unexpected {', '.join(sorted(unexpected)) or 'none'}."
        )
    for name in sorted(made):
        text = (folder / name).read_text(encoding="utf-8")
        templates.check_rendered(name, text, "" if name == OPERATIONS_TABLE else prepared.settings["sdkLine"])


class _Clock:
    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()

    def stage(self, name: str) -> None:
        now = time.perf_counter()
        print(f"{name:<18}{now - self._last:5.1f} s")
        self._last = now

    def total(self) -> float:
        return time.perf_counter() - self._start


if __name__ == "__main__":
    sys.exit(main())
