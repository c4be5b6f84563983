"""A text taken apart to be compared: its sections, and in each its clauses in plain words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from declarations.policies.text import clauses as clause_rules
from declarations.policies.text import plain, sections
from declarations.policies.text.parse import parse


@dataclass(frozen=True, slots=True)
class Clause:
    """A paragraph, a list item, a smaller heading, a row of a table: what a person would call one point.

    `section` and `place` say where it stands, from 0; `key` is M3, say, or "".
    """

    section: int
    place: int
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """A section and its clauses."""

    key: str
    title: str
    clauses: tuple[Clause, ...]


def parts_of(source: str) -> list[Part]:
    """Every word that people read of a text is in one of its clauses or titles."""
    found = []
    for number, section in enumerate(sections.sections(source)):
        said = enumerate(_said(parse(section.body)))
        found.append(Part(section.key, section.title, tuple(Clause(number, place, key, text) for place, (key, text) in said)))
    return found


def part_of(key: str, title: str, sentences: Sequence[str]) -> Part:
    """Sentences that are no Markdown as one section: the statement and the confirmations."""
    return Part(key, title, tuple(Clause(0, place, "", sentence) for place, sentence in enumerate(sentences)))


def _said(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Key and words of each clause."""
    keys = clause_rules.starts(tokens)
    row: list[str] = []
    for index, token in enumerate(tokens):
        if token.type in ("fence", "code_block"):
            text, key = token.content.strip("\n"), ""
        elif token.type == "tr_close":
            text, key, row = " | ".join(row), "", []
        elif token.type != "inline":
            continue
        elif tokens[index - 1].tag in ("th", "td"):
            row.append(_words(token))
            continue
        else:
            key = keys.get(index - 1, "") or keys.get(index - 2, "")
            text = _words(token)
            if key:
                text = text.removeprefix(key).lstrip(".: \u00a0")
        if key or text.strip(" |"):
            yield key, text


def _words(inline: Token) -> str:
    """The words of a paragraph. What is struck out is still read, so it is marked: to strike a rule out is to change it."""
    marked = [Token("text", "", 0, content="~~") if child.tag == "s" else child for child in inline.children or []]
    return plain.of_inline(marked)
