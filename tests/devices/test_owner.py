"""What owners do with their devices: what is done, and what is refused with nothing half done."""

import datetime as dt

import pytest

from declarations.common.errors import RefusedError
from declarations.devices.actions import approval, owner
from declarations.devices.mac_address import InvalidAddressError
from declarations.devices.models import Device, DeviceAddress, Permission, Suspension
from declarations.devices.rules import ASK_AGAIN_WITHIN, MOST_DEVICES
from declarations.organisation.models.person import Person
from tests.cast import Cast, ask, make_person

DAY = dt.timedelta(days=1)
ADDRESS = "3c:22:fb:00:00:02"


@pytest.fixture
def at(cast: Cast) -> dt.datetime:
    """A minute after everything that the cast has done."""
    return Permission.objects.get(owner=cast.ben).asked_at + dt.timedelta(minutes=1)


def counts() -> tuple[int, ...]:
    live = DeviceAddress.objects.filter(ended_at=None).count()
    open_ones = Permission.objects.filter(ended_at=None).count()
    return (Device.objects.count(), DeviceAddress.objects.count(), live, Permission.objects.count(), open_ones, Suspension.objects.count())


def refused(code: str, action, **facts) -> str:
    """It is refused with this code, and nothing has changed; the sentence."""
    before = counts()
    with pytest.raises(RefusedError) as no:
        action(**facts)
    assert no.value.code == code
    assert counts() == before
    assert str(no.value).endswith(".")
    return str(no.value)


def test_a_device_is_added_with_its_address_and_its_request(cast: Cast, at):
    asked = owner.add_device(
        owner=cast.ada, kind="laptop", make_and_model="Example Book", address="3c22.fb00.0002", reaches_school_data=True,
        reason="Planning lessons", at=at,
    )  # fmt: skip
    assert (asked.owner, asked.asked_by, asked.school, asked.status) == (cast.ada, cast.ada, cast.hillside, "requested")
    assert (asked.device.kind, asked.device.make_and_model, asked.device.reaches_school_data) == ("laptop", "Example Book", True)
    assert [address.address for address in asked.device.addresses.all()] == ["3C:22:FB:00:00:02"]


@pytest.mark.parametrize("address", ["", "no address", "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00", "01:00:5e:00:00:01"])
def test_what_is_no_address_adds_nothing(cast: Cast, at, address):
    before = counts()
    with pytest.raises(InvalidAddressError):
        ask(cast.ada, address, at)
    assert counts() == before


def test_an_address_in_use_is_refused_and_says_by_whom_only_to_the_owner(cast: Cast, at):
    ask(cast.ada, ADDRESS, at)
    of_own = refused("in_use", ask, person=cast.ada, address="3C-22-FB-00-00-02", at=at)
    of_another = refused("in_use", ask, person=cast.hilda, address=ADDRESS, at=at)
    assert "You have added" in of_own
    assert "Another device" in of_another
    assert "Ada" not in of_another


def test_the_other_school_may_have_the_same_address(cast: Cast, at):
    ask(cast.ada, ADDRESS, at)
    assert ask(cast.rita, ADDRESS, at).school == cast.riverside


def test_the_trusts_people_have_no_devices(cast: Cast, at):
    refused("refused", ask, person=cast.tara, address=ADDRESS, at=at)


def test_who_has_left_gives_up_their_address(cast: Cast, at):
    leavers = ask(cast.ada, ADDRESS, at)
    Person.objects.filter(pk=cast.ada.pk).update(leaves_on=cast.hillside.day_of(at) + DAY)
    refused("in_use", ask, person=cast.hilda, address=ADDRESS, at=at)
    Person.objects.filter(pk=cast.ada.pk).update(leaves_on=cast.hillside.day_of(at))
    new = ask(cast.hilda, ADDRESS, at)
    assert new.device.owner == cast.hilda
    assert leavers.device.addresses.get().ended_at == at
    assert Device.objects.with_reason(on=cast.hillside.day_of(at)).get(pk=leavers.device_id).reason == "owner_left"


def test_there_is_a_most(cast: Cast, at):
    asked = [ask(cast.ada, f"3c:22:fb:00:01:{number:02x}", at) for number in range(MOST_DEVICES)]
    assert str(MOST_DEVICES) in refused("too_many", ask, person=cast.ada, address=ADDRESS, at=at)
    owner.give_up(device=asked[0].device, by=cast.ada, at=at)
    ask(cast.ada, ADDRESS, at)
    ask(cast.hilda, "3c:22:fb:00:00:03", at)


def test_asking_again(cast: Cast, at):
    waiting = Permission.objects.get(owner=cast.ben)
    device, again = waiting.device, {"by": cast.ben, "reason": "Again", "at": at}
    refused("waiting", owner.ask, device=device, **again)
    refused("not_yours", owner.ask, device=device, **(again | {"by": cast.ada}))
    owner.withdraw(permission=waiting, by=cast.ben, at=at)
    second = owner.ask(device=device, **again)
    approval.decline(permission=second, by=cast.hilda, note="Not now.", at=at)
    third = owner.ask(device=device, **again)
    assert [p.status for p in Permission.objects.filter(owner=cast.ben).order_by("id")] == ["withdrawn", "declined", "requested"]
    assert (third.owner, third.asked_by, third.reason) == (cast.ben, cast.ben, "Again")


@pytest.mark.parametrize(("remaining", "code"), [(ASK_AGAIN_WITHIN + DAY, "approved"), (ASK_AGAIN_WITHIN, None), (DAY, None)])
def test_asking_again_before_a_permission_ends(cast: Cast, at, remaining, code):
    waiting = Permission.objects.get(owner=cast.ben)
    Permission.objects.filter(pk=waiting.pk).update(
        decided_by=cast.hilda, decided_at=at, approved=True, until=cast.hillside.day_of(at) + remaining
    )
    facts = {"device": waiting.device, "by": cast.ben, "reason": "Next year", "at": at}
    if code:
        refused(code, owner.ask, **facts)
    else:
        renewed = owner.ask(**facts)
        # The old one goes on until the new one is decided.
        assert renewed.status == "requested"
        assert Permission.objects.get(pk=waiting.pk).status == "approved"
        refused("waiting", owner.ask, **facts)


def test_a_device_given_up_is_not_asked_for(cast: Cast, at):
    waiting = Permission.objects.get(owner=cast.ben)
    owner.give_up(device=waiting.device, by=cast.ben, at=at)
    refused("given_up", owner.ask, device=waiting.device, by=cast.ben, reason="Again", at=at)


@pytest.mark.parametrize("decided", ["waiting", "approved"])
def test_withdrawing(cast: Cast, at, decided):
    waiting = Permission.objects.get(owner=cast.ben)
    if decided == "approved":
        approval.approve(permission=waiting, by=cast.hilda, until=cast.hillside.day_of(at), at=at)
    refused("too_late", owner.withdraw, permission=waiting, by=cast.ada, at=at)
    refused("too_late", owner.withdraw, permission=waiting, by=cast.hilda, at=at)
    done = owner.withdraw(permission=waiting, by=cast.ben, at=at)
    assert (done.status, done.ended_by, done.ended_at, done.ended_note) == ("withdrawn", cast.ben, at, "")
    refused("too_late", owner.withdraw, permission=waiting, by=cast.ben, at=at)


def test_a_no_is_not_withdrawn(cast: Cast, at):
    waiting = Permission.objects.get(owner=cast.ben)
    approval.decline(permission=waiting, by=cast.hilda, note="Not now.", at=at)
    refused("too_late", owner.withdraw, permission=waiting, by=cast.ben, at=at)


def test_a_withdrawal_whose_clock_lags_behind_the_decision_is_one_all_the_same(cast: Cast, at):
    """It was sent before the decision and arrives after it: the facts stay in order, and it is done."""
    waiting = Permission.objects.get(owner=cast.ben)
    approval.approve(permission=waiting, by=cast.hilda, until=cast.hillside.day_of(at), at=at)
    done = owner.withdraw(permission=waiting, by=cast.ben, at=at - dt.timedelta(seconds=2))
    assert (done.status, done.ended_at) == ("withdrawn", at)


def test_giving_up_ends_what_runs_and_frees_the_address(cast: Cast, at):
    waiting = Permission.objects.get(owner=cast.ben)
    approval.approve(permission=waiting, by=cast.hilda, until=cast.hillside.day_of(at), at=at)
    renewal = owner.ask(device=waiting.device, by=cast.ben, reason="Next year", at=at)
    refused("not_yours", owner.give_up, device=waiting.device, by=cast.hilda, at=at)
    owner.give_up(device=waiting.device, by=cast.ben, at=at - dt.timedelta(minutes=2))  # a clock that lags
    assert {Permission.objects.get(pk=permission.pk).status for permission in (waiting, renewal)} == {"withdrawn"}
    assert ask(cast.ada, "3c:22:fb:00:00:01", at).device.owner == cast.ada
    refused("too_late", owner.give_up, device=waiting.device, by=cast.ben, at=at)


def test_giving_up_leaves_a_no_as_it_was(cast: Cast, at):
    waiting = Permission.objects.get(owner=cast.ben)
    approval.decline(permission=waiting, by=cast.hilda, note="Not now.", at=at)
    owner.give_up(device=waiting.device, by=cast.ben, at=at)
    assert Permission.objects.get(pk=waiting.pk).status == "declined"


def test_a_lost_device_is_off_at_once_and_reporting_twice_is_once(cast: Cast, at):
    device = Permission.objects.get(owner=cast.ben).device
    refused("not_yours", owner.report_lost, device=device, by=cast.ada, at=at)
    first = owner.report_lost(device=device, by=cast.ben, at=at)
    assert owner.report_lost(device=device, by=cast.ben, at=at + DAY) == first
    assert Device.objects.with_reason(on=cast.hillside.day_of(at)).get(pk=device.pk).reason == "suspended"
    approval.lift(suspension=first, by=cast.hilda, at=at)
    second = owner.report_lost(device=device, by=cast.ben, at=at)
    assert second != first


def test_lifting_is_for_somebody_else_of_the_leadership_and_done_once(cast: Cast, at):
    device = ask(cast.hilda, ADDRESS, at).device
    suspension = owner.report_lost(device=device, by=cast.hilda, at=at)
    stranger = make_person(cast.hillside, "new@hillside.example", "New Example")
    for by in (cast.hilda, cast.ada, cast.rosa, cast.gita, cast.ines, stranger):
        refused("own", approval.lift, suspension=suspension, by=by, at=at)
    lifted = approval.lift(suspension=suspension, by=cast.omar, at=at)
    assert (lifted.lifted_by, lifted.lifted_at) == (cast.omar, at)
    refused("too_late", approval.lift, suspension=suspension, by=cast.omar, at=at)
