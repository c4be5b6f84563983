"""Nobody becomes somebody else: what a leader or an administrator tries is refused or delayed, told, and in the log."""

import datetime as dt
import json

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from declarations.common.errors import RefusedError
from declarations.devices.models import Permission
from declarations.dual_control import actions
from declarations.dual_control.models import GuardedChange
from declarations.evidence.models import Entry
from declarations.organisation.authorise import LEADERSHIP, may_act
from declarations.organisation.models.person import Person
from declarations.people import identity
from declarations.people.roles import grant_role
from declarations.signing.actions import kiosk
from declarations.signing.models.declaration import Declaration
from tests.cast import Cast, make_person, read_everything
from tests.dual_control.attackers import EVIL, change_address, come_in, enrol, link_in, posted, settle
from tests.evidence.owner import checked
from tests.sign_in.proofs import by_password, with_app

ADA = "ada@hillside.example"


def form(cast: Cast, person: Person) -> dict[str, object]:
    current = read_everything(person, timezone.now())
    ticks = {f"confirm_{one['key']}": "on" for one in cast.aup.confirmations}
    return {"aup": current["aup"].pk, "leaflet": current["leaflet"].pk, "typed_name": person.full_name, **ticks}


def record(kind: str) -> dict:
    return json.loads(bytes(Entry.objects.filter(kind=kind).latest("pk").record))


def test_a_leader_who_changes_a_colleagues_address_signs_nothing_in_their_name(cast: Cast, signed_in):
    ada = by_password(cast.ada)
    page = change_address(signed_in(cast.omar), cast.ada)
    assert "sign nothing for 24 hours" in page
    told = posted()
    assert {ADA, EVIL} <= told.keys()
    assert "Omar Example" in told[ADA]
    assert ada.get("/").status_code == 302, "her session is ended"
    thief = come_in()
    assert thief.get("/").status_code == 200
    assert thief.get("/sign/").url == "/waiting/"
    assert "Until" in thief.get("/waiting/").text
    assert "Until" in thief.get("/").text
    assert thief.post("/sign/", form(cast, cast.ada)).url == "/waiting/"
    assert not Declaration.objects.filter(person=cast.ada).exists()
    facts = record("change.made")
    assert (facts["what"], facts["person"]["id"], facts["by"]["id"]) == ("address", cast.ada.pk, cast.omar.pk)
    assert EVIL not in json.dumps(facts)
    assert ADA not in json.dumps(facts)
    assert facts["before_sha256"] != facts["after_sha256"]
    assert checked() == (0, [])


def test_nor_at_the_tablet_nor_by_an_action(cast: Cast, signed_in):
    change_address(signed_in(cast.omar), cast.ada)
    at = timezone.now()
    _code, text = kiosk.give_code(person=cast.ada, by=cast.omar, at=at)
    tablet = kiosk.open_tablet(school=cast.hillside, by=cast.omar, at=at, lasts=dt.timedelta(hours=1))
    client = Client()
    session = client.session
    session["tablet"] = tablet.pk
    session.save()
    client.post("/tablet/", {"code": text})
    client.post("/tablet/sign/", form(cast, cast.ada))
    assert not Declaration.objects.filter(person=cast.ada).exists()


def test_an_administrator_does_not_become_the_headteacher(cast: Cast, signed_in):
    with_app(cast.hilda)
    head, ines = signed_in(cast.hilda), signed_in(cast.ines)
    assert "once a second person confirms it" in change_address(ines, cast.hilda)
    page = f"/admin/declarations/person/{cast.hilda.pk}/ways-in/"
    assert "once a second person confirms it" in ines.post(page, {"do": "factors"}, follow=True).text
    cast.hilda.refresh_from_db()
    assert cast.hilda.email == "hilda@hillside.example"
    assert Authenticator.objects.filter(user=cast.hilda).exists()
    told = posted()
    assert {"hilda@hillside.example", "omar@hillside.example"} <= told.keys()
    assert "ines@hillside.example" not in told, "whoever asked is no second person"
    assert "Somebody else confirms it" in ines.get("/admin/changes/").text
    settle(ines)
    assert Authenticator.objects.filter(user=cast.hilda).exists()
    assert head.get("/").status_code == 200
    assert "Somebody asked to change how you sign in" in head.get("/").text
    assert not Permission.objects.filter(decided_by=cast.hilda).exists()
    assert [record("change.asked")[name] for name in ("what", "settled_with")] == ["factors", None]


def test_a_puppet_gets_no_role_without_the_leadership(cast: Cast, signed_in):
    ines = signed_in(cast.ines)
    cast.hillside.email_domains = "hillside.example"
    cast.hillside.save()
    fields = {"full_name": "Pat Puppet", "email": EVIL, "category": "staff"}
    assert "is of no domain of the school" in ines.post("/admin/declarations/person/add/", fields, follow=True).text
    puppet = Person.objects.get(email=EVIL)
    for role in ("leadership", "administrator"):
        ines.post(f"/admin/declarations/person/{puppet.pk}/roles/give/", {"name": role})
    assert not puppet.role_set.exists()
    told = posted()
    assert {"hilda@hillside.example", "omar@hillside.example", "ines@hillside.example", EVIL} <= told.keys()
    thief = come_in()
    enrol(thief)
    assert thief.get("/admin/").status_code == 403
    assert "2 changes wait for you or a colleague" in signed_in(cast.hilda).get("/admin/").text
    assert "Refused" in settle(signed_in(cast.hilda), "refuse")
    assert not puppet.role_set.exists()


def test_one_of_the_leadership_confirms_a_role(cast: Cast, signed_in):
    signed_in(cast.ines).post(f"/admin/declarations/person/{cast.ben.pk}/roles/give/", {"name": "leadership"})
    assert "Confirmed" in settle(signed_in(cast.hilda))
    role = cast.ben.role_set.get()
    assert (role.name, role.granted_by) == ("leadership", cast.ines)
    facts = record("change.confirmed")
    assert (facts["by"]["id"], facts["settled_with"]) == (cast.hilda.pk, "second")
    assert "confirmed by a second person: Hilda Example" in posted()["omar@hillside.example"]
    assert checked() == (0, [])


def test_from_the_address_that_they_had_it_is_confirmed_and_nobody_waits(cast: Cast, signed_in):
    change_address(signed_in(cast.omar), cast.ada, "ada.new@hillside.example")
    told = posted()
    assert "/change/" not in told["ada.new@hillside.example"]
    link = link_in(told[ADA])
    anybody = Client()
    assert "Is this right?" in anybody.get(link).text
    assert Person.objects.get(pk=cast.ada.pk).waits(at=timezone.now()), "looking changes nothing"
    assert "Confirmed. Thank you." in anybody.post(link, {"do": "confirm"}).text
    assert not Person.objects.get(pk=cast.ada.pk).waits(at=timezone.now())
    ada = come_in("ada.new@hillside.example")
    assert ada.post("/sign/", form(cast, cast.ada)).url.startswith("/declarations/")
    assert record("declaration.signed")["address_since"] is not None
    assert anybody.get(link).status_code == 404


def test_a_second_person_confirms_an_address_and_whoever_changed_it_does_not(cast: Cast, signed_in):
    omar = signed_in(cast.omar)
    change_address(omar, cast.ada, "ada.new@hillside.example")
    assert "A second person confirms it" in settle(omar)
    assert "Confirmed" in settle(signed_in(cast.hilda))
    assert not Person.objects.get(pk=cast.ada.pk).waits(at=timezone.now())


def test_a_second_change_is_not_confirmed_from_the_first_ones_address(cast: Cast, signed_in):
    omar = signed_in(cast.omar)
    change_address(omar, cast.ada)
    posted()
    change_address(omar, Person.objects.get(pk=cast.ada.pk), "worse@elsewhere.example")
    told = posted()
    assert {ADA, EVIL, "worse@elsewhere.example"} <= told.keys()
    assert "/change/" not in told[EVIL]
    # Putting the address back does not end the waiting either.
    change_address(omar, Person.objects.get(pk=cast.ada.pk), ADA)
    assert Person.objects.get(pk=cast.ada.pk).waits(at=timezone.now())


def test_the_person_confirms_in_a_session_that_was_open(cast: Cast, signed_in):
    with_app(cast.hilda)
    head = signed_in(cast.hilda)
    signed_in(cast.ines).post(f"/admin/declarations/person/{cast.hilda.pk}/ways-in/", {"do": "factors"})
    change = GuardedChange.objects.get()
    assert "Yes, it is right" in head.get("/waiting/").text
    head.post("/waiting/", {"change": change.pk, "do": "confirm"})
    change.refresh_from_db()
    assert (change.settled_with, change.settled_by) == ("session", cast.hilda)
    assert not Authenticator.objects.filter(user=cast.hilda).exists()
    assert not Person.objects.get(pk=cast.hilda.pk).waits(at=timezone.now())


def test_the_person_refuses(cast: Cast, signed_in):
    change_address(signed_in(cast.ines), cast.hilda)
    link = link_in(posted()["hilda@hillside.example"])
    assert "Refused" in Client().post(link, {"do": "refuse"}).text
    assert Person.objects.get(pk=cast.hilda.pk).email == "hilda@hillside.example"
    assert record("change.refused")["by"]["id"] == cast.hilda.pk
    assert "is not done" in posted()["omar@hillside.example"]
    assert checked() == (0, [])


def test_after_the_waiting_they_sign_and_the_record_says_how_old_the_address_was(cast: Cast, signed_in, settings):
    settings.NEW_IDENTITY_WAITS = dt.timedelta(0)
    change_address(signed_in(cast.omar), cast.ada, "ada.new@hillside.example")
    ada = come_in("ada.new@hillside.example")
    assert ada.post("/sign/", form(cast, cast.ada)).url.startswith("/declarations/")
    since = record("declaration.signed")["address_since"]
    assert since == record("change.made")["at"]


def test_whoever_waits_holds_no_role(cast: Cast):
    at = timezone.now()
    grant_role(person=cast.ada, name="leadership", by=None, at=at)
    Person.objects.filter(pk=cast.ada.pk).update(waits_until=at + dt.timedelta(hours=1))
    ada = Person.objects.get(pk=cast.ada.pk)
    assert not may_act(by=ada, school=cast.hillside, roles=LEADERSHIP, at=at)
    assert may_act(by=ada, school=cast.hillside, roles=LEADERSHIP, at=at + dt.timedelta(hours=1))


def test_every_link_code_and_session_of_before_is_ended(cast: Cast, signed_in):
    client = Client()
    client.post("/accounts/password/reset/", {"email": ADA})
    reset = posted()[ADA].split("/accounts/password/reset/key/")[1].split()[0]
    half = Client()
    half.post("/accounts/login/code/", {"email": ADA})
    code = next(line for line in posted()[ADA].splitlines() if len(line) in {8, 9} and line.isupper())
    change_address(signed_in(cast.omar), cast.ada, "ada.new@hillside.example")
    assert "This link does not work any more" in client.get(f"/accounts/password/reset/key/{reset}", follow=True).text
    half.post("/accounts/login/code/confirm/", {"code": code})
    assert half.get("/").status_code == 302


def test_an_address_that_somebody_has_by_now_is_refused_when_it_is_confirmed(cast: Cast, signed_in):
    change_address(signed_in(cast.ines), cast.hilda, "head@hillside.example")
    make_person(cast.hillside, "head@hillside.example", "Hal Example")
    assert "Somebody already signs in with this e-mail address." in settle(signed_in(cast.omar))
    assert Person.objects.get(pk=cast.hilda.pk).email == "hilda@hillside.example"


def test_what_nobody_confirms_is_over_after_a_week(cast: Cast):
    at = timezone.now()
    change = identity.change_address(person=cast.hilda, email="head@hillside.example", by=cast.ines, at=at)
    with pytest.raises(RefusedError) as refused:
        actions.confirm(change=change, by=cast.omar, at=at + dt.timedelta(days=7))
    assert refused.value.code == "too_late"


def test_the_same_is_asked_for_once(cast: Cast, signed_in):
    ines = signed_in(cast.ines)
    change_address(ines, cast.hilda)
    assert "was asked for already" in change_address(ines, cast.hilda)
    assert GuardedChange.objects.count() == 1


@pytest.mark.parametrize("who", ["rosa", "ada", "gita"])
def test_nobody_of_another_school_and_nobody_without_the_role_confirms(cast: Cast, who):
    at = timezone.now()
    change = identity.change_address(person=cast.hilda, email="head@hillside.example", by=cast.ines, at=at)
    with pytest.raises(RefusedError) as refused:
        actions.confirm(change=change, by=getattr(cast, who), at=at)
    assert refused.value.code == "not_yours"


def test_a_list_gives_nobody_with_a_role_another_address(cast: Cast, signed_in):
    from tests.staff_lists.test_import import imported

    imported(signed_in(cast.ines), ["", "Hilda Example", EVIL, "headteacher", "", "", ""], ["", "Ada Example", ADA, "", "", "", ""])
    assert Person.objects.get(pk=cast.hilda.pk).email == "hilda@hillside.example"
