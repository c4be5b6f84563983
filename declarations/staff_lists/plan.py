"""What importing a staff list would do, line by line, and the sentences that say why something is not done."""

import datetime as dt
import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from declarations.organisation.models.person import Person

# If more than this share of the people whom the list covers would leave, the import must be confirmed a second time.
MANY_LEAVE = 0.2
# Only last days within this time count for that share: a wrong column or year would soon cut everybody off. Later ones do not
# count, because a good list has many contracts that end in summer, and a wrong day can still be corrected.
SOON = dt.timedelta(days=60)
FIELDS = ("full_name", "email", "staff_number", "job_title", "category", "starts_on", "leaves_on")

WHY_UNREADABLE = {
    "too_big": _(
        "The file is larger than 5 MB, or holds far more text than a staff list. A staff list is far smaller: export people only."
    ),
    "cell_too_long": _(
        "A cell holds more than 32,767 characters: perhaps a quotation mark is not closed. Mend it, or leave its column out."
    ),
    "too_many_rows": _("The file has more than 10,000 rows."),
    "empty": _("There is nothing in the file."),
    "old_excel": _(
        "This is an Excel file of the old kind (.xls), or one with a password. Open it in Excel and save it as .xlsx or as CSV."
    ),
    "web_page": _("This is a web page that is called a spreadsheet. Open it in Excel and save it as .xlsx or as CSV."),
    "not_a_table": _("This is not a CSV or Excel file."),
    "damaged": _("The file is damaged. Export it anew, or open it in Excel and save it again."),
    "no_name": _("Say which column holds the name: one with the whole name, or two with forename and surname."),
}
WHY = {
    "unreadable": _("holds a character that cannot be read"),
    "too_long": _("is too long"),
    "no_name": _("there is no name"),
    "no_persons_name": _("is not a person's name"),
    "bad_email": _("is not an e-mail address"),
    "bad_starts_on": _("is not a day (day/month/year)"),
    "bad_last_day": _("is not a day (day/month/year)"),
    "ends_before_it_starts": _("ends before it starts"),
    "email_of_two_numbers": _("the same e-mail address stands beside two staff numbers"),
    "two_names": _("one staff number or e-mail address, two names"),
    "two_emails": _("one staff number, two e-mail addresses"),
    "cannot_be_told_apart": _("the same name more than once, and neither staff number nor e-mail address to tell them apart"),
    "email_is_taken": _("somebody else signs in with this e-mail address"),
    "number_is_anothers": _("the staff number is one person's here, the e-mail address another's"),
    "two_rows_one_person": _(
        "comes to the same person here as another row, by staff number, e-mail address or your choice: mend the list or leave one out"
    ),
    "leaves_before_starting": _("would leave before they start"),
    # The codes from here on do not refuse the row: it is left as it is.
    "has_left_here": _("has left here, and the list gives no new first day: “Come back” on their page, if they are back"),
    "is_yourself": _("yourself: nobody sets their own last day"),
    "is_here_already": _("is here already, and the list has them start on a day ahead"),
    "for_a_person": _("only for somebody who looks: import the list in the admin"),
    "may_be": _("may be somebody who is here already"),
}


@dataclass(frozen=True, slots=True)
class Change:
    name: str
    before: Any
    after: Any

    @property
    def label(self) -> str:
        return str(Person._meta.get_field(self.name).verbose_name)  # type: ignore[union-attr]  # noqa: SLF001  # Model._meta has no public name


@dataclass(slots=True)
class Line:
    """What happens to a person of the list, or to one who is missing from it."""

    kind: str
    name: str
    rows: list[int] = field(default_factory=list)
    person_id: int | None = None
    changes: list[Change] = field(default_factory=list)
    code: str = ""
    value: str = ""
    candidates: list[Person] = field(default_factory=list)

    @property
    def why(self) -> str:
        reason = WHY.get(self.code, "")
        shown = self.value if len(self.value) <= 40 else f"{self.value[:40]}…"
        return str(format_lazy("“{}” {}", shown, reason)) if shown else str(reason)

    def after(self, name: str) -> Any:
        return next((change.after for change in self.changes if change.name == name), None)

    def changes_but(self, *names: str) -> list[Change]:
        return [change for change in self.changes if change.name not in names]

    @property
    def shown(self) -> list[Change]:
        """The changes that the preview shows beside the name."""
        return [change for change in self.changes if change.name != "full_name" or self.kind != "joins"]

    @property
    def is_unreachable(self) -> bool:
        return self.kind == "joins" and not self.after("email")

    @property
    def number(self) -> int:
        return self.rows[0] if self.rows else 0


@dataclass(frozen=True, slots=True)
class Choices:
    """What the school chose: the columns, whom the list covers, and whether people who are missing from it leave."""

    columns: dict[str, str]
    covers: list[str]
    missing_leave: bool

    def as_json(self) -> dict[str, Any]:
        return {"columns": self.columns, "covers": self.covers, "missing_leave": self.missing_leave}


@dataclass(slots=True)
class Plan:
    """All lines of a list; `here` is the number of people whom it can make leave."""

    on: dt.date
    lines: list[Line]
    here: int
    unknown_categories: list[str]
    unreachable: list[Person]

    def of(self, *kinds: str) -> list[Line]:
        return [line for line in self.lines if line.kind in kinds]

    @property
    def leaving(self) -> list[Line]:
        """The people who leave now or soon, and earlier than was known before."""
        return [line for line in self.of("leaves", "leaves_later") if is_soon(line, on=self.on)]

    @property
    def many_leave(self) -> bool:
        return len(self.leaving) > MANY_LEAVE * self.here

    @property
    def percent(self) -> int:
        return round(100 * len(self.leaving) / self.here) if self.here else 0

    @property
    def changing(self) -> list[Line]:
        return self.of("joins", "changes", "comes_back", "leaves", "leaves_later")

    @property
    def counts(self) -> dict[str, int]:
        numbers = Counter(line.kind for line in self.lines)
        kinds = ("joins", "changes", "comes_back", "leaves", "leaves_later", "same", "duplicate", "left_out", "refused")
        return {kind: numbers[kind] for kind in kinds}

    def fingerprint(self) -> str:
        """A hash of everything that the preview shows, so that a change in the meantime is noticed."""
        rows = [
            [
                line.kind,
                line.name,
                line.rows,
                line.person_id,
                line.code,
                [c.pk for c in line.candidates],
                [[c.name, str(c.before), str(c.after)] for c in line.changes],
            ]
            for line in self.lines
        ]
        return hashlib.sha256(json.dumps([rows, self.here]).encode()).hexdigest()


def is_soon(line: Line, *, on: dt.date) -> bool:
    dates = next(change for change in line.changes if change.name == "leaves_on")
    return bool(dates.after - on <= SOON and (dates.before is None or dates.after < dates.before))
