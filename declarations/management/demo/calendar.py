"""The days of the demo's story, counted from the moment at which it is made."""

import datetime as dt

from declarations.organisation.models.school import School

REVISED_DAYS_AGO = 13
CORRECTED_DAYS_AGO = 34
# Name, first and last day as (month, day) of a school year, which begins in September.
HOLIDAYS = (
    ("Autumn half term", (10, 26), (10, 30)),
    ("Christmas holidays", (12, 21), (1, 3)),
    ("Spring half term", (2, 15), (2, 19)),
    ("Easter holidays", (3, 29), (4, 9)),
    ("Summer half term", (5, 31), (6, 4)),
    ("Summer holidays", (7, 22), (8, 31)),
)


class Calendar:
    """The days of one school. `years` holds this school year, the last and the one before, in that order."""

    def __init__(self, *, school: School, at: dt.datetime) -> None:
        self.school = school
        self.at = at
        self.on = school.day_of(at)
        this = school.year(on=self.on)
        last = school.year(on=this.opens_on - dt.timedelta(days=1))
        self.years = (this, last, school.year(on=last.opens_on - dt.timedelta(days=1)))
        # The schools began before the oldest declaration that somebody could still hold.
        self.begun_at = self.moment(self.years[2].opens_on - dt.timedelta(days=20), "08:00")
        self.revised_at = self.days_ago(REVISED_DAYS_AGO, "07:30")
        self.corrected_at = self.days_ago(CORRECTED_DAYS_AGO, "16:20")

    def moment(self, day: dt.date, clock: str) -> dt.datetime:
        """Return that time on that day at the school; for a weekend, on the Friday before; never in the future."""
        working = day - dt.timedelta(days=max(0, day.weekday() - 4))
        return min(dt.datetime.combine(working, dt.time.fromisoformat(clock), self.school.zone), self.at)

    def holidays(self) -> list[tuple[dt.date, dt.date, str]]:
        """Return the holidays of the last school year, this one and the next: (first day, last day, name)."""
        years = range(self.years[0].key - 1, self.years[0].key + 2)
        return [(in_year(year, first), in_year(year, last), name) for year in years for name, first, last in HOLIDAYS]

    def days_ago(self, days: int, clock: str) -> dt.datetime:
        return self.moment(self.on - dt.timedelta(days=days), clock)

    def this_year(self, days: int, clock: str) -> dt.datetime:
        """Return the moment so many days ago, but not before this school year began."""
        opened = dt.datetime.combine(self.years[0].opens_on, dt.time.fromisoformat(clock), self.school.zone)
        return min(max(self.days_ago(days, clock), opened), self.at)

    def first_week(self, year: int, clock: str, place: int) -> dt.datetime:
        """Return a moment in the week in which signing was due, `year` years ago; `place` spreads people over its days."""
        return self.moment(self.years[year].due_on - dt.timedelta(days=place % 5), clock)

    def newest_year_of(self, signs: str) -> int | None:
        """How many years ago somebody in this state signed last; None if they signed after the revision.

        During the grace period last year's declarations are still in force, and a lapsed one is a year older.
        """
        in_grace = self.on < self.years[0].grace_ends_on
        return {"now": None, "due": 1 if in_grace else 0, "lapsed": 2 if in_grace else 1}[signs]


def in_year(year: int, day: tuple[int, int]) -> dt.date:
    """Return that (month, day) in the school year that begins in September of `year`."""
    month, number = day
    return dt.date(year if month >= 9 else year + 1, month, number)
