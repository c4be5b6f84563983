"""The states that a person can be in: each with the facts that make it so and the days on which they do; and which of two wins.

The school has England's dates: signing opens on 1 August, is due by 8 September, and lapses on 1 October of the year after.
Both texts are in effect from 3 August 2026; today's year is 2026/27.
"""

import datetime as dt

import pytest

from declarations.devices.models import Device
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.signing.status import TIME_TO_SIGN, SigningStatus, signing_status, with_signing_status
from tests.cast import ask, make_person, make_school, publish_next, publish_texts, sign
from tests.signing.test_in_force import day, noon

SIGNED, DUE, OVERDUE, LAPSED, TALK, DECLINED, EXEMPT, NOT_YET = (
    SigningStatus.SIGNED,
    SigningStatus.DUE,
    SigningStatus.OVERDUE,
    SigningStatus.LAPSED,
    SigningStatus.TALK,
    SigningStatus.DECLINED,
    SigningStatus.EXEMPT,
    SigningStatus.NOT_YET,
)


@pytest.fixture
def school(db: None) -> School:
    school = make_school("hillside", "Hillside School")
    hilda = make_person(school, "hilda@hillside.example", "Hilda Example")
    hilda.role_set.create(name="leadership", granted_at=noon("2025-07-01"))
    publish_texts(school, hilda, noon("2025-08-03"))
    return school


def happen(school: School, facts: list[str]) -> Person:
    """Ada, and what became of her.

    `starts DAY`, `sign DAY`, `talk DAY [answered DAY]`, `decline DAY [answered DAY]`, `exempt DAY until DAY [granted DAY] [ended
    DAY]`, `aup DAY by DAY`.
    """
    hilda = Person.objects.get(email="hilda@hillside.example")
    ada = make_person(school, "ada@hillside.example", "Ada Example")
    for fact in facts:
        what, on, *rest = fact.split()
        more = dict(zip(rest[::2], rest[1::2], strict=True))
        if what == "starts":
            ada.starts_on = day(on)
            ada.save(update_fields=["starts_on"])
        elif what == "sign":
            sign(ada, noon(on))
        elif what == "aup":
            publish_next(school.policyversion_set.filter(document="aup").latest("number"), by=hilda, at=noon(on), sign_by=day(more["by"]))
        elif what in {"talk", "decline"}:
            answered = {"answer": "Let us.", "answered_by": hilda, "answered_at": noon(more["answered"])} if "answered" in more else {}
            ada.responses.create(school=school, kind=what, reason="Why?", said_at=noon(on), **answered)
        elif what == "exempt":
            ended = {"ended_by": hilda, "ended_at": noon(more["ended"])} if "ended" in more else {}
            ada.exemptions.create(
                school=school, from_on=day(on), until=day(more["until"]), reason="Away.", granted_by=hilda,
                granted_at=noon(more.get("granted", on)), **ended,
            )  # fmt: skip
    return ada


LAST_YEAR = "sign 2025-09-03"
NO_AT_ONCE = "decline 2026-09-02 answered 2026-09-03"


@pytest.mark.parametrize(
    ("facts", "days"),
    [
        # Nothing to sign before there are texts; the first week with them is nobody's fault.
        ([], {"2025-08-02": NOT_YET, "2025-08-03": DUE, "2025-09-08": DUE, "2025-09-09": OVERDUE}),
        # And every year anew, never lapsed because never signed.
        ([], {"2026-07-31": OVERDUE, "2026-08-01": DUE, "2026-09-08": DUE, "2026-09-09": OVERDUE, "2026-10-01": OVERDUE}),
        # Signed last year: due in the window, overdue in the grace, lapsed after it, and lapsed they stay.
        (
            [LAST_YEAR],
            {"2026-07-31": SIGNED, "2026-08-01": DUE, "2026-09-08": DUE, "2026-09-09": OVERDUE, "2026-09-30": OVERDUE,
             "2026-10-01": LAPSED, "2027-08-01": LAPSED},
        ),
        # Joiners: not yet, then a week, wherever in the year.
        (["starts 2026-11-02"], {"2026-11-01": NOT_YET, "2026-11-02": DUE, "2026-11-09": DUE, "2026-11-10": OVERDUE}),
        (["starts 2026-09-05"], {"2026-09-04": NOT_YET, "2026-09-09": DUE, "2026-09-12": DUE, "2026-09-13": OVERDUE}),
        (["starts 2026-09-01"], {"2026-08-31": NOT_YET, "2026-09-08": DUE, "2026-09-09": OVERDUE}),
        (["starts 2026-09-02"], {"2026-09-09": DUE, "2026-09-10": OVERDUE}),
        (["starts 2020-09-01"], {"2026-09-08": DUE, "2026-09-09": OVERDUE}),
        # Here last year on a contract, back in the autumn: what was signed then has lapsed, whenever they begin.
        ([LAST_YEAR, "starts 2026-11-02"], {"2026-11-01": NOT_YET, "2026-11-02": LAPSED}),
        # New text: due until its day, then lapsed; it is in force until then, so never overdue.
        (["sign 2026-09-03", "aup 2026-11-02 by 2026-11-16"], {"2026-11-01": SIGNED, "2026-11-16": DUE, "2026-11-17": LAPSED}),
        # Last year's and new text, in the grace.
        ([LAST_YEAR, "aup 2026-09-05 by 2026-09-20"], {"2026-09-08": DUE, "2026-09-09": OVERDUE, "2026-09-21": LAPSED}),
        # New text whose day is the first of the year.
        ([LAST_YEAR, "aup 2026-07-20 by 2026-08-01"], {"2026-07-31": DUE, "2026-08-01": DUE, "2026-08-02": LAPSED}),
        # A talk: until it is answered, or they sign; not forgotten when the year turns.
        (["talk 2026-09-02"], {"2026-09-01": DUE, "2026-09-02": TALK, "2026-09-09": TALK, "2027-08-01": TALK}),
        (["talk 2026-09-02 answered 2026-09-07"], {"2026-09-06": TALK, "2026-09-07": DUE, "2026-09-09": OVERDUE}),
        (["talk 2026-09-02", "sign 2026-09-04"], {"2026-09-03": TALK, "2026-09-04": SIGNED, "2027-08-01": DUE}),
        ([LAST_YEAR, "talk 2026-09-02"], {"2026-09-02": TALK, "2026-10-01": TALK}),
        # The first day was put right after they had signed: signed all the same.
        (["sign 2026-09-03", "starts 2026-09-04"], {"2026-09-03": SIGNED, "2026-09-04": SIGNED}),
        # Signed, and new text on the same day: the talk is settled all the same.
        (["talk 2026-11-01", "sign 2026-11-02", "aup 2026-11-02 by 2026-11-16"], {"2026-11-01": TALK, "2026-11-02": DUE}),
        # Signed, and only then something to say about it: signed, until there is something to sign again.
        (["sign 2026-09-02", "talk 2026-09-03"], {"2026-09-03": SIGNED, "2027-08-01": TALK}),
        # A no: answered or not, until they sign, or say something else, or the year turns.
        (["decline 2026-09-02"], {"2026-09-01": DUE, "2026-09-02": DECLINED, "2027-07-31": DECLINED, "2027-08-01": DUE}),
        ([NO_AT_ONCE], {"2026-09-02": DECLINED, "2026-09-03": DECLINED, "2026-10-01": DECLINED}),
        (["decline 2026-07-31"], {"2026-07-31": DECLINED, "2026-08-01": DUE}),
        (["decline 2026-08-01"], {"2026-08-01": DECLINED, "2026-10-01": DECLINED}),
        ([NO_AT_ONCE, "sign 2026-09-10"], {"2026-09-09": DECLINED, "2026-09-10": SIGNED}),
        ([NO_AT_ONCE, "sign 2026-09-10", "aup 2026-11-02 by 2026-11-16"], {"2026-11-02": DUE}),
        ([NO_AT_ONCE, "talk 2026-09-10"], {"2026-09-09": DECLINED, "2026-09-10": TALK}),
        ([NO_AT_ONCE, "talk 2026-09-10 answered 2026-09-12"], {"2026-09-10": TALK, "2026-09-12": OVERDUE}),
        (["talk 2026-09-02 answered 2026-09-04", "decline 2026-09-05"], {"2026-09-03": TALK, "2026-09-04": DUE, "2026-09-05": DECLINED}),
        # Exempt: from and until count, and only once it was granted, and not once it was ended.
        (["exempt 2026-09-01 until 2026-12-18"], {"2026-08-31": DUE, "2026-09-01": EXEMPT, "2026-12-18": EXEMPT, "2026-12-19": OVERDUE}),
        (["exempt 2026-09-01 until 2026-12-18 granted 2026-10-05"], {"2026-10-04": OVERDUE, "2026-10-05": EXEMPT}),
        (["exempt 2026-09-01 until 2026-12-18 granted 2026-08-05"], {"2026-08-31": DUE, "2026-09-01": EXEMPT}),
        (["exempt 2026-09-01 until 2026-12-18 ended 2026-10-05"], {"2026-10-04": EXEMPT, "2026-10-05": OVERDUE}),
        ([LAST_YEAR, "exempt 2026-09-01 until 2026-12-18"], {"2026-09-09": EXEMPT, "2026-10-01": EXEMPT, "2026-12-19": LAPSED}),
        # Of two, the first of: signed, declines, wants to talk, exempt, not open yet, the dates.
        (["exempt 2026-09-01 until 2026-12-18", "sign 2026-09-10"], {"2026-09-09": EXEMPT, "2026-09-10": SIGNED}),
        (["exempt 2026-09-01 until 2026-12-18", "talk 2026-09-10"], {"2026-09-09": EXEMPT, "2026-09-10": TALK}),
        (["exempt 2026-09-01 until 2026-12-18", NO_AT_ONCE], {"2026-09-01": EXEMPT, "2026-09-02": DECLINED}),
        (["starts 2026-11-02", "exempt 2026-10-01 until 2026-12-18"], {"2026-09-30": NOT_YET, "2026-10-01": EXEMPT, "2026-12-19": OVERDUE}),
    ],
)  # fmt: skip
def test_a_state_for_every_day(school: School, facts, days):
    ada = happen(school, facts)
    statuses = {on: signing_status(person=ada, on=day(on)) for on in days}
    assert {on: status.status for on, status in statuses.items()} == days
    # Everybody's at once says the same of her.
    people = Person.objects.filter(pk=ada.pk)
    assert {on: with_signing_status(people, school=school, on=day(on)).get().signing_status for on in days} == days
    for on, status in statuses.items():
        # What the state speaks of is there, and nothing else is.
        assert (status.response is not None) is (status.status in {TALK, DECLINED})
        assert (status.exemption is not None) is (status.status == EXEMPT)
        assert (status.sign_by is None) is (status.status in {SIGNED, EXEMPT, NOT_YET})
        if status.status in {DUE, OVERDUE}:
            assert status.sign_by is not None
            assert (status.sign_by < day(on)) is (status.status == OVERDUE)


@pytest.mark.parametrize(
    ("facts", "on", "sign_by"),
    [
        ([], "2026-11-23", "2026-09-08"),
        (["starts 2026-11-02"], "2026-11-03", "2026-11-09"),
        (["starts 2026-11-02"], "2027-07-31", "2026-11-09"),
        (["starts 2026-11-02"], "2027-08-01", "2027-09-08"),
        ([LAST_YEAR, "aup 2026-08-05 by 2026-08-20"], "2026-08-06", "2026-08-20"),
        (["talk 2026-09-02"], "2026-09-02", "2026-09-08"),
        # Signed before the year turned, with new text whose day comes after it: that text is not asked for again.
        (["aup 2026-07-20 by 2026-08-15", "sign 2026-07-25"], "2026-08-20", "2026-09-08"),
        ([LAST_YEAR, "aup 2026-07-20 by 2026-08-01"], "2026-08-01", "2026-08-01"),
        # Somebody who lapsed two years ago is asked for this year, not for then.
        ([LAST_YEAR], "2027-11-23", "2027-09-08"),
    ],
)
def test_by_when(school: School, facts, on, sign_by):
    assert signing_status(person=happen(school, facts), on=day(on)).sign_by == day(sign_by)


def test_a_school_that_begins_in_november_is_not_late_since_september(db: None):
    school = make_school("hillside", "Hillside School")
    hilda = make_person(school, "hilda@hillside.example", "Hilda Example")
    hilda.role_set.create(name="leadership", granted_at=noon("2025-07-01"))
    publish_texts(school, hilda, noon("2026-11-10"))
    ada = make_person(school, "ada@hillside.example", "Ada Example", starts_on=day("2026-11-08"))
    days = {"2026-11-09": NOT_YET, "2026-11-10": DUE, "2026-11-17": DUE, "2026-11-18": OVERDUE}
    for on, state in days.items():
        for person in (hilda, ada):
            assert signing_status(person=person, on=day(on)).status == state
            assert with_signing_status(Person.objects.filter(pk=person.pk), school=school, on=day(on)).get().signing_status == state


@pytest.mark.parametrize(
    ("starts_on", "added_on", "last_day"),
    [
        (None, "2026-11-25", "2026-12-09"),  # a fortnight, not since September
        ("2010-09-01", "2026-11-25", "2026-09-08"),  # the list says that they have been here long
        ("2026-11-23", "2026-11-25", "2026-11-30"),
        (None, None, "2026-09-08"),
    ],
)
def test_who_is_added_without_a_first_day_has_a_fortnight(school: School, starts_on, added_on, last_day):
    facts = {name: value and day(value) for name, value in (("starts_on", starts_on), ("added_on", added_on))}
    ada = make_person(school, "ada@hillside.example", "Ada Example", **facts)
    for on, state in ((day(last_day), DUE), (day(last_day) + dt.timedelta(days=1), OVERDUE)):
        found = signing_status(person=ada, on=on)
        assert (found.status, found.sign_by) == (state, day(last_day))
        assert with_signing_status(Person.objects.filter(pk=ada.pk), school=school, on=on).get().signing_status == state


def test_the_end_of_the_day_is_the_schools(school: School):
    """23:30 in London in summer is 22:30 UTC; half past midnight is still yesterday in UTC."""
    ada = happen(school, [])
    ada.responses.create(school=school, kind="talk", reason="Why?", said_at=dt.datetime(2026, 9, 1, 23, 30, tzinfo=dt.UTC))
    assert [signing_status(person=ada, on=day(on)).status for on in ("2026-09-01", "2026-09-02")] == [DUE, TALK]
    people, days = Person.objects.filter(pk=ada.pk), ("2026-09-01", "2026-09-02")
    assert [with_signing_status(people, school=school, on=day(on)).get().signing_status for on in days] == [DUE, TALK]


@pytest.mark.parametrize("facts", [["talk 2026-10-10"], ["decline 2026-10-10"], ["exempt 2026-10-10 until 2027-12-18"]])
def test_no_state_gives_or_takes_the_wifi(school: School, facts):
    """In force connects and lapsed does not, whatever somebody said, and whatever they were excused from."""
    ada = happen(school, ["sign 2026-09-03", *facts])
    permission = ask(ada, at=noon("2026-09-03"))
    hilda = Person.objects.get(email="hilda@hillside.example")
    type(permission).objects.filter(pk=permission.pk).update(
        decided_by=hilda, decided_at=noon("2026-09-04"), approved=True, until=day("2028-07-31")
    )
    assert {on: Device.objects.with_reason(on=day(on)).get().reason for on in ("2027-09-30", "2027-10-01")} == {
        "2027-09-30": "",
        "2027-10-01": "lapsed",
    }


def test_the_week_is_a_week():
    assert dt.timedelta(days=7) == TIME_TO_SIGN
