"""What is in force on a day, and where that leaves a person: each date with the day before it and the day after.

The school has England's dates: signing opens on 1 August, is due by 8 September, and lapses on 1 October of the year after.
Version 1 of both texts is in effect from 1 August 2025.
"""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from declarations.devices.models import Device
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.policies import publishing
from declarations.policies.models import PolicyVersion
from declarations.signing.models.declaration import Declaration
from declarations.signing.status import SigningStatus, signing_status, with_signing_status
from tests.cast import ask, make_person, make_school, publish_texts, sign

SIGNED, DUE, OVERDUE, LAPSED, NOT_YET = (
    SigningStatus.SIGNED,
    SigningStatus.DUE,
    SigningStatus.OVERDUE,
    SigningStatus.LAPSED,
    SigningStatus.NOT_YET,
)
LONDON_NOON = dt.time(11, 30)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def noon(text: str) -> dt.datetime:
    return dt.datetime.combine(day(text), LONDON_NOON, dt.UTC)


@pytest.fixture
def ada(db: None) -> Person:
    school = make_school("hillside", "Hillside School")
    hilda = make_person(school, "hilda@hillside.example", "Hilda Example")
    hilda.role_set.create(name="leadership", granted_at=noon("2025-07-01"))
    publish_texts(school, hilda, noon("2025-08-01"))
    return make_person(school, "ada@hillside.example", "Ada Example")


def happen(ada: Person, events: list[str]) -> None:
    """`sign DAY`, or `aup DAY [from DAY] [by DAY]`, which publishes the next version on that day; without `by` a correction."""
    for event in events:
        what, on, *rest = event.split()
        if what == "sign":
            sign(ada, noon(on))
            continue
        dates = dict(zip(rest[::2], rest[1::2], strict=True))
        latest = PolicyVersion.objects.filter(school=ada.school, document=what).order_by("-number").first()
        publishing.publish(
            version=publishing.draft(school=ada.school, document=what, title=latest.title, body=latest.source_body + "\nMore.\n"),
            by=Person.objects.get(email="hilda@hillside.example"),
            at=noon(on),
            reason="Something changed.",
            effective_from=day(dates.get("from", on)),
            sign_by=day(dates["by"]) if "by" in dates else None,
        )


NEW = "aup 2026-11-02 by 2026-11-16"
LATER = "aup 2026-11-02 from 2026-11-09 by 2026-11-16"
LEAFLET = "leaflet 2026-11-02 by 2026-11-16"


@pytest.mark.parametrize(
    ("events", "on", "state", "holds_until", "sign_by"),
    [
        # Nothing signed: due by the school's date, and from then on at once.
        ([], "2025-07-31", NOT_YET, None, None),
        ([], "2025-08-01", DUE, None, "2025-09-08"),
        ([], "2026-07-31", OVERDUE, None, "2025-09-08"),
        ([], "2026-08-01", DUE, None, "2026-09-08"),
        ([], "2026-09-08", DUE, None, "2026-09-08"),
        ([], "2026-09-09", OVERDUE, None, "2026-09-08"),
        # Signed before it opened: last year's, so it is due again in August and holds to the end of the grace.
        (["sign 2026-07-31"], "2026-07-31", SIGNED, "2026-09-30", None),
        (["sign 2026-07-31"], "2026-08-01", DUE, "2026-09-30", "2026-09-08"),
        (["sign 2026-07-31"], "2026-09-01", DUE, "2026-09-30", "2026-09-08"),
        (["sign 2026-07-31"], "2026-09-08", DUE, "2026-09-30", "2026-09-08"),
        (["sign 2026-07-31"], "2026-09-09", OVERDUE, "2026-09-30", "2026-09-08"),
        (["sign 2026-07-31"], "2026-09-30", OVERDUE, "2026-09-30", "2026-09-08"),
        (["sign 2026-07-31"], "2026-10-01", LAPSED, None, "2026-09-08"),
        # Signed on the day that it opened: counts for the year ahead.
        (["sign 2026-08-01"], "2026-08-01", SIGNED, "2027-09-30", None),
        (["sign 2026-08-01"], "2026-10-01", SIGNED, "2027-09-30", None),
        (["sign 2026-08-01"], "2027-07-31", SIGNED, "2027-09-30", None),
        (["sign 2026-08-01"], "2027-08-01", DUE, "2027-09-30", "2027-09-08"),
        (["sign 2026-08-01"], "2027-09-30", OVERDUE, "2027-09-30", "2027-09-08"),
        (["sign 2026-08-01"], "2027-10-01", LAPSED, None, "2027-09-08"),
        (["sign 2026-08-01"], "2028-08-01", LAPSED, None, "2028-09-08"),
        # Signed again in the next year; each day has its own answer, also looked at from later.
        (["sign 2026-09-03", "sign 2027-08-15"], "2026-09-02", DUE, None, "2026-09-08"),
        (["sign 2026-09-03", "sign 2027-08-15"], "2026-09-03", SIGNED, "2027-09-30", None),
        (["sign 2026-09-03", "sign 2027-08-15"], "2027-08-14", DUE, "2027-09-30", "2027-09-08"),
        (["sign 2026-09-03", "sign 2027-08-15"], "2027-08-15", SIGNED, "2028-09-30", None),
        (["sign 2026-09-03", "sign 2027-08-15"], "2027-10-01", SIGNED, "2028-09-30", None),
        # A gap: lapsed in between, never a year early.
        (["sign 2026-09-03", "sign 2027-11-01"], "2027-09-30", OVERDUE, "2027-09-30", "2027-09-08"),
        (["sign 2026-09-03", "sign 2027-11-01"], "2027-10-31", LAPSED, None, "2027-09-08"),
        (["sign 2026-09-03", "sign 2027-11-01"], "2027-11-01", SIGNED, "2028-09-30", None),
        # A correction costs nobody anything, however many.
        (["sign 2026-09-03", "aup 2026-11-02"], "2026-11-02", SIGNED, "2027-09-30", None),
        (["sign 2026-09-03", "aup 2026-11-02", "leaflet 2026-11-03", "aup 2026-11-04"], "2027-07-31", SIGNED, "2027-09-30", None),
        # New text: before, on the day that it takes effect, on the last day of grace, and after.
        (["sign 2026-09-03", NEW], "2026-11-01", SIGNED, "2027-09-30", None),
        (["sign 2026-09-03", NEW], "2026-11-02", DUE, "2026-11-16", "2026-11-16"),
        (["sign 2026-09-03", NEW], "2026-11-15", DUE, "2026-11-16", "2026-11-16"),
        (["sign 2026-09-03", NEW], "2026-11-16", DUE, "2026-11-16", "2026-11-16"),
        (["sign 2026-09-03", NEW], "2026-11-17", LAPSED, None, "2026-11-16"),
        (["sign 2026-09-03", NEW, "sign 2026-11-10"], "2026-11-09", DUE, "2026-11-16", "2026-11-16"),
        (["sign 2026-09-03", NEW, "sign 2026-11-10"], "2026-11-10", SIGNED, "2027-09-30", None),
        (["sign 2026-09-03", NEW, "sign 2026-11-10"], "2026-11-17", SIGNED, "2027-09-30", None),
        (["sign 2026-09-03", NEW, "sign 2026-12-01"], "2026-11-30", LAPSED, None, "2026-11-16"),
        (["sign 2026-09-03", NEW, "sign 2026-12-01"], "2026-12-01", SIGNED, "2027-09-30", None),
        ([NEW, "sign 2026-11-10"], "2026-11-17", SIGNED, "2027-09-30", None),
        # The leaflet is signed as well.
        (["sign 2026-09-03", LEAFLET], "2026-11-01", SIGNED, "2027-09-30", None),
        (["sign 2026-09-03", LEAFLET], "2026-11-16", DUE, "2026-11-16", "2026-11-16"),
        (["sign 2026-09-03", LEAFLET], "2026-11-17", LAPSED, None, "2026-11-16"),
        (["sign 2026-09-03", LEAFLET, "sign 2026-11-10"], "2026-11-17", SIGNED, "2027-09-30", None),
        # Both, each with its day: the earlier one counts.
        (["sign 2026-09-03", NEW, "leaflet 2026-11-03 by 2026-11-12"], "2026-11-04", DUE, "2026-11-12", "2026-11-12"),
        (["sign 2026-09-03", NEW, "leaflet 2026-11-03 by 2026-11-12"], "2026-11-13", LAPSED, None, "2026-11-12"),
        (["sign 2026-09-03", NEW, "sign 2026-11-02", "leaflet 2026-11-03 by 2026-11-12"], "2026-11-13", LAPSED, None, "2026-11-12"),
        # Published ahead: nothing is asked until it takes effect.
        (["sign 2026-09-03", LATER], "2026-11-08", SIGNED, "2027-09-30", None),
        (["sign 2026-09-03", LATER], "2026-11-09", DUE, "2026-11-16", "2026-11-16"),
        (["sign 2026-09-03", LATER], "2026-11-17", LAPSED, None, "2026-11-16"),
        # Signed between publication and effect: that was the old text.
        ([LATER, "sign 2026-11-08"], "2026-11-08", SIGNED, "2027-09-30", None),
        ([LATER, "sign 2026-11-08"], "2026-11-09", DUE, "2026-11-16", "2026-11-16"),
        ([LATER, "sign 2026-11-09"], "2026-11-17", SIGNED, "2027-09-30", None),
        # To be signed on the day itself: that day is still grace.
        (["sign 2026-09-03", "aup 2026-11-02 by 2026-11-02"], "2026-11-02", DUE, "2026-11-02", "2026-11-02"),
        (["sign 2026-09-03", "aup 2026-11-02 by 2026-11-02"], "2026-11-03", LAPSED, None, "2026-11-02"),
        # A correction of the new text neither asks again nor forgives.
        (["sign 2026-09-03", NEW, "aup 2026-11-05"], "2026-11-16", DUE, "2026-11-16", "2026-11-16"),
        (["sign 2026-09-03", NEW, "aup 2026-11-05"], "2026-11-17", LAPSED, None, "2026-11-16"),
        (["sign 2026-09-03", NEW, "sign 2026-11-03", "aup 2026-11-05"], "2026-11-17", SIGNED, "2027-09-30", None),
        (["sign 2026-09-03", NEW, "aup 2026-11-05", "sign 2026-11-06"], "2026-11-17", SIGNED, "2027-09-30", None),
        # New text in the summer, due after the old declaration lapses anyway.
        (["sign 2026-09-03", "aup 2027-08-02 by 2027-10-20"], "2027-09-30", OVERDUE, "2027-09-30", "2027-09-08"),
        (["sign 2026-09-03", "aup 2027-08-02 by 2027-10-20"], "2027-10-01", LAPSED, None, "2027-09-08"),
    ],
)
def test_where_a_person_stands(ada: Person, events, on, state, holds_until, sign_by):
    happen(ada, events)
    on = day(on)
    now = signing_status(person=ada, on=on)
    assert (now.status, now.holds_until, now.sign_by) == (
        state,
        day(holds_until) if holds_until else None,
        day(sign_by) if sign_by else None,
    )
    declarations = Declaration.objects.filter(person=ada)
    year = ada.school.year(on=on).key
    assert declarations.in_force(on=on).exists() is (holds_until is not None)
    assert declarations.current(on=on, year=year).exists() is (state == SIGNED)
    # One person's signing status, and everybody's at once, say the same.
    assert with_signing_status(Person.objects.filter(pk=ada.pk), school=ada.school, on=on).get().signing_status == state
    # The declaration that is spoken of had been signed by then.
    signed = [declaration.signed_on for declaration in declarations if declaration.signed_on <= on]
    assert (now.declaration is not None) is bool(signed)
    assert now.declaration is None or now.declaration.signed_on <= on


def test_what_another_school_publishes_ends_nothing(ada: Person):
    sign(ada, noon("2026-09-03"))
    riverside = make_school("riverside", "Riverside School")
    rosa = make_person(riverside, "rosa@riverside.example", "Rosa Example")
    rosa.role_set.create(name="leadership", granted_at=noon("2025-07-01"))
    for _version in (1, 2, 3):
        for document in ("leaflet", "aup"):
            publishing.publish(
                version=publishing.draft(school=riverside, document=document, title="Theirs", body="Words."),
                by=rosa, at=noon("2026-11-02"), reason="Theirs", effective_from=day("2026-11-02"), sign_by=day("2026-11-02"),
            )  # fmt: skip
    assert signing_status(person=ada, on=day("2026-11-23")).status == SIGNED


def test_a_draft_ends_nothing(ada: Person):
    sign(ada, noon("2026-09-03"))
    draft = publishing.draft(school=ada.school, document="aup", title="Next", body="Words.")
    PolicyVersion.objects.filter(pk=draft.pk).update(effective_from=day("2026-09-04"), sign_by=day("2026-09-05"))
    assert signing_status(person=ada, on=day("2026-11-23")).status == SIGNED
    assert PolicyVersion.objects.filter(school=ada.school).current(on=day("2026-11-23"))["aup"].number == 1


@pytest.mark.parametrize(
    ("zone", "at", "signed_on", "year"),
    [
        ("Europe/London", "2026-07-31T22:59:59+00:00", "2026-07-31", 2025),
        ("Europe/London", "2026-07-31T23:00:00+00:00", "2026-08-01", 2026),  # midnight of British Summer Time
        ("Pacific/Auckland", "2026-07-31T11:59:59+00:00", "2026-07-31", 2025),
        ("Pacific/Auckland", "2026-07-31T12:00:00+00:00", "2026-08-01", 2026),
        ("America/New_York", "2026-08-01T03:59:59+00:00", "2026-07-31", 2025),
        ("America/New_York", "2026-08-01T04:00:00+00:00", "2026-08-01", 2026),
    ],
)
def test_the_day_is_the_schools(ada: Person, zone, at, signed_on, year):
    School.objects.filter(pk=ada.school_id).update(time_zone=zone)
    ada = Person.objects.get(pk=ada.pk)
    signed = sign(ada, dt.datetime.fromisoformat(at))
    assert (signed.signed_on, signed.school_year, signed.time_zone) == (day(signed_on), year, zone)


def test_the_text_in_effect_is_the_newest_that_has_begun(ada: Person):
    happen(ada, ["aup 2026-11-02 from 2026-11-09", "leaflet 2026-11-03"])
    versions = PolicyVersion.objects.filter(school=ada.school)
    in_effect = {on: {d: v.number for d, v in versions.current(on=day(on)).items()} for on in
                 ("2025-07-31", "2025-08-01", "2026-11-02", "2026-11-03", "2026-11-08", "2026-11-09")}  # fmt: skip
    assert in_effect == {
        "2025-07-31": {},
        "2025-08-01": {"aup": 1, "leaflet": 1},
        "2026-11-02": {"aup": 1, "leaflet": 1},
        "2026-11-03": {"aup": 1, "leaflet": 2},
        "2026-11-08": {"aup": 1, "leaflet": 2},
        "2026-11-09": {"aup": 2, "leaflet": 2},
    }


def test_signing_status_takes_five_queries_at_most_whatever_was_signed(ada: Person):
    happen(ada, ["sign 2025-09-03", "sign 2026-09-03", NEW])
    for on, most in (("2026-10-10", 1), ("2026-11-10", 4), ("2026-11-20", 4)):
        person = Person.objects.select_related("school").get(pk=ada.pk)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            signing_status(person=person, on=day(on))
        assert len(queries) == most, on


def test_somebody_of_no_school_stands_nowhere(db: None):
    with pytest.raises(ValueError, match="of a school"):
        signing_status(person=make_person(None, "tara@trust.example", "Tara Example"), on=day("2026-11-23"))


def test_the_wifi_follows_what_is_in_force(ada: Person):
    """Permission and declaration together: the grace counts, and the day after does not."""
    happen(ada, ["sign 2026-09-03"])
    permission = ask(ada, at=noon("2026-09-03"))
    hilda = Person.objects.get(email="hilda@hillside.example")
    type(permission).objects.filter(pk=permission.pk).update(
        decided_by=hilda, decided_at=noon("2026-09-04"), approved=True, until=day("2027-09-30")
    )
    happen(ada, [NEW])
    reasons = {on: Device.objects.with_reason(on=day(on)).get().reason for on in ("2026-11-01", "2026-11-16", "2026-11-17", "2027-10-01")}
    assert reasons == {"2026-11-01": "", "2026-11-16": "", "2026-11-17": "lapsed", "2027-10-01": "approval_expired"}
