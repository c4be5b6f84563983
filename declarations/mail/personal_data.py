"""The personal data of the outbox: who was sent which e-mail, and for how long that is kept."""

from django.db.models import Q, QuerySet

from declarations.mail.models import Email, Reminder
from declarations.web.capability import Cutoff, PersonalData, RetentionRule

ABOUT = ("person", "declaration__person", "response__person", "permission__owner", "change__person")

PERSONAL_DATA = (
    # An error of the mail server may repeat an address.
    PersonalData(model=Email, about=ABOUT, email="recipient", fixed=("recipient",), free_text=("error",), secret=("sealed",)),
    PersonalData(model=Reminder, about=("person", *(f"email__{path}" for path in ABOUT)), email="email__recipient", fixed=("key",)),
)


def old_emails(cutoff: Cutoff) -> QuerySet[Email]:
    """Not the e-mails with checkpoints: who has which is what makes the log evidence."""
    finished = Q(sent_at__lt=cutoff.moment) | Q(dropped_at__lt=cutoff.moment)
    return Email.objects.filter(finished, school=cutoff.school).exclude(kind=Email.Kind.CHECKPOINT)


def delete_emails(emails: QuerySet[Email]) -> None:
    Reminder.objects.filter(email__in=emails).delete()
    emails.delete()


RETENTION = (
    RetentionRule(
        kind="letters",
        order=30,
        kept_for="letter_months",
        rows=old_emails,
        dispose=lambda numbers, _cutoff: delete_emails(Email.objects.filter(pk__in=numbers)),
    ),
)
