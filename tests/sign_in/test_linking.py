"""Whose account at Microsoft 365 or Google becomes whose here, and what a passkey alone opens."""

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.test import Client

from declarations.sign_in import oidc_client
from declarations.sign_in.models import LinkedAccount
from tests.cast import Cast
from tests.mail.delivery import delivered
from tests.sign_in.proofs import by_password
from tests.sign_in.provider import OTHER_KEY, Provider, as_jwk
from tests.sign_in.test_identity import GOOGLE, MICROSOFT, OF_GOOGLE, begin, come_back, sign_in, who

HILDA = {"preferred_username": "hilda@hillside.example", "sub": "hilda"}


def unlink(client: Client, account: LinkedAccount) -> None:
    client.post(f"/admin/declarations/person/{account.person_id}/ways-in/", {"unlink": account.pk})


def test_the_first_link_is_told_to_the_address_that_they_have_here(cast: Cast, client, provider, microsoft):
    sign_in(client, provider)
    (message,) = delivered()
    assert (message.subject, message.to) == ("An account was linked with which you sign in", ["ada@hillside.example"])
    assert "If it was not you" in message.body
    sign_in(Client(), provider)
    assert len(delivered()) == 1


def test_a_name_that_the_tenant_gave_to_somebody_opens_no_role(cast: Cast, client, provider, microsoft):
    response = sign_in(client, provider, **HILDA)
    assert response.status_code == 403
    assert "Sign in once in another way" in response.text
    assert who(client) is None
    assert not LinkedAccount.objects.exists()


def test_somebody_with_a_role_links_it_in_a_session_that_is_open(cast: Cast, provider, microsoft, signed_in):
    head = signed_in(cast.hilda)
    assert f"{MICROSOFT}?link=1" in head.get("/accounts/sessions/").text
    assert come_back(head, provider.vouch(begin(head, link="1"), **HILDA)).url == "/accounts/sessions/"
    assert LinkedAccount.objects.get().person == cast.hilda
    assert [message.to for message in delivered()] == [["hilda@hillside.example"]]
    assert sign_in(Client(), provider, **HILDA).status_code == 302
    assert f"{MICROSOFT}?link=1" not in head.get("/accounts/sessions/").text


def test_nobody_links_somebody_elses(cast: Cast, provider, microsoft, signed_in):
    ben = signed_in(cast.ben)
    response = come_back(ben, provider.vouch(begin(ben, link="1"), **HILDA))
    assert response.status_code == 403
    assert not LinkedAccount.objects.exists()


def test_an_account_that_was_unlinked_is_not_linked_again_by_its_address(cast: Cast, client, provider, microsoft, signed_in):
    sign_in(client, provider)
    open_elsewhere = by_password(cast.ada)
    unlink(signed_in(cast.ines), LinkedAccount.objects.get())
    assert open_elsewhere.get("/").status_code == 302, "every session is ended"
    assert who(client) is None
    assert "Sign in once in another way" in sign_in(Client(), provider).text
    ada = by_password(cast.ada)
    assert ada.get("/sign/").url == "/waiting/"
    come_back(ada, provider.vouch(begin(ada, link="1")))
    assert who(Client()) is None
    assert sign_in(Client(), provider).url == "/"


def test_google_is_no_fresh_proof_and_not_offered_as_one(cast: Cast, client, provider, google):
    sign_in(client, provider, GOOGLE, **OF_GOOGLE)
    assert "Go to Google" not in client.get("/accounts/reauthenticate/code/").text
    response = come_back(client, provider.vouch(begin(client, GOOGLE, again="1"), **OF_GOOGLE, auth_time=None), GOOGLE)
    assert (response.status_code, "no fresh proof" in response.text) == (403, True)


def test_description_and_keys_are_asked_for_once(cast: Cast, provider, microsoft):
    for _ in range(3):
        assert sign_in(Client(), provider).url == "/"
    assert sorted(path.rpartition("/")[2] for path in provider.requests) == ["keys", "openid-configuration", "token", "token", "token"]


def test_a_new_key_is_fetched_when_a_token_names_it(cast: Cast, provider: Provider, microsoft, monkeypatch):
    sign_in(Client(), provider)
    provider.keys = [as_jwk(OTHER_KEY, "three")]
    monkeypatch.setattr(
        provider, "signs", lambda claims: oidc_client.jwt.encode(claims, OTHER_KEY, algorithm="RS256", headers={"kid": "three"})
    )
    assert sign_in(Client(), provider).url == "/"
    assert provider.requests.count("/keys") == 2
    # Whoever sends tokens that name keys which nobody knows has the provider asked once a minute, and not once a token.
    monkeypatch.setattr(
        provider, "signs", lambda claims: oidc_client.jwt.encode(claims, OTHER_KEY, algorithm="RS256", headers={"kid": "four"})
    )
    for _ in range(3):
        assert "could not be checked" in sign_in(Client(), provider).text
    assert provider.requests.count("/keys") == 2


def test_there_is_one_deadline_for_all_that_is_asked(cast: Cast, client, provider, microsoft, monkeypatch):
    brought = provider.vouch(begin(client))
    monkeypatch.setattr(oidc_client, "SECONDS_FOR_ALL", 0)
    response = come_back(client, brought)
    assert (response.status_code, "cannot be asked at the moment" in response.text) == (503, True)


@pytest.mark.parametrize(("passwordless", "opens"), [(True, True), (False, False)])
def test_a_passkey_signs_in_by_itself_only_if_its_owner_says_so(cast: Cast, client, monkeypatch, passwordless, opens):
    """What the browser's passkey would sign is taken as signed: of that, allauth's own tests tell."""
    passkey = Authenticator.objects.create(
        user=cast.ada, type="webauthn", data={"name": "Key", "credential": {}, "passwordless": passwordless}
    )
    monkeypatch.setattr(auth, "parse_authentication_response", lambda _response: None)
    monkeypatch.setattr(auth, "extract_user_from_response", lambda _response: cast.ada)
    monkeypatch.setattr(auth, "complete_authentication", lambda _user, _response: passkey)
    response = client.post("/accounts/2fa/passkeys/login/", {"credential": json.dumps({"id": "x"})}, follow=True)
    assert (who(client) == cast.ada) is opens
    assert ("does not sign you in by itself" in response.text) is not opens
