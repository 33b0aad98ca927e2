"""Templates to HTML; everything that is not markup of a template is escaped."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from flat_api.sandbox.web.visit import Context
from flat_api.sandbox.web.words import FILTERS

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_environment.filters.update(FILTERS)


def render(template: str, context: Context) -> bytes:
    """The HTML page that a template makes of its context."""
    return _environment.get_template(template).render(context).encode()
