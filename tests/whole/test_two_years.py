"""Sixty people live through two school years, day by day: every message that each of them got, and every day of their Wi-Fi.

Each cohort is written out: what its people do, and what they are sent. Summer ends on Wednesday 2 September 2026 and on
Wednesday 1 September 2027; declarations are due on 8 September; what was signed before lapses on 1 October.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import pytest

from declarations.devices.actions import approval, renewal
from declarations.devices.models import Permission
from declarations.jobs.models import Job
from declarations.mail import outbox
from declarations.mail.models import Email
from declarations.network import authorise
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.people.roles import grant_role
from declarations.policies import publishing
from declarations.policies.models import PolicyVersion
from declarations.signing.actions import responses
from tests.cast import ask, make_person, make_school, publish_next, publish_texts, sign
from tests.reminders.living import LONDON, PostBox, at, day, enter_holidays, morning, post

pytestmark = pytest.mark.sqlite  # half a minute; what PostgreSQL does otherwise is tested in test_reminders.py

FIRST, LAST = day("2026-08-01"), day("2028-08-31")
# The worker is dead from Monday to Sunday: what fell due on Wednesday 8 September 2027 is caught up on the 13th, once.
DEAD = {day("2027-09-06") + dt.timedelta(days=number) for number in range(7)}

BY_2026, BY_TEXT, BY_2027 = (f"Please sign by {on}" for on in ("8 September 2026", "1 March 2027", "8 September 2027"))
WAS_2026, WAS_TEXT, WAS_2027 = (f"Your declaration was due on {on}" for on in ("8 September 2026", "1 March 2027", "8 September 2027"))
LEFT, REVIEW = "Who has not signed yet at Lakeside", "A text is to be reviewed at Lakeside"
GIVEN, KEPT = "Your Example Phone 5 may use the Wi-Fi", "Your Example Phone 5 may go on using the Wi-Fi"
ENDS = "Permission for your Example Phone 5 ends on 30 September 2027"
ANSWERED = "You have an answer"


@dataclass
class Cohort:
    """`signs` are days on which they sign at ten; `gets` is all that they are sent; `wifi` the days on which their phone is let on."""

    size: int
    signs: list[str] = field(default_factory=list)
    gets: list[tuple[str, str]] = field(default_factory=list)
    category: str = "staff"
    email: str = "{name}@lakeside.example"
    facts: dict[str, dt.date] = field(default_factory=dict)
    wifi: list[tuple[str, str]] = field(default_factory=list)


PROMPT = ["2026-08-25", "2027-02-03", "2027-08-25"]
TOLD_OF_TEXT = ("2027-02-01", BY_TEXT)
LEADER = [
    ("2026-09-16", LEFT),
    TOLD_OF_TEXT,
    ("2027-03-09", LEFT),
    ("2027-04-16", LEFT),  # who joined at Easter had signed nothing either
    ("2027-06-08", REVIEW),
    ("2027-09-16", LEFT),
]  # fmt: skip
COHORTS = {
    "prompt": Cohort(17, PROMPT, [TOLD_OF_TEXT]),
    "phone": Cohort(
        3, PROMPT, [("2026-09-03", GIVEN), TOLD_OF_TEXT, ("2027-09-16", ENDS)], wifi=[("2026-09-03", "2027-09-30")]
    ),
    # Renewed on 10 September 2027, while the worker was dead: they hear of it when it is back.
    "renewed": Cohort(2, PROMPT, [("2026-09-03", GIVEN), TOLD_OF_TEXT, ("2027-09-13", KEPT)], wifi=[("2026-09-03", "2028-08-31")]),
    "inset": Cohort(
        8,
        ["2026-09-03", "2027-02-24", "2027-09-03"],
        [("2026-09-02", BY_2026), TOLD_OF_TEXT, ("2027-02-22", BY_TEXT), ("2027-09-01", BY_2027)],
    ),
    "governor": Cohort(
        2,
        ["2026-09-03", "2027-02-24", "2027-09-03"],
        [("2026-09-02", BY_2026), TOLD_OF_TEXT, ("2027-02-22", BY_TEXT), ("2027-09-01", BY_2027)],
        category="governor",
    ),
    # Signs nine days after it was due, so loses nothing in September; in March, four days after, and is off in between.
    "late": Cohort(
        8,
        ["2026-09-14", "2027-03-05", "2027-09-14"],
        [
            ("2026-09-02", BY_2026), ("2026-09-03", GIVEN), ("2026-09-08", BY_2026), ("2026-09-11", WAS_2026),
            TOLD_OF_TEXT, ("2027-02-22", BY_TEXT), ("2027-03-01", BY_TEXT), ("2027-03-04", WAS_TEXT),
            ("2027-09-01", BY_2027), ("2027-09-13", WAS_2027),  # the worker was dead on the 8th
            ("2027-09-16", ENDS),
        ],
        wifi=[("2026-09-03", "2027-03-01"), ("2027-03-05", "2027-09-30")],
    ),
    # Never signs again. What was signed in June 2026 holds until the end of September.
    "never": Cohort(
        4,
        [],
        [
            ("2026-09-02", BY_2026), ("2026-09-03", GIVEN), ("2026-09-08", BY_2026), ("2026-09-11", WAS_2026), ("2026-09-15", WAS_2026),
            *((on, WAS_2026) for on in ("2027-02-01", "2027-02-22", "2027-03-01", "2027-03-04", "2027-03-08")),
            ("2027-09-01", BY_2027), ("2027-09-13", WAS_2027), ("2027-09-15", WAS_2027), ("2027-09-16", ENDS),
        ],
        wifi=[("2026-09-03", "2026-09-30")],
    ),
    "without": Cohort(2, email=""),
    "nobody": Cohort(1),  # the mail server knows no such address
    "exempt": Cohort(2, ["2027-02-02", "2027-08-25"], [("2027-02-01", WAS_2026)]),
    "talker": Cohort(1, ["2026-09-10", "2027-02-03", "2027-08-25"], [("2026-09-02", BY_2026), ("2026-09-10", ANSWERED), TOLD_OF_TEXT]),
    # Said no, and got an answer: left alone until the next year asks again.
    "decliner": Cohort(1, [], [("2026-09-02", BY_2026), ("2026-09-04", ANSWERED), ("2027-09-01", BY_2027)]),
    "joiner": Cohort(
        3,
        ["2026-11-10", "2027-02-03", "2027-08-25"],
        [("2026-11-09", "Please sign by 16 November 2026"), TOLD_OF_TEXT],
        facts={"starts_on": day("2026-11-09")},
    ),
    # Joins in the Easter holidays: what fell due in them comes on the first day of term, once.
    "easter": Cohort(
        1,
        ["2027-04-16", "2027-08-25"],
        [("2027-04-12", "Your declaration was due on 8 April 2027"), ("2027-04-15", "Your declaration was due on 8 April 2027")],
        facts={"starts_on": day("2027-04-01")},
    ),
    "leaver": Cohort(
        1, ["2026-08-25"], [("2026-09-03", GIVEN)], facts={"leaves_on": day("2027-01-01")}, wifi=[("2026-09-03", "2026-12-31")]
    ),
    "leaver_late": Cohort(1, [], [("2026-09-02", BY_2026), ("2026-09-08", BY_2026)], facts={"leaves_on": day("2026-09-10")}),
    "head": Cohort(
        1,
        PROMPT,
        sorted([*LEADER, ("2026-09-02", "talker0 waits for your answer"),
                ("2026-09-03", "decliner0 waits for your answer"), ("2027-09-02", "decliner0 waits for your answer")]),
    ),
    "deputy": Cohort(2, PROMPT, LEADER),
}  # fmt: skip


@dataclass
class Life:
    """The school and its people by cohort; `todo` is what happens on which day, at ten."""

    school: School
    people: dict[str, list[Person]]
    todo: dict[dt.date, list[Callable[[dt.datetime], object]]] = field(default_factory=lambda: defaultdict(list))
    addresses: dict[str, tuple[str, Person]] = field(default_factory=dict)

    def plan(self, on: str, what: Callable[[dt.datetime], object]) -> None:
        self.todo[day(on)].append(what)

    def one(self, cohort: str) -> Person:
        return self.people[cohort][0]

    @property
    def head(self) -> Person:
        return self.one("head")


def settle() -> Life:
    school = make_school("lakeside", "Lakeside School")
    enter_holidays(school)
    people = {
        name: [
            make_person(school, cohort.email.format(name=f"{name}{number}"), f"{name}{number}", category=cohort.category, **cohort.facts)
            for number in range(cohort.size)
        ]
        for name, cohort in COHORTS.items()
    }
    life = Life(school, people)
    june = at(day("2026-06-01"), "09:00")
    for leader in (life.head, *people["deputy"]):
        grant_role(person=leader, name="leadership", by=None, at=june)
    school.headteacher = life.head
    school.deciders = "leadership"
    school.save()
    publish_texts(school, life.head, june)
    for name, there in people.items():
        for person in there if name not in {"joiner", "easter"} else ():
            sign(person, june + dt.timedelta(days=7))
    return life


def plan_what_they_do(life: Life) -> None:
    for name, cohort in COHORTS.items():
        for person in life.people[name]:
            for on in cohort.signs:
                life.plan(on, partial(sign, person))
    owners = [(name, person) for name in ("phone", "renewed", "late", "never", "leaver") for person in life.people[name]]
    for number, (name, person) in enumerate(owners):
        address = f"3C:22:FB:00:01:{number:02X}"
        life.addresses[address] = name, person
        life.plan("2026-09-03", partial(phone, life, person, address))
    for person in life.people["renewed"]:
        life.plan("2027-09-10", partial(renew, life, person))
    for person in life.people["exempt"]:
        life.plan("2026-09-01", partial(exempt, life, person))
    life.plan("2026-09-02", partial(reply, life.one("talker"), "talk"))
    life.plan("2026-09-03", partial(reply, life.one("decliner"), "decline"))
    life.plan("2026-09-04", partial(answer, life, life.one("decliner")))
    # Answered before the talker signs, that day at ten.
    life.todo[day("2026-09-10")].insert(0, partial(answer, life, life.one("talker")))
    life.plan("2027-01-29", partial(new_text, life))
    life.plan("2027-05-10", partial(correction, life))
    life.plan("2027-09-02", partial(reply, life.one("decliner"), "decline"))


def reply(person: Person, kind: str, moment: dt.datetime) -> None:
    responses.respond(person=person, kind=kind, reason="I wonder.", at=moment)


def exempt(life: Life, person: Person, moment: dt.datetime) -> None:
    responses.exempt(person=person, by=life.head, reason="Away.", from_on=day("2026-09-01"), until=day("2027-01-31"), at=moment)


def phone(life: Life, person: Person, address: str, moment: dt.datetime) -> None:
    permission = ask(person, address, moment)
    by = life.head
    until = permission.latest_until(on=life.school.day_of(moment))
    approval.approve(permission=permission, by=by, until=until, at=moment)


def renew(life: Life, person: Person, moment: dt.datetime) -> None:
    permission = Permission.objects.get(owner=person, ended_at__isnull=True)
    renewal.renew(permission=permission, by=life.head, until=day("2028-09-30"), at=moment)


def answer(life: Life, person: Person, moment: dt.datetime) -> None:
    responses.answer(response=person.responses.get(answered_at__isnull=True), by=life.head, text="Come and see me.", at=moment)


def new_text(life: Life, moment: dt.datetime) -> None:
    old = PolicyVersion.objects.get(school=life.school, document="aup", number=1)
    draft = publishing.draft(school=life.school, document="aup", title=old.title, body=old.source_body + "\n- **A3** More.\n")
    draft.review_on = day("2027-06-07")
    draft.save()
    publishing.publish(version=draft, by=life.head, at=moment, reason="A3.", effective_from=day("2027-02-01"), sign_by=day("2027-03-01"))


def correction(life: Life, moment: dt.datetime) -> None:
    """Nobody signs again."""
    leaflet = PolicyVersion.objects.get(school=life.school, document="leaflet", number=1)
    publish_next(leaflet, by=life.head, at=moment, sign_by=None)


def live(life: Life) -> dict[dt.date, set[str]]:
    """Two years; the addresses that were let on, at noon of each day."""
    let_on = {}
    for number in range((LAST - FIRST).days + 1):
        on = FIRST + dt.timedelta(days=number)
        if on not in DEAD:
            morning(on)
        for what in life.todo[on]:
            what(at(on, "10:00"))
        # A certificate takes a third of a second to typeset: receipts are tests/evidence's.
        Email.objects.filter(kind="receipt").delete()
        let_on[on] = set(authorise.allowed_addresses(school_id=life.school.pk, at=at(on)).values_list("address", flat=True))
        if on not in DEAD:
            post(at(on, "16:30"))
    return let_on


@pytest.mark.django_db
def test_two_years(settings):
    PostBox.arrived = []
    settings.MAILERS = {"default": {"BACKEND": "tests.reminders.living.PostBox"}}
    life = settle()
    Job.objects.create(name="reminders", due_at=at(FIRST, "07:00"))
    assert sum(len(there) for there in life.people.values()) == 60
    Email.objects.all().delete()
    plan_what_they_do(life)
    let_on = live(life)

    # Everything that each person got, and nothing else.
    got: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for moment, to, subject in PostBox.arrived:
        got[to].append((life.school.day_of(moment).isoformat(), subject))
    expected = {person.email: COHORTS[name].gets for name, there in life.people.items() for person in there if COHORTS[name].gets}
    assert {to: sorted(there) for to, there in got.items()} == {to: sorted(there) for to, there in expected.items()}

    # Nobody is reminded twice on one day, at night, at a weekend or in the holidays.
    sent = list(Email.objects.filter(kind="reminder", sent_at__isnull=False))
    assert max(Counter((letter.person_id, life.school.day_of(letter.sent_at)) for letter in sent).values()) == 1
    holidays = [(one.first_on, one.last_on) for one in life.school.holidays.all()]
    for letter in sent:
        local = letter.sent_at.astimezone(LONDON)
        assert 8 <= local.hour < 17
        assert local.weekday() < 5
        assert not any(first <= local.date() <= last for first, last in holidays)

    # The address that was refused is given up for sixty days at a time, and tried again: what is asked was never said.
    refused = Email.objects.filter(person=life.one("nobody")).order_by("on")
    tries = ["2026-09-02", "2026-11-09", "2027-01-11", "2027-03-15", "2027-05-17", "2027-07-19",
             "2027-11-01", "2028-01-04", "2028-03-13", "2028-05-15", "2028-07-17"]  # fmt: skip
    assert [(letter.on.isoformat(), letter.sent_at) for letter in refused] == [(on, None) for on in tries]
    assert {letter.error for letter in refused} == {"SMTPRecipientsRefused"}
    assert not outbox.waiting().exists()

    # The Wi-Fi: not a day too few, not a day too many.
    for address, (name, person) in life.addresses.items():
        mine = {on for first, last in COHORTS[name].wifi for on in span(first, last)}
        assert {on for on, there in let_on.items() if address in there} == mine, person


def span(first: str, last: str) -> list[dt.date]:
    return [day(first) + dt.timedelta(days=number) for number in range((day(last) - day(first)).days + 1)]
