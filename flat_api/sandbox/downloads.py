"""Files behind addresses that need no token: whoever knows the address can fetch the file."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence

from flat_api.sandbox import exports
from flat_api.sandbox.call import Answer, Call
from flat_api.sandbox.errors import ApiError, not_found
from flat_api.sandbox.music import Engraver
from flat_api.sandbox.store import Document, Store

PREFIX = "/files/"


def address(
    call: Call, score: Document, revision: Document, form: str, parts: Sequence[str], content: bytes | None = None
) -> str:
    """The address of an export; the same one for the same export. Needs a transaction.

    Without `content` the file is made when it is fetched.
    """
    order = {"revision": revision["id"], "format": form, "parts": list(parts), "ready": content is not None}
    known = [one for one in call.store.children("download", revision["id"]) if one.items() >= order.items()]
    if known:
        download = known[0]
    else:
        download = {"id": secrets.token_hex(16), **order}
        call.store.insert("download", download, parent=revision["id"], data=content)
    return f"{call.site_url}{PREFIX}{download['id']}/{_filename(score['title'], form)}"


def _filename(title: str, form: str) -> str:
    words = re.findall(r"[a-z0-9]+", title.lower())
    return f"{'-'.join(words)[:80] or 'score'}.{exports.EXTENSIONS[form]}"


def fetch(store: Store, engraver: Engraver, method: str, raw_path: str) -> Answer:
    """The answer to a request of such an address. Raises ApiError 404, 405 or 422."""
    if method not in ("GET", "HEAD"):
        raise ApiError(405, "METHOD_NOT_ALLOWED", "A file can only be fetched.", headers={"Allow": "GET, HEAD"})
    identifier, _, filename = raw_path.removeprefix(PREFIX).partition("/")
    download = store.get("download", identifier)
    revision = store.get("revision", download["revision"]) if download else None
    if download is None or revision is None:
        raise not_found("file", identifier)
    form = download["format"]
    if download["ready"]:
        content = store.data("download", identifier)
    else:
        content = exports.export(store, engraver, revision, form, download["parts"])
    # The name in the address is only for people: anything may stand there.
    name = filename if re.fullmatch(r"[a-z0-9.-]+", filename) else f"score.{exports.EXTENSIONS[form]}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Answer(content=content, media_type=exports.MEDIA_TYPES[form], headers=headers)
