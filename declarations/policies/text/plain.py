"""Tokens in plain words: for comparing, for e-mail, for titles."""

import re
from collections.abc import Sequence

from markdown_it.token import Token

_LISTS_OPEN = ("bullet_list_open", "ordered_list_open")
_LISTS_CLOSE = ("bullet_list_close", "ordered_list_close")


def of_blocks(tokens: Sequence[Token]) -> str:
    """Blocks apart by an empty line, list items with their mark; the tokens need not be balanced."""
    blocks: list[str] = []
    numbers: list[int | None] = []
    row: list[str] = []
    mark = ""
    for token in tokens:
        if token.type in _LISTS_OPEN:
            numbers.append(int(token.attrs.get("start", 1)) if token.tag == "ol" else None)
        elif token.type in _LISTS_CLOSE and numbers:
            numbers.pop()
        elif token.type == "list_item_open":
            mark = _mark(numbers)
        elif token.tag in ("th", "td") and token.nesting == -1:
            row.append(blocks.pop())
        elif token.type == "tr_close":
            blocks.append(" | ".join(row))
            row = []
        elif token.type in ("inline", "fence", "code_block"):
            words = of_inline(token.children or []) if token.type == "inline" else token.content.strip("\n")
            blocks.append(mark + words if words else "")
            mark = "" if words else mark
    return "\n\n".join(block for block in blocks if block)


def of_inline(children: Sequence[Token]) -> str:
    """The words of one paragraph; a link is followed by its address unless it reads like it."""
    words: list[str] = []
    links: list[tuple[int, str]] = []
    for child in children:
        if child.type == "link_open":
            links.append((len(words), re.sub(r"\A(?:mailto|tel):", "", str(child.attrs["href"]))))
        elif child.type == "link_close":
            start, address = links.pop()
            if address not in "".join(words[start:]):
                words.append(f" ({address})")
        elif child.type == "image":
            words.append(of_inline(child.children or []))
        elif child.type in ("softbreak", "hardbreak"):
            words.append(" " if child.type == "softbreak" else "\n")
        else:
            words.append(child.content)
    return "".join(words).strip()


def _mark(numbers: list[int | None]) -> str:
    number = numbers[-1] if numbers else None
    if number is None:
        return "- "
    numbers[-1] = number + 1
    return f"{number}. "
