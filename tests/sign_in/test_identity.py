"""Microsoft 365 and Google: only the school's own people get in, by a token that is genuine, ours, and of now."""

import base64
import json
import time
from typing import Any

import jwt
import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from declarations.common.errors import RefusedError
from declarations.evidence.models import Entry
from declarations.organisation.models.person import Person
from declarations.sign_in.linked_accounts import unlink
from declarations.sign_in.models import IdentityProvider, LinkedAccount
from tests.cast import Cast, make_person
from tests.sign_in.proofs import aged
from tests.sign_in.provider import KEY, OTHER_KEY, OTHER_TENANT, Provider

MICROSOFT, GOOGLE = "/accounts/with/hillside-microsoft/", "/accounts/with/hillside-google/"
OF_GOOGLE = {"tid": None, "preferred_username": None, "hd": "hillside.example", "email": "ada@hillside.example", "email_verified": True}


def begin(client: Client, path: str = MICROSOFT, **query: str) -> str:
    response = client.get(path, query)
    assert response.status_code == 302, response.text
    return response.url


def come_back(client: Client, brought: dict[str, str], path: str = MICROSOFT) -> Any:
    return client.get(f"{path}back/", brought)


def sign_in(client: Client, provider: Provider, path: str = MICROSOFT, **claims: Any) -> Any:
    return come_back(client, provider.vouch(begin(client, path), **claims), path)


def linked(person: Person, provider: IdentityProvider, subject: str) -> LinkedAccount:
    """An account that was linked before."""
    return LinkedAccount.objects.create(person=person, provider=provider, subject=subject, email=person.email, linked_at=timezone.now())


def who(client: Client) -> Person | None:
    response = client.get("/declarations/")
    return response.wsgi_request.user if response.status_code == 200 else None


# Who gets in -----------------------------------------------------------------------------------------------------------------------


def test_the_right_tenant_and_a_known_address(cast: Cast, client, provider, microsoft):
    assert sign_in(client, provider).url == "/"
    assert who(client) == cast.ada
    account = LinkedAccount.objects.get()
    assert (account.person, account.subject, account.email) == (cast.ada, "subject-of-ada", "ada@hillside.example")
    entry = Entry.objects.filter(kind="account.linked").get()
    facts = json.loads(bytes(entry.record))
    assert facts["person"] == {"id": cast.ada.pk, "name": "Ada Example"}
    assert facts["provider"] == "hillside-microsoft"


def test_google_with_a_verified_address_of_the_schools_workspace(cast: Cast, client, provider, google):
    assert sign_in(client, provider, GOOGLE, **OF_GOOGLE).url == "/"
    assert who(client) == cast.ada


def test_the_page_has_the_way_in_and_it_leads_back(cast: Cast, client, provider, microsoft, google):
    page = client.get("/accounts/login/", {"next": "/devices/"}).text
    assert "Sign in with Microsoft 365" in page
    assert "Sign in with Google" in page
    assert "/accounts/with/hillside-microsoft/?next=/devices/" in page
    brought = provider.vouch(begin(client, next="/devices/"))
    assert come_back(client, brought).url == "/devices/"


@pytest.mark.parametrize(
    "there", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\x00", "\\\\evil.example", "/\r\nX: y"]
)
def test_it_leads_nowhere_else(cast: Cast, client, provider, microsoft, there):
    assert come_back(client, provider.vouch(begin(client, next=there))).url == "/"


def test_what_the_browser_takes_along(cast: Cast, client, provider, microsoft, google):
    provider.vouch(begin(client))
    asked = provider.asked
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert min(len(asked["state"]), len(asked["nonce"])) >= 32
    assert asked["redirect_uri"] == "http://127.0.0.1:8000/accounts/with/hillside-microsoft/back/"
    assert "secret" not in json.dumps(asked)
    provider.vouch(begin(client, GOOGLE))
    assert provider.asked["hd"] == "hillside.example"
    assert provider.asked["nonce"] != asked["nonce"]


def test_the_second_time_goes_by_the_subject(cast: Cast, client, provider, microsoft):
    """A changed address with the same subject gets in, is told of it, and both addresses are kept apart."""
    sign_in(Client(), provider)
    response = sign_in(client, provider, preferred_username="ada.married@hillside.example")
    assert response.url == "/"
    assert "Microsoft 365 calls you ada.married@hillside.example, and the school has ada@hillside.example." in client.get("/").text
    cast.ada.refresh_from_db()
    assert cast.ada.email == "ada@hillside.example"
    assert LinkedAccount.objects.get().email == "ada.married@hillside.example"
    assert Entry.objects.filter(kind="account.linked").count() == 1


def test_the_leadership_sees_both_addresses(cast: Cast, provider, microsoft, signed_in):
    sign_in(Client(), provider)
    sign_in(Client(), provider, preferred_username="ada.married@hillside.example")
    page = signed_in(cast.hilda).get(f"/admin/declarations/person/{cast.ada.pk}/ways-in/").text
    assert "ada.married@hillside.example" in page
    assert "the school has ada@hillside.example" in page


def test_the_address_in_any_case(cast: Cast, client, provider, microsoft):
    assert sign_in(client, provider, preferred_username="ADA@Hillside.Example").url == "/"


def test_an_owned_address_does_where_the_name_is_another(cast: Cast, client, provider, microsoft):
    named = {"preferred_username": "ada@hillside.onmicrosoft.example", "email": "ada@hillside.example"}
    assert "not one that the school gives" in sign_in(Client(), provider, **named).text
    assert sign_in(client, provider, **named, xms_edov=True).url == "/"


def test_one_provider_for_all_schools_of_the_trust(cast: Cast, client, provider, microsoft):
    IdentityProvider.objects.filter(pk=microsoft.pk).update(in_use=False)
    IdentityProvider.objects.create(kind="google", slug="hillside-google", client_id="a-client", domains="riverside.example trust.example")
    rosa = OF_GOOGLE | {"hd": "riverside.example", "email": "rosa@riverside.example", "sub": "rosa"}
    tara = OF_GOOGLE | {"hd": "trust.example", "email": "tara@trust.example", "sub": "tara"}
    linked(cast.rosa, IdentityProvider.objects.get(kind="google"), "rosa")
    linked(cast.tara, IdentityProvider.objects.get(kind="google"), "tara")
    assert sign_in(client, provider, GOOGLE, **rosa).url == "/"
    assert who(client) == cast.rosa
    assert sign_in(Client(), provider, GOOGLE, **tara).url == "/"


# Who does not ----------------------------------------------------------------------------------------------------------------------

WRONG_AT_MICROSOFT = {
    "another tenant": ({"tid": OTHER_TENANT}, "is not the school"),
    "no tenant": ({"tid": None}, "is not the school"),
    "a guest": ({"idp": "https://elsewhere.example/"}, "is a guest"),
    "a guest who says it in another way": ({"acct": 1}, "is a guest"),
    "another domain": ({"preferred_username": "ada@elsewhere.example"}, "not one that the school gives"),
    "a domain that ends alike": ({"preferred_username": "ada@not-hillside.example"}, "not one that the school gives"),
    "an address that anybody may claim": ({"preferred_username": "x@elsewhere.example", "email": "ada@hillside.example"}, "not one that"),
    "no address": ({"preferred_username": None}, "not one that the school gives"),
    "another audience": ({"aud": "another-client"}, "could not be checked"),
    "several audiences": ({"aud": ["a-client", "another-client"]}, "could not be checked"),
    "for another party": ({"azp": "another-client"}, "could not be checked"),
    "another issuer": ({"iss": "https://login.elsewhere.example/v2.0"}, "could not be checked"),
    "no issuer": ({"iss": None}, "could not be checked"),
    "expired": ({"exp": int(time.time()) - 3600}, "could not be checked"),
    "never expires": ({"exp": None}, "could not be checked"),
    "from the future": ({"iat": int(time.time()) + 3600}, "could not be checked"),
    "not valid yet": ({"nbf": int(time.time()) + 3600}, "could not be checked"),
    "another nonce": ({"nonce": "of-another-sign-in"}, "could not be checked"),
    "no nonce": ({"nonce": None}, "could not be checked"),
    "no subject": ({"sub": None}, "could not be checked"),
    "a subject that is a number": ({"sub": 7}, "could not be checked"),
    "a subject with a NUL": ({"sub": "a\x00b"}, "could not be checked"),
    "an endless subject": ({"sub": "x" * 300}, "could not be checked"),
    "a time that is a word": ({"exp": "tomorrow"}, "could not be checked"),
    "a time that is none": ({"exp": float("nan")}, "could not be checked"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_AT_MICROSOFT)
def test_wrong_at_microsoft(cast: Cast, client, provider, microsoft, name):
    claims, words = WRONG_AT_MICROSOFT[name]
    response = sign_in(client, provider, **claims)
    assert response.status_code == 403
    assert words in response.text
    assert who(client) is None
    assert not LinkedAccount.objects.exists()


WRONG_AT_GOOGLE = {
    "not verified": ({"email_verified": False}, "has not verified"),
    "verified in words": ({"email_verified": "true"}, "has not verified"),
    "no word of it": ({"email_verified": None}, "has not verified"),
    "a private account": ({"hd": None}, "not one that the school gives"),
    "another domain": ({"hd": "elsewhere.example"}, "not one that the school gives"),
    "an address elsewhere": ({"email": "ada@elsewhere.example"}, "not one that the school gives"),
}


@pytest.mark.parametrize("name", WRONG_AT_GOOGLE)
def test_wrong_at_google(cast: Cast, client, provider, google, name):
    claims, words = WRONG_AT_GOOGLE[name]
    response = sign_in(client, provider, GOOGLE, **(OF_GOOGLE | claims))
    assert response.status_code == 403
    assert words in response.text
    assert who(client) is None


def none_of_it(claims: dict[str, Any]) -> str:
    """`alg: none`: a token that nobody signed."""
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."


def by_the_public_key(claims: dict[str, Any]) -> str:
    """HMAC with the public key as its secret: the confusion of RS256 and HS256."""
    import hashlib
    import hmac

    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    secret = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    parts = ({"alg": "HS256", "typ": "JWT", "kid": "one"}, claims)
    body = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)
    signature = hmac.new(secret, body.encode(), hashlib.sha256).digest()
    return f"{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


FORGED = {
    "by another key under this name": lambda claims: jwt.encode(claims, OTHER_KEY, algorithm="RS256", headers={"kid": "one"}),
    "by a key that is not published": lambda claims: jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "nine"}),
    "by a key without a name": lambda claims: jwt.encode(claims, KEY, algorithm="RS256"),
    "by another algorithm": lambda claims: jwt.encode(claims, KEY, algorithm="PS256", headers={"kid": "one"}),
    "by nobody": none_of_it,
    "by the public key": by_the_public_key,
    "changed afterwards": lambda claims: changed(jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "one"})),
    "cut in two": lambda claims: jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "one"})[:-40],
    "no token": lambda _claims: "nonsense",
    "half a character": lambda _claims: "\udc80.a.b",
}


def changed(token: str) -> str:
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))) | {"preferred_username": "hilda@hillside.example"}
    return f"{head}.{base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b'=').decode()}.{signature}"


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_token_opens_nothing(cast: Cast, client, provider, microsoft, monkeypatch, how):
    monkeypatch.setattr(provider, "signs", FORGED[how])
    response = sign_in(client, provider)
    assert response.status_code == 403
    assert "could not be checked" in response.text
    assert who(client) is None


def test_an_answer_counts_once(cast: Cast, client, provider, microsoft):
    brought = provider.vouch(begin(client))
    assert come_back(client, brought).url == "/"
    client.post("/accounts/logout/")
    provider.codes.add(brought["code"])
    again = come_back(client, brought)
    assert again.status_code == 400
    assert "late, or twice" in again.text
    assert who(client) is None


def test_a_token_of_another_sign_in_is_no_answer_to_this_one(cast: Cast, client, provider, microsoft):
    """A code that was stolen, or a token replayed: its nonce is that of the other browser."""
    other = Client()
    theirs = provider.vouch(begin(other))
    nonce = provider.claims["nonce"]
    mine = provider.vouch(begin(client), nonce=nonce)
    response = come_back(client, {"code": theirs["code"], "state": mine["state"]})
    assert response.status_code == 403
    assert who(client) is None


def test_another_browsers_state_opens_nothing(cast: Cast, client, provider, microsoft):
    brought = provider.vouch(begin(Client()))
    response = come_back(client, brought)
    assert response.status_code == 400
    assert who(client) is None
    assert "token" not in "".join(provider.requests[1:]), "the code is not even used"


@pytest.mark.parametrize(
    "query", [{}, {"state": "x"}, {"state": "\x00"}, {"code": "x"}, {"state": "x" * 10_000}, {"error": "access_denied"}]
)
def test_whoever_comes_from_nowhere(cast: Cast, client, provider, microsoft, query):
    assert come_back(client, query).status_code == 400


def test_a_state_of_one_provider_is_none_of_the_other(cast: Cast, client, provider, microsoft, google):
    assert come_back(client, provider.vouch(begin(client, GOOGLE), **OF_GOOGLE), MICROSOFT).status_code == 400


def test_a_code_without_the_verifier_is_of_no_use(cast: Cast, client, provider, microsoft):
    """PKCE: what was stolen on the way back is refused by the provider, because the verifier never left the server."""
    begin(client)
    state = next(iter(client.session["identity_asked"]))
    session = client.session
    asked = session["identity_asked"]
    provider.vouch(begin(client))
    code = next(iter(provider.codes))
    session = client.session
    session["identity_asked"] = {state: asked[state]}
    session.save()
    response = come_back(client, {"code": code, "state": state})
    assert response.status_code == 503
    assert who(client) is None


def test_a_late_answer(cast: Cast, client, provider, microsoft):
    brought = provider.vouch(begin(client))
    session = client.session
    session["identity_asked"][brought["state"]]["at"] -= 601
    session.save()
    assert come_back(client, brought).status_code == 400


def test_giving_up_at_the_provider_is_no_fault(cast: Cast, client, provider, microsoft):
    brought = provider.vouch(begin(client))
    response = come_back(client, {"error": "access_denied", "state": brought["state"]})
    assert response.status_code == 403
    assert "You can try again" in response.text


# Whose account it is ---------------------------------------------------------------------------------------------------------------


def test_a_pupil_of_the_same_tenant_is_told_what_to_do_and_nobody_is_made(cast: Cast, client, provider, microsoft):
    before = Person.objects.count()
    response = sign_in(client, provider, sub="pupil", preferred_username="p.upil@hillside.example")
    assert response.status_code == 403
    assert "Pupils&#x27; accounts do not open this site" in response.text
    assert "ask the office to put this address on your record" in response.text
    assert who(client) is None
    assert Person.objects.count() == before
    assert not LinkedAccount.objects.exists()


def test_nobody_of_another_school(cast: Cast, client, provider, microsoft):
    IdentityProvider.objects.filter(pk=microsoft.pk).update(domains="hillside.example riverside.example")
    assert sign_in(client, provider, preferred_username="rita@riverside.example").status_code == 403
    assert who(client) is None


def test_who_has_left_is_nobody(cast: Cast, client, provider, microsoft):
    sign_in(Client(), provider)
    cast.ada.leaves_on = cast.hillside.day_of(timezone.now())
    cast.ada.save()
    sign_in(client, provider)
    assert who(client) is None
    cast.ben.leaves_on = cast.hillside.day_of(timezone.now())
    cast.ben.save()
    response = sign_in(Client(), provider, sub="ben", preferred_username="ben@hillside.example")
    assert "who has left the school" in response.text
    assert not LinkedAccount.objects.filter(person=cast.ben).exists()


def test_an_address_that_was_given_on_to_somebody_new_opens_nothing(cast: Cast, client, provider, microsoft):
    """A new Ada Example gets the old one's address at Microsoft: her subject is another."""
    sign_in(Client(), provider)
    response = sign_in(client, provider, sub="another-ada")
    assert response.status_code == 403
    assert "ask an administrator to unlink the old one" in response.text
    assert who(client) is None


def test_an_administrator_unlinks_and_the_next_account_is_linked(cast: Cast, client, provider, microsoft, signed_in):
    sign_in(Client(), provider)
    account = LinkedAccount.objects.get()
    page = f"/admin/declarations/person/{cast.ada.pk}/ways-in/"
    assert signed_in(cast.hilda).post(page, {"unlink": account.pk}, follow=True).text.count("Only an administrator")
    assert "Unlinked" in signed_in(cast.ines).post(page, {"unlink": account.pk}, follow=True).text
    assert Entry.objects.filter(kind="account.unlinked").count() == 1
    assert sign_in(client, provider, sub="another-ada").url == "/"
    assert "unlinked already" in signed_in(cast.ines).post(page, {"unlink": account.pk}, follow=True).text
    with pytest.raises(RefusedError, match="Not for oneself"):
        unlink(account=LinkedAccount(person=cast.ines, provider=microsoft), by=cast.ines, at=timezone.now())


def test_two_browsers_at_once_link_it_once(cast: Cast, provider, microsoft):
    for client in (Client(), Client()):
        assert sign_in(client, provider).url == "/"
    assert LinkedAccount.objects.count() == 1


def test_a_password_that_one_has_stays(cast: Cast, client, provider, microsoft):
    kept = cast.ada.password
    sign_in(client, provider)
    cast.ada.refresh_from_db()
    assert cast.ada.password == kept


# The provider in trouble -----------------------------------------------------------------------------------------------------------

TROUBLES = {
    "says it is another": {"description": {"issuer": "https://login.elsewhere.example"}},
    "sends people off in clear": {"description": {"token_endpoint": "ftp://127.0.0.1/token"}},
    "has no addresses": {"description": {"authorization_endpoint": None}},
    "is down": {"status": 503},
    "has moved": {"status": 302},
    "answers no token": {"token_answer": (200, {"access_token": "x"})},
    "answers a list": {"token_answer": (200, [])},
    "answers no JSON": {"token_answer": (200, b"<html>")},
    "answers without an end": {"token_answer": (200, b"[" * 600_000)},
    "answers in other letters": {"token_answer": (200, b"\xff\xfe")},
    "refuses the secret": {"token_answer": (401, {"error": "invalid_client"})},
}


@pytest.mark.parametrize("name", TROUBLES)
def test_trouble_at_the_provider_is_a_sentence(cast: Cast, client, provider, microsoft, name):
    brought = provider.vouch(begin(client))
    for attribute, value in TROUBLES[name].items():
        setattr(provider, attribute, value)
    cache.clear()
    response = come_back(client, brought)
    assert response.status_code == 503
    assert "cannot be asked at the moment" in response.text
    assert who(client) is None


def test_nobody_there(cast: Cast, client, provider, microsoft, settings):
    settings.IDENTITY_ISSUERS = {"microsoft": "http://127.0.0.1:9/{tenant}/v2.0"}
    response = client.get(MICROSOFT)
    assert response.status_code == 503
    assert "Sign in with a code by e-mail meanwhile" in response.text


@pytest.mark.parametrize("mode", [0o640, 0o604, None])
def test_a_secret_that_is_missing_or_that_others_can_read_is_not_used(cast: Cast, client, provider, microsoft, settings, mode):
    path = settings.IDENTITY_SECRETS_DIR / "hillside-microsoft"
    path.unlink() if mode is None else path.chmod(mode)
    response = sign_in(client, provider)
    assert response.status_code == 503
    assert "token" not in "".join(provider.requests)


def test_a_provider_that_is_not_in_use_is_not_there(cast: Cast, client, provider, microsoft):
    brought = provider.vouch(begin(client))
    IdentityProvider.objects.update(in_use=False)
    assert client.get(MICROSOFT).status_code == 404
    assert come_back(client, brought).status_code == 404
    assert "Microsoft" not in client.get("/accounts/login/").text


# Fresh proof -----------------------------------------------------------------------------------------------------------------------


def test_proving_again_asks_for_the_password_there(cast: Cast, client, provider, microsoft):
    sign_in(client, provider)
    aged(client)
    brought = provider.vouch(begin(client, again="1", next="/sign/"))
    assert (provider.asked["prompt"], provider.asked["max_age"]) == ("login", "0")
    assert come_back(client, brought).url == "/sign/"
    assert client.session["account_authentication_methods"][-1]["reauthenticated"] is True


def test_proving_again_with_an_old_sign_in_there_is_none(cast: Cast, client, provider, microsoft):
    sign_in(client, provider)
    aged(client)
    brought = provider.vouch(begin(client, again="1"), auth_time=int(time.time()) - 3600)
    assert "no fresh proof" in come_back(client, brought).text
    # Whoever sits at an open browser leaves out of the address that the password is to be asked for: Microsoft then says nothing.
    brought = provider.vouch(begin(client, again="1"), auth_time=None)
    response = come_back(client, brought)
    assert (response.status_code, "no fresh proof" in response.text) == (403, True)
    assert not any(record.get("reauthenticated") for record in client.session["account_authentication_methods"])


def test_proving_again_as_somebody_else_is_refused(cast: Cast, client, provider, microsoft):
    sign_in(client, provider)
    aged(client)
    brought = provider.vouch(begin(client, again="1"), sub="ben", preferred_username="ben@hillside.example")
    assert "somebody else" in come_back(client, brought).text
    assert who(client) == cast.ada


def test_signing_in_changes_the_session_and_ends_the_one_before(cast: Cast, client, provider, microsoft):
    address = begin(client)
    before = client.session.session_key
    come_back(client, provider.vouch(address))
    assert client.session.session_key != before
    assert not client.session.__class__().exists(before)


def test_people_without_an_address_are_never_matched(cast: Cast, client, provider, microsoft):
    make_person(cast.hillside, "", "Nora Kitchen", "midday supervisor")
    assert sign_in(client, provider, preferred_username="@hillside.example").status_code == 403
    assert who(client) is None
