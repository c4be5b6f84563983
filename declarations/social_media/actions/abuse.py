"""Abuse on an account: recorded, removed, reported to a leader, acknowledged; each once, in any order but the last."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.evidence import log
from declarations.evidence.canonical_json import Json
from declarations.organisation.authorise import LEADERSHIP, may_act
from declarations.organisation.models.person import Person
from declarations.social_media.log_records import facts_of_abuse, facts_of_removal
from declarations.social_media.models.abuse import AbuseRecord
from declarations.social_media.models.account import SchoolAccount
from declarations.social_media.queries import HEADTEACHER


def record(*, account: SchoolAccount, by: Person, facts: Mapping[str, Any], at: dt.datetime) -> AbuseRecord:
    """What somebody of the school saw. Raises RefusedError: `not_yours`, `too_late`, `seen_at`."""
    if by.school_id != account.school_id:
        raise RefusedError(_("Somebody of the school records this."), "not_yours")
    if account.live_at is None:
        raise RefusedError(_("The account is not in use."), "too_late")
    if facts["seen_at"] > at:
        raise RefusedError(_("This time is in the future."), "seen_at")
    with transaction.atomic():
        abuse = AbuseRecord.objects.create(account=account, recorded_by=by, recorded_at=at, **facts)
        log_abuse(abuse, "recorded", by=by, at=at, facts=facts_of_abuse(abuse))
        return abuse


def remove(*, abuse: AbuseRecord, by: Person, removal: str, why_not: str, removed_at: dt.datetime, at: dt.datetime) -> AbuseRecord:
    """What was done about the post, and when. Raises RefusedError: `not_yours`, `why_not_removed`, `removed_at`, `too_late`."""
    if by.school_id != abuse.account.school_id:
        raise RefusedError(_("Somebody of the school enters this."), "not_yours")
    is_left = removal == AbuseRecord.Removal.NOT
    if is_left and not why_not.strip():
        raise RefusedError(_("Say why it was not removed."), "why_not_removed")
    if removed_at > at:
        raise RefusedError(_("This time is in the future."), "removed_at")
    facts = {"removal": removal, "why_not_removed": why_not.strip() if is_left else "", "removed_by": by, "removed_at": removed_at}
    facts["entered_at"] = at
    with transaction.atomic():
        abuse = stamped(abuse, facts, removed_at__isnull=True)
        log_abuse(abuse, "removed", by=by, at=at, facts=facts_of_removal(abuse) | {"removed_at": log.time_text(removed_at)})
        return abuse


def report(*, abuse: AbuseRecord, by: Person, to: Person, at: dt.datetime) -> AbuseRecord:
    """Reports it to a named leader. Raises RefusedError: `not_yours`, `reported_to`, `too_late`."""
    school = abuse.account.school
    if by.school_id != school.pk:
        raise RefusedError(_("Somebody of the school reports this."), "not_yours")
    if to.school_id != school.pk or not may_act(by=to, school=school, roles=LEADERSHIP | HEADTEACHER, at=at):
        raise RefusedError(_("Choose somebody of the leadership."), "reported_to")
    with transaction.atomic():
        abuse = stamped(abuse, {"reported_by": by, "reported_at": at, "reported_to": to}, reported_at__isnull=True)
        log_abuse(abuse, "reported", by=by, at=at, facts={"abuse": abuse.pk, "reported_to": to.pk})
        return abuse


def acknowledge(*, abuse: AbuseRecord, by: Person, at: dt.datetime) -> AbuseRecord:
    """The leader to whom it was reported has read it. Raises RefusedError: `not_yours`, `too_late`."""
    if by.pk != abuse.reported_to_id:
        raise RefusedError(_("Only the person to whom it was reported acknowledges it."), "not_yours")
    with transaction.atomic():
        moment = max(at, abuse.reported_at or at)
        abuse = stamped(abuse, {"acknowledged_at": moment}, acknowledged_at__isnull=True)
        log_abuse(abuse, "acknowledged", by=by, at=at, facts={"abuse": abuse.pk})
        return abuse


def stamped(abuse: AbuseRecord, facts: Mapping[str, Any], **still: bool) -> AbuseRecord:
    """The record with one more stamp, if it does not have it yet. Raises RefusedError, `too_late`."""
    if not AbuseRecord.objects.filter(pk=abuse.pk, **still).update(**facts):
        raise RefusedError(_("Somebody has entered this already."), "too_late")
    return AbuseRecord.objects.select_related("account__school").get(pk=abuse.pk)


def log_abuse(abuse: AbuseRecord, what: str, *, by: Person, at: dt.datetime, facts: dict[str, Json]) -> None:
    log.append(school=abuse.account.school, kind=f"abuse.{what}", at=at, by=by, facts=facts)
