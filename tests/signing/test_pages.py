"""Read, sign, certificate."""

import datetime as dt
import re
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from declarations.mail.models import Email
from declarations.policies.models import SectionRead
from declarations.signing.models.declaration import Declaration, SignatureMetadata
from tests.cast import publish_next, sign
from tests.mail.delivery import delivered

pytestmark = pytest.mark.pages


def fields(page: str, **changes: str) -> dict[str, str]:
    """What a browser would send of the signing form: hidden ids, every tick, a name."""
    hidden = dict(re.findall(r'<input type="hidden" name="(aup|leaflet)" value="(\d+)"', page))
    ticks = dict.fromkeys(re.findall(r'name="(confirm_\w+)"', page), "on")
    return {**hidden, **ticks, "typed_name": "Ada Example", **changes}


def read(client) -> str:
    """Reads the leaflet, then the signing page."""
    client.get("/leaflet/all/")
    return client.get("/sign/").text


def test_read_sign_certificate(cast, signed_in):
    client = signed_in(cast.ada)
    before = client.get("/sign/").text
    assert "First read the rest of the leaflet" in before
    assert 'name="typed_name"' not in before, "no form before everything was shown"
    page = read(client)
    assert "Your password is yours alone." in page, "the policy is on the page in full"
    assert cast.aup.statement in page
    assert "checked" not in page, "no box is ticked for anybody"
    response = client.post("/sign/", fields(page), headers={"User-Agent": "Browser\x00 1"}, follow=True)
    declaration = Declaration.objects.get(person=cast.ada)
    assert response.redirect_chain == [(f"/declarations/{declaration.reference}/", 302)]
    for text in (declaration.reference, declaration.statement, "Ada Example", "password", cast.aup.sha256, cast.leaflet.sha256):
        assert text in response.text
    for confirmation in declaration.confirmations:
        assert escape(confirmation["text"]) in response.text
    assert declaration.signed_in_with == "password"
    assert declaration.signed_in_at is not None
    context = SignatureMetadata.objects.get(declaration=declaration)
    assert (context.ip_address, context.browser) == ("127.0.0.1", "Browser 1")
    home = client.get("/").text
    assert "You have nothing to sign." in home
    assert declaration.reference in home
    assert "Nothing to sign" in client.get("/sign/").text


def test_the_signer_gets_a_copy_by_e_mail(cast, signed_in):
    client = signed_in(cast.ada)
    page = client.post("/sign/", fields(read(client)), follow=True).text
    assert "A copy is on its way to ada@hillside.example" in page
    assert mail.outbox == [], "the worker sends it: a slow mail server does not hold the page up"
    declaration = Declaration.objects.get(person=cast.ada)
    call_command("worker", "--once", stdout=StringIO())
    [message] = [message for message in mail.outbox if message.to == ["ada@hillside.example"]]
    assert declaration.reference in message.subject
    assert f"/declarations/{declaration.reference}/" in message.body
    attachment = message.attachments[0]
    assert attachment.filename == f"declaration-{declaration.reference}.pdf"
    assert attachment.content.startswith(b"%PDF")


def test_a_double_click_is_one_declaration_and_both_land_on_it(cast, signed_in):
    client = signed_in(cast.ada)
    data = fields(read(client))
    first, second = client.post("/sign/", data), client.post("/sign/", data)
    assert first.url == second.url == f"/declarations/{Declaration.objects.get(person=cast.ada).reference}/"
    assert Email.objects.filter(declaration__person=cast.ada).count() == 1


def test_changed_meanwhile_signs_nothing_and_shows_the_new_text(cast, signed_in):
    client = signed_in(cast.ada)
    data = fields(read(client))
    publish_next(cast.aup, by=cast.hilda, at=timezone.now(), sign_by=None, body="# AUP\n\n## New {#new}\n\nEntirely new words.\n")
    page = client.post("/sign/", data).text
    assert "The policy changed while you were reading. Nothing has been signed" in page
    assert "Entirely new words." in page
    assert 'value="Ada Example"' in page, "what was typed is kept"
    assert "checked" not in page, "the ticks were for the old text"
    assert not Declaration.objects.filter(person=cast.ada).exists()
    assert client.post("/sign/", fields(page)).status_code == 302, "the new text was shown: it can be signed"
    assert Declaration.objects.get(person=cast.ada).aup.number == 2


def test_a_leaflet_that_changed_meanwhile_is_read_first(cast, signed_in):
    client = signed_in(cast.ada)
    data = fields(read(client))
    publish_next(cast.leaflet, by=cast.hilda, at=timezone.now(), sign_by=None, body="# L\n\n## New {#new}\n\nNew words.\n")
    page = client.post("/sign/", data).text
    assert "The policy changed while you were reading." in page
    assert "First read the rest of the leaflet" in page
    assert 'href="/leaflet/new/"' in page
    assert 'name="typed_name"' not in page
    assert not Declaration.objects.filter(person=cast.ada).exists()


def test_a_post_without_having_read_signs_nothing(cast, signed_in):
    client = signed_in(cast.ada)
    client.get("/sign/")
    data = {"aup": cast.aup.pk, "leaflet": cast.leaflet.pk, "typed_name": "Ada Example"}
    data |= {f"confirm_{confirmation['key']}": "on" for confirmation in cast.aup.confirmations}
    page = client.post("/sign/", data).text
    assert "You have not been shown every section yet." in page
    assert not Declaration.objects.filter(person=cast.ada).exists()


def test_a_missing_tick_keeps_what_was_typed_and_says_which(cast, signed_in):
    client = signed_in(cast.ada)
    data = fields(read(client), typed_name="Ada Lovelace Example")
    del data["confirm_breach"]
    page = client.post("/sign/", data).text
    assert "<title>Error:" in re.sub(r"\s+", " ", page).replace("<title> ", "<title>")
    assert 'href="#id_confirm_breach"' in page, "the summary leads to the field"
    assert "Tick this to sign." in page
    assert 'value="Ada Lovelace Example"' in page
    assert len(re.findall(r"<input[^>]*name=\"confirm_\w+\"[^>]*checked", page)) == 4
    assert not Declaration.objects.filter(person=cast.ada).exists()


@pytest.mark.parametrize("name", ["", "   ", "A\x00da", "Ada\x07", "x" * 121, "\u202eadA"])
def test_a_name_that_is_none_is_refused_beside_the_field(cast, signed_in, name):
    client = signed_in(cast.ada)
    page = client.post("/sign/", fields(read(client), typed_name=name))
    assert page.status_code == 200
    assert 'href="#id_typed_name"' in page.text
    assert not Declaration.objects.filter(person=cast.ada).exists()


def test_a_typed_name_is_kept_in_one_form(cast, signed_in):
    client = signed_in(cast.ada)
    client.post("/sign/", fields(read(client), typed_name="  Zoe\u0308   Example "))
    assert Declaration.objects.get(person=cast.ada).typed_name == "Zo\u00eb Example"


@pytest.mark.parametrize("ids", [{"aup": "x"}, {"aup": "99999999999999999999999"}, {"leaflet": "-1"}, {"aup": "", "leaflet": ""}])
def test_wrong_ids_are_a_policy_that_changed(cast, signed_in, ids):
    client = signed_in(cast.ada)
    page = client.post("/sign/", fields(read(client), **ids))
    assert page.status_code == 200
    assert "The policy changed while you were reading." in page.text
    assert not Declaration.objects.filter(person=cast.ada).exists()


def test_signing_by_code_says_so(cast, client):
    client.post("/accounts/login/code/", {"email": "ada@hillside.example"})
    code = re.search(r"^\s*([A-Z0-9]+(-[A-Z0-9]+)*)\s*$", delivered()[0].body, re.MULTILINE)[1]
    client.post("/accounts/login/code/confirm/", {"code": code})
    client.post("/sign/", fields(read(client)))
    assert Declaration.objects.get(person=cast.ada).signed_in_with == "code by e-mail"


def test_a_new_version_asks_again_and_both_declarations_stay(cast, signed_in):
    client = signed_in(cast.ben)
    old = Declaration.objects.get(person=cast.ben)
    by = timezone.now().date() + dt.timedelta(days=14)
    publish_next(cast.aup, by=cast.hilda, at=timezone.now(), sign_by=by)
    home = client.get("/").text
    assert f"Sign again by {by.day} {by:%B %Y}." in home
    assert "to be signed" in home
    client.post("/sign/", fields(read(client)))
    page = client.get("/declarations/").text
    assert old.reference in page
    assert Declaration.objects.exclude(pk=old.pk).get(person=cast.ben).reference in page
    assert "Everything that you have signed" in page


def test_certificates_are_for_the_signer_the_leadership_and_the_auditors_of_the_school(cast, signed_in):
    declaration = Declaration.objects.get(person=cast.ben)
    for name in ("certificate", "certificate_pdf"):
        url = reverse(name, args=[declaration.reference])
        for person in (cast.ben, cast.hilda, cast.gita, cast.tara):
            assert signed_in(person).get(url).status_code == 200, person
        for person in (cast.ada, cast.ines, cast.rosa, cast.rita):
            assert signed_in(person).get(url).status_code == 404, person


def test_the_certificate_on_paper(cast, signed_in):
    declaration = Declaration.objects.get(person=cast.ben)
    response = signed_in(cast.ben).get(reverse("certificate_pdf", args=[declaration.reference]))
    assert response["Content-Type"] == "application/pdf"
    assert f'filename="declaration-{declaration.reference}.pdf"' in response["Content-Disposition"]
    assert response.content.startswith(b"%PDF")


def test_a_reference_may_be_typed_carelessly(cast, signed_in):
    reference = Declaration.objects.get(person=cast.ben).reference
    typed = reference.lower().replace("-", " ").replace("1", "l").replace("0", "o")
    assert signed_in(cast.ben).get(f"/declarations/{typed}/").status_code == 200


def test_nobody_signs_before_they_start(cast, signed_in):
    cast.ada.starts_on = timezone.now().date() + dt.timedelta(days=7)
    cast.ada.save()
    client = signed_in(cast.ada)
    page = client.post("/sign/", fields(read(client))).text
    assert "You are not at the school on this day" in page
    assert not Declaration.objects.filter(person=cast.ada).exists()


def test_showing_the_signing_page_records_the_policy(cast, signed_in):
    signed_in(cast.ada).get("/sign/")
    assert set(SectionRead.objects.filter(person=cast.ada, version=cast.aup).values_list("section_key", flat=True)) == {
        "accounts",
        "reporting",
    }
    assert sign(cast.ada).aup_id == cast.aup.pk
