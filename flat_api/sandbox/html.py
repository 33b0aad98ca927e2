"""Pages for people, rendered from templates."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from flat_api.sandbox.call import Answer

if TYPE_CHECKING:
    from jinja2 import Environment

# Nothing from elsewhere and no script is wanted on a page.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


@cache
def _environment() -> Environment:
    # Only who opens a page pays for the import.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("flat_api.sandbox"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )


def page(template: str, status: int = 200, **values: Any) -> Answer:
    """A page from a template of this package."""
    text = _environment().get_template(template).render(values)
    return Answer(status, text.encode(), "text/html; charset=utf-8", _HEADERS)
