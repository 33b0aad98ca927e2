"""Prose of the contract as text inside Python strings and Markdown tables: wrapped, indented, escaped."""

from __future__ import annotations

import re
import textwrap

WIDTH = 110
CODE_WIDTH = 118


def inert(text: str) -> str:
    """Text that cannot end a triple-quoted string or start an escape in it."""
    return text.replace("\\", "\\\\").replace('"""', "'''")


def wrap(text: str, indent: int, *, first: str = "", hang: int = 0) -> str:
    """Wrap prose, keeping its paragraphs, list items and code blocks apart.

    Args:
        text: Markdown of the contract.
        indent: Spaces before every line.
        first: What stands before the text on its first line, such as `name: `.
        hang: Additional spaces before the lines after the first.
    """
    lines: list[str] = []
    for block in _blocks(first + inert(text.strip())):
        margin = " " * (indent + (hang if lines else 0))
        if block.startswith(("```", "    ", "|")):
            lines += [(margin + line).rstrip() for line in block.splitlines()]
            continue
        bullet = re.match(r"(?:[-*]|\d+\.) +", block)
        lines += textwrap.wrap(
            " ".join(block.split()),
            WIDTH,
            initial_indent=margin,
            subsequent_indent=" " * (indent + hang) + " " * (bullet.end() if bullet else 0),
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]
    return "\n".join(lines)


def _blocks(text: str) -> list[str]:
    """Paragraphs, list items and code blocks; an empty string stands for a blank line."""
    blocks: list[str] = []
    fenced = False
    for line in text.splitlines():
        mark = line.lstrip().startswith("```")
        if fenced or (mark and not fenced):
            if mark and not fenced:
                blocks.append(line)
            else:
                blocks[-1] += "\n" + line
            fenced = fenced != mark
        elif not line.strip():
            if blocks and blocks[-1]:
                blocks.append("")
        elif not blocks or not blocks[-1] or re.match(r"\s*(?:[-*]|\d+\.) ", line) or blocks[-1].startswith("```"):
            blocks.append(line.strip())
        else:
            blocks[-1] += " " + line.strip()
    return blocks


def doc_literal(text: str, indent: int) -> str:
    """A docstring statement, on one line where it fits."""
    margin = " " * indent
    body = wrap(text, 0)
    if "\n" not in body and indent + len(body) + 6 <= WIDTH and not body.endswith('"'):
        return f'{margin}"""{body}"""'
    return wrap(text, indent, first='"""') + f'\n{margin}"""'


def fill(head: str, parts: list[str], tail: str, indent: int, *, around: int = 0) -> str:
    """A call or signature on one line, or with its arguments packed into as few lines as they need.

    Args:
        head: Up to and with the opening bracket.
        parts: Arguments without commas between them.
        tail: From the closing bracket on.
        indent: Columns before the head, which gets none itself.
        around: Columns that will stand around the whole on its line.
    """
    flat = f"{head}{', '.join(parts)}{tail}"
    if indent + around + len(flat) <= CODE_WIDTH:
        return flat
    margin = " " * (indent + 4)
    lines = [margin]
    for part in _breakable(parts, CODE_WIDTH - len(margin) - 1):
        if lines[-1] != margin and len(lines[-1]) + len(part) + 2 > CODE_WIDTH:
            lines[-1] = lines[-1].rstrip()
            lines.append(margin)
        lines[-1] += f"{part}, "
    return "\n".join([head, *lines]).rstrip() + f"\n{' ' * indent}{tail}"


def _breakable(parts: list[str], room: int) -> list[str]:
    """The parts, those that no line can hold broken at their own commas."""
    return [piece for part in parts for piece in (part.split(", ") if len(part) > room else [part])]


def grouped(opening: str, parts: list[str], closing: str) -> list[str]:
    """The items of a tuple inside an argument list, so that `fill` may break between them."""
    if len(parts) == 1:
        return [f"{opening}{parts[0]},{closing}"]
    return [opening + parts[0], *parts[1:-1], parts[-1] + closing]


def one_line(text: str) -> str:
    """The text without line breaks; items of a list are joined with semicolons."""
    blocks: list[str] = []
    in_list = False
    for block in filter(None, _blocks(text)):
        is_item = block.startswith(("- ", "* "))
        if is_item and in_list:
            blocks[-1] += ";"
        blocks.append(block[2:] if is_item else block)
        in_list = is_item
    return " ".join(" ".join(blocks).split())


def cell(text: str) -> str:
    """Text for a cell of a Markdown table."""
    return one_line(text).replace("|", "\\|")


def sentence(text: str) -> str:
    """The first sentence, with its period."""
    found = re.match(r".*?[.!?](?=\s|$)", one_line(text))
    return found[0] if found else one_line(text)
