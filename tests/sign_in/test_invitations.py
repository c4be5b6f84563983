"""Invitations: a link for one use, for a week; looking changes nothing; any other link says the same one sentence."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from declarations.common.errors import RefusedError
from declarations.evidence.models import Entry
from declarations.mail import outbox
from declarations.mail.models import Email
from declarations.organisation.models.person import Person
from declarations.people import leaving
from declarations.sign_in import invitations
from declarations.sign_in.models import Invitation
from tests.cast import make_person
from tests.evidence.owner import checked

TODAY = timezone.localdate()
GONE = "This link does not work any more"
PASSWORD = "a quite long and new phrase"


@pytest.fixture
def nina(cast) -> Person:
    person = Person(school=cast.hillside, email="nina@hillside.example", full_name="Nina New", job_title="cook")
    person.set_unusable_password()
    person.save()
    return person


def sent(at: dt.datetime | None = None) -> list[str]:
    """The links of the letters that go now."""
    mail.outbox.clear()
    for pk in Email.objects.filter(kind="invitation", sent_at=None, dropped_at=None).values_list("pk", flat=True):
        outbox.send(pk, at=at or timezone.now())
    return [re.search(r"http://\S+(/welcome/\w+/)", message.body)[1] for message in mail.outbox]


def invited(person: Person, by: Person) -> str:
    invitations.invite(person=person, by=by, at=timezone.now())
    return sent()[0]


def test_the_whole_way(cast, signed_in, nina):
    model_admin = signed_in(cast.hilda)
    page = model_admin.post(reverse("admin:declarations_person_invite", args=[nina.pk]), follow=True).content.decode()
    assert "1 invitation is on its way." in page
    assert "Invite again" in page
    (link,) = sent()
    assert mail.outbox[0].to == ["nina@hillside.example"]
    assert "Hillside School asks its staff" in mail.outbox[0].body
    row = Invitation.objects.get()
    secret = link.split("/")[2]
    assert secret not in str(Invitation.objects.values())
    assert row.sha256 == invitations.fingerprint(secret)
    client = Client()
    for _ in range(3):
        assert "Welcome, Nina New" in client.get(link).content.decode()
    assert Invitation.objects.get().accepted_at is None
    response = client.post(link, {"password1": PASSWORD, "password2": PASSWORD})
    assert (response.status_code, response.url) == (302, "/")
    assert "the leaflet" in client.get("/").content.decode().lower()
    nina.refresh_from_db()
    assert nina.check_password(PASSWORD)
    assert nina.last_login is not None
    assert client.session["account_authentication_methods"][-1]["method"] == "invitation"
    assert list(Entry.objects.filter(kind__startswith="invitation").order_by("position").values_list("kind", flat=True)) == [
        "invitation.made",
        "invitation.accepted",
    ]
    # Used once.
    again = Client().get(link)
    assert (again.status_code, GONE in again.content.decode()) == (404, True)
    assert Client().post(link, {}).status_code == 404
    assert checked() == (0, [])


def test_without_a_password_they_sign_in_with_codes(cast, nina):
    client = Client()
    assert client.post(invited(nina, cast.ines), {"password1": "", "password2": ""}).url == "/"
    nina.refresh_from_db()
    assert not nina.has_usable_password()
    assert client.get("/").status_code == 200


def test_or_with_a_passkey(cast, nina):
    client = Client()
    link = invited(nina, cast.ines)
    assert "Go in and add a passkey" in client.get(link).text
    response = client.post(link, {"password1": "", "password2": "", "passkey": "1"})
    assert response.url == "/accounts/2fa/passkeys/add/"
    assert client.get(response.url).status_code == 200


def test_the_link_opens_nothing_once_they_have_come_in_another_way(cast, nina):
    """It would set a new password without the old one."""
    link, invitation = invited(nina, cast.ines), Invitation.objects.get()
    Person.objects.filter(pk=nina.pk).update(last_login=timezone.now())
    assert GONE in Client().get(link).text
    assert Client().post(link, {"password1": PASSWORD, "password2": PASSWORD}).status_code == 404
    # In the same moment.
    with pytest.raises(RefusedError) as refused:
        invitations.accept(invitation=invitation, password=PASSWORD, at=timezone.now())
    assert refused.value.code == "gone"
    assert Invitation.objects.get().accepted_at is None
    assert not Person.objects.get(pk=nina.pk).has_usable_password()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"password1": "short", "password2": "short"}, "password1"),
        ({"password1": PASSWORD, "password2": "other"}, "password2"),
        ({"password1": "nina@hillside.example", "password2": "nina@hillside.example"}, "password1"),
        ({"password1": f"{PASSWORD}\x00", "password2": f"{PASSWORD}\x00"}, "password1"),
        ({"password1": "x" * 129, "password2": "x" * 129}, "password1"),
    ],
)
def test_a_password_that_will_not_do_is_answered_and_the_link_still_works(cast, nina, said, field):
    link = invited(nina, cast.ines)
    response = Client().post(link, said)
    assert response.status_code == 200
    assert response.context["form"].errors[field]
    assert Client().post(link, {}).status_code == 302


def too_old(nina, by):
    return sent_at(nina, by, timezone.now() - dt.timedelta(days=7, minutes=1))


def sent_at(nina, by, at):
    invitations.invite(person=nina, by=by, at=at)
    return sent(at)[0]


def replaced(nina, by):
    first = sent_at(nina, by, timezone.now() - dt.timedelta(days=1))
    assert invited(nina, by) != first
    return first


def of_somebody_who_left(nina, by):
    link = invited(nina, by)
    leaving.leave(person=nina, leaves_on=TODAY, by=by, at=timezone.now())
    return link


def to_an_address_that_is_another_by_now(nina, by):
    link = invited(nina, by)
    Person.objects.filter(pk=nina.pk).update(email="nina.new@hillside.example")
    return link


def cut_in_two(nina, by):
    return invited(nina, by)[:30] + "/"


def of_nonsense(_nina, _by):
    return "/welcome/%ED%A0%80%00/"


@pytest.mark.parametrize("link", [too_old, replaced, of_somebody_who_left, to_an_address_that_is_another_by_now, cut_in_two, of_nonsense])
def test_any_other_link_says_the_same_sentence(cast, nina, link):
    url = link(nina, cast.ines)
    for method in ("get", "post"):
        response = getattr(Client(), method)(url)
        assert response.status_code == 404
        assert GONE in response.content.decode()
    nina.refresh_from_db()
    assert nina.last_login is None


def test_links_are_not_tried_by_the_thousand(cast, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"invitation": "3/m/ip"}
    codes = [Client().get(f"/welcome/{number:064}/").status_code for number in range(5)]
    assert codes == [404, 404, 404, 429, 429]


def test_the_same_link_when_a_letter_goes_twice_and_none_once_it_is_settled(cast, nina):
    invitations.invite(person=nina, by=cast.ines, at=timezone.now())
    letter = Email.objects.get(kind="invitation")
    first = sent()
    Email.objects.filter(pk=letter.pk).update(sent_at=None, not_before=timezone.now())
    assert sent() == first
    Email.objects.filter(pk=letter.pk).update(sent_at=None, not_before=timezone.now())
    Client().post(first[0], {})
    assert sent() == []
    letter.refresh_from_db()
    assert letter.dropped_at is not None


def test_another_secret_key_of_the_server_says_nothing_wrong(cast, nina, settings):
    invitations.invite(person=nina, by=cast.ines, at=timezone.now())
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another key that is long enough for the tests"
    assert invitations.secret_of(Invitation.objects.get()) == ""
    settings.SECRET_KEY_FALLBACKS = [old]
    assert Client().get(sent()[0]).status_code == 200


def refused(code: str, person: Person, by: Person) -> None:
    before = Invitation.objects.count(), Email.objects.count(), Entry.objects.count()
    with pytest.raises(RefusedError) as no:
        invitations.invite(person=person, by=by, at=timezone.now())
    assert no.value.code == code
    assert (Invitation.objects.count(), Email.objects.count(), Entry.objects.count()) == before


def test_who_is_not_invited(cast, nina):
    refused("not_yours", nina, cast.ada)
    refused("not_yours", nina, cast.rosa)
    refused("no_school", cast.tara, cast.ines)
    refused("no_email", make_person(cast.hillside, "", "Noor New"), cast.ines)
    Person.objects.filter(pk=cast.ada.pk).update(last_login=timezone.now())
    refused("signed_in", cast.ada, cast.ines)
    Person.objects.filter(pk=cast.ben.pk).update(leaves_on=TODAY)
    refused("left", cast.ben, cast.ines)
    invitations.invite(person=nina, by=cast.ines, at=timezone.now())
    refused("twice", nina, cast.ines)


def test_who_leaves_tomorrow_may_still_be_invited(cast, nina):
    for leaves_on, is_there in ((TODAY, False), (TODAY + dt.timedelta(days=1), True)):
        Person.objects.filter(pk=nina.pk).update(leaves_on=leaves_on)
        assert (nina in invitations.never_signed_in(cast.hillside, on=TODAY)) is is_there


def test_all_who_never_signed_in_and_the_ticked_ones(cast, signed_in, nina):
    make_person(cast.hillside, "", "Noor New")
    Person.objects.filter(school=cast.hillside).exclude(pk__in=[nina.pk, cast.ada.pk]).update(last_login=timezone.now())
    model_admin = signed_in(cast.hilda)
    Person.objects.filter(pk=cast.hilda.pk).update(last_login=timezone.now())
    page = model_admin.get(reverse("admin:declarations_person_invite_all")).content.decode()
    assert "Invite 2 people" in page
    assert "1 person has no e-mail address" in page
    assert (
        "2 invitations are on their way" in model_admin.post(reverse("admin:declarations_person_invite_all"), follow=True).content.decode()
    )
    assert len(sent()) == 2
    ticked = {"action": "invite_ticked", "_selected_action": [nina.pk, cast.ben.pk]}
    page = model_admin.post("/admin/declarations/person/", ticked, follow=True).content.decode()
    assert "invited this minute already" in page
    assert "Ben Example: They have signed in already" in page
    assert signed_in(cast.ada).post(reverse("admin:declarations_person_invite_all")).status_code == 403


def test_leaving_and_the_link_of_another_school(cast, signed_in, nina):
    assert signed_in(cast.rosa).post(reverse("admin:declarations_person_invite", args=[nina.pk])).status_code == 404
    assert signed_in(cast.ben).post(reverse("admin:declarations_person_invite", args=[nina.pk])).status_code == 403
