"""Importing a staff list: it is uploaded, its columns are chosen, and all of it is confirmed or nothing."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError, UnreadableFileError
from declarations.common.spreadsheets import letters
from declarations.evidence import log
from declarations.organisation.authorise import require_administrator
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.people.identity import change_address
from declarations.people.leaving import end_what_slept, log_leaving, log_return
from declarations.staff_lists import compare, files
from declarations.staff_lists.models import StaffList
from declarations.staff_lists.plan import FIELDS, Choices, Line, Plan

# How long names are kept: a file that nobody has confirmed, and what an import changed.
WAITS, UNDONE_WITHIN = dt.timedelta(days=1), dt.timedelta(days=14)


def upload(*, school: School, content: bytes, by: Person | None, at: dt.datetime) -> StaffList:
    """Stores a file for the preview, in place of an earlier one; changes nobody. Raises RefusedError: `not_yours`, `unusable`, `stale`."""
    require_administrator(by=by, school=school, at=at)
    try:
        before = columns_of_last(school)
        file = files.opened(content, chosen=before)
    except UnreadableFileError as error:
        raise RefusedError(str(error), "unusable") from error
    try:
        with transaction.atomic():
            forget(at=at)
            StaffList.objects.filter(school=school, confirmed_at__isnull=True).delete()
            return StaffList.objects.create(
                school=school,
                uploaded_at=at,
                uploaded_by=by,
                sha256=hashlib.sha256(content).hexdigest(),
                content=content,
                columns=compare.choices_for(file, before=before).as_json(),
            )
    except IntegrityError as clash:
        raise RefusedError(_("Somebody else has uploaded a list in this moment: look at theirs first."), "stale") from clash


def columns_of_last(school: School) -> dict[str, Any]:
    """The choices made for the last list that was imported; that some of its letters were odd is no choice for the next."""
    last = StaffList.objects.filter(school=school, confirmed_at__isnull=False).order_by("-confirmed_at", "-id").first()
    columns = last.columns if last else {}
    return columns | {"reading": ""} if columns.get("reading") == letters.MIXED else columns


def choose(*, staff_list: StaffList, choices: Choices, by: Person | None, at: dt.datetime) -> None:
    """Stores the columns and whom the list is about. Raises RefusedError: `not_yours`, `stale`."""
    require_administrator(by=by, school=staff_list.school, at=at)
    if not StaffList.objects.filter(pk=staff_list.pk, confirmed_at__isnull=True).update(columns=choices.as_json()):
        raise stale()


def read_again(*, staff_list: StaffList, how: Mapping[str, str], by: Person | None, at: dt.datetime) -> None:
    """Stores which sheet is the list (`sheet`) and how its letters are read (`reading`). Raises RefusedError: `not_yours`, `stale`."""
    before = staff_list.columns | how
    file = files.opened(bytes(staff_list.content or b""), chosen=before)
    choose(staff_list=staff_list, choices=compare.choices_for(file, before=before), by=by, at=at)


def stale() -> RefusedError:
    return RefusedError(
        _("Something was changed meanwhile, and nothing has been imported. Look at the list again, as it would be imported now."), "stale"
    )


def confirm(
    *,
    staff_list: StaffList,
    by: Person | None,
    at: dt.datetime,
    fingerprint: str = "",
    many_leave: bool = False,
    settled: Mapping[int, str] | None = None,
) -> Plan:
    """Imports the list if the preview still has this fingerprint, all of it or nothing, and returns the plan that was carried out.

    Without `by` there was no preview. Raises RefusedError: `not_yours`, `stale`, `many_leave`, `unusable`.
    """
    school, on = staff_list.school, staff_list.school.day_of(at)
    require_administrator(by=by, school=school, at=at)
    try:
        with transaction.atomic():
            draft = StaffList.objects.select_for_update().filter(pk=staff_list.pk, confirmed_at__isnull=True).first()
            if draft is None or draft.content is None:
                raise stale()
            file = files.opened(bytes(draft.content), chosen=draft.columns)
            asked: dict[str, Any] = {"school": school, "file": file, "choices": Choices(**draft.columns), "on": on, "by": by}
            people = locked_people(school)
            shown = compare.plan(**asked, people=people)
            if by is not None and shown.fingerprint() != fingerprint:
                raise stale()
            plan = compare.plan(**asked, people=people, settled=settled)
            if plan.many_leave and not many_leave:
                sentence = _(
                    "%(leave)d of the %(here)d people whom the list is about would leave now or within 60 days (%(percent)d %%). "
                    "If that is meant, say so with the tick, and import again."
                )
                raise RefusedError(sentence % {"leave": len(plan.leaving), "here": plan.here, "percent": plan.percent}, "many_leave")
            if not plan.changing:
                StaffList.objects.filter(pk=draft.pk).delete()
                return plan
            apply(plan, staff_list=draft, people=people, by=by, at=at)
            return plan
    except IntegrityError as clash:
        raise stale() from clash
    except UnreadableFileError as error:
        raise RefusedError(str(error), "unusable") from error


def import_file(*, school: School, content: bytes, at: dt.datetime, many_leave: bool) -> Plan:
    """Imports a file from the server's command line, in one transaction. Raises RefusedError as `upload` and `confirm` do."""
    with transaction.atomic():
        return confirm(staff_list=upload(school=school, content=content, by=None, at=at), by=None, at=at, many_leave=many_leave)


def locked_people(school: School) -> list[Person]:
    """Everybody whom a list may be about, with their rows locked in a fixed order until the transaction ends."""
    people = Person.objects.select_for_update(of=("self",)).select_related("school")
    return list(people.filter(school=school, erasure__isnull=True).exclude(category=Person.Category.EXTERNAL).order_by("pk"))


def apply(plan: Plan, *, staff_list: StaffList, people: Iterable[Person], by: Person | None, at: dt.datetime) -> None:
    school, known = staff_list.school, {person.pk: person for person in people}
    joined = [(line, joiner(line, school, on=plan.on)) for line in plan.of("joins")]
    Person.objects.bulk_create([person for _line, person in joined], batch_size=100)
    touched = [(line, known[line.person_id]) for line in plan.changing if line.person_id is not None]
    changed = [{"id": person.pk, "before": values(line, "before"), "after": values(line, "after")} for line, person in touched]
    for line, person in touched:
        for change in line.changes_but("email"):
            setattr(person, change.name, change.after)
    save(person for _line, person in touched)
    for line, person in touched:
        if line.after("email"):
            change_address(person=person, email=line.after("email"), by=by, at=at)
    StaffList.objects.filter(pk=staff_list.pk, confirmed_at__isnull=True).update(
        confirmed_at=at,
        confirmed_by=by,
        content=None,
        counts=plan.counts,
        changes={"joined": [{"id": person.pk, "after": stored(person)} for _line, person in joined], "changed": changed},
    )
    for line, person in touched:
        log_line(line, person, by=by, at=at)
    log.append(
        school=school,
        kind="people.imported",
        at=at,
        by=by,
        facts={"list": staff_list.pk, "sha256": staff_list.sha256, **plan.counts},
    )


def joiner(line: Line, school: School, *, on: dt.date) -> Person:
    person = Person(school=school, added_on=on, **{change.name: change.after for change in line.changes})
    person.set_unusable_password()
    return person


def stored(person: Person) -> dict[str, str | None]:
    """All fields of a person that a list can change, as JSON stores them."""
    return as_json({name: getattr(person, name) for name in FIELDS})


def values(line: Line, which: str) -> dict[str, str | None]:
    """The values `before` or `after` the import, as JSON stores them."""
    return as_json({change.name: getattr(change, which) for change in line.changes})


def as_json(facts: Mapping[str, Any]) -> dict[str, str | None]:
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in facts.items()}


def save(people: Iterable[Person]) -> None:
    Person.objects.bulk_update(list(people), FIELDS, batch_size=100)


def log_line(line: Line, person: Person, *, by: Person | None, at: dt.datetime) -> None:
    dates = next((change for change in line.changes if change.name == "leaves_on"), None)
    if line.kind == "comes_back" and by is not None and dates is not None:
        end_what_slept(person, by=by, at=at)
        log_return(person, before=dates.before, starts_on=person.starts_on, leaves_on=person.leaves_on, by=by, at=at)
    elif dates is not None:
        log_leaving(person, before=dates.before, after=dates.after, by=by, at=at)


def forget(*, at: dt.datetime) -> int:
    """Deletes files that nobody confirmed and changes that can no longer be undone; returns the number of lists."""
    waited, _rows = StaffList.objects.filter(confirmed_at__isnull=True, uploaded_at__lt=at - WAITS).delete()
    past = StaffList.objects.filter(Q(confirmed_at__lt=at - UNDONE_WITHIN), changes__isnull=False).update(changes=None)
    return int(waited) + int(past)
