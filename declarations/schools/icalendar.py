"""Reads the events of a calendar file (iCalendar, RFC 5545) as days, as far as term dates need it.

The library `icalendar` reads lines, days and lengths; `dateutil` works out the days of an event that repeats. An event that
repeats too often, or in a way that is not supported, is returned with `repeats` set; one that cannot be read is named
(docs/decisions/0049).
"""

import datetime as dt
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import islice, takewhile
from typing import Final
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr
from icalendar import vDDDTypes, vDuration
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from declarations.common.dates import A_DAY
from declarations.common.errors import UnreadableFileError
from declarations.schools.calendar_file import MOST_EVENTS, EventLines, Line, event_lines, one_line, unreadable

# The most repetitions that are worked out for one event and for all, and the most days that one event may have.
MOST_STEPS, MOST_STEPS_IN_ALL, MOST_OF_ONE_EVENT = 1_000, 20_000, 40
# Some programs write 1601 or 1604 for an unknown year; a day outside these years is refused.
FIRST_YEAR: Final = 1601
LAST_YEAR: Final = 2100


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """An event from its first to its last day, both included, by the school's clock; `repeats` marks repetition that is not supported."""

    first: dt.date
    last: dt.date
    name: str
    is_timed: bool = False
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """An event that cannot be read, by its name if it has one, and why."""

    name: str
    error: UnreadableFileError


@dataclass(frozen=True, slots=True)
class Calendar:
    """The events that touch some days, in order, each once; and what could not be read, in the order of the file."""

    events: list[Event]
    unread: list[Unread]


@dataclass(slots=True)
class Changes:
    """The days of a repeated event that other events of the file take the place of."""

    days: set[dt.date] = field(default_factory=set)
    from_then_on: dt.date = dt.date.max


# What a repetition rule may contain. Every such rule has a next day; a search for 30 February would never end.
_NUMBER: Final = "[1-9][0-9]{0,3}"
_UNTIL: Final = "[12][0-9]{7}(T[0-9]{6}Z?)?"
_MONTH: Final = "(0?[1-9]|1[0-2])"
_VALUES: Final = {"FREQ": "[A-Z]+", "WKST": "[A-Z]{2}", "INTERVAL": _NUMBER, "COUNT": _NUMBER, "UNTIL": _UNTIL,
                  "BYDAY": "([+-]?[1-4]?(MO|TU|WE|TH|FR|SA|SU),?)+", "BYSETPOS": "[+-]?[1-9][0-9]?",
                  "BYMONTHDAY": "[0-9]{1,2}", "BYMONTH": f"{_MONTH}(,{_MONTH})*"}  # fmt: skip
_NARROWED: Final = {"DAILY": "", "WEEKLY": "BYDAY", "MONTHLY": "BYDAY BYMONTHDAY BYSETPOS", "YEARLY": "BYDAY BYMONTH BYMONTHDAY BYSETPOS"}


def calendar(data: bytes, *, zone: ZoneInfo, first: dt.date, last: dt.date) -> Calendar:
    """What a file holds from `first` to `last`. Raises UnreadableFileError for a file that is no calendar, or holds too much."""
    of_file: list[EventLines] = []
    for lines in event_lines(data):
        if len(of_file) == MOST_EVENTS:
            raise unreadable("too_many", limit=f"{MOST_EVENTS:,}")
        of_file.append(lines)
    changes = _changes(of_file, zone)
    events: set[Event] = set()
    unread: list[Unread] = []
    steps = 0
    for lines in of_file:
        try:
            days, taken = _days(lines, changes[lines.text("UID")], zone=zone, since=first, until=last)
        except UnreadableFileError as error:
            unread.append(Unread(lines.text("SUMMARY"), error))
            continue
        steps += taken
        if steps > MOST_STEPS_IN_ALL:
            raise unreadable("too_many", limit=f"{MOST_STEPS_IN_ALL:,}")
        events.update(event for event in days if event.repeats or (event.last >= first and event.first <= last))
    return Calendar(sorted(events), unread)


def _changes(of_file: list[EventLines], zone: ZoneInfo) -> defaultdict[str, Changes]:
    """Which days of which event (by UID) are moved or left out by another one. One that cannot be read changes nothing."""
    changes: defaultdict[str, Changes] = defaultdict(Changes)
    for lines in of_file:
        line, of_uid = lines.get("RECURRENCE-ID"), changes[lines.text("UID")]
        try:
            day = _moment(line, zone)[0].date() if line else None
            goes_on = _goes_on(line)
        except UnreadableFileError:
            continue
        if day:
            of_uid.days.add(day)
            of_uid.from_then_on = min(day, of_uid.from_then_on) if goes_on else of_uid.from_then_on
    return changes


def _goes_on(line: Line | None) -> bool:
    """Whether a change is for its day and for all that follow."""
    return line is not None and line.parts()[0].get("RANGE") == "THISANDFUTURE"


def _days(lines: EventLines, changes: Changes, *, zone: ZoneInfo, since: dt.date, until: dt.date) -> tuple[list[Event], int]:
    """The event, once or for each repetition that may touch the days from `since` to `until`, and the number of steps that took."""
    if lines.error:
        raise lines.error
    if lines.text("STATUS").upper() == "CANCELLED":
        return [], 0
    begins = lines.get("DTSTART")
    if begins is None:
        raise unreadable("no_start", line=f"{lines.last_line:,}")
    start, has_time = _moment(begins, zone)
    end = _end(lines, start, zone, is_timed=has_time)
    if end < start:
        raise unreadable("backwards", line=f"{lines.last_line:,}")
    # From midnight to midnight is whole days, as some programs write them.
    is_timed = has_time and not (start.time() == end.time() == dt.time() and end > start)
    first, last = start.date(), max(start, end - dt.timedelta(microseconds=1)).date()
    event = Event(first, last, lines.text("SUMMARY"), is_timed)
    if _goes_on(lines.get("RECURRENCE-ID")):
        return [replace(event, repeats=True)], 0
    if not lines.by_name.keys() & {"RRULE", "RDATE"}:
        return [event], 0
    return _repeated(event, lines, changes, zone=zone, at=start.time() if has_time else None, since=since, until=until)


def _repeated(
    event: Event, lines: EventLines, changes: Changes, *, zone: ZoneInfo, at: dt.time | None, since: dt.date, until: dt.date
) -> tuple[list[Event], int]:
    """Each repetition of an event that may touch the days from `since` to `until`, and the number of steps that took."""
    length, days = event.last - event.first, [event.first]
    if rules := lines.by_name.get("RRULE"):
        parts = _parts(rules[0], zone, at)
        if f"{event.first:%Y%m%d}" <= parts.get("UNTIL", "")[:8] < f"{since - length:%Y%m%d}":
            return [], 0
        rule = _rule(parts, event.first) if len(rules) == 1 and "EXRULE" not in lines.by_name else None
        days = [day.date() for day in islice(takewhile(lambda day: day.date() <= until, rule or ()), MOST_STEPS)]
    again = sorted({day for day in [*days, *_dates(lines, "RDATE", zone)] if since - length <= day <= until})
    if days[:1] != [event.first] or len(days) == MOST_STEPS or len(again) > MOST_OF_ONE_EVENT:
        return [replace(event, repeats=True)], len(days)
    but_not = _dates(lines, "EXDATE", zone) | changes.days
    return [replace(event, first=day, last=day + length) for day in again if day not in but_not and day < changes.from_then_on], len(days)


def _dates(lines: EventLines, name: str, zone: ZoneInfo) -> set[dt.date]:
    return {moment.date() for line in lines.by_name.get(name, ()) for moment, _has_time in _moments(line, zone)}


def _moment(line: Line, zone: ZoneInfo) -> tuple[dt.datetime, bool]:
    """The first moment that a line names."""
    moments = _moments(line, zone)
    if not moments:
        raise _no_day(line)
    return moments[0]


def _moments(line: Line, zone: ZoneInfo) -> list[tuple[dt.datetime, bool]]:
    """Each moment by the school's clock, without a zone, and whether it has a time of day; of a period its beginning."""
    parameters, values = line.parts()
    of = _zone(str(parameters.get("TZID", "")), zone)
    try:
        return [_when(value.partition("/")[0].strip(), of, zone) for value in values.split(",") if value.strip()]
    except (ValueError, OverflowError):
        raise _no_day(line) from None


def _when(value: str, of: ZoneInfo | None, zone: ZoneInfo) -> tuple[dt.datetime, bool]:
    # The library takes lengths and times of day for moments too, and stumbles over a time with a zone.
    day = vDDDTypes.from_ical(value, timezone=of if "T" in value else None) if re.fullmatch("[0-9]{8}[ -~]*", value) else None
    if not isinstance(day, dt.date) or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(value)
    if not isinstance(day, dt.datetime):
        return dt.datetime.combine(day, dt.time()), False
    return (day.astimezone(zone).replace(tzinfo=None) if day.tzinfo else day), True


def _zone(name: str, otherwise: ZoneInfo) -> ZoneInfo | None:
    """The zone of that name: IANA's, also behind a path, or Outlook's. None without a name, the school's for one that nobody knows."""
    for known in (WINDOWS_TO_OLSON.get(name, name), "/".join(name.split("/")[-2:])) if name else ():
        try:
            return ZoneInfo(known.strip("/"))
        except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
            continue
    return otherwise if name else None


def _end(lines: EventLines, start: dt.datetime, zone: ZoneInfo, *, is_timed: bool) -> dt.datetime:
    """The first moment after the event; a day without an end lasts one day."""
    end = start
    if ends := lines.get("DTEND"):
        end, _has_time = _moment(ends, zone)
    elif lasts := lines.get("DURATION"):
        written = lasts.parts()[1].upper()
        try:
            length = vDuration.from_ical(written)
            end = start + length
        except (ValueError, OverflowError):
            raise _no_day(lasts) from None
        if length < dt.timedelta() or not re.search("[0-9]", written):
            raise _no_day(lasts)
    # Many programs write the same day as start and end, although the standard forbids it.
    return start + A_DAY if end == start and not is_timed else end


def _no_day(line: Line) -> UnreadableFileError:
    return unreadable("bad_day", line=f"{line.number:,}", value=one_line(line.parts()[1]))


def _parts(line: Line, zone: ZoneInfo, at: dt.time | None) -> dict[str, str]:
    """The parts of a repetition rule by name; UNTIL as the end of the last day on which an event may begin, at this time if at one."""
    parts = dict(part.split("=", 1) for part in "".join(line.parts()[1].upper().split()).split(";") if "=" in part)
    ends = parts.get("UNTIL", "")
    if re.fullmatch(_UNTIL, ends):
        try:
            moment, _has_time = _when(ends, None, zone)
        except (ValueError, OverflowError):
            moment = None
        # Of an event of whole days only the day counts, whatever the zone.
        last_day = moment - A_DAY * (moment.time() < at) if moment and at is not None and "T" in ends else None
        parts["UNTIL"] = f"{last_day:%Y%m%d}T235959" if last_day else f"{ends[:8]}T235959"
    return parts


def _rule(parts: dict[str, str], first: dt.date) -> rrule | None:
    """The days on which a repeated event begins; None for a rule that is not supported."""
    if not _is_supported(parts, first):
        return None
    start = dt.datetime.combine(first, dt.time())
    try:
        rule = rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=start)
    except ValueError:
        return None
    if parts["FREQ"] == "YEARLY" and "BYDAY" in parts and "BYMONTH" not in parts and next(iter(rule), start) != start:
        # “The first Monday” of a year is in January; who begins in May means the month as well.
        return _rule(parts | {"BYMONTH": str(first.month)}, first)
    return rule


def _is_supported(parts: dict[str, str], first: dt.date) -> bool:
    """Whether every part is known, and there is always a next day: a search for 30 February would never end."""
    frequency, by = parts.get("FREQ", ""), {name for name in parts if name.startswith("BY")}
    weekdays = parts.get("BYDAY", "").strip(",").split(",")
    if frequency not in _NARROWED or not by <= set(_NARROWED[frequency].split()) or {"BYDAY", "BYMONTHDAY"} <= by:
        return False
    if frequency in {"DAILY", "WEEKLY"} and not parts.keys() & {"COUNT", "UNTIL"}:
        return False  # far too many days for a line each
    if parts.keys() - _VALUES.keys() or not all(re.fullmatch(_VALUES[name], value) for name, value in parts.items()):
        return False
    if str(first.day) != parts.get("BYMONTHDAY", str(first.day)).lstrip("0"):
        return False
    if str(first.month) not in [month.lstrip("0") for month in parts.get("BYMONTH", str(first.month)).split(",")]:
        return False
    # A month has each weekday four times at least.
    return "BYSETPOS" not in parts or (
        "BYDAY" in parts and all(len(day) == 2 for day in weekdays) and abs(int(parts["BYSETPOS"])) <= 4 * len(weekdays)
    )
