"""What importing a staff list would do, line by line, and the sentences that say why something is not done."""

import datetime as dt
import hashlib
import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext as _now
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
    "not_a_table": _("This is not a CSV or Excel file (.xlsx). Save the list as one of these."),
    "damaged": _("The file is damaged. Export it anew, or open it in Excel and save it again."),
    "zero_bytes": _("There are zero bytes in the file: it is damaged, or it is no table. Export it anew as CSV or .xlsx."),
    "open_quotation": _(
        "Row %(row)s: a quotation mark is not closed, or stands where none can, so that what comes behind it cannot be told apart. "
        "Mend that cell, or leave its column out. Nothing was read."
    ),
    "second_table": _("Row %(row)s holds other headings: there seem to be two lists in the file. Import them one after the other."),
    "no_headings": _("There are no headings above the people. Put a row with headings on top: Name, Email, Job title, Start date."),
    "which_sheet": _("There are several sheets that could be the list: %(sheets)s. Say in the admin which one it is."),
    "which_letters": _(
        "The letters of this file can be read in more than one way, and names with accents would come out wrong. "
        "Import it once in the admin and say there how it is to be read, or save it as “CSV UTF-8”."
    ),
    "odd": _(
        "Nobody can be taken to have left by this list, so nothing was done: %(why)s. Mend the list, or import it without "
        "“Whoever of these is not in the list has left”."
    ),
    "no_name": _("Say which column holds the name: one with the whole name, or two with forename and surname."),
}
WHY = {
    "unreadable": _("holds a character that cannot be read"),
    "too_long": _("is too long"),
    "no_name": _("there is no name"),
    "no_persons_name": _("is not a person's name"),
    "no_value": _("a cell holds an error, or a formula that nobody has worked out: open the list in Excel and save it"),
    "shortened": _("is a number that a spreadsheet has shortened: make its column text, or export the list again"),
    "more_cells": _("stands beyond the last heading: the cells of this row are not below their own headings"),
    "two_addresses": _("are two e-mail addresses: say which one it is"),
    "month_first": _("may have the month first, as other days of this column have: write 1 Sept 2026 or 2026-09-01"),
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
    "stands_elsewhere": _("has no row that could be read, but their e-mail address stands in the list: set their last day on their page"),
    "not_active": _("is not active in the list, and is here: set their last day on their page if they have left"),
    "for_a_person": _("only for somebody who looks: import the list in the admin"),
    "needs_two": _("has a role: change the e-mail address on their page, where a second person confirms it"),
    "may_be": _("may be somebody who is here already"),
}


# What may be odd about a file, and whether it stops that people who are missing from it leave: then it may be damaged, or not all of it.
ODD = {
    "lines": (_("goes over several lines, as if a quotation mark were not closed"), True),
    "more_cells": (_("has more cells than there are headings"), True),
    "fewer_cells": (_("has fewer cells than there are headings"), True),
    "beyond": (_("has more cells than are read (200)"), True),
    "merged": (_("has merged cells, of which only the first is read"), True),
    "hidden": (_("is hidden in the sheet, and is read too"), False),
    "footer": (_("is not about a person, and is not read"), False),
    "above": (_("stands above the headings, and is not read"), False),
    "full_above": (_("stands above the headings although it is as long as they are, and is not read"), True),
    "about_anybody": (_("is refused and may be about anybody"), True),
    "gone_already": (_("is about somebody who has left or is not active, and is not here: nothing to do"), False),
    "nobody": (_("no person could be read"), True),
    "other_sheets": (_("other sheets are not read"), False),
    "other_lists": (_("other sheets may hold people too, and are not read"), True),
    "same_heading": (_("a heading stands twice, and only one of the columns is used"), True),
    "new_columns": (_("the columns are other ones than those of the last list"), True),
    "letters": (_("the letters can be read in more than one way"), True),
}


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something odd about a file: a code of ODD, the rows that it is about if it is about rows, and a few words of the file."""

    code: str
    rows: list[int] = field(default_factory=list)
    words: str = ""

    @property
    def stops(self) -> bool:
        return ODD[self.code][1]

    def __str__(self) -> str:
        what = f"{ODD[self.code][0]}: {self.words}" if self.words else str(ODD[self.code][0])
        if not any(self.rows):
            return what
        some = ", ".join(str(row) for row in self.rows[:10]) + (" …" if len(self.rows) > 10 else "")
        return _now("row %(rows)s %(what)s") % {"rows": some, "what": what}


@dataclass(frozen=True, slots=True)
class Change:
    name: str
    before: Any
    after: Any
    is_default: bool = False

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
    reading: str = ""
    sheet: str = ""
    # Whether the columns are guessed, because the file does not have those of the last list.
    is_new: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class Plan:
    """All lines of a list; `here` is the number of people whom it can make leave."""

    on: dt.date
    lines: list[Line]
    here: int
    unknown_categories: list[str]
    unreachable: list[Person]
    oddities: list[Oddity] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)

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
