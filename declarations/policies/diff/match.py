"""Which clause of one text became which of the other.

One pass after the other takes clauses away from those that are free, the surest first: the same words, a clause that was
split or two that were joined, the same key, and then those that are most alike. None of it compares everything with
everything: equal words meet in a dictionary, and alike clauses through their rarest words, of which each clause has a few and
each leads to a few others, or by standing at the same place. So the time grows with the length of the texts (`wording` bounds the rest).
"""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from declarations.policies.diff import words as wording
from declarations.policies.diff.split import Clause, Part

SAME_KEY: Final = 0.3  # a clause that kept its key, if no other one is more like it
ALIKE: Final = 0.5
SPLIT: Final = 0.8
WITHIN: Final = 0.6  # of a piece's words stand in the whole
FEWEST_IN_PIECE: Final = 3  # words: "Yes." is no piece of anything
MOST_PIECES: Final = 8
RAREST: Final = 8  # terms (words, and each two side by side) through which a clause is found
COMMON: Final = 20  # a term in more clauses than this leads nowhere
LOOKED_AT: Final = 5  # the likeliest for each clause
SAME_SECTION: Final = 0.1  # counts as so much more alike


@dataclass(frozen=True, slots=True)
class Match:
    """One to one; one to several (split) or several to one (joined); or nothing on one side (added, removed)."""

    old: tuple[Clause, ...]
    new: tuple[Clause, ...]


@dataclass
class _Side:
    """One of the two texts: its clauses in a row, and which of them are free."""

    clauses: list[Clause]
    sections: list[str]
    folded: list[str]
    bags: dict[int, Counter[str]] = field(default_factory=dict)
    found_by: dict[int, set[str]] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, parts: Sequence[Part]) -> "_Side":
        clauses = [clause for part in parts for clause in part.clauses]
        return cls(clauses, [part.key for part in parts for _clause in part.clauses], [wording.folded(clause.text) for clause in clauses])

    def free(self) -> list[int]:
        return [place for place in range(len(self.clauses)) if place not in self.taken]

    def seats(self) -> dict[int, tuple[str, int]]:
        """Each free clause with the section's key and how many free ones stand before it there."""
        counts: Counter[str] = Counter()
        found = {}
        for place in self.free():
            found[place] = (self.sections[place], counts[self.sections[place]])
            counts[self.sections[place]] += 1
        return found

    def terms(self, place: int) -> set[str]:
        if place not in self.found_by:
            self.found_by[place] = wording.terms(self.clauses[place].text)
        return self.found_by[place]

    def bag(self, place: int) -> Counter[str]:
        if place not in self.bags:
            self.bags[place] = wording.bag(self.clauses[place].text)
        return self.bags[place]

    def take(self, places: Sequence[int]) -> tuple[Clause, ...]:
        self.taken.update(places)
        return tuple(self.clauses[place] for place in places)


def match(old: Sequence[Part], new: Sequence[Part]) -> list[Match]:
    """Every clause of both texts in exactly one match; the same for the same texts, always."""
    before, after = _Side.of(old), _Side.of(new)
    found = [Match(before.take(olds), after.take(news)) for olds, news in _passes(before, after)]
    found += [Match(before.take([place]), ()) for place in before.free()]
    found += [Match((), after.take([place])) for place in after.free()]
    return found


def _passes(before: _Side, after: _Side) -> Iterator[tuple[list[int], list[int]]]:
    """What belongs together, the surest first. Whoever reads it takes each away before the next."""
    for same in (
        lambda side, one: (side.folded[one], side.sections[one], side.clauses[one].key),
        lambda side, one: (side.folded[one], side.sections[one]),
        lambda side, one: (side.folded[one], side.clauses[one].key),
        lambda side, one: side.folded[one],
    ):
        yield from _equal(before, after, same)
    yield from (([whole], pieces) for whole, pieces in _split(before, after))
    yield from ((pieces, [whole]) for whole, pieces in _split(after, before))
    yield from _keyed(before, after, least=SAME_KEY)
    yield from _alike(before, after)
    yield from _keyed(before, after, least=0)


def _equal(before: _Side, after: _Side, same: Callable[[_Side, int], object]) -> Iterator[tuple[list[int], list[int]]]:
    """Free clauses that are the same in this respect, the first with the first."""
    waiting: dict[object, deque[int]] = defaultdict(deque)
    for one in before.free():
        waiting[same(before, one)].append(one)
    for other in after.free():
        places = waiting.get(same(after, other))
        if places:
            yield [places.popleft()], [other]


def _keyed(before: _Side, after: _Side, *, least: float) -> Iterator[tuple[list[int], list[int]]]:
    """Free clauses with the same key, if they are as alike as that."""
    for one, other in _equal(before, after, lambda side, place: side.clauses[place].key or (id(side), place)):
        if wording.likeness(before.bag(one[0]), after.bag(other[0])) >= least:
            yield one, other


def _alike(before: _Side, after: _Side) -> Iterator[tuple[list[int], list[int]]]:
    """The most alike first."""
    scored: list[tuple[float, int, int]] = []
    for one, others in _likely(before, after):
        for other in others:
            alike = wording.likeness(before.bag(one), after.bag(other))
            if alike >= ALIKE:
                scored.append((-alike - SAME_SECTION * (before.sections[one] == after.sections[other]), one, other))
    for _score, one, other in sorted(scored):
        if one not in before.taken and other not in after.taken:
            yield [one], [other]


def _split(before: _Side, after: _Side) -> Iterator[tuple[int, list[int]]]:
    """Free clauses whose words are those of several neighbours on the other side, taken together."""
    for one, others in _likely(before, after):
        whole = before.bag(one)
        for other in others:
            pieces = _pieces(whole, after, other)
            if len(pieces) > 1 and wording.likeness(whole, sum((after.bag(piece) for piece in pieces), Counter())) >= SPLIT:
                yield one, pieces
                break


def _pieces(whole: Counter[str], side: _Side, start: int) -> list[int]:
    """`start` and those of its neighbours whose words are left in the whole; nothing if its own are not there."""
    pieces = deque([start])
    left = Counter(whole)
    if not _within(side, start, left):
        return []
    left -= side.bag(start)
    for step in (1, -1):
        place = start + step
        while len(pieces) < MOST_PIECES and 0 <= place < len(side.clauses) and side.clauses[place].section == side.clauses[start].section:
            if not _within(side, place, left):
                break
            left -= side.bag(place)
            (pieces.append if step > 0 else pieces.appendleft)(place)
            place += step
    return list(pieces)


def _within(side: _Side, place: int, left: Counter[str]) -> bool:
    words = side.bag(place)
    return place not in side.taken and words.total() >= FEWEST_IN_PIECE and wording.shared(words, left) >= WITHIN * words.total()


def _likely(before: _Side, after: _Side) -> Iterator[tuple[int, list[int]]]:
    """For each free clause those on the other side that share the most of its rarest terms, and the one at its place."""
    leads: dict[str, list[int]] = defaultdict(list)
    for other in after.free():
        for term in after.terms(other):
            leads[term].append(other)
    seats = {seat: place for place, seat in after.seats().items()}
    for one, seat in before.seats().items():
        if one in before.taken:
            continue
        known = sorted((len(leads[term]), term) for term in before.terms(one) if term in leads)
        meets = Counter(other for count, term in known[:RAREST] if count <= COMMON for other in leads[term])
        likely = sorted(meets, key=lambda other: (-meets[other], other))[:LOOKED_AT]
        if seat in seats and seats[seat] not in likely:
            likely.append(seats[seat])
        yield one, likely
