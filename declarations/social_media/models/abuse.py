"""What was done about abuse on an account, in three stamps: recorded, removed, reported to the leadership."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from declarations.social_media.models.account import SchoolAccount


class AbuseRecord(models.Model):
    """An inappropriate comment or other abuse. Each stamp is written once, by whoever did it, in any order.

    There is no field for a picture: what is indecent is neither copied nor kept here.
    """

    class Removal(models.TextChoices):
        HIDDEN = "hidden", _("hidden")
        DELETED = "deleted", _("deleted")
        PLATFORM = "platform", _("reported to the platform")
        NOT = "not", _("not removed")

    account = models.ForeignKey(SchoolAccount, verbose_name=_("account"), on_delete=models.PROTECT, related_name="abuse")
    what = models.CharField(_("what happened"), max_length=500)
    shown_as = models.CharField(_("by whom, as shown"), max_length=120, blank=True, default="")
    address = models.CharField(_("address of the post"), max_length=300, blank=True, default="")
    seen_at = models.DateTimeField(_("seen at"))
    text = models.TextField(_("its text"), max_length=2000, blank=True, default="")
    child_involved = models.BooleanField(_("a child is involved"), default=False)
    recorded_by = models.ForeignKey("Person", verbose_name=_("recorded by"), on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded at"))
    removed_by = models.ForeignKey("Person", verbose_name=_("removed by"), null=True, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(_("removed at"), null=True)
    entered_at = models.DateTimeField(_("removal entered at"), null=True)
    removal = models.CharField(_("what was done"), max_length=8, choices=Removal, blank=True, default="")
    why_not_removed = models.CharField(_("why it was not removed"), max_length=300, blank=True, default="")
    reported_by = models.ForeignKey("Person", verbose_name=_("reported by"), null=True, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(_("reported at"), null=True)
    reported_to = models.ForeignKey("Person", verbose_name=_("reported to"), null=True, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True)

    class Meta:
        verbose_name = _("abuse on an account")
        verbose_name_plural = _("abuse on accounts")
        ordering = ["-recorded_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(what=""), name="abuse_says_what"),
            models.CheckConstraint(
                condition=Q(removed_by__isnull=True, removed_at__isnull=True, entered_at__isnull=True, removal="", why_not_removed="")
                | Q(removed_by__isnull=False, removed_at__isnull=False, entered_at__isnull=False)
                & (Q(removal__in=["hidden", "deleted", "platform"], why_not_removed="") | Q(removal="not") & ~Q(why_not_removed="")),
                name="abuse_removal_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(reported_by__isnull=True, reported_at__isnull=True, reported_to__isnull=True)
                | Q(reported_by__isnull=False, reported_at__isnull=False, reported_to__isnull=False),
                name="abuse_report_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True) | Q(reported_at__isnull=False, acknowledged_at__gte=F("reported_at")),
                name="abuse_is_acknowledged_after_its_report",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def was_removed_first(self) -> bool:
        """Whether it was removed before it was recorded, so that the record is from memory."""
        return self.removed_at is not None and self.removed_at < self.recorded_at
