"""Signing asks again who one is after ten minutes; what was ticked and typed is kept; the certificate says how."""

import re

import pytest
from django.test import Client

from declarations.organisation.models.person import Person
from declarations.signing.models.declaration import Declaration
from tests.cast import PASSWORD, Cast, read_everything
from tests.mail.delivery import delivered
from tests.sign_in.codes import digits
from tests.sign_in.proofs import aged, with_app
from tests.sign_in.test_identity import begin, come_back, sign_in

CODE, FIRST = "/accounts/reauthenticate/code/", "/accounts/password/set/"


def answers(cast: Cast, **changed: str) -> dict[str, object]:
    ticks = {f"confirm_{one['key']}": "on" for one in cast.aup.confirmations}
    return {"aup": cast.aup.pk, "leaflet": cast.leaflet.pk, **ticks, "typed_name": "Ada Example", **changed}


@pytest.fixture
def ada(cast: Cast, signed_in) -> Client:
    """Signed in eleven minutes ago, and has read everything."""
    read_everything(cast.ada, cast.aup.published_at)
    client = signed_in(cast.ada)
    aged(client)
    return client


def signed(cast: Cast) -> Declaration:
    return Declaration.objects.get(person=cast.ada)


def test_within_ten_minutes_nobody_is_asked(cast: Cast, ada):
    aged(ada, -120)
    assert ada.post("/sign/", answers(cast)).url == f"/declarations/{signed(cast).reference}/"


def test_after_ten_minutes_nothing_is_signed_before_the_proof(cast: Cast, ada):
    response = ada.post("/sign/", answers(cast))
    assert response.url == "/accounts/reauthenticate/?next=%2Fsign%2F"
    assert not Declaration.objects.filter(person=cast.ada).exists()


def test_by_password_and_what_was_filled_in_is_kept(cast: Cast, ada):
    to = ada.post("/sign/", answers(cast)).url
    assert "what you filled in is kept" in ada.get(to).text
    assert "error-summary" in ada.post("/accounts/reauthenticate/", {"password": "wrong", "next": "/sign/"}).text
    assert ada.post("/sign/", answers(cast)).url == to
    assert ada.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/sign/"}).url == "/sign/"
    page = ada.get("/sign/").text
    assert "press Sign" in page
    assert 'value="Ada Example"' in page
    assert len(re.findall(r'type="checkbox"[^>]*checked', page)) == len(cast.aup.confirmations)
    ada.post("/sign/", answers(cast))
    declaration = signed(cast)
    assert declaration.signed_in_with == "password"
    assert (declaration.signed_at - declaration.signed_in_at).total_seconds() < 60
    assert "typed_to_sign" not in ada.session


def test_a_form_with_a_fault_is_said_first(cast: Cast, ada):
    response = ada.post("/sign/", answers(cast, typed_name=""))
    assert response.status_code == 200
    assert "Type your name" in response.text


def test_by_a_code(cast: Cast, ada):
    client = without_password(cast, ada)
    assert client.post("/sign/", answers(cast)).url == f"{CODE}?next=%2Fsign%2F"
    assert "ada@hillside.example" in client.get(CODE).text
    client.post(CODE, {"next": "/sign/"})
    [message] = delivered()
    assert (message.to, message.subject) == (["ada@hillside.example"], "Your code to go on")
    code = re.search(r"^([A-Z]{4}-[A-Z]{4})$", message.body, re.MULTILINE)[1]
    assert "not the code" in client.post(CODE, {"code": "AAAA-AAAA", "next": "/sign/"}).text
    assert client.post(CODE, {"code": code.lower().replace("-", " "), "next": "/sign/"}).url == "/sign/"
    client.post("/sign/", answers(cast))
    assert signed(cast).signed_in_with == "code by e-mail"


def without_password(cast: Cast, ada: Client) -> Client:
    cast.ada.set_unusable_password()
    cast.ada.save()
    client = Client()
    client.cookies = ada.cookies
    session = client.session
    session["_auth_user_hash"] = cast.ada.get_session_auth_hash()
    session.save()
    return client


def test_a_first_password_asks_for_a_fresh_proof(cast: Cast, ada):
    """Or whoever finds a browser open could set one, and come back with it."""
    client = without_password(cast, ada)
    new = {"password1": "a new and much longer password", "password2": "a new and much longer password"}
    assert client.get(FIRST).url == f"{CODE}?next=%2Faccounts%2Fpassword%2Fset%2F"
    assert client.post(FIRST, new).url == f"{CODE}?next=%2Faccounts%2Fpassword%2Fset%2F"
    assert client.post(CODE, {"code": sent_code(client), "next": FIRST}).url == FIRST
    client.post(FIRST, new)
    assert Person.objects.get(pk=cast.ada.pk).check_password(new["password1"])


def sent_code(client: Client) -> str:
    client.post(CODE)
    return re.search(r"^([A-Z]{4}-[A-Z]{4})$", delivered()[-1].body, re.MULTILINE)[1]


def test_a_code_counts_once_and_for_three_minutes(cast: Cast, ada):
    code = sent_code(ada)
    assert ada.post(CODE, {"code": code}).status_code == 302
    assert "no code to type any more" in ada.post(CODE, {"code": code}).text
    code = sent_code(ada)
    session = ada.session
    session["proof_code"]["at"] -= 181
    session.save()
    assert "no code to type any more" in ada.post(CODE, {"code": code}).text


def test_a_code_is_mistyped_three_times_at_most(cast: Cast, ada):
    code = sent_code(ada)
    for _ in range(3):
        ada.post(CODE, {"code": "BBBB-BBBB"})
    assert "no code to type any more" in ada.post(CODE, {"code": code}).text


def test_a_code_is_nobody_elses(cast: Cast, ada, signed_in):
    code = sent_code(ada)
    assert signed_in(cast.ben).post(CODE, {"code": code}).status_code == 200


def test_nobodys_mailbox_is_flooded(cast: Cast, ada):
    assert [ada.post(CODE).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    assert len(delivered()) == 3


def test_by_the_app(cast: Cast, ada):
    secret = with_app(cast.ada)
    assert "Use my authenticator app" in ada.get("/accounts/reauthenticate/").text
    ada.post("/accounts/2fa/reauthenticate/", {"code": digits(secret), "next": "/sign/"})
    ada.post("/sign/", answers(cast))
    assert signed(cast).signed_in_with == "authenticator app"


def test_at_the_provider(cast: Cast, client, provider, microsoft):
    read_everything(cast.ada, cast.aup.published_at)
    sign_in(client, provider)
    aged(client)
    client.post("/sign/", answers(cast))
    assert "Go to Microsoft 365" in client.get("/accounts/reauthenticate/", {"next": "/sign/"}).text
    brought = provider.vouch(begin(client, again="1", next="/sign/"))
    assert come_back(client, brought).url == "/sign/"
    client.post("/sign/", answers(cast))
    assert signed(cast).signed_in_with == "Microsoft 365"


def test_the_certificate_names_both_steps(cast: Cast, signed_in):
    read_everything(cast.hilda, cast.aup.published_at)
    client = signed_in(cast.hilda)
    client.post("/sign/", answers(cast, typed_name="Hilda Example"))
    assert Declaration.objects.get(person=cast.hilda).signed_in_with == "password, then authenticator app"


def test_a_text_that_changed_meanwhile_is_not_signed_with_old_ticks(cast: Cast, ada):
    from django.utils import timezone

    from tests.cast import publish_next

    ada.post("/sign/", answers(cast))
    publish_next(cast.aup, by=cast.hilda, at=timezone.now(), sign_by=cast.hillside.day_of(timezone.now()))
    aged(ada, -601)
    page = ada.get("/sign/").text
    assert not re.findall(r'type="checkbox"[^>]*checked', page)
    assert 'value="Ada Example"' in page
