"""Living through school days: the worker's morning, and what arrived."""

import datetime as dt
from collections.abc import Sequence
from smtplib import SMTPRecipientsRefused
from zoneinfo import ZoneInfo

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from declarations.jobs import scheduler
from declarations.mail import outbox
from declarations.mail.models import Email
from declarations.organisation.models.holiday import Holiday
from declarations.organisation.models.school import School

REMINDERS = scheduler.task_called("reminders")
LONDON = ZoneInfo("Europe/London")
# Two school years at Hillside, with the Mondays after Easter and in May.
HOLIDAYS = [
    ("Summer", "2026-07-22", "2026-09-01"),
    ("Autumn half term", "2026-10-26", "2026-10-30"),
    ("Christmas", "2026-12-21", "2027-01-04"),
    ("Spring half term", "2027-02-15", "2027-02-19"),
    ("Easter", "2027-03-26", "2027-04-09"),
    ("May Day", "2027-05-03", "2027-05-03"),
    ("Whitsun", "2027-05-31", "2027-06-04"),
    ("Summer", "2027-07-21", "2027-08-31"),
    ("Autumn half term", "2027-10-25", "2027-10-29"),
    ("Christmas", "2027-12-20", "2028-01-03"),
    ("Spring half term", "2028-02-14", "2028-02-18"),
    ("Easter", "2028-04-03", "2028-04-17"),
    ("Whitsun", "2028-05-29", "2028-06-02"),
    ("Summer", "2028-07-21", "2028-09-03"),
]


class PostBox(BaseEmailBackend):
    """The school's mail server: what arrived when, for whom; it knows nobody whose address begins with `nobody`."""

    now: dt.datetime
    arrived: list[tuple[dt.datetime, str, str]] = []

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            (to,) = message.to
            if to.startswith("nobody"):
                raise SMTPRecipientsRefused({to: (550, b"5.1.1 no such user")})
            self.arrived.append((self.now, to, message.subject))
        return len(email_messages)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def at(on: dt.date, clock: str = "12:00") -> dt.datetime:
    return dt.datetime.combine(on, dt.time.fromisoformat(clock), LONDON).astimezone(dt.UTC)


def enter_holidays(school: School) -> None:
    Holiday.objects.bulk_create(Holiday(school=school, name=name, first_on=first, last_on=last) for name, first, last in HOLIDAYS)


def post(moment: dt.datetime) -> int:
    """One turn of the worker with the letters, all of them."""
    PostBox.now = moment
    return sum(outbox.send(letter, at=moment) for letter in outbox.due(at=moment, most=1000))


def morning(on: dt.date) -> None:
    """A day of the worker: it writes at seven, and posts at midnight, at seven, at eight and in the afternoon."""
    post(at(on, "00:30"))
    if scheduler.take(REMINDERS, at=at(on, "07:00")):
        scheduler.run(REMINDERS, at=at(on, "07:00"))
    for clock in ("07:00", "08:00", "16:30"):
        post(at(on, clock))


def reminders() -> list[tuple[str, dt.date, list[str]]]:
    """Who was to be reminded on which day, of what."""
    return [
        (letter.recipient, letter.on, sorted(letter.reminders.values_list("key", flat=True)))
        for letter in Email.objects.filter(kind="reminder").order_by("on", "recipient").prefetch_related("reminders")
    ]
