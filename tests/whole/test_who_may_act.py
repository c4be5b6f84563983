"""Who may act: every action that asks for a role refuses whoever has left, is of another school, or has not the role on that day."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

import declarations
from declarations.common.errors import RefusedError
from declarations.devices.actions import approval, renewal
from declarations.devices.models import Permission, Suspension
from declarations.network import tokens
from declarations.organisation.authorise import ADMINISTRATORS, AUDITORS, LEADERSHIP, OFFICE, may_act, require_role
from declarations.organisation.models.person import Person, Role
from declarations.people import leaving, legal_holds, roles
from declarations.policies import publishing
from declarations.privacy import retention
from declarations.privacy.subject_access import archive
from declarations.sign_in import invitations, linked_accounts
from declarations.sign_in.models import IdentityProvider
from declarations.signing.actions import kiosk, paper, responses
from declarations.staff_lists import import_list, undo
from declarations.staff_lists.plan import Choices
from tests.cast import Cast, ask, make_person

DAY = dt.timedelta(days=1)
LIST = b"Name,E-mail\nNew Example,new@hillside.example\n"


def office(cast: Cast, at: dt.datetime) -> dict[str, Callable[[Person], object]]:
    """What the leadership and administrators do."""
    on, hour = cast.hillside.day_of(at), dt.timedelta(hours=1)
    gone = make_person(cast.hillside, "gone@hillside.example", "Gone Example", leaves_on=on - DAY)
    going = make_person(cast.hillside, "going@hillside.example", "Going Example", leaves_on=on + 9 * DAY)
    hold = legal_holds.place_hold(person=cast.ben, reason="File 7", by=cast.hilda, at=at)
    tablet = kiosk.open_tablet(school=cast.hillside, by=cast.hilda, at=at, lasts=hour)
    return {
        "leave": lambda by: leaving.leave(person=cast.ada, leaves_on=on + DAY, by=by, at=at),
        "stay": lambda by: leaving.stay(person=going, by=by, at=at),
        "come back": lambda by: leaving.come_back(person=gone, starts_on=on, leaves_on=None, by=by, at=at),
        "place a hold": lambda by: legal_holds.place_hold(person=cast.ada, reason="File 8", by=by, at=at),
        "end a hold": lambda by: legal_holds.end_hold(hold=hold, by=by, at=at),
        "dispose": lambda by: retention.carry_out(school=cast.hillside, by=by, at=at),
        "hand over": lambda by: archive.answer(person=cast.ada, by=by, at=at),
        "open a tablet": lambda by: kiosk.open_tablet(school=cast.hillside, by=by, at=at, lasts=hour),
        "close a tablet": lambda by: kiosk.close_tablet(tablet=tablet, by=by, at=at),
        "give a code": lambda by: kiosk.give_code(person=cast.ada, by=by, at=at),
        "enter a paper": lambda by: paper.enter(person=cast.ada, by=by, signed_on=on, sighted_by="Me", filed_where="There", at=at),
        "invite": lambda by: invitations.invite(person=cast.ada, by=by, at=at),
    }


def leadership(cast: Cast, at: dt.datetime) -> dict[str, Callable[[Person], object]]:
    """What the leadership alone does."""
    on = cast.hillside.day_of(at)
    draft = publishing.draft(school=cast.hillside, document="aup", title="Next", body="# Next\n\nText.\n")
    response = responses.respond(person=cast.ada, kind="talk", reason="Why?", at=at)
    exemption = responses.exempt(person=cast.ben, by=cast.hilda, reason="Away", from_on=on, until=on, at=at)
    asked = Permission.objects.get(owner=cast.ben)
    running = approval.approve(permission=ask(cast.ada, "3c:22:fb:00:00:09"), by=cast.hilda, until=on, at=at)
    lost = Suspension.objects.create(device=asked.device, suspended_by=cast.ben, suspended_at=at)
    later = running.latest_until(on=on)
    return {
        "publish": lambda by: publishing.publish(version=draft, by=by, at=at, reason="New", effective_from=on, sign_by=None),
        "answer": lambda by: responses.answer(response=response, by=by, text="So.", at=at),
        "exempt": lambda by: responses.exempt(person=cast.ada, by=by, reason="Away", from_on=on, until=on, at=at),
        "end an exemption": lambda by: responses.end_exemption(exemption=exemption, by=by, at=at),
        "approve": lambda by: approval.approve(permission=asked, by=by, until=on, at=at),
        "decline": lambda by: approval.decline(permission=asked, by=by, note="No.", at=at),
        "revoke": lambda by: approval.revoke(permission=running, by=by, note="No.", at=at),
        "lift": lambda by: approval.lift(suspension=lost, by=by, at=at),
        "renew": lambda by: renewal.renew(permission=running, by=by, until=later, at=at),
        "review": lambda by: renewal.review(permission=running, by=by, at=at),
    }


def administrators(cast: Cast, at: dt.datetime) -> dict[str, Callable[[Person], object]]:
    """What an administrator alone does."""
    token, _text = tokens.make_token(school=cast.hillside, name="Old", by=None, at=at)
    waiting = import_list.upload(school=cast.hillside, content=LIST, by=None, at=at)
    role = Role.objects.get(person=cast.omar)
    provider = IdentityProvider(school=cast.hillside, kind="google", slug="google", client_id="c", domains="hillside.example")
    choices = Choices(**waiting.columns)
    return {
        "grant a role": lambda by: roles.grant_role(person=cast.ada, name="leadership", by=by, at=at),
        "remove a role": lambda by: roles.remove_role(role=role, by=by, at=at),
        "set up a provider": lambda by: linked_accounts.set_up(provider=provider, by=by, at=at),
        "reset factors": lambda by: linked_accounts.reset_factors(person=cast.ada, by=by, at=at),
        "end sessions": lambda by: linked_accounts.end_all_sessions(person=cast.ada, by=by, at=at),
        "make a token": lambda by: tokens.make_token(school=cast.hillside, name="New", by=by, at=at),
        "end a token": lambda by: tokens.end_token(token=token, by=by, at=at),
        "upload": lambda by: import_list.upload(school=cast.hillside, content=LIST, by=by, at=at),
        "choose": lambda by: import_list.choose(staff_list=waiting, choices=choices, by=by, at=at),
        "confirm": lambda by: import_list.confirm(staff_list=waiting, by=by, at=at),
        "undo": lambda by: undo.undo(staff_list=waiting, by=by, at=at),
    }


def actor(cast: Cast, role: str, *, school: str | None = "hillside", ends_in: int | None = None, left: bool = False) -> Person:
    now = timezone.now()
    on = now.date()
    person = make_person(getattr(cast, school) if school else None, f"{role}-{Person.objects.count()}@example.org", "Actor Example")
    ends_on = on + 9 * DAY if role == "auditor" and ends_in is None else on + ends_in * DAY if ends_in is not None else None
    Role.objects.create(person=person, name=role, granted_at=now - 9 * DAY, ends_on=ends_on)
    Person.objects.filter(pk=person.pk).update(leaves_on=on - DAY if left else None)
    person.refresh_from_db()
    return person


@pytest.mark.parametrize(
    ("actions", "allowed"), [(office, ("leadership", "administrator")), (leadership, ("leadership",)), (administrators, ("administrator",))]
)
def test_every_action_asks_the_one_function(cast: Cast, actions, allowed):
    at = timezone.now()
    others = {"leadership", "administrator", "auditor"} - set(allowed)
    refused = {
        **{f"{role} who left yesterday": actor(cast, role, left=True) for role in allowed},
        **{f"{role} of the trust who left yesterday": actor(cast, role, school=None, left=True) for role in allowed},
        **{f"{role} of another school": actor(cast, role, school="riverside") for role in allowed},
        **{f"{role} whose role ended today": actor(cast, role, ends_in=0) for role in allowed},
        **{f"{role}, which is the wrong role": actor(cast, role) for role in others},
        "somebody without a role": make_person(cast.hillside, "none@hillside.example", "None Example"),
    }
    may = [
        *(actor(cast, role) for role in allowed),
        *(actor(cast, role, school=None) for role in allowed),
        *(actor(cast, role, ends_in=1) for role in allowed),
    ]
    for name, act in actions(cast, at).items():
        for who, person in refused.items():
            assert outcome(act, person) == ("own" if name == "lift" else "not_yours"), f"{name}: {who}"
        for person in may:
            assert outcome(act, person) not in {"own", "not_yours"}, f"{name}: {person.email}"


def outcome(act: Callable[[Person], object], person: Person) -> str:
    """The code of the refusal, "" if it was done; either way nothing of it stays."""
    with transaction.atomic():
        try:
            act(person)
        except RefusedError as refused:
            return refused.code
        finally:
            transaction.set_rollback(True)
    return ""


def test_without_a_school_only_the_trust_may_act(cast: Cast):
    at = timezone.now()
    assert may_act(by=cast.tara, school=None, roles=LEADERSHIP, at=at)
    assert not may_act(by=cast.hilda, school=None, roles=LEADERSHIP, at=at)


@pytest.mark.parametrize(
    ("needed", "sentence"),
    [
        (LEADERSHIP, "Only the leadership of the school does this."),
        (ADMINISTRATORS, "Only an administrator of the school does this."),
        (OFFICE, "Only the leadership and administrators of the school do this."),
        (AUDITORS, "Only an auditor of the school does this."),
    ],
)
def test_each_role_has_its_sentence(cast: Cast, needed, sentence):
    with pytest.raises(RefusedError, match=sentence):
        require_role(by=cast.ada, school=cast.hillside, roles=needed, at=timezone.now())
    with pytest.raises(RefusedError, match="Mine"):
        require_role(by=cast.ada, school=cast.hillside, roles=needed, at=timezone.now(), sentence="Mine.")


def test_nobody_else_compares_schools_and_roles():
    """Only the middleware also asks for roles, those of whoever is signed in: who has left is not."""
    package = Path(declarations.__file__).parent
    asking = {str(path.relative_to(package)) for path in package.rglob("*.py") if ".roles(on=" in path.read_text()}
    assert asking == {"organisation/authorise.py", "web/middleware.py"}
