"""A staff list beside the people of the school: who joins, changes, comes back and leaves; what is refused; what somebody must settle."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Q

from declarations.common.errors import UnreadableFileError
from declarations.common.spreadsheets import tables
from declarations.common.spreadsheets.tables import Row
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.organisation.staff_category import category_of, leaves_by_default
from declarations.staff_lists import columns as staff_columns
from declarations.staff_lists import rows as staff_rows
from declarations.staff_lists.plan import FIELDS, WHY_UNREADABLE, Change, Choices, Line, Plan
from declarations.staff_lists.rows import Fault, Listed, Reading, same_name


@dataclass(slots=True)
class File:
    """A file that is a table: its headings, and the rows below them."""

    names: list[str]
    rows: list[Row]


def opened(content: bytes) -> File:
    """Raises Unusable, with the mend."""
    try:
        rows = tables.read(content)
    except UnreadableFileError as error:
        raise UnreadableFileError(error.code, str(WHY_UNREADABLE[error.code])) from error
    place = staff_columns.heading_row(rows)
    return File(staff_columns.headings(rows[place].cells), rows[place + 1 :])


def choices_for(file: File, *, before: Mapping[str, Any]) -> Choices:
    """The choices of the last list where they fit, or else guessed."""
    columns = staff_columns.kept(before.get("columns", {}), file.names) or staff_columns.guess(file.names)
    return Choices(columns, list(before.get("covers", [Person.Category.STAFF.value])), bool(before.get("missing_leave", False)))


def plan(
    *,
    school: School,
    file: File,
    choices: Choices,
    on: dt.date,
    by: Person | None,
    settled: Mapping[int, str] | None = None,
    people: Iterable[Person] | None = None,
) -> Plan:
    """What importing the list would do on this day; nothing is changed.

    `by=None` is the server's command line: nobody looks, so nothing is done that opens what was closed. `settled` says for
    the first row of a possible duplicate who it is: a person's number, or `new`. `people`: the school's, if the caller has
    locked them. Raises Unusable.
    """
    if not ({"full_name"} & set(choices.columns) or {"forename", "surname"} & set(choices.columns)):
        raise UnreadableFileError("no_name", str(WHY_UNREADABLE["no_name"]))
    reading = staff_rows.read(file.rows, file.names, choices.columns, on=on)
    return Comparison(school=school, choices=choices, on=on, by=by, settled=settled or {}, people=people).plan(reading)


class Comparison:
    """The list beside the people of the school; three queries, however long it is."""

    def __init__(
        self,
        *,
        school: School,
        choices: Choices,
        on: dt.date,
        by: Person | None,
        settled: Mapping[int, str],
        people: Iterable[Person] | None,
    ) -> None:
        self.school, self.choices, self.on, self.by, self.settled = school, choices, on, by, settled
        everybody = Person.objects.filter(school=school, erasure__isnull=True).exclude(category=Person.Category.EXTERNAL)
        self.people: list[Person] = sorted(people if people is not None else everybody, key=lambda one: one.pk)
        self.by_number = {one.staff_number: one for one in self.people if one.staff_number}
        self.by_email = {one.email.lower(): one for one in self.people if one.email}
        self.by_name: dict[str, list[Person]] = {}
        for one in self.people:
            self.by_name.setdefault(same_name(one.full_name), []).append(one)
        self.holds_roles = set(
            Role.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), person__school=school, removed_at__isnull=True).values_list(
                "person", flat=True
            )
        )
        self.elsewhere: set[str] = set()
        self.unknown: set[str] = set()
        # Who is in the list, or may be: nobody of these is missing.
        self.found: set[int] = set()

    def plan(self, reading: Reading) -> Plan:
        wanted = {one.email for one in reading.people if one.email} - set(self.by_email)
        # Whoever signs in with such an address without being one of the school's people above: of another school, or from outside.
        self.elsewhere = {
            email.lower() for email in Person.objects.exclude(email="").values_list("email", flat=True) if email.lower() in wanted
        }
        lines = [self.refused(fault) for fault in reading.faults]
        lines += each_once([(one, line) for one in reading.people if (line := self.line(one)) is not None])
        missing = self.missing()
        here = [one for one in self.people if is_here(one, on=self.on)]
        unreachable = [one for one in here if not one.email and one.pk in self.found]
        order = sorted(lines, key=lambda line: line.number)
        plan = Plan(self.on, [*order, *missing], 0, sorted(self.unknown), unreachable)
        # Those whom the list is about: of a school with many governors, all staff are not few. And whoever else leaves by it.
        plan.here = len({one.pk for one in here if one.category in self.choices.covers} | {line.person_id for line in plan.leaving})
        return plan

    def refused(self, fault: Fault) -> Line:
        for one in self.known(fault.staff_number, fault.email, fault.name):
            self.found.add(one.pk)
        return Line("refused", fault.name, [fault.row], code=fault.code, value=fault.value)

    def known(self, staff_number: str, email: str, name: str) -> list[Person]:
        """Everybody here of whom any of it is true."""
        found = [self.by_number.get(staff_number), self.by_email.get(email), *self.by_name.get(same_name(name), [])]
        return list({one.pk: one for one in found if one is not None}.values())

    def line(self, one: Listed) -> Line | None:
        """What happens to a person of the list; None for somebody who left before this was ever used."""
        numbered = self.by_number.get(one.staff_number) if one.staff_number else None
        addressed = self.by_email.get(one.email) if one.email else None
        if numbered and addressed and numbered.pk != addressed.pk:
            return self.no(one, "number_is_anothers", [numbered, addressed])
        if addressed and not numbered and one.staff_number and addressed.staff_number:
            return self.no(one, "number_is_anothers", [addressed])
        if one.email in self.elsewhere:
            return self.no(one, "email_is_taken", [numbered] if numbered else self.known("", "", one.name))
        match = numbered or addressed
        if match is None:
            candidates = self.candidates(one)
            match = self.settle(one, candidates)
            if match is None and candidates and self.settled.get(one.rows[0]) != "new":
                return self.duplicate(one, candidates)
        return self.joins(one) if match is None else self.changes(one, match)

    def no(self, one: Listed, code: str, about: list[Person]) -> Line:
        self.found |= {person.pk for person in about}
        return Line("refused", one.name, one.rows, code=code, value=one.email)

    def candidates(self, one: Listed) -> list[Person]:
        """Namesakes whom it may be: the same first day, or no day to tell them apart, or they have left and may be back."""
        return [
            person
            for person in self.by_name.get(same_name(one.name), [])
            if person.starts_on == one.starts_on or not (person.starts_on and one.starts_on) or person.has_left(on=self.on)
        ]

    def settle(self, one: Listed, candidates: list[Person]) -> Person | None:
        said = self.settled.get(one.rows[0], "")
        return next((person for person in candidates if str(person.pk) == said), None)

    def duplicate(self, one: Listed, candidates: list[Person]) -> Line:
        self.found |= {person.pk for person in candidates}
        if len(candidates) == 1 and not self.differences(one, candidates[0]):
            return Line("same", one.name, one.rows, candidates[0].pk)  # whoever it is: there is nothing to change
        changes = [Change(name, None, value) for name, value in self.said(one).items() if value]
        return Line("duplicate", one.name, one.rows, changes=changes, code="may_be", candidates=candidates)

    def said(self, one: Listed) -> dict[str, Any]:
        """What the list says; what it does not say is not there."""
        said: dict[str, Any] = {"full_name": one.name, "email": one.email, "staff_number": one.staff_number, "job_title": one.job_title}
        if one.category:
            said["category"], is_known = category_of(one.category)
            if not is_known:
                self.unknown.add(one.category)
        said["starts_on"] = one.starts_on
        if one.last_day:
            said["leaves_on"] = one.last_day + dt.timedelta(days=1)
        return {name: value for name, value in said.items() if value}

    def differences(self, one: Listed, person: Person) -> list[Change]:
        """What the list says otherwise than the person's row; names in other letters are no difference."""
        found = [Change(name, getattr(person, name), value) for name, value in self.said(one).items() if getattr(person, name) != value]
        return [one for one in found if one.name != "email" or one.before.lower() != one.after]

    def joins(self, one: Listed) -> Line | None:
        said = self.said(one)
        if said.get("leaves_on") and said["leaves_on"] <= self.on:
            return None
        category = said.setdefault("category", Person.Category.STAFF.value)
        starts_on = max(one.starts_on or self.on, self.on)
        opens_on = self.school.year(on=starts_on).opens_on
        default = leaves_by_default(category, starts_on=starts_on, year_ends_on=opens_on.replace(year=opens_on.year + 1))
        if default and "leaves_on" not in said and default >= (one.starts_on or default):
            said["leaves_on"] = default
        return Line("joins", one.name, one.rows, changes=[Change(name, None, said[name]) for name in FIELDS if said.get(name)])

    def changes(self, one: Listed, person: Person) -> Line:
        self.found.add(person.pk)
        changes = self.differences(one, person)
        line = Line("changes", person.full_name, one.rows, person.pk, changes)
        if person.has_left(on=self.on):
            self.who_has_left(line, one, person)
        else:
            self.who_is_here(line, person)
        starts_on, leaves_on = line.after("starts_on") or person.starts_on, line.after("leaves_on") or person.leaves_on
        if line.kind == "comes_back":
            leaves_on = line.after("leaves_on")
        if line.changes and starts_on and leaves_on and leaves_on < starts_on:
            return Line("refused", person.full_name, one.rows, person.pk, code="leaves_before_starting")
        if not line.changes:
            line.kind = "left_out" if line.code else "same"
        return line

    def who_has_left(self, line: Line, one: Listed, person: Person) -> None:
        """A list that is a day behind must not open what was closed: they come back with a new first day, and by somebody's eyes."""
        left_on = cast("dt.date", person.leaves_on)
        goes_on = one.last_day is None or one.last_day >= self.on
        if not goes_on:
            line.changes = [change for change in line.changes if change.name not in {"leaves_on", "starts_on"}]
        elif one.starts_on is None or one.starts_on < left_on:
            line.changes, line.code = [], "has_left_here"
        elif self.by is None:
            line.changes, line.code = [], "for_a_person"
        else:
            line.kind = "comes_back"
            leaves_on = one.last_day + dt.timedelta(days=1) if one.last_day else None
            line.changes = [change for change in line.changes if change.name != "leaves_on"] + [Change("leaves_on", left_on, leaves_on)]

    def who_is_here(self, line: Line, person: Person) -> None:
        if self.by is None and any(change.name == "email" for change in line.changes) and person.pk in self.holds_roles:
            # Whoever writes the file could sign in as them.
            line.changes, line.code = [change for change in line.changes if change.name != "email"], "for_a_person"
        if is_here(person, on=self.on) and (line.after("starts_on") or self.on) > self.on:
            # From a wrong day on nobody's Wi-Fi would work.
            line.changes, line.code = [change for change in line.changes if change.name != "starts_on"], "is_here_already"
        leaves_on = line.after("leaves_on")
        if leaves_on is None:
            return
        if self.by is not None and self.by.pk == person.pk:
            line.changes, line.code = [change for change in line.changes if change.name != "leaves_on"], "is_yourself"
        elif person.leaves_on is not None and leaves_on > person.leaves_on and self.by is None:
            line.changes, line.code = [change for change in line.changes if change.name != "leaves_on"], "for_a_person"
        else:
            line.kind = "leaves" if leaves_on <= self.on else "leaves_later"

    def missing(self) -> list[Line]:
        """Those whom the list is about and who are not in it: they leave today, if the school said so."""
        if not self.choices.missing_leave:
            return []
        gone = [one for one in self.people if one.pk not in self.found and one.category in self.choices.covers and is_here(one, on=self.on)]
        lines = []
        for one in gone:
            if self.by is not None and one.pk == self.by.pk:
                lines.append(Line("left_out", one.full_name, [], one.pk, code="is_yourself"))
            else:
                lines.append(Line("leaves", one.full_name, [], one.pk, [Change("leaves_on", one.leaves_on, self.on)]))
        return lines


def each_once(found: list[tuple[Listed, Line]]) -> list[Line]:
    """Rows that come to one person of the school are refused, all of them: one would write over the other, or is somebody else."""
    often = Counter(line.person_id for _one, line in found)
    return [
        Line("refused", one.name, one.rows, line.person_id, code="two_rows_one_person")
        if line.person_id and often[line.person_id] > 1
        else line
        for one, line in found
    ]


def is_here(person: Person, *, on: dt.date) -> bool:
    return (person.starts_on is None or person.starts_on <= on) and not person.has_left(on=on)
