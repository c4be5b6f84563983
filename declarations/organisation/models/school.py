"""The school: its names, its contacts and the dates of its year."""

import datetime as dt
import zoneinfo
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Func, Q, Value
from django.db.models.sql.compiler import SQLCompiler
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from declarations.organisation.school_year import MonthDay, SchoolYear, YearDates, in_order, school_year


class SchoolDay(Func):
    """The calendar day of a moment at the school of each row, worked out in SQL, for models with a `school`.

    It can be used in place of a plain day, as in `Device.objects.with_reason(on=SchoolDay(at))`.
    """

    output_field = models.DateField()

    def __init__(self, at: dt.datetime) -> None:
        super().__init__(Value(at, models.DateTimeField()), F("school__time_zone"))

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s)::date", arg_joiner=" AT TIME ZONE ", **context)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        # Django's own function for `…__date` takes the zone as an argument; moments are stored in UTC.
        return self.as_sql(compiler, connection, template="django_datetime_cast_date(%(expressions)s, 'UTC')", **context)


# A day, or an expression for which the database works out a day for each row.
type Day = dt.date | SchoolDay


def is_time_zone(name: str) -> None:
    """Raises ValidationError unless the name is in the IANA time zone database."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(name)s” is not a time zone. An example: Europe/London."), params={"name": name})


def real_day(prefix: str) -> Q:
    """The condition that the month has this day in every year: 29 February is refused."""
    month, day = f"{prefix}_month", f"{prefix}_day"
    return (
        Q(**{f"{day}__gte": 1})
        & Q(**{f"{month}__gte": 1, f"{month}__lte": 12})
        & (
            Q(**{f"{month}__in": [1, 3, 5, 7, 8, 10, 12], f"{day}__lte": 31})
            | Q(**{f"{month}__in": [4, 6, 9, 11], f"{day}__lte": 30})
            | Q(**{month: 2, f"{day}__lte": 28})
        )
    )


class School(models.Model):
    """A school. A deployment has one school, or all of a trust; nobody of one school sees anything of another."""

    class Deciders(models.TextChoices):
        LEADERSHIP = "leadership", _("any one member of the leadership")
        HEADTEACHER = "headteacher", _("the headteacher only")

    name = models.CharField(_("name"), max_length=120)
    short_name = models.CharField(_("short name"), max_length=40, help_text=_("Where there is little room: on phones."))
    slug = models.SlugField(_("slug"), max_length=40, unique=True, help_text=_("The school's name in commands and file names: hillside."))
    label_slt = models.CharField(_("the leadership is called"), max_length=60, default="senior leadership team (SLT)")
    label_headteacher = models.CharField(_("the head is called"), max_length=60, default="headteacher")
    label_dsl = models.CharField(_("the safeguarding lead is called"), max_length=60, default="designated safeguarding lead (DSL)")
    dsl_contact = models.CharField(
        _("safeguarding lead: name and contact"), max_length=200, help_text=_("As people read it in the leaflet.")
    )
    dsl_deputies = models.CharField(_("deputies of the safeguarding lead"), max_length=200, blank=True)
    child_protection_contact = models.CharField(
        _("local authority's child-protection contact for schools"), max_length=200, help_text=_("Leaflet rule M9.")
    )
    it_contact = models.CharField(_("IT support: contact"), max_length=200)
    data_protection_contact = models.CharField(_("data protection: contact"), max_length=200)
    designated_areas = models.CharField(
        _("where staff may use their own devices"),
        max_length=200,
        default="the staff room and offices",
        help_text=_("Leaflet rules M3 to M5."),
    )
    logo = models.BinaryField(_("logo"), blank=True, default=b"", help_text=_("A small PNG, shown beside the school's name."))
    email_domains = models.CharField(_("e-mail domains"), max_length=200, blank=True, help_text=_("Separated by spaces: hillside.example."))
    time_zone = models.CharField(_("time zone"), max_length=40, default="Europe/London", validators=[is_time_zone])
    opens_day = models.PositiveSmallIntegerField(_("signing opens on day"), default=1)
    opens_month = models.PositiveSmallIntegerField(_("signing opens in"), choices=MONTHS, default=8)
    due_day = models.PositiveSmallIntegerField(_("signing is due by day"), default=8)
    due_month = models.PositiveSmallIntegerField(_("signing is due in"), choices=MONTHS, default=9)
    lapses_day = models.PositiveSmallIntegerField(_("last year's declarations lapse on day"), default=1)
    lapses_month = models.PositiveSmallIntegerField(_("last year's declarations lapse in"), choices=MONTHS, default=10)
    checkpoint_recipients = models.CharField(
        _("who keeps the checkpoints"),
        db_column="custodians",
        max_length=400,
        blank=True,
        default="",
        help_text=_(
            "E-mail addresses, separated by spaces, of people outside IT: the chair of governors, the data-protection "
            "officer. Each week they are sent three lines that prove later that nothing was changed."
        ),
    )
    listener = models.ForeignKey(
        "Person",
        verbose_name=_("who answers people who want to talk before they sign, or decline"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: the headteacher; without one, all of the leadership."),
    )
    deciders = models.CharField(_("who decides about devices"), max_length=12, choices=Deciders, default=Deciders.LEADERSHIP)
    headteacher = models.ForeignKey(
        "Person", verbose_name=_("headteacher"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    fallback_decider = models.ForeignKey(
        "Person",
        verbose_name=_("who decides about the headteacher's own devices"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Where only the headteacher decides, or a school has one leader: the chair of governors, say."),
    )

    class Meta:
        verbose_name = _("school")
        verbose_name_plural = _("schools")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=real_day("opens") & real_day("due") & real_day("lapses"),
                name="school_dates_exist_in_every_year",
                violation_error_message=_("One of the dates is not in the calendar (29 February is not, most years)."),
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(short_name="") & ~Q(slug=""), name="school_has_its_names"),
            models.CheckConstraint(
                condition=Q(fallback_decider__isnull=True) | Q(headteacher__isnull=True) | ~Q(fallback_decider=F("headteacher")),
                name="school_fallback_is_somebody_else",
                violation_error_message=_("The headteacher cannot be their own fallback: name somebody else."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        try:
            dates = self.month_days()
        except (TypeError, ValueError, OverflowError):
            return  # A field is missing or not in the calendar: its own message says so.
        if not in_order(*dates):
            raise ValidationError(_("Signing opens, then is due, then last year's declarations lapse: put the three dates in that order."))

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    def day_of(self, at: dt.datetime) -> dt.date:
        """The calendar day at the school at this moment."""
        return at.astimezone(self.zone).date()

    def end_of(self, day: dt.date) -> dt.datetime:
        """The first moment after this day at the school."""
        return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), self.zone)

    def year(self, *, on: dt.date) -> SchoolYear:
        """The school year of a day."""
        return school_year(YearDates(*self.month_days()), on=on)

    def month_days(self) -> tuple[MonthDay, MonthDay, MonthDay]:
        """When signing opens, is due and lapses. Raises ValueError for a day that is not in the calendar."""
        return (
            MonthDay(self.opens_month, self.opens_day),
            MonthDay(self.due_month, self.due_day),
            MonthDay(self.lapses_month, self.lapses_day),
        )

    def words(self) -> dict[str, str]:
        """The values of the placeholders in a leaflet or policy at this school."""
        return {
            "school": self.name,
            "SLT": self.label_slt,
            "headteacher": self.label_headteacher,
            "DSL": self.label_dsl,
            "DSL_contact": self.dsl_contact,
            "child_protection_contact": self.child_protection_contact,
            "IT_contact": self.it_contact,
            "data_protection_contact": self.data_protection_contact,
            "designated_areas": self.designated_areas,
        }
