"""Who gets in at the leadership's desk, and whose things they see."""

import pytest
from django.test import Client
from django.urls import reverse

from declarations.devices.models import Device, Permission
from declarations.policies.models import PolicyVersion
from declarations.signing.models.declaration import Declaration
from tests.cast import ask, sign

pytestmark = pytest.mark.pages

LISTS = ["permission", "policyversion", "person", "device", "suspension", "declaration"]


def change(model, pk):
    return reverse(f"admin:declarations_{model}_change", args=[pk])


@pytest.mark.parametrize("path", ["", "declarations/permission/", "declarations/person/add/", "jsi18n/", "nowhere/"])
def test_signed_out_goes_to_the_one_sign_in_page_and_back(cast, path):
    response = Client().get(f"/admin/{path}")
    assert response.status_code == 302
    assert response.url == f"/accounts/login/?next=/admin/{path}"


def test_the_admins_own_login_is_the_same_door(cast, signed_in):
    assert Client().get("/admin/login/?next=/admin/declarations/person/").url == "/accounts/login/?next=/admin/declarations/person/"
    assert Client().get("/admin/login/?next=https://evil.example/").url == "/accounts/login/?next=/admin/"
    assert Client().post("/admin/login/", {"username": cast.hilda.email, "password": "x"}).url == "/accounts/login/?next=/admin/"
    assert signed_in(cast.hilda).get("/admin/login/").url == "/admin/"
    assert signed_in(cast.hilda).get("/admin/logout/").url == "/accounts/logout/"


@pytest.mark.parametrize("name", ["ada", "ben", "gita", "rita"])
@pytest.mark.parametrize("path", ["", "declarations/permission/", "declarations/person/", "jsi18n/"])
def test_without_the_role_it_is_forbidden(cast, signed_in, name, path):
    client = signed_in(getattr(cast, name))
    assert client.get(f"/admin/{path}").status_code == 403
    assert client.post(f"/admin/{path}").status_code == 403


@pytest.mark.parametrize("name", ["hilda", "omar", "ines", "rosa", "tara"])
def test_leadership_and_administrators_see_every_list(cast, signed_in, name):
    client = signed_in(getattr(cast, name))
    assert client.get("/admin/").status_code == 200
    for model in LISTS:
        assert client.get(f"/admin/declarations/{model}/").status_code == 200, model


def test_a_role_that_has_ended_opens_nothing(cast, signed_in):
    client = signed_in(cast.omar)
    cast.omar.role_set.update(removed_at=cast.omar.role_set.get().granted_at)
    assert client.get("/admin/").status_code == 403


@pytest.mark.parametrize(
    "path", ["password_change/", "password_change/done/", "autocomplete/", "r/1/1/", "auth/group/", "account/emailaddress/"]
)
def test_djangos_pages_that_are_not_ours_are_not_there(cast, signed_in, path):
    assert signed_in(cast.hilda).get(f"/admin/{path}").status_code == 404


def test_the_pages_of_the_app_go_to_the_front(cast, signed_in):
    assert signed_in(cast.hilda).get("/admin/declarations/").url == "/admin/"


def things_of_hillside(cast):
    return {
        "permission": Permission.objects.get(owner=cast.ben).pk,
        "device": Device.objects.get(owner=cast.ben).pk,
        "declaration": Declaration.objects.get(person=cast.ben).pk,
        "person": cast.ben.pk,
        "policyversion": PolicyVersion.objects.get(school=cast.hillside, document="aup").pk,
        "school": cast.hillside.pk,
    }


def test_another_schools_things_are_not_there(cast, signed_in):
    client = signed_in(cast.rosa)
    for model, pk in things_of_hillside(cast).items():
        for method in (client.get, client.post):
            assert method(change(model, pk)).status_code == 404, model
        assert client.get(reverse(f"admin:declarations_{model}_history", args=[pk])).status_code == 404, model
    policy = cast.aup.pk
    for page in ("preview", "publish"):
        assert client.get(reverse(f"admin:declarations_policyversion_{page}", args=[policy])).status_code == 404
    assert client.post(reverse("admin:declarations_person_give_role", args=[cast.ben.pk])).status_code == 404


def test_lists_hold_the_own_school_only(cast, signed_in):
    sign(cast.rita)
    ask(cast.rita, "3c:22:fb:00:00:77")
    here, there = signed_in(cast.hilda), signed_in(cast.rosa)
    for model in ("permission", "device", "declaration", "person"):
        page = here.get(f"/admin/declarations/{model}/").content.decode()
        assert "Ben Example" in page, model
        assert "Rita Example" not in page, model
        page = there.get(f"/admin/declarations/{model}/").content.decode()
        assert "Rita Example" in page, model
        assert "Ben Example" not in page, model
    for path in ("/admin/", "/admin/?school=riverside", "/admin/declarations/person/?school=riverside"):
        assert "Rita" not in here.get(path).content.decode()


def test_the_trust_sees_all_schools_and_can_choose_one(cast, signed_in):
    ask(cast.rita, "3c:22:fb:00:00:77")
    client = signed_in(cast.tara)
    page = client.get("/admin/").content.decode()
    assert "Ben Example" in page
    assert "Rita Example" in page
    page = client.get("/admin/?school=riverside").content.decode()
    assert "Ben Example" not in page
    assert "Rita Example" in page
    page = client.get("/admin/declarations/person/?school=riverside").content.decode()
    assert "Ben Example" not in page
    assert "Rita Example" in page
    for model, pk in things_of_hillside(cast).items():
        assert client.get(change(model, pk)).status_code == 200, model


def test_every_page_of_one_thing_opens_for_leadership_and_for_administrators(cast, signed_in):
    for name in ("hilda", "ines"):
        client = signed_in(getattr(cast, name))
        for model, pk in things_of_hillside(cast).items():
            assert client.get(change(model, pk)).status_code == 200, (name, model)


def test_the_stored_passwords_cannot_be_searched(cast, signed_in):
    assert signed_in(cast.ines).get("/admin/declarations/person/?password__startswith=a").status_code == 400
    assert signed_in(cast.ines).get("/admin/declarations/device/?owner__password__startswith=a").status_code == 400
