"""Reads the lines of a calendar file (iCalendar, RFC 5545), and puts those of each event together.

Programs break the rules in their own ways. What is wrong inside one event is said of that event, and the others are read.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from icalendar.parser import Contentline

from declarations.common.errors import UnreadableFileError, gettext_noop

MAX_BYTES: Final = 1_048_576
MOST_EVENTS: Final = 5_000
LONGEST_NAME: Final = 80
DEEPEST: Final = 50  # an alarm in an event in a calendar is three

SENTENCES: Final[Mapping[str, str]] = {
    "too_big": gettext_noop("The file is too big for term dates: at most 1 MB is possible. Export only the calendar with the term dates."),
    "not_calendar": gettext_noop("This is not a calendar file: an iCalendar file (.ics) begins with BEGIN:VCALENDAR."),
    "old_kind": gettext_noop("This is a calendar of an older kind (vCalendar 1.0, .vcs). Export it as iCalendar (.ics), version 2.0."),
    "broken_off": gettext_noop("The calendar breaks off in line %(line)s: what came after it is missing. Download it again."),
    "out_of_order": gettext_noop("The event does not end as it should (line %(line)s)."),
    "bad_line": gettext_noop("Line %(line)s is not a line of a calendar: a name, a colon and a value are expected."),
    "bad_day": gettext_noop("Line %(line)s: “%(value)s” is not a day that a calendar could mean."),
    "no_start": gettext_noop("The event that ends in line %(line)s does not say on which day it begins."),
    "backwards": gettext_noop("The event that ends in line %(line)s is over before it begins."),
    "too_many": gettext_noop("There are more than %(limit)s events in it. Export only the calendar with the term dates."),
}

_UTF_16: Final = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", b"B\0": "utf-16-le", b"\0B": "utf-16-be"}
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_NAME = re.compile("([A-Za-z][A-Za-z0-9_.-]*)[;:]")
_READ: Final = frozenset({
    "SUMMARY", "DTSTART", "DTEND", "DURATION", "STATUS", "RRULE", "RDATE", "EXDATE", "EXRULE", "UID", "RECURRENCE-ID",
})  # fmt: skip


def unreadable(code: str, **params: str) -> UnreadableFileError:
    return UnreadableFileError(code, SENTENCES[code], **params)


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    name: str
    text: str

    def parts(self) -> tuple[Mapping[str, object], str]:
        """The parameters and the value, without escapes. Raises UnreadableFileError."""
        try:
            _name, parameters, value = Contentline(self.text).parts()
        except ValueError:
            raise unreadable("bad_line", line=f"{self.number:,}") from None
        return parameters, value.strip()


@dataclass(slots=True)
class EventLines:
    """The lines of an event by name, and the number of its last line; `error` if it is out of order."""

    by_name: dict[str, list[Line]] = field(default_factory=dict)
    last_line: int = 0
    error: UnreadableFileError | None = None

    def get(self, name: str) -> Line | None:
        """The first line of that name."""
        return next(iter(self.by_name.get(name, ())), None)

    def text(self, name: str) -> str:
        """The value of that line, on one line, or an empty text."""
        line = self.get(name)
        try:
            return one_line(line.parts()[1]) if line else ""
        except UnreadableFileError:
            return ""


def one_line(value: str) -> str:
    """The text on one line, without invisible characters, cut to the longest name."""
    name = " ".join(unicodedata.normalize("NFC", _UNSEEN.sub(" ", value)).split())
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"


def event_lines(data: bytes) -> Iterator[EventLines]:
    """The lines of each VEVENT, without those of time zones, alarms and other parts. Raises UnreadableFileError.

    One that is out of order has `error`; a file that breaks off gives one more of these, without lines.
    """
    if len(data) > MAX_BYTES:
        raise unreadable("too_big")
    parts, number, finished = OpenParts(), 1, None
    for line in _lines(data):
        number, kind = line.number, line.text.rpartition(":")[2].strip().upper()
        if line.name == "BEGIN":
            finished = parts.begin(kind, number)
        elif line.name == "END":
            finished = parts.end(kind, number)
        else:
            parts.take(line)
        if finished is not None:
            yield finished
            finished = None
    if parts.event is not None:
        yield _out_of_order(parts.event, number)
    if parts.kinds:
        yield EventLines(error=unreadable("broken_off", line=f"{number:,}"))


@dataclass(slots=True)
class OpenParts:
    """The parts of a calendar that have begun and not ended yet, from the outermost to the innermost; the event among them."""

    kinds: list[str] = field(default_factory=list)
    event: EventLines | None = None

    def begin(self, kind: str, number: int) -> EventLines | None:
        """Begins a part. Returns the event before, if that has not ended."""
        before = None
        if len(self.kinds) == DEEPEST:
            raise unreadable("broken_off", line=f"{number:,}")
        if kind == "VEVENT" and self.event is not None:
            before = _out_of_order(self.event, number)
            del self.kinds[self.kinds.index("VEVENT") :]
        self.kinds.append(kind)
        self.event = EventLines() if kind == "VEVENT" else self.event
        return before

    def end(self, kind: str, number: int) -> EventLines | None:
        """Ends a part, and what has begun inside it. Returns the event that ends with it."""
        if self.event is not None and self.kinds[-1] != kind:
            _out_of_order(self.event, number)
        while kind in self.kinds and self.kinds.pop() != kind:
            pass
        if self.event is None or "VEVENT" in self.kinds:
            return None
        ended, self.event = self.event, None
        ended.last_line = number
        return ended

    def take(self, line: Line) -> None:
        """Keeps a line of the event. Raises UnreadableFileError for a calendar of the older kind: its letters and repetitions differ."""
        if len(self.kinds) == 1 and re.match(r"VERSION:\s*1\.0$", line.text, re.IGNORECASE):
            raise unreadable("old_kind")
        if self.event is not None and self.kinds[-1] == "VEVENT" and line.name in _READ:
            self.event.by_name.setdefault(line.name, []).append(line)


def _out_of_order(event: EventLines, number: int) -> EventLines:
    event.error = event.error or unreadable("out_of_order", line=f"{number:,}")
    return event


def _lines(data: bytes) -> Iterator[Line]:
    """The content lines, unfolded: a line that starts with a space or a tab goes on from the one before.

    They are put together as bytes, because some programs fold in the middle of a letter. A line that is none (a text with line
    breaks in it, as some programs write it) goes on from the one before too.
    """
    if encoding := next((name for mark, name in _UTF_16.items() if data.startswith(mark)), None):
        data = data.decode(encoding, "replace").encode()
    raw = data.lstrip(codecs.BOM_UTF8).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if not re.match(rb"\s*BEGIN:VCALENDAR[ \t]*(?:\n|\Z)", raw, re.IGNORECASE):
        raise unreadable("not_calendar")
    number, begun, named, texts = 1, 1, "", list[str]()
    for folded in re.split(rb"\n(?![ \t])", raw):
        text = _text(re.sub(rb"\n[ \t]", b"", folded))
        if name := _NAME.match(text):
            if texts:
                yield Line(begun, named, " ".join(texts))
            begun, named, texts = number, name[1].upper(), [text]
        elif text and named not in {"BEGIN", "END"}:
            texts.append(text)
        number += folded.count(b"\n") + 1
    yield Line(begun, named, " ".join(texts))


def _text(line: bytes) -> str:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        text = line.decode("windows-1252", "replace")
    return _UNSEEN.sub(" ", text).strip()
