"""The journey over HTTP, as the people make it."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from declarations.organisation.models.person import Person, Role
from declarations.social_media.models.account import SchoolAccount
from declarations.social_media.models.history import Keeper
from tests.access import wrong_answers
from tests.cast import Cast, sign_in_client
from tests.social_media.access import TABLE
from tests.social_media.making import LINES, draft, facts, get_ready, live, proposed

pytestmark = pytest.mark.django_db


def typed(cast: Cast, **changed) -> dict:
    proposal = {name: value for name, value in facts().items() if value is not None}
    more = {"hosted_by": "others", "direct_messages": "off", "photographs": "none", "keepers": [cast.ada.pk, cast.ben.pk], "do": "send"}
    return proposal | more | changed


def test_from_the_proposal_to_the_end(cast: Cast, signed_in):
    get_ready(cast)
    ada, ben, hilda, omar = (signed_in(person) for person in (cast.ada, cast.ben, cast.hilda, cast.omar))
    kept = ada.post("/social-media/propose/", typed(cast, registered_email="ada@mail.example"))
    assert "never a personal one" in kept.text
    assert "hillside_art" in kept.text
    account = SchoolAccount.objects.get()
    page = f"/social-media/{account.pk}/"
    assert ben.get(page).status_code == 404
    assert "hillside_art" not in ben.get("/social-media/").text
    assert ada.post(f"{page}edit/", typed(cast)).url == page
    assert omar.get(f"{page}decide/").status_code == 403
    assert "For you to do" in hilda.get("/social-media/").text
    assert "hillside_art" in hilda.get("/admin/").text
    asked = hilda.post(f"{page}decide/", {"decision": "ask", "note": "Who answers in August?"}, follow=True)
    assert "Who answers in August?" in asked.text
    assert "hillside_art" in ada.get("/").text
    assert ada.post(f"{page}answer/", {"answer": "Ben and I."}).url == page
    assert "Choose the day by which" in hilda.post(f"{page}decide/", {"decision": "approve"}).text
    on = cast.hillside.day_of(timezone.now())
    until = on + dt.timedelta(days=200)
    assert hilda.post(f"{page}decide/", {"decision": "approve", "review_on": until, "conditions": "No stories."}).url == page
    assert "not the address" in ben.post(f"{page}live/", {"address": "https://else.example"}).text
    assert ben.post(f"{page}live/", {"address": account.address or facts()["address"]}).url == page
    assert "Choose yes, no or" in ben.post(f"{page}review/", {"next_on": until}).text
    assert ben.post(f"{page}review/", LINES | {"next_on": until}).url == page
    Person.objects.filter(pk=cast.ben.pk).update(leaves_on=on + dt.timedelta(days=10))
    assert "leaves the school on" in ada.get(page).text
    assert ada.post(f"{page}hand-over/", {"keeper": cast.ben.pk, "to": cast.ines.pk}).url == page
    assert omar.post(f"{page}suspend/", {"reason": "A link to a shop."}).url == page
    assert hilda.post(f"{page}lift/").url == page
    closed = ada.post(f"{page}close/", {"closed_content": "kept", "sign_in_removed_by": "Ines Example"}, follow=True)
    assert "sign-in removed by Ines Example" in closed.text
    assert ada.get(f"{page}close/").status_code == 403


def test_a_draft_is_saved_as_it_is(cast: Cast, signed_in):
    get_ready(cast)
    ada = signed_in(cast.ada)
    saved = ada.post("/social-media/register/", {"platform": "x", "hosted_by": "school", "direct_messages": "off", "photographs": "none"})
    account = SchoolAccount.objects.get()
    assert (saved.url, account.found_live, account.proposed_at) == (f"/social-media/{account.pk}/edit/", True, None)
    assert "Type the name of the platform" in ada.post(saved.url, typed(cast, platform="other")).text


@pytest.mark.parametrize("number", ["9" * 19, str(2**63), "9" * 40])
def test_a_keeper_with_a_number_that_no_database_has_is_refused_beside_the_field(cast: Cast, signed_in, number: str):
    page = signed_in(cast.ben).post("/social-media/propose/", typed(cast, keepers=[cast.ada.pk, number]))
    assert page.status_code == 200
    assert number in page.context["form"].errors["keepers"][0]
    assert not SchoolAccount.objects.exists()


def test_the_head_answers_in_words_for_younger_pupils(cast: Cast, signed_in):
    page = f"/social-media/{proposed(cast, youngest_age=11).pk}/decide/"
    hilda = signed_in(cast.hilda)
    assert "takes members from the age of 13; the audience begins at 11" in hilda.get(page).text
    until = cast.hillside.day_of(timezone.now()) + dt.timedelta(days=90)
    assert "Say why younger pupils" in hilda.post(page, {"decision": "approve", "review_on": until}).text


def test_the_page_says_who_decides_and_if_nobody_does(cast: Cast, signed_in):
    account = proposed(cast)
    page = f"/social-media/{account.pk}/"
    assert "It is decided by: Hilda Example" in signed_in(cast.ada).get(page).text
    Role.objects.filter(name="headteacher").update(removed_at=account.proposed_at)
    assert "Nobody can decide about it yet" in signed_in(cast.ada).get(page).text


@pytest.mark.parametrize("name", ["ada", "hilda", "omar"])
def test_more_accounts_that_wait_take_no_more_queries(cast: Cast, signed_in, name):
    client = signed_in(getattr(cast, name))
    proposed(cast), proposed(cast, by="hilda")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/social-media/").status_code == 200
        counts.append(len(queries))
        for _more in range(5):
            proposed(cast), proposed(cast, by="hilda")
    assert counts == [counts[0]] * 2


def with_password_alone(person: Person) -> Client:
    """Signed in without a second factor, which everybody with a role has to show."""
    client = sign_in_client(Client(), person)
    session = client.session
    session["account_authentication_methods"] = session["account_authentication_methods"][:1]
    session.save()
    return client


def test_a_role_does_nothing_before_the_second_factor(cast: Cast, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    waiting, used = proposed(cast), live(cast)
    hilda, omar = with_password_alone(cast.hilda), with_password_alone(cast.omar)
    assert "Decide" in hilda.get(f"/social-media/{waiting.pk}/").text
    acts = [
        (hilda, waiting, "decide", {"decision": "decline", "note": "No."}),
        (omar, used, "suspend", {"reason": "A link to a shop."}),
        (omar, used, "hand-over", {"keeper": cast.ben.pk, "to": cast.ines.pk}),
        (omar, used, "close", {"closed_content": "kept", "sign_in_removed_by": "Omar"}),
    ]
    for client, account, name, data in acts:
        page = f"/social-media/{account.pk}/{name}/"
        for response in (client.get(page), client.post(page, data)):
            assert (response.status_code, response.url) == (302, "/accounts/2fa/"), name
    assert SchoolAccount.objects.filter(decided_at__isnull=True, pk=waiting.pk).exists()
    assert not used.suspensions.exists()
    assert sign_in_client(Client(), cast.hilda).post(f"/social-media/{waiting.pk}/decide/", acts[0][3]).status_code == 302
    assert SchoolAccount.objects.filter(approved=False, pk=waiting.pk).exists()


def test_a_keeper_with_a_role_keeps_without_the_second_factor(cast: Cast, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    account = live(cast)
    Keeper.objects.create(account=account, person=cast.omar, added_by=cast.ada, added_at=account.live_at)
    omar = with_password_alone(cast.omar)
    assert omar.get(f"/social-media/{account.pk}/review/").status_code == 200
    assert omar.get(f"/social-media/{account.pk}/suspend/").status_code == 302


def test_another_school_sees_nothing(cast: Cast, signed_in):
    account = live(cast)
    assert signed_in(cast.rosa).get(f"/social-media/{account.pk}/").status_code == 404
    assert "hillside_art" not in signed_in(cast.rosa).get("/social-media/").text


def test_who_gets_in(cast: Cast, clients):
    assert wrong_answers(cast, clients, TABLE) == {}


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_asks_as_much_whatever_it_holds(cast: Cast, signed_in, django_assert_num_queries, many):
    for _ in range(many):
        live(cast)
        proposed(cast)
        draft(cast)
    ada = signed_in(cast.ada)
    ada.get("/social-media/")
    with django_assert_num_queries(6):
        ada.get("/social-media/")
