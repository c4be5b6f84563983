"""The school's accounts on social media."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from declarations.social_media import rules


def all_or_none(*names: str) -> Q:
    """The condition that these columns are all empty, or none is."""
    return Q(**{f"{name}__isnull": True for name in names}) | Q(**{f"{name}__isnull": False for name in names})


class SchoolAccount(models.Model):
    """An account of the school: what was proposed, what was decided, when it went live and was closed. Facts are written once."""

    class HostedBy(models.TextChoices):
        SCHOOL = "school", _("the school")
        OTHERS = "others", _("somebody else, such as a platform")

    class DirectMessages(models.TextChoices):
        OFF = "off", _("switched off, or the platform has none")
        AUTOMATIC = "auto", _("an automatic answer names the school office")
        WATCHED = "watched", _("two people watch them")

    class Photographs(models.TextChoices):
        NONE = "none", _("no photographs of pupils")
        CHECKED = "checked", _("only with the parents' written consent, and nobody is named")

    class Content(models.TextChoices):
        KEPT = "kept", _("kept by the school")
        DELETED = "deleted", _("deleted")

    school = models.ForeignKey("School", verbose_name=_("school"), on_delete=models.PROTECT, related_name="+")
    platform = models.CharField(
        _("platform"),
        max_length=12,
        choices=[*((key, known.name) for key, known in rules.PLATFORMS.items()), (rules.OTHER, _("another"))],
    )
    other_platform = models.CharField(_("name of the other platform"), max_length=40, blank=True, default="")
    hosted_by = models.CharField(_("hosted by"), max_length=6, choices=HostedBy, default=HostedBy.OTHERS)
    name = models.CharField(_("name of the account"), max_length=80, blank=True, default="")
    address = models.CharField(_("address on the platform"), max_length=200, blank=True, default="")
    purpose = models.TextField(_("purpose, and benefit for teaching"), max_length=1000, blank=True, default="")
    audience = models.CharField(_("audience"), max_length=200, blank=True, default="")
    youngest_age = models.PositiveSmallIntegerField(
        _("age of the youngest pupils"), null=True, validators=[MaxValueValidator(19)], help_text=_("Empty: it is not for pupils.")
    )
    is_public = models.BooleanField(_("everybody can see it"), default=True)
    registered_email = models.EmailField(_("registered e-mail"), blank=True, default="")
    posts = models.CharField(_("what is posted, and how often"), max_length=300, blank=True, default="")
    comments_checked = models.CharField(_("who looks at comments, how often"), max_length=300, blank=True, default="")
    direct_messages = models.CharField(_("direct messages"), max_length=7, choices=DirectMessages, default=DirectMessages.OFF)
    messages_watched_by = models.CharField(_("who watches direct messages"), max_length=200, blank=True, default="")
    photographs = models.CharField(_("photographs"), max_length=7, choices=Photographs, default=Photographs.NONE)
    consent_checked_by = models.CharField(_("who checks the consent"), max_length=200, blank=True, default="")
    links_checked = models.CharField(_("how links are checked"), max_length=300, blank=True, default="")
    two_step = models.BooleanField(_("two-step verification is on"), default=False)
    technical_risks_by = models.CharField(_("technical risks looked at by"), max_length=120, blank=True, default="")
    teaching_risks_by = models.CharField(_("risks for teaching looked at by"), max_length=120, blank=True, default="")
    data_protection = models.CharField(_("what the data protection officer said"), max_length=300, blank=True, default="")
    begins_on = models.DateField(_("begins on"), null=True)
    ends_on = models.DateField(_("ends on"), null=True)
    at_the_end = models.CharField(_("what happens to the content at the end"), max_length=300, blank=True, default="")
    promised = models.BooleanField(_("separate from personal accounts, for no gain or campaign, within every policy"), default=False)
    found_live = models.BooleanField(_("existed already"), default=False)
    proposed_by = models.ForeignKey("Person", verbose_name=_("proposed by"), on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("started at"))
    proposed_at = models.DateTimeField(_("proposed at"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)
    decided_by = models.ForeignKey("Person", verbose_name=_("decided by"), null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_on = models.DateField(_("decided on"), null=True)
    approved = models.BooleanField(_("approved"), null=True)
    review_on = models.DateField(_("review on"), null=True)
    conditions = models.CharField(_("conditions"), max_length=500, blank=True, default="")
    decision_note = models.CharField(_("reason for the decision"), max_length=500, blank=True, default="")
    age_answer = models.CharField(_("why younger pupils are among its audience"), max_length=500, blank=True, default="")
    live_by = models.ForeignKey("Person", verbose_name=_("address confirmed by"), null=True, on_delete=models.PROTECT, related_name="+")
    live_at = models.DateTimeField(_("live since"), null=True)
    closed_by = models.ForeignKey("Person", verbose_name=_("closed by"), null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(_("closed at"), null=True)
    closed_content = models.CharField(_("content at the end"), max_length=7, choices=Content, blank=True, default="")
    sign_in_removed_by = models.CharField(_("who removed the sign-in"), max_length=120, blank=True, default="")

    class Meta:
        verbose_name = _("account of the school")
        verbose_name_plural = _("accounts of the school")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(proposed_at__isnull=True)
                | ~Q(name="") & ~Q(purpose="") & ~Q(audience="") & ~Q(registered_email="") & Q(promised=True, begins_on__isnull=False),
                name="account_is_proposed_whole",
            ),
            models.CheckConstraint(condition=~Q(platform="other") | ~Q(other_platform=""), name="account_has_a_platform"),
            models.CheckConstraint(
                condition=all_or_none("decided_by", "decided_at", "decided_on", "approved"), name="account_decision_is_all_or_none"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")), name="account_is_decided_by_another"
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | Q(proposed_at__isnull=False, decided_at__gte=F("proposed_at")),
                name="account_is_decided_after_it_was_proposed",
            ),
            models.CheckConstraint(
                condition=Q(approved__isnull=True, review_on__isnull=True, conditions="", decision_note="", age_answer="")
                | Q(approved=True, review_on__isnull=False, review_on__gt=F("decided_on"))
                | Q(approved=False, review_on__isnull=True, conditions="") & ~Q(decision_note=""),
                name="account_approved_has_a_review_declined_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(live_at__isnull=True, live_by__isnull=True)
                | Q(live_by__isnull=False, found_live=True, proposed_at__isnull=False, live_at__gte=F("proposed_at"))
                | Q(live_by__isnull=False, approved__isnull=False, approved=True, live_at__gte=F("decided_at")),
                name="account_is_live_after_it_was_approved",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, closed_content="", sign_in_removed_by="")
                | Q(
                    closed_at__isnull=False,
                    proposed_at__isnull=False,
                    closed_at__gte=F("proposed_at"),
                    closed_by__isnull=False,
                    closed_content__in=["kept", "deleted"],
                )
                & ~Q(sign_in_removed_by=""),
                name="account_is_closed_whole",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(decided_at__isnull=True, found_live=False), name="account_is_withdrawn_undecided"
            ),
        ]
        indexes = [models.Index(fields=["school", "name", "id"], name="account_of_school")]

    def __str__(self) -> str:
        return self.name or str(_("account without a name"))

    @property
    def platform_name(self) -> str:
        return self.other_platform or self.get_platform_display()
