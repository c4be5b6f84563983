"""Clauses: list items and paragraphs that begin with a bold key, such as **M3**."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from markdown_it.token import Token

from declarations.policies.text import plain

CLAUSE_KEY: Final = re.compile(r"[A-Z]{1,4}\d{1,3}")

_LISTS = ("bullet_list_open", "ordered_list_open", "bullet_list_close", "ordered_list_close")


def starts(tokens: Sequence[Token]) -> dict[int, str]:
    """Index of the opening token of each clause, and its key. A quotation quotes; it makes no clause here."""
    found: dict[int, str] = {}
    quoted = in_list = 0
    for index, token in enumerate(tokens):
        if token.tag == "blockquote":
            quoted += token.nesting
        elif token.type in _LISTS:
            in_list += token.nesting
        elif quoted:
            continue
        elif token.type == "list_item_open" and tokens[index + 1].type == "paragraph_open":
            found[index] = _leading_key(tokens[index + 2])
        elif token.type == "paragraph_open" and not in_list:
            found[index] = _leading_key(tokens[index + 1])
    return {index: key for index, key in found.items() if key}


def by_key(tokens: Sequence[Token], *, outside: str) -> dict[str, str]:
    """The plain words of each clause by its key, without the key; what is in no clause is under `outside`."""
    owned: dict[str, list[Token]] = {outside: []}
    for token, owner in zip(tokens, _owners(tokens, outside), strict=True):
        owned.setdefault(owner, []).append(token)
    return {
        key: re.sub(rf"\A(?:- |\d+\. )?{key}[.:]?\s*", "", text) if key != outside else text
        for key, text in ((key, plain.of_blocks(own)) for key, own in owned.items())
    }


def _leading_key(inline: Token) -> str:
    """The key in bold that a paragraph begins with, or nothing."""
    spoken = [child for child in (inline.children or [])[:4] if child.type != "text" or child.content]
    if [child.type for child in spoken[:3]] != ["strong_open", "text", "strong_close"]:
        return ""
    key = spoken[1].content.strip().rstrip(".:")
    return key if CLAUSE_KEY.fullmatch(key) else ""


def _owners(tokens: Sequence[Token], outside: str) -> Iterator[str]:
    """For each token the key that it belongs to: that of the innermost clause around it, or before its list."""
    keys = starts(tokens)
    owners = [outside]
    for index, token in enumerate(tokens):
        if token.type == "list_item_open":
            owners.append(keys.get(index, owners[-1]))
        elif token.level == 0 and token.type in ("paragraph_open", "heading_open"):
            owners[0] = keys.get(index, outside)
        yield owners[-1]
        if token.type == "list_item_close":
            owners.pop()
