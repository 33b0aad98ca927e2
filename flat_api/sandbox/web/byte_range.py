"""The part of a file that a player asks for with the header Range."""

from __future__ import annotations

import re

from flat_api.sandbox.call import Answer

_ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def partial(answer: Answer, wanted: str | None) -> Answer:
    """The answer with the bytes of the header alone; whole for no header or one that is not understood."""
    content = answer.body()
    size = len(content)
    headers = {**answer.headers, "Accept-Ranges": "bytes"}
    whole = Answer(answer.status, content, answer.media_type, headers)
    found = _ONE_RANGE.fullmatch(wanted or "")
    if found is None or not (found[1] or found[2]):
        return whole
    # Without a first byte, the number is that of the last bytes.
    first = int(found[1]) if found[1] else max(size - int(found[2]), 0)
    last = min(int(found[2]), size - 1) if found[1] and found[2] else size - 1
    if first > last and first < size:
        return whole
    if first >= size:
        return Answer(416, b"", answer.media_type, {**headers, "Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return Answer(206, content[first : last + 1], answer.media_type, headers)
