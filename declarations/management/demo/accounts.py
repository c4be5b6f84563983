"""The school's accounts on social media in the demo: one in each state, told through the verbs."""

import datetime as dt
from functools import partial
from typing import Any

from declarations.management.demo.story import Story
from declarations.organisation.models.person import Person
from declarations.social_media.actions import decision, life, proposal
from declarations.social_media.models.account import SchoolAccount
from declarations.social_media.models.history import AccountReview

A_DAY = dt.timedelta(days=1)
# How many days ago the headteacher approved; a review was to follow after ninety.
APPROVED = {"approved": 3, "live": 30, "suspended": 40, "review_due": 100, "overdue": 130, "closed": 60, "reviewed": 100}


def keep_accounts(story: Story, *, head: str) -> None:
    """Notes what happened to each account of the script."""
    for plan in story.script.accounts:
        days = APPROVED.get(plan["state"], 2)
        story.then(story.calendar.days_ago(days, "16:10"), partial(tell, story, plan, head))


def tell(story: Story, plan: dict[str, Any], head: str, at: dt.datetime) -> None:
    """An account from its draft to its state."""
    state, keepers = plan["state"], [person_of(story, key) for key in plan["keepers"]]
    by, on = keepers[0], story.school.day_of(at)
    facts = {name: value for name, value in plan.items() if name not in {"state", "keepers"}}
    facts |= {"begins_on": on, "promised": True, "two_step": True, "found_live": state in {"found", "found_declined"}}
    account = proposal.save_draft(by=by, facts=facts, keepers=keepers, at=at)
    if state == "draft":
        return
    account, decider = proposal.send(account=account, by=by, at=at), person_of(story, head)
    if state == "withdrawn":
        proposal.withdraw(account=account, by=by, at=at)
    elif state == "question":
        decision.ask(account=account, by=decider, question="Who looks at comments in the holidays?", at=at)
    elif state in {"declined", "found_declined"}:
        decision.decline(account=account, by=decider, note="One account for the whole school is enough.", at=at)
    elif state not in {"proposed", "found"}:
        account = decision.approve(account=account, by=decider, review_on=on + 90 * A_DAY, conditions="No stories.", at=at)
        if state != "approved":
            live(life.go_live(account=account, by=by, address=account.address, at=at), state, by=by, head=decider, at=at)


def live(account: SchoolAccount, state: str, *, by: Person, head: Person, at: dt.datetime) -> None:
    """What happened to it after it went live."""
    if state == "suspended":
        life.suspend(account=account, by=head, reason="A link led to a shop.", at=at)
    elif state == "closed":
        life.close(account=account, by=by, content="kept", sign_in_removed_by=by.full_name, at=at)
    elif state == "reviewed":
        lines = dict.fromkeys(AccountReview.LINES, "yes")
        life.review(account=account, by=by, lines=lines, next_on=account.school.day_of(at) + 300 * A_DAY, at=at)


def person_of(story: Story, key: str) -> Person:
    """The person as the database has them at that moment, with their roles."""
    person: Person = Person.objects.select_related("school").get(pk=story.people[key].pk)
    return person
