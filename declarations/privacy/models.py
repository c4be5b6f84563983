"""How long records are kept, and what was disposed of."""

import datetime as dt
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from declarations.common.dates import months_before, years_before

ADDRESS_WEEKS = 6
CONTEXT_MONTHS = 12
EXEMPTION_MONTHS = 12
REPLY_MONTHS = 24
LETTER_MONTHS = 24
NOTE_MONTHS = 24
YEARS_AFTER_LEAVING = 6


def between(first: int, last: int) -> list[MinValueValidator | MaxValueValidator]:
    return [MinValueValidator(first), MaxValueValidator(last)]


class RetentionSettings(models.Model):
    """For how long a school keeps each kind of record; a school without a row has the defaults. Last answers: NetworkSettings."""

    school = models.OneToOneField("School", verbose_name=_("school"), on_delete=models.PROTECT, related_name="retention")
    address_weeks = models.PositiveSmallIntegerField(
        _("Wi-Fi addresses (weeks)"),
        default=ADDRESS_WEEKS,
        validators=between(1, 52),
        help_text=_("After the device was given up, its permission ended, or the owner left."),
    )
    context_months = models.PositiveSmallIntegerField(
        _("IP address and browser of a signature (months)"),
        default=CONTEXT_MONTHS,
        validators=between(1, 84),
        help_text=_("After the signing. The declaration itself stays."),
    )
    exemption_months = models.PositiveSmallIntegerField(
        _("exemptions (months)"),
        default=EXEMPTION_MONTHS,
        validators=between(1, 84),
        help_text=_("After they ended. A reason may speak of somebody's health: keep it no longer than it is needed."),
    )
    reply_months = models.PositiveSmallIntegerField(
        _("replies and their answers (months)"),
        default=REPLY_MONTHS,
        validators=between(1, 84),
        help_text=_("“I want to talk about this first”, “I decline”: after they were answered."),
    )
    letter_months = models.PositiveSmallIntegerField(
        _("who was sent which e-mail (months)"),
        default=LETTER_MONTHS,
        validators=between(1, 84),
        help_text=_("After it went. Who holds a checkpoint of the evidence log is kept as long as the log itself."),
    )
    note_months = models.PositiveSmallIntegerField(
        _("the desk’s notes of what was changed (months)"),
        default=NOTE_MONTHS,
        validators=between(1, 84),
        help_text=_("The history that a page of the admin shows. The evidence log is another thing, and stays."),
    )
    years_after_leaving = models.PositiveSmallIntegerField(
        _("everything else about a person (years after leaving)"),
        default=YEARS_AFTER_LEAVING,
        validators=between(1, 40),
        help_text=_("Declarations, what was read, devices, decisions, roles. In England: until employment ends, and six years."),
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
