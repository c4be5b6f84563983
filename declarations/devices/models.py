"""Devices, their Wi-Fi addresses, and permission for them."""

import datetime as dt

from django.db import models
from django.db.models import Case, Exists, F, GeneratedField, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from declarations.devices import rules
from declarations.devices.reason import Reason
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import Day
from declarations.signing.models.declaration import Declaration


class DeviceQuerySet(models.QuerySet["Device"]):
    def with_reason(self, *, on: Day) -> "DeviceQuerySet":
        """Each with `reason`: why it may not connect on this day (a Reason), or "" if it may. The one rule, in SQL."""
        approved = Permission.objects.filter(device=OuterRef("pk"), approved=True, ended_at__isnull=True)
        declarations = Declaration.objects.filter(person=OuterRef("owner"))
        suspensions = Suspension.objects.filter(device=OuterRef("pk"), lifted_at__isnull=True)
        return self.annotate(
            reason=Case(
                When(Q(owner__leaves_on__lte=on) | Q(owner__starts_on__gt=on), then=Value(Reason.OWNER_LEFT.value)),
                When(Exists(suspensions), then=Value(Reason.SUSPENDED.value)),
                When(~Exists(approved), then=Value(Reason.NOT_APPROVED.value)),
                When(~Exists(approved.filter(until__gte=on)), then=Value(Reason.APPROVAL_EXPIRED.value)),
                When(~Exists(declarations), then=Value(Reason.NOT_SIGNED.value)),
                When(~Exists(declarations.in_force(on=on)), then=Value(Reason.LAPSED.value)),
                default=Value(""),
                output_field=models.CharField(),
            )
        )


class Device(models.Model):
    """A personal device of one owner. What it is does not change: another device is another row."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("phone")
        TABLET = "tablet", _("tablet")
        LAPTOP = "laptop", _("laptop")
        WATCH = "watch", _("watch")
        OTHER = "other", _("something else")

    school = models.ForeignKey("School", verbose_name=_("school"), on_delete=models.PROTECT)
    owner = models.ForeignKey("Person", verbose_name=_("owner"), on_delete=models.PROTECT, related_name="devices")
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    make_and_model = models.CharField(_("make and model"), max_length=80)
    reaches_school_data = models.BooleanField(_("reaches school data"), default=False)
    added_at = models.DateTimeField(_("added at"))

    objects = DeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ["added_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(make_and_model=""), name="device_has_make_and_model"),
            models.CheckConstraint(condition=Q(kind__in=["phone", "tablet", "laptop", "watch", "other"]), name="device_kind_is_known"),
        ]
        indexes = [models.Index(fields=["added_at", "id"], name="device_in_order")]

    def __str__(self) -> str:
        return self.make_and_model


class DeviceAddress(models.Model):
    """A Wi-Fi address that a device had, from when to when."""

    school = models.ForeignKey("School", verbose_name=_("school"), on_delete=models.PROTECT)
    device = models.ForeignKey(Device, verbose_name=_("device"), on_delete=models.PROTECT, related_name="addresses")
    address = models.CharField(_("Wi-Fi address"), max_length=17)
    added_at = models.DateTimeField(_("added at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)
    # With it the log's hash of the address is made, and without it nobody guesses the address back; none on rows from before that.
    salt = models.BinaryField(_("salt"), max_length=16, null=True)

    class Meta:
        verbose_name = _("Wi-Fi address")
        verbose_name_plural = _("Wi-Fi addresses")
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["school", "address"], condition=Q(ended_at__isnull=True), name="address_has_one_live_owner"),
            models.CheckConstraint(condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("added_at")), name="address_ends_after_it_began"),
        ]

    def __str__(self) -> str:
        return self.address


class PermissionQuerySet(models.QuerySet["Permission"]):
    def end(self, *, by: Person, at: dt.datetime, because: str, note: str = "") -> int:
        """Ends these and returns how many; never before they were asked for or decided, whichever clock lags."""
        moment = Greatest(Value(at), F("asked_at"), Coalesce(F("decided_at"), F("asked_at")))
        return self.update(ended_by=by, ended_at=moment, ended_because=because, ended_note=note)


class Permission(models.Model):
    """One request, its decision and its end. Each fact is written once; asking again is a new row."""

    class Status(models.TextChoices):
        REQUESTED = "requested", _("waiting for a decision")
        APPROVED = "approved", _("approved")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        REVOKED = "revoked", _("revoked")
        RENEWED = "renewed", _("renewed")

    class Ending(models.TextChoices):
        WITHDRAWN = "withdrawn", _("withdrawn by the owner")
        REVOKED = "revoked", _("revoked by the leadership")
        RENEWED = "renewed", _("renewed: another permission carries it on")

    school = models.ForeignKey("School", verbose_name=_("school"), on_delete=models.PROTECT)
    device = models.ForeignKey(Device, verbose_name=_("device"), on_delete=models.PROTECT, related_name="permissions")
    owner = models.ForeignKey("Person", verbose_name=_("owner"), on_delete=models.PROTECT, related_name="permissions")
    asked_by = models.ForeignKey("Person", verbose_name=_("asked by"), on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    reason = models.CharField(_("what for"), max_length=500)
    renews = models.OneToOneField(
        "self",
        verbose_name=_("renews"),
        null=True,
        on_delete=models.PROTECT,
        related_name="renewal",
        help_text=_("The permission that it carries on."),
    )
    decided_by = models.ForeignKey("Person", verbose_name=_("decided by"), null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True)
    approved = models.BooleanField(_("approved"), null=True)
    until = models.DateField(_("until"), null=True, help_text=_("The last day on which the device may connect."))
    conditions = models.CharField(_("conditions"), max_length=300, blank=True, default="")
    decision_note = models.CharField(_("reason for the decision"), max_length=500, blank=True, default="")
    ended_by = models.ForeignKey("Person", verbose_name=_("ended by"), null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("ended at"), null=True)
    ended_because = models.CharField(_("ended because"), max_length=9, choices=Ending, null=True)  # noqa: DJ001  # null until it ends: write-once
    ended_note = models.CharField(_("reason for the end"), max_length=500, blank=True, default="")
    status = GeneratedField(
        verbose_name=_("status"),
        expression=Case(
            When(ended_because="withdrawn", then=Value("withdrawn")),
            When(ended_because="revoked", then=Value("revoked")),
            When(ended_because="renewed", then=Value("renewed")),
            When(approved=True, then=Value("approved")),
            When(approved=False, then=Value("declined")),
            default=Value("requested"),
        ),
        output_field=models.CharField(max_length=9, choices=Status),
        db_persist=True,
    )

    objects = PermissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("permission")
        verbose_name_plural = _("permissions")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["device"], condition=Q(decided_at__isnull=True, ended_at__isnull=True), name="permission_waits_once_a_device"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("owner")), name="permission_is_not_decided_by_its_owner"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True, approved__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False, approved__isnull=False),
                name="permission_decision_is_all_or_none",
            ),
            models.CheckConstraint(
                condition=Q(approved__isnull=False, approved=True, until__isnull=False)
                | (Q(approved__isnull=True) & Q(until__isnull=True) & Q(conditions="") & Q(decision_note=""))
                | (Q(approved__isnull=False, approved=False, until__isnull=True, conditions="") & ~Q(decision_note="")),
                name="permission_approved_has_an_end_declined_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True, ended_at__isnull=True, ended_because__isnull=True, ended_note="")
                | (
                    Q(ended_by__isnull=False, ended_at__isnull=False, ended_because__isnull=False)
                    & (Q(approved__isnull=True) | Q(approved=True))
                ),
                name="permission_end_is_all_or_none_and_never_after_a_no",
            ),
            models.CheckConstraint(
                condition=~Q(ended_because="revoked")
                | (Q(approved__isnull=False, approved=True) & ~Q(ended_note="") & ~Q(ended_by=F("owner"))),
                name="permission_is_revoked_with_a_reason_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(ended_because="renewed") | (Q(approved__isnull=False, approved=True) & ~Q(ended_by=F("owner"))),
                name="permission_is_renewed_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(ended_because="withdrawn") | Q(ended_by=F("owner")), name="permission_is_withdrawn_by_its_owner"
            ),
            models.CheckConstraint(
                condition=Q(ended_because__isnull=True) | Q(ended_because__in=["withdrawn", "revoked", "renewed"]),
                name="permission_ending_is_known",
            ),
            # A renewal is the leadership's own doing: asked and decided at once, by the same person.
            models.CheckConstraint(
                condition=Q(renews__isnull=True, asked_by=F("owner"))
                | Q(renews__isnull=False, approved__isnull=False, approved=True, asked_by=F("decided_by")),
                name="permission_is_asked_by_its_owner_or_renewed",
            ),
            models.CheckConstraint(
                condition=(Q(decided_at__isnull=True) | Q(decided_at__gte=F("asked_at")))
                & (Q(ended_at__isnull=True) | Q(ended_at__gte=F("asked_at")))
                # What has ended can no longer be decided.
                & (Q(decided_at__isnull=True) | Q(ended_at__isnull=True) | Q(ended_at__gte=F("decided_at"))),
                name="permission_times_run_forwards",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="permission_says_what_for"),
        ]
        indexes = [
            models.Index(fields=["school", "status"], name="permission_queue"),
            models.Index(fields=["-asked_at", "-id"], name="permission_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.device} ({self.owner})"

    def latest_until(self, *, on: dt.date) -> dt.date:
        """The latest last day that it can be given on this day."""
        return rules.latest_until(self.school.year(on=on), leaves_on=self.owner.leaves_on)


class PermissionReview(models.Model):
    """The leadership looked at a permission during the year, and it is still right."""

    permission = models.ForeignKey(Permission, verbose_name=_("permission"), on_delete=models.PROTECT, related_name="reviews")
    reviewed_by = models.ForeignKey("Person", verbose_name=_("reviewed by"), on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(_("reviewed at"))

    class Meta:
        verbose_name = _("review of a permission")
        verbose_name_plural = _("reviews of permissions")
        ordering = ["reviewed_at", "id"]

    def __str__(self) -> str:
        return f"{self.permission}"


class Suspension(models.Model):
    """A device was reported lost or stolen: it is off at once, until the leadership lifts it."""

    device = models.ForeignKey(Device, verbose_name=_("device"), on_delete=models.PROTECT, related_name="suspensions")
    suspended_by = models.ForeignKey("Person", verbose_name=_("suspended by"), on_delete=models.PROTECT, related_name="+")
    suspended_at = models.DateTimeField(_("suspended at"))
    lifted_by = models.ForeignKey("Person", verbose_name=_("lifted by"), null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(_("lifted at"), null=True)

    class Meta:
        verbose_name = _("suspension")
        verbose_name_plural = _("suspensions")
        ordering = ["suspended_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["device"], condition=Q(lifted_at__isnull=True), name="device_is_suspended_once_at_a_time"),
            models.CheckConstraint(
                condition=Q(lifted_by__isnull=True, lifted_at__isnull=True) | Q(lifted_by__isnull=False, lifted_at__isnull=False),
                name="suspension_is_lifted_wholly_or_not",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device}"


class AddressClash(models.Model):
    """Somebody typed a Wi-Fi address that another owner's device has: refused, and shown to IT."""

    school = models.ForeignKey("School", verbose_name=_("school"), on_delete=models.PROTECT)
    person = models.ForeignKey("Person", verbose_name=_("who typed it"), on_delete=models.CASCADE, related_name="+")
    holder = models.ForeignKey(Device, verbose_name=_("device that has it"), on_delete=models.CASCADE, related_name="+")
    address = models.CharField(_("Wi-Fi address"), max_length=17)
    last_at = models.DateTimeField(_("last at"))

    class Meta:
        verbose_name = _("address claimed twice")
        verbose_name_plural = _("addresses claimed twice")
        ordering = ["-last_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["person", "holder", "address"], name="clash_is_told_once")]

    def __str__(self) -> str:
        return self.address
