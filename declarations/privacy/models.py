"""How long records are kept, and what was disposed of."""

import datetime as dt
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from declarations.common.dates import months_before, years_before
from declarations.web.capability import LazyText


def period(label: LazyText, help_text: LazyText, *, default: int, most: int) -> "models.PositiveSmallIntegerField[Any, int]":
    """A field for how long a kind of record is kept: a whole number from 1."""
    between = [MinValueValidator(1), MaxValueValidator(most)]
    return models.PositiveSmallIntegerField(label, default=default, validators=between, help_text=help_text)


class RetentionSettings(models.Model):
    """For how long a school keeps each kind of record; a school without a row has the defaults. Last answers: NetworkSettings."""

    school = models.OneToOneField("School", verbose_name=_("school"), on_delete=models.PROTECT, related_name="retention")
    address_weeks = period(
        _("Wi-Fi addresses (weeks)"), _("After the device was given up, its permission ended, or the owner left."), default=6, most=52
    )
    context_months = period(
        _("IP address and browser of a signature (months)"), _("After the signing. The declaration itself stays."), default=12, most=84
    )
    exemption_months = period(
        _("exemptions (months)"),
        _("After they ended. A reason may speak of somebody's health: keep it no longer than it is needed."),
        default=12,
        most=84,
    )
    reply_months = period(
        _("replies and their answers (months)"),
        _("“I want to talk about this first”, “I decline”: after they were answered."),
        default=24,
        most=84,
    )
    letter_months = period(
        _("who was sent which e-mail (months)"),
        _("After it went. Who holds a checkpoint of the evidence log is kept as long as the log itself."),
        default=24,
        most=84,
    )
    note_months = period(
        _("the desk’s notes of what was changed (months)"),
        _("The history that a page of the admin shows. The evidence log is another thing, and stays."),
        default=24,
        most=84,
    )
    years_after_leaving = period(
        _("everything else about a person (years after leaving)"),
        _("Declarations, what was read, devices, decisions, roles. In England: until employment ends, and six years."),
        default=6,
        most=40,
    )

    class Meta:
        verbose_name = _("how long records are kept")
        verbose_name_plural = _("how long records are kept")
        constraints = [
            models.CheckConstraint(
                condition=Q(address_weeks__gte=1, address_weeks__lte=52), name="retention_addresses_are_kept_a_year_at_most"
            ),
            models.CheckConstraint(
                condition=Q(
                    context_months__gte=1, context_months__lte=84, exemption_months__gte=1, exemption_months__lte=84,
                    reply_months__gte=1, reply_months__lte=84, letter_months__gte=1, letter_months__lte=84,
                    note_months__gte=1, note_months__lte=84,
                ),
                name="retention_months_are_seven_years_at_most",
            ),
            models.CheckConstraint(
                condition=Q(years_after_leaving__gte=1, years_after_leaving__lte=40), name="retention_years_are_forty_at_most"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.school)

    def first_day_kept(self, field: str, *, on: dt.date) -> dt.date:
        """The day from before which records are old, by one of these settings."""
        number = getattr(self, field)
        match field:
            case "address_weeks":
                return on - dt.timedelta(weeks=number)
            case "years_after_leaving":
                return years_before(on, number)
        return months_before(on, number)


class Disposal(models.Model):
    """Records of one kind that were older than the school keeps them are gone: how many, never whose.

    While it stands, the guards let rows of that kind from before that moment go.
    """

    class Kind(models.TextChoices):
        ADDRESSES = "addresses", _("Wi-Fi addresses of devices that may connect no longer")
        CONTEXTS = "contexts", _("IP addresses and browsers of signatures")
        EXEMPTIONS = "exemptions", _("exemptions that ended")
        REPLIES = "replies", _("replies that were answered")
        LETTERS = "letters", _("who was sent which e-mail")
        NOTES = "notes", _("the desk’s notes")
        SESSIONS = "sessions", _("sign-ins that ended")
        PEOPLE = "people", _("people who left, with all that is about them")

    school = models.ForeignKey(
        "School",
        verbose_name=_("school"),
        null=True,
        on_delete=models.PROTECT,
        related_name="disposals",
        help_text=_("Empty: of the trust’s own people."),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    before_at = models.DateTimeField(_("older than"))
    before_on = models.DateField(_("older than the day"))
    rows = models.PositiveIntegerField(_("how many"))
    done_at = models.DateTimeField(_("done at"))
    done_by = models.ForeignKey(
        "Person",
        verbose_name=_("done by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: from the command line of the server."),
    )

    objects: ClassVar[models.Manager["Disposal"]] = models.Manager()

    class Meta:
        verbose_name = _("disposal")
        verbose_name_plural = _("disposals")
        ordering = ["-done_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=["addresses", "contexts", "exemptions", "replies", "letters", "notes", "sessions", "people"]
                ),
                name="disposal_kind_is_known",
            ),
            models.CheckConstraint(condition=Q(before_at__lte=F("done_at")), name="disposal_is_of_the_past"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.rows}"
