"""Identity providers, the accounts there that are linked to people, and invitations."""

import re
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

# A slug is part of an address and the name of a file.
SLUG = r"\A[a-z0-9][a-z0-9-]{0,39}\Z"
TENANT = r"\A[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z"
DOMAIN = re.compile(r"(?=.{4,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+")


def are_domains(text: str) -> None:
    """Raise ValidationError unless every word is a domain in small letters."""
    for word in text.split():
        if not DOMAIN.fullmatch(word):
            raise ValidationError(_("“%(word)s” is not a domain. An example: hillside.example."), params={"word": word})


class IdentityProvider(models.Model):
    """The school's own tenant of Microsoft 365, or its own domain at Google. A file on the server holds its secret; this row never does."""

    class Kind(models.TextChoices):
        MICROSOFT = "microsoft", "Microsoft 365"
        GOOGLE = "google", "Google"

    school = models.ForeignKey(
        "School",
        verbose_name=_("school"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="identity_providers",
        help_text=_("Empty: one for all schools of the trust and for the trust's own people."),
    )
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    slug = models.CharField(
        _("name in the address"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(SLUG, _("Small letters, digits and -."))],
        help_text=_("Also the name of the file on the server that holds the client secret (docs/sign-in.md): hillside-microsoft."),
    )
    client_id = models.CharField(_("client ID"), max_length=200, help_text=_("Microsoft: “Application (client) ID”."))
    tenant = models.CharField(
        _("tenant"),
        max_length=36,
        blank=True,
        default="",
        validators=[RegexValidator(TENANT, _("The tenant's ID, in small letters: 8 hexadecimal digits, -, 4, -, 4, -, 4, -, 12."))],
        help_text=_("Microsoft alone: “Directory (tenant) ID”. Nobody of another tenant gets in."),
    )
    domains = models.CharField(
        _("domains"),
        max_length=400,
        validators=[are_domains],
        help_text=_("The e-mail domains of staff, separated by spaces: hillside.example. Nobody of another domain gets in."),
    )
    second_factor = models.BooleanField(
        _("always asks for a second factor"),
        default=False,
        help_text=_(
            "Microsoft alone, and only if it is set up so that nobody gets past it with a password alone: then its sign-in is enough for "
            "leadership, auditors and administrators too, whenever its token says that a second factor was shown."
        ),
    )
    in_use = models.BooleanField(_("in use"), default=True)

    objects: ClassVar[models.Manager["IdentityProvider"]] = models.Manager()

    class Meta:
        verbose_name = _("identity provider")
        verbose_name_plural = _("identity providers")
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind="microsoft") & ~Q(tenant="")) | Q(kind="google", tenant=""),
                name="provider_is_pinned",
                violation_error_message=_("Microsoft 365 needs the school's tenant, and Google has none."),
            ),
            models.CheckConstraint(condition=~Q(slug="") & ~Q(client_id="") & ~Q(domains=""), name="provider_is_whole"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class LinkedAccount(models.Model):
    """A person's account at a provider, known by its subject, which stays the same when the e-mail address changes."""

    person = models.ForeignKey("Person", verbose_name=_("person"), on_delete=models.PROTECT, related_name="linked_accounts")
    provider = models.ForeignKey(IdentityProvider, verbose_name=_("provider"), on_delete=models.PROTECT, related_name="accounts")
    subject = models.CharField(_("subject"), max_length=255)
    email = models.CharField(_("e-mail there"), max_length=254, help_text=_("As the provider said it last."))
    linked_at = models.DateTimeField(_("linked at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)
    ended_by = models.ForeignKey("Person", verbose_name=_("ended by"), null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager["LinkedAccount"]] = models.Manager()

    class Meta:
        verbose_name = _("linked account")
        verbose_name_plural = _("linked accounts")
        ordering = ["linked_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject"], condition=Q(ended_at__isnull=True), name="account_is_one_persons"),
            models.UniqueConstraint(fields=["provider", "person"], condition=Q(ended_at__isnull=True), name="account_is_one_a_person"),
            models.CheckConstraint(condition=~Q(subject="") & ~Q(email=""), name="account_has_subject_and_email"),
            models.CheckConstraint(condition=Q(ended_by__isnull=True) | Q(ended_at__isnull=False), name="account_end_is_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.email}"


class Invitation(models.Model):
    """A link by e-mail with which somebody signs in for the first time: once, within a week. The row has only the hash of its secret."""

    person = models.ForeignKey("Person", verbose_name=_("person"), on_delete=models.PROTECT, related_name="invitations")
    salt = models.CharField(_("salt"), max_length=32, unique=True)
    sha256 = models.CharField(_("SHA-256 of the link's secret"), max_length=64, unique=True)
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        "Person",
        verbose_name=_("made by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: from the command line of the server."),
    )
    expires_at = models.DateTimeField(_("expires at"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, help_text=_("A newer one took its place."))

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(accepted_at__isnull=True, ended_at__isnull=True),
                name="invitation_is_one_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(sha256="") & ~Q(salt=""), name="invitation_has_its_hash"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="invitation_expires_later"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True)
                | Q(ended_at__isnull=True, accepted_at__gte=F("made_at"), accepted_at__lt=F("expires_at")),
                name="invitation_is_accepted_in_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}"
