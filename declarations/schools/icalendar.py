"""Events of a calendar file (iCalendar, RFC 5545), as days: the small part of it that term dates need.

Read are the events' SUMMARY, DTSTART, DTEND, DURATION, STATUS, EXDATE and a plain yearly RRULE; time zones by their IANA names.
An event that repeats in any other way is given back as one that cannot be taken, rather than with wrong days.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

MAX_BYTES: Final = 1_048_576
MOST_EVENTS: Final = 5_000
LONGEST_NAME: Final = 80
A_DAY = dt.timedelta(days=1)
LONGEST_REPEATED = dt.timedelta(days=366)
# Some programs write 1601 or 1604 for a year that nobody knows; days beyond these no calendar of a school means.
FIRST_YEAR: Final = 1601
LAST_YEAR: Final = 2100


def gettext_noop(message: str) -> str:
    """Mark a sentence for `makemessages`; the reader of it translates (no Django in the rules)."""
    return message


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


class UnreadableCalendarError(ValueError):
    """A file that cannot be taken; `str(error)` is the English sentence, `gettext(error.message) % error.params` another."""

    def __init__(self, code: str, **params: str) -> None:
        self.code = code
        self.message = SENTENCES[code]
        self.params = params
        super().__init__(self.message % params)


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """From its first to its last day, both included, by the school's clock. `repeats`: in a way that is not read here."""

    first: dt.date
    last: dt.date
    name: str
    is_timed: bool = False
    repeats: bool = False


# No line of a calendar has a control character but the tab; and in a name nothing may stand that cannot be seen.
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f]")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LINE = re.compile(r'([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^",;:]*)(?:,(?:"[^"]*"|[^",;:]*))*)*):(.*)', re.DOTALL)
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=("[^"]*"|[^",;:]*)')
_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})([0-9]{2})(Z?))?", re.ASCII)
_DURATION = re.compile(r"\+?P(?:([0-9]{1,4})W)?(?:([0-9]{1,4})D)?(?:T(?:([0-9]{1,5})H)?(?:([0-9]{1,5})M)?(?:([0-9]{1,6})S)?)?", re.ASCII)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    name: str
    parameters: Mapping[str, str]
    value: str


@dataclass(slots=True)
class Found:
    """The lines of an event that matter, by name; the first of each counts."""

    lines: dict[str, Line] = field(default_factory=dict)
    but_not: list[Line] = field(default_factory=list)

    def take(self, line: Line) -> None:
        if line.name == "EXDATE":
            self.but_not.append(line)
        else:
            self.lines.setdefault(line.name, line)


def events(data: bytes, *, zone: ZoneInfo, first: dt.date, last: dt.date) -> list[Event]:
    """The events that touch the days from `first` to `last`, in order, each once. Raises NotReadable."""
    if len(data) > MAX_BYTES:
        raise UnreadableCalendarError("too_big")
    found: set[Event] = set()
    for number, event in enumerate(_vevents(_lines(data)), start=1):
        if number > MOST_EVENTS:
            raise UnreadableCalendarError("too_many", limit=f"{MOST_EVENTS:,}")
        found.update(one for one in _days(event, zone=zone, since=first, until=last) if one.last >= first and one.first <= last)
    return sorted(found)


def _lines(data: bytes) -> Iterator[Line]:
    """The content lines, unfolded: a line that starts with a space or a tab goes on from the one before.

    Put together as bytes, because some programs fold in the middle of a letter.
    """
    raw = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    whole: list[tuple[int, list[bytes]]] = []
    for number, part in enumerate(raw, start=1):
        if part[:1] in {b" ", b"\t"} and whole:
            whole[-1][1].append(part[1:])
        elif part.strip():
            whole.append((number, [part]))
    if not whole or b"".join(whole[0][1]).strip().upper() != b"BEGIN:VCALENDAR":
        raise UnreadableCalendarError("not_calendar")
    return (_line(number, b"".join(parts)) for number, parts in whole)


def _line(number: int, data: bytes) -> Line:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise UnreadableCalendarError("not_text") from None
    if _CONTROL.search(text):
        raise UnreadableCalendarError("control", line=f"{number:,}")
    matched = _LINE.fullmatch(text)
    if matched is None:
        raise UnreadableCalendarError("bad_line", line=f"{number:,}")
    parameters = {name.upper(): value.strip('"') for name, value in _PARAMETER.findall(matched[2])}
    return Line(number, matched[1].upper(), parameters, matched[3])


def _vevents(lines: Iterator[Line]) -> Iterator[Found]:
    """What stands in each VEVENT itself; the time zones, alarms and whatever else is inside are passed over."""
    inside: list[str] = []
    found, number = Found(), 1
    for line in lines:
        number, kind = line.number, line.value.strip().upper()
        if line.name == "BEGIN":
            inside.append(kind)
            found = Found() if kind == "VEVENT" else found
        elif line.name == "END":
            if not inside or inside.pop() != kind:
                raise UnreadableCalendarError("broken_off", line=f"{number:,}")
            if kind == "VEVENT":
                found.lines["END"] = line
                yield found
        elif inside[-1:] == ["VEVENT"]:
            found.take(line)
    if inside:
        raise UnreadableCalendarError("broken_off", line=f"{number:,}")


def _days(event: Found, *, zone: ZoneInfo, since: dt.date, until: dt.date) -> Iterator[Event]:
    """The event: once, or in every year in which it may touch the days from `since` to `until`."""
    lines = event.lines
    if "STATUS" in lines and lines["STATUS"].value.strip().upper() == "CANCELLED":
        return
    if "DTSTART" not in lines:
        raise UnreadableCalendarError("no_start", line=f"{lines['END'].number:,}")
    start, is_timed = _when(lines["DTSTART"], zone)
    end = _end(lines, start, zone, is_timed=is_timed)
    if is_timed and start.time() == end.time() == dt.time() and end > start:
        is_timed = False  # from midnight to midnight: whole days, as some programs write them
    first, last = start.date(), max(start, end - dt.timedelta(microseconds=1)).date()
    name = _name(lines["SUMMARY"].value if "SUMMARY" in lines else "")
    if "RRULE" not in lines and "RDATE" not in lines:
        yield Event(first, last, name, is_timed)
        return
    is_read = "RRULE" in lines and "RDATE" not in lines and last - first < LONGEST_REPEATED
    years = _years(lines["RRULE"].value, first, since, until) if is_read else None
    if years is None:
        yield Event(first, last, name, is_timed, repeats=True)
        return
    but_not = {
        _when(Line(one.number, one.name, one.parameters, day), zone)[0].date() for one in event.but_not for day in one.value.split(",")
    }
    for again in years:
        if again not in but_not:
            yield Event(again, again + (last - first), name, is_timed)


def _when(line: Line, zone: ZoneInfo) -> tuple[dt.datetime, bool]:
    """By the school's clock, without a zone; and whether a time of the day was given."""
    matched = _DAY.fullmatch(line.value.strip())
    if matched is None:
        raise UnreadableCalendarError("bad_day", line=f"{line.number:,}", value=_name(line.value))
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in matched.groups()[:6])
        local = dt.datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001  # the zone comes next; 60 is a leap second
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise UnreadableCalendarError("bad_day", line=f"{line.number:,}", value=_name(line.value))
        if matched[4] is None:
            return local, False
        if matched[7]:
            local = local.replace(tzinfo=dt.UTC).astimezone(zone).replace(tzinfo=None)
        elif line.parameters.get("TZID"):
            local = local.replace(tzinfo=_zone(line.parameters["TZID"], zone)).astimezone(zone).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise UnreadableCalendarError("bad_day", line=f"{line.number:,}", value=_name(line.value)) from None
    return local, True


def _zone(name: str, otherwise: ZoneInfo) -> ZoneInfo:
    """The zone of that name. One that is not in the IANA database (Outlook has its own names) is taken for the school's."""
    try:
        return ZoneInfo(name.lstrip("/"))
    except (ValueError, OSError):  # also ZoneInfoNotFoundError, a KeyError in disguise
        return otherwise
    except KeyError:
        return otherwise


def _end(lines: Mapping[str, Line], start: dt.datetime, zone: ZoneInfo, *, is_timed: bool) -> dt.datetime:
    """The moment by which it is over: DTEND does not belong to it any more, and a day without one is one day."""
    try:
        if "DTEND" in lines:
            end, _ = _when(lines["DTEND"], zone)
        elif "DURATION" in lines:
            end = start + _length(lines["DURATION"])
        else:
            end = start if is_timed else start + A_DAY
        if end == start and not is_timed:
            end = start + A_DAY  # not by the book, but often met: from a day to the same day
    except OverflowError:
        raise UnreadableCalendarError("bad_day", line=f"{lines['DTSTART'].number:,}", value=_name(lines["DTSTART"].value)) from None
    if end < start:
        raise UnreadableCalendarError("backwards", line=f"{lines['END'].number:,}")
    return end


def _length(line: Line) -> dt.timedelta:
    matched = _DURATION.fullmatch(line.value.strip().upper())
    if matched is None or not any(matched.groups()):
        raise UnreadableCalendarError("bad_day", line=f"{line.number:,}", value=_name(line.value))
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in matched.groups())
    return dt.timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _years(rule: str, first: dt.date, since: dt.date, until: dt.date) -> list[dt.date] | None:
    """The days on which it begins, for "every year on this day", from the year before `since` up to `until`; None for any other rule."""
    parts = dict(part.upper().split("=", 1) for part in rule.strip().strip(";").split(";") if "=" in part)
    by_the_day = {"BYMONTH": str(first.month), "BYMONTHDAY": str(first.day)}
    parts = {name: value for name, value in parts.items() if name != "WKST" and by_the_day.get(name) != value.lstrip("0")}
    if parts.pop("FREQ", "") != "YEARLY" or parts.keys() - {"INTERVAL", "COUNT", "UNTIL"}:
        return None
    numbers = [parts.get("INTERVAL", "1"), parts.get("COUNT", "9999")]
    ends = _DAY.match(parts["UNTIL"]) if "UNTIL" in parts else None
    if not all(re.fullmatch("[1-9][0-9]{0,3}", number) for number in numbers) or (ends is None) is ("UNTIL" in parts):
        return None
    step, count = (int(number) for number in numbers)
    # Days as eight digits are in the order of time.
    stop = min(f"{until:%Y%m%d}", ends[0][:8] if ends else "99999999")
    years: Sequence[int] = range(first.year, until.year + 1, step)
    if (first.month, first.day) == (2, 29):
        # It is there every fourth year only, and those years alone are counted.
        years = [year for year in years if _leaps(year)]
    # What begins earlier is over by then: it is shorter than a year and a day.
    days = [first.replace(year=year) for year in years[:count] if year >= since.year - 1]
    return [day for day in days if f"{day:%Y%m%d}" <= stop]


def _leaps(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _name(value: str) -> str:
    """A text value on one line: escapes undone, what cannot be seen left out, cut to what a name may be."""
    plain = _ESCAPED.sub(lambda escaped: " " if escaped[1] in "nN" else escaped[1], value)
    name = " ".join(unicodedata.normalize("NFC", _UNSEEN.sub(" ", plain)).split())
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"
