"""The network's question in one query: every row of the table, each school for itself, each zone by its own calendar."""

import datetime as dt
from zoneinfo import available_timezones

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from declarations.devices.actions import owner
from declarations.devices.models import Device, Permission
from declarations.network import authorise
from declarations.network.tokens import make_token
from declarations.organisation.models.school import School, SchoolDay
from tests.cast import Cast, ask
from tests.devices.test_reasons import CASES, Undone, a_world, expected
from tests.network.conftest import approve

MINE, NOBODYS = "3C:22:FB:00:00:02", "3C:22:FB:00:00:66"


# A quarter of the table each, so that the cast is made four times and not 480: every case is rolled back.
@pytest.mark.parametrize("part", range(4))
def test_the_whole_truth_table_for_every_school_and_address(cast: Cast, part: int):
    at = cast.aup.published_at
    here = make_token(school=cast.hillside, name="Here", by=None, at=at)[1]
    there = make_token(school=cast.riverside, name="There", by=None, at=at)[1]
    wrong = []
    for case in CASES[part::4]:
        with Undone():
            device, _on = a_world(cast, *case)
            tonight = dt.datetime.combine(cast.hillside.day_of(at), dt.time.max, cast.hillside.zone)
            answers = {
                "mine": authorise.decide(token=here, address=MINE, at=tonight),
                "nobody's": authorise.decide(token=here, address=NOBODYS, at=tonight),
                "elsewhere": authorise.decide(token=there, address=MINE, at=tonight),
            }
            device.addresses.update(ended_at=tonight)
            answers["ended"] = authorise.decide(token=here, address=MINE, at=tonight)
            reasons = {which: decision.reason if decision else None for which, decision in answers.items()}
            unknown = "unknown_device"
            if reasons != {"mine": expected(*case), "nobody's": unknown, "elsewhere": unknown, "ended": unknown}:
                wrong.append((case, reasons))
            assert authorise.decide(token=here + "x", address=MINE, at=tonight) is None
    assert wrong == []
    assert len(CASES) == 480


def test_one_query_whatever_the_answer(cast: Cast, token: str, phone: Device):
    at = timezone.now()
    authorise.decide(token=token, address=NOBODYS, at=at)  # PostgreSQL plans it once for each connection
    for address, reason in (("3C:22:FB:00:00:01", ""), (NOBODYS, "unknown_device")):
        with CaptureQueriesContext(connection) as queries:
            decision = authorise.decide(token=token, address=address, at=at)
        assert decision is not None
        assert decision.reason == reason
        assert len(queries) == 1
    with CaptureQueriesContext(connection) as queries:
        assert authorise.decide(token="guess", address=NOBODYS, at=at) is None
    assert len(queries) == 1


@pytest.mark.postgresql
@pytest.mark.parametrize("spoil", ["DEALLOCATE ALL", "another's"])
def test_behind_a_pool_that_mixes_connections_it_is_asked_plainly(live_cast: Cast, live_phone: Device, spoil: str):
    at = timezone.now()
    token = make_token(school=live_cast.hillside, name="Here", by=None, at=at)[1]
    for _again in range(2):
        decision = authorise.decide(token=token, address="3C:22:FB:00:00:01", at=at)
        assert decision is not None
        assert decision.reason == ""
        if spoil == "DEALLOCATE ALL":
            with connection.cursor() as cursor:
                cursor.execute(spoil)
        else:
            authorise.prepared_on.clear()  # as if the connection were new to us, and another had prepared on it
    connection.close()


def test_the_day_is_the_schools_own_in_every_time_zone(cast: Cast):
    """What the database makes of a moment is what Python makes of it, also where the day changes and the clocks go back."""
    moments = [dt.datetime(2026, 3, 29, 0, 59, 59, tzinfo=dt.UTC), dt.datetime(2026, 10, 24, 23, 30, tzinfo=dt.UTC),
               dt.datetime(2026, 12, 31, 10, 30, tzinfo=dt.UTC), dt.datetime(2028, 2, 29, 11, 59, 59, tzinfo=dt.UTC)]  # fmt: skip
    zones = ["Europe/London", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kolkata", "America/St_Johns", "Asia/Kathmandu", "UTC"]
    assert set(zones) <= available_timezones()
    person = ask(cast.ada, "3c:22:fb:00:00:02").owner
    for zone in zones:
        School.objects.filter(pk=cast.hillside.pk).update(time_zone=zone)
        school = School.objects.get(pk=cast.hillside.pk)
        for at in moments:
            day = Device.objects.filter(owner=person).annotate(day=SchoolDay(at)).values_list("day", flat=True).get()
            assert day == school.day_of(at), (zone, at)


def test_a_permission_ends_at_midnight_of_the_school(cast: Cast, token: str, phone: Device):
    School.objects.filter(pk=cast.hillside.pk).update(time_zone="Pacific/Kiritimati")
    school = School.objects.get(pk=cast.hillside.pk)
    until = Permission.objects.get(device=phone).until
    assert until is not None
    midnight = school.end_of(until)
    for at, reason in ((midnight - dt.timedelta(seconds=1), ""), (midnight, "approval_expired")):
        decision = authorise.decide(token=token, address="3C:22:FB:00:00:01", at=at)
        assert decision is not None
        assert decision.reason == reason


def test_the_list_holds_those_who_may_connect_and_no_other(cast: Cast, phone: Device):
    at = timezone.now()

    def allowed(school: School) -> list[str]:
        return [row.address for row in authorise.allowed_addresses(school_id=school.pk, at=at)]

    approve(ask(cast.ada, "3c:22:fb:00:00:52"), cast.hilda)  # who has not signed
    ask(cast.ben, "3c:22:fb:00:00:53")  # not approved
    second = approve(ask(cast.ben, "3c:22:fb:00:00:00"), cast.hilda)
    assert allowed(cast.hillside) == ["3C:22:FB:00:00:00", "3C:22:FB:00:00:01"]
    owner.report_lost(device=second.device, by=cast.ben, at=at)
    assert allowed(cast.hillside) == ["3C:22:FB:00:00:01"]
    assert allowed(cast.riverside) == []
