"""Changes that one person alone does not make."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class GuardedChange(models.Model):
    """A change that was asked for: made when it is confirmed, or made at once and waited for until it is.

    `before` and `after` are what its kind says of it; the log has their hashes, with this salt.
    """

    class Settled(models.TextChoices):
        SECOND_PERSON = "second", _("confirmed by a second person")
        OWN_ADDRESS = "address", _("confirmed from the address that they had")
        OWN_SESSION = "session", _("confirmed by themself, signed in")
        REFUSED = "refused", _("refused")

    school = models.ForeignKey("School", verbose_name=_("school"), null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=10)
    person = models.ForeignKey("Person", verbose_name=_("person"), null=True, on_delete=models.PROTECT, related_name="guarded_changes")
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    salt = models.CharField(_("salt"), max_length=32)
    confirm_from = models.EmailField(_("can be confirmed from"), blank=True, help_text=_("The address that they had before."))
    asked_by = models.ForeignKey("Person", verbose_name=_("asked for by"), null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked for at"))
    made_at = models.DateTimeField(_("made at"), null=True)
    settled_at = models.DateTimeField(_("settled at"), null=True)
    settled_by = models.ForeignKey("Person", verbose_name=_("settled by"), null=True, on_delete=models.PROTECT, related_name="+")
    settled_with = models.CharField(_("how"), max_length=7, choices=Settled, blank=True, default="")

    objects: ClassVar[models.Manager["GuardedChange"]] = models.Manager()

    class Meta:
        verbose_name = _("change that needs a second person")
        verbose_name_plural = _("changes that need a second person")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True, settled_with="")
                | Q(settled_at__isnull=False, settled_at__gte=F("asked_at"), settled_by__isnull=False)
                & Q(settled_with__in=["second", "address", "session", "refused"]),
                name="change_is_settled_whole",
            ),
            models.CheckConstraint(
                condition=~Q(settled_with="second")
                | (Q(asked_by__isnull=True) | ~Q(settled_by=F("asked_by"))) & (Q(person__isnull=True) | ~Q(settled_by=F("person"))),
                name="change_is_confirmed_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(settled_with__in=["address", "session"]) | Q(settled_by=F("person")), name="change_is_confirmed_by_themself"
            ),
            models.CheckConstraint(condition=~Q(kind="") & ~Q(salt=""), name="change_has_kind_and_salt"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.person or self.school}"
