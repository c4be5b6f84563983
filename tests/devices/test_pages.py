"""One's own devices, their whole life, as their owner sees it."""

import datetime as dt

import pytest
from django.utils import timezone

from declarations.devices.actions import approval
from declarations.devices.models import Device, DeviceAddress, Permission, Suspension
from tests.cast import ask

pytestmark = pytest.mark.pages

ADD = {"kind": "phone", "make_and_model": "Fairphone 5", "address": "3c22.fb00.00aa", "reason": "Timetable"}


def approve(cast, permission, days=200, **rest):
    at = timezone.now()
    return approval.approve(permission=permission, by=cast.hilda, until=at.date() + dt.timedelta(days=days), at=at, **rest)


def test_add_wait_approved_until(cast, signed_in):
    client = signed_in(cast.ben)
    page = client.post("/devices/add/", ADD | {"reaches_school_data": "on"}, follow=True).text
    assert "Added. The leadership has been asked" in page
    assert "Fairphone 5" in page
    assert "3C:22:FB:00:00:AA" in page, "any notation is kept in one"
    assert "Waiting for a decision" in page
    device = Device.objects.get(make_and_model="Fairphone 5")
    assert device.reaches_school_data
    permission = approve(cast, device.permissions.get(), conditions="Staff room only")
    page = client.get("/devices/").text
    assert f"Approved until {permission.until.day} {permission.until:%B %Y}" in page
    assert "Staff room only" in page
    assert "Not connecting" not in page


def test_a_device_may_be_asked_for_before_signing_and_says_why_it_does_not_connect(cast, signed_in):
    client = signed_in(cast.ada)
    client.post("/devices/add/", ADD)
    approve(cast, Permission.objects.get(owner=cast.ada))
    for path in ("/", "/devices/"):
        assert "Not connecting: you have not signed a declaration yet." in client.get(path).text


def test_declined_with_its_reason_then_asked_again(cast, signed_in):
    client = signed_in(cast.ben)
    permission = Permission.objects.get(owner=cast.ben)
    approval.decline(permission=permission, by=cast.hilda, note="Too old: no updates.", at=timezone.now())
    assert "Too old: no updates." in client.get("/").text
    ask_page = f"/devices/{permission.device_id}/ask/"
    assert "Permission for the Wi-Fi is not permission to put school e-mail on the device." in client.get(ask_page).text
    assert Permission.objects.filter(owner=cast.ben).count() == 1, "looking changes nothing"
    assert "Say in a few words" in client.post(ask_page, {"reason": " "}).text
    assert "Asked." in client.post(ask_page, {"reason": "It has updates now"}, follow=True).text
    assert "Waiting for a decision" in client.get("/devices/").text
    assert "is waiting" in client.post(ask_page, {"reason": "Again"}, follow=True).text
    assert Permission.objects.filter(owner=cast.ben).count() == 2


def test_revoked_with_its_reason(cast, signed_in):
    permission = approve(cast, Permission.objects.get(owner=cast.ben))
    approval.revoke(permission=permission, by=cast.hilda, note="Used in class.", at=timezone.now())
    page = signed_in(cast.ben).get("/devices/").text
    assert "Revoked" in page
    assert "Used in class." in page


def test_withdrawing_a_request_and_a_permission(cast, signed_in):
    client = signed_in(cast.ben)
    permission = Permission.objects.get(owner=cast.ben)
    path = f"/devices/{permission.device_id}/withdraw/"
    assert "Withdraw the request" in client.get(path).text
    assert Permission.objects.get(pk=permission.pk).status == "requested", "looking changes nothing"
    shown = {"permission": str(permission.pk), "status": "requested"}
    approve(cast, permission)
    page = client.post(path, shown, follow=True).text
    assert "Something changed in the meantime, so nothing was withdrawn." in page
    assert Permission.objects.get(pk=permission.pk).status == "approved"
    assert "Give the permission back" in client.get(path).text
    client.post(path, shown | {"status": "approved"})
    assert Permission.objects.get(pk=permission.pk).status == "withdrawn"
    assert "Withdrawn" in client.get("/devices/").text
    assert "nothing to withdraw" in client.post(path, follow=True).text


def test_lost_suspends_at_once_and_only_by_post(cast, signed_in):
    client = signed_in(cast.ben)
    permission = approve(cast, Permission.objects.get(owner=cast.ben))
    path = f"/devices/{permission.device_id}/lost/"
    assert "at once" in client.get(path).text
    assert not Suspension.objects.exists()
    page = client.post(path, follow=True).text
    assert "Suspended: the device is off the school Wi-Fi." in page
    assert "Suspended: reported lost or stolen on" in page
    client.post(path)
    assert Suspension.objects.count() == 1
    assert Device.objects.with_reason(on=timezone.now().date()).get(pk=permission.device_id).reason == "suspended"


def test_giving_up_frees_the_address_for_somebody_else(cast, signed_in):
    client = signed_in(cast.ben)
    device = Device.objects.get(owner=cast.ben)
    path = f"/devices/{device.pk}/give-up/"
    assert client.get(path).status_code == 200
    assert DeviceAddress.objects.filter(device=device, ended_at__isnull=True).exists(), "looking changes nothing"
    assert "Given up" in client.post(path, follow=True).text
    assert "given this device up already" in client.post(path, follow=True).text
    page = signed_in(cast.ada).post("/devices/add/", ADD | {"address": "3c:22:fb:00:00:01"}, follow=True).text
    assert "Added." in page
    assert "1 device that you gave up" in client.get("/devices/").text


def test_a_permission_that_ended_by_itself_says_so(cast, signed_in, monkeypatch):
    permission = approve(cast, Permission.objects.get(owner=cast.ben), days=3)
    later = timezone.now() + dt.timedelta(days=10)
    monkeypatch.setattr("declarations.web.middleware.timezone.now", lambda: later)
    page = signed_in(cast.ben).get("/devices/").text
    assert f"The permission ended on {permission.until.day} {permission.until:%B %Y}" in page
    assert f'href="/devices/{permission.device_id}/ask/"' in page


def test_an_address_of_somebody_else_at_the_school_is_refused_beside_the_field_and_the_rest_is_kept(cast, signed_in):
    page = signed_in(cast.ada).post("/devices/add/", ADD | {"address": "3C-22-FB-00-00-01"}).text
    assert "Another device at the school has this address." in page
    assert "Ben" not in page, "whose it is, is nobody's business"
    assert 'href="#id_address"' in page
    assert 'value="Fairphone 5"' in page
    assert not Device.objects.filter(owner=cast.ada).exists()


def test_a_private_address_is_taken_and_explained(cast, signed_in):
    client = signed_in(cast.ben)
    assert "Private Wi-Fi Address" in client.get("/devices/add/").text, "before"
    page = client.post("/devices/add/", ADD | {"address": "da:22:fb:00:00:01"}, follow=True).text
    assert "The address is a private one" in page, "and after"
    for system in ("iPhone", "Android", "Windows", "Mac"):
        assert system in page
    assert Device.objects.filter(make_and_model="Fairphone 5").exists()


@pytest.mark.parametrize(
    "written",
    ["Wi-Fi address: 3C:22:FB:00:00:AA (randomised)", "3c22-fb00-00aa.", "\u202a3C\u201122\u2011FB\u201100\u201100\u2011AA\u202c"],
)
def test_an_address_is_taken_as_it_was_copied(cast, signed_in, written):
    signed_in(cast.ada).post("/devices/add/", ADD | {"address": written})
    assert Device.objects.get(make_and_model="Fairphone 5").addresses.get().address == "3C:22:FB:00:00:AA"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("address", "nonsense", "This is not a Wi-Fi address."),
        ("address", "00:00:00:00:00:00", "all zeros"),
        ("address", "ff:ff:ff:ff:ff:ff", "every device at once"),
        ("address", "01:22:fb:00:00:01", "No single device has this address"),
        ("address", "3c:22:fb:00:00:0\x00", "cannot be typed or seen"),
        ("address", "3c" * 1000, "at most 500"),
        ("address", "3C:22:FB:00:00:A", "This has 11 digits"),
        ("address", "02:00:00:ff:fe:00:00:01", "EUI-64, 16 digits"),
        ("address", "3C-22-FB-00-00-AA, 3C-22-FB-00-00-AB", "two different addresses"),
        ("address", "3C:22:FB:O0:0O:AA", "If the device shows 3C:22:FB:00:00:AA, type that."),
        ("kind", "toaster", "Choose what it is"),
        ("kind", "", "Choose what it is"),
        ("make_and_model", "", "Type the make and model."),
        ("make_and_model", "x" * 81, "at most 80"),
        ("make_and_model", "Phone\x00", "cannot be typed or seen"),
        ("reason", "", "Say in a few words"),
        ("reason", "\x1b[31m", "cannot be typed or seen"),
    ],
)
def test_bad_input_has_its_sentence_and_keeps_the_rest(cast, signed_in, field, value, sentence):
    response = signed_in(cast.ada).post("/devices/add/", ADD | {field: value})
    assert response.status_code == 200
    assert sentence in response.text
    assert f'href="#id_{field}"' in response.text
    kept = "Timetable" if field != "reason" else "Fairphone 5"
    assert kept in response.text
    assert not Device.objects.filter(owner=cast.ada).exists()


def test_an_empty_form_says_everything_that_is_missing(cast, signed_in):
    page = signed_in(cast.ada).post("/devices/add/", {}).text
    for field in ("kind", "make_and_model", "address", "reason"):
        assert f'href="#id_{field}"' in page


def test_a_reason_may_have_lines(cast, signed_in):
    signed_in(cast.ada).post("/devices/add/", ADD | {"reason": "Timetable\r\n=HYPERLINK()"})
    assert Permission.objects.get(owner=cast.ada).reason == "Timetable\n=HYPERLINK()"


def test_ten_devices_are_enough(cast, signed_in):
    for number in range(10):
        ask(cast.ada, f"3c:22:fb:00:01:{number:02x}")
    assert "You have 10 devices already." in signed_in(cast.ada).post("/devices/add/", ADD).text


@pytest.mark.parametrize("verb", ["ask", "withdraw", "lost", "give-up"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_somebody_elses_device_is_404(cast, signed_in, verb, method):
    path = f"/devices/{Device.objects.get(owner=cast.ben).pk}/{verb}/"
    for person in (cast.ada, cast.hilda, cast.rosa):
        assert getattr(signed_in(person), method)(path, {"reason": "x"}).status_code == 404
    assert Permission.objects.get(owner=cast.ben).status == "requested"
    assert not Suspension.objects.exists()
