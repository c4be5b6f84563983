"""What the log says of network tokens, settings and controllers, and how they are compared with it."""

from collections.abc import Iterator
from operator import attrgetter

from django.utils.translation import gettext_lazy as _

from declarations.evidence.canonical_json import Json
from declarations.evidence.log import time_text
from declarations.evidence.models import Log
from declarations.evidence.reconcile import Happening, check_rows, differing
from declarations.evidence.scan import LogContents, Record
from declarations.network.models import Controller, NetworkSettings, NetworkToken
from declarations.organisation.models.school import School
from declarations.web.capability import LogKind

LOG_KINDS = (
    LogKind(name="network.set_up", title=_("the network was set up"), needs={"controllers": list}, by_command=False),
    LogKind(name="token.made", title=_("a network token was made"), needs={"token": int}),
    LogKind(name="token.ended", title=_("a network token was ended"), needs={"token": int}),
)


def facts_of_network(school: School) -> dict[str, Json]:
    """What a school's network is told: the log has it whole, as it is after each change."""
    settings = NetworkSettings.objects.filter(school=school).first()
    return {
        "settings": {"vlan": settings.vlan, "session_timeout": settings.session_timeout, "seen_days": settings.seen_days}
        if settings
        else None,
        "controllers": [facts_of_controller(row) for row in Controller.objects.filter(school=school).order_by("pk")],
    }


def facts_of_controller(row: Controller) -> dict[str, Json]:
    facts: dict[str, Json] = {
        "id": row.pk, "name": row.name, "host": row.host, "port": row.port, "secret_name": row.secret_name, "in_use": row.in_use,
    }  # fmt: skip
    # Said only of the odd ones: entries from before it was asked for say nothing.
    return facts if row.signs_answers else facts | {"signs_answers": False}


def limits_of(token: NetworkToken) -> dict[str, Json]:
    """What a token may do, as the log says it; None is no limit, which is what entries say from before there were any."""
    return {
        "only_for": token.only_for or None,
        "networks": token.networks or None,
        "plain_http": token.plain_http or None,
        "expires_at": time_text(token.expires_at) if token.expires_at else None,
    }


def check_network(log: Log, contents: LogContents) -> Iterator[str]:
    """Settings and controllers are what the log said last; a log from before it said them is let be until the next change."""
    records = list(contents.of("network.set_up"))
    nothing: Record = {"position": 0, "settings": None, "controllers": []}
    if records or contents.records.get(0, {}).get("signed_from") == 0:
        newest = records[-1] if records else nothing
        for name in differing(newest, facts_of_network(log.school)):
            yield f"network: the log (position {newest['position']}) says other {name}"


def check_tokens(log: Log, contents: LogContents) -> Iterator[str]:
    yield from check_rows(
        "network token",
        "token",
        NetworkToken.objects.filter(school=log.school_id).order_by("pk"),
        contents,
        Happening(
            "token.made", "made", attrgetter("created_at"), lambda row: {"by": row.created_by_id, "name": row.name, **limits_of(row)}
        ),
        Happening("token.ended", "ended", attrgetter("ended_at"), lambda row: {"by": row.ended_by_id, "name": row.name}),
    )
