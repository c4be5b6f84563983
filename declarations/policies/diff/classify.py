"""What changed from one text to another, clause by clause, as a person would say it.

`compare` reads two Markdown texts; `matching` says which clause became which, and this module what that means: added, removed,
reworded, moved, split, joined, numbered anew. White space, and how quotation marks and dashes are written, are no change.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from declarations.policies.diff import words
from declarations.policies.diff.match import Match, match
from declarations.policies.diff.split import Clause, Part, part_of, parts_of
from declarations.policies.diff.words import Allowance, Span

# A published text never changes, and everybody who signs again reads the same few comparisons.
REMEMBERED: Final = 32


class Kind(StrEnum):
    """What happened to a clause."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    REWORDED = "reworded"
    MOVED = "moved"
    RENUMBERED = "renumbered"
    SPLIT = "split"
    JOINED = "joined"


@dataclass(frozen=True, slots=True)
class Change:
    """One clause, or several that were split or joined.

    `spans` are the words of one that was reworded; `moved_from` is the title of the section that it stood in, if it stands in
    another one now; `is_moved` is also true of one that moved within its section.
    """

    kind: Kind
    old: tuple[Clause, ...]
    new: tuple[Clause, ...]
    spans: tuple[Span, ...] = ()
    is_moved: bool = False
    moved_from: str = ""


@dataclass(frozen=True, slots=True)
class SectionChange:
    """A section in which something changed: `key` and `title` as they are now; of one that is gone "" and its title as it was.

    `kind` is SAME, ADDED or REMOVED; `old_title` is set if it had another one; `is_moved` if it stands elsewhere now.
    """

    kind: Kind
    key: str
    title: str
    old_title: str
    is_moved: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """`sections` hold what changed, in the order of the new text; `every` accounts for each clause of both texts, unchanged ones too."""

    sections: tuple[SectionChange, ...]
    every: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.sections)

    def counts(self) -> dict[Kind, int]:
        """How many clauses were added, removed …: `{Kind.REWORDED: 2}`."""
        counted = Counter(change.kind for section in self.sections for change in section.changes)
        return {kind: counted[kind] for kind in Kind if counted[kind]}


@lru_cache(maxsize=REMEMBERED)
def compare(old: str, new: str) -> Changes:
    """What changed from one Markdown text to another; empty (false) if a reader would notice nothing."""
    return compare_parts(parts_of(old), parts_of(new))


def compare_sentences(title: str, old: Sequence[str], new: Sequence[str]) -> Changes:
    """The same for sentences that are no Markdown, under one title: what is ticked and agreed to."""
    return compare_parts([part_of("sentences", title, old)], [part_of("sentences", title, new)])


def compare_parts(old: Sequence[Part], new: Sequence[Part]) -> Changes:
    """The same for texts that were taken apart before."""
    matches = match(old, new)
    partners = _partners(old, new, matches)
    moved = _moved_sections(partners)
    stayed = _in_order(matches, partners)
    allowance = Allowance()
    every = [_change(one, old, partners, is_in_order=place in stayed, allowance=allowance) for place, one in enumerate(matches)]
    return Changes(tuple(_sections(old, new, partners, moved, every)), tuple(every))


def _change(one: Match, old: Sequence[Part], partners: Mapping[int, int], *, is_in_order: bool, allowance: Allowance) -> Change:
    """What a match means. `partners` names the old section of each new one."""
    if not one.old or not one.new:
        return Change(Kind.ADDED if one.new else Kind.REMOVED, one.old, one.new)
    before, after = one.old[0], one.new[0]
    is_elsewhere = partners.get(after.section) != before.section
    is_moved = is_elsewhere or not is_in_order
    kind = _kind(one, is_moved=is_moved)
    spans = words.spans(before.text, after.text, allowance) if kind == Kind.REWORDED else ()
    return Change(kind, one.old, one.new, spans, is_moved, old[before.section].title if is_elsewhere else "")


def _kind(one: Match, *, is_moved: bool) -> Kind:
    if len(one.new) > 1:
        return Kind.SPLIT
    if len(one.old) > 1:
        return Kind.JOINED
    if words.folded(one.old[0].text) != words.folded(one.new[0].text):
        return Kind.REWORDED
    if is_moved:
        return Kind.MOVED
    return Kind.RENUMBERED if one.old[0].key != one.new[0].key else Kind.SAME


def _partners(old: Sequence[Part], new: Sequence[Part], matches: Iterable[Match]) -> dict[int, int]:
    """New section → old one: with the same key, else with the same title, else where at least half of its clauses came from."""
    found: dict[int, int] = {}
    for same in (lambda part: part.key, lambda part: words.folded(part.title).casefold()):
        taken = set(found.values())
        free = {same(part): place for place, part in reversed(list(enumerate(old))) if place not in taken}
        for place, part in enumerate(new):
            if place not in found and same(part) in free:
                found[place] = free.pop(same(part))
    votes = Counter((one.old[0].section, one.new[0].section) for one in matches if one.old and one.new)
    taken = set(found.values())
    for (before, after), count in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0])):
        enough = 2 * count >= min(len(old[before].clauses), len(new[after].clauses))
        if enough and before not in taken and after not in found:
            found[after] = before
            taken.add(before)
    return found


def _moved_sections(partners: Mapping[int, int]) -> set[int]:
    """New sections that no longer stand in the old order."""
    pairs = sorted(partners.items())
    kept = _longest_rising([before for _after, before in pairs])
    return {after for place, (after, _before) in enumerate(pairs) if place not in kept}


def _in_order(matches: Sequence[Match], partners: Mapping[int, int]) -> set[int]:
    """The matches (by place in the list) whose clauses kept their order within their section."""
    by_section: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for place, one in enumerate(matches):
        if one.old and one.new and partners.get(one.new[0].section) == one.old[0].section:
            by_section[one.new[0].section].append((one.new[0].place, one.old[0].place, place))
    found = set()
    for rows in by_section.values():
        rows.sort()
        kept = _longest_rising([before for _after, before, _place in rows])
        found |= {place for number, (_after, _before, place) in enumerate(rows) if number in kept}
    return found


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The places of a longest rising run within distinct numbers: what did not move if as little as possible did; n log n."""
    ends: list[int] = []  # the smallest number that a run of each length ends with …
    places: list[int] = []  # … and its place
    before: list[int] = []
    for place, number in enumerate(numbers):
        length = bisect_left(ends, number)
        before.append(places[length - 1] if length else -1)
        if length == len(ends):
            ends.append(number)
            places.append(place)
        else:
            ends[length], places[length] = number, place
    found = set()
    place = places[-1] if places else -1
    while place >= 0:
        found.add(place)
        place = before[place]
    return found


def _sections(
    old: Sequence[Part], new: Sequence[Part], partners: Mapping[int, int], moved: set[int], every: Iterable[Change]
) -> Iterator[SectionChange]:
    """Those in which something changed, in the order of the new text; one that is gone follows the one that it followed."""
    partner_of = {before: after for after, before in partners.items()}
    seats = _seats(every)
    new_changes: dict[int, list[tuple[tuple[int, int, int], Change]]] = defaultdict(list)
    gone_changes: dict[int, list[tuple[tuple[int, int, int], Change]]] = defaultdict(list)
    for change in every:
        if change.kind == Kind.SAME:
            continue
        if change.new:
            new_changes[change.new[0].section].append(((change.new[0].place, 0, 0), change))
            continue
        clause = change.old[0]
        seat = (seats.get((clause.section, clause.place), -1), 1, clause.place)
        after = partner_of.get(clause.section)
        (gone_changes[clause.section] if after is None else new_changes[after]).append((seat, change))
    found: list[tuple[tuple[int, int, int], SectionChange]] = []
    for place, part in enumerate(new):
        changes = _put_in_order(new_changes[place])
        old_title = old[partners[place]].title if place in partners else ""
        is_renamed = place in partners and words.folded(old_title) != words.folded(part.title)
        if changes or is_renamed or place in moved or place not in partners:
            kind = Kind.SAME if place in partners else Kind.ADDED
            found.append(
                ((place, 0, 0), SectionChange(kind, part.key, part.title, old_title if is_renamed else "", place in moved, changes))
            )
    seat_of_section = -1
    for place, part in enumerate(old):
        if place in partner_of:
            seat_of_section = partner_of[place]
        else:
            changes = _put_in_order(gone_changes[place])
            found.append(((seat_of_section, 1, place), SectionChange(Kind.REMOVED, "", part.title, "", is_moved=False, changes=changes)))
    return (section for _seat, section in sorted(found, key=lambda one: one[0]))


def _put_in_order(changes: list[tuple[tuple[int, int, int], Change]]) -> tuple[Change, ...]:
    return tuple(change for _seat, change in sorted(changes, key=lambda one: one[0]))


def _seats(every: Iterable[Change]) -> dict[tuple[int, int], int]:
    """For each old clause that is gone: the place of the new clause that it would follow (-1: none)."""
    old: dict[int, list[tuple[int, int | None]]] = defaultdict(list)
    for change in every:
        stays = change.new and not change.moved_from
        for clause in change.old:
            old[clause.section].append((clause.place, change.new[-1].place if stays else None))
    found: dict[tuple[int, int], int] = {}
    for section, rows in old.items():
        seat = -1
        for place, stands in sorted(rows, key=lambda row: row[0]):
            if stands is None:
                found[section, place] = seat
            else:
                seat = stands
    return found
