"""What changed from one text to another: section by section, paragraph by paragraph, and word by word within one that was reworded.

Sections meet by their keys, else by their titles; paragraphs and words by `difflib`. White space, and how quotation marks and
dashes are written, are no change.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from declarations.policies.text import plain, sections
from declarations.policies.text.clauses import CLAUSE_KEY
from declarations.policies.text.parse import parse

# A published text never changes, and everybody who signs again reads the same few comparisons.
REMEMBERED: Final = 32
# difflib is quadratic at its worst: where two sides hold more pairs, the one is shown as removed and the other as added.
MOST_PAIRS: Final = 160_000
MOST_PAIRS_IN_ALL: Final = 2_000_000
COST_OF_LIKENESS: Final = 100  # of two points, in pairs of words
ALIKE: Final = 0.5  # the share of words that a point keeps when it is reworded …
SAME_KEY: Final = 0.35  # … and what the same key counts
# Below this share of kept words, marks between words are harder to read than the two paragraphs, one after the other.
LEAST_KEPT: Final = 0.3

_ONE_WAY: Final = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—−", "-"),
        "…": "...",
        **dict.fromkeys("\u00ad\u200b\u2060\ufeff", ""),
    }
)
_WORD: Final = re.compile(r"(?:\w+(?:['’‐‑-]\w+)*|[^\w\s])\s*")


class Kind(StrEnum):
    """What happened to some words, to a paragraph, to a section."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    REWORDED = "reworded"


class Part(NamedTuple):
    """A section and its paragraphs, list items, smaller headings, rows of tables: what a person would call one point."""

    key: str
    title: str
    points: Sequence[str]


class Span(NamedTuple):
    """Some words of a point that was reworded, with the space after them."""

    kind: Kind
    text: str


class Change(NamedTuple):
    """One point, as it was and as it is; `spans` are the words of one that was reworded."""

    kind: Kind
    old: str
    new: str
    spans: Sequence[Span] = ()


@dataclass(frozen=True, slots=True)
class SectionChange:
    """A section as it is now, or, if it is gone, as it was: `kind` is SAME, ADDED or REMOVED.

    `key` is "" of one that is gone; `old_title` is set if it had another one; `every` holds the points that are the same, too.
    """

    kind: Kind
    key: str
    title: str
    every: Sequence[Change]
    old_title: str = ""
    is_moved: bool = False

    @property
    def changes(self) -> list[Change]:
        return [change for change in self.every if change.kind != Kind.SAME]


@dataclass(frozen=True, slots=True)
class Changes:
    """Every section of both texts, in the order of the new one."""

    every: tuple[SectionChange, ...]

    @property
    def sections(self) -> list[SectionChange]:
        """Those in which a reader would notice something."""
        return [section for section in self.every if section.kind != Kind.SAME or section.old_title or section.is_moved or section.changes]

    def __bool__(self) -> bool:
        return bool(self.sections)

    def counts(self) -> dict[Kind, int]:
        """How many points were added, removed, reworded: `{Kind.REWORDED: 2}`."""
        counted = Counter(change.kind for section in self.every for change in section.changes)
        return {kind: counted[kind] for kind in Kind if counted[kind]}


@dataclass(slots=True)
class _Work:
    """What is left of the work that one comparison may take, in pairs of things to compare."""

    pairs: int = MOST_PAIRS_IN_ALL

    def allows(self, olds: int, news: int) -> bool:
        if olds * news > min(self.pairs, MOST_PAIRS):
            return False
        self.pairs -= olds * news
        return True


@lru_cache(maxsize=REMEMBERED)
def compare(old: str, new: str) -> Changes:
    """What changed from one Markdown text to another; empty (false) if a reader would notice nothing."""
    return _compared(parts_of(old), parts_of(new))


def compare_sentences(title: str, old: Sequence[str], new: Sequence[str]) -> Changes:
    """The same for sentences that are no Markdown, under one title: what is ticked and agreed to."""
    return _compared([Part("sentences", title, old)], [Part("sentences", title, new)])


def parts_of(source: str) -> list[Part]:
    """A text taken apart: every word that people read is in one of its points or titles."""
    parts = []
    for section in sections.sections(source):
        # Without the marks of lists, which would number every item that follows anew.
        tokens = [token for token in parse(section.body) if token.type != "list_item_open"]
        for struck_out in (child for token in tokens for child in token.children or [] if child.tag == "s"):
            struck_out.content = "~~"  # it is still read, and to strike a rule out is to change it
        blocks = plain.of_blocks(tokens).split("\n\n")
        parts.append(Part(section.key, section.title, [block for block in blocks if block.strip(" |")]))
    return parts


def _compared(old: Sequence[Part], new: Sequence[Part]) -> Changes:
    partners, work = _partners(old, new), _Work()
    gone = [place for place in range(len(old)) if place not in partners.values()]
    every: list[SectionChange] = []
    furthest = -1
    for place, part in enumerate(new):
        before = partners.get(place, -1)
        every += [_removed(old[gone.pop(0)]) for _place in gone[:] if gone[0] < before]
        points = tuple(_changes(old[before].points if before >= 0 else (), part.points, work))
        if before < 0:
            every.append(SectionChange(Kind.ADDED, part.key, part.title, points))
            continue
        old_title = "" if folded(old[before].title) == folded(part.title) else old[before].title
        every.append(SectionChange(Kind.SAME, part.key, part.title, points, old_title, is_moved=before < furthest))
        furthest = max(furthest, before)
    return Changes((*every, *(_removed(old[place]) for place in gone)))


def _removed(part: Part) -> SectionChange:
    return SectionChange(Kind.REMOVED, "", part.title, tuple(Change(Kind.REMOVED, point, "") for point in part.points))


def _partners(old: Sequence[Part], new: Sequence[Part]) -> dict[int, int]:
    """New section → old one: with the same key, else with the same title."""
    partners: dict[int, int] = {}
    same: Callable[[Part], str]
    for same in (lambda part: part.key, lambda part: folded(part.title).casefold()):
        free = {same(part): place for place, part in reversed(list(enumerate(old))) if place not in set(partners.values())}
        for place, part in enumerate(new):
            if place not in partners and same(part) in free:
                partners[place] = free.pop(same(part))
    return partners


def _changes(old: Sequence[str], new: Sequence[str], work: _Work) -> Iterator[Change]:
    """Every point of a section, as it was and as it is, in the new order."""
    for is_kept, olds, news in _runs(old, new, work):
        for before, after in zip(olds, news, strict=True) if is_kept else _paired(olds, news, work):
            if is_kept:
                yield Change(Kind.SAME, before, after)
            elif before and after:
                yield Change(Kind.REWORDED, before, after, spans(before, after, work))
            else:
                yield Change(Kind.REMOVED if before else Kind.ADDED, before, after)


def _paired(old: Sequence[str], new: Sequence[str], work: _Work) -> Iterator[tuple[str, str]]:
    """Points that changed, in order: each with the one that is most like it, above all if that has its key (M3, say)."""
    rest = list(new)
    is_allowed = work.allows(len(old), len(new) * COST_OF_LIKENESS)
    for before in old:
        scores = [(likeness(before, after), -place) for place, after in enumerate(rest)] if is_allowed else []
        score, place = max(scores, default=(0.0, 0))
        if score < ALIKE:
            yield before, ""
            continue
        yield from (("", after) for after in rest[:-place])
        yield before, rest[-place]
        del rest[: 1 - place]
    yield from (("", after) for after in rest)


def _runs(old: Sequence[str], new: Sequence[str], work: _Work) -> Iterator[tuple[bool, Sequence[str], Sequence[str]]]:
    """Runs of both that are the same, and that are not, in turn; all of it not, if to find out would take too long."""
    before, after = [folded(text) for text in old], [folded(text) for text in new]
    most = min(len(old), len(new))
    head = next((place for place in range(most) if before[place] != after[place]), most)
    tail = next((place for place in range(most - head) if before[-1 - place] != after[-1 - place]), most - head)
    ends_old, ends_new = len(old) - tail, len(new) - tail
    yield True, old[:head], new[:head]
    if work.allows(ends_old - head, ends_new - head):
        matcher = SequenceMatcher(None, before[head:ends_old], after[head:ends_new], autojunk=False)
        for tag, a1, a2, b1, b2 in matcher.get_opcodes():
            yield tag == "equal", old[head + a1 : head + a2], new[head + b1 : head + b2]
    else:
        yield False, old[head:ends_old], new[head:ends_new]
    yield True, old[ends_old:], new[ends_new:]


def folded(text: str) -> str:
    """The text with every kind of space, quotation mark and dash written one way: equal means *the same words*."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_ONE_WAY).split())


def likeness(old: str, new: str) -> float:
    """The share of words that two points have in common (Dice: 0 to 1); more if they have the same key."""
    words, others = (folded(text).casefold().split() for text in (old, new))
    shared = 2 * (Counter(words) & Counter(others)).total() / max(len(words) + len(others), 1)
    key = CLAUSE_KEY.match(old)
    return shared + SAME_KEY * (key is not None and new.split()[:1] == [key[0]])


def spans(old: str, new: str, work: _Work) -> tuple[Span, ...]:
    """The new words among the old ones: those kept and removed are all of `old`, those kept and added all of `new`."""
    before, after = _WORD.findall(old.strip()), _WORD.findall(new.strip())
    runs = [run for run in _runs(before, after, work) if run[1] or run[2]]
    if sum(len(olds) for is_kept, olds, _ in runs if is_kept) < LEAST_KEPT * max(len(before), len(after)):
        runs = [(False, before, after)]
    spans: list[Span] = []
    for is_kept, olds, news in runs:
        removed, added = "".join(olds), "".join(news)
        if is_kept:  # apart, if they were apart in the old text
            spans.append(Span(Kind.SAME, added if added[-1:].isspace() or not removed[-1:].isspace() else f"{added} "))
        else:  # what takes a word's place stands apart from it
            spans += [Span(Kind.REMOVED, f"{removed.rstrip()} " if added else removed), Span(Kind.ADDED, added)]
    return tuple(span for span in spans if span.text.strip())
