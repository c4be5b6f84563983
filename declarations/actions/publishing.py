"""Drafting and publishing the leaflet and the policy."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from declarations import evidence
from declarations.actions.refused import Refused
from declarations.models import Person, PolicyVersion, Role, School
from declarations.rules import statement, text
from declarations.rules.canonical import Json
from declarations.rules.parsing import Unreadable


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

    Raises Refused if there is a draft already, unless it may be replaced.
    """
    with transaction.atomic():
        School.objects.select_for_update(no_key=True).get(pk=school.pk)
        versions = PolicyVersion.objects.filter(school=school, document=document)
        if versions.filter(published_at__isnull=True).exists():
            if not replace:
                raise Refused(_("There is a draft of this document already. Publish, change or discard that one."))
            versions.filter(published_at__isnull=True).delete()
        latest = versions.order_by("-number").first()
        highest = versions.aggregate(highest=Max("number"))["highest"] or 0
        is_aup = document == PolicyVersion.Document.AUP
        return PolicyVersion.objects.create(
            school=school,
            document=document,
            number=highest + 1,
            title=title,
            source_body=body,
            source_statement=(sentence or (latest.source_statement if latest else statement.DEFAULT_STATEMENT)) if is_aup else "",
            source_confirmations=(confirmations or (latest.source_confirmations if latest else default_confirmations())) if is_aup else [],
        )


def default_confirmations() -> list[dict[str, str]]:
    """The named ticks that a new AUP starts with: `[{"key": "read", "text": "…"}, …]`."""
    return [{"key": key, "text": text} for key, text in statement.DEFAULT_CONFIRMATIONS]


def publish(
    *,
    version: PolicyVersion,
    by: Person,
    at: dt.datetime,
    reason: str,
    effective_from: dt.date,
    sign_by: dt.date | None,
) -> PolicyVersion:
    """Fills the school's words into a draft and freezes it for ever.

    With `sign_by` everyone signs again by that day; without it the text is a correction, and nobody does.
    Raises Refused if somebody else published it first, or if the dates cannot be.
    """
    with transaction.atomic():
        # Signing takes the same lock: nobody signs the old text while the new one is being published.
        school = School.objects.select_for_update(no_key=True).get(pk=version.school_id)
        on = school.day_of(at)
        if by.school_id not in {None, school.pk} or Role.Name.LEADERSHIP not in by.roles(on=on):
            raise Refused(_("Only the leadership publishes."), "not_yours")
        if not reason.strip():
            raise Refused(_("Say what changed and why: people read it when they sign again."))
        if effective_from < on:
            raise Refused(_("A text cannot take effect in the past: choose today or later."))
        if sign_by is not None and sign_by < effective_from:
            raise Refused(_("People cannot have to sign before the text takes effect."))
        latest = (
            PolicyVersion.objects.published()
            .filter(school=school, document=version.document)
            .aggregate(newest=Max("effective_from"))["newest"]
        )
        if latest is not None and effective_from < latest:
            raise Refused(_("An earlier version takes effect later than that: choose a day that is not before it."))
        current = PolicyVersion.objects.select_for_update().filter(pk=version.pk, published_at__isnull=True).first()
        if current is None:
            raise Refused(_("This draft has been published or discarded already."), "too_late")
        changed = PolicyVersion.objects.filter(pk=version.pk, published_at__isnull=True).update(
            **published_words(current, school),
            effective_from=effective_from,
            sign_by=sign_by,
            publish_reason=reason.strip(),
            published_at=at,
            published_by=by,
        )
        if changed != 1:
            raise Refused(_("This draft has been published or discarded already."), "too_late")
        published = PolicyVersion.objects.select_related("school").get(pk=version.pk)
        evidence.append(school=school, kind="policy.published", at=at, by=by, facts=facts_of(published))
        return published


def facts_of(version: PolicyVersion) -> dict[str, Json]:
    """What the log says of a published version; the text itself is in its SHA-256."""
    return {
        "policy": version.pk,
        "document": version.document,
        "number": version.number,
        "title": version.title,
        "sha256": version.sha256,
        "statement": version.statement,
        "confirmations": version.confirmations,
        "effective_from": evidence.day_text(version.effective_from),
        "sign_by": evidence.day_text(version.sign_by),
        "reason": version.publish_reason,
        "approved_by": version.approved_by,
        "approved_on": evidence.day_text(version.approved_on),
    }


def published_words(version: PolicyVersion, school: School) -> dict[str, Any]:
    """The texts of a version with the school's words filled in, and the SHA-256 of its body.

    Raises Refused if the text could not be shown, or if a word that it needs is missing from the school's settings.
    """
    words = school.words()
    try:
        body = text.checked(text.fill(version.source_body, words))
    except Unreadable as unreadable:
        raise Refused(_(unreadable.message) % unreadable.params) from unreadable
    sentence = text.fill_plain(version.source_statement, words)
    confirmations = [{"key": one["key"], "text": text.fill_plain(one["text"], words)} for one in version.source_confirmations]
    gaps = set[str]().union(*(text.placeholders(part) for part in (body, sentence, *(one["text"] for one in confirmations))))
    if gaps & text.PLACEHOLDERS:
        missing = ", ".join(f"{{{name}}}" for name in sorted(gaps & text.PLACEHOLDERS))
        raise Refused(_("The school's settings have no words yet for: %(missing)s. Fill them in first.") % {"missing": missing})
    return {"body": body, "statement": sentence, "confirmations": confirmations, "sha256": text.sha256_of(body)}


def discard(*, version: PolicyVersion) -> None:
    """Throws a draft away; a published version is never a draft."""
    with transaction.atomic():
        deleted, _rows = PolicyVersion.objects.filter(pk=version.pk, published_at__isnull=True).delete()
        if not deleted:
            raise Refused(_("This draft has been published or discarded already."), "too_late")
