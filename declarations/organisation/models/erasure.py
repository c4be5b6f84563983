"""Erasures of personal data."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Erasure(models.Model):
    """The erasure of a person's data, when and why; while this row exists, the database's guards let the person's rows be deleted."""

    person = models.OneToOneField("Person", verbose_name=_("person"), on_delete=models.PROTECT, related_name="erasure")
    at = models.DateTimeField(_("at"))
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="erasure_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.person_id}"
