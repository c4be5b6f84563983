"""Reads the events of a calendar file (iCalendar, RFC 5545) as days, as far as term dates need it.

The library `icalendar` reads lines, days and lengths; `dateutil` works out the days of an event that repeats. An event that
repeats too often, or in a way that is not supported, is returned with `repeats` set (docs/decisions/0049).
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Final
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr
from icalendar import vDDDTypes, vDuration
from icalendar.parser import Contentline
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from declarations.common.dates import A_DAY
from declarations.common.errors import UnreadableFileError, gettext_noop

MAX_BYTES: Final = 1_048_576
MOST_EVENTS: Final = 5_000
# The most repetitions that are worked out for one event and for all, and the most days that one event may have.
MOST_STEPS, MOST_STEPS_IN_ALL, MOST_OF_ONE_EVENT = 1_000, 20_000, 40
LONGEST_NAME: Final = 80
# Some programs write 1601 or 1604 for an unknown year; a day outside these years is refused.
FIRST_YEAR: Final = 1601
LAST_YEAR: Final = 2100

SENTENCES: Final[Mapping[str, str]] = {
    "too_big": gettext_noop("The file is too big for term dates: at most 1 MB is possible. Export only the calendar with the term dates."),
    "not_text": gettext_noop("The file is not UTF-8 text, so letters could come out wrong. Export the calendar again as iCalendar (.ics)."),
    "control": gettext_noop("Line %(line)s of the file holds a character that no calendar has. Export the calendar again."),
    "not_calendar": gettext_noop("This is not a calendar file: an iCalendar file (.ics) begins with BEGIN:VCALENDAR."),
    "broken_off": gettext_noop("The calendar breaks off: what begins is not ended in the right order (line %(line)s). Download it again."),
    "bad_line": gettext_noop("Line %(line)s is not a line of a calendar: a name, a colon and a value are expected."),
    "bad_day": gettext_noop("Line %(line)s: “%(value)s” is not a day that a calendar could mean."),
    "no_start": gettext_noop("The event that ends in line %(line)s does not say on which day it begins."),
    "backwards": gettext_noop("The event that ends in line %(line)s is over before it begins."),
    "too_many": gettext_noop("There are more than %(limit)s events in it. Export only the calendar with the term dates."),
}


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """An event from its first to its last day, both included, by the school's clock; `repeats` marks repetition that is not supported."""

    first: dt.date
    last: dt.date
    name: str
    is_timed: bool = False
    repeats: bool = False


# Lines may have no control character except the tab, and names no invisible character.
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f]")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_NAME = re.compile("([A-Za-z0-9-]+)(?:;[^:]*)?:")
_READ: Final = frozenset({"SUMMARY", "DTSTART", "DTEND", "DURATION", "STATUS", "RRULE", "RDATE", "EXDATE"})

# What a repetition rule may contain. Every such rule has a next day; a search for 30 February would never end.
_NUMBER: Final = "[1-9][0-9]{0,3}"
_VALUES: Final = {"FREQ": "[A-Z]+", "WKST": "[A-Z]{2}", "INTERVAL": _NUMBER, "COUNT": _NUMBER, "UNTIL": "[12][0-9]{7}(T[0-9]{6}Z?)?",
                  "BYDAY": "([+-]?[1-4]?(MO|TU|WE|TH|FR|SA|SU),?)+"}  # fmt: skip
_NARROWED: Final = {"DAILY": "", "WEEKLY": "BYDAY", "MONTHLY": "BYDAY BYMONTHDAY", "YEARLY": "BYDAY BYMONTH BYMONTHDAY"}


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    text: str

    def name(self) -> str:
        matched = _NAME.match(self.text)
        if matched is None:
            raise unreadable("bad_line", line=f"{self.number:,}")
        return matched[1].upper()

    def parts(self) -> tuple[Mapping[str, object], str]:
        """The parameters and the value, without escapes."""
        try:
            _name, parameters, value = Contentline(self.text).parts()
        except ValueError:
            raise unreadable("bad_line", line=f"{self.number:,}") from None
        return parameters, value.strip()


# The lines of an event by name; of each name the first counts, but EXDATE may have several.
type EventLines = dict[str, list[Line]]


def unreadable(code: str, **params: str) -> UnreadableFileError:
    return UnreadableFileError(code, SENTENCES[code], **params)


def events(data: bytes, *, zone: ZoneInfo, first: dt.date, last: dt.date) -> list[Event]:
    """The events that touch the days from `first` to `last`, in order, each once. Raises UnreadableFileError."""
    if len(data) > MAX_BYTES:
        raise unreadable("too_big")
    events: set[Event] = set()
    steps = 0
    for number, lines in enumerate(_vevents(_lines(data)), start=1):
        if number > MOST_EVENTS:
            raise unreadable("too_many", limit=f"{MOST_EVENTS:,}")
        days, taken = _days(lines, zone=zone, since=first, until=last)
        steps += taken
        if steps > MOST_STEPS_IN_ALL:
            raise unreadable("too_many", limit=f"{MOST_STEPS_IN_ALL:,}")
        events.update(event for event in days if event.last >= first and event.first <= last)
    return sorted(events)


def _lines(data: bytes) -> Iterator[Line]:
    """The content lines, unfolded: a line that starts with a space or a tab goes on from the one before.

    Put together as bytes, because some programs fold in the middle of a letter.
    """
    raw = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if not re.match(rb"\s*BEGIN:VCALENDAR[ \t]*(?:\n|\Z)", raw, re.IGNORECASE):
        raise unreadable("not_calendar")
    number = 1
    for folded in re.split(rb"\n(?![ \t])", raw):
        try:
            text = re.sub(rb"\n[ \t]", b"", folded).decode("utf-8")
        except UnicodeDecodeError:
            raise unreadable("not_text") from None
        if _CONTROL.search(text.strip("\n")):
            raise unreadable("control", line=f"{number:,}")
        if text.strip():
            yield Line(number, text.strip("\n"))
        number += folded.count(b"\n") + 1


def _vevents(lines: Iterator[Line]) -> Iterator[EventLines]:
    """The lines of each VEVENT, without those of time zones, alarms and other parts."""
    inside: list[str] = []
    event: EventLines = {}
    number = 1
    for line in lines:
        number, name, kind = line.number, line.name(), line.text.rpartition(":")[2].strip().upper()
        if name == "BEGIN":
            inside.append(kind)
            event = {} if kind == "VEVENT" else event
        elif name == "END" and (not inside or inside.pop() != kind):
            raise unreadable("broken_off", line=f"{number:,}")
        elif name == "END" and kind == "VEVENT":
            yield {**event, "END": [line]}
        elif inside[-1:] == ["VEVENT"] and name in _READ:
            event.setdefault(name, []).append(line)
    if inside:
        raise unreadable("broken_off", line=f"{number:,}")


def _days(lines: EventLines, *, zone: ZoneInfo, since: dt.date, until: dt.date) -> tuple[list[Event], int]:
    """The event, once or for each repetition that may touch the days from `since` to `until`, and the number of steps that took."""
    if "STATUS" in lines and lines["STATUS"][0].parts()[1].upper() == "CANCELLED":
        return [], 0
    ended_in = f"{lines['END'][0].number:,}"
    if "DTSTART" not in lines:
        raise unreadable("no_start", line=ended_in)
    start, is_timed = _whens(lines["DTSTART"][0], zone)[0]
    end = _end(lines, start, zone, is_timed=is_timed)
    if end < start:
        raise unreadable("backwards", line=ended_in)
    if is_timed and start.time() == end.time() == dt.time() and end > start:
        is_timed = False  # from midnight to midnight: whole days, as some programs write them
    first, last = start.date(), max(start, end - dt.timedelta(microseconds=1)).date()
    name = _name(lines["SUMMARY"][0].parts()[1]) if "SUMMARY" in lines else ""
    if "RRULE" not in lines and "RDATE" not in lines:
        return [Event(first, last, name, is_timed)], 0
    rule = None if "RDATE" in lines else _rule(lines["RRULE"][0].parts()[1].upper(), first)
    days = [day.date() for day in islice(takewhile(lambda day: day.date() <= until, rule or ()), MOST_STEPS)]
    again = [day for day in days if day + (last - first) >= since]
    if days[:1] != [first] or len(days) == MOST_STEPS or len(again) > MOST_OF_ONE_EVENT:
        return [Event(first, last, name, is_timed, repeats=True)], len(days)
    but_not = {moment.date() for line in lines.get("EXDATE", []) for moment, _ in _whens(line, zone)}
    return [Event(day, day + (last - first), name, is_timed) for day in again if day not in but_not], len(days)


def _whens(line: Line, zone: ZoneInfo) -> list[tuple[dt.datetime, bool]]:
    """Each moment by the school's clock, without a zone, and whether it has a time of day."""
    parameters, values = line.parts()
    tzid = str(parameters.get("TZID", "")).strip("/")
    try:
        return [_when(value, _zone(tzid, zone) if tzid and "T" in value else None, zone) for value in values.split(",")]
    except (ValueError, OverflowError):
        raise _no_day(line) from None


def _when(value: str, of: ZoneInfo | None, zone: ZoneInfo) -> tuple[dt.datetime, bool]:
    day = vDDDTypes.from_ical(value.strip(), timezone=of) if value.isascii() else None
    if not isinstance(day, dt.date) or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(value)
    if not isinstance(day, dt.datetime):
        return dt.datetime.combine(day, dt.time()), False
    return (day.astimezone(zone).replace(tzinfo=None) if day.tzinfo else day), True


def _zone(name: str, otherwise: ZoneInfo) -> ZoneInfo:
    """The zone of that name (IANA's or Outlook's), or the school's for an unknown name."""
    try:
        return ZoneInfo(WINDOWS_TO_OLSON.get(name, name))
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return otherwise


def _end(lines: EventLines, start: dt.datetime, zone: ZoneInfo, *, is_timed: bool) -> dt.datetime:
    """The first moment after the event; a day without an end lasts one day."""
    end = start
    if "DTEND" in lines:
        end, _is_timed = _whens(lines["DTEND"][0], zone)[0]
    elif "DURATION" in lines:
        try:
            length = vDuration.from_ical(lines["DURATION"][0].parts()[1].upper())
            end = start + length
        except (ValueError, OverflowError):
            raise _no_day(lines["DURATION"][0]) from None
        if length < dt.timedelta() or not re.search("[0-9]", lines["DURATION"][0].parts()[1]):
            raise _no_day(lines["DURATION"][0])
    # Many programs write the same day as start and end, although the standard forbids it.
    return start + A_DAY if end == start and not is_timed else end


def _no_day(line: Line) -> UnreadableFileError:
    return unreadable("bad_day", line=f"{line.number:,}", value=_name(line.parts()[1]))


def _rule(rule: str, first: dt.date) -> rrule | None:
    """The days on which a repeated event begins; None for a rule that is not supported."""
    parts = dict(part.split("=", 1) for part in rule.strip(";").split(";") if "=" in part)
    frequency, own = parts.get("FREQ", ""), {"BYMONTH": str(first.month), "BYMONTHDAY": str(first.day)}
    by = {name for name in parts if name.startswith("BY")}
    if not by <= set(_NARROWED.get(frequency, "").split()) or {"BYDAY", "BYMONTHDAY"} <= by or frequency not in _NARROWED:
        return None
    if frequency in {"DAILY", "WEEKLY"} and not parts.keys() & {"COUNT", "UNTIL"}:
        return None  # far too many days for a line each
    if not all(own.get(name) == value.lstrip("0") or re.fullmatch(_VALUES.get(name, "-"), value) for name, value in parts.items()):
        return None
    if "UNTIL" in parts:  # the whole of its day, whatever the zone
        parts["UNTIL"] = f"{parts['UNTIL'][:8]}T235959"
    try:
        return rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=dt.datetime.combine(first, dt.time()))
    except ValueError:
        return None


def _name(value: str) -> str:
    """The text on one line, without invisible characters, cut to the longest name."""
    name = " ".join(unicodedata.normalize("NFC", _UNSEEN.sub(" ", value)).split())
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"
