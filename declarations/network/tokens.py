"""The tokens with which a school's network asks."""

import datetime as dt
import secrets

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.evidence import log
from declarations.network.authorise import fingerprint
from declarations.network.log_records import limits_of
from declarations.network.models import NetworkToken
from declarations.network.rules import Network, networks_of
from declarations.organisation.authorise import require_administrator
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School

LONGEST_NETWORKS = 300  # as its column
# The beginning says what it is to whoever finds one in a file; the rest is 256 random bits.
TOKEN_PREFIX = "wifi_"  # noqa: S105  # the part that everybody knows


def make_token(
    *,
    school: School,
    name: str,
    by: Person | None,
    at: dt.datetime,
    only_for: str = "",
    networks: str = "",
    plain_http: bool = False,
    expires_on: dt.date | None = None,
) -> tuple[NetworkToken, str]:
    """A new token for the school's network, and its text, which is told this once; `by=None` is the server's command line.

    `networks` are addresses and networks with spaces between them; `expires_on` is the last day on which it is taken.
    Raises RefusedError: `two` while two are live, `name`, `networks`, `plain_http`, `expires_on`, `not_yours`.
    """
    check_administrator(school=school, by=by, at=at)
    name = name.strip()
    if not name:
        raise RefusedError(_("Say where the token will be used."), "name")
    networks = " ".join(str(network) for network in named_networks(networks))
    if plain_http and not networks:
        raise RefusedError(_("Without HTTPS only from networks that you name: say from where it is used."), "plain_http")
    if expires_on is not None and expires_on < school.day_of(at):
        raise RefusedError(_("This day is over: the token would never be taken."), "expires_on")
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            taken = set(NetworkToken.objects.live().filter(school=school, only_for=only_for).values_list("slot", flat=True))
            free = [slot for slot in NetworkToken.SLOTS if slot not in taken]
            if not free:
                raise RefusedError(two_live(), "two")
            network_token = NetworkToken.objects.create(
                school=school,
                slot=free[0],
                name=name,
                sha256=fingerprint(token),
                only_for=only_for,
                networks=networks,
                plain_http=plain_http,
                expires_at=school.end_of(expires_on) if expires_on else None,
                created_at=at,
                created_by=by,
            )
            # Not its hash: whoever reads the log has no use for it.
            facts = {"token": network_token.pk, "name": name, **limits_of(network_token)}
            log.append(school=school, kind="token.made", at=at, by=by, facts=facts)
            return network_token, token
    except IntegrityError as clash:
        # Two administrators in the same moment: the database let one in.
        raise RefusedError(two_live(), "two") from clash


def two_live() -> str:
    return _("Two tokens of this kind are live: the old one and its successor. End one of them first.")


def named_networks(text: str) -> list[Network]:
    """The networks that somebody typed. Raises RefusedError, `networks`, with the one that is none."""
    try:
        networks = networks_of(text)
    except ValueError as wrong:
        sentence = _("This is no address or network (%(why)s). Write them like 10.1.0.5 or 10.1.0.0/24.")
        raise RefusedError(sentence % {"why": wrong}, "networks") from wrong
    if len(" ".join(map(str, networks))) > LONGEST_NETWORKS:
        raise RefusedError(_("These are too many networks for one token. Name a larger one that holds them."), "networks")
    return networks


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
