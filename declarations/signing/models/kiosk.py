"""Signing on a tablet at the office: for people without a school e-mail address or a computer."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class KioskSession(models.Model):
    """A tablet that is lent for signing: its browser may do nothing else, and for nobody who has no one-time code."""

    school = models.ForeignKey("School", verbose_name=_("school"), on_delete=models.PROTECT, related_name="kiosk_sessions")
    opened_by = models.ForeignKey("Person", verbose_name=_("opened by"), on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("opened at"))
    closes_at = models.DateTimeField(_("closes at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, help_text=_("Sooner than it closes by itself."))
    closed_by = models.ForeignKey("Person", verbose_name=_("closed by"), null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "declarations_signingsession"  # the table keeps the name that it was made with
        verbose_name = _("tablet for signing")
        verbose_name_plural = _("tablets for signing")
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opened_at")), name="tablet_closes_after_opening"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False, closed_at__gte=F("opened_at")),
                name="tablet_closing_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school}: {self.opened_by}"

    def is_open(self, *, at: dt.datetime) -> bool:
        return self.closed_at is None and at < self.closes_at


class SigningCode(models.Model):
    """A one-time code that the office gave to a person; only its hash is kept."""

    school = models.ForeignKey("School", verbose_name=_("school"), on_delete=models.PROTECT)
    person = models.ForeignKey("Person", verbose_name=_("person"), on_delete=models.PROTECT, related_name="signing_codes")
    given_by = models.ForeignKey("Person", verbose_name=_("given by"), on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(_("given at"))
    expires_at = models.DateTimeField(_("expires at"))
    code_hash = models.CharField(_("hash of the code"), max_length=64, unique=True)
    used_at = models.DateTimeField(_("used at"), null=True)
    tablet = models.ForeignKey(KioskSession, verbose_name=_("tablet"), null=True, on_delete=models.PROTECT, related_name="codes")
    done_at = models.DateTimeField(_("done at"), null=True, help_text=_("When its use ended: signed, or left."))

    class Meta:
        verbose_name = _("one-time code")
        verbose_name_plural = _("one-time codes")
        ordering = ["-given_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(given_by=F("person")), name="code_is_given_by_another"),
            models.CheckConstraint(condition=~Q(code_hash="") & Q(expires_at__gt=F("given_at")), name="code_is_hashed_and_expires"),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, tablet__isnull=True)
                | Q(used_at__isnull=False, tablet__isnull=False, used_at__lt=F("expires_at")),
                name="code_is_used_on_a_tablet_in_time",
            ),
            models.CheckConstraint(condition=Q(done_at__isnull=True) | Q(used_at__isnull=False), name="code_is_done_after_its_use"),
        ]

    def __str__(self) -> str:
        return f"{self.person}"
