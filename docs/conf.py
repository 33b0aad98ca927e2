"""The documentation site: `make docs` builds it from the Markdown files of this folder with Sphinx."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flat_api.version import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FOLDER = Path(__file__).parent
GUIDES = (
    "quickstart",
    "authentication",
    "scores",
    "collections",
    "classes",
    "organization",
    "omr",
    "errors",
    "testing",
    "sandbox-coverage",
    "migrating",
    "regenerating",
)

project = "flat_api"
release = __version__
extensions = ["myst_parser"]
exclude_patterns = ["_static"]
myst_heading_anchors = 3
nitpicky = True
highlight_language = "text"
templates_path: list[str] = []

html_theme = "furo"
html_title = f"flat_api {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = ["offline.js"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_sphinx = False
pygments_style = "friendly"
pygments_dark_style = "monokai"


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", add_navigation)


def add_navigation(app: Sphinx, page: str, source: list[str]) -> None:
    """Give the pages their place in the navigation, so that the files themselves stay plain Markdown."""
    apis = sorted(path.stem for path in FOLDER.glob("*Api.md"))
    if page == "index":
        guides = [f"guides/{name}" for name in GUIDES]
        source[0] += _toctree("Guides", guides) + _toctree("Reference", ["api", *apis, "guides/models"])
    elif "/" not in page and page not in {"api", *apis}:
        # Models are found by links and search; all of them in every page's navigation would be a wall of names.
        source[0] = "---\norphan: true\n---\n" + source[0]


def _toctree(caption: str, pages: list[str]) -> str:
    lines = "\n".join(pages)
    return f"\n```{{toctree}}\n:hidden:\n:titlesonly:\n:caption: {caption}\n\n{lines}\n```\n"
