"""The report on the command line, in a git checkout of its own, and the draft in the changelog."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import generator
from generator.__main__ import main
from generator.changes import report
from generator.changes.change import Change, Weight
from generator.changes.changelog import with_draft
from generator.document import ContractError

FOREIGN = Path(__file__).with_name("foreign.yaml").read_text(encoding="utf-8")
# The foreign contract as it goes on: an operation is marked, a field is gone.
NEWER = FOREIGN.replace("operationId: getPet\n", "operationId: getPet\n      deprecated: true\n")
CHANGELOG = "# Changelog\n\nWhat was new.\n\n## 3.0.0\n\n- All of it.\n"


def _git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


def _arguments(folder: Path) -> list[str]:
    return ["--spec", str(folder / "api.yaml"), "--package", "petstore_api", "--output", str(folder)]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a contract, the core of a package and a changelog; no checkout yet."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    generator.copy_core(tmp_path, "petstore_api")
    (tmp_path / "petstore_api/version.py").write_text('__version__ = "1.4.2"\n')
    (tmp_path / "api.yaml").write_text(FOREIGN)
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    return tmp_path


@pytest.fixture
def checkout(project: Path) -> Path:
    """The same, committed."""
    _git(project, "init", "--quiet")
    _git(project, "add", ".")
    _git(project, "commit", "--quiet", "--message", "first")
    return project


def test_nothing_new(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*_arguments(checkout), "--changes"]) == 0
    assert capsys.readouterr().out == "The API is the same as in the committed api.yaml.\n"


def test_generating_tells_and_drafts_and_takes_back(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changelog = checkout / "CHANGELOG.md"
    (checkout / "api.yaml").write_text(NEWER)
    told = (
        "What changed in the API since the committed api.yaml\n\n"
        "Additive (1)\n  get_pet: deprecated\n\n"
        "Version 1.4.2 should become 1.5.0 (minor): programs go on, and can do more.\n"
    )
    assert main([*_arguments(checkout), "--changes"]) == 0
    assert capsys.readouterr().out == told
    assert changelog.read_text() == CHANGELOG
    assert not (checkout / "petstore_api/api").exists()

    assert main(_arguments(checkout)) == 0
    assert capsys.readouterr().out.endswith(f"\n{told}note: CHANGELOG.md has a draft of its next section\n")
    drafted = changelog.read_text()
    assert "## Unreleased\n\nVersion 1.4.2 should become 1.5.0 (minor)" in drafted
    assert "### Additive\n\n- `get_pet`: deprecated\n<!-- draft:end -->\n\n## 3.0.0\n" in drafted

    # The number that the report asked for is no reason to ask for one more.
    (checkout / "petstore_api/version.py").write_text('__version__ = "1.5.0"\n')
    assert main([*_arguments(checkout), "--changes"]) == 0
    assert capsys.readouterr().out == told

    changelog.write_text("by hand\n")
    assert main([*_arguments(checkout), "--check"]) == 0
    assert "What changed" not in capsys.readouterr().out
    assert changelog.read_text() == "by hand\n"

    changelog.write_text(drafted)
    _git(checkout, "add", ".")
    _git(checkout, "commit", "--quiet", "--message", "second")
    assert main(_arguments(checkout)) == 0
    assert capsys.readouterr().out.endswith("note: CHANGELOG.md has no draft any more\n")
    assert changelog.read_text() == CHANGELOG


def test_an_earlier_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    earlier = project / "earlier.yaml"
    earlier.write_text(NEWER)
    assert main([*_arguments(project), "--changes", str(earlier)]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"What changed in the API since {earlier}\n\nDocumentation (1)\n  get_pet: no longer dep")
    assert out.endswith("Version 1.4.2 should become 1.4.3 (patch): programs see no difference.\n")


def test_an_earlier_file_that_is_missing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*_arguments(project), "--changes", str(project / "nope.yaml")]) == 2
    assert "nope.yaml cannot be read" in capsys.readouterr().err


def test_outside_a_checkout_one_line_says_so(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*_arguments(project), "--changes"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("The API is not compared with a committed api.yaml: not a git repository")


def test_generating_outside_a_checkout_goes_on(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(_arguments(project)) == 0
    assert "\nnote: The API is not compared with a committed api.yaml: " in capsys.readouterr().out
    assert (project / "CHANGELOG.md").read_text() == CHANGELOG


def test_a_contract_that_is_not_committed_or_not_fit(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "new.yaml").write_text(FOREIGN)
    arguments = ["--spec", str(checkout / "new.yaml"), *_arguments(checkout)[2:], "--changes"]
    assert main(arguments) == 0
    assert "is not compared with a committed new.yaml: path 'new.yaml' exists on disk" in capsys.readouterr().out
    (checkout / "new.yaml").write_text("openapi: 2.0.0\n")
    _git(checkout, "add", ".")
    _git(checkout, "commit", "--quiet", "--message", "a draft")
    (checkout / "new.yaml").write_text(FOREIGN)
    assert main(arguments) == 0
    assert "is not an OpenAPI 3.0 or 3.1 document" in capsys.readouterr().out


def test_without_git(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main([*_arguments(checkout), "--changes"]) == 0
    assert capsys.readouterr().out == "The API is not compared with a committed api.yaml: git cannot be run.\n"


def test_overrides_of_the_commit_hold_for_its_contract(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = checkout / "rules.yaml"
    (checkout / "api.yaml").write_text(NEWER)
    rules.write_text("- reason: a test\n  operations: [getPet]\n  remove: [deprecated]\n")
    assert main([*_arguments(checkout), "--overrides", str(rules), "--changes"]) == 0
    assert capsys.readouterr().out == "The API is the same as in the committed api.yaml.\n"


# The draft.


@pytest.mark.parametrize("changelog", [CHANGELOG, "# Changelog\n", "", "# Changelog\n\n## Unreleased\n\n- Mine.\n"])
def test_a_draft_is_refreshed_and_vanishes_without_a_trace(changelog: str) -> None:
    first = with_draft(changelog, "one")
    second = with_draft(first, "two")
    assert with_draft(second, "two") == second
    assert with_draft(second, "one") == first
    assert with_draft(second, "") == changelog
    assert second.count("## Unreleased") == 1
    assert ("two" in second, "one" in second) == (True, False)


def test_the_draft_stands_above_the_last_release() -> None:
    assert with_draft(CHANGELOG, "text").partition("<!--")[0] == "# Changelog\n\nWhat was new.\n\n"
    assert with_draft(CHANGELOG, "text").endswith(
        "## Unreleased\n\ntext\n<!-- draft:end -->\n\n## 3.0.0\n\n- All of it.\n"
    )


@pytest.mark.parametrize(
    "text", ["<!-- draft:begin -->\n", "<!-- draft:end -->\n", "<!-- draft:end --><!-- draft:begin"]
)
def test_damaged_markers_are_an_error(text: str) -> None:
    with pytest.raises(ContractError, match=r"CHANGELOG\.md needs both markers"):
        with_draft(CHANGELOG + text, "text")


def test_the_report_wraps_and_counts() -> None:
    changes = [
        Change(Weight.DOCUMENTATION, "API", "version 1 -> 2"),
        Change(
            Weight.BREAKING, "ScoreDetails", "field removed (`str`)", ".title", tuple(f"Class{i}" for i in range(20))
        ),
    ]
    text = report.terminal(changes, "v1", "1.0.0", ("2.0.0", "major"))
    assert text.splitlines()[:3] == ["What changed in the API since v1", "", "Breaking (1)"]
    assert max(map(len, text.splitlines())) <= 110
    assert text.endswith("Version 1.0.0 should become 2.0.0 (major): programs must change.")
    section = report.section(changes, "1.0.0", ("2.0.0", "major"))
    assert "\n### Breaking\n\n- `ScoreDetails.title`: field removed (`str`) (also in Class0, Class1," in section
    assert section.index("### Breaking") < section.index("### Documentation\n\n- `API`: version 1 -> 2")
