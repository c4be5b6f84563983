"""The verbs of accounts, from the draft to the end, and who is refused; the log agrees with the tables at each step."""

import datetime as dt

import pytest

from declarations.common.errors import RefusedError
from declarations.evidence.models import Log
from declarations.evidence.reconcile import differences
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.people.roles import grant_role
from declarations.social_media.actions import abuse, decision, keepers, life, proposal
from declarations.social_media.models.account import SchoolAccount
from declarations.social_media.models.history import Keeper
from declarations.social_media.queries import deciders, keepers_missing, with_state
from tests.cast import Cast
from tests.social_media.making import LINES, YEAR, approved, draft, fresh, get_ready, live, proposed

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def state_of(account: SchoolAccount, on: dt.date | None = None) -> str:
    on = on or account.school.day_of(account.started_at)
    return with_state(SchoolAccount.objects.filter(pk=account.pk), on=on).get().state


def refused(code: str) -> pytest.RaisesExc[RefusedError]:
    return pytest.RaisesExc(RefusedError, check=lambda error: error.code == code)


def the_log_agrees(cast: Cast) -> None:
    assert list(differences(log=Log.objects.get(school=cast.hillside))) == []


def test_from_the_proposal_to_the_end(cast: Cast):
    account = draft(cast)
    at, ada, hilda = account.started_at, fresh(cast, "ada"), fresh(cast, "hilda")
    assert state_of(account) == "draft"
    account = proposal.send(account=account, by=ada, at=at)
    assert state_of(account) == "proposed"
    question = decision.ask(account=account, by=hilda, question="Who answers in August?", at=at)
    assert state_of(account) == "question"
    proposal.answer(question=question, by=ada, answer="Ben and I, week by week.", at=at)
    assert state_of(account) == "proposed"
    account = decision.approve(account=account, by=hilda, review_on=cast.hillside.day_of(at) + YEAR, at=at, conditions="No stories.")
    assert state_of(account) == "approved"
    account = life.go_live(account=account, by=ada, address=account.address, at=at)
    assert state_of(account) == "live"
    on = cast.hillside.day_of(at)
    for days, state in ((299, "live"), (300, "review_due"), (330, "review_due"), (331, "overdue")):
        assert state_of(account, on + dt.timedelta(days=days)) == state
    life.review(account=account, by=ada, lines=LINES | {"links": "no"}, next_on=on + dt.timedelta(days=90), at=at)
    assert state_of(account, on + dt.timedelta(days=91)) == "review_due"
    life.suspend(account=account, by=fresh(cast, "omar"), reason="A link led to a shop.", at=at)
    assert state_of(account) == "suspended"
    with refused("too_late"):
        life.suspend(account=account, by=hilda, reason="Again.", at=at)
    life.lift(account=account, by=hilda, at=at)
    assert state_of(account) == "live"
    keepers.hand_over(keeper=Keeper.objects.get(account=account, person=ada), to=cast.ines, by=ada, at=at)
    account = life.close(account=account, by=fresh(cast, "ines"), content="kept", sign_in_removed_by="Ines Example", at=at)
    assert state_of(account) == "closed"
    the_log_agrees(cast)


def test_an_account_that_was_found_stands_in_red_until_it_is_decided_and_closed(cast: Cast):
    account = proposed(cast, found_live=True)
    assert (state_of(account), account.live_by) == ("found", cast.ada)
    account = decision.decline(account=account, by=fresh(cast, "hilda"), note="We have one already.", at=account.proposed_at)
    assert state_of(account) == "declined"
    account = life.close(account=account, by=fresh(cast, "ada"), content="deleted", sign_in_removed_by="Ada", at=account.decided_at)
    assert state_of(account) == "closed"
    the_log_agrees(cast)


def test_whoever_acts_decides_but_not_about_what_the_headteacher_proposed(cast: Cast):
    of_ada, of_head = proposed(cast), proposed(cast, by="hilda")
    at, on = of_ada.proposed_at, cast.hillside.day_of(of_ada.proposed_at)
    grant_role(person=cast.ines, name="headteacher", by=None, at=at, ends_on=on + dt.timedelta(days=3))
    review_on = on + YEAR
    for account, name in ((of_ada, "hilda"), (of_head, "ines"), (of_head, "hilda")):
        with refused("own" if (account, name) == (of_head, "hilda") else "not_yours"):
            decision.approve(account=account, by=fresh(cast, name), review_on=review_on, at=at)
    assert [person.email for person in deciders(of_ada, at=at)] == ["ines@hillside.example"]
    assert [person.email for person in deciders(of_head, at=at)] == ["omar@hillside.example"]
    assert decision.approve(account=of_ada, by=fresh(cast, "ines"), review_on=review_on, at=at).approved
    the_log_agrees(cast)


def test_only_the_headteacher_decides_and_never_about_their_own(cast: Cast):
    account = proposed(cast)
    at, review_on = account.proposed_at, cast.hillside.day_of(account.proposed_at) + YEAR
    with refused("own"):
        decision.approve(account=account, by=fresh(cast, "ada"), review_on=review_on, at=at)
    for name in ("omar", "ben", "ines", "tara", "rosa"):
        with refused("not_yours"):
            decision.approve(account=account, by=fresh(cast, name), review_on=review_on, at=at)
    heads = proposed(cast, by="hilda")
    assert [person.email for person in deciders(heads, at=at)] == ["omar@hillside.example"]
    with refused("own"):
        decision.approve(account=heads, by=fresh(cast, "hilda"), review_on=review_on, at=at)
    assert decision.approve(account=heads, by=fresh(cast, "omar"), review_on=review_on, at=at).approved
    School.objects.filter(pk=cast.hillside.pk).update(fallback_decider=cast.ines)
    others = SchoolAccount.objects.select_related("school").get(pk=proposed(cast, by="hilda").pk)
    assert decision.decline(account=others, by=fresh(cast, "ines"), note="Not this year.", at=at).approved is False
    the_log_agrees(cast)


def test_a_headteacher_whose_role_has_ended_does_not_decide(cast: Cast):
    account = proposed(cast)
    Role.objects.filter(person=cast.hilda, name="headteacher").update(removed_at=account.proposed_at)
    with refused("not_yours"):
        decision.decline(account=account, by=fresh(cast, "hilda"), note="No.", at=account.proposed_at + HOUR)


def test_a_younger_audience_is_answered_in_words(cast: Cast):
    account = proposed(cast, youngest_age=11)
    at, hilda = account.proposed_at, fresh(cast, "hilda")
    on = cast.hillside.day_of(at)
    with refused("age_answer"):
        decision.approve(account=account, by=hilda, review_on=on + YEAR, at=at)
    answer = "Parents sign in with them."
    assert decision.approve(account=account, by=hilda, review_on=on + YEAR, at=at, age_answer=answer).age_answer == answer
    for review_on in (on, on + dt.timedelta(days=367)):
        with refused("review_on"):
            decision.approve(account=proposed(cast), by=hilda, review_on=review_on, at=at)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"registered_email": "ada@mail.example"}, "registered_email"),
        ({"registered_email": "ada@sub.hillside.example"}, "registered_email"),
        ({"keepers": ("ada",)}, "keepers"),
        ({"purpose": ""}, "missing"),
        ({"promised": False}, "missing"),
        ({"begins_on": None}, "missing"),
    ],
)
def test_half_a_proposal_is_kept_and_not_sent(cast: Cast, changed, code):
    account = draft(cast, **changed)
    with refused(code):
        proposal.send(account=account, by=fresh(cast, "ada"), at=account.started_at)
    assert state_of(account) == "draft"


def test_a_school_without_domains_is_told_the_mend(cast: Cast):
    account = draft(cast)
    School.objects.filter(pk=cast.hillside.pk).update(email_domains="")
    with pytest.raises(RefusedError, match="Ask an administrator"):
        proposal.send(account=account, by=fresh(cast, "ada"), at=account.started_at)


def test_keepers_are_of_the_school(cast: Cast):
    get_ready(cast)
    for stranger in ("rita", "gita"):
        with refused("keepers"):
            draft(cast, keepers=("ada", stranger))
    account = live(cast)
    with refused("person"):
        keepers.add(account=account, person=cast.rita, by=fresh(cast, "ada"), at=account.live_at)


def test_two_keepers_are_left_or_it_is_handed_over(cast: Cast):
    account = live(cast)
    at, ada, bens = account.live_at, fresh(cast, "ada"), Keeper.objects.get(account=account, person=cast.ben)
    with refused("too_few"):
        keepers.step_down(keeper=bens, by=ada, at=at)
    with refused("person"):
        keepers.hand_over(keeper=bens, to=cast.ben, by=ada, at=at)
    with refused("not_yours"):
        keepers.add(account=account, person=cast.ines, by=fresh(cast, "ines"), at=at)
    keepers.add(account=account, person=cast.ines, by=ada, at=at)
    with refused("too_late"):
        keepers.add(account=account, person=cast.ines, by=ada, at=at)
    keepers.step_down(keeper=bens, by=fresh(cast, "ben"), at=at)
    with refused("too_late"):
        keepers.hand_over(keeper=bens, to=cast.omar, by=ada, at=at)
    the_log_agrees(cast)


def test_a_keeper_who_leaves_is_noticed_a_month_before(cast: Cast):
    account = live(cast)
    on = cast.hillside.day_of(account.live_at)
    assert not keepers_missing(cast.hillside, on=on)
    Person.objects.filter(pk=cast.ben.pk).update(leaves_on=on + dt.timedelta(days=30))
    assert [found.pk for found in keepers_missing(cast.hillside, on=on)] == [account.pk]


def test_what_was_sent_is_withdrawn_by_whoever_sent_it_until_it_is_decided(cast: Cast):
    account = proposed(cast)
    at, ada = account.proposed_at, fresh(cast, "ada")
    with refused("not_yours"):
        proposal.withdraw(account=account, by=fresh(cast, "ben"), at=at)
    assert state_of(proposal.withdraw(account=account, by=ada, at=at)) == "withdrawn"
    with refused("too_late"):
        decision.decline(account=account, by=fresh(cast, "hilda"), note="No.", at=at)
    for late in (approved(cast), proposed(cast, found_live=True)):
        with refused("too_late"):
            proposal.withdraw(account=late, by=ada, at=at)
    the_log_agrees(cast)


def test_only_a_keeper_goes_live_at_the_approved_address(cast: Cast):
    account = approved(cast)
    at = account.decided_at
    with refused("not_yours"):
        life.go_live(account=account, by=fresh(cast, "hilda"), address=account.address, at=at)
    with refused("address"):
        life.go_live(account=account, by=fresh(cast, "ada"), address="https://instagram.example/another", at=at)
    with refused("too_late"):
        life.go_live(account=proposed(cast), by=fresh(cast, "ada"), address=account.address, at=at)


def test_abuse_has_its_stamps_in_any_order_and_a_warning_that_stays(cast: Cast):
    account = live(cast)
    at, ben, omar = account.live_at, fresh(cast, "ben"), fresh(cast, "omar")
    seen = {"what": "An insult under a picture", "shown_as": "user_7", "text": "…", "seen_at": at - HOUR}
    record = abuse.record(account=account, by=ben, facts=seen, at=at)
    with refused("reported_to"):
        abuse.report(abuse=record, by=ben, to=cast.ines, at=at)
    record = abuse.report(abuse=record, by=ben, to=omar, at=at)
    with refused("why_not_removed"):
        abuse.remove(abuse=record, by=ben, removal="not", why_not=" ", removed_at=at, at=at)
    record = abuse.remove(abuse=record, by=ben, removal="hidden", why_not="", removed_at=at - HOUR, at=at)
    assert record.was_removed_first
    with refused("too_late"):
        abuse.remove(abuse=record, by=ben, removal="deleted", why_not="", removed_at=at, at=at)
    with refused("not_yours"):
        abuse.acknowledge(abuse=record, by=fresh(cast, "hilda"), at=at)
    assert abuse.acknowledge(abuse=record, by=omar, at=at).acknowledged_at
    with refused("too_late"):
        abuse.acknowledge(abuse=record, by=omar, at=at)
    with refused("seen_at"):
        abuse.record(account=account, by=ben, facts=seen | {"seen_at": at + HOUR}, at=at)
    the_log_agrees(cast)


def test_a_draft_is_changed_and_thrown_away(cast: Cast):
    account = draft(cast)
    ada = fresh(cast, "ada")
    account = proposal.save_draft(by=ada, facts={"name": "new_name"}, keepers=[cast.ines], at=account.started_at, account=account)
    assert (account.name, [keeper.person for keeper in account.keepers.all()]) == ("new_name", [cast.ines])
    with refused("too_late"):
        proposal.discard_draft(account=account, by=fresh(cast, "ben"))
    proposal.discard_draft(account=account, by=ada)
    assert not SchoolAccount.objects.exists()
    with refused("too_late"):
        proposal.discard_draft(account=proposed(cast), by=ada)
