"""Versions of the leaflet and of the Acceptable Use Policy (AUP), and who was shown what."""

import datetime as dt

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from declarations.policies import diff
from declarations.policies.text import placeholders as text
from declarations.policies.text import sections as markdown


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    def published(self) -> "PolicyVersionQuerySet":
        return self.filter(published_at__isnull=False)

    def in_effect(self, *, on: dt.date) -> "PolicyVersionQuerySet":
        """Newest first: the first of a document is the one that people read and sign on this day."""
        return self.published().filter(effective_from__lte=on).order_by("document", "-number")

    def current(self, *, on: dt.date) -> "dict[str, PolicyVersion]":
        """A school's version of each document that is in effect on this day: `{"aup": …, "leaflet": …}`, without those missing."""
        return {version.document: version for version in self.newest_in_effect(on=on)}

    def newest_in_effect(self, *, on: dt.date) -> "PolicyVersionQuerySet":
        """One of each document and school; the texts of all the years would be megabytes."""
        newer = PolicyVersion.objects.in_effect(on=on).filter(
            school=OuterRef("school"), document=OuterRef("document"), number__gt=OuterRef("number")
        )
        return self.in_effect(on=on).exclude(Exists(newer))


class PolicyVersion(models.Model):
    """One numbered text. A draft holds placeholders; publishing fills them in and freezes every word for ever."""

    class Document(models.TextChoices):
        LEAFLET = "leaflet", _("leaflet")
        AUP = "aup", _("Acceptable Use Policy (AUP)")

    school = models.ForeignKey("School", verbose_name=_("school"), on_delete=models.PROTECT)
    document = models.CharField(_("document"), max_length=7, choices=Document)
    number = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=160)
    source_body = models.TextField(
        _("text"), help_text=_("Markdown. Headings become sections; {school}, {SLT}, {DSL_contact} … are filled in at publishing.")
    )
    source_statement = models.TextField(_("statement"), blank=True, help_text=_("The one sentence that is agreed to by signing. AUP only."))
    source_confirmations = models.JSONField(
        _("confirmations"), blank=True, default=list, help_text=_("What must be ticked, each with its name. AUP only.")
    )
    body = models.TextField(_("text as published"), blank=True, default="")
    statement = models.TextField(_("statement as published"), blank=True, default="")
    confirmations = models.JSONField(_("confirmations as published"), blank=True, default=list)
    sha256 = models.CharField(_("SHA-256 of the text"), max_length=64, blank=True, default="")
    effective_from = models.DateField(_("effective from"), null=True, blank=True)
    sign_by = models.DateField(
        _("sign by"), null=True, blank=True, help_text=_("Everyone signs again by this day. Empty: a correction, nobody signs again.")
    )
    publish_reason = models.CharField(_("what changed and why"), max_length=500, blank=True)
    approved_by = models.CharField(_("approved by"), max_length=120, blank=True, help_text=_("The governing board, say."))
    approval_minute = models.CharField(
        _("minute"), max_length=80, blank=True, default="", help_text=_("Where the approval is on record: 2026/14.")
    )
    approved_on = models.DateField(_("approved on"), null=True, blank=True)
    review_on = models.DateField(_("to be reviewed on"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    published_by = models.ForeignKey(
        "Person", verbose_name=_("published by"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        ordering = ["school", "document", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["school", "document", "number"], name="policy_number_is_used_once"),
            models.UniqueConstraint(
                fields=["school", "document"],
                condition=Q(published_at__isnull=True),
                name="policy_has_one_draft",
                violation_error_message=_("There is a draft of this document already: change that one."),
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, published_by__isnull=True, body="", sha256="")
                | (
                    Q(published_at__isnull=False, published_by__isnull=False, effective_from__isnull=False)
                    & ~Q(body="")
                    & ~Q(sha256="")
                    & ~Q(publish_reason="")
                ),
                name="policy_is_published_wholly_or_not",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | ~Q(document="aup") | (~Q(statement="") & ~Q(confirmations=[])),
                name="policy_aup_has_statement_and_confirmations",
            ),
            models.CheckConstraint(
                condition=Q(sign_by__isnull=True) | Q(effective_from__isnull=True) | Q(sign_by__gte=F("effective_from")),
                name="policy_sign_by_follows_effective_from",
                violation_error_message=_("People cannot have to sign before the text takes effect."),
            ),
            models.CheckConstraint(condition=Q(document__in=["leaflet", "aup"]), name="policy_document_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {_('version')} {self.number}"

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    def text(self) -> str:
        """What people read: the words as published, or, for a draft, with the school's words as they are now."""
        return self.body if self.is_published else text.substitute(self.source_body, self.school.words())

    def sections(self) -> list[markdown.Section]:
        return markdown.sections(self.text())

    def agreed_to(self) -> list[str]:
        """What is ticked, each with its words, and the statement last; nothing for a leaflet."""
        if self.document != PolicyVersion.Document.AUP:
            return []
        if self.is_published:
            return [*(confirmation["text"] for confirmation in self.confirmations), self.statement]
        words = self.school.words()
        source = [*(confirmation["text"] for confirmation in self.source_confirmations), self.source_statement]
        return [text.substitute_plain(sentence, words) for sentence in source]

    def changes_since(self, old: "PolicyVersion") -> diff.Changes:
        """What changed from another version to this one, for who reads and for who signs."""
        read = diff.compare(old.text(), self.text())
        signed = diff.compare_sentences(str(_("What is confirmed and signed")), old.agreed_to(), self.agreed_to())
        return diff.Changes(read.every + signed.every)

    def is_to_be_reviewed(self, *, on: dt.date) -> bool:
        """Whether its review was due before this day."""
        return self.review_on is not None and self.review_on < on


class SectionRead(models.Model):
    """When a person was first shown a section: the server's own evidence that the whole text was displayed."""

    person = models.ForeignKey("Person", on_delete=models.PROTECT)
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT)
    section_key = models.CharField(max_length=80)
    first_at = models.DateTimeField()

    class Meta:
        verbose_name = _("section read")
        verbose_name_plural = _("sections read")
        constraints = [models.UniqueConstraint(fields=["person", "version", "section_key"], name="section_is_first_read_once")]

    def __str__(self) -> str:
        return f"{self.person}: {self.section_key}"
