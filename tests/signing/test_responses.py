"""Not signing for now, the answer to it, and exemptions."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from declarations.common.errors import RefusedError
from declarations.mail.models import Email
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.people.roles import remove_role
from declarations.signing.actions import responses
from declarations.signing.models.response import Exemption, Response
from tests.cast import Cast, publish_next, sign

DAY = dt.timedelta(days=1)


def says(person: Person, kind: str = "talk") -> Response:
    return responses.respond(person=person, kind=kind, reason=" What of my own laptop? ", at=timezone.now())


def told(response: Response) -> set[str]:
    return set(Email.objects.filter(response=response, kind="reply").values_list("recipient", flat=True))


def test_it_goes_to_whom_the_school_names(cast: Cast):
    School.objects.filter(pk=cast.hillside.pk).update(headteacher=cast.hilda, listener=cast.omar)
    response = says(cast.ada, "decline")
    assert (response.said_to, response.reason, response.kind) == (cast.omar, "What of my own laptop?", "decline")
    assert told(response) == {"omar@hillside.example"}
    assert Email.objects.get(response=response).person == cast.omar


def test_else_to_the_headteacher(cast: Cast):
    School.objects.filter(pk=cast.hillside.pk).update(headteacher=cast.hilda)
    assert says(cast.ada).said_to == cast.hilda


def test_else_to_all_the_leadership(cast: Cast):
    response = says(cast.ada)
    assert response.said_to is None
    assert told(response) == {"hilda@hillside.example", "omar@hillside.example"}


@pytest.mark.parametrize("why", ["own", "left", "no role"])
def test_whoever_cannot_answer_is_passed_over(cast: Cast, why):
    School.objects.filter(pk=cast.hillside.pk).update(headteacher=cast.hilda, listener=cast.omar)
    person = cast.omar if why == "own" else cast.ada
    if why == "left":
        Person.objects.filter(pk=cast.omar.pk).update(leaves_on=cast.hillside.day_of(timezone.now()))
    if why == "no role":
        remove_role(role=Role.objects.get(person=cast.omar), by=None, at=timezone.now())
    response = says(person)
    assert (response.said_to, told(response)) == (cast.hilda, {"hilda@hillside.example"})


def test_who_has_no_e_mail_finds_it_at_the_desk(cast: Cast):
    Person.objects.filter(pk=cast.hilda.pk).update(email="")
    assert told(says(cast.ada)) == {"omar@hillside.example"}


def test_one_waits_at_a_time(cast: Cast):
    first = says(cast.ada)
    with pytest.raises(RefusedError) as refused:
        says(cast.ada, "decline")
    assert refused.value.code == "waiting"
    responses.answer(response=first, by=cast.hilda, text="Yours alone.", at=timezone.now())
    assert says(cast.ada, "decline").kind == "decline"


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_it_says_why(cast: Cast, reason):
    with pytest.raises(RefusedError) as refused:
        responses.respond(person=cast.ada, kind="talk", reason=reason, at=timezone.now())
    assert refused.value.code == "reason"


def test_who_has_signed_has_nothing_to_decline(cast: Cast):
    with pytest.raises(RefusedError) as refused:
        says(cast.ben)
    assert refused.value.code == "signed"
    publish_next(cast.aup, by=cast.hilda, at=timezone.now(), sign_by=cast.hillside.day_of(timezone.now()) + DAY)
    assert says(cast.ben)


def test_who_is_not_there_says_nothing(cast: Cast):
    Person.objects.filter(pk=cast.ada.pk).update(starts_on=cast.hillside.day_of(timezone.now()) + DAY)
    for person in (cast.ada, cast.tara):
        with pytest.raises(RefusedError) as refused:
            says(person)
        assert refused.value.code == "not_there"


def test_after_a_reply_one_may_sign(cast: Cast):
    says(cast.ada, "decline")
    assert sign(cast.ada).person == cast.ada


# The answer
def test_the_answer_reaches_the_person_and_closes_it(cast: Cast):
    answered = responses.answer(response=says(cast.ada), by=cast.omar, text=" Yours alone. ", at=timezone.now())
    assert (answered.answer, answered.answered_by) == ("Yours alone.", cast.omar)
    letter = Email.objects.get(kind="answer")
    assert (letter.recipient, letter.person, letter.response) == ("ada@hillside.example", cast.ada, answered)


def test_without_e_mail_no_letter(cast: Cast):
    Person.objects.filter(pk=cast.ada.pk).update(email="")
    cast.ada.refresh_from_db()
    responses.answer(response=says(cast.ada), by=cast.omar, text="Yours alone.", at=timezone.now())
    assert not Email.objects.filter(kind="answer").exists()


def test_it_is_answered_once(cast: Cast):
    response = says(cast.ada)
    responses.answer(response=response, by=cast.omar, text="Yes.", at=timezone.now())
    with pytest.raises(RefusedError) as refused:
        responses.answer(response=response, by=cast.hilda, text="No.", at=timezone.now())
    assert refused.value.code == "too_late"
    assert Response.objects.get().answer == "Yes."


@pytest.mark.parametrize(("who", "code"), [("hilda", "own"), ("ines", "not_yours"), ("ada", "not_yours"), ("rosa", "not_yours")])
def test_the_leadership_answers_and_nobody_their_own(cast: Cast, who, code):
    response = says(cast.hilda)
    with pytest.raises(RefusedError) as refused:
        responses.answer(response=response, by=getattr(cast, who), text="Yes.", at=timezone.now())
    assert refused.value.code == code
    responses.answer(response=response, by=cast.tara, text="Yes.", at=timezone.now())


# Exemptions
def exempts(cast: Cast, person: Person, *, days: int = 30, begins: int = 0, **changed: Any) -> Exemption:
    at = changed.get("at", timezone.now())
    on = cast.hillside.day_of(at)
    facts = {"by": cast.hilda, "reason": " Long absence ", "from_on": on + begins * DAY, "until": on + days * DAY, "at": at}
    return responses.exempt(person=person, **(facts | changed))


def test_somebody_is_exempt_until_a_day(cast: Cast):
    exemption = exempts(cast, cast.ada)
    assert (exemption.reason, exemption.granted_by, exemption.ended_at) == ("Long absence", cast.hilda, None)


@pytest.mark.parametrize(
    ("who", "facts", "code"),
    [
        ("hilda", {}, "own"),
        ("ada", {"by": "ines"}, "not_yours"),
        ("ada", {"by": "rosa"}, "not_yours"),
        ("ada", {"by": "ben"}, "not_yours"),
        ("tara", {}, "not_yours"),
        ("ada", {"days": -1}, "until"),
        ("ada", {"days": 3, "begins": 4}, "until"),
        ("ada", {"days": 367}, "until"),
    ],
)
def test_what_is_refused(cast: Cast, who, facts, code):
    facts = facts | ({"by": getattr(cast, facts["by"])} if "by" in facts else {})
    with pytest.raises(RefusedError) as refused:
        exempts(cast, getattr(cast, who), **facts)
    assert refused.value.code == code
    assert not Exemption.objects.exists()


def test_one_at_a_time_and_what_has_run_out_makes_room(cast: Cast):
    first = exempts(cast, cast.ada, days=3)
    with pytest.raises(RefusedError) as refused:
        exempts(cast, cast.ada)
    assert refused.value.code == "held"
    at = timezone.now() + 4 * DAY
    second = exempts(cast, cast.ada, at=at)
    first.refresh_from_db()
    assert (first.ended_by, first.ended_at) == (None, at)
    assert second.ended_at is None


def test_it_ends_early_once(cast: Cast):
    exemption = exempts(cast, cast.ada)
    ended = responses.end_exemption(exemption=exemption, by=cast.omar, at=timezone.now())
    assert ended.ended_by == cast.omar
    with pytest.raises(RefusedError) as refused:
        responses.end_exemption(exemption=exemption, by=cast.hilda, at=timezone.now())
    assert refused.value.code == "too_late"


def test_nobody_ends_their_own(cast: Cast):
    exemption = exempts(cast, cast.omar)
    with pytest.raises(RefusedError) as refused:
        responses.end_exemption(exemption=exemption, by=cast.omar, at=timezone.now())
    assert refused.value.code == "own"


def test_what_has_run_out_is_not_ended(cast: Cast):
    exemption = exempts(cast, cast.ada, days=1)
    with pytest.raises(RefusedError) as refused:
        responses.end_exemption(exemption=exemption, by=cast.omar, at=timezone.now() + 2 * DAY)
    assert refused.value.code == "too_late"
