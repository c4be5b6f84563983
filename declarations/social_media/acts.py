"""What people do with an account, each on a page of its own: the form, who may, and the verb."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.common.errors import RefusedError
from declarations.organisation.models.person import Person
from declarations.social_media import forms as sheets
from declarations.social_media.actions import decision, keepers, life, proposal
from declarations.social_media.models.account import SchoolAccount
from declarations.social_media.models.history import AccountReview, Keeper
from declarations.social_media.queries import colleagues, is_keeper, live_keepers, may_decide, may_suspend
from declarations.social_media.rules import SHOWN_AS_LIVE, WAITING, State
from declarations.web.capability import LazyText

IN_USE = frozenset({*SHOWN_AS_LIVE, State.OVERDUE, State.SUSPENDED, State.FOUND})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who looks at which account, and when; the account has its state. Roles that are withheld decide nothing."""

    account: SchoolAccount
    by: Person
    at: dt.datetime
    is_withheld: bool = False

    @property
    def on(self) -> dt.date:
        return self.account.school.day_of(self.at)

    @property
    def keeps(self) -> bool:
        return is_keeper(self.account, person=self.by, on=self.on)

    @property
    def decides(self) -> bool:
        return not self.is_withheld and may_decide(self.account, by=self.by, at=self.at)

    @property
    def leads(self) -> bool:
        return not self.is_withheld and may_suspend(self.account, by=self.by, at=self.at)

    @property
    def proposes(self) -> bool:
        return self.by.pk == self.account.proposed_by_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """`states` in which it can be done, and by whom (`may`); `done` is said afterwards."""

    name: str
    title: LazyText
    done: LazyText
    form: type[forms.Form]
    states: frozenset[State]
    may: Callable[[Actor], bool]
    do: Callable[[Actor, dict[str, Any]], object]
    is_grave: bool = False

    def is_open(self, actor: Actor) -> bool:
        return getattr(actor.account, "state", "") in self.states and self.may(actor)


def decide(actor: Actor, facts: dict[str, Any]) -> object:
    account, by, at = actor.account, actor.by, actor.at
    if facts["decision"] == "approve":
        return decision.approve(
            account=account, by=by, at=at, review_on=facts["review_on"], conditions=facts["conditions"], age_answer=facts["age_answer"]
        )
    if facts["decision"] == "decline":
        return decision.decline(account=account, by=by, at=at, note=facts["note"])
    return decision.ask(account=account, by=by, at=at, question=facts["note"])


def answer(actor: Actor, facts: dict[str, Any]) -> object:
    question = actor.account.questions.select_related("account__school").filter(answered_at__isnull=True).first()
    if question is None:
        raise RefusedError(_("Somebody has answered this already."), "too_late")
    return proposal.answer(question=question, by=actor.by, at=actor.at, **facts)


def review(actor: Actor, facts: dict[str, Any]) -> object:
    lines = {name: facts[name] for name in AccountReview.LINES}
    return life.review(
        account=actor.account, by=actor.by, at=actor.at, lines=lines, next_on=facts["next_on"], conditions=facts["conditions"]
    )


def close(actor: Actor, facts: dict[str, Any]) -> object:
    return life.close(
        account=actor.account, by=actor.by, at=actor.at, content=facts["closed_content"], sign_in_removed_by=facts["sign_in_removed_by"]
    )


def hand_over(actor: Actor, facts: dict[str, Any]) -> object:
    keeper = Keeper.objects.select_related("account__school", "person").get(
        account=actor.account, person=facts["keeper"], ended_at__isnull=True
    )
    return keepers.hand_over(keeper=keeper, to=facts["to"], by=actor.by, at=actor.at)


def form_of(act: Act, actor: Actor, data: Any = None) -> forms.Form:
    """The act's form; that for handing over offers the keepers and the colleagues."""
    form = act.form(data)
    if isinstance(form, sheets.HandOverForm):
        kept = live_keepers(actor.account, on=actor.on).values("person")
        form.fields["keeper"].queryset = Person.objects.filter(pk__in=kept)  # type: ignore[attr-defined]  # a field of people
        form.fields["to"].queryset = colleagues(actor.account.school, on=actor.on)  # type: ignore[attr-defined]  # a field of people
    if isinstance(form, sheets.LiveForm) and data is None:
        form.initial = {"address": actor.account.address}
    return form


ACTS = (
    Act(
        name="decide", title=_("Decide"), done=_("Saved. Whoever proposed the account sees it on its page."), form=sheets.DecisionForm,
        states=frozenset(WAITING), may=lambda actor: actor.decides, do=decide,
    ),
    Act(
        name="answer", title=_("Answer the question"), done=_("Sent. The headteacher decides next."), form=sheets.AnswerForm,
        states=frozenset({State.QUESTION}), may=lambda actor: actor.proposes or actor.keeps, do=answer,
    ),
    Act(
        name="withdraw", title=_("Withdraw the proposal"), done=_("Withdrawn."), form=sheets.NothingForm,
        states=frozenset({State.PROPOSED, State.QUESTION}), may=lambda actor: actor.proposes and not actor.account.found_live,
        do=lambda actor, _facts: proposal.withdraw(account=actor.account, by=actor.by, at=actor.at), is_grave=True,
    ),
    Act(
        name="live", title=_("Confirm that it is live"), done=_("Live. Its review day is on the account's page."), form=sheets.LiveForm,
        states=frozenset({State.APPROVED}), may=lambda actor: actor.keeps,
        do=lambda actor, facts: life.go_live(account=actor.account, by=actor.by, at=actor.at, **facts),
    ),
    Act(
        name="review", title=_("Review"), done=_("Reviewed."), form=sheets.ReviewForm,
        states=frozenset({*SHOWN_AS_LIVE, State.OVERDUE, State.SUSPENDED}), may=lambda actor: actor.keeps or actor.decides, do=review,
    ),
    Act(
        name="hand-over", title=_("Hand over to a colleague"), done=_("Handed over. Change the password and two-step sign-in now."),
        form=sheets.HandOverForm, states=IN_USE | {State.APPROVED, State.PROPOSED, State.QUESTION},
        may=lambda actor: actor.keeps or actor.leads, do=hand_over,
    ),
    Act(
        name="suspend", title=_("Suspend it now"), done=_("Suspended. Ask a keeper to hide the account on the platform."),
        form=sheets.ReasonForm, states=IN_USE - {State.SUSPENDED}, may=lambda actor: actor.leads,
        do=lambda actor, facts: life.suspend(account=actor.account, by=actor.by, at=actor.at, **facts), is_grave=True,
    ),
    Act(
        name="lift", title=_("Lift the suspension"), done=_("Lifted."), form=sheets.NothingForm, states=frozenset({State.SUSPENDED}),
        may=lambda actor: actor.leads, do=lambda actor, _facts: life.lift(account=actor.account, by=actor.by, at=actor.at),
    ),
    Act(
        name="close", title=_("Close it for good"), done=_("Closed."), form=sheets.CloseForm, states=IN_USE | {State.DECLINED},
        may=lambda actor: actor.account.live_at is not None and (actor.keeps or actor.leads), do=close, is_grave=True,
    ),
)  # fmt: skip
BY_NAME = {act.name: act for act in ACTS}
