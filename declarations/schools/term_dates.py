"""Guesses from their names which events of a calendar close the school for its staff; somebody checks the guesses."""

import datetime as dt
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from declarations.common.dates import A_DAY
from declarations.organisation.school_days import SATURDAY
from declarations.schools.calendar_file import LONGEST_NAME
from declarations.schools.icalendar import Event

# In days: the shortest term, the longest half-term holiday, and the longest holiday between terms. A longer gap means that a term
# is missing from the file.
SHORTEST_TERM, LONGEST_HALF_TERM, LONGEST_GAP = 19, 16, 100
LONGEST = 120  # days of one holiday; a longer one is a typing error


class Why(StrEnum):
    """Why an event is taken for a holiday, or not."""

    HOLIDAY = "holiday"
    BETWEEN_TERMS = "between_terms"
    STAFF_DAY = "staff_day"
    TERM = "term"
    MARK = "mark"
    TIMED = "timed"
    REPEATS = "repeats"
    TOO_LONG = "too_long"
    WEEKEND = "weekend"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, order=True)
class Proposal:
    """Days that may be a holiday; `closed` is the guess, which people can change. `name` may be empty."""

    first: dt.date
    last: dt.date
    name: str
    closed: bool
    why: Why

    @property
    def can_be_taken(self) -> bool:
        return self.why not in {Why.REPEATS, Why.TOO_LONG}


def pattern(*alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(alternatives)})\b", re.IGNORECASE)


# Staff are at school on these days although pupils are not. Their names often contain "closed" too, so this comes first.
_STAFF_DAY = pattern(
    r"inset", r"in-?service", r"staff (?:training )?days?", r"(?:staff |teacher )?training days?", r"teacher days?", r"cpd", r"hms",
    r"non[- ]pupil days?", r"development days?", r"planning days?", r"baker days?", r"(?:pupil|student)[- ]free",
)  # fmt: skip
# … or only others are away. Where a name says that staff are away as well, it is a holiday.
_ALL = r"(?:all |our |the |most |some )*"
_PUPILS = rf"{_ALL}(?:pupils?|students?|children|learners|years? \d{{1,2}}|key stage \d|ks\d|year groups?|sixth form(?:ers)?)"
_STAFF = rf"{_ALL}(?:staff|teachers?|adults)"
_ONLY_OTHERS = pattern(
    rf"(?:to|for) {_PUPILS}", rf"(?:to|for) {_ALL}(?:visitors|parents|nursery|reception|public(?! holiday))", rf"no {_PUPILS}",
    rf"{_PUPILS}['’]?s?['’]? (?:\w+ )?(?:holidays?|days? off|off|closure|not in)",
    r"except", r"apart from", r"other than",
    rf"{_STAFF} (?:only|(?:are |is |still |to be )*(?:in|at work|working|present|required|expected|back|attend\w*))",
)  # fmt: skip
_STAFF_TOO = pattern(
    rf"{_STAFF} ?(?:and|&|\+|/|,) ?{_PUPILS}", rf"{_PUPILS} ?(?:and|&|\+|/|,) ?{_STAFF}", rf"(?:to|for) {_STAFF}", rf"no {_STAFF}",
    rf"{_STAFF}(?:['’]?s?['’]?)? (?:holidays?|off|away|not in|days? off)", r"every(?:one|body)",
)  # fmt: skip
_HALF_TERM = pattern(r"half[- ]?terms?", r"hanner tymor", r"mid-?term")
_BESIDE = pattern(
    r"clubs?", r"camps?", r"homework", r"revision", r"challenge", r"fair", r"party", r"concert", r"activit(?:y|ies)", r"trip",
    r"(?:remote|online|home) (?:learning|school(?:ing)?|working)", r"not (?:be )?closed", r"pay(?:ment)? (?:for|due)",
    r"(?:library|pool|car park|gym|hall|canteen|kitchen|reception|nursery|road|applications?|bookings?|nominations?|admissions?|"
    r"registrations?|entries|voting|ballot|shop|portal|survey) (?:is |are |will be )?(?:close[ds]?|closure|shut)",
)  # fmt: skip
# One day of which only a part is free.
_PART_OF_A_DAY = pattern(
    r"\d{1,2}(?:[:.]\d\d)? ?(?:am|pm|noon|o['’]clock)", r"\d{1,2}:\d\d", r"noon", r"midday", r"lunch ?(?:time)?", r"morning",
    r"afternoon", r"half[- ]day", r"early (?:clos\w+|finish)", r"(?:clos\w+|finish\w*) early",
)  # fmt: skip
_HOLIDAY = pattern(
    r"holidays?", r"vacation", r"gwyliau", r"(?:school |office |site )?(?:is )?closed", r"closure", r"shut",
    r"(?:christmas|winter|easter|spring|summer|autumn|october|february|whitsun|term|festive) break",
    r"good friday", r"easter monday", r"christmas day", r"boxing day", r"new year'?’?s day", r"may day", r"(?:st|saint) \w+['’]?s day",
)  # fmt: skip
_TERM = pattern(r"terms?", r"tymor", r"semesters?", r"trimesters?")
_MARK = pattern(
    r"starts?", r"begins?", r"beginning", r"ends?", r"finish(?:es)?", r"first day", r"last day", r"re-?opens?", r"opens?", r"returns?",
    r"breaks? up", r"back to school", r"closes at", r"resumes?", r"(?:school (?:is |remains |stays )?|\()open", r"start of", r"end of",
)  # fmt: skip


def propose(events: Sequence[Event]) -> list[Proposal]:
    """A proposal for each event and for each gap between terms, by date, without duplicates."""
    proposals = [Proposal(event.first, event.last, event.name, (why := guess(event)) == Why.HOLIDAY, why) for event in events]
    gaps = [gap for gap in between_terms(proposals) if not covered(gap, proposals)]
    kept: dict[tuple[object, ...], Proposal] = {}
    for proposal in sorted([*proposals, *gaps], key=lambda proposal: (proposal.first, proposal.last, not proposal.closed, proposal.name)):
        # What has to be entered by hand is never left out for another event on its first days.
        kept.setdefault((proposal.first, proposal.last, "" if proposal.can_be_taken else proposal.name), proposal)
    return list(kept.values())


def guess(event: Event) -> Why:
    """What an event is, by its name and its length; the first reason that applies counts."""
    name, days = event.name, (event.last - event.first).days + 1
    is_holiday = bool(_HOLIDAY.search(name)) or (bool(_HALF_TERM.search(name)) and days <= LONGEST_HALF_TERM)
    answers = {
        Why.REPEATS: event.repeats,
        # Includes "half term 1: September to October", in schools that have six half terms.
        Why.TERM: days >= SHORTEST_TERM and not event.is_timed and bool(_TERM.search(name)) and not _HOLIDAY.search(name),
        Why.TOO_LONG: days > LONGEST,
        Why.TIMED: event.is_timed,
        Why.STAFF_DAY: bool(_STAFF_DAY.search(name) or (_ONLY_OTHERS.search(name) and not _STAFF_TOO.search(name))),
        Why.MARK: days == 1 and bool(_MARK.search(name) or _PART_OF_A_DAY.search(name)),
        Why.UNKNOWN: bool(_BESIDE.search(name)) or not is_holiday,
        Why.WEEKEND: not has_a_weekday(event.first, event.last),
    }
    return next((why for why, is_so in answers.items() if is_so), Why.HOLIDAY)


def between_terms(proposals: Iterable[Proposal]) -> list[Proposal]:
    """The days between one term and the next. A term that contains others (its halves) is left out."""
    terms = sorted({(proposal.first, proposal.last): proposal for proposal in proposals if proposal.why == Why.TERM}.values())
    inner = [
        term for term in terms if not any(term is not other and term.first <= other.first and other.last <= term.last for other in terms)
    ]
    gaps = []
    for before, after in itertools.pairwise(inner):
        first, last = before.last + A_DAY, after.first - A_DAY
        if first <= last and (last - first).days < LONGEST_GAP and has_a_weekday(first, last):
            name = f"{before.name} – {after.name}"
            gaps.append(Proposal(first, last, name if len(name) <= LONGEST_NAME else "", closed=True, why=Why.BETWEEN_TERMS))
    return gaps


def covered(gap: Proposal, proposals: Iterable[Proposal]) -> bool:
    """Whether every weekday of a gap is already proposed as a holiday."""
    holidays = [proposal for proposal in proposals if proposal.closed]
    days = (gap.first + A_DAY * number for number in range((gap.last - gap.first).days + 1))
    return all(day.weekday() >= SATURDAY or any(holiday.first <= day <= holiday.last for holiday in holidays) for day in days)


def has_a_weekday(first: dt.date, last: dt.date) -> bool:
    return (last - first).days >= 2 or first.weekday() < SATURDAY or last.weekday() < SATURDAY  # a weekend is two days
