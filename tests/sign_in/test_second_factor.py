"""Leadership, auditors and administrators have no role until they show a second factor in this very session."""

import io
import json
import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client

from declarations.evidence.models import Entry
from declarations.sign_in.allauth_adapters import SecondFactorAdapter
from declarations.sign_in.models import IdentityProvider
from declarations.signing.models.declaration import Declaration
from tests.cast import Cast
from tests.sign_in.codes import digits
from tests.sign_in.proofs import aged, by_password, with_app
from tests.sign_in.test_identity import linked, sign_in

ADMIN, REGISTER, SET_UP = "/admin/", "/register/", "/accounts/2fa/"
OF_A_ROLE = ["/register/", "/register.csv", "/register.pdf", "/certificates.zip"]


@pytest.mark.parametrize(("who", "paths"), [("hilda", [ADMIN, *OF_A_ROLE, "/admin/declarations/person/", "/tablet/open/"]),
                                            ("gita", OF_A_ROLE), ("ines", [ADMIN, "/admin/declarations/school/"]),
                                            ("tara", [ADMIN, REGISTER])])  # fmt: skip
def test_without_one_they_are_led_to_set_it_up(cast: Cast, who, paths):
    client = by_password(getattr(cast, who))
    for path in paths:
        for response in (client.get(path), client.post(path) if "admin" in path else client.head(path)):
            assert (response.status_code, response.url) == (302, SET_UP), path
    assert "Your role waits for it" in client.get(SET_UP).text


def test_nothing_of_the_role_happens_meanwhile(cast: Cast):
    client = by_password(cast.hilda)
    reference = Declaration.objects.get(person=cast.ben).reference
    assert client.get(f"/declarations/{reference}/").url == SET_UP
    assert client.get(f"/declarations/{reference}.pdf").url == SET_UP
    before = Entry.objects.count()
    client.post(f"/admin/declarations/person/{cast.ben.pk}/ways-in/code/")
    assert Entry.objects.count() == before


def test_their_own_pages_work_meanwhile_and_say_what_is_missing(cast: Cast):
    client = by_password(cast.hilda)
    page = client.get("/")
    assert page.status_code == 200
    assert "Your role waits" in page.text
    assert "Leadership desk" not in page.text
    assert client.get("/leaflet/").status_code == 200
    assert client.get("/devices/").status_code == 200


def test_others_need_none(cast: Cast):
    client = by_password(cast.ada)
    assert client.get("/").status_code == 200
    assert "Your role waits" not in client.get("/").text
    assert client.get(REGISTER).status_code == 403


def set_up_app(client: Client) -> str:
    page = client.get("/accounts/2fa/app/add/").text
    secret = re.search(r'class="reference">([A-Z2-7]{32})<', page)[1]
    response = client.post("/accounts/2fa/app/add/", {"code": digits(secret)})
    assert response.url == "/accounts/2fa/recovery-codes/", response.text
    return secret


def test_setting_up_the_app_opens_the_role_in_this_session(cast: Cast):
    client = by_password(cast.hilda)
    set_up_app(client)
    assert re.findall(r'class="reference">(\d{8})<', client.get("/accounts/2fa/recovery-codes/").text)
    assert client.get(ADMIN).status_code == 200
    assert client.get(REGISTER).status_code == 200


def test_in_another_session_nothing_is_proved_by_it(cast: Cast):
    """Somebody with the password was signed in before: the owner's second factor does not open the role for them."""
    thief, owner = by_password(cast.hilda), by_password(cast.hilda)
    set_up_app(owner)
    response = thief.get(ADMIN)
    assert response.url == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2F"
    assert thief.get(REGISTER).status_code == 302
    assert owner.get(ADMIN).status_code == 200


@pytest.mark.parametrize("has_codes", [True, False])
def test_the_password_alone_neither_takes_it_away_nor_reads_its_codes(cast: Cast, has_codes: bool):
    """A thief who was signed in before the owner set it up, and one who signs in after, half way."""
    early, owner = by_password(cast.hilda), by_password(cast.hilda)
    secret = set_up_app(owner)
    if not has_codes:
        Authenticator.objects.filter(user=cast.hilda, type="recovery_codes").delete()
    for path in ("app/remove/", "app/add/", "passkeys/add/", "recovery-codes/", "recovery-codes/generate/", "recovery-codes/download/"):
        for response in (early.get(f"/accounts/2fa/{path}"), early.post(f"/accounts/2fa/{path}", {"code": digits(secret)})):
            assert response.url == f"/accounts/2fa/reauthenticate/?next=%2Faccounts%2F2fa%2F{path.replace('/', '%2F')}", path
    assert Authenticator.objects.filter(user=cast.hilda, type="totp").count() == 1
    assert early.get(ADMIN).status_code == 302
    assert owner.post("/accounts/2fa/app/remove/").status_code == 302
    assert not Authenticator.objects.filter(user=cast.hilda, type="totp").exists()


def test_an_app_with_a_wrong_code_is_not_set_up(cast: Cast):
    client = by_password(cast.hilda)
    page = client.get("/accounts/2fa/app/add/").text
    secret = re.search(r'class="reference">([A-Z2-7]{32})<', page)[1]
    wrong = "000000" if digits(secret) != "000000" else "111111"
    response = client.post("/accounts/2fa/app/add/", {"code": wrong})
    assert response.status_code == 200
    assert "error-summary" in response.text
    assert client.get(ADMIN).url == SET_UP


def test_signing_in_with_the_app(cast: Cast):
    secret = with_app(cast.hilda)
    client = by_password(cast.hilda)
    assert client.get("/").url.startswith("/accounts/login/"), "the password alone signs nobody in who has a second factor"
    assert "The second step" in client.get("/accounts/2fa/authenticate/").text
    wrong = "000000" if digits(secret) != "000000" else "111111"
    assert "error-summary" in client.post("/accounts/2fa/authenticate/", {"code": wrong}).text
    assert client.get("/").status_code == 302
    before = client.session.session_key
    assert client.post("/accounts/2fa/authenticate/", {"code": digits(secret)}).url == "/"
    assert client.session.session_key != before
    assert client.get(ADMIN).status_code == 200


def test_a_code_of_the_app_counts_once(cast: Cast):
    secret = with_app(cast.hilda)
    code = digits(secret)
    assert by_password(cast.hilda).post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    assert by_password(cast.hilda).post("/accounts/2fa/authenticate/", {"code": code}).status_code == 200


def test_guessing_codes_is_stopped(cast: Cast):
    secret = with_app(cast.hilda)
    right = {digits(secret, later=later) for later in range(-2, 3)}
    client = by_password(cast.hilda)
    wrong = [f"{number:06}" for number in range(20) if f"{number:06}" not in right][:8]
    answers = [client.post("/accounts/2fa/authenticate/", {"code": code}) for code in wrong]
    assert "Too many" in answers[-1].text
    assert client.post("/accounts/2fa/authenticate/", {"code": digits(secret)}).status_code != 302, "not even the right one, for now"


def test_a_recovery_code_opens_once(cast: Cast):
    with_app(cast.hilda)
    code = Authenticator.objects.get(user=cast.hilda, type="recovery_codes").wrap().get_unused_codes()[0]
    client = by_password(cast.hilda)
    assert client.post("/accounts/2fa/authenticate/", {"code": code}).url == "/"
    assert client.get(ADMIN).status_code == 200
    assert by_password(cast.hilda).post("/accounts/2fa/authenticate/", {"code": code}).status_code == 200


def test_the_apps_secret_is_not_in_the_database(cast: Cast, settings):
    secret = with_app(cast.hilda)
    stored = Authenticator.objects.get(user=cast.hilda, type="totp").data["secret"]
    assert secret not in stored
    adapter = SecondFactorAdapter()
    assert adapter.decrypt(stored) == secret
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, and the former one named beside it"
    assert adapter.decrypt(stored) == secret
    call_command("rekey_factors", verbosity=0, stdout=io.StringIO())
    settings.SECRET_KEY_FALLBACKS = []
    assert adapter.decrypt(Authenticator.objects.get(user=cast.hilda, type="totp").data["secret"]) == secret
    assert len(Authenticator.objects.get(user=cast.hilda, type="recovery_codes").wrap().get_unused_codes()) == 10
    with pytest.raises(ImproperlyConfigured):
        adapter.decrypt(stored)
    settings.SECRET_KEY = "yet another, and nobody named the one before"
    with pytest.raises(CommandError, match="Nothing is changed"):
        call_command("rekey_factors", verbosity=0)


def test_whoever_signs_in_at_the_provider_shows_their_own_second_factor(cast: Cast, client, provider, microsoft):
    hilda = {"preferred_username": "hilda@hillside.example", "sub": "hilda"}
    linked(cast.hilda, microsoft, "hilda")
    sign_in(client, provider, **hilda)
    assert client.get(ADMIN).url == SET_UP
    secret = with_app(cast.hilda)
    again = Client()
    assert sign_in(again, provider, **hilda).url == "/accounts/2fa/authenticate/"
    assert again.post("/accounts/2fa/authenticate/", {"code": digits(secret)}).url == "/"
    assert again.get(ADMIN).status_code == 200


@pytest.mark.parametrize(("ticked", "claims", "opens"), [(True, {"amr": ["pwd", "mfa"]}, True), (True, {"acrs": ["c1"]}, True),
    (True, {}, False), (True, {"amr": ["pwd"]}, False), (True, {"amr": "mfa"}, False), (True, {"acrs": []}, False),
    (False, {"amr": ["pwd", "mfa"]}, False)])  # fmt: skip
def test_unless_the_provider_always_asks_for_one_and_its_token_says_so(cast: Cast, client, provider, microsoft, ticked, claims, opens):
    IdentityProvider.objects.update(second_factor=ticked)
    linked(cast.hilda, microsoft, "hilda")
    sign_in(client, provider, preferred_username="hilda@hillside.example", sub="hilda", **claims)
    assert client.get(ADMIN).status_code == (200 if opens else 302)


def test_a_school_that_requires_none(cast: Cast, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    assert by_password(cast.hilda).get(ADMIN).status_code == 200


def test_changing_ones_second_step_asks_again_after_ten_minutes(cast: Cast, signed_in):
    with_app(cast.hilda)
    client = signed_in(cast.hilda)
    paths = ["app/remove/", "passkeys/add/", "recovery-codes/", "recovery-codes/generate/", "recovery-codes/download/"]
    for path in paths:
        assert client.get(f"/accounts/2fa/{path}").status_code == 200, path
    aged(client)
    for path in paths:
        for response in (client.get(f"/accounts/2fa/{path}"), client.post(f"/accounts/2fa/{path}")):
            assert response.url.startswith("/accounts/reauthenticate/?next="), path
    assert Authenticator.objects.filter(user=cast.hilda, type="totp").exists()


def test_nor_is_it_passed_over_for_people_without_a_password(cast: Cast, signed_in):
    cast.ada.set_unusable_password()
    cast.ada.save()
    client = signed_in(cast.ada)
    aged(client)
    assert client.get("/accounts/2fa/app/add/").url.startswith("/accounts/reauthenticate/code/?next=")


def test_an_administrator_takes_a_lost_one_away(cast: Cast, signed_in):
    with_app(cast.ada)
    page = f"/admin/declarations/person/{cast.ada.pk}/ways-in/"
    assert "Only an administrator" in signed_in(cast.omar).post(page, {"do": "factors"}, follow=True).text
    assert Authenticator.objects.filter(user=cast.ada).exists()
    assert "second step is taken away" in signed_in(cast.ines).post(page, {"do": "factors"}, follow=True).text
    assert not Authenticator.objects.filter(user=cast.ada).exists()
    facts = json.loads(bytes(Entry.objects.get(kind="factors.reset").record))
    assert (facts["person"]["id"], facts["by"]["id"]) == (cast.ada.pk, cast.ines.pk)
    own = f"/admin/declarations/person/{cast.ines.pk}/ways-in/"
    assert "Not for oneself" in signed_in(cast.ines).post(own, {"do": "factors"}, follow=True).text


PAGES = ["", "app/add/", "passkeys/", "passkeys/add/", "recovery-codes/", "recovery-codes/generate/", "app/remove/", "reauthenticate/"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_ours(cast: Cast, signed_in, path):
    if path != "app/add/":
        with_app(cast.hilda)
    response = signed_in(cast.hilda).get(f"/accounts/2fa/{path}")
    assert response.status_code == 200
    assert "site.css" in response.text
    own = [template.origin.name for template in response.templates if template.origin]
    assert not [name for name in own if "/allauth/" in name]
    assert "no-store" in response["Cache-Control"]
