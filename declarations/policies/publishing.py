"""Drafting and publishing the leaflet and the policy."""

import datetime as dt
import hashlib
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError, UnreadableFileError
from declarations.evidence import log
from declarations.organisation.authorise import LEADERSHIP, require_role
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.policies.log_records import facts_of
from declarations.policies.models import PolicyVersion
from declarations.policies.text import defaults
from declarations.policies.text import placeholders as text


def draft(
    *,
    school: School,
    document: str,
    title: str,
    body: str,
    sentence: str | None = None,
    confirmations: list[dict[str, str]] | None = None,
    replace: bool = False,
) -> PolicyVersion:
    """A new draft of the leaflet or the AUP; the statement and confirmations are the latest version's unless given.

    Raises RefusedError if there is a draft already, unless it may be replaced.
    """
    with transaction.atomic():
        School.objects.select_for_update(no_key=True).get(pk=school.pk)
        versions = PolicyVersion.objects.filter(school=school, document=document)
        if versions.filter(published_at__isnull=True).exists():
            if not replace:
                raise RefusedError(_("There is a draft of this document already. Publish, change or discard that one."))
            versions.filter(published_at__isnull=True).delete()
        latest = versions.order_by("-number").first()
        is_aup = document == PolicyVersion.Document.AUP
        return PolicyVersion.objects.create(
            school=school,
            document=document,
            number=latest.number + 1 if latest else 1,
            title=title,
            source_body=body,
            source_statement=(sentence or (latest.source_statement if latest else defaults.DEFAULT_STATEMENT)) if is_aup else "",
            source_confirmations=(confirmations or (latest.source_confirmations if latest else defaults.DEFAULT_CONFIRMATIONS))
            if is_aup
            else [],
        )


class Approval(NamedTuple):
    """Who approved a text, on which day, where that is on record, and when the text is to be reviewed."""

    by: str = ""
    on: dt.date | None = None
    minute: str = ""
    review_on: dt.date | None = None

    @classmethod
    def of(cls, version: PolicyVersion) -> "Approval":
        return cls(version.approved_by, version.approved_on, version.approval_minute, version.review_on)


class Publication(NamedTuple):
    """What a leader decides at publishing. With `sign_by` everyone signs again by that day; without it the text is a correction."""

    reason: str
    effective_from: dt.date
    sign_by: dt.date | None
    approval: Approval


def publish(
    *,
    version: PolicyVersion,
    by: Person,
    at: dt.datetime,
    reason: str,
    effective_from: dt.date,
    sign_by: dt.date | None,
    approval: Approval | None = None,
    seen: str | None = None,
) -> PolicyVersion:
    """Fills the school's words into a draft and freezes it for ever.

    With `sign_by` everyone signs again by that day; without it the text is a correction, and nobody does. `approval` is the draft's
    unless given. `seen` is the `fingerprint` of what the leader looked at.
    Raises RefusedError: `not_yours`, `too_late` if somebody else published it first, `changed` if it is no longer what was seen, and what
    `words_to_publish` raises.
    """
    with transaction.atomic():
        # Signing takes the same lock: nobody signs the old text while the new one is being published.
        school = School.objects.select_for_update(no_key=True).get(pk=version.school_id)
        current = PolicyVersion.objects.select_for_update().filter(pk=version.pk, published_at__isnull=True).first()
        if current is None:
            raise RefusedError(_("This draft has been published or discarded already."), "too_late")
        decided = Publication(reason.strip(), effective_from, sign_by, approval or Approval.of(current))
        words = words_to_publish(version=current, school=school, by=by, at=at, decided=decided)
        if seen is not None and seen != fingerprint(current, words):
            raise RefusedError(
                _("The draft has been changed since you looked at it. Look at it again: nothing has been published."), "changed"
            )
        changed = PolicyVersion.objects.filter(pk=version.pk, published_at__isnull=True).update(
            **words,
            effective_from=effective_from,
            sign_by=sign_by,
            publish_reason=decided.reason,
            approved_by=decided.approval.by,
            approved_on=decided.approval.on,
            approval_minute=decided.approval.minute,
            review_on=decided.approval.review_on,
            published_at=at,
            published_by=by,
        )
        if changed != 1:
            raise RefusedError(_("This draft has been published or discarded already."), "too_late")
        published = PolicyVersion.objects.select_related("school").get(pk=version.pk)
        log.append(school=school, kind="policy.published", at=at, by=by, facts=facts_of(published))
        return published


def words_to_publish(*, version: PolicyVersion, school: School, by: Person, at: dt.datetime, decided: Publication) -> dict[str, Any]:
    """The texts of a draft as publishing would freeze them now; nothing is changed.

    Raises RefusedError if the person may not, if the dates or the approval cannot be (`approved_by`, `approved_on`, `review_on`: what is
    wrong), or if the text could not be shown.
    """
    on = school.day_of(at)
    require_role(by=by, school=school, roles=LEADERSHIP, at=at, sentence=_("Only the leadership publishes."))
    if not decided.reason.strip():
        raise RefusedError(_("Say what changed and why: people read it when they sign again."))
    if decided.effective_from < on:
        raise RefusedError(_("A text cannot take effect in the past: choose today or later."))
    if decided.sign_by is not None and decided.sign_by < decided.effective_from:
        raise RefusedError(_("People cannot have to sign before the text takes effect."))
    of_document = PolicyVersion.objects.published().filter(school=school, document=version.document)
    latest = of_document.aggregate(newest=Max("effective_from"))["newest"]
    if latest is not None and decided.effective_from < latest:
        raise RefusedError(_("An earlier version takes effect later than that: choose a day that is not before it."))
    check_approval(decided.approval, on=on, in_effect=of_document.newest_in_effect(on=on).first(), school=school)
    return published_words(version, school)


def check_approval(approval: Approval, *, on: dt.date, in_effect: PolicyVersion | None, school: School) -> None:
    """A review that was due has to be settled: somebody has approved the text since the last publication, and the next review has a day.

    Otherwise approval may be left out; what is said of it must be possible. Raises RefusedError with the name of the fact that is wrong.
    """
    if in_effect is not None and in_effect.published_at and in_effect.review_on and in_effect.is_to_be_reviewed(on=on):
        published_on = school.day_of(in_effect.published_at)
        facts = {
            "number": in_effect.number,
            "due": date_format(in_effect.review_on, "j F Y"),
            "published": date_format(published_on, "j F Y"),
        }
        if approval.on is None or approval.on <= published_on:
            sentence = _(
                "The review of version %(number)s was due on %(due)s. Say on which day this text was approved: after version "
                "%(number)s was published, on %(published)s."
            )
            raise RefusedError(sentence % facts, "approved_on")
        if approval.review_on is None:
            sentence = _("The review of version %(number)s was due on %(due)s. Say when this text is to be reviewed.")
            raise RefusedError(sentence % facts, "review_on")
    if approval.on is not None and approval.on > on:
        raise RefusedError(_("It cannot have been approved on a day that has not come yet."), "approved_on")
    if approval.by and approval.on is None:
        raise RefusedError(_("Say on which day it was approved."), "approved_on")
    if (approval.on is not None or approval.minute) and not approval.by:
        raise RefusedError(_("Say who approved it."), "approved_by")
    if approval.review_on is not None and approval.review_on <= on:
        raise RefusedError(_("The next review has to be on a day to come."), "review_on")


def fingerprint(version: PolicyVersion, words: dict[str, Any]) -> str:
    """Of everything that people will read of a draft: what a leader looked at is what is published."""
    read = [version.title, words["sha256"], words["statement"], *(confirmation["text"] for confirmation in words["confirmations"])]
    return hashlib.sha256("\0".join(read).encode()).hexdigest()


def readable_body(version: PolicyVersion, school: School) -> str:
    """The text of a draft with the school's words filled in, gaps where they are missing.

    Raises RefusedError, `unreadable`: a word of the school's may make a paragraph too long to be shown.
    """
    try:
        return text.checked(text.substitute(version.source_body, school.words()))
    except UnreadableFileError as unreadable:
        sentence = _("With the school's words filled in, this draft cannot be shown. %(why)s")
        raise RefusedError(sentence % {"why": _(unreadable.message) % unreadable.params}, "unreadable") from unreadable


def published_words(version: PolicyVersion, school: School) -> dict[str, Any]:
    """The texts of a version with the school's words filled in, and the SHA-256 of its body.

    Raises RefusedError if the text could not be shown, or if a word that it needs is missing from the school's settings.
    """
    body, words = readable_body(version, school), school.words()
    statement = text.substitute_plain(version.source_statement, words)
    confirmations = [
        {"key": confirmation["key"], "text": text.substitute_plain(confirmation["text"], words)}
        for confirmation in version.source_confirmations
    ]
    parts = [body, statement, *(confirmation["text"] for confirmation in confirmations)]
    gaps = text.placeholders("\n".join(parts))
    if missing := ", ".join(f"{{{name}}}" for name in sorted(gaps & text.PLACEHOLDERS)):
        sentence = _("The school's settings have no words yet for: %(missing)s. Fill them in first.")
        raise RefusedError(sentence % {"missing": missing}, "words")
    return {"body": body, "statement": statement, "confirmations": confirmations, "sha256": text.sha256_of(body)}


def discard(*, version: PolicyVersion) -> None:
    """Throws a draft away; a published version is never a draft."""
    with transaction.atomic():
        deleted, _rows = PolicyVersion.objects.filter(pk=version.pk, published_at__isnull=True).delete()
        if not deleted:
            raise RefusedError(_("This draft has been published or discarded already."), "too_late")
