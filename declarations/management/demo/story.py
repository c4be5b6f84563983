"""Tells what happened at one school of the demo, through the rooms' own actions in the order of time, so all leaves its trace."""

import datetime as dt
from collections.abc import Callable

from declarations.devices.actions import approval as deciding
from declarations.devices.actions import owner as devices
from declarations.devices.actions import renewal
from declarations.devices.models import Permission, Suspension
from declarations.management.demo.calendar import Calendar
from declarations.management.demo.script import Plan, Script, Someone, Step
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.people import roles
from declarations.policies import publishing
from declarations.policies.models import PolicyVersion
from declarations.signing.actions import paper, responses
from declarations.signing.actions import sign as signing

type Act = Callable[[dt.datetime], object]

WANTS_TO_TALK = "I answer the alarm on my own phone at night. May I keep doing so?"
DECLINES = "I come four evenings a year and bring no device."
EXEMPT_FOR_DAYS = 45
BROWSERS = ("Mozilla/5.0 (Linux; Android 16) Demo/1.0 Mobile", "Mozilla/5.0 (Windows NT 10.0) Demo/1.0")


class Story:
    """Collects acts with their moments, in any order; `tell` then does them in the order of time."""

    def __init__(self, script: Script, *, at: dt.datetime, hashed: str) -> None:
        self.script = script
        self.school = school = School.objects.create(**script.school)
        self.calendar = Calendar(school=school, at=at)
        self.acts: list[tuple[dt.datetime, Act]] = []
        self.permissions: dict[str, Permission] = {}
        self.section_keys: dict[int, list[str]] = {}
        self.people = {
            someone.key: Person.objects.create(
                school=school,
                email=f"{someone.key}@{school.slug}.example",
                password=hashed,
                full_name=someone.name,
                job_title=someone.title,
                category=someone.category,
                starts_on=someone.starts_on(self.calendar),
                leaves_on=someone.leaves_on(self.calendar),
            )
            for someone in script.people
        }

    def then(self, at: dt.datetime, act: Act) -> None:
        self.acts.append((at, act))

    def tell(self) -> None:
        for at, act in sorted(self.acts, key=lambda noted: noted[0]):
            act(at)

    def grants(self, at: dt.datetime, key: str, role: str, *, by: str = "", days: int | None = None) -> None:
        """Give a role, for so many days from now or for good; without `by`, from the server's command line."""
        ends_on = None if days is None else self.calendar.on + dt.timedelta(days=days)
        giver = self.people[by] if by else None
        self.then(at, lambda at: roles.grant_role(person=self.people[key], name=role, by=giver, at=at, ends_on=ends_on))

    def publishes(
        self,
        at: dt.datetime,
        document: str,
        title: str,
        body: str,
        *,
        by: str,
        reason: str,
        sign_by: dt.date | None,
        minute: str = "",
        review_on: dt.date | None = None,
    ) -> None:
        """Publish a text, with the minute of the governing board that approved it two days before."""
        approved_on = self.school.day_of(at) - dt.timedelta(days=2)
        approval = publishing.Approval("the governing board", approved_on, minute, review_on) if minute else publishing.Approval()
        self.then(
            at,
            lambda at: publishing.publish(
                version=publishing.draft(school=self.school, document=document, title=title, body=body),
                by=self.people[by],
                at=at,
                reason=reason,
                effective_from=self.school.day_of(at),
                sign_by=sign_by,
                approval=approval,
            ),
        )

    def signs_as_planned(self, place: int, someone: Someone) -> None:
        """Let somebody sign in every year up to their state; `place` spreads people over days and hours."""
        if someone.signs == "never":
            return
        clock = f"{8 + place % 9:02d}:{place * 13 % 60:02d}"
        newest = self.calendar.newest_year_of(someone.signs)
        for year in range(someone.since, (newest or 0) - 1, -1):
            moment = self.calendar.first_week(year, clock, place)
            if newest is not None or moment < self.calendar.revised_at:
                self.signs(moment, someone.key, place)
        if newest is None and someone.on_paper:
            self.then(self.calendar.this_year(1 + place % 9, clock), lambda at: self.enter_paper(self.people[someone.key], at))
        elif newest is None:
            self.signs(self.calendar.this_year(1 + place % 9, clock), someone.key, place)

    def says_as_planned(self, someone: Someone, *, by: str) -> None:
        """Let somebody ask for a talk, decline, or get an exemption from the leadership, in this school year."""
        person, leader = self.people[someone.key], self.people[by]
        acts: dict[str, Act] = {
            "talk": lambda at: responses.respond(person=person, kind="talk", reason=WANTS_TO_TALK, at=at),
            "decline": lambda at: responses.respond(person=person, kind="decline", reason=DECLINES, at=at),
            "exempt": lambda at: responses.exempt(
                person=person,
                by=leader,
                reason="Away until the new term.",
                from_on=self.school.day_of(at),
                until=self.calendar.on + dt.timedelta(days=EXEMPT_FOR_DAYS),
                at=at,
            ),
        }
        if someone.says:
            self.then(self.calendar.this_year(4, "13:20"), acts[someone.says])

    def enter_paper(self, person: Person, at: dt.datetime) -> None:
        """Enter at the office what somebody signed by hand on that day."""
        by = self.people["ines"]
        filed_where = "Personnel files, cabinet 2 in the school office"
        paper.enter(person=person, by=by, signed_on=self.school.day_of(at), sighted_by="Siân Bevan-O’Neill", filed_where=filed_where, at=at)

    def signs(self, at: dt.datetime, key: str, place: int) -> None:
        self.then(at, lambda at: self.sign(self.people[key], place, at))

    def sign(self, person: Person, place: int, at: dt.datetime) -> None:
        current = PolicyVersion.objects.filter(school=self.school).current(on=self.school.day_of(at))
        minutes = dt.timedelta(minutes=4 + place % 7)
        for version in current.values():
            signing.record_shown(person=person, version=version, section_keys=self.keys(version), at=at - minutes)
        signing.sign(
            signing.Submission(
                person=person,
                aup_id=current["aup"].pk,
                leaflet_id=current["leaflet"].pk,
                confirmed=[confirmation["key"] for confirmation in current["aup"].confirmations],
                typed_name=person.full_name,
                at=at,
                signed_in_with="code by e-mail" if place % 3 == 1 else "password",
                signed_in_at=at - minutes - dt.timedelta(minutes=1),
                ip_address=f"192.0.2.{10 + place}",
                browser=BROWSERS[place % 2],
            )
        )

    def reads(self, at: dt.datetime, key: str, document: str, sections: int) -> None:
        """Let somebody read the first so many sections of a text."""

        def read(at: dt.datetime) -> None:
            version = PolicyVersion.objects.filter(school=self.school).current(on=self.school.day_of(at))[document]
            signing.record_shown(person=self.people[key], version=version, section_keys=self.keys(version)[:sections], at=at)

        self.then(at, read)

    def keys(self, version: PolicyVersion) -> list[str]:
        if version.pk not in self.section_keys:
            self.section_keys[version.pk] = [section.key for section in version.sections()]
        return self.section_keys[version.pk]

    def asks(self, place: int, plan: Plan) -> None:
        """Let somebody ask for a device, and tell what became of it."""
        self.then(self.calendar.days_ago(plan.asked, f"{8 + place % 7:02d}:{place * 11 % 60:02d}"), lambda at: self.add_device(plan, at))
        for step in plan.steps:
            self.then(self.calendar.days_ago(step.days, f"15:{place * 7 % 60:02d}"), self.act_of(plan, step))

    def add_device(self, plan: Plan, at: dt.datetime) -> None:
        self.permissions[plan.address] = devices.add_device(
            owner=self.people[plan.owner],
            kind=plan.kind,
            make_and_model=plan.make_and_model,
            address=plan.address,
            reaches_school_data=plan.reaches_school_data,
            reason=plan.reason,
            at=at,
        )

    def act_of(self, plan: Plan, step: Step) -> Act:
        owner, by = self.people[plan.owner], self.people.get(step.by, self.people[plan.owner])

        def asked() -> Permission:
            return self.permissions[plan.address]

        def again(at: dt.datetime) -> None:
            self.permissions[plan.address] = devices.ask(device=asked().device, by=owner, reason=step.note, at=at)

        def renew(at: dt.datetime) -> None:
            self.permissions[plan.address] = renewal.renew(permission=asked(), by=by, until=self.until(asked(), step, at), at=at)

        acts: dict[str, Act] = {
            "approve": lambda at: deciding.approve(
                permission=asked(), by=by, until=self.until(asked(), step, at), at=at, conditions=step.conditions
            ),
            "decline": lambda at: deciding.decline(permission=asked(), by=by, note=step.note, at=at),
            "revoke": lambda at: deciding.revoke(permission=asked(), by=by, note=step.note, at=at),
            "withdraw": lambda at: devices.withdraw(permission=asked(), by=owner, at=at),
            "lost": lambda at: devices.report_lost(device=asked().device, by=owner, at=at),
            "lift": lambda at: deciding.lift(suspension=Suspension.objects.get(device=asked().device), by=by, at=at),
            "give_up": lambda at: devices.give_up(device=asked().device, by=owner, at=at),
            "again": again,
            "renew": renew,
            "review": lambda at: renewal.review(permission=asked(), by=by, at=at),
        }
        return acts[step.verb]

    def until(self, permission: Permission, step: Step, at: dt.datetime) -> dt.date:
        latest = permission.latest_until(on=self.school.day_of(at))
        return latest if step.until is None else min(latest, self.calendar.on + dt.timedelta(days=step.until))
