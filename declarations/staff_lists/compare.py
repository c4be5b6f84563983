"""Compares a staff list with the people of the school: who joins, changes, comes back or leaves, and which rows are refused."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, cast

from django.db.models import Q

from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.organisation.staff_category import category_of, leaves_by_default
from declarations.staff_lists import columns as staff_columns
from declarations.staff_lists import rows as staff_rows
from declarations.staff_lists.files import File, unreadable
from declarations.staff_lists.plan import FIELDS, Change, Choices, Line, Oddity, Plan
from declarations.staff_lists.rows import Fault, Listed, Reading
from declarations.staff_lists.values import is_doubtful, same_name


def choices_for(file: File, *, before: Mapping[str, Any]) -> Choices:
    """The choices made for the last list if they fit this file, otherwise guesses."""
    kept = staff_columns.kept(before.get("columns", {}), file.names)
    columns = kept or staff_columns.guess(file.names)
    covers = list(before.get("covers", [Person.Category.STAFF.value]))
    how = (before.get("reading", ""), before.get("sheet", ""))
    return Choices(columns, covers, bool(before.get("missing_leave", False)), *how, is_new=not kept)


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

    `by=None` is the server's command line: nobody looks at the preview, so nobody who has left gets access again. `settled`
    maps the first row of a possible duplicate to the primary key of a person, or to `new`. `people` are those of the school,
    if the caller has locked their rows. Raises UnreadableFileError.
    """
    if len(file.sheets) > 1:
        raise unreadable("which_sheet", sheets=", ".join(file.sheets))
    if by is None and not file.is_certain:
        raise unreadable("which_letters")
    if not staff_columns.has_name(choices.columns):
        raise unreadable("no_name")
    reading = staff_rows.read(file.rows, file.names, choices.columns, on=on)
    comparison = Comparison(school=school, choices=choices, on=on, by=by, settled=settled or {}, people=people)
    plan = comparison.plan(reading, text="\n".join(cell for row in file.rows for cell in row.cells).lower())
    plan.oddities = [*file.oddities(choices), *plan.oddities]
    plan.unused = [name for name in file.filled if name not in choices.columns.values()]
    if choices.missing_leave and (stops := [str(oddity) for oddity in plan.oddities if oddity.stops]):
        raise unreadable("odd", why="; ".join(stops[:5]))
    return plan


class Comparison:
    """Compares the list with the people of the school, in three queries however long the list is."""

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
        self.people: list[Person] = sorted(people if people is not None else everybody, key=lambda person: person.pk)
        self.by_number = {person.staff_number: person for person in self.people if person.staff_number}
        self.by_email = {person.email.lower(): person for person in self.people if person.email}
        self.by_name: dict[str, list[Person]] = {}
        for person in self.people:
            self.by_name.setdefault(same_name(person.full_name), []).append(person)
        self.holds_roles = set(
            Role.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), person__school=school, removed_at__isnull=True).values_list(
                "person", flat=True
            )
        )
        self.elsewhere: set[str] = set()
        self.unknown: set[str] = set()
        # The primary keys of everybody who is, or may be, in the list: none of them counts as missing.
        self.in_list: set[int] = set()
        # Rows that may be about anybody, and rows about people who are not here and have left or are not active.
        self.about_anybody: list[int] = []
        self.gone_already: list[int] = []

    def plan(self, reading: Reading, *, text: str) -> Plan:
        """The plan of these people; `text` is all that the list says, in lower case."""
        wanted = {listed.email for listed in reading.people if listed.email} - set(self.by_email)
        # Addresses with which somebody of another school, or an outsider such as an auditor, signs in.
        self.elsewhere = {
            email.lower() for email in Person.objects.exclude(email="").values_list("email", flat=True) if email.lower() in wanted
        }
        lines = [self.refused(fault) for fault in reading.faults]
        lines += without_clashes([(listed, line) for listed in reading.people if (line := self.line(listed)) is not None])
        missing = self.missing(text)
        here = [person for person in self.people if is_here(person, on=self.on)]
        unreachable = [person for person in here if not person.email and person.pk in self.in_list]
        plan = Plan(self.on, [*sorted(lines, key=lambda line: line.number), *missing], 0, sorted(self.unknown), unreachable)
        rows_by_code = {"about_anybody": self.about_anybody, "gone_already": self.gone_already, "nobody": [] if reading.people else [0]}
        plan.oddities = [Oddity(code, rows) for code, rows in rows_by_code.items() if rows]
        # The people of the categories that the list covers, and whoever else leaves by it.
        plan.here = len(
            {person.pk for person in here if person.category in self.choices.covers} | {line.person_id for line in plan.leaving}
        )
        return plan

    def refused(self, fault: Fault) -> Line:
        people = self.known(fault.staff_number, fault.email, fault.name)
        self.in_list |= {person.pk for person in people}
        if not people:
            self.about_anybody.append(fault.row)
        return Line("refused", fault.name, [fault.row], code=fault.code, value=fault.value)

    def known(self, staff_number: str, email: str, name: str) -> list[Person]:
        """Everybody at the school who has this staff number, e-mail address or name."""
        people = [self.by_number.get(staff_number), self.by_email.get(email), *self.by_name.get(same_name(name), [])]
        return list({person.pk: person for person in people if person is not None}.values())

    def line(self, listed: Listed) -> Line | None:
        """What happens to a person of the list; None for somebody who is unknown here and has left already."""
        numbered = self.by_number.get(listed.staff_number) if listed.staff_number else None
        addressed = self.by_email.get(listed.email) if listed.email else None
        if numbered and addressed and numbered.pk != addressed.pk:
            return self.no(listed, "number_is_anothers", [numbered, addressed])
        if addressed and not numbered and listed.staff_number and addressed.staff_number:
            return self.no(listed, "number_is_anothers", [addressed])
        if listed.email in self.elsewhere:
            return self.no(listed, "email_is_taken", [numbered] if numbered else self.known("", "", listed.name))
        match = numbered or addressed
        if match is None:
            candidates = self.candidates(listed)
            match = self.settle(listed, candidates)
            if match is None and candidates and self.settled.get(listed.rows[0]) != "new":
                return self.duplicate(listed, candidates)
        if match is None:
            return self.joins(listed)
        self.in_list.add(match.pk)
        return (
            self.changes(listed, match) if listed.is_active else Line("left_out", match.full_name, listed.rows, match.pk, code="not_active")
        )

    def no(self, listed: Listed, code: str, people: list[Person]) -> Line:
        self.in_list |= {person.pk for person in people}
        return Line("refused", listed.name, listed.rows, code=code, value=listed.email)

    def candidates(self, listed: Listed) -> list[Person]:
        """People of the same name who may be this person: by first day, for want of a day, or because they left and may be back."""
        return [
            person
            for person in self.by_name.get(same_name(listed.name), [])
            if person.starts_on == listed.starts_on or not (person.starts_on and listed.starts_on) or person.has_left(on=self.on)
        ]

    def settle(self, listed: Listed, candidates: list[Person]) -> Person | None:
        answer = self.settled.get(listed.rows[0], "")
        return next((person for person in candidates if str(person.pk) == answer), None)

    def duplicate(self, listed: Listed, candidates: list[Person]) -> Line:
        self.in_list |= {person.pk for person in candidates}
        if len(candidates) == 1 and not self.differences(listed, candidates[0]):
            return Line("same", listed.name, listed.rows, candidates[0].pk)  # there is nothing to change, whoever it is
        changes = [Change(name, None, value) for name, value in self.values(listed).items() if value]
        return Line("duplicate", listed.name, listed.rows, changes=changes, code="may_be", candidates=candidates)

    def values(self, listed: Listed) -> dict[str, Any]:
        """The values of the list by field, without those that it leaves empty."""
        values: dict[str, Any] = {
            "full_name": listed.name,
            "email": listed.email,
            "staff_number": listed.staff_number,
            "job_title": listed.job_title,
        }
        if listed.category:
            values["category"], is_known = category_of(listed.category)
            if not is_known:
                self.unknown.add(listed.category)
        values["starts_on"] = listed.starts_on
        if listed.last_day:
            values["leaves_on"] = listed.last_day + dt.timedelta(days=1)
        return {name: value for name, value in values.items() if value}

    def differences(self, listed: Listed, person: Person) -> list[Change]:
        """The fields in which the list differs from the person; capitals in an e-mail address do not count."""
        changes = [
            Change(name, getattr(person, name), value) for name, value in self.values(listed).items() if getattr(person, name) != value
        ]
        return [change for change in changes if change.name != "email" or change.before.lower() != change.after]

    def joins(self, listed: Listed) -> Line | None:
        values = self.values(listed)
        if not listed.is_active or (values.get("leaves_on") and values["leaves_on"] <= self.on):
            self.gone_already += listed.rows
            return None
        category = values.setdefault("category", Person.Category.STAFF.value)
        starts_on = max(listed.starts_on or self.on, self.on)
        opens_on = self.school.year(on=starts_on).opens_on
        default = leaves_by_default(category, starts_on=starts_on, year_ends_on=opens_on.replace(year=opens_on.year + 1))
        is_default = bool(default and "leaves_on" not in values and default >= (listed.starts_on or default))
        if is_default:
            values["leaves_on"] = default
        changes = [Change(name, None, values[name], is_default and name == "leaves_on") for name in FIELDS if values.get(name)]
        return Line("joins", listed.name, listed.rows, changes=changes)

    def changes(self, listed: Listed, person: Person) -> Line:
        changes = self.differences(listed, person)
        line = Line("changes", person.full_name, listed.rows, person.pk, changes)
        if person.has_left(on=self.on):
            self.who_has_left(line, listed, person)
        else:
            self.who_is_here(line, person)
        starts_on, leaves_on = line.after("starts_on") or person.starts_on, line.after("leaves_on") or person.leaves_on
        if line.kind == "comes_back":
            leaves_on = line.after("leaves_on")
        if line.changes and starts_on and leaves_on and leaves_on < starts_on:
            return Line("refused", person.full_name, listed.rows, person.pk, code="leaves_before_starting")
        if not line.changes:
            line.kind = "left_out" if line.code else "same"
        return line

    def who_has_left(self, line: Line, listed: Listed, person: Person) -> None:
        """Somebody who left comes back only with a new first day, and only if a person confirms the import.

        A list that is a day behind must not let anybody in again.
        """
        left_on = cast("dt.date", person.leaves_on)
        goes_on = listed.last_day is None or listed.last_day >= self.on
        if not goes_on:
            line.changes = line.changes_but("leaves_on", "starts_on")
        elif listed.starts_on is None or listed.starts_on < left_on:
            line.changes, line.code = [], "has_left_here"
        elif self.by is None:
            line.changes, line.code = [], "for_a_person"
        else:
            line.kind = "comes_back"
            leaves_on = listed.last_day + dt.timedelta(days=1) if listed.last_day else None
            line.changes = [*line.changes_but("leaves_on"), Change("leaves_on", left_on, leaves_on)]

    def who_is_here(self, line: Line, person: Person) -> None:
        if any(change.name == "email" for change in line.changes) and person.pk in self.holds_roles:
            # Otherwise whoever writes the file could sign in as somebody with a role.
            line.changes, line.code = line.changes_but("email"), "needs_two"
        if self.by is None and (name := line.after("full_name")) and is_doubtful(name, person.full_name):
            # Otherwise one night with a list that is sorted or read in another way would rename everybody.
            line.changes, line.code = line.changes_but("full_name"), "for_a_person"
        if is_here(person, on=self.on) and (line.after("starts_on") or self.on) > self.on:
            # Otherwise a wrong first day would cut people off the Wi-Fi.
            line.changes, line.code = line.changes_but("starts_on"), "is_here_already"
        leaves_on = line.after("leaves_on")
        if leaves_on is None:
            return
        if self.by is not None and self.by.pk == person.pk:
            line.changes, line.code = line.changes_but("leaves_on"), "is_yourself"
        elif person.leaves_on is not None and leaves_on > person.leaves_on and self.by is None:
            line.changes, line.code = line.changes_but("leaves_on"), "for_a_person"
        else:
            line.kind = "leaves" if leaves_on <= self.on else "leaves_later"

    def missing(self, text: str) -> list[Line]:
        """People whom the list covers but does not contain: they leave today, if the school chose that.

        Whose address stands anywhere in the list does not: after damage a row may be part of another, or of a cell.
        """
        if not self.choices.missing_leave:
            return []
        gone = [
            person
            for person in self.people
            if person.pk not in self.in_list and person.category in self.choices.covers and is_here(person, on=self.on)
        ]
        lines = [Line("leaves", person.full_name, [], person.pk, [Change("leaves_on", person.leaves_on, self.on)]) for person in gone]
        for person, line in zip(gone, lines, strict=True):
            is_yourself = self.by is not None and person.pk == self.by.pk
            if is_yourself or (person.email and person.email.lower() in text):
                line.kind, line.changes, line.code = "left_out", [], "is_yourself" if is_yourself else "stands_elsewhere"
        return lines


def without_clashes(pairs: list[tuple[Listed, Line]]) -> list[Line]:
    """Refuses all rows that match the same person: one would overwrite the other, or is about somebody else."""
    counts = Counter(line.person_id for _listed, line in pairs)
    return [
        Line("refused", listed.name, listed.rows, line.person_id, code="two_rows_one_person")
        if line.person_id and counts[line.person_id] > 1
        else line
        for listed, line in pairs
    ]


def is_here(person: Person, *, on: dt.date) -> bool:
    return (person.starts_on is None or person.starts_on <= on) and not person.has_left(on=on)
