"""The tokens with which a school's network asks."""

import datetime as dt
import secrets

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.evidence import log
from declarations.network.authorise import fingerprint
from declarations.network.models import NetworkToken
from declarations.organisation.authorise import require_administrator
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School

# The beginning says what it is to whoever finds one in a file; the rest is 256 random bits.
TOKEN_PREFIX = "wifi_"  # noqa: S105  # the part that everybody knows


def make_token(*, school: School, name: str, by: Person | None, at: dt.datetime) -> tuple[NetworkToken, str]:
    """A new token for the school's network, and its text, which is told this once; `by=None` is the server's command line.

    Raises RefusedError: `two` while two are live, `name`, `not_yours`.
    """
    check_administrator(school=school, by=by, at=at)
    name = name.strip()
    if not name:
        raise RefusedError(_("Say where the token will be used."), "name")
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            taken = set(NetworkToken.objects.live().filter(school=school).values_list("slot", flat=True))
            free = [slot for slot in NetworkToken.SLOTS if slot not in taken]
            if not free:
                raise RefusedError(two_live(), "two")
            network_token = NetworkToken.objects.create(
                school=school, slot=free[0], name=name, sha256=fingerprint(token), created_at=at, created_by=by
            )
            # Not its hash: whoever reads the log has no use for it.
            log.append(school=school, kind="token.made", at=at, by=by, facts={"token": network_token.pk, "name": name})
            return network_token, token
    except IntegrityError as clash:
        # Two administrators in the same moment: the database let one in.
        raise RefusedError(two_live(), "two") from clash


def two_live() -> str:
    return _("Two tokens are live: the old one and its successor. End one of them first.")


def end_token(*, token: NetworkToken, by: Person | None, at: dt.datetime) -> NetworkToken:
    """Ends a token: from now on nothing is answered to it. Raises RefusedError: `too_late`, `not_yours`."""
    check_administrator(school=token.school, by=by, at=at)
    with transaction.atomic():
        if not NetworkToken.objects.live().filter(pk=token.pk).update(ended_at=at, ended_by=by):
            raise RefusedError(_("This token has been ended already."), "too_late")
        log.append(school=token.school, kind="token.ended", at=at, by=by, facts={"token": token.pk, "name": token.name})
        return NetworkToken.objects.get(pk=token.pk)


def check_administrator(*, school: School, by: Person | None, at: dt.datetime) -> None:
    """Raises RefusedError, `not_yours`; `by=None` is the server's command line."""
    require_administrator(by=by, school=school, at=at, sentence=_("Only an administrator of the school looks after its network."))
