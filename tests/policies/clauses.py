"""What each clause of a text says, by its key, to look into texts by rule."""

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from declarations.policies.text import plain
from declarations.policies.text.clauses import starts
from declarations.policies.text.parse import parse
from declarations.policies.text.sections import sections


def clauses(source: str) -> dict[str, str]:
    """What each clause says, in plain words by its key, to compare versions: `{"M3": "No adult …"}`.

    A clause is a list item or a paragraph that begins with a bold key such as **M3**; it takes along what is nested
    in it, and the list or table that follows its paragraph. What is in no clause stands, after the section's title,
    under the section's key: so nothing goes uncompared. `CLAUSE_KEY` tells the two kinds of key apart.
    """
    found: dict[str, list[str]] = {}
    for section in sections(source):
        for key, said in by_key(parse(section.body), outside=section.key).items():
            found.setdefault(key, []).append(f"{section.title}\n\n{said}".strip() if key == section.key else said)
    return {key: "\n\n".join(parts) for key, parts in found.items()}


def by_key(tokens: Sequence[Token], *, outside: str) -> dict[str, str]:
    """The plain words of each clause by its key, without the key; what is in no clause is under `outside`."""
    owned: dict[str, list[Token]] = {outside: []}
    for token, owner in zip(tokens, _owners(tokens, outside), strict=True):
        owned.setdefault(owner, []).append(token)
    return {
        key: re.sub(rf"\A(?:- |\d+\. )?{key}[.:]?\s*", "", text) if key != outside else text
        for key, text in ((key, plain.of_blocks(own)) for key, own in owned.items())
    }


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
