"""Who decides, who keeps the checkpoints, which domains are the school's, and who vouches for its people: two people, and all are told."""

import json

from django.core.management import call_command

from declarations.dual_control.models import GuardedChange
from declarations.evidence.models import Entry
from declarations.organisation.models.school import School
from declarations.sign_in.models import IdentityProvider
from tests.cast import Cast
from tests.dual_control.attackers import posted, settle
from tests.evidence.owner import checked
from tests.schools.test_school import page, typed

CHAIR, MATE = "chair@governors.example", "mate@elsewhere.example"
PROVIDER = {"kind": "microsoft", "slug": "evil", "client_id": "x", "tenant": "1" * 8 + "-1111-4111-8111-" + "1" * 12,
            "domains": "hillside.example", "in_use": "on"}  # fmt: skip


def hillside() -> School:
    return School.objects.get(slug="hillside")


def record(kind: str) -> dict:
    return json.loads(bytes(Entry.objects.filter(kind=kind).latest("pk").record))


def test_nobody_alone_says_who_keeps_the_checkpoints_and_both_are_told(cast: Cast, signed_in):
    School.objects.filter(pk=cast.hillside.pk).update(checkpoint_recipients=CHAIR)
    ines = signed_in(cast.ines)
    answer = ines.post(page(cast.hillside), typed(hillside(), checkpoint_recipients=MATE, label_dsl="lead"), follow=True)
    assert "once a second person confirms it" in answer.text
    assert (hillside().checkpoint_recipients, hillside().label_dsl) == (CHAIR, "lead")
    told = posted()
    assert {CHAIR, MATE, "hilda@hillside.example", "omar@hillside.example"} <= told.keys()
    assert f"{CHAIR} → {MATE}" in told[CHAIR]
    settle(ines)
    assert hillside().checkpoint_recipients == CHAIR
    assert "Confirmed" in settle(signed_in(cast.hilda))
    assert hillside().checkpoint_recipients == MATE
    assert CHAIR in posted(), "whoever kept them is told that it was done"
    facts = record("school.changed")
    assert facts["by"]["id"] == cast.ines.pk
    assert MATE not in json.dumps(facts)
    assert checked() == (0, [])


def test_nobody_alone_says_who_decides(cast: Cast, signed_in):
    School.objects.filter(pk=cast.hillside.pk).update(headteacher=cast.hilda, deciders="headteacher", email_domains="hillside.example")
    changes = {"headteacher": cast.omar.pk, "deciders": "leadership", "email_domains": "elsewhere.example"}
    omar = signed_in(cast.omar)
    omar.post(page(cast.hillside), typed(hillside(), **changes))
    assert (hillside().headteacher, hillside().deciders, hillside().email_domains) == (cast.hilda, "headteacher", "hillside.example")
    assert "Hilda Example → Omar Example" in posted()["hilda@hillside.example"]
    settle(signed_in(cast.ines))
    assert (hillside().headteacher, hillside().deciders, hillside().email_domains) == (cast.omar, "leadership", "elsewhere.example")
    facts = record("school.changed")
    assert facts["before"]["headteacher"] == cast.hilda.pk
    assert facts["after"] == {"headteacher": cast.omar.pk, "deciders": "leadership", "email_domains": "elsewhere.example"}
    School.objects.filter(pk=cast.hillside.pk).update(headteacher=cast.hilda)
    assert any("the school's setting headteacher" in line for line in checked()[1]), "a change that went round is found"


def test_from_the_command_line_it_is_done_and_logged_and_told(cast: Cast, capsys):
    call_command("add_person", school="hillside", email="head@hillside.example", full_name="Hal Example", headteacher=True)
    assert hillside().headteacher.full_name == "Hal Example"
    assert record("school.changed")["by"]["id"] is None
    assert checked() == (0, [])


def test_a_confirmation_that_comes_too_late_changes_nothing(cast: Cast, signed_in):
    omar = signed_in(cast.omar)
    omar.post(page(cast.hillside), typed(hillside(), email_domains="elsewhere.example"))
    School.objects.filter(pk=cast.hillside.pk).update(email_domains="hillside.example")
    assert "The settings are others by now" in settle(signed_in(cast.ines))
    assert hillside().email_domains == "hillside.example"
    assert GuardedChange.objects.get().settled_at is None


def test_an_administrator_alone_lets_no_other_tenant_vouch_for_the_schools_people(cast: Cast, signed_in):
    ines = signed_in(cast.ines)
    ines.post("/admin/declarations/identityprovider/add/", {"school": cast.hillside.pk, **PROVIDER})
    provider = IdentityProvider.objects.get(slug="evil")
    assert not provider.in_use
    assert ines.get("/accounts/with/evil/").status_code == 404
    assert "1111-4111" in posted()["hilda@hillside.example"]
    settle(signed_in(cast.hilda))
    provider.refresh_from_db()
    assert provider.in_use
    assert record("provider.set_up")["in_use"] is True


def test_what_a_provider_may_do_is_widened_by_two_and_narrowed_by_one(cast: Cast, signed_in):
    provider = IdentityProvider.objects.create(school=cast.hillside, **{**PROVIDER, "in_use": True})
    ines, path = signed_in(cast.ines), f"/admin/declarations/identityprovider/{provider.pk}/change/"
    ines.post(path, {"domains": "hillside.example elsewhere.example", "second_factor": "on", "in_use": "on"})
    provider.refresh_from_db()
    assert (provider.domains, provider.second_factor) == ("hillside.example", False)
    settle(signed_in(cast.hilda))
    provider.refresh_from_db()
    assert (provider.domains, provider.second_factor) == ("hillside.example elsewhere.example", True)
    ines.post(path, {"domains": "hillside.example"})
    provider.refresh_from_db()
    assert (provider.domains, provider.second_factor, provider.in_use) == ("hillside.example", False, False)
