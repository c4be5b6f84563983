"""People and their roles."""

import datetime as dt
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class PersonQuerySet(models.QuerySet["Person"]):
    def at_school(self, *, on: dt.date) -> "PersonQuerySet":
        """The people who had started and had not left on this day."""
        return self.filter(Q(starts_on__isnull=True) | Q(starts_on__lte=on)).filter(Q(leaves_on__isnull=True) | Q(leaves_on__gt=on))

    def expected_to_sign(self) -> "PersonQuerySet":
        """Everybody except people from outside, such as an auditor."""
        return self.exclude(category=Person.Category.EXTERNAL)


class PersonManager(BaseUserManager["Person"].from_queryset(PersonQuerySet)):  # type: ignore[misc]  # mypy does not follow a base class made by a call
    def get_by_natural_key(self, email: str | None) -> "Person":
        """The person with this e-mail address, in whatever case it is typed."""
        person: Person = self.exclude(email="").get(email__iexact=email)
        return person


class Person(AbstractBaseUser):
    """Somebody of a school or, without a school, of the trust that runs all schools."""

    class Category(models.TextChoices):
        STAFF = "staff", _("staff")
        GOVERNOR = "governor", _("governor")
        VOLUNTEER = "volunteer", _("volunteer")
        SUPPLY = "supply", _("supply")
        TRAINEE = "trainee", _("trainee")
        CONTRACTOR = "contractor", _("contractor")
        EXTERNAL = "external", _("from outside (an auditor, say): signs nothing")

    school = models.ForeignKey(
        "School",
        verbose_name=_("school"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="people",
        help_text=_("Empty: someone of the trust, who sees all its schools."),
    )
    email = models.EmailField(
        _("e-mail"), blank=True, help_text=_("Also the sign-in name. Empty: somebody without e-mail, who signs at the office.")
    )
    full_name = models.CharField(_("name"), max_length=120)
    job_title = models.CharField(_("title"), max_length=80, blank=True, help_text=_("What they are at the school: teacher."))
    category = models.CharField(_("category"), max_length=12, choices=Category, default=Category.STAFF)
    staff_number = models.CharField(
        _("staff number"),
        max_length=40,
        blank=True,
        default="",
        help_text=_("What the school's own system calls them: it tells a staff list who is who when a name or an e-mail address changes."),
    )
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    # By hand or by a staff list; the time to sign counts from it where the first day is not known.
    added_on = models.DateField(_("added on"), null=True, editable=False)
    leaves_on = models.DateField(
        _("leaves on"),
        null=True,
        blank=True,
        help_text=_("From this day on nothing works any more: sign-in, roles, permissions and Wi-Fi. What they signed stays."),
    )

    email_since = models.DateTimeField(_("has this e-mail address since"), null=True, editable=False, help_text=_("Empty: from the first."))
    waits_until = models.DateTimeField(
        _("waits until"),
        null=True,
        editable=False,
        help_text=_("How they sign in was changed, and nobody has confirmed it: until then they sign and decide nothing."),
    )

    # Typed, so that mypy knows what `Person.objects.at_school(…)` is.
    objects: ClassVar[Any] = PersonManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["full_name", "id"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~Q(email=""),
                name="person_email_is_unique_in_any_case",
                violation_error_message=_("Somebody already signs in with this e-mail address."),
            ),
            models.CheckConstraint(condition=~Q(full_name=""), name="person_has_a_name"),
            models.UniqueConstraint(
                fields=["school", "staff_number"],
                condition=~Q(staff_number=""),
                name="person_staff_number_is_unique_in_a_school",
                violation_error_message=_("Somebody else at the school has this staff number."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(leaves_on__isnull=True) | Q(leaves_on__gte=F("starts_on")),
                name="person_leaves_after_starting",
                violation_error_message=_("They cannot leave before they start."),
            ),
        ]
        indexes = [
            models.Index(fields=["school", "full_name", "id"], name="person_of_school"),
            models.Index(fields=["full_name", "id"], name="person_in_order"),
        ]

    def __str__(self) -> str:
        return self.full_name

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split()[0] if self.full_name.split() else self.full_name

    def has_left(self, *, on: dt.date) -> bool:
        return self.leaves_on is not None and self.leaves_on <= on

    def waits(self, *, at: dt.datetime) -> bool:
        """Whether how they sign in was changed so lately that they sign nothing and hold no role."""
        return self.waits_until is not None and self.waits_until > at

    def roles(self, *, on: dt.date) -> frozenset[str]:
        """The roles on this day; for the person who is signed in, the sign-in backend has already loaded them."""
        return frozenset(role.name for role in self.role_set.all() if role.is_live(on=on))


class Role(models.Model):
    """A role of a person, who granted it, and until when; a role is ended, never deleted."""

    class Name(models.TextChoices):
        LEADERSHIP = "leadership", _("Leadership")
        AUDITOR = "auditor", _("Auditor")
        ADMINISTRATOR = "administrator", _("Administrator")
        HEADTEACHER = "headteacher", _("Headteacher")
        DSL = "dsl", _("Designated safeguarding lead")
        DEPUTY_DSL = "deputy_dsl", _("Deputy designated safeguarding lead")
        CHAIR = "chair", _("Chair of governors")

    person = models.ForeignKey(Person, verbose_name=_("person"), on_delete=models.PROTECT)
    name = models.CharField(_("role"), max_length=13, choices=Name)
    granted_at = models.DateTimeField(_("granted at"))
    granted_by = models.ForeignKey(
        Person,
        verbose_name=_("granted by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: from the command line of the server."),
    )
    ends_on = models.DateField(
        _("ends on"), null=True, blank=True, help_text=_("From this day on they no longer have it. An auditor's role always ends.")
    )
    removed_at = models.DateTimeField(_("removed at"), null=True)
    removed_by = models.ForeignKey(Person, verbose_name=_("removed by"), null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["granted_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "name"],
                condition=Q(removed_at__isnull=True),
                name="role_is_held_once",
                violation_error_message=_("They have this role already."),
            ),
            models.CheckConstraint(
                condition=Q(granted_by__isnull=True) | ~Q(granted_by=F("person")), name="role_is_not_granted_to_oneself"
            ),
            models.CheckConstraint(
                condition=~Q(name="auditor") | Q(ends_on__isnull=False),
                name="role_of_auditor_has_an_end",
                violation_error_message=_("An auditor's role needs the day on which it ends."),
            ),
            models.CheckConstraint(condition=Q(removed_by__isnull=True) | Q(removed_at__isnull=False), name="role_removal_is_whole"),
            models.CheckConstraint(
                condition=Q(name__in=["leadership", "auditor", "administrator", "headteacher", "dsl", "deputy_dsl", "chair"]),
                name="role_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_name_display()}"

    def is_live(self, *, on: dt.date) -> bool:
        return self.removed_at is None and (self.ends_on is None or self.ends_on > on)
