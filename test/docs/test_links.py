"""Every link between pages leads to a file that exists and, with an anchor, to a heading in it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


@cache
def _prose(page: Path) -> str:
    return CODE.sub("", page.read_text(encoding="utf-8"))


@cache
def _anchors(page: Path) -> set[str]:
    """The anchors of the headings, made as GitHub and the documentation site make them."""
    titles = re.findall(r"^#+ (.+)$", _prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles}


def _leads_somewhere(page: Path, target: str) -> bool:
    file, _, anchor = target.partition("#")
    found = (page.parent / file).resolve() if file else page
    return found.exists() and (not anchor or anchor in _anchors(found))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    targets = [target for target in LINK.findall(_prose(page)) if "://" not in target]
    assert [target for target in targets if not _leads_somewhere(page, target)] == []


def test_every_guide_is_on_the_first_page() -> None:
    home = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    guides = {path.name for path in (ROOT / "docs" / "guides").glob("*.md")}
    assert set(re.findall(r"\(guides/([\w-]+\.md)\)", home)) == guides


def test_every_page_is_in_the_navigation_of_the_site() -> None:
    settings = (ROOT / "docs" / "conf.py").read_text(encoding="utf-8")
    guides = {path.stem for path in (ROOT / "docs" / "guides").glob("*.md")}
    assert {guide for guide in guides if f'"{guide}"' not in settings and f"guides/{guide}" not in settings} == set()
