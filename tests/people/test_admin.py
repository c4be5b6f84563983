"""People and their roles at the leadership's desk."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from declarations.dual_control.models import GuardedChange
from declarations.organisation.models.person import Person, Role

pytestmark = pytest.mark.pages

ADD = "/admin/declarations/person/add/"


def url(person):
    return reverse("admin:declarations_person_change", args=[person.pk])


def typed(**changes):
    nina = {"full_name": "Nina New", "email": "nina@hillside.example", "job_title": "cook", "category": "staff"}
    return nina | {"starts_on": "", "leaves_on": ""} | changes


@pytest.mark.parametrize("name", ["hilda", "ines"])
def test_adding_somebody_without_a_password(cast, signed_in, name):
    client = signed_in(getattr(cast, name))
    assert "a code that is sent to it" in client.get(ADD).content.decode()
    assert client.post(ADD, typed(email="Nina@Hillside.Example")).status_code == 302
    nina = Person.objects.get(email="nina@hillside.example")
    assert nina.school == cast.hillside
    assert not nina.has_usable_password()


def test_the_school_cannot_be_chosen_by_school_people(cast, signed_in):
    signed_in(cast.hilda).post(ADD, typed(school=cast.riverside.pk))
    assert Person.objects.get(email="nina@hillside.example").school == cast.hillside
    signed_in(cast.hilda).post(url(cast.ada), typed(email=cast.ada.email, school=cast.riverside.pk))
    cast.ada.refresh_from_db()
    assert cast.ada.school == cast.hillside


def test_the_trust_chooses_the_school(cast, signed_in):
    signed_in(cast.tara).post(ADD, typed(email="nina@riverside.example", school=cast.riverside.pk))
    assert Person.objects.get(email="nina@riverside.example").school == cast.riverside


@pytest.mark.parametrize("email", ["ben@hillside.example", "BEN@Hillside.Example", " rosa@riverside.example "])
def test_an_email_address_that_is_taken_is_answered_beside_the_field(cast, signed_in, email):
    response = signed_in(cast.ines).post(ADD, typed(email=email))
    assert response.status_code == 200
    assert response.context["adminform"].form.errors["email"] == ["Somebody already signs in with this e-mail address."]
    assert "Nina New" in response.content.decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "nobody"},
        {"full_name": "  "},
        {"full_name": "a\x00b"},
        {"full_name": "a" * 121},
        {"category": "king"},
        {"leaves_on": "x"},
        {"starts_on": "2027-01-02", "leaves_on": "2027-01-01"},
    ],
)
def test_what_cannot_be_is_answered_and_nothing_is_saved(cast, signed_in, changes):
    before = Person.objects.count()
    response = signed_in(cast.ines).post(ADD, typed(**changes))
    assert response.status_code == 200
    assert 'class="errorlist' in response.content.decode()
    assert Person.objects.count() == before


def test_nobody_sets_their_own_last_day(cast, signed_in):
    page = reverse("admin:declarations_person_leaving", args=[cast.hilda.pk])
    said = {"do": "leave", "leaves_on": "2099-01-01"}
    assert "Nobody sets their own last day" in signed_in(cast.hilda).post(page, said).content.decode()
    cast.hilda.refresh_from_db()
    assert cast.hilda.leaves_on is None
    signed_in(cast.omar).post(page, said)
    cast.hilda.refresh_from_db()
    assert cast.hilda.leaves_on == dt.date(2099, 1, 1)


def test_leadership_does_not_change_the_sign_in_of_people_with_roles(cast, signed_in):
    signed_in(cast.hilda).post(url(cast.ines), typed(full_name="Ines Example", email="hilda2@hillside.example"))
    cast.ines.refresh_from_db()
    assert cast.ines.email == "ines@hillside.example"


def confirmed(client):
    """A second person confirms what was asked for."""
    assert "Confirmed" in client.post("/admin/changes/", {"change": GuardedChange.objects.get().pk, "do": "confirm"}, follow=True).text


def give(person):
    return reverse("admin:declarations_person_give_role", args=[person.pk])


def take(role):
    return reverse("admin:declarations_person_take_role", args=[role.person_id, role.pk])


def test_an_administrator_gives_and_takes_roles(cast, signed_in):
    client = signed_in(cast.ines)
    page = client.post(give(cast.ben), {"name": "leadership"}, follow=True).content.decode()
    assert "Ben Example has the role Leadership once somebody of the leadership confirms it" in page
    assert not Role.objects.filter(person=cast.ben).exists()
    confirmed(signed_in(cast.hilda))
    role = Role.objects.get(person=cast.ben)
    assert role.granted_by == cast.ines
    page = client.post(take(role), follow=True).content.decode()
    assert "no longer has the role" in page
    role.refresh_from_db()
    assert role.removed_by == cast.ines
    assert "taken away already" in client.post(take(role), follow=True).content.decode()
    history = client.get(reverse("admin:declarations_person_history", args=[cast.ben.pk])).content.decode()
    assert "Asked for: the role Leadership." in history


def test_an_auditors_role_needs_its_end(cast, signed_in):
    client = signed_in(cast.ines)
    response = client.post(give(cast.ben), {"name": "auditor"})
    assert response.status_code == 200
    assert response.context["role_form"].errors == {"ends_on": ["An auditor's role needs the day on which it ends."]}
    assert not Role.objects.filter(person=cast.ben).exists()
    end = timezone.localdate() + dt.timedelta(days=30)
    client.post(give(cast.ben), {"name": "auditor", "ends_on": end.isoformat()})
    confirmed(signed_in(cast.hilda))
    assert Role.objects.get(person=cast.ben).ends_on == end


@pytest.mark.parametrize("sent", [{}, {"name": "king"}, {"name": "auditor", "ends_on": "x"}, {"name": "leadership\x00"},
                                  {"name": "leadership", "ends_on": "2020-01-01"}])  # fmt: skip
def test_a_role_that_cannot_be_is_answered(cast, signed_in, sent):
    response = signed_in(cast.ines).post(give(cast.ben), sent)
    assert response.status_code == 200
    assert response.context["role_form"].errors
    assert not Role.objects.filter(person=cast.ben).exists()


def test_nobody_changes_their_own_roles_and_only_administrators_change_any(cast, signed_in):
    own = signed_in(cast.ines)
    assert "These are your own roles" in own.get(url(cast.ines)).content.decode()
    own.post(give(cast.ines), {"name": "leadership"})
    own.post(take(Role.objects.get(person=cast.ines)))
    assert cast.ines.roles(on=timezone.localdate()) == {"administrator"}
    head = signed_in(cast.hilda)
    assert "Only an administrator" in head.get(url(cast.ben)).content.decode()
    assert head.post(give(cast.ben), {"name": "leadership"}).status_code == 403
    assert head.post(take(Role.objects.get(person=cast.omar))).status_code == 403
    assert head.get(give(cast.ben)).status_code == 302
    assert signed_in(cast.ines).post(take(Role.objects.get(person=cast.rosa))).status_code == 404
    mixed = reverse("admin:declarations_person_take_role", args=[cast.ben.pk, Role.objects.get(person=cast.omar).pk])
    assert signed_in(cast.ines).post(mixed).status_code == 404
    assert Role.objects.filter(removed_at__isnull=False).count() == 0
