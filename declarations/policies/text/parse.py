"""Markdown as tokens, within limits: the one place that knows how markdown-it is set up.

A text that is signed may not lose a word, so whatever the parser would drop or could not
finish (too deep, too long, too many pieces) is refused with a sentence instead.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from declarations.common.errors import UnreadableFileError, gettext_noop
from declarations.policies.text import plain

SENTENCES: Final[Mapping[str, str]] = {
    "too_big": gettext_noop("The file is too big: %(size)s bytes, and at most %(limit)s are possible. Is it really a text file?"),
    "not_text": gettext_noop(
        "This is a %(kind)s, not a text file. Save its text as a plain text file (UTF-8), "
        "with Markdown for headings and lists, and try again."
    ),
    "not_utf8": gettext_noop("The file is not UTF-8 text: byte %(byte)s does not belong there. Save it as UTF-8 and try again."),
    "empty": gettext_noop("There is no text in it. Write at least one sentence and try again."),
    "control": gettext_noop("Line %(line)s holds a control character (%(character)s), which a text cannot have. Delete it and try again."),
    "too_deep": gettext_noop("Lists or quotations are nested too deeply near line %(line)s: at most %(limit)s levels are possible."),
    "too_long": gettext_noop(
        "The paragraph at line %(line)s is too long: at most %(limit)s characters are possible. Put an empty line between its paragraphs."
    ),
    "too_many_marks": gettext_noop(
        "Near line %(line)s there are too many Markdown marks (such as * _ [ or quotation marks) to make sense of."
    ),
    "too_many_blocks": gettext_noop(
        "The text has too many lines, paragraphs, list items or table cells (near line %(line)s) to be shown. Make it shorter."
    ),
}


def unreadable(code: str, **params: str | int) -> UnreadableFileError:
    """The error with its sentence; numbers are written as people do: 1,048,576."""
    return UnreadableFileError(
        code, SENTENCES[code], **{name: f"{fact:,}" if isinstance(fact, int) else fact for name, fact in params.items()}
    )


# Generous for any policy, small enough that no text takes more than seconds.
# A long paragraph and many marks in it are where an inline parser turns quadratic.
MAX_LEVEL: Final = 20
MAX_LINES: Final = 50_000
MAX_BLOCK_TOKENS: Final = 100_000
MAX_PARAGRAPH: Final = 10_000
MAX_MARKS_IN_PARAGRAPH: Final = 1_000
MAX_MARKS: Final = 50_000

_MARKS = re.compile(r"""[*_\[\]()<>`~!&"'\\]""")
_KEY = re.compile(r"\{#([A-Za-z][A-Za-z0-9_-]{0,59})\}\Z")
_EM_DASH = re.compile(r"(?<!-)---(?!-)")
_EN_DASH = re.compile(r"(?:(?<=\s)|^)--(?=\s|$)|(?<=[^-\s])--(?=[^-\s])", re.MULTILINE)
_ELLIPSIS = re.compile(r"(?<!\.)\.{3}(?!\.)")
_SAFE_LINK = re.compile(r"(?:https?://|mailto:|tel:)[^\s]", re.IGNORECASE)


def parse(source: str, references: dict[str, Mapping[str, object]] | None = None) -> list[Token]:
    """The tokens of a Markdown text, with safe links, no images, and typographic quotes and dashes.

    `references` receives the link definitions (`[label]: address`) by normalised label.
    A heading's `{#key}` is taken out of its text and kept in the `meta` of its opening token.
    Raises UnreadableFileError where something would be lost or would take too long.
    """
    env: dict[str, dict[str, Mapping[str, object]]] = {}
    if references is not None:
        env["references"] = references
    text = unix_lines(source)
    if text.count("\n") > MAX_LINES:
        raise unreadable("too_many_blocks", line=MAX_LINES)
    try:
        return _MARKDOWN.parse(text, env)
    except RecursionError:
        raise unreadable("too_many_marks", line=1) from None


def unix_lines(source: str) -> str:
    """The text with LF line ends, however it was typed."""
    return source.replace("\r\n", "\n").replace("\r", "\n")


def render(tokens: Sequence[Token]) -> str:
    """Tokens as HTML, not yet sanitised."""
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def _guard(state: StateBlock, start: int, _end: int, silent: bool) -> bool:  # noqa: FBT001  # the signature is markdown-it's
    """Refuse before markdown-it would silently drop what is nested too deeply, or fill memory."""
    if silent:
        return False
    line = start + 1
    if state.level > MAX_LEVEL:
        raise unreadable("too_deep", line=line, limit=MAX_LEVEL // 2)
    if len(state.tokens) > MAX_BLOCK_TOKENS:
        raise unreadable("too_many_blocks", line=line)
    return False


def _measure(state: StateCore) -> None:
    """Refuse paragraphs that the inline rules would take too long over; take out heading keys."""
    if len(state.tokens) > MAX_BLOCK_TOKENS:  # one table is one step for `_guard`
        raise unreadable("too_many_blocks", line=(state.tokens[MAX_BLOCK_TOKENS].map or [0])[0] + 1)
    marks = 0
    for before, token in zip([None, *state.tokens], state.tokens, strict=False):
        if token.type != "inline":
            continue
        line = (token.map or [0])[0] + 1
        if len(token.content) > MAX_PARAGRAPH:
            raise unreadable("too_long", line=line, limit=MAX_PARAGRAPH)
        here = len(_MARKS.findall(token.content))
        marks += here
        if here > MAX_MARKS_IN_PARAGRAPH or marks > MAX_MARKS:
            raise unreadable("too_many_marks", line=line)
        if before is not None and before.type == "heading_open":
            key = _KEY.search(token.content)
            if key:
                before.meta["key"] = key[1].lower()
                token.content = token.content[: key.start()].rstrip()


def _dashes(state: StateCore) -> None:
    """Dashes and ellipses; not markdown-it's own rule, which turns the item "(c)" into a ©."""
    for block in state.tokens:
        autolink = False
        for token in block.children or []:
            if token.type in ("link_open", "link_close") and token.info == "auto":
                autolink = token.type == "link_open"
            elif token.type == "text" and not autolink:
                text = _EM_DASH.sub("—", token.content)
                text = _EN_DASH.sub("–", text)
                token.content = _ELLIPSIS.sub("…", text)


def _disarm(state: StateCore) -> None:
    """Images become their words, and links that lead elsewhere than web, mail or telephone too."""
    for block in state.tokens:
        if block.children is not None:
            block.children = list(_disarmed(block.children))


def _disarmed(children: Sequence[Token]) -> Iterator[Token]:
    safe: list[bool] = []
    for token in children:
        if token.type == "link_open":
            safe.append(_SAFE_LINK.match(str(token.attrs.get("href", ""))) is not None)
        if token.type == "image":
            yield Token("text", "", 0, content=plain.of_inline([token]), level=token.level)
        elif token.type not in ("link_open", "link_close") or safe[-1]:
            yield token
        if token.type == "link_close":
            safe.pop()


def _set_up() -> MarkdownIt:
    markdown = MarkdownIt("js-default", {"typographer": True, "maxNesting": 2 * MAX_LEVEL})
    markdown.block.ruler.before("table", "guard", _guard)
    markdown.core.ruler.before("inline", "measure", _measure)
    markdown.core.ruler.at("replacements", _dashes)
    markdown.core.ruler.push("disarm", _disarm)
    return markdown


_MARKDOWN: Final = _set_up()
