"""Which events close the school for its staff: the words that schools use, and the gaps between terms."""

import datetime as dt

import pytest

from declarations.schools.icalendar import Event
from declarations.schools.term_dates import Why, guess, propose


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def event(name: str, first: str = "2026-10-26", last: str = "", **more: bool) -> Event:
    return Event(day(first), day(last or first), name, **more)


@pytest.mark.parametrize(
    ("name", "first", "last", "why"),
    [
        ("Half term", "2026-10-26", "2026-10-30", Why.HOLIDAY),
        ("October half-term break", "2026-10-26", "2026-10-30", Why.HOLIDAY),
        ("Half Term Holiday", "2026-10-19", "2026-10-30", Why.HOLIDAY),
        ("Christmas holidays", "2026-12-21", "2027-01-01", Why.HOLIDAY),
        ("Christmas break", "2026-12-21", "2027-01-01", Why.HOLIDAY),
        ("Summer Vacation", "2027-07-22", "2027-08-31", Why.HOLIDAY),
        ("Gwyliau'r haf", "2027-07-22", "2027-08-31", Why.HOLIDAY),
        ("Early May bank holiday", "2027-05-03", "", Why.HOLIDAY),
        ("Good Friday", "2027-03-26", "", Why.HOLIDAY),
        ("New Year's Day", "2027-01-01", "", Why.HOLIDAY),
        ("New Year’s Day", "2027-01-01", "", Why.HOLIDAY),
        ("St Andrew's Day", "2026-11-30", "", Why.HOLIDAY),
        ("School closed to all", "2026-11-20", "", Why.HOLIDAY),
        ("Summer term holiday", "2027-05-31", "2027-06-25", Why.HOLIDAY),
        # Staff are there, whatever else it is called.
        ("INSET day", "2026-09-01", "", Why.STAFF_DAY),
        ("INSET: school closed to pupils", "2026-09-01", "", Why.STAFF_DAY),
        ("Staff training day (pupils' holiday)", "2026-09-01", "", Why.STAFF_DAY),
        ("In-service day", "2026-09-01", "", Why.STAFF_DAY),
        ("Non-pupil day", "2026-09-01", "", Why.STAFF_DAY),
        # … also where a name only says that others are away.
        ("School closed to pupils", "2027-01-04", "", Why.STAFF_DAY),
        ("School closed to all our pupils", "2027-01-04", "", Why.STAFF_DAY),
        ("Closed for students", "2027-01-04", "", Why.STAFF_DAY),
        ("Occasional day (school closed to students)", "2027-06-25", "", Why.STAFF_DAY),
        ("School closed to Year 11", "2027-06-25", "", Why.STAFF_DAY),
        ("School closed to visitors", "2027-06-25", "", Why.STAFF_DAY),
        ("School closed to the public", "2027-06-25", "", Why.STAFF_DAY),
        ("School closed except Year 11 exams", "2027-06-25", "", Why.STAFF_DAY),
        ("School closed to most year groups", "2027-06-25", "", Why.STAFF_DAY),
        ("Pupils' holiday, staff in", "2027-06-25", "", Why.STAFF_DAY),
        ("Student holiday", "2027-06-25", "", Why.STAFF_DAY),
        ("School closed (staff only)", "2027-06-25", "", Why.STAFF_DAY),
        ("School closed, teachers working", "2027-06-25", "", Why.STAFF_DAY),
        ("Pupil-free day: school closed", "2027-06-25", "", Why.STAFF_DAY),
        ("Closed: no pupils in school", "2027-06-25", "", Why.STAFF_DAY),
        # … but not where they are away too.
        ("School closed to pupils and staff", "2027-06-25", "", Why.HOLIDAY),
        ("School closed to all staff and students", "2027-06-25", "", Why.HOLIDAY),
        ("School closed to everyone, pupils too", "2027-06-25", "", Why.HOLIDAY),
        ("Holiday for pupils and teachers", "2027-06-25", "", Why.HOLIDAY),
        ("School closed for public holiday", "2027-06-25", "", Why.HOLIDAY),
        ("School closed for the public holiday", "2027-06-25", "", Why.HOLIDAY),
        ("Public holiday", "2027-06-25", "", Why.HOLIDAY),
        ("New Year bank holiday", "2027-01-01", "", Why.HOLIDAY),
        ("Staff holiday", "2027-06-25", "", Why.HOLIDAY),
        # Part of a day is none.
        ("School closed at 1pm", "2027-07-21", "", Why.MARK),
        ("School closed from 12 noon", "2027-07-21", "", Why.MARK),
        ("School closed from 13:00", "2027-07-21", "", Why.MARK),
        ("Early closure", "2027-07-21", "", Why.MARK),
        ("Half-day holiday", "2027-07-21", "", Why.MARK),
        ("May Day (school open)", "2027-05-03", "", Why.MARK),
        # Something else is closed.
        ("Library closed", "2027-05-04", "", Why.UNKNOWN),
        ("Applications are closed", "2027-05-04", "", Why.UNKNOWN),
        ("Remote learning: school site closed", "2027-05-04", "", Why.UNKNOWN),
        ("School is not closed", "2027-05-04", "", Why.UNKNOWN),
        # The edges of terms are days of school.
        ("Autumn term begins", "2026-09-03", "", Why.MARK),
        ("Half term starts at 3.15", "2026-10-23", "", Why.MARK),
        ("School closes at 2 pm for the Christmas holidays", "2026-12-18", "", Why.MARK),
        ("Return from half term", "2026-11-02", "", Why.MARK),
        # Terms, also those that are called half of one.
        ("Autumn term", "2026-09-03", "2026-12-18", Why.TERM),
        ("Term 1", "2026-09-03", "2026-10-23", Why.TERM),
        ("Half term 1", "2026-09-03", "2026-10-23", Why.TERM),
        ("School year: three terms", "2026-09-01", "2027-07-21", Why.TERM),
        # Nobody can tell, or it is nothing of the kind.
        ("Parents' evening", "2026-11-25", "", Why.UNKNOWN),
        ("Holiday club", "2026-10-26", "2026-10-30", Why.UNKNOWN),
        ("Christmas concert", "2026-12-10", "", Why.UNKNOWN),
        ("Termly review", "2026-11-25", "", Why.UNKNOWN),
        ("Closeddown", "2026-11-25", "", Why.UNKNOWN),
        ("", "2026-11-25", "", Why.UNKNOWN),
        ("Bank holiday", "2026-11-28", "", Why.WEEKEND),
        ("Holidays of the century", "2026-08-01", "2027-07-31", Why.TOO_LONG),
    ],
)
def test_a_guess_from_the_words(name, first, last, why):
    for written in (name, name.upper(), name.lower()):
        assert guess(event(written, first, last)) == why
    [proposal] = propose([event(name, first, last)])
    assert proposal.closed is (why == Why.HOLIDAY)
    assert proposal.can_be_taken is (why != Why.TOO_LONG)


def test_times_of_the_day_and_repetition_are_not_holidays():
    assert guess(event("Holiday", is_timed=True)) == Why.TIMED
    assert guess(event("Holiday", repeats=True)) == Why.REPEATS
    assert not propose([event("Holiday", repeats=True)])[0].can_be_taken


TERMS = [
    event("Autumn term", "2026-09-03", "2026-12-18"),
    event("Spring term", "2027-01-04", "2027-03-25"),
    event("Summer term", "2027-04-12", "2027-07-21"),
]


def closed(events: list[Event]) -> list[tuple[str, str, str]]:
    return [(str(proposal.first), str(proposal.last), proposal.name) for proposal in propose(events) if proposal.closed]


def test_the_gaps_between_terms_are_holidays():
    assert closed(TERMS[::-1]) == [
        ("2026-12-19", "2027-01-03", "Autumn term – Spring term"),
        ("2027-03-26", "2027-04-11", "Spring term – Summer term"),
    ]
    # A weekend is none, and a missing term is not one long holiday.
    assert closed([event("Term 1", "2026-09-03", "2026-10-23"), event("Term 2", "2026-10-26", "2026-12-18")]) == []
    assert closed([TERMS[0], event("Autumn term", "2027-09-03", "2027-12-17")]) == []


def test_a_gap_that_has_its_own_names_is_not_proposed_again():
    named = [event("Christmas holidays", "2026-12-21", "2026-12-31"), event("New Year's Day", "2027-01-01")]
    assert ("2026-12-19", "2027-01-03", "Autumn term – Spring term") not in closed([*TERMS, *named])
    assert ("2026-12-19", "2027-01-03", "Autumn term – Spring term") in closed([*TERMS, named[0]])


def test_a_term_that_holds_its_halves_hides_no_half_term():
    halves = [event("Autumn 1 half term", "2026-09-03", "2026-10-23"), event("Autumn 2 half term", "2026-11-02", "2026-12-18")]
    assert closed([TERMS[0], *halves]) == [("2026-10-24", "2026-11-01", "Autumn 1 half term – Autumn 2 half term")]


def test_the_same_days_are_proposed_once_as_closed_if_any_of_them_is():
    assert closed([event("Parents' evening"), event("Bank holiday")]) == [("2026-10-26", "2026-10-26", "Bank holiday")]
    assert len(propose([event("Parents' evening"), event("Bank holiday")])) == 1


def test_what_has_to_be_entered_by_hand_is_not_hidden_behind_another_event():
    shown = propose([event("Bank holiday"), event("Founder's day", repeats=True), event("Sports day", repeats=True)])
    assert [(proposal.name, proposal.can_be_taken) for proposal in shown] == [
        ("Bank holiday", True),
        ("Founder's day", False),
        ("Sports day", False),
    ]
