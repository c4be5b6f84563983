"""What the letters about decisions, replies and answers say, and when they are not sent after all."""

import datetime as dt
import io
from itertools import pairwise

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from declarations.common.errors import RefusedError
from declarations.devices.actions import approval
from declarations.devices.models import Permission
from declarations.mail import outbox
from declarations.mail.models import Email, Reminder
from declarations.organisation.models.holiday import Holiday
from declarations.organisation.models.person import Person
from declarations.privacy import erasure
from declarations.signing.actions import responses
from tests.cast import Cast
from tests.mail.stub import mail_server
from tests.reminders.living import day

DAY = dt.timedelta(days=1)


@pytest.fixture
def asked(cast: Cast) -> Permission:
    """What ben asked for; the letters so far are others'."""
    Email.objects.all().delete()
    return Permission.objects.select_related("school", "owner", "device").get(owner=cast.ben)


def post(moment: dt.datetime | None = None) -> list[tuple[str, str]]:
    """What arrived: subject and text."""
    moment = moment or timezone.now()
    mail.outbox.clear()
    for letter in outbox.due(at=moment):
        outbox.send(letter, at=moment)
    return [(message.subject, message.body) for message in mail.outbox]


def approve(cast: Cast, asked: Permission, **facts: str) -> Permission:
    now = timezone.now()
    return approval.approve(permission=asked, by=cast.hilda, until=cast.hillside.day_of(now) + 30 * DAY, at=now, **facts)


def test_the_owner_hears_at_once_that_a_device_is_approved(cast: Cast, asked: Permission):
    approved = approve(cast, asked, conditions="staff room only")
    ((subject, body),) = post()
    assert subject == "Your Example Phone 5 may use the Wi-Fi"
    assert f"{approved.until:%B %Y} is the last day." in body
    assert "On this condition: staff room only" in body
    assert "http://127.0.0.1:8000/devices/" in body
    letter = Email.objects.get()
    assert (letter.kind, letter.person, letter.permission, letter.recipient) == ("decision", cast.ben, approved, "ben@hillside.example")


def test_declined_with_the_reason(cast: Cast, asked: Permission):
    approval.decline(permission=asked, by=cast.hilda, note="Bring the other one.", at=timezone.now())
    ((subject, body),) = post()
    assert subject == "Your Example Phone 5 may not use the Wi-Fi"
    assert "Bring the other one." in body


def test_revoked_with_the_reason_and_the_letter_before_is_dropped(cast: Cast, asked: Permission):
    """Nobody posted in between: one letter says how it is."""
    approved = approve(cast, asked)
    approval.revoke(permission=approved, by=cast.hilda, note="It was lent out.", at=timezone.now())
    ((subject, body),) = post()
    assert subject == "Your Example Phone 5 may no longer use the Wi-Fi"
    assert "It was lent out." in body
    assert [letter.dropped_at is None for letter in Email.objects.order_by("pk")] == [False, True]


def test_what_the_owner_took_back_is_not_told(cast: Cast, asked: Permission):
    approve(cast, asked)
    Permission.objects.filter(pk=asked.pk).end(by=cast.ben, at=timezone.now(), because="withdrawn")
    assert post() == []
    assert not outbox.waiting().exists()


def test_without_an_address_or_without_a_decision_there_is_no_letter(cast: Cast, asked: Permission):
    with pytest.raises(RefusedError):
        approval.decline(permission=asked, by=cast.hilda, note="", at=timezone.now())
    Person.objects.filter(pk=cast.ben.pk).update(email="")
    asked.owner.refresh_from_db()
    approve(cast, asked)
    assert not Email.objects.exists()


def test_the_same_words_as_html_and_nothing_of_them_is_markup(cast: Cast, asked: Permission):
    approval.decline(permission=asked, by=cast.hilda, note="<script>alert(1)</script> & more\n\n- one\n- two", at=timezone.now())
    post()
    (message,) = mail.outbox
    (html,) = message.alternatives
    assert html.mimetype == "text/html"
    assert "<script>" in message.body
    assert "<script>" not in html.content
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in html.content
    assert "<ul><li>one</li><li>two</li></ul>" in html.content
    assert '<a href="http://127.0.0.1:8000/devices/"' in html.content


def test_a_reply_goes_to_whom_the_school_names_without_its_words(cast: Cast, asked: Permission):
    cast.hillside.headteacher = cast.hilda
    cast.hillside.save()
    cast.ada.school = cast.hillside
    said = responses.respond(person=cast.ada, kind="decline", reason="A private matter.", at=timezone.now())
    ((subject, body),) = post()
    assert mail.outbox[0].to == ["hilda@hillside.example"]
    assert subject == "Ada Example waits for your answer"
    assert f"/admin/declarations/response/{said.pk}/change/" in body
    responses.answer(response=said, by=cast.hilda, text="Come and see me.", at=timezone.now())
    ((subject, answer),) = post()
    assert (mail.outbox[0].to, subject) == (["ada@hillside.example"], "You have an answer")
    assert "private" not in body + answer
    assert "see me" not in answer


def test_who_was_answered_meanwhile_waits_no_longer(cast: Cast, asked: Permission):
    said = responses.respond(person=cast.ada, kind="talk", reason="I wonder.", at=timezone.now())
    responses.answer(response=said, by=cast.omar, text="Ask me.", at=timezone.now())
    assert [subject for subject, _body in post()] == ["You have an answer"]


@pytest.mark.parametrize(("mood", "error"), [("refuses", "SMTPRecipientsRefused"), ("rejects", "SMTPDataError 554")])
def test_an_address_that_refuses_is_given_up_after_five_tries(cast: Cast, asked: Permission, settings, mood, error):
    approve(cast, asked)
    moment, tries = timezone.now() + DAY, []
    with mail_server(mood) as stub:
        settings.MAILERS = stub.options()
        while outbox.waiting().exists() and len(tries) < 9:
            letter = outbox.waiting().get()
            moment = max(moment, letter.not_before)
            tries.append(moment)
            outbox.send(letter.pk, at=moment)
    letter = Email.objects.get()
    assert (letter.attempts, letter.error, letter.dropped_at) == (5, error, tries[-1])
    assert [(later - first).total_seconds() for first, later in pairwise(tries)] == [15, 3600, 6 * 3600, 24 * 3600]


def test_a_decision_that_is_erased_while_its_letter_is_in_hand_takes_nobody_down(cast: Cast, asked: Permission, monkeypatch):
    approve(cast, asked)
    real = outbox.message_of

    def erased_first(letter: Email, *, at: dt.datetime):
        erasure.erase_person(person=cast.ben, reason="asked for", at=at)
        return real(letter, at=at)

    monkeypatch.setattr(outbox, "message_of", erased_first)
    assert post() == []
    assert not Email.objects.exists()


# --- manage.py remind


def told(*words: str) -> str:
    out = io.StringIO()
    call_command("remind", *words, stdout=out)
    return out.getvalue()


def test_remind_says_who_would_get_what_and_why_and_writes_nothing(cast: Cast, asked: Permission):
    Person.objects.filter(pk=cast.ada.pk).update(email="")
    on = cast.hillside.day_of(timezone.now())
    while on.weekday() > 4:
        on += DAY
    said = told("--dry-run", "--on", on.isoformat(), "--school", "hillside")
    assert f"hillside, {on}: 3 would get a letter, 1 cannot be reached." in said
    assert "  Omar Example <omar@hillside.example>: declaration of the school year " in said
    assert "which can be signed now" in said
    assert "  not Ada Example: no e-mail address" in said
    assert "ben@" not in said
    assert not Reminder.objects.exists()


def test_remind_in_the_holidays(cast: Cast):
    Holiday.objects.create(school=cast.hillside, name="Summer", first_on=day("2027-07-22"), last_on=day("2027-08-31"))
    said = told("--dry-run", "--on", "2027-08-04", "--school", "hillside")
    assert said == "hillside, 2027-08-04: no school. The next school day is 2027-09-01.\n"


@pytest.mark.parametrize("on", ["0001-01-01", "1999-12-31", "2101-01-01", "9999-12-20"])
def test_a_day_that_is_too_far_away_is_refused_with_a_sentence(on):
    with pytest.raises(CommandError, match="is too far away: the year must be between 2000 and 2100"):
        told("--dry-run", "--on", on)


def test_remind_writes_for_today_alone():
    with pytest.raises(CommandError, match="--on goes with --dry-run"):
        told("--on", "2027-09-08")


def test_remind_writes_what_the_worker_would(cast: Cast, asked: Permission):
    on_a_school_day_within_a_day = any((timezone.now() + number * DAY).weekday() < 5 for number in (0, 1))
    said = told()
    assert said.startswith("hillside: ")
    assert said.count("letter(s) written.") == 2
    assert bool(Reminder.objects.exists()) <= on_a_school_day_within_a_day
