"""Leaving: one commit, and the next thing that anybody asks says no; ahead, taken back, and coming back."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from declarations.common.errors import RefusedError
from declarations.devices.actions.approval import approve
from declarations.devices.models import Permission
from declarations.evidence.models import Entry
from declarations.network import authorise, coa
from declarations.network.authorise import fingerprint
from declarations.network.models import Controller, Disconnect, LastSeen, NetworkToken
from declarations.organisation.models.person import Person, Role
from declarations.people import leaving
from declarations.people.roles import grant_role
from declarations.signing.models.declaration import Declaration
from tests.cast import PASSWORD, make_person, sign
from tests.evidence.owner import checked, facts_of

TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)
TOKEN = "a token of the tests"
ADDRESS = "3C:22:FB:00:00:01"


@pytest.fixture
def at(cast) -> dt.datetime:
    return timezone.now()


def page(person: Person) -> str:
    return reverse("admin:declarations_person_leaving", args=[person.pk])


def on_the_network(cast, at) -> None:
    """ben's phone is approved, and on; the school has a controller that listens."""
    approve(permission=Permission.objects.get(owner=cast.ben), by=cast.hilda, until=TODAY + 90 * DAY, at=at)
    NetworkToken.objects.create(school=cast.hillside, slot=1, name="Main", sha256=fingerprint(TOKEN), created_at=at)
    Controller.objects.create(school=cast.hillside, name="Main", host="192.0.2.1", secret_name="main")
    device = Permission.objects.get(owner=cast.ben).device
    LastSeen.objects.create(school=cast.hillside, device=device, address=ADDRESS, reason="", seen_at=at)


def answer(at: dt.datetime) -> str:
    decision = authorise.decide(token=TOKEN, address=ADDRESS, at=at)
    assert decision is not None
    return decision.reason


def test_one_commit_and_everything_says_no(cast, signed_in, at):
    """An open browser, the desk, an export, the network, the controllers, sign-in by code: all with the next request."""
    on_the_network(cast, at)
    grant_role(person=cast.ben, name="leadership", by=None, at=at)
    browser, model_admin = signed_in(cast.ben), signed_in(cast.ben)
    assert [browser.get(path).status_code for path in ("/", "/register.csv", "/register.pdf", "/certificates.zip", "/admin/")] == [200] * 5
    assert answer(at) == ""
    assert coa.queue(at=at) == 0

    leaving.leave(person=cast.ben, leaves_on=TODAY, by=cast.ines, at=at)

    for path in ("/", "/register.csv", "/register.pdf", "/certificates.zip", "/admin/", "/declarations/", "/devices/"):
        response = browser.get(path)
        assert (response.status_code, response.url.partition("?")[0]) == (302, "/accounts/login/"), path
    assert model_admin.post("/admin/declarations/person/add/", {"full_name": "X"}).status_code == 302
    assert answer(at) == "owner_left"
    assert coa.queue(at=at) == 1
    assert Disconnect.objects.get().reason == "owner_left"
    assert not authorise.allowed_addresses(school_id=cast.hillside.pk, at=at).exists()
    fresh = Client()
    fresh.post("/accounts/login/", {"login": cast.ben.email, "password": PASSWORD})
    assert "_auth_user_id" not in fresh.session


def test_a_day_ahead_ends_it_on_that_day_and_not_before(cast, signed_in, at):
    on_the_network(cast, at)
    client = signed_in(cast.ines)
    response = client.post(page(cast.ben), {"do": "leave", "leaves_on": (TODAY + 3 * DAY).isoformat()}, follow=True)
    assert "Ben Example leaves on" in response.content.decode()
    assert signed_in(cast.ben).get("/").status_code == 200
    assert [answer(at + days * DAY) for days in (0, 2, 3, 4)] == ["", "", "owner_left", "owner_left"]
    record = facts_of(Entry.objects.get(kind="person.left_dated"))
    assert (record["leaves_on"], record["before"], record["by"]["id"]) == ((TODAY + 3 * DAY).isoformat(), None, cast.ines.pk)
    Person.objects.filter(pk=cast.ben.pk).update(leaves_on=TODAY)  # the day has come
    assert signed_in(cast.ben).get("/").status_code == 302


def test_leaving_before_the_permission_ends_and_the_other_way_round(cast, at):
    on_the_network(cast, at)
    leaving.leave(person=cast.ben, leaves_on=TODAY + 120 * DAY, by=cast.ines, at=at)
    sign(cast.ben, at)
    assert answer(at + 91 * DAY) in {"approval_expired", "lapsed"}
    leaving.leave(person=cast.ben, leaves_on=TODAY + 10 * DAY, by=cast.ines, at=at)
    assert answer(at + 10 * DAY) == "owner_left"


def test_staying_after_all(cast, signed_in, at):
    client = signed_in(cast.hilda)
    leaving.leave(person=cast.ben, leaves_on=TODAY + 3 * DAY, by=cast.ines, at=at)
    assert "Leaves on" in client.get(page(cast.ben)).content.decode()
    assert "stays: no day is set" in client.post(page(cast.ben), {"do": "stay"}, follow=True).content.decode()
    cast.ben.refresh_from_db()
    assert cast.ben.leaves_on is None
    assert facts_of(Entry.objects.get(kind="person.stays"))["before"] == (TODAY + 3 * DAY).isoformat()
    assert "No day is set" in client.post(page(cast.ben), {"do": "stay"}).content.decode()


def test_coming_back_keeps_what_was_signed_and_wakes_nothing(cast, signed_in, at):
    on_the_network(cast, at)
    found = checked()
    grant_role(person=cast.ben, name="leadership", by=None, at=at)
    leaving.leave(person=cast.ben, leaves_on=TODAY, by=cast.ines, at=at)
    client = signed_in(cast.ines)
    shown = client.get(page(cast.ben)).content.decode()
    assert "What stays: 1 declaration" in shown
    assert "They leave on this day" not in shown
    assert "is back" in client.post(page(cast.ben), {"do": "come_back", "starts_on": TODAY.isoformat()}, follow=True).content.decode()
    ben = Person.objects.get(pk=cast.ben.pk)
    assert (ben.leaves_on, ben.starts_on, ben.roles(on=TODAY)) == (None, TODAY, frozenset())
    assert Role.objects.get(person=ben).removed_by == cast.ines
    assert Permission.objects.get(owner=ben).status == "revoked"
    assert Declaration.objects.filter(person=ben).count() == 1
    assert signed_in(ben).get("/").status_code == 200
    assert answer(at) == "not_approved"
    kinds = list(Entry.objects.filter(log__school=cast.hillside).order_by("-position").values_list("kind", flat=True)[:3])
    assert kinds == ["person.came_back", "permission.revoked", "role.removed"]
    assert checked() == found


def refused(code: str, action, **facts) -> None:
    before, log = list(Person.objects.order_by("pk").values()), Entry.objects.count()
    with pytest.raises(RefusedError) as no:
        action(**facts)
    assert no.value.code == code
    assert (list(Person.objects.order_by("pk").values()), Entry.objects.count()) == (before, log)


def test_what_cannot_be(cast, at):
    Person.objects.filter(pk=cast.ada.pk).update(starts_on=TODAY)
    refused("own", leaving.leave, person=cast.ines, leaves_on=TODAY, by=cast.ines, at=at)
    refused("not_yours", leaving.leave, person=cast.ben, leaves_on=TODAY, by=cast.ada, at=at)
    refused("not_yours", leaving.leave, person=cast.ben, leaves_on=TODAY, by=cast.rosa, at=at)
    refused("not_yours", leaving.leave, person=cast.tara, leaves_on=TODAY, by=cast.ines, at=at)
    refused("day", leaving.leave, person=cast.ada, leaves_on=TODAY - DAY, by=cast.ines, at=at)
    refused("none", leaving.stay, person=cast.ada, by=cast.ines, at=at)
    refused("here", leaving.come_back, person=cast.ada, starts_on=TODAY, leaves_on=None, by=cast.ines, at=at)
    leaving.leave(person=cast.ben, leaves_on=TODAY, by=cast.ines, at=at)
    refused("left", leaving.leave, person=cast.ben, leaves_on=TODAY + DAY, by=cast.ines, at=at)
    refused("left", leaving.stay, person=cast.ben, by=cast.ines, at=at)
    refused("day", leaving.come_back, person=cast.ben, starts_on=TODAY, leaves_on=TODAY, by=cast.ines, at=at)
    log = Entry.objects.count()
    leaving.leave(person=cast.ada, leaves_on=TODAY + DAY, by=cast.ines, at=at)
    leaving.leave(person=cast.ada, leaves_on=TODAY + DAY, by=cast.ines, at=at)
    assert Entry.objects.count() == log + 1


@pytest.mark.parametrize(
    "said", [{"leaves_on": ""}, {"leaves_on": "x"}, {"leaves_on": "2026-02-30"}, {"leaves_on": "\x00"}, {"leaves_on": "9" * 40}]
)
def test_a_day_that_is_none_is_answered_beside_the_field(cast, signed_in, said):
    response = signed_in(cast.ines).post(page(cast.ben), {"do": "leave"} | said)
    assert response.status_code == 200
    assert response.context["leave_form"].errors["leaves_on"]


def test_somebody_of_the_trust_is_dated_in_every_log(cast, at):
    grant_role(person=cast.tara, name="administrator", by=None, at=at)
    tara = Person.objects.get(pk=cast.tara.pk)
    other = make_person(None, "other@trust.example", "Other Example")
    leaving.leave(person=other, leaves_on=TODAY + DAY, by=tara, at=at)
    assert Entry.objects.filter(kind="person.left_dated").count() == 2


# Categories ---------------------------------------------------------------------------------------------------------------


def typed(**changes):
    return {"full_name": "Nina New", "email": "nina@hillside.example", "category": "staff", "starts_on": "", "leaves_on": ""} | changes


@pytest.mark.parametrize(
    ("category", "weeks"), [("supply", 12), ("contractor", 52), ("staff", None), ("volunteer", None), ("governor", None)]
)
def test_each_category_has_its_usual_end(cast, signed_in, category, weeks):
    page = signed_in(cast.ines).post("/admin/declarations/person/add/", typed(category=category), follow=True).content.decode()
    nina = Person.objects.get(email="nina@hillside.example")
    assert nina.leaves_on == (TODAY + dt.timedelta(weeks=weeks) if weeks else None)
    assert ("unless another day is set" in page) == bool(weeks)


def test_a_trainee_leaves_with_the_school_year_and_a_day_that_is_said_counts(cast, signed_in):
    client = signed_in(cast.ines)
    client.post("/admin/declarations/person/add/", typed(category="trainee"))
    ends = Person.objects.get(email="nina@hillside.example").leaves_on
    assert cast.hillside.year(on=ends).opens_on == ends
    assert TODAY < ends <= TODAY + dt.timedelta(days=366)
    said = (TODAY + 5 * DAY).isoformat()
    client.post("/admin/declarations/person/add/", typed(category="supply", email="noor@hillside.example", leaves_on=said))
    assert Person.objects.get(email="noor@hillside.example").leaves_on == TODAY + 5 * DAY


def test_a_mover_gets_the_end_of_the_new_category_and_what_it_signs(cast, signed_in):
    client = signed_in(cast.ines)
    url = reverse("admin:declarations_person_change", args=[cast.ada.pk])
    same = {"full_name": "Ada Example", "email": "ada@hillside.example", "job_title": "supply teacher", "starts_on": ""}
    page = client.post(url, same | {"category": "supply"}, follow=True).content.decode()
    assert "As supply they leave on" in page
    cast.ada.refresh_from_db()
    assert (cast.ada.category, cast.ada.leaves_on) == ("supply", TODAY + dt.timedelta(weeks=12))
    assert Entry.objects.filter(kind="person.left_dated").count() == 1
    client.post(url, same | {"category": "external"})
    assert cast.ada not in Person.objects.filter(school=cast.hillside).expected_to_sign()


def test_a_first_day_after_the_last_is_answered_beside_the_field(cast, signed_in):
    leaving.leave(person=cast.ada, leaves_on=TODAY + DAY, by=cast.ines, at=timezone.now())
    url = reverse("admin:declarations_person_change", args=[cast.ada.pk])
    said = {"full_name": "Ada Example", "email": "ada@hillside.example", "category": "staff", "starts_on": (TODAY + 2 * DAY).isoformat()}
    response = signed_in(cast.ines).post(url, said)
    assert response.context["adminform"].form.errors == {"starts_on": ["They cannot leave before they start."]}


def test_a_staff_number_is_one_persons(cast, signed_in):
    client = signed_in(cast.ines)
    Person.objects.filter(pk=cast.ben.pk).update(staff_number="B1")
    said = {"full_name": "Ada Example", "email": "ada@hillside.example", "category": "staff", "staff_number": "B1"}
    response = client.post(reverse("admin:declarations_person_change", args=[cast.ada.pk]), said)
    assert response.context["adminform"].form.errors == {"staff_number": ["Somebody else at the school has this staff number."]}
    added = client.post("/admin/declarations/person/add/", typed(staff_number="B1"))
    assert added.context["adminform"].form.errors == {"staff_number": ["Somebody else at the school has this staff number."]}


def test_the_day_is_not_set_past_its_page(cast, signed_in):
    url = reverse("admin:declarations_person_change", args=[cast.ada.pk])
    same = {"full_name": "Ada Example", "email": "ada@hillside.example", "category": "staff"}
    signed_in(cast.ines).post(url, same | {"leaves_on": TODAY.isoformat()})
    cast.ada.refresh_from_db()
    assert cast.ada.leaves_on is None


@pytest.mark.parametrize("day", ["9999-12-20", "2101-01-01", "1939-12-31", "0001-01-01"])
def test_a_day_of_no_year_that_anybody_works_in_is_answered_beside_the_field(cast, signed_in, day):
    """Where twelve weeks are added to it, the calendar itself would end."""
    said = "Give a day between 1940 and 2100."
    client = signed_in(cast.ines)
    for category in ("supply", "contractor", "staff"):
        added = client.post("/admin/declarations/person/add/", typed(category=category, starts_on=day, leaves_on=day))
        assert added.context["adminform"].form.errors == {"starts_on": [said], "leaves_on": [said]}
    left = client.post(page(cast.ben), {"do": "leave", "leaves_on": day})
    assert left.context["leave_form"].errors == {"leaves_on": [said]}
    Person.objects.filter(pk=cast.ben.pk).update(leaves_on=TODAY, category="supply")
    back = client.post(page(cast.ben), {"do": "come_back", "starts_on": day, "leaves_on": day})
    assert back.context["back_form"].errors == {"starts_on": [said], "leaves_on": [said]}
    assert Person.objects.get(pk=cast.ben.pk).leaves_on == TODAY


def test_a_trainee_of_a_later_year_leaves_with_that_one(cast, signed_in):
    opens_on = cast.hillside.year(on=TODAY + dt.timedelta(days=800)).opens_on
    client = signed_in(cast.ines)
    client.post("/admin/declarations/person/add/", typed(category="trainee", starts_on=opens_on.isoformat()))
    assert Person.objects.get(email="nina@hillside.example").leaves_on == opens_on.replace(year=opens_on.year + 1)
