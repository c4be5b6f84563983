"""Holidays of a school."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Holiday(models.Model):
    """Days besides weekends on which the school is closed and nobody is reminded of anything."""

    school = models.ForeignKey("School", verbose_name=_("school"), on_delete=models.PROTECT, related_name="holidays")
    name = models.CharField(_("name"), max_length=80)
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))

    objects: ClassVar[models.Manager["Holiday"]] = models.Manager()

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["school", "first_on", "last_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "first_on", "last_on"],
                name="holiday_is_entered_once",
                violation_error_message=_("These days are entered already."),
            ),
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")),
                name="holiday_ends_after_it_began",
                violation_error_message=_("A holiday cannot end before it begins."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="holiday_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
