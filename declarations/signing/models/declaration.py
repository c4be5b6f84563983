"""What people signed."""

import datetime as dt

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from declarations.organisation.models.school import Day
from declarations.policies.models import PolicyVersion, PolicyVersionQuerySet


def superseded_by(later: PolicyVersionQuerySet) -> Q:
    """Whether one of these versions comes after the text that was signed: the same document, a higher number."""
    return Q(
        Exists(later.filter(school=OuterRef("school"), document="aup", number__gt=OuterRef("aup__number")))
        | Exists(later.filter(school=OuterRef("school"), document="leaflet", number__gt=OuterRef("leaflet__number")))
    )


# For filters: for fewer days than that somebody had had their address or second factor when they signed.
NEWLY_KNOWN = [("1", _("newer than a day")), ("7", _("newer than a week")), ("30", _("newer than 30 days"))]


class DeclarationQuerySet(models.QuerySet["Declaration"]):
    def in_force(self, *, on: Day) -> "DeclarationQuerySet":
        """Those in force on this day: the one place that says what that means.

        Signed by then, not lapsed yet, and no later version of either text had come into effect with a *sign by* that
        had gone. A version without *sign by* is a correction and ends nothing.
        """
        later = PolicyVersion.objects.published().filter(effective_from__lte=on, sign_by__lt=on)
        return self.filter(signed_on__lte=on, lapses_on__gt=on).exclude(superseded_by(later))

    def current(self, *, on: dt.date, year: int) -> "DeclarationQuerySet":
        """Those of this school year that no later version asks to be signed again: their signers have nothing to do.

        A declaration can be in force and no longer current: that is the grace in which people sign again.
        """
        later = PolicyVersion.objects.published().filter(effective_from__lte=on, sign_by__isnull=False)
        return self.in_force(on=on).filter(school_year=year).exclude(superseded_by(later))

    def newest_first(self) -> "DeclarationQuerySet":
        """By the day of signing: what was signed on paper may be entered after something newer."""
        return self.order_by("-signed_on", "-signed_at", "-id")

    def newly_known(self, *, days: int) -> "DeclarationQuerySet":
        """Those whose signer had had the e-mail address, or the newest second factor, for fewer days than that."""
        since = F("signed_at") - dt.timedelta(days=days)
        return self.filter(Q(address_since__gt=since) | Q(factor_since__gt=since))

    def with_texts(self) -> "DeclarationQuerySet":
        """Each with its AUP and leaflet, and its paper if it was signed on paper: without the long texts and the scan."""
        long = ("source_body", "body", "source_statement", "statement", "source_confirmations", "confirmations")
        fields = [f"{text}__{field}" for text in ("aup", "leaflet") for field in long]
        return self.select_related("aup", "leaflet", "paper").defer(*fields, "paper__scan")


class Declaration(models.Model):
    """A signed declaration: facts as they were at that moment. Rows are added and never change."""

    reference = models.CharField(_("reference"), max_length=19, unique=True)
    school = models.ForeignKey("School", verbose_name=_("school"), on_delete=models.PROTECT)
    school_name = models.CharField(_("school's name as it was"), max_length=120)
    person = models.ForeignKey("Person", verbose_name=_("person"), on_delete=models.PROTECT)
    person_name = models.CharField(_("name as it was"), max_length=120)
    person_email = models.EmailField(_("e-mail as it was"))
    person_title = models.CharField(_("title as it was"), max_length=80, blank=True)
    aup = models.ForeignKey(PolicyVersion, verbose_name=_("AUP"), on_delete=models.PROTECT, related_name="+")
    leaflet = models.ForeignKey(PolicyVersion, verbose_name=_("leaflet"), on_delete=models.PROTECT, related_name="+")
    statement = models.TextField(_("statement as agreed to"))
    confirmations = models.JSONField(_("confirmations as ticked"))
    typed_name = models.CharField(_("typed name"), max_length=120)
    signed_at = models.DateTimeField(_("signed at"))
    signed_on = models.DateField(_("signed on"), help_text=_("The day at the school."))
    time_zone = models.CharField(_("time zone as it was"), max_length=40)
    school_year = models.PositiveSmallIntegerField(_("school year"), help_text=_("The year in which its signing opened."))
    lapses_on = models.DateField(_("lapses on"))
    signed_in_with = models.CharField(_("signed in with"), max_length=80)
    signed_in_at = models.DateTimeField(_("signed in at"), null=True)
    address_since = models.DateTimeField(_("had the e-mail address since"), null=True, help_text=_("Empty: from the first."))
    factor_since = models.DateTimeField(_("had the newest second factor since"), null=True, help_text=_("Empty: none."))
    entry = models.OneToOneField("Entry", verbose_name=_("entry in the evidence log"), on_delete=models.PROTECT, related_name="declaration")

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = _("declaration")
        verbose_name_plural = _("declarations")
        ordering = ["-signed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "aup", "leaflet", "school_year"], name="declaration_is_signed_once_a_version_and_year"
            ),
            models.CheckConstraint(
                condition=~Q(typed_name="") & ~Q(statement="") & ~Q(person_name="") & ~Q(confirmations=[]), name="declaration_is_whole"
            ),
            models.CheckConstraint(condition=Q(lapses_on__gt=F("signed_on")), name="declaration_lapses_after_signing"),
        ]
        indexes = [
            models.Index(fields=["person", "lapses_on"], name="declaration_of_person"),
            models.Index(fields=["-signed_at", "-id"], name="declaration_in_order"),
        ]

    def __str__(self) -> str:
        return self.reference

    def is_on(self, *versions: PolicyVersion) -> bool:
        """Whether these are the texts that were signed."""
        return {version.pk for version in versions} <= {self.aup_id, self.leaflet_id}

    def lapsed_on(self, *, on: dt.date) -> dt.date | None:
        """The first day on which it was no longer in force, None if it still is on this day; one query. See `in_force`."""
        later = (
            PolicyVersion.objects.published()
            .filter(school=self.school_id, effective_from__lte=on, sign_by__lt=on)
            .filter(Q(document="aup", number__gt=self.aup.number) | Q(document="leaflet", number__gt=self.leaflet.number))
            .aggregate(earliest=models.Min("sign_by"))["earliest"]
        )
        ends_on = min(self.lapses_on, later + dt.timedelta(days=1)) if later else self.lapses_on
        return ends_on if ends_on <= on else None


class SignatureMetadata(models.Model):
    """From where it was signed. Kept apart from the declaration, because it is deleted sooner."""

    declaration = models.OneToOneField(Declaration, on_delete=models.PROTECT, related_name="context")
    ip_address = models.GenericIPAddressField(_("IP address"), null=True)
    browser = models.CharField(_("browser"), max_length=400, blank=True)

    class Meta:
        db_table = "declarations_signingcontext"  # the table keeps the name that it was made with
        verbose_name = _("signing context")
        verbose_name_plural = _("signing contexts")

    def __str__(self) -> str:
        return f"{self.declaration}"
