"""The register as at a date: who had signed, what held, which devices were permitted, on whose decision."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from declarations.devices.actions import approval, owner
from declarations.organisation.models.person import Person
from declarations.register.register import Filters, Register, every_declaration, register
from declarations.signing.actions import paper
from declarations.signing.models.declaration import SignatureMetadata
from declarations.signing.status import DeclarationStatus
from tests.cast import Cast, ask, make_person, publish_next, sign

LONDON = ZoneInfo("Europe/London")


def at(day: dt.date, hour: int = 12, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), LONDON)


def register_on(cast: Cast, on: dt.date, **filters: str) -> Register:
    return register(school=cast.hillside, on=on, filters=Filters(**filters))


def declaration_status(cast: Cast, name: str, on: dt.date) -> str:
    states = {row.name.split()[0]: row.declaration_status for row in register_on(cast, on).rows}
    return states.get(name, "not there")


@pytest.fixture
def today(cast: Cast) -> dt.date:
    return cast.leaflet.effective_from


def test_signed_lapsed_never_by_the_day(cast: Cast, today: dt.date) -> None:
    declaration = sign(cast.omar)
    day = dt.timedelta(days=1)
    table = {
        today - day: "never",
        today: "signed",
        declaration.lapses_on - day: "signed",
        declaration.lapses_on: "lapsed",
        declaration.lapses_on + 400 * day: "lapsed",
    }
    assert {on: declaration_status(cast, "Omar", on) for on in table} == table
    assert declaration_status(cast, "Ada", today) == "never"


def test_a_version_that_all_sign_again_lapses_the_old_after_sign_by(cast: Cast, today: dt.date) -> None:
    day = dt.timedelta(days=1)
    publish_next(cast.aup, by=cast.hilda, at=at(today), sign_by=today + 10 * day)
    table = {today: "signed", today + 10 * day: "signed", today + 11 * day: "lapsed"}
    assert {on: declaration_status(cast, "Ben", on) for on in table} == table
    [row] = register_on(cast, today + 11 * day, name="ben").rows
    assert row.declaration is not None
    assert row.declaration.aup.number == 1
    assert row.declaration.lapsed_on(on=today + 10 * day) is None
    assert row.declaration.lapsed_on(on=today + 11 * day) == today + 11 * day
    assert row.declaration.lapsed_on(on=row.declaration.lapses_on + 5 * day) == today + 11 * day


def test_a_correction_lapses_nothing(cast: Cast, today: dt.date) -> None:
    publish_next(cast.leaflet, by=cast.hilda, at=at(today), sign_by=None)
    assert declaration_status(cast, "Ben", today + dt.timedelta(days=30)) == "signed"


def test_who_was_not_at_the_school_is_not_in_it(cast: Cast, today: dt.date) -> None:
    day = dt.timedelta(days=1)
    make_person(cast.hillside, "mia@hillside.example", "Mia Example", starts_on=today + 5 * day, leaves_on=today + 9 * day)
    table = {today + 4 * day: "not there", today + 5 * day: "never", today + 8 * day: "never", today + 9 * day: "not there"}
    assert {on: declaration_status(cast, "Mia", on) for on in table} == table
    names = [row.name for row in register_on(cast, today).rows]
    assert names == ["Ada Example", "Ben Example", "Hilda Example", "Ines Example", "Omar Example"]  # not Gita, who is from outside


def test_devices_as_at_the_day(cast: Cast, today: dt.date) -> None:
    day = dt.timedelta(days=1)
    [waiting] = cast.ben.permissions.all()
    until = today + 20 * day
    approval.approve(permission=waiting, by=cast.hilda, until=until, at=at(today + 3 * day), conditions="staff room only")

    def by_day(on: dt.date) -> list[tuple[str, dt.date, str, bool]]:
        [row] = register_on(cast, on, name="ben").rows
        decided = [(device.permission, not device.why_not) for device in row.devices]
        return [(str(permission.decided_by), permission.until, permission.conditions, connects) for permission, connects in decided]

    approved = [("Hilda Example", until, "staff room only", True)]
    assert by_day(today + 2 * day) == []
    assert by_day(today + 3 * day) == approved
    assert by_day(until) == approved
    assert by_day(until + day) == []
    owner.report_lost(device=waiting.device, by=cast.ben, at=at(today + 5 * day))
    assert by_day(today + 4 * day) == approved
    assert by_day(today + 5 * day) == [(*approved[0][:3], False)]
    [suspension] = waiting.device.suspensions.all()
    approval.lift(suspension=suspension, by=cast.omar, at=at(today + 7 * day))
    assert by_day(today + 6 * day)[0][3] is False
    assert by_day(today + 7 * day) == approved
    waiting.refresh_from_db()
    approval.revoke(permission=waiting, by=cast.omar, note="Used in class.", at=at(today + 9 * day))
    assert by_day(today + 8 * day) == approved
    assert by_day(today + 9 * day) == []


def test_a_permitted_device_without_a_declaration_could_not_connect(cast: Cast, today: dt.date) -> None:
    permission = ask(cast.ada, address="3c:22:fb:00:00:02")
    approval.approve(permission=permission, by=cast.hilda, until=today + dt.timedelta(days=3), at=at(today, 23, 59))
    [row] = register_on(cast, today, name="ada").rows
    assert [device.why_not for device in row.devices] == ["no declaration in force"]


def test_the_end_of_the_day_is_the_schools(cast: Cast) -> None:
    """23:30 in London in summer is 22:30 UTC, and half past midnight is still yesterday in UTC: the school's clock decides."""
    summer = dt.date(2027, 6, 1)
    [waiting] = cast.ben.permissions.all()
    approval.approve(permission=waiting, by=cast.hilda, until=summer + dt.timedelta(days=9), at=at(summer, 0, 30))
    [row] = register_on(cast, summer - dt.timedelta(days=1), name="ben").rows
    assert row.devices == ()
    [row] = register_on(cast, summer, name="ben").rows
    assert [device.decided_on for device in row.devices] == [summer]


def test_midnight_is_of_the_day_that_it_begins(cast: Cast, today: dt.date) -> None:
    """Whatever happens at the first moment of a day does not stand in the register of the day before."""
    [waiting] = cast.ben.permissions.all()
    [midnight, second, third, fourth] = [at(today + dt.timedelta(days=days), 0) for days in range(1, 5)]

    def by_day(name: str) -> list[tuple[str, list[bool]]]:
        registers = [register_on(cast, today + dt.timedelta(days=days), name=name) for days in range(5)]
        return [(row.signing_status, [not device.why_not for device in row.devices]) for register in registers for row in register.rows]

    approval.approve(permission=waiting, by=cast.hilda, until=today + dt.timedelta(days=9), at=midnight)
    owner.report_lost(device=waiting.device, by=cast.ben, at=second)
    approval.lift(suspension=waiting.device.suspensions.get(), by=cast.omar, at=third)
    approval.revoke(permission=waiting, by=cast.omar, note="Used in class.", at=fourth)
    assert by_day("ben") == [("signed", []), ("signed", [True]), ("signed", [False]), ("signed", [True]), ("signed", [])]
    # Signed on paper today, entered at midnight: nothing could connect today.
    approval.approve(permission=ask(cast.ada, address="3c:22:fb:00:00:02"), by=cast.hilda, until=today, at=at(today, 23, 59))
    paper.enter(person=cast.ada, by=cast.ines, signed_on=today, sighted_by="Ines Example", filed_where="Office", at=midnight)
    assert by_day("ada")[0] == ("signed", [False])
    cast.omar.responses.create(
        school=cast.hillside, kind="talk", reason="Why?", said_at=midnight,
        answer="So.", answered_by=cast.hilda, answered_at=second,
    )  # fmt: skip
    cast.omar.exemptions.create(
        school=cast.hillside, reason="Away", from_on=today, until=today + dt.timedelta(days=20), granted_by=cast.hilda,
        granted_at=third, ended_at=fourth, ended_by=cast.hilda,
    )  # fmt: skip
    assert [signing_status for signing_status, _devices in by_day("omar")] == ["due", "talk", "due", "exempt", "due"]


def test_renewed_early_shows_the_later_decision_once(cast: Cast, today: dt.date) -> None:
    day = dt.timedelta(days=1)
    [waiting] = cast.ben.permissions.all()
    approval.approve(permission=waiting, by=cast.hilda, until=today + 20 * day, at=at(today))
    again = owner.ask(device=waiting.device, by=cast.ben, reason="More", at=at(today + 10 * day))
    approval.approve(permission=again, by=cast.omar, until=today + 60 * day, at=at(today + 11 * day))
    [row] = register_on(cast, today + 12 * day, name="ben").rows
    decided = [device.permission for device in row.devices]
    assert [(str(permission.decided_by), permission.until) for permission in decided] == [("Omar Example", today + 60 * day)]


def test_filters_and_totals(cast: Cast, today: dt.date) -> None:
    make_person(cast.hillside, "wyn@hillside.example", "Ŵyn Łukasz", category="governor")
    whole = register_on(cast, today)
    assert (whole.total.signed, whole.total.lapsed, whole.total.never, whole.total.people) == (1, 0, 5, 6)
    assert [(totals.category, totals.people, totals.signed) for totals in whole.by_category] == [("staff", 5, 1), ("governor", 1, 0)]
    assert [row.name for row in register_on(cast, today, name="WYN").rows] == ["Ŵyn Łukasz"]
    assert [row.name for row in register_on(cast, today, category="governor").rows] == ["Ŵyn Łukasz"]
    assert [row.name for row in register_on(cast, today, declaration_status=DeclarationStatus.IN_FORCE).rows] == ["Ben Example"]
    assert register_on(cast, today, declaration_status=DeclarationStatus.IN_FORCE).total == whole.total
    declaration = cast.ben.declaration_set.get()
    assert [row.name for row in register_on(cast, today, name=declaration.reference.lower()).rows] == ["Ben Example"]
    assert register_on(cast, today, name="\0 \ud800 %_").rows == []


def test_what_was_left_to_do_is_as_at_the_day_too(cast: Cast, today: dt.date) -> None:
    """Said and granted later changes nothing earlier; answered and ended later takes nothing away."""
    day = dt.timedelta(days=1)
    cast.ada.responses.create(
        school=cast.hillside, kind="talk", reason="Why?", said_at=at(today + 2 * day),
        answer="So.", answered_by=cast.hilda, answered_at=at(today + 4 * day),
    )  # fmt: skip
    cast.omar.exemptions.create(
        school=cast.hillside, reason="Away", from_on=today, until=today + 20 * day, granted_by=cast.hilda,
        granted_at=at(today + day), ended_at=at(today + 3 * day), ended_by=cast.hilda,
    )  # fmt: skip

    def signing_status(name: str) -> list[str]:
        return [row.signing_status for offset in range(5) for row in register_on(cast, today + offset * day, name=name).rows]

    assert signing_status("ada") == ["due", "due", "talk", "talk", "due"]
    assert signing_status("omar") == ["due", "exempt", "exempt", "due", "due"]
    # Whatever was said, nothing is in force.
    assert {row.declaration_status for offset in range(5) for row in register_on(cast, today + offset * day, name="omar").rows} == {"never"}
    publish_next(cast.aup, by=cast.hilda, at=at(today), sign_by=today + 10 * day)
    [ben] = register_on(cast, today, name="ben").rows
    assert (ben.declaration_status, ben.signing_status, ben.signing_status_label) == ("signed", "due", "to be signed")
    [ben] = register_on(cast, today + 11 * day, name="ben").rows
    assert (ben.declaration_status, ben.signing_status, ben.signing_status_label) == ("lapsed", "lapsed", "")
    assert [row.name for row in register_on(cast, today + 2 * day, signing_status="talk").rows] == ["Ada Example"]
    assert [row.name for row in register_on(cast, today + day, signing_status="exempt", declaration_status="never").rows] == [
        "Omar Example"
    ]
    assert register_on(cast, today + day, signing_status="exempt", declaration_status="signed").rows == []


def test_a_school_sees_nothing_of_another(cast: Cast, today: dt.date) -> None:
    sign(cast.rita)
    assert {row.name for row in register_on(cast, today).rows}.isdisjoint({"Rita Example", "Rosa Example", "Tara Example"})
    assert every_declaration(school=cast.hillside, on=today, filters=Filters()) == [cast.ben.declaration_set.get().pk]


def test_every_declaration_holds_those_of_leavers(cast: Cast, today: dt.date) -> None:
    Person.objects.filter(pk=cast.ben.pk).update(leaves_on=today)
    assert declaration_status(cast, "Ben", today) == "not there"
    assert len(every_declaration(school=cast.hillside, on=today, filters=Filters())) == 1
    assert every_declaration(school=cast.hillside, on=today, filters=Filters(declaration_status="lapsed")) == []


def test_every_declaration_of_who_stands_somewhere(cast: Cast, today: dt.date) -> None:
    bens = cast.ben.declaration_set.get().pk
    assert every_declaration(school=cast.hillside, on=today, filters=Filters(signing_status="signed")) == [bens]
    assert every_declaration(school=cast.hillside, on=today, filters=Filters(signing_status="due")) == []
    publish_next(cast.aup, by=cast.hilda, at=at(today), sign_by=today + dt.timedelta(days=10))
    assert every_declaration(school=cast.hillside, on=today, filters=Filters(signing_status="due")) == [bens]


def test_as_many_queries_for_thirty_as_for_one(cast: Cast, today: dt.date, django_assert_num_queries) -> None:
    with django_assert_num_queries(5):
        assert len(register_on(cast, today, name="ben").rows) == 1
    for number in range(29):
        person = make_person(cast.hillside, f"p{number}@hillside.example", f"Person {number}")
        sign(person)
        approval.approve(permission=ask(person, address=f"3c:22:fb:00:01:{number:02x}"), by=cast.hilda, until=today, at=at(today, 23))
    with django_assert_num_queries(5):
        whole = register_on(cast, today)
        assert len(whole.rows) == 34
        assert sum(len(row.devices) for row in whole.rows) == 29
        assert all(row.declaration.aup.title and row.declaration.leaflet.number for row in whole.rows if row.declaration)
    assert SignatureMetadata.objects.count() == 30
