"""The outbox, and what each person was reminded of."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Email(models.Model):
    """An e-mail to be sent: queued in the transaction of what it tells of, sent by the worker at least once.

    A reminder is the one message of a day for a person, whatever it holds: its `reminders`. Only who leads a trust may have one
    for each school.
    """

    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("receipt of a declaration")
        CHECKPOINT = "checkpoint", _("checkpoint for safe keeping")
        REMINDER = "reminder", _("reminder")
        DECISION = "decision", _("decision about a device")
        REPLY = "reply", _("somebody wants to talk, or declines")
        ANSWER = "answer", _("answer to a reply")
        INVITATION = "invitation", _("invitation")
        CODE = "code", _("code, link or notice of signing in")
        CHANGE = "change", _("change of how somebody signs in, or of who may do what")

    school = models.ForeignKey("School", verbose_name=_("school"), on_delete=models.PROTECT, related_name="emails")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    recipient = models.EmailField(_("to"), db_column="addressee")
    person = models.ForeignKey(
        "Person", verbose_name=_("person"), null=True, on_delete=models.PROTECT, related_name="emails", help_text=_("Whose address it is.")
    )
    declaration = models.ForeignKey(
        "Declaration", verbose_name=_("declaration"), null=True, on_delete=models.PROTECT, related_name="emails"
    )
    checkpoint = models.ForeignKey("Checkpoint", verbose_name=_("checkpoint"), null=True, on_delete=models.PROTECT, related_name="emails")
    permission = models.ForeignKey("Permission", verbose_name=_("permission"), null=True, on_delete=models.PROTECT, related_name="emails")
    response = models.ForeignKey(
        "Response", verbose_name=_("reply"), null=True, on_delete=models.PROTECT, related_name="emails", db_column="reply_id"
    )
    invitation = models.ForeignKey("Invitation", verbose_name=_("invitation"), null=True, on_delete=models.PROTECT, related_name="emails")
    change = models.ForeignKey("GuardedChange", verbose_name=_("change"), null=True, on_delete=models.PROTECT, related_name="emails")
    on = models.DateField(_("day"), null=True, help_text=_("The school day of a reminder."))
    sealed = models.TextField(_("what it says"), blank=True, default="", help_text=_("Of a code: encrypted, and gone once it is sent."))
    written_at = models.DateTimeField(_("written at"))
    # The worker that takes an e-mail moves this on first: if it dies while sending, another takes the e-mail from then on.
    not_before = models.DateTimeField(_("not before"))
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    error = models.CharField(_("last trouble"), max_length=300, blank=True, default="", db_column="trouble")
    sent_at = models.DateTimeField(_("sent at"), null=True)
    dropped_at = models.DateTimeField(_("dropped at"), null=True, help_text=_("What it would have told was settled before it could go."))

    class Meta:
        db_table = "declarations_letter"  # the table keeps the name that it was made with
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["written_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["declaration"], condition=Q(kind="receipt"), name="receipt_is_written_once_a_declaration"),
            models.CheckConstraint(
                condition=Q(kind="receipt", declaration__isnull=False)
                | Q(kind="checkpoint", checkpoint__isnull=False)
                | Q(kind="reminder", person__isnull=False, on__isnull=False)
                | Q(kind="decision", permission__isnull=False)
                | Q(kind__in=["reply", "answer"], response__isnull=False)
                | Q(kind="invitation", invitation__isnull=False)
                | Q(kind="change", change__isnull=False)
                | Q(kind="code", person__isnull=False),
                name="letter_tells_of_something",
            ),
            models.UniqueConstraint(fields=["person", "school", "on"], condition=Q(kind="reminder"), name="reminder_is_one_message_a_day"),
            models.CheckConstraint(condition=Q(sent_at__isnull=True) | Q(dropped_at__isnull=True), name="letter_is_sent_or_dropped"),
        ]
        indexes = [
            models.Index(fields=["not_before", "id"], condition=Q(sent_at__isnull=True, dropped_at__isnull=True), name="letter_to_send"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.recipient}"


class Reminder(models.Model):
    """One thing that a person is reminded of, once: an item of an e-mail.

    `key` names the occasion, such as `sign 2026-09-08 due`: the database lets a person be reminded of it once, whatever
    fails and however many workers there are.
    """

    person = models.ForeignKey("Person", verbose_name=_("person"), on_delete=models.PROTECT, related_name="reminders")
    email = models.ForeignKey(Email, verbose_name=_("letter"), on_delete=models.PROTECT, related_name="reminders", db_column="letter_id")
    key = models.CharField(_("occasion"), max_length=80)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="reminder_of_an_occasion_is_made_once"),
            models.CheckConstraint(condition=~Q(key=""), name="reminder_has_an_occasion"),
        ]

    def __str__(self) -> str:
        return self.key
