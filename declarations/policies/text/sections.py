"""A school's Markdown as sections, safe HTML and plain text."""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from typing import Final

import nh3
from markdown_it.token import Token

from declarations.common.errors import gettext_noop
from declarations.policies.text import clauses as clause_rules
from declarations.policies.text import plain as words
from declarations.policies.text.parse import parse, render, unix_lines

INTRODUCTION: Final = gettext_noop("Introduction")
KEY_LENGTH: Final = 60
# A published text never changes, and everybody reads the same few.
REMEMBERED: Final = 128

_SAFE = nh3.Cleaner(
    tags={
        *("p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre"),
        *("strong", "em", "s", "code", "a", "table", "thead", "tbody", "tr", "th", "td"),
    },
    clean_content_tags=set(),
    attributes={"a": {"href", "title"}, "ol": {"start"}, "li": {"id"}, "p": {"id"}, "th": {"scope"}},
    allowed_classes={"table": {"table"}, "th": {"text-center", "text-end"}, "td": {"text-center", "text-end"}},
    url_schemes={"http", "https", "mailto", "tel"},
    url_relative="deny",
    link_rel="noopener noreferrer",
)
_ALIGNED: Final = {"text-align:center": "text-center", "text-align:right": "text-end"}


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a text that is read in one go: its title in plain words, its body in Markdown without the heading."""

    key: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class _Heading:
    level: int
    title: str
    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Outline:
    """Where the headings are: the document's title, if it has one, and those that begin a section."""

    lines: list[str]
    title: _Heading | None
    starts: list[_Heading]
    references: Mapping[str, Mapping[str, object]]


def title_of(source: str) -> str | None:
    """The title in plain words: the first heading, if it is the only one of the highest level."""
    title = _outline(source).title
    return title.title if title else None


def sections(source: str) -> list[Section]:
    """The text split at its headings, at least one section, no word lost; keys are unique and fit for an address.

    The first heading is the title if it is the only one of level 1. The highest level that remains begins sections,
    deeper headings stay inside. What stands before the first section is "Introduction"; a text without sections is
    one, named after the document.
    """
    return list(_sections(source))


@lru_cache(maxsize=REMEMBERED)
def _sections(source: str) -> tuple[Section, ...]:
    outline = _outline(source)
    lines, title, starts = outline.lines, outline.title, outline.starts
    first = starts[0].start if starts else len(lines)
    before = _body([*lines[: title.start], *lines[title.end : first]] if title else lines[:first])
    parts: list[tuple[str, str, str]] = []
    if not starts:
        parts.append(("introduction", title.title if title else INTRODUCTION, before))
    elif plain(before):
        parts.append(("introduction", INTRODUCTION, before))
    for heading, following in zip_longest(starts, starts[1:]):
        end = following.start if following else len(lines)
        parts.append((heading.key, heading.title, _body(lines[heading.end : end])))
    keys = _unique([key or _slug(name) for key, name, _ in parts], reserved={heading.key for heading in starts})
    return tuple(Section(key, name, _with_references(body, outline)) for key, (_, name, body) in zip(keys, parts, strict=True))


def html(source: str, *, heading_base: int = 2) -> str:
    """Safe HTML, the same for screen and paper; nothing in it runs, is fetched, or styles itself.

    HTML in the source is shown as text. The headings begin one below `heading_base`, that of the title around them,
    and skip no level. A clause can be linked to: `#clause-M3`.
    """
    return _html(source, heading_base)


@lru_cache(maxsize=REMEMBERED)
def _html(source: str, heading_base: int) -> str:
    tokens = _without_empty_headings(parse(source))
    levels: list[int] = []
    for token in tokens:
        if token.type == "heading_open":
            while levels and levels[-1] >= int(token.tag[1:]):
                levels.pop()
            levels.append(int(token.tag[1:]))
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(heading_base + len(levels), 6)}"
        elif token.type in ("th_open", "td_open", "table_open"):
            token.attrs = _table_attributes(token)
    starts = clause_rules.starts(tokens)
    for index, name in zip(starts, _unique(list(starts.values()), reserved=set()), strict=True):
        tokens[index].attrs["id"] = f"clause-{name}"
    return _SAFE.clean(render(tokens))


def plain(source: str) -> str:
    """The text in plain words, paragraphs apart by an empty line; a link is followed by its address."""
    return words.of_blocks(parse(source))


def _outline(source: str) -> _Outline:
    references: dict[str, Mapping[str, object]] = {}
    tokens = parse(source, references)
    headings: list[_Heading] = []
    for index, token in enumerate(tokens):
        if token.type == "heading_open" and token.level == 0 and token.map:
            name = words.of_blocks(tokens[index : index + 2]).replace("\n", " ")
            if name:
                key = str(token.meta.get("key", ""))
                headings.append(_Heading(int(token.tag[1:]), name, key, token.map[0], token.map[1]))
    title = headings[0] if headings and [h.level for h in headings].count(1) == 1 == headings[0].level else None
    rest = headings[1:] if title else headings
    highest = min((heading.level for heading in rest), default=0)
    starts = [heading for heading in rest if heading.level == highest]
    return _Outline(unix_lines(source).split("\n"), title, starts, references)


def _body(lines: Sequence[str]) -> str:
    return "\n".join(lines).strip("\n")


def _with_references(body: str, outline: _Outline) -> str:
    """A link's definition may stand in another section: it comes along, or the link would be lost."""
    if not outline.references:
        return body
    own: dict[str, Mapping[str, object]] = {}
    parse(body, own)
    used = {" ".join(label.split()).casefold() for label in re.findall(r"\[([^\[\]]+)\]", body)}
    missing = []
    for label, definition in outline.references.items():
        where = definition.get("map")
        if label not in own and label.casefold() in used and isinstance(where, list):
            missing += outline.lines[where[0] : where[1]]
    return "\n".join([body, "", *missing]) if missing else body


def _slug(title: str) -> str:
    """A stable key of a title, ASCII; one of a title without any ASCII is a fingerprint of it."""
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower().replace("'", "")
    slug = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:KEY_LENGTH].strip("-")
    return slug or "section-" + hashlib.sha256(title.encode()).hexdigest()[:8]


def _unique(keys: Sequence[str], *, reserved: Collection[str]) -> list[str]:
    """The keys in order, `-2`, `-3` … added to those that are taken; a reserved one is for who wrote it out."""
    taken: set[str] = set()
    counts: dict[str, int] = {}
    unique = []
    for key in keys:
        candidate = key
        while candidate in taken or (candidate != key and candidate in reserved):
            counts[key] = counts.get(key, 1) + 1
            candidate = f"{key}-{counts[key]}"
        taken.add(candidate)
        unique.append(candidate)
    return unique


def _without_empty_headings(tokens: Sequence[Token]) -> list[Token]:
    """A heading without words is a trap for screen readers."""
    empty = {index for index, token in enumerate(tokens) if token.type == "heading_open" and not words.of_blocks(tokens[index : index + 2])}
    return [token for index, token in enumerate(tokens) if not empty & {index, index - 1, index - 2}]


def _table_attributes(token: Token) -> dict[str, str | int | float]:
    aligned = _ALIGNED.get(str(token.attrs.get("style", "")), "")
    attributes: dict[str, str | int | float] = {"class": "table" if token.tag == "table" else aligned}
    if token.tag == "th":
        attributes["scope"] = "col"
    return {name: value for name, value in attributes.items() if value}
