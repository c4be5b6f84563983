"""The register: who of a school had signed what on a day, and which of their devices were permitted then, by whom."""

import datetime as dt
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from declarations.devices.models import Permission, Suspension
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.signing.models.declaration import Declaration, DeclarationQuerySet
from declarations.signing.models.paper import PaperSignature
from declarations.signing.status import DeclarationStatus, SigningStatus, declaration_status, expected_to_sign


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which rows; an empty one lets everybody through. `name` is words that must all occur in the name, e-mail or reference.

    `newer`: whose e-mail address or second factor was newer than so many days when they signed.
    """

    declaration_status: str = ""
    signing_status: str = ""
    category: str = ""
    newer: str = ""
    name: str = ""

    def declarations(self, school: School) -> DeclarationQuerySet:
        """The school's declarations that the filter by what was new lets through."""
        declarations: DeclarationQuerySet = Declaration.objects.filter(school=school)
        return declarations.newly_known(days=int(self.newer)) if self.newer else declarations

    def let_through(self, *, declaration_status: str, category: str, words: Iterable[str]) -> bool:
        if self.declaration_status not in {"", declaration_status} or self.category not in {"", category}:
            return False
        text = plain(" ".join(words))
        return all(word in text for word in plain(self.name).split())


class Permitted(NamedTuple):
    """A device that was permitted at the end of a day, and why it could not join the Wi-Fi all the same, "" if it could."""

    permission: Permission
    decided_on: dt.date
    why_not: str


@dataclass(frozen=True, slots=True)
class Row:
    """A person who is expected to sign, and the newest of their declarations in force on the day, else the newest signed until then.

    `signing_status` (a SigningStatus) says what the person still had to do. `declaration` and `devices` are empty until they are read.
    """

    person_id: int
    name: str
    email: str
    title: str
    category: str
    signing_status: str
    in_force_id: int | None
    declaration_id: int | None
    reference: str | None
    # What was signed on paper that day and entered later was in force; the network could not know.
    is_recorded: bool
    declaration: Declaration | None = None
    devices: Sequence[Permitted] = ()

    @property
    def declaration_status(self) -> DeclarationStatus:
        """Whether the declaration was in force."""
        return declaration_status(is_in_force=self.in_force_id is not None, was_ever_signed=self.declaration_id is not None)

    @property
    def paper(self) -> PaperSignature | None:
        """Who sighted it and where it is filed, if it was signed on paper."""
        return getattr(self.declaration, "paper", None)

    @property
    def category_label(self) -> str:
        return str(Person.Category(self.category).label)

    @property
    def declaration_status_label(self) -> str:
        return str(self.declaration_status.label)

    @property
    def signing_status_label(self) -> str:
        """Empty where it would repeat the status of the declaration."""
        return "" if self.signing_status == self.declaration_status else str(SigningStatus(self.signing_status).label)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How many of a category (or of all: category "") stood where."""

    category: str
    signed: int
    lapsed: int
    never: int

    @property
    def label(self) -> str:
        return str(Person.Category(self.category).label) if self.category else str(_("everyone"))

    @property
    def people(self) -> int:
        return self.signed + self.lapsed + self.never

    @property
    def percent(self) -> int:
        """Of a hundred, how many had signed, rounded down: 100 is everyone."""
        return self.signed * 100 // self.people if self.people else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """As at the end of `on` at the school. The totals are of everybody, whatever the filters."""

    school: School
    on: dt.date
    filters: Filters
    rows: list[Row]
    total: Totals
    by_category: list[Totals]


def register(*, school: School, on: dt.date, filters: Filters) -> Register:
    """Everyone expected to sign who was at the school on that day, by name; five queries (six with `newer`), however many they are.

    Names, titles and categories are today's; what was signed, said and decided is as it stood at the end of the day.
    """
    people = sorted(expected(school=school, on=on), key=lambda row: (plain(row.name), row.person_id))
    newly_known = set(filters.declarations(school).values_list("pk", flat=True)) if filters.newer else set()
    chosen = [
        row
        for row in people
        if (not filters.newer or row.declaration_id in newly_known)
        and filters.signing_status in {"", row.signing_status}
        and filters.let_through(
            declaration_status=row.declaration_status, category=row.category, words=(row.name, row.email, row.reference or "")
        )
    ]
    declarations = Declaration.objects.with_texts().in_bulk([row.declaration_id for row in chosen if row.declaration_id])
    devices = permitted(school=school, on=on, signed={row.person_id for row in chosen if row.is_recorded})
    rows = [replace(row, declaration=declarations.get(row.declaration_id or 0), devices=devices.get(row.person_id, ())) for row in chosen]
    by_category = [(category, [row for row in people if row.category == category]) for category in Person.Category.values]
    return Register(
        school=school,
        on=on,
        filters=filters,
        rows=rows,
        total=totals("", people),
        by_category=[totals(category, of_category) for category, of_category in by_category if of_category],
    )


def every_declaration(*, school: School, on: dt.date, filters: Filters) -> list[int]:
    """The ids of all that was ever signed at a school, oldest first.

    `filters.declaration_status` is about the declaration on that day, `filters.signing_status` about the person who signed it.
    """
    declarations = filters.declarations(school)
    if filters.signing_status:
        signers = [row.person_id for row in expected(school=school, on=on) if row.signing_status == filters.signing_status]
        declarations = declarations.filter(person__in=signers)
    in_force = set(declarations.in_force(on=on).values_list("pk", flat=True))
    return [
        pk
        for pk, name, email, reference, category in declarations.order_by("signed_at", "pk").values_list(
            "pk", "person_name", "person_email", "reference", "person__category"
        )
        if filters.let_through(
            declaration_status=declaration_status(is_in_force=pk in in_force, was_ever_signed=True),
            category=category,
            words=(name, email, reference),
        )
    ]


def expected(*, school: School, on: dt.date) -> list[Row]:
    """Everyone expected to sign who was at the school on that day, in no order; two queries."""
    declarations = Declaration.objects.filter(person=OuterRef("pk"), signed_on__lte=on).newest_first()
    in_force = declarations.in_force(on=on)
    rows = expected_to_sign(school=school, on=on).values_list(
        *("pk", "full_name", "email", "job_title", "category", "signing_status"),
        Subquery(in_force.values("pk")[:1]),
        Coalesce(Subquery(in_force.values("pk")[:1]), Subquery(declarations.values("pk")[:1])),
        Coalesce(Subquery(in_force.values("reference")[:1]), Subquery(declarations.values("reference")[:1])),
        Exists(in_force.filter(signed_at__lt=school.end_of(on))),
    )
    return [Row(*values) for values in rows]


def permitted(*, school: School, on: dt.date, signed: set[int]) -> dict[int, list[Permitted]]:
    """The devices of each owner that were permitted at the end of the day, from the oldest decision on.

    `signed` are the people whose declaration was in force: without one no device connects.
    """
    end = school.end_of(on)
    suspended = set(
        Suspension.objects.filter(device__school=school, suspended_at__lt=end)
        .filter(Q(lifted_at__isnull=True) | Q(lifted_at__gte=end))
        .values_list("device_id", flat=True)
    )
    permissions = (
        Permission.objects.filter(school=school, approved=True, decided_at__lt=end, until__gte=on)
        .filter(Q(ended_at__isnull=True) | Q(ended_at__gte=end))
        .select_related("device", "decided_by")
        .order_by("decided_at", "pk")
    )
    newest = {permission.device_id: permission for permission in permissions}  # renewed before it ended: the later decision
    devices: dict[int, list[Permitted]] = {}
    for permission in newest.values():
        why_not = ""
        if permission.device_id in suspended:
            why_not = str(_("suspended: reported lost or stolen"))
        elif permission.owner_id not in signed:
            why_not = str(_("no declaration in force"))
        if permission.decided_at is not None:  # always: the query says so
            decided = Permitted(permission, school.day_of(permission.decided_at), why_not)
            devices.setdefault(permission.owner_id, []).append(decided)
    return devices


def totals(category: str, rows: Iterable[Row]) -> Totals:
    counted = Counter(row.declaration_status for row in rows)
    in_force, lapsed, never = (counted[status] for status in DeclarationStatus)
    return Totals(category=category, signed=in_force, lapsed=lapsed, never=never)


def plain(text: str) -> str:
    """For sorting and looking up: without case and accents, so that `wyn` finds Ŵyn."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
