"""Legal holds: records that are kept although they are old."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    def live(self) -> "LegalHoldQuerySet":
        return self.filter(ended_at__isnull=True)


class LegalHold(models.Model):
    """While it lasts, no record of this person is deleted: there is a claim, an inquiry or an open request."""

    person = models.ForeignKey("Person", verbose_name=_("person"), on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(_("reason"), max_length=300, help_text=_("Whose matter it is and where it is filed; no details of it."))
    placed_by = models.ForeignKey("Person", verbose_name=_("placed by"), on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(_("placed at"))
    ended_by = models.ForeignKey("Person", verbose_name=_("ended by"), null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("ended at"), null=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        ordering = ["-placed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(ended_at__isnull=True),
                name="hold_is_one_at_a_time",
                violation_error_message=_("They are held already."),
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="hold_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True, ended_at__isnull=True)
                | Q(ended_by__isnull=False, ended_at__isnull=False, ended_at__gte=F("placed_at")),
                name="hold_end_is_all_or_none",
            ),
            models.CheckConstraint(
                condition=~Q(placed_by=F("person")) & (Q(ended_by__isnull=True) | ~Q(ended_by=F("person"))),
                name="hold_is_the_doing_of_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}"
