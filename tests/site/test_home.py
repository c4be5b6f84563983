"""Home: what is left to do, and the state of each thing; and the same number of queries however much there is."""

import pytest
from django.utils import timezone

from declarations.devices.actions import owner
from declarations.devices.models import Device
from tests.cast import ask, publish_next, sign

pytestmark = pytest.mark.pages

HOME_QUERIES = 14
DEVICES_QUERIES = 8


def test_somebody_new_is_told_where_to_start(cast, signed_in):
    page = signed_in(cast.ada).get("/").text
    assert "What is left to do" in page
    assert 'href="/leaflet/class/"' in page
    assert "to be signed" in page
    assert "0 of 2 sections read" in page
    assert "/register/" not in page
    assert "/admin/" not in page


def test_somebody_who_has_read_is_sent_to_sign(cast, signed_in):
    client = signed_in(cast.ada)
    client.get("/leaflet/all/")
    page = client.get("/").text
    assert "Read the policy and sign" in page


def test_somebody_who_signed_has_nothing_left_to_do(cast, signed_in):
    page = signed_in(cast.ben).get("/").text
    assert "You have nothing to sign." in page
    assert "In force until" in page
    assert "Waiting for a decision" in page


@pytest.mark.parametrize(
    ("name", "register", "admin"),
    [("ada", False, False), ("hilda", True, True), ("gita", True, False), ("ines", False, True)],
)
def test_roles_have_their_links(cast, signed_in, name, register, admin):
    page = signed_in(getattr(cast, name)).get("/").text
    assert ('href="/register/"' in page) is register
    assert ('href="/admin/"' in page) is admin


def test_an_auditor_from_outside_has_nothing_to_sign(cast, signed_in):
    page = signed_in(cast.gita).get("/").text
    assert "there is nothing for you to sign" in page
    assert "What is left to do" not in page


def test_people_of_the_trust_are_sent_to_the_register(cast, signed_in):
    assert signed_in(cast.tara).get("/").url == "/register/"


def test_signed_out_is_sent_to_sign_in_and_back(cast, client):
    assert client.get("/devices/?x=1").url == "/accounts/login/?next=/devices/%3Fx%3D1"


def test_home_and_devices_ask_the_database_the_same_number_of_questions_for_1_and_for_30_rows(cast, signed_in, django_assert_num_queries):
    client = signed_in(cast.ben)
    client.get("/")  # the first page of a session keeps its CSRF token
    for path, count in (("/", HOME_QUERIES), ("/devices/", DEVICES_QUERIES)):
        with django_assert_num_queries(count):
            client.get(path)
    for number in range(30):
        permission = ask(cast.ben, f"3c:22:fb:00:02:{number:02x}")
        if number > 5:
            owner.give_up(device=permission.device, by=cast.ben, at=timezone.now())
    for number in range(3):
        publish_next(cast.aup, by=cast.hilda, at=timezone.now(), sign_by=timezone.now().date(), body=f"# A\n\n## S{number}\n\nx\n")
        sign(cast.ben)
    assert Device.objects.filter(owner=cast.ben).count() == 31
    for path, count in (("/", HOME_QUERIES), ("/devices/", DEVICES_QUERIES)):
        with django_assert_num_queries(count):
            client.get(path)
