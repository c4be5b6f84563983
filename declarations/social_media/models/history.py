"""What belongs to an account over time: its keepers, questions before the decision, reviews, suspensions."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from declarations.social_media.models.account import SchoolAccount


class Keeper(models.Model):
    """Somebody of the staff who holds an account's sign-in, from when to when."""

    account = models.ForeignKey(SchoolAccount, verbose_name=_("account"), on_delete=models.PROTECT, related_name="keepers")
    person = models.ForeignKey("Person", verbose_name=_("keeper"), on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey("Person", verbose_name=_("added by"), on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added at"))
    ended_by = models.ForeignKey("Person", verbose_name=_("ended by"), null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("ended at"), null=True)
    handed_to = models.ForeignKey("Person", verbose_name=_("handed over to"), null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("keeper of an account")
        verbose_name_plural = _("keepers of accounts")
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "person"], condition=Q(ended_at__isnull=True), name="keeper_is_named_once"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, handed_to__isnull=True)
                | Q(ended_at__gte=F("added_at"), ended_by__isnull=False),
                name="keeper_end_is_whole",
            ),
            models.CheckConstraint(condition=Q(handed_to__isnull=True) | ~Q(handed_to=F("person")), name="keeper_hands_over_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.account}"


class AccountQuestion(models.Model):
    """What the headteacher asked before deciding, and the answer."""

    account = models.ForeignKey(SchoolAccount, verbose_name=_("account"), on_delete=models.PROTECT, related_name="questions")
    asked_by = models.ForeignKey("Person", verbose_name=_("asked by"), on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    question = models.CharField(_("question"), max_length=500)
    answered_by = models.ForeignKey("Person", verbose_name=_("answered by"), null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(_("answered at"), null=True)
    answer = models.CharField(_("answer"), max_length=1000, blank=True, default="")

    class Meta:
        verbose_name = _("question about an account")
        verbose_name_plural = _("questions about accounts")
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(answered_at__isnull=True), name="account_is_asked_once_at_a_time"),
            models.CheckConstraint(
                condition=~Q(question="")
                & (
                    Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                    | Q(answered_at__gte=F("asked_at"), answered_by__isnull=False) & ~Q(answer="")
                ),
                name="account_question_is_answered_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.question


class AccountReview(models.Model):
    """A look at a live account: each line is yes, no, or not applicable, and it says when the next is due."""

    class Line(models.TextChoices):
        YES = "yes", _("yes")
        NO = "no", _("no")
        NOT_APPLICABLE = "n/a", _("not applicable")

    LINES = ("links", "photographs", "direct_messages", "keepers", "two_step", "registered_email")

    account = models.ForeignKey(SchoolAccount, verbose_name=_("account"), on_delete=models.PROTECT, related_name="reviews")
    reviewed_by = models.ForeignKey("Person", verbose_name=_("reviewed by"), on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(_("reviewed at"))
    links = models.CharField(_("links lead to suitable, safe pages"), max_length=3, choices=Line)
    photographs = models.CharField(_("photographs have written consent, and nobody is named"), max_length=3, choices=Line)
    direct_messages = models.CharField(_("direct messages are as approved"), max_length=3, choices=Line)
    keepers = models.CharField(_("the keepers are right, and nobody else signs in"), max_length=3, choices=Line)
    two_step = models.CharField(_("two-step verification is on"), max_length=3, choices=Line)
    registered_email = models.CharField(_("the registered e-mail is the school’s"), max_length=3, choices=Line)
    conditions = models.CharField(_("conditions from now on"), max_length=500, blank=True, default="")
    next_on = models.DateField(_("next review on"))

    class Meta:
        verbose_name = _("review of an account")
        verbose_name_plural = _("reviews of accounts")
        ordering = ["reviewed_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    links__in=["yes", "no", "n/a"],
                    photographs__in=["yes", "no", "n/a"],
                    direct_messages__in=["yes", "no", "n/a"],
                    keepers__in=["yes", "no", "n/a"],
                    two_step__in=["yes", "no", "n/a"],
                    registered_email__in=["yes", "no", "n/a"],
                ),
                name="account_review_says_each_line",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.reviewed_at:%d/%m/%Y}"


class AccountSuspension(models.Model):
    """An account that is suspended at once, until that is lifted."""

    account = models.ForeignKey(SchoolAccount, verbose_name=_("account"), on_delete=models.PROTECT, related_name="suspensions")
    suspended_by = models.ForeignKey("Person", verbose_name=_("suspended by"), on_delete=models.PROTECT, related_name="+")
    suspended_at = models.DateTimeField(_("suspended at"))
    reason = models.CharField(_("reason"), max_length=500)
    lifted_by = models.ForeignKey("Person", verbose_name=_("lifted by"), null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(_("lifted at"), null=True)

    class Meta:
        verbose_name = _("suspension of an account")
        verbose_name_plural = _("suspensions of accounts")
        ordering = ["suspended_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(lifted_at__isnull=True), name="account_is_suspended_once_at_a_time"),
            models.CheckConstraint(
                condition=~Q(reason="")
                & (Q(lifted_at__isnull=True, lifted_by__isnull=True) | Q(lifted_at__gte=F("suspended_at"), lifted_by__isnull=False)),
                name="account_suspension_is_lifted_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account}"
