"""Whether the device with this address may connect now, and if not, why: one query for each Access-Request."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any
from weakref import WeakSet

from django.db import DatabaseError, connection
from django.db.models import CharField, DateTimeField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat

from declarations.devices.models import Device, DeviceAddress
from declarations.devices.reason import Reason
from declarations.network.models import DEFAULT_SESSION_TIMEOUT, NetworkToken
from declarations.organisation.models.school import SchoolDay


@dataclass(frozen=True, slots=True)
class Decision:
    """`reason` is "" if the device may connect. `device_id` is None when no device of the token's school has the address.

    Whether the token may be used so, by this caller and now, is another question: `limits.refusal`.
    """

    token: NetworkToken
    school_id: int
    school_slug: str
    address: str
    device_id: int | None
    reason: str
    vlan: int | None
    session_timeout: int

    @property
    def is_accepted(self) -> bool:
        return self.reason == ""


def fingerprint(token: str) -> str:
    """What is kept of a token: SHA-256 in hex.

    Plain, without salt or stretching, because a token is 256 random bits: there is nothing to guess. For the same reason
    looking it up by an index is as good as comparing in constant time: what a stopwatch could tell is how far the *hash* of
    a guess agrees with a stored one, and nobody can choose a token by its hash.
    """
    return hashlib.sha256(token.encode()).hexdigest()


# What stands in the query for its parameters, until they are known.
A_TOKEN, AN_ADDRESS, A_MOMENT = "the token's SHA-256", "the address", dt.datetime(1970, 1, 1, 0, 0, 1, tzinfo=dt.UTC)

PREPARED = "declarations_may_connect"
prepared_on: WeakSet[Any] = WeakSet()


@cache
def query(vendor: str) -> tuple[str, tuple[Any, ...]]:  # noqa: ARG001  # each database has its own SQL
    """The one query, as SQL and its parameters, in which A_TOKEN, AN_ADDRESS and A_MOMENT stand for themselves.

    Kept, because it is the same for every request, and Django takes some 16 ms to put it together where the database takes
    one to answer it (tools/bench_server/network.py).
    """
    device = (
        Device.objects.filter(
            school=OuterRef("school"),
            addresses__school=OuterRef("school"),
            addresses__address=AN_ADDRESS,
            addresses__ended_at__isnull=True,
        )
        .with_reason(on=SchoolDay(A_MOMENT))
        .order_by()
        # Number and reason in one text, because a subquery gives one value.
        .values(found=Concat(Cast("pk", CharField()), Value(" "), F("reason"), output_field=CharField()))
    )
    asked = (
        NetworkToken.objects.live()
        .filter(sha256=A_TOKEN)
        .order_by()
        .only("pk", "last_used_at", "school", "only_for", "networks", "plain_http", "expires_at")
        .annotate(
            slug=F("school__slug"),
            vlan=F("school__network__vlan"),
            session_timeout=F("school__network__session_timeout"),
            found=Subquery(device[:1]),
        )
    )
    sql, parameters = asked.query.sql_with_params()
    return sql, parameters


def moment(at: dt.datetime) -> Any:
    """As this database takes it for a parameter."""
    return DateTimeField().get_db_prep_value(at, connection, prepared=False)


def ask_plainly(values: dict[Any, Any]) -> Any:
    """The row that answers the query, or None."""
    sql, parameters = query(connection.vendor)
    return next(iter(NetworkToken.objects.raw(sql, [values.get(parameter, parameter) for parameter in parameters])), None)


def ask_prepared(values: list[Any]) -> Any:
    """The same on PostgreSQL, which plans the query once for each connection: planning takes ten times as long as answering."""
    connection.ensure_connection()
    try:
        if connection.connection not in prepared_on:
            prepare()
            prepared_on.add(connection.connection)
        return next(iter(NetworkToken.objects.raw(f"EXECUTE {PREPARED}(%s, %s, %s)", values)), None)
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") not in {"26000", "42P05"}:
            raise
        # Something between us and the database (PgBouncer) mixes connections: what one prepared, another does not have.
        return ask_plainly(dict(zip((A_TOKEN, AN_ADDRESS, moment(A_MOMENT)), values, strict=True)))


def prepare() -> None:
    sql, parameters = query(connection.vendor)
    places = {A_TOKEN: "$1", AN_ADDRESS: "$2", moment(A_MOMENT): "$3"}
    first, *parts = sql.split("%s")
    text = first + "".join(places.get(parameter, "%s") + part for parameter, part in zip(parameters, parts, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            f"PREPARE {PREPARED}(text, text, timestamptz) AS {text}",
            [parameter for parameter in parameters if parameter not in places],
        )


def decide(*, token: str, address: str, at: dt.datetime) -> Decision | None:
    """What to answer to whoever holds this token about this canonical address, in one query; None: no such token.

    The token says which school asks; of every other school nothing is looked at, so an address that only another school
    knows is unknown, in the same words and in the same time.
    """
    values = {A_TOKEN: fingerprint(token), AN_ADDRESS: address, moment(A_MOMENT): moment(at)}
    row = ask_prepared(list(values.values())) if connection.vendor == "postgresql" else ask_plainly(values)
    if row is None:
        return None
    device_id, _space, reason = row.found.partition(" ") if row.found else ("", "", Reason.UNKNOWN_DEVICE.value)
    return Decision(
        token=row,
        school_id=row.school_id,
        school_slug=row.slug,
        address=address,
        device_id=int(device_id) if device_id else None,
        reason=reason,
        vlan=row.vlan,
        session_timeout=row.session_timeout or DEFAULT_SESSION_TIMEOUT,
    )


def allowed_addresses(*, school_id: int, at: dt.datetime) -> QuerySet[DeviceAddress]:
    """The live addresses of a school's devices that may connect now, in the order of the addresses; one query."""
    allowed = Device.objects.filter(school=school_id).with_reason(on=SchoolDay(at)).filter(Q(reason="")).order_by()
    return DeviceAddress.objects.filter(school=school_id, ended_at__isnull=True, device__in=allowed.values("pk")).order_by("address")


def token_called(token: str) -> NetworkToken | None:
    """The live token with this text, with its school and that one's network settings; None: no such token."""
    return NetworkToken.objects.live().filter(sha256=fingerprint(token)).select_related("school__network").first()
