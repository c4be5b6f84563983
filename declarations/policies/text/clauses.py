"""Clauses: list items and paragraphs that begin with a bold key, such as **M3**."""

import re
from collections.abc import Sequence
from typing import Final

from markdown_it.token import Token

CLAUSE_KEY: Final = re.compile(r"[A-Z]{1,4}\d{1,3}")

_LISTS = ("bullet_list_open", "ordered_list_open", "bullet_list_close", "ordered_list_close")


def starts(tokens: Sequence[Token]) -> dict[int, str]:
    """Index of the opening token of each clause, and its key. A quotation quotes; it makes no clause here."""
    keys: dict[int, str] = {}
    quoted = in_list = 0
    for index, token in enumerate(tokens):
        if token.tag == "blockquote":
            quoted += token.nesting
        elif token.type in _LISTS:
            in_list += token.nesting
        elif quoted:
            continue
        elif token.type == "list_item_open" and tokens[index + 1].type == "paragraph_open":
            keys[index] = _leading_key(tokens[index + 2])
        elif token.type == "paragraph_open" and not in_list:
            keys[index] = _leading_key(tokens[index + 1])
    return {index: key for index, key in keys.items() if key}


def _leading_key(inline: Token) -> str:
    """The key in bold that a paragraph begins with, or nothing."""
    spoken = [child for child in (inline.children or [])[:4] if child.type != "text" or child.content]
    if [child.type for child in spoken[:3]] != ["strong_open", "text", "strong_close"]:
        return ""
    key = spoken[1].content.strip().rstrip(".:")
    return key if CLAUSE_KEY.fullmatch(key) else ""
