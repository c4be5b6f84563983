"""What else may come of being asked to sign: a talk, a no, an exemption."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Response(models.Model):
    """Somebody does not sign for now, and says why; the person whom the school names answers."""

    class Kind(models.TextChoices):
        TALK = "talk", _("I want to talk about this first")
        DECLINE = "decline", _("I decline")

    school = models.ForeignKey("School", verbose_name=_("school"), on_delete=models.PROTECT)
    person = models.ForeignKey("Person", verbose_name=_("person"), on_delete=models.PROTECT, related_name="responses")
    kind = models.CharField(_("reply"), max_length=7, choices=Kind)
    reason = models.CharField(_("reason"), max_length=1000)
    said_at = models.DateTimeField(_("said at"))
    said_to = models.ForeignKey(
        "Person",
        verbose_name=_("said to"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: to all the leadership."),
    )
    answer = models.CharField(_("answer"), max_length=1000, blank=True, default="")
    answered_by = models.ForeignKey("Person", verbose_name=_("answered by"), null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(_("answered at"), null=True)

    class Meta:
        db_table = "declarations_reply"  # the table keeps the name that it was made with
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering = ["-said_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(answered_at__isnull=True), name="reply_waits_once_a_person"),
            models.CheckConstraint(condition=Q(kind__in=["talk", "decline"]) & ~Q(reason=""), name="reply_says_what_and_why"),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True, answered_at__isnull=True, answer="")
                | (Q(answered_by__isnull=False, answered_at__isnull=False, answered_at__gte=F("said_at")) & ~Q(answer="")),
                name="reply_answer_is_all_or_none",
            ),
            models.CheckConstraint(
                condition=(Q(answered_by__isnull=True) | ~Q(answered_by=F("person"))) & (Q(said_to__isnull=True) | ~Q(said_to=F("person"))),
                name="reply_is_answered_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_kind_display()}"

    def days_waited(self, *, on: dt.date) -> int:
        """How many days ago it was said."""
        return (on - self.school.day_of(self.said_at)).days


class Exemption(models.Model):
    """Somebody need not sign until a day (long absence, say): they are not overdue. It gives no Wi-Fi."""

    school = models.ForeignKey("School", verbose_name=_("school"), on_delete=models.PROTECT)
    person = models.ForeignKey("Person", verbose_name=_("person"), on_delete=models.PROTECT, related_name="exemptions")
    reason = models.CharField(_("reason"), max_length=300)
    from_on = models.DateField(_("from"))
    until = models.DateField(_("until"), help_text=_("The last day on which they are exempt."))
    granted_by = models.ForeignKey("Person", verbose_name=_("granted by"), on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(_("granted at"))
    ended_by = models.ForeignKey("Person", verbose_name=_("ended by"), null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("exemption")
        verbose_name_plural = _("exemptions")
        ordering = ["-granted_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(ended_at__isnull=True),
                name="exemption_is_one_at_a_time",
                violation_error_message=_("They have an exemption already: end that one first."),
            ),
            models.CheckConstraint(condition=~Q(reason="") & Q(until__gte=F("from_on")), name="exemption_has_a_reason_and_an_end"),
            models.CheckConstraint(
                condition=~Q(granted_by=F("person")) & (Q(ended_by__isnull=True) | ~Q(ended_by=F("person"))),
                name="exemption_is_about_another",
            ),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True, ended_at__isnull=True) | Q(ended_at__isnull=False, ended_at__gte=F("granted_at")),
                name="exemption_end_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}"
