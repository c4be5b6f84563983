"""Permissions carried on, and permissions that were looked at."""

import datetime as dt
import json

import pytest
from django.utils import timezone

from declarations.common.errors import RefusedError
from declarations.devices.actions import approval, renewal
from declarations.devices.actions import owner as devices
from declarations.devices.models import Device, Permission, PermissionReview
from declarations.evidence import log
from declarations.evidence.models import Entry
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from tests.cast import Cast, ask, sign

DAY = dt.timedelta(days=1)


def approved(cast: Cast, owner: Person | None = None, *, days: int = 10) -> Permission:
    owner = owner or cast.ben
    waiting = Permission.objects.filter(owner=owner).first() or ask(owner, "3c:22:fb:00:00:09")
    by, on = (cast.omar if owner == cast.hilda else cast.hilda), cast.hillside.day_of(timezone.now())
    return approval.approve(permission=waiting, by=by, until=on + days * DAY, at=timezone.now(), conditions="Staff room")


def renew(cast: Cast, permission: Permission, *, by: Person | None = None, days: int = 30, at: dt.datetime | None = None) -> Permission:
    until = cast.hillside.day_of(timezone.now()) + days * DAY
    return renewal.renew(permission=permission, by=by or cast.omar, until=until, at=at or timezone.now())


def may_connect(cast: Cast, days: int = 0) -> str:
    return Device.objects.with_reason(on=cast.hillside.day_of(timezone.now()) + days * DAY).get(owner=cast.ben).reason


def test_a_renewal_is_a_new_permission_that_names_the_old(cast: Cast):
    old = approved(cast)
    new = renew(cast, old)
    old.refresh_from_db()
    assert (old.status, old.ended_by, old.ended_because) == ("renewed", cast.omar, "renewed")
    assert (new.status, new.renews, new.asked_by, new.decided_by) == ("approved", old, cast.omar, cast.omar)
    assert (new.reason, new.conditions, new.decided_at) == (old.reason, "Staff room", old.ended_at)
    # The device connects all the time, and longer than before.
    assert [may_connect(cast, days) for days in (0, 10, 11, 30, 31)] == ["", "", "", "", "approval_expired"]
    assert renew(cast, new, days=60).renews == new


@pytest.mark.parametrize(
    ("who", "days", "code"),
    [("ben", 30, "own"), ("ines", 30, "not_yours"), ("rosa", 30, "not_yours"), ("hilda", 10, "until"), ("hilda", 9, "until"),
     ("hilda", 900, "until")],
)  # fmt: skip
def test_what_is_refused(cast: Cast, who, days, code):
    old = approved(cast)
    with pytest.raises(RefusedError) as refused:
        renew(cast, old, by=getattr(cast, who), days=days)
    assert refused.value.code == code
    old.refresh_from_db()
    assert (old.status, Permission.objects.count()) == ("approved", 1)


def test_where_the_headteacher_decides_the_headteacher_renews(cast: Cast):
    old = approved(cast)
    School.objects.filter(pk=cast.hillside.pk).update(deciders="headteacher", headteacher=cast.hilda, fallback_decider=cast.omar)
    old = Permission.objects.select_related("school", "owner").get(pk=old.pk)
    with pytest.raises(RefusedError) as refused:
        renew(cast, old, by=cast.omar)
    assert refused.value.code == "not_yours"
    assert renew(cast, old, by=cast.hilda)


def test_nobody_renews_or_reviews_their_own(cast: Cast):
    own = approved(cast, cast.hilda)
    for verb in (lambda: renew(cast, own, by=cast.hilda), lambda: renewal.review(permission=own, by=cast.hilda, at=timezone.now())):
        with pytest.raises(RefusedError) as refused:
            verb()
        assert refused.value.code == "own"


def test_never_after_the_owner_leaves(cast: Cast):
    old = approved(cast)
    Person.objects.filter(pk=cast.ben.pk).update(leaves_on=cast.hillside.day_of(timezone.now()) + 20 * DAY)
    old = Permission.objects.select_related("school", "owner").get(pk=old.pk)
    with pytest.raises(RefusedError) as refused:
        renew(cast, old, days=20)
    assert refused.value.code == "until"
    assert renew(cast, old, days=19)


@pytest.mark.parametrize("how", ["withdrawn", "revoked", "renewed", "expired", "waiting"])
def test_what_has_ended_is_not_renewed(cast: Cast, how):
    old = ask(cast.ada, "3c:22:fb:00:00:08") if how == "waiting" else approved(cast)
    at = timezone.now()
    if how == "withdrawn":
        devices.withdraw(permission=old, by=cast.ben, at=at)
    if how == "revoked":
        approval.revoke(permission=old, by=cast.hilda, note="No.", at=at)
    if how == "renewed":
        renew(cast, old)
    if how == "expired":
        at += 11 * DAY
    for verb in (lambda: renew(cast, old, at=at, days=40), lambda: renewal.review(permission=old, by=cast.omar, at=at)):
        with pytest.raises(RefusedError) as refused:
            verb()
        assert refused.value.code == "too_late"


def test_a_renewal_is_withdrawn_and_revoked_like_any_permission(cast: Cast):
    sign(cast.ada)
    renewed = renew(cast, approved(cast))
    devices.withdraw(permission=renewed, by=cast.ben, at=timezone.now())
    assert may_connect(cast) == "not_approved"
    another = renew(cast, approved(cast, cast.ada))
    assert approval.revoke(permission=another, by=cast.hilda, note="Left on a bus.", at=timezone.now()).status == "revoked"


def test_giving_a_device_up_ends_the_renewal(cast: Cast):
    renewed = renew(cast, approved(cast))
    devices.give_up(device=renewed.device, by=cast.ben, at=timezone.now())
    renewed.refresh_from_db()
    assert renewed.status == "withdrawn"


def test_the_records_say_how_new_the_address_of_whoever_decided_was(cast: Cast):
    since = timezone.now() - dt.timedelta(days=3)
    for person in (cast.hilda, cast.omar):
        Person.objects.filter(pk=person.pk).update(email_since=since)
        person.refresh_from_db()
    new = renew(cast, approved(cast))
    renewal.review(permission=new, by=cast.omar, at=timezone.now())
    approval.revoke(permission=new, by=cast.omar, note="Lost", at=timezone.now())
    for kind in ("permission.approved", "permission.renewed", "permission.reviewed", "permission.revoked"):
        facts = json.loads(bytes(Entry.objects.get(kind=kind).record))
        assert (facts["address_since"], facts["factor_since"]) == (log.time_text(since), None), kind


def test_a_review_changes_nothing_and_is_kept(cast: Cast):
    permission = approved(cast)
    for by in (cast.hilda, cast.omar):
        renewal.review(permission=permission, by=by, at=timezone.now())
    assert [review.reviewed_by for review in PermissionReview.objects.filter(permission=permission)] == [cast.hilda, cast.omar]
    permission.refresh_from_db()
    assert permission.status == "approved"
