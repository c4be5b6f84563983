"""An approved account: it goes live, is reviewed, suspended and closed."""

import datetime as dt
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.evidence import log
from declarations.organisation.models.person import Person
from declarations.social_media import rules
from declarations.social_media.log_records import facts_of_closing, facts_of_review, facts_of_suspension
from declarations.social_media.models.account import SchoolAccount
from declarations.social_media.models.history import AccountReview, AccountSuspension
from declarations.social_media.queries import is_keeper, may_decide, may_suspend


def go_live(*, account: SchoolAccount, by: Person, at: dt.datetime, address: str = "") -> SchoolAccount:
    """A keeper confirms that the approved account is in use at its address. Raises RefusedError: `not_yours`, `address`, `too_late`."""
    with transaction.atomic():
        if not is_keeper(account, person=by, on=account.school.day_of(at)):
            raise RefusedError(_("Only a keeper of the account does this."), "not_yours")
        if address.strip() != account.address:
            raise RefusedError(_("This is not the address that was approved: %(address)s.") % {"address": account.address}, "address")
        ready = SchoolAccount.objects.filter(pk=account.pk, approved=True, live_at__isnull=True, closed_at__isnull=True)
        if not ready.update(live_at=at, live_by=by):
            raise RefusedError(_("The account is not approved, or is live already."), "too_late")
        log.append(school=account.school, kind="account.live", at=at, by=by, facts={"account": account.pk})
        return SchoolAccount.objects.get(pk=account.pk)


def review(
    *, account: SchoolAccount, by: Person, lines: Mapping[str, str], next_on: dt.date, at: dt.datetime, conditions: str = ""
) -> AccountReview:
    """Notes a review by whoever decides or a keeper; the account is live until the next. Raises RefusedError."""
    on = account.school.day_of(at)
    with transaction.atomic():
        locked = SchoolAccount.objects.select_for_update(no_key=True, of=["self"]).get(pk=account.pk)
        if not (may_decide(account, by=by, at=at) or is_keeper(account, person=by, on=on)):
            raise RefusedError(_("The headteacher reviews the account, or one of its keepers."), "not_yours")
        if locked.live_at is None or not locked.approved or locked.closed_at is not None:
            raise RefusedError(_("Only an approved account that is in use is reviewed."), "too_late")
        if not on < next_on <= on + rules.LONGEST_UNTIL_REVIEW:
            raise RefusedError(_("Choose a review day within a year from today."), "next_on")
        new_review = AccountReview.objects.create(
            account=account, reviewed_by=by, reviewed_at=at, next_on=next_on, conditions=conditions.strip(), **lines
        )
        log.append(school=account.school, kind="account.reviewed", at=at, by=by, facts=facts_of_review(new_review))
        return new_review


def suspend(*, account: SchoolAccount, by: Person, reason: str, at: dt.datetime) -> AccountSuspension:
    """Suspends an account at once: headteacher or leadership. Raises RefusedError: `not_yours`, `reason`, `too_late`."""
    if not may_suspend(account, by=by, at=at):
        raise RefusedError(_("Only the headteacher and the leadership suspend an account."), "not_yours")
    if not reason.strip():
        raise RefusedError(_("Give the reason: the keepers read it."), "reason")
    sentence = _("The account is suspended already, or not in use.")
    try:
        with transaction.atomic():
            locked = SchoolAccount.objects.select_for_update(no_key=True, of=["self"]).get(pk=account.pk)
            if locked.closed_at is not None or locked.live_at is None:
                raise RefusedError(sentence, "too_late")
            suspension = AccountSuspension.objects.create(account=account, suspended_by=by, suspended_at=at, reason=reason.strip())
            log.append(school=account.school, kind="account.suspended", at=at, by=by, facts=facts_of_suspension(suspension))
            return suspension
    except IntegrityError as clash:
        # Two suspended it in the same moment: the database let one in.
        if "account" not in str(clash):
            raise
        raise RefusedError(sentence, "too_late") from clash


def lift(*, account: SchoolAccount, by: Person, at: dt.datetime) -> None:
    """Lifts a suspension. Raises RefusedError: `not_yours`, `too_late`."""
    with transaction.atomic():
        if not may_suspend(account, by=by, at=at):
            raise RefusedError(_("Only the headteacher and the leadership lift a suspension."), "not_yours")
        suspension = AccountSuspension.objects.filter(account=account, lifted_at__isnull=True).first()
        if suspension is None or not AccountSuspension.objects.filter(pk=suspension.pk, lifted_at__isnull=True).update(
            lifted_by=by, lifted_at=max(at, suspension.suspended_at)
        ):
            raise RefusedError(_("The account is not suspended."), "too_late")
        log.append(school=account.school, kind="account.lifted", at=at, by=by, facts={"suspension": suspension.pk})


def close(*, account: SchoolAccount, by: Person, content: str, sign_in_removed_by: str, at: dt.datetime) -> SchoolAccount:
    """Closes an account for good: whoever decides, the leadership, or a keeper. Raises RefusedError: `not_yours`, `too_late`."""
    with transaction.atomic():
        on = account.school.day_of(at)
        if not (may_suspend(account, by=by, at=at) or is_keeper(account, person=by, on=on)):
            raise RefusedError(_("The headteacher, the leadership or a keeper closes the account."), "not_yours")
        if not sign_in_removed_by.strip():
            raise RefusedError(_("Say who removed the sign-in."), "sign_in_removed_by")
        in_use = SchoolAccount.objects.filter(pk=account.pk, proposed_at__isnull=False, withdrawn_at__isnull=True, closed_at__isnull=True)
        facts = {"closed_content": content, "sign_in_removed_by": sign_in_removed_by.strip()}
        if not in_use.filter(live_at__isnull=False).update(closed_by=by, closed_at=at, **facts):
            raise RefusedError(_("The account is closed already, or was never in use."), "too_late")
        closed = SchoolAccount.objects.get(pk=account.pk)
        log.append(school=account.school, kind="account.closed", at=at, by=by, facts=facts_of_closing(closed))
        return closed
