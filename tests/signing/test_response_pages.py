"""Wanting to talk first, or declining, on the pages of the staff."""

import re

import pytest
from django.utils import timezone

from declarations.organisation.models.school import School
from declarations.signing.actions import responses
from declarations.signing.models.response import Response
from tests.cast import Cast, read_everything

pytestmark = pytest.mark.pages


def texts_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_sign_page_offers_both(cast: Cast, signed_in):
    page = signed_in(cast.ada).get("/sign/").content.decode()
    assert '<a class="btn btn-outline-primary" href="/sign/reply/?kind=talk">' in page
    assert '<a class="btn btn-outline-secondary" href="/sign/reply/?kind=decline">' in page


@pytest.mark.parametrize(("kind", "checked"), [("talk", "talk"), ("decline", "decline"), ("no such", ""), ("\x00", ""), ("", "")])
def test_the_link_says_which(cast: Cast, signed_in, kind, checked):
    page = signed_in(cast.ada).get("/sign/reply/", {"kind": kind}).content.decode()
    assert re.findall(r'<input type="radio"[^>]*value="(\w+)"[^>]*checked', page) == ([checked] if checked else [])


def test_somebody_says_why_and_reads_the_answer(cast: Cast, signed_in):
    School.objects.filter(pk=cast.hillside.pk).update(listener=cast.omar)
    ada = signed_in(cast.ada)
    answer = ada.post("/sign/reply/", {"kind": "talk", "reason": "What of my\nown laptop? <b>"}, follow=True)
    page = texts_of(answer.content.decode())
    assert answer.redirect_chain == [("/sign/reply/", 302)]
    assert "Said. The answer comes from: Omar Example." in page
    assert "What of my own laptop? &lt;b&gt;" in page
    assert "Said today: Omar Example answers." in page
    assert "waits for an answer" in texts_of(ada.get("/").content.decode())
    responses.answer(response=Response.objects.get(), by=cast.omar, text="It stays at home.", at=timezone.now())
    home = texts_of(ada.get("/").content.decode())
    assert "It stays at home." in home
    assert "Reply again" in home
    # They may sign all the same, and reply again.
    assert "Send" in texts_of(ada.get("/sign/reply/").content.decode())
    read_everything(cast.ada, timezone.now())
    assert ada.get("/sign/").status_code == 200


def test_what_is_missing_is_said_beside_the_field_and_what_was_typed_stays(cast: Cast, signed_in):
    ada = signed_in(cast.ada)
    page = ada.post("/sign/reply/", {"reason": "Because"}).content.decode()
    assert "Choose one of the two." in page
    assert "Because</textarea>" in page
    page = ada.post("/sign/reply/", {"kind": "decline", "reason": " "}).content.decode()
    assert "Say why: without a reason nobody can answer you." in page
    assert not Response.objects.exists()


HOSTILE = [
    {"kind": "maybe", "reason": "x"},
    {"kind": "talk", "reason": "a\x00b"},
    {"kind": "talk", "reason": "x" * 1001},
    {"kind": ["talk", "decline"], "reason": "\u202e"},
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_input_is_told_and_nothing_is_kept(cast: Cast, signed_in, hostile):
    assert signed_in(cast.ada).post("/sign/reply/", hostile).status_code == 200
    assert not Response.objects.exists()


def test_a_second_click_says_so(cast: Cast, signed_in):
    ada = signed_in(cast.ada)
    for _click in range(2):
        answer = ada.post("/sign/reply/", {"kind": "talk", "reason": "Why?"})
    assert "You have said so already" in answer.content.decode()
    assert Response.objects.count() == 1


def test_who_has_signed_is_told(cast: Cast, signed_in):
    ben = signed_in(cast.ben)
    assert "there is nothing to decline" in ben.get("/sign/reply/").content.decode()
    assert "there is nothing to decline" in ben.post("/sign/reply/", {"kind": "talk", "reason": "Why?"}).content.decode()


def test_nobody_reads_anothers(cast: Cast, signed_in):
    responses.respond(person=cast.ada, kind="decline", reason="Between us", at=timezone.now())
    for someone in (cast.ben, cast.gita, cast.rita):
        assert "Between us" not in signed_in(someone).get("/sign/reply/").content.decode()
