"""The letters of a school's day: one a person, only to who is to hear it, settled ones dropped, caught up once."""

import datetime as dt
import threading

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from declarations.devices.actions import approval, renewal
from declarations.devices.models import Permission
from declarations.mail import outbox
from declarations.mail.models import Email, Reminder
from declarations.organisation.models.person import Person
from declarations.policies import publishing
from declarations.policies.models import PolicyVersion
from declarations.privacy import erasure
from declarations.reminders import plan
from declarations.reminders.signed import who_has_signed
from declarations.signing.actions import paper, responses
from declarations.signing.models.declaration import Declaration
from declarations.signing.status import signing_status
from tests.cast import ask, make_person, make_school, publish_next, publish_texts, sign
from tests.reminders.living import at, day, enter_holidays, post, reminders

MONDAY = day("2027-09-13")
WEDNESDAY = day("2027-09-08")


@pytest.fixture
def lake(db: None):
    """A school with texts since June 2027, a head who leads, ada and ben; nobody has signed. Summer ends on 31 August."""
    school = make_school("lakeside", "Lakeside School")
    enter_holidays(school)
    june = at(day("2027-06-07"), "09:00")
    head = make_person(school, "head@lakeside.example", "Head")
    make_person(school, "ada@lakeside.example", "Ada")
    make_person(school, "ben@lakeside.example", "Ben")
    head.role_set.create(name="leadership", granted_at=june)
    publish_texts(school, head, june)
    sign(head, at(day("2027-08-25")))
    Email.objects.all().delete()
    return school


def person(name: str) -> Person:
    return Person.objects.get(email=f"{name}@lakeside.example")


def write(school, on: dt.date, clock: str = "07:00") -> int:
    return plan.queue(school, at=at(on, clock))


def test_one_letter_a_person_with_all_that_there_is(lake):
    """Ben has not signed, and his permission ends."""
    ben = person("ben")
    permission = ask(ben, at=at(day("2027-06-14")))
    approval.approve(permission=permission, by=person("head"), until=day("2027-09-22"), at=at(day("2027-06-14")))
    Email.objects.all().delete()
    assert write(lake, WEDNESDAY) == 2
    assert reminders() == [
        ("ada@lakeside.example", WEDNESDAY, ["year 2027 due"]),
        ("ben@lakeside.example", WEDNESDAY, [f"permission {permission.pk}", "year 2027 due"]),
    ]
    assert post(at(WEDNESDAY, "08:00")) == 2
    (body,) = [message.body for message in mail.outbox if message.to == ["ben@lakeside.example"]]
    assert "Please read the guidance" in body or "Today is the last day" in body
    assert "The permission for your Example Phone 5 ends: 22 September 2027" in body


def test_a_paper_that_is_entered_late_is_not_the_newest(lake, client):
    """Ada signed on paper, then the corrected leaflet on screen; then the paper is entered."""
    ada, head = person("ada"), person("head")
    leaflet = PolicyVersion.objects.get(school=lake, document="leaflet")
    publish_next(leaflet, by=head, at=at(day("2027-09-02")), sign_by=None)
    on_screen = sign(ada, at(day("2027-09-06")))
    facts = {"sighted_by": "Head", "filed_where": "Cabinet 2", "at": at(day("2027-09-10"))}
    on_paper = paper.enter(person=ada, by=head, signed_on=day("2027-09-01"), **facts)
    assert [declaration.leaflet.number for declaration in (on_screen, on_paper)] == [2, 1]
    assert Declaration.objects.filter(person=ada).newest_first().first() == on_screen
    stands = signing_status(person=ada, on=MONDAY)
    assert stands.declaration == on_screen
    signed = who_has_signed(lake, on=MONDAY)
    assert (signed.signed, signed.everyone) == (2, 3)
    # A new leaflet asks for it again, and of the version that was signed last.
    publish_next(PolicyVersion.objects.get(school=lake, number=2), by=head, at=at(MONDAY), sign_by=day("2027-09-20"))
    assert signing_status(person=ada, on=MONDAY).declaration == on_screen


def test_written_twice_is_like_once(lake):
    assert [write(lake, WEDNESDAY) for _ in range(3)] == [2, 0, 0]
    post(at(WEDNESDAY, "08:00"))
    assert [write(lake, WEDNESDAY, "12:00"), write(lake, WEDNESDAY + dt.timedelta(days=1))] == [0, 0]


@pytest.mark.parametrize(
    ("on", "clock", "goes"),
    [
        ("2027-09-08", "07:59", False),
        ("2027-09-08", "08:00", True),
        ("2027-09-08", "16:59", True),
        ("2027-09-08", "17:00", False),
        ("2027-09-11", "12:00", False),  # Saturday
        ("2027-10-27", "12:00", False),  # half term
        ("2027-09-09", "08:00", True),
    ],
)
def test_it_leaves_on_a_school_day_between_eight_and_five(lake, on, clock, goes):
    write(lake, WEDNESDAY)
    Email.objects.update(not_before=at(WEDNESDAY, "07:00"))
    assert bool(post(at(day(on), clock))) is goes
    assert Email.objects.filter(attempts=0).exists() is not goes


def test_a_worker_that_was_down_until_six_sends_in_the_morning(lake):
    assert write(lake, WEDNESDAY, "18:00") == 2
    assert set(Email.objects.values_list("on", "not_before")) == {(day("2027-09-09"), at(day("2027-09-09"), "08:00"))}
    assert post(at(WEDNESDAY, "18:01")) == 0
    assert post(at(day("2027-09-09"), "08:00")) == 2


def test_nothing_is_written_ahead_of_a_weekend_or_a_holiday(lake):
    assert write(lake, day("2027-09-10"), "18:00") == 0
    assert write(lake, day("2027-08-20"), "09:00") == 0
    assert write(lake, day("2027-09-12"), "18:00") == 2  # Sunday evening, for Monday


def test_who_signs_before_it_goes_gets_none(lake):
    write(lake, WEDNESDAY)
    sign(person("ada"), at(WEDNESDAY, "07:30"))
    Email.objects.filter(kind="receipt").delete()
    assert post(at(WEDNESDAY, "08:00")) == 1
    letter = Email.objects.get(person=person("ada"))
    assert (letter.sent_at, letter.dropped_at, letter.error) == (None, at(WEDNESDAY, "08:00"), "")
    assert [message.to for message in mail.outbox] == [["ben@lakeside.example"]]


@pytest.mark.parametrize("what", ["exempt", "talk", "decline", "left", "external"])
def test_who_has_nothing_to_sign_for_now_gets_none(lake, what):
    ada, moment = person("ada"), at(day("2027-09-07"))
    if what == "exempt":
        responses.exempt(person=ada, by=person("head"), reason="Away.", from_on=moment.date(), until=day("2027-12-01"), at=moment)
    elif what in {"talk", "decline"}:
        responses.respond(person=ada, kind=what, reason="I wonder.", at=moment)
        Email.objects.all().delete()
    elif what == "left":
        Person.objects.filter(pk=ada.pk).update(leaves_on=WEDNESDAY)
    else:
        Person.objects.filter(pk=ada.pk).update(category="external")
    write(lake, WEDNESDAY)
    assert [to for to, _on, _keys in reminders()] == ["ben@lakeside.example"]


def test_who_has_no_address_gets_none_and_the_leadership_hears_why(lake):
    Person.objects.filter(pk=person("ada").pk).update(email="")
    assert write(lake, WEDNESDAY) == 1
    on = day("2027-09-16")
    assert write(lake, on) == 2
    assert reminders()[-1] == ("head@lakeside.example", on, ["left 2027-09-08"])
    post(at(on, "08:00"))
    (body,) = [message.body for message in mail.outbox if message.to == ["head@lakeside.example"]]
    assert "2 people at Lakeside School have not signed what was due:" in body
    assert "- staff (2): Ada, Ben" in body
    assert "- Ada: no e-mail address" in body


def test_governors_without_the_role_hear_only_their_own(lake):
    make_person(lake, "gov@lakeside.example", "Gov", category="governor")
    write(lake, day("2027-09-16"))
    assert {to: keys for to, _on, keys in reminders()}["gov@lakeside.example"] == ["year 2027 7 after"]


def test_the_digest_is_dropped_when_nobody_is_left(lake):
    on = day("2027-09-16")
    write(lake, on)
    for name in ("ada", "ben"):
        sign(person(name), at(on, "07:30"))
    Email.objects.filter(kind="receipt").delete()
    assert post(at(on, "08:00")) == 0
    assert not outbox.waiting().exists()


def test_a_letter_that_has_not_gone_yet_takes_the_next_days_items_with_it(lake):
    """The mail server was off for days; nobody gets two on one day once it is back."""
    write(lake, WEDNESDAY)
    write(lake, MONDAY)
    assert reminders() == [(f"{name}@lakeside.example", MONDAY, ["year 2027 3 after", "year 2027 due"]) for name in ("ada", "ben")]
    assert post(at(MONDAY, "08:00")) == 2


def test_a_letter_that_was_tried_in_vain_stays_and_no_second_is_written(lake):
    write(lake, WEDNESDAY)
    Email.objects.update(attempts=1)
    assert write(lake, MONDAY) == 0
    post(at(MONDAY, "08:00"))
    assert write(lake, MONDAY, "12:00") == 0  # one a day
    assert write(lake, MONDAY + dt.timedelta(days=1)) == 2


def test_two_letters_of_one_day_never_are(lake):
    """What is owed anew on a day on which they were written to waits for the next."""
    write(lake, WEDNESDAY)
    post(at(WEDNESDAY, "08:00"))
    permission = ask(person("ben"), at=at(day("2027-09-01")))
    approval.approve(permission=permission, by=person("head"), until=day("2027-09-20"), at=at(WEDNESDAY))
    Email.objects.filter(kind="decision").delete()
    assert write(lake, WEDNESDAY, "12:00") == 0
    assert write(lake, day("2027-09-09")) == 1


@pytest.mark.parametrize("what", ["renewed", "asked", "withdrawn", "leaves"])
def test_a_permission_that_is_carried_on_ends_without_a_word(lake, what):
    for name in ("ada", "ben"):
        sign(person(name), at(day("2027-09-01")))
    ben, moment = person("ben"), at(day("2027-09-02"))
    permission = ask(ben, at=moment)
    approval.approve(permission=permission, by=person("head"), until=day("2027-09-30"), at=moment)
    if what == "renewed":
        renewal.renew(permission=permission, by=person("head"), until=day("2028-09-30"), at=at(day("2027-09-10")))
    elif what == "asked":
        Permission.objects.create(school=lake, device=permission.device, owner=ben, asked_by=ben, asked_at=moment, reason="Again, please.")
    elif what == "withdrawn":
        Permission.objects.filter(pk=permission.pk).end(by=ben, at=at(day("2027-09-10")), because="withdrawn")
    else:
        Person.objects.filter(pk=ben.pk).update(leaves_on=day("2027-10-01"))
    Email.objects.all().delete()
    assert write(lake, day("2027-09-16")) == 0


def test_a_review_that_is_overdue_is_told_once(lake):
    aup = lake.policyversion_set.get(document="aup")
    new = publishing.draft(school=lake, document="aup", title=aup.title, body=aup.source_body)
    new.review_on = day("2027-11-16")
    new.save()
    publishing.publish(
        version=new, by=person("head"), at=at(day("2027-09-01")), reason="Review.", effective_from=day("2027-09-01"), sign_by=None
    )
    for name in ("ada", "ben"):
        sign(person(name), at(day("2027-09-02")))
    Email.objects.all().delete()
    assert [write(lake, day(f"2027-11-{number}")) for number in (16, 17, 18)] == [0, 1, 0]
    assert reminders()[0][2] == [f"review {new.pk}"]
    # And the school is looked at on that day, and on the next, in case the worker came too late.
    mornings = [at(day(f"2027-11-{number}"), "07:00") for number in (16, 17, 18, 19)]
    assert [len(plan.busy(at=morning, last_at=morning - dt.timedelta(days=1))) for morning in mornings] == [0, 1, 1, 0]


def test_an_erased_person_is_reminded_of_nothing(lake):
    write(lake, WEDNESDAY)
    erasure.erase_person(person=person("ada"), reason="asked for", at=at(WEDNESDAY))
    assert not Reminder.objects.filter(person__full_name="(erased)").exists()
    assert post(at(WEDNESDAY, "08:00")) == 1


def test_a_quiet_day_costs_five_queries_for_all_schools_together(lake):
    """Mid-November: nothing falls due. Each further school costs nothing."""
    quiet = at(day("2027-11-18"), "07:00")
    for number in range(3):
        school = make_school(f"s{number}", f"School {number}")
        make_person(school, f"p{number}@s.example", "P")
        with CaptureQueriesContext(connection) as seen:
            assert list(plan.queue_all(at=quiet, last_at=quiet - dt.timedelta(days=1))) == []
        assert len(seen) == 5


@pytest.mark.parametrize(
    ("on", "since", "looked_at"),
    [
        ("2027-11-18", "2027-11-17", 0),  # a Thursday on which nothing falls due
        ("2027-11-18", None, 1),  # for the first time
        ("2027-11-18", "2027-11-11", 1),  # the worker was dead for a week
        ("2027-11-22", "2027-11-21", 1),  # Monday
        ("2027-09-08", "2027-09-07", 1),  # it is due
        ("2027-09-09", "2027-09-08", 1),  # the day after: yesterday's worker may have come too late
        ("2027-09-10", "2027-09-09", 0),
        ("2027-09-14", "2027-09-13", 1),  # three days after was Saturday, so Monday
        ("2027-08-11", "2027-08-10", 0),  # holidays: nobody is written to
    ],
)
def test_which_schools_are_looked_at(lake, on, since, looked_at):
    last_at = at(day(since), "07:00") if since else None
    assert len(plan.busy(at=at(day(on), "07:00"), last_at=last_at)) == looked_at


def test_the_number_of_queries_does_not_grow_with_the_people(lake):
    def queries(on: dt.date) -> int:
        with transaction.atomic(), CaptureQueriesContext(connection) as seen:
            write(lake, on)
            transaction.set_rollback(True)
        return len(seen)

    few = queries(WEDNESDAY)
    for number in range(28):
        make_person(lake, f"p{number}@lakeside.example", f"P {number}")
    assert (few, queries(WEDNESDAY)) == (15, 15)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_each_letter_once(lake):
    for number in range(20):
        make_person(lake, f"p{number}@lakeside.example", f"P {number}")
    barrier, errors, written = threading.Barrier(2), [], []

    def work() -> None:
        try:
            for on in ("2027-09-01", "2027-09-08", "2027-09-13", "2027-09-15", "2027-09-16"):
                barrier.wait(30)
                written.append(write(lake, day(on)))
        except Exception as error:  # noqa: BLE001  # whatever it is, it is the finding
            errors.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert errors == []
    # Nobody posts: one letter a person, which takes all days with it; and the head's digest.
    assert Email.objects.filter(kind="reminder").count() == 23
    assert Reminder.objects.count() == 22 * 4 + 1
