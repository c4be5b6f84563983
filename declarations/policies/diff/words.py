"""The words of a clause: what makes two the same, how alike they are, and which words of one became which of the other."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import pairwise
from typing import Final

# How many pairs of words are looked at for one clause, and for one comparison of two texts: difflib is quadratic at its worst.
# Beyond that only the words that both begin and end with are told apart from what lies between.
MOST_PAIRS: Final = 160_000
MOST_PAIRS_IN_ALL: Final = 2_000_000
# Below this share of kept words, marks between words are harder to read than the two clauses, one after the other.
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
_WORD: Final = re.compile(r"\w+")
_TOKEN: Final = re.compile(r"(?:\w+(?:['’‐‑-]\w+)*|[^\w\s])\s*")


class Fate(StrEnum):
    """What became of some words."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Span:
    """Some words of a clause that was reworded, with the space after them."""

    fate: Fate
    text: str


@dataclass
class Allowance:
    """What is left of the work that one comparison may take."""

    pairs: int = MOST_PAIRS_IN_ALL


def folded(text: str) -> str:
    """The text with every kind of space, quotation mark and dash written one way: equal means *the same words*."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_ONE_WAY).split())


def bag(text: str) -> Counter[str]:
    """How often each word stands in it, in small letters."""
    return Counter(_WORD.findall(folded(text).casefold()))


def terms(text: str) -> set[str]:
    """Its words, and each two that stand side by side: what it can be found by."""
    words = _WORD.findall(folded(text).casefold())
    return {*words, *(f"{one} {other}" for one, other in pairwise(words))}


def likeness(one: Counter[str], other: Counter[str]) -> float:
    """The share of words that two bags have in common: 0 to 1 (Dice)."""
    both = one.total() + other.total()
    return 2 * shared(one, other) / both if both else 0.0


def shared(one: Counter[str], other: Counter[str]) -> int:
    """How many words stand in both."""
    few, many = (one, other) if len(one) <= len(other) else (other, one)
    return sum(min(count, many[word]) for word, count in few.items())


def spans(old: str, new: str, allowance: Allowance) -> tuple[Span, ...]:
    """The new words among the old ones: those that were kept and removed are all of `old`, those kept and added all of `new`."""
    before, after = _TOKEN.findall(old.strip()), _TOKEN.findall(new.strip())
    steps = _steps([folded(token) for token in before], [folded(token) for token in after], allowance)
    found: list[tuple[str, str, str]] = []  # kept, removed, added: one of the last two follows what was kept
    for is_kept, a1, a2, b1, b2 in steps:
        if is_kept:
            # Apart, if they were apart in either: what was removed or added may follow.
            gap = " " if before[a2 - 1][-1:].isspace() and not after[b2 - 1][-1:].isspace() else ""
            found.append(("".join(after[b1:b2]) + gap, "", ""))
        else:
            kept = found.pop()[0] if found and found[-1][1:] == ("", "") else ""
            found.append((kept, "".join(before[a1:a2]), "".join(after[b1:b2])))
    share = sum(a2 - a1 for is_kept, a1, a2, *_ in steps if is_kept) / max(len(before), len(after), 1)
    if share < LEAST_KEPT:
        found = [("", "".join(before), "".join(after))]
    fates = (Fate.KEPT, Fate.REMOVED, Fate.ADDED)
    # What takes a word's place stands apart from it.
    apart = ((kept, f"{removed.rstrip()} " if added else removed, added) for kept, removed, added in found)
    return tuple(Span(fate, text) for three in apart for fate, text in zip(fates, three, strict=True) if text.strip())


type _Step = tuple[bool, int, int, int, int]


def _steps(before: Sequence[str], after: Sequence[str], allowance: Allowance) -> list[_Step]:
    """What is kept and what is not, in turn, as ranges of both; a lone word between two changes goes with them."""
    most = min(len(before), len(after))
    head = next((place for place in range(most) if before[place] != after[place]), most)
    most -= head
    tail = next((place for place in range(most) if before[-1 - place] != after[-1 - place]), most)
    middle = [(head, len(before) - tail, head, len(after) - tail)]
    pairs = (len(before) - head - tail) * (len(after) - head - tail)
    steps: list[_Step] = [(True, 0, head, 0, head)]
    if pairs > min(MOST_PAIRS, allowance.pairs):
        steps += [(False, *middle[0])]
    else:
        allowance.pairs -= pairs
        a, b = before[head : len(before) - tail], after[head : len(after) - tail]
        for tag, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
            steps.append((tag == "equal" and (a2 - a1 > 1), head + a1, head + a2, head + b1, head + b2))
    steps.append((True, len(before) - tail, len(before), len(after) - tail, len(after)))
    return _joined([step for step in steps if step[1] < step[2] or step[3] < step[4]])


def _joined(steps: Sequence[_Step]) -> list[_Step]:
    """Neighbours of one kind as one."""
    found: list[_Step] = []
    for step in steps:
        if found and found[-1][0] == step[0]:
            found[-1] = (step[0], found[-1][1], step[2], found[-1][3], step[4])
        else:
            found.append(step)
    return found
