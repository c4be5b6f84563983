"""What was never said is said another day; who leads, and at which address, is asked when a letter goes; renewals in one letter."""

import datetime as dt

import pytest
from django.core import mail

from declarations.devices.actions import approval, renewal
from declarations.devices.models import Permission
from declarations.jobs.models import Job
from declarations.mail import outbox
from declarations.mail.models import Email, Reminder
from declarations.organisation.models.holiday import Holiday
from declarations.organisation.models.person import Person
from declarations.policies import publishing
from declarations.reminders import plan
from declarations.signing.actions import responses
from tests.cast import ask, make_person, make_school, publish_texts, sign
from tests.reminders.living import PostBox, at, day, morning, post, reminders
from tests.reminders.test_reminders import lake, person, write

LAST_STAGE = day("2027-09-15")
TOLD = day("2027-09-16")
A_DAY = dt.timedelta(days=1)

__all__ = ["lake"]


@pytest.fixture
def box(settings) -> type[PostBox]:
    """The worker has run every morning; what arrives."""
    Job.objects.create(name="reminders", due_at=at(day("2027-09-01"), "06:00"))
    settings.MAILERS = {"default": {"BACKEND": "tests.reminders.living.PostBox"}}
    PostBox.arrived = []
    return PostBox


def live(first: dt.date, last: dt.date) -> None:
    for number in range((last - first).days + 1):
        morning(first + number * A_DAY)


def days_on_which_arrived(name: str) -> list[dt.date]:
    return [moment.date() for moment, to, _subject in PostBox.arrived if to == f"{name}@lakeside.example"]


# --- what was dropped was not said


def test_who_is_reachable_again_after_a_corrected_address_is_reminded(lake, box):
    ada = person("ada")
    Person.objects.filter(pk=ada.pk).update(email="nobody@lakeside.example")
    live(LAST_STAGE, day("2027-09-17"))
    assert not outbox.waiting().filter(person=ada).exists()
    Person.objects.filter(pk=ada.pk).update(email="ada@lakeside.example")
    live(day("2027-09-18"), day("2027-12-17"))
    assert days_on_which_arrived("ada") == [day("2027-09-20")]


def test_an_address_that_is_corrected_while_its_letter_is_in_trouble_has_all_its_tries(lake, box):
    ada = person("ada")
    Person.objects.filter(pk=ada.pk).update(email="nobody@lakeside.example")
    morning(LAST_STAGE)
    letter = Email.objects.get(person=ada)
    assert letter.attempts > 1
    Person.objects.filter(pk=ada.pk).update(email="ada@lakeside.example")
    live(LAST_STAGE + A_DAY, LAST_STAGE + 2 * A_DAY)
    letter.refresh_from_db()
    assert (letter.recipient, letter.attempts) == ("ada@lakeside.example", 1)
    assert len(days_on_which_arrived("ada")) == 1


def test_who_has_lost_their_address_gets_nothing(lake):
    write(lake, LAST_STAGE)
    Person.objects.filter(pk=person("ada").pk).update(email="")
    post(at(LAST_STAGE, "08:00"))
    assert [message.to for message in mail.outbox] == [["ben@lakeside.example"]]
    assert not Reminder.objects.filter(person__full_name="Ada").exists()


@pytest.mark.parametrize("has_permission", [False, True], ids=["whole letter", "a part of it"])
def test_who_wanted_to_talk_that_morning_and_was_answered_is_reminded(lake, box, has_permission):
    """Where their letter told of a permission that ends, it went, without a word about signing."""
    ada, head = person("ada"), person("head")
    if has_permission:
        permission = ask(ada, at=at(day("2027-06-14")))
        approval.approve(permission=permission, by=head, until=day("2027-09-29"), at=at(day("2027-06-14")))
    Email.objects.all().delete()
    write(lake, LAST_STAGE)
    response = responses.respond(person=ada, kind="talk", reason="I wonder.", at=at(LAST_STAGE, "07:30"))
    post(at(LAST_STAGE, "08:00"))
    responses.answer(response=response, by=head, text="Ask me.", at=at(LAST_STAGE))
    Email.objects.exclude(kind="reminder").delete()
    live(LAST_STAGE + A_DAY, day("2027-12-17"))
    assert days_on_which_arrived("ada") == [LAST_STAGE] * has_permission + [TOLD]


# --- who leads now


@pytest.mark.parametrize("key", ["left", "review"])
def test_names_of_colleagues_go_to_who_leads_when_the_letter_goes(lake, key):
    head = person("head")
    if key == "review":
        aup = lake.policyversion_set.get(document="aup")
        new = publishing.draft(school=lake, document="aup", title=aup.title, body=aup.source_body)
        new.review_on = LAST_STAGE
        new.save()
        moment = at(day("2027-09-01"))
        publishing.publish(version=new, by=head, at=moment, reason="Review.", effective_from=moment.date(), sign_by=None)
        for name in ("ada", "ben"):
            sign(person(name), at(day("2027-09-02")))
        Email.objects.all().delete()
    write(lake, TOLD)
    assert [keys[0].split(" ")[0] for to, _on, keys in reminders() if to.startswith("head")] == [key]
    head.role_set.update(removed_at=at(TOLD, "07:30"))
    post(at(TOLD, "08:00"))
    assert [message for message in mail.outbox if message.to == ["head@lakeside.example"]] == []
    assert not Reminder.objects.filter(person=head).exists()


def trust_leader() -> Person:
    tess = make_person(None, "tess@trust.example", "Tess")
    tess.role_set.create(name="leadership", granted_at=at(day("2027-06-07")))
    return tess


def test_the_trusts_leadership_hears_for_schools_that_have_none(lake):
    """Two schools of one trust on one day: a letter for each."""
    tess, head = trust_leader(), person("head")
    other = make_school("riverside", "Riverside School")
    make_person(other, "rita@riverside.example", "Rita")
    publish_texts(other, tess, at(day("2027-06-07"), "13:00"))
    write(lake, TOLD)
    assert not Email.objects.filter(person=tess).exists()  # their own head leads
    head.role_set.update(removed_at=at(TOLD, "07:30"))
    for school in (lake, other):
        write(school, TOLD)
    assert [write(school, TOLD + A_DAY) for school in (lake, other)] == [0, 0]
    post(at(TOLD, "08:00"))
    assert sorted(message.subject for message in mail.outbox if message.to == ["tess@trust.example"]) == [
        "Who has not signed yet at Lakeside",
        "Who has not signed yet at Riverside",
    ]


@pytest.mark.parametrize("who", ["ada", "head"])
def test_the_trusts_leadership_answers_where_nobody_else_does(lake, who):
    """The one head wants to talk; or there is no head."""
    tess = trust_leader()
    if who == "ada":
        person("head").role_set.update(removed_at=at(day("2027-09-01")))
    else:
        responses.respond(person=person("ada"), kind="talk", reason="I wonder.", at=at(LAST_STAGE))
        assert not Email.objects.filter(person=tess).exists()
    head = person(who)
    moment = at(day("2028-09-05"))
    responses.respond(person=head, kind="talk", reason="I wonder.", at=moment)
    assert list(Email.objects.filter(written_at=moment).values_list("recipient", flat=True)) == ["tess@trust.example"]


# --- holidays


def test_after_a_bank_holiday_monday_every_school_is_looked_at(lake, box):
    """Ada is back from a long absence that no date shows."""
    monday, head = day("2028-05-01"), person("head")
    until = monday - 3 * A_DAY
    responses.exempt(person=person("ada"), by=head, reason="Away.", from_on=day("2027-08-01"), until=until, at=at(day("2027-08-02")))
    Holiday.objects.create(school=lake, name="May Day", first_on=monday, last_on=monday)
    Job.objects.update(due_at=at(monday - 7 * A_DAY, "06:00"))
    live(monday - 7 * A_DAY, monday + 7 * A_DAY)
    assert days_on_which_arrived("ada") == [monday + A_DAY]


def test_a_long_holiday_is_one_to_its_last_day(lake):
    """As long as the page allows."""
    first = day("2027-05-20")
    Holiday.objects.all().delete()
    Holiday.objects.create(school=lake, name="Long", first_on=first, last_on=first + 119 * A_DAY)
    days = plan.days_of(lake)
    assert days.next_school_day(first) == first + 120 * A_DAY


# --- renewals


@pytest.fixture
def renewed(lake) -> list[Permission]:
    """Two devices of ben's."""
    ben, head, moment = person("ben"), person("head"), at(day("2027-06-14"))
    permissions = []
    for number in range(2):
        asked = ask(ben, f"3C:22:FB:00:01:0{number}", at=moment)
        approval.approve(permission=asked, by=head, until=day("2027-09-30"), at=moment)
        permissions.append(asked)
    Email.objects.all().delete()
    return [renewal.renew(permission=permission, by=head, until=day("2028-08-31"), at=at(LAST_STAGE)) for permission in permissions]


def test_who_keeps_several_devices_gets_one_letter(lake, renewed):
    assert post(at(LAST_STAGE, "12:01")) == 1
    (message,) = mail.outbox
    assert message.subject == "Your devices may go on using the Wi-Fi"
    assert message.body.count(": 31 August 2028 is the last day.") == 2
    assert not outbox.waiting().exists()


def test_a_renewal_that_was_told_is_not_told_with_the_next(lake, renewed):
    post(at(LAST_STAGE, "12:01"))
    again = renewal.renew(permission=renewed[0], by=person("head"), until=day("2028-09-30"), at=at(TOLD))
    mail.outbox.clear()
    assert post(at(TOLD, "12:01")) == 1
    assert mail.outbox[0].subject == "Your Example Phone 5 may go on using the Wi-Fi"
    assert again.until.year == 2028
    assert "31 August" not in mail.outbox[0].body


@pytest.mark.parametrize("first_is_gone", [False, True])
def test_the_rest_is_told_although_the_last_was_revoked_at_once(lake, renewed, first_is_gone):
    if first_is_gone:
        outbox.send(outbox.due(at=at(LAST_STAGE))[0], at=at(LAST_STAGE))
    approval.revoke(permission=renewed[1], by=person("head"), note="Lent out.", at=at(LAST_STAGE, "12:01"))
    post(at(LAST_STAGE, "12:02"))
    assert sorted(message.subject for message in mail.outbox) == [
        "Your Example Phone 5 may go on using the Wi-Fi",
        "Your Example Phone 5 may no longer use the Wi-Fi",
    ]


def test_a_renewed_permission_that_is_revoked_later_is_told(lake, renewed):
    """Its first letter has been deleted since, as old letters are."""
    Email.objects.all().delete()
    approval.revoke(permission=renewed[1], by=person("head"), note="Lent out.", at=at(TOLD))
    assert post(at(TOLD, "12:01")) == 1
    assert mail.outbox[0].subject == "Your Example Phone 5 may no longer use the Wi-Fi"
