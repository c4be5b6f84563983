"""The days that the demo's story hangs on, seen from the moment at which it is made."""

import datetime as dt

from declarations.organisation.models.school import School

REVISED_DAYS_AGO = 13
CORRECTED_DAYS_AGO = 34
# Name, first and last day; the months from January on are those of the year after.
HOLIDAYS = (
    ("Autumn half term", (10, 26), (10, 30)),
    ("Christmas holidays", (12, 21), (1, 3)),
    ("Spring half term", (2, 15), (2, 19)),
    ("Easter holidays", (3, 29), (4, 9)),
    ("Summer half term", (5, 31), (6, 4)),
    ("Summer holidays", (7, 22), (8, 31)),
)


class Calendar:
    """Days of one school. `years` are this school year, last year and the one before, in that order."""

    def __init__(self, *, school: School, at: dt.datetime) -> None:
        self.school = school
        self.at = at
        self.on = school.day_of(at)
        this = school.year(on=self.on)
        last = school.year(on=this.opens_on - dt.timedelta(days=1))
        self.years = (this, last, school.year(on=last.opens_on - dt.timedelta(days=1)))
        # The schools have used the product since before the oldest declaration that anybody could still hold.
        self.begun_at = self.moment(self.years[2].opens_on - dt.timedelta(days=20), "08:00")
        self.revised_at = self.days_ago(REVISED_DAYS_AGO, "07:30")
        self.corrected_at = self.days_ago(CORRECTED_DAYS_AGO, "16:20")

    def moment(self, day: dt.date, clock: str) -> dt.datetime:
        """That time of that day at the school; on a weekend the Friday before; never in the future."""
        working = day - dt.timedelta(days=max(0, day.weekday() - 4))
        return min(dt.datetime.combine(working, dt.time.fromisoformat(clock), self.school.zone), self.at)

    def holidays(self) -> list[tuple[dt.date, dt.date, str]]:
        """Those of last school year, this one and the next: (first day, last day, name)."""
        years = range(self.years[0].key - 1, self.years[0].key + 2)
        return [(in_year(year, first), in_year(year, last), name) for year in years for name, first, last in HOLIDAYS]

    def days_ago(self, days: int, clock: str) -> dt.datetime:
        return self.moment(self.on - dt.timedelta(days=days), clock)

    def this_year(self, days: int, clock: str) -> dt.datetime:
        """So many days ago, but in this school year: the day on which it began, if that is later."""
        opened = dt.datetime.combine(self.years[0].opens_on, dt.time.fromisoformat(clock), self.school.zone)
        return min(max(self.days_ago(days, clock), opened), self.at)

    def first_week(self, year: int, clock: str, place: int) -> dt.datetime:
        """The week in which signing was due, so many years ago; `place` spreads people over its days."""
        return self.moment(self.years[year].due_on - dt.timedelta(days=place % 5), clock)

    def newest_year_of(self, signs: str) -> int | None:
        """How many years ago somebody in this state signed last; None if they signed after the revision.

        In the grace of August and September last year's declarations are still in force, and a lapsed one is a year older.
        """
        in_grace = self.on < self.years[0].grace_ends_on
        return {"now": None, "due": 1 if in_grace else 0, "lapsed": 2 if in_grace else 1}[signs]


def in_year(year: int, day: tuple[int, int]) -> dt.date:
    """That day of the school year which begins in September of `year`; the last of August is its last."""
    month, number = day
    return dt.date(year if month >= 9 else year + 1, month, number)
