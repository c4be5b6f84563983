"""Reads from `content/demo` who is at each school of the demo, and what becomes of their devices."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from declarations.management.demo.calendar import Calendar


@dataclass(frozen=True)
class Someone:
    """A person of the demo.

    `signs`: `now` has signed for this year, `due` is to sign again, `lapsed` signed too long ago, `never` has not.
    `says` is what they said or were granted this year instead of signing: `talk`, `decline` or `exempt`.
    `on_paper`: this year they signed by hand.
    `since` is how many years ago they came (0: this year); `starts` and `leaves` are days from now, if they matter.
    """

    key: str
    name: str
    title: str
    signs: str = "never"
    since: int = 2
    category: str = "staff"
    starts: int | None = None
    leaves: int | None = None
    says: str = ""
    on_paper: bool = False

    def starts_on(self, calendar: Calendar) -> dt.date | None:
        if self.starts is not None:
            return calendar.on + dt.timedelta(days=self.starts)
        return None if self.since == 2 else calendar.years[self.since].opens_on

    def leaves_on(self, calendar: Calendar) -> dt.date | None:
        return None if self.leaves is None else calendar.on + dt.timedelta(days=self.leaves)


@dataclass(frozen=True)
class Step:
    """What happens after a request: `approve`, `decline`, `revoke`, `renew`, `review`, `withdraw`, `lost`, `lift`, `again` or `give_up`.

    It happened `days` ago; `by` decided it; `until` counts days from now, and without it the latest possible day holds.
    """

    verb: str
    days: int
    by: str = "hilda"
    note: str = ""
    conditions: str = ""
    until: int | None = None


@dataclass(frozen=True)
class Plan:
    """A device that somebody asked for so many days ago, and the steps that followed."""

    owner: str
    kind: str
    make_and_model: str
    address: str
    reason: str
    asked: int
    steps: tuple[Step, ...] = ()
    reaches_school_data: bool = False


@dataclass(frozen=True)
class Script:
    """One school of the demo: the fields of its row, its people, their devices, and its accounts."""

    school: dict[str, Any]
    people: list[Someone]
    devices: list[Plan]
    accounts: list[dict[str, Any]]


def read(path: Path) -> Script:
    """Read the script of a school from its TOML file."""
    facts = tomllib.loads(path.read_text(encoding="utf-8"))
    devices = [Plan(**(device | {"steps": tuple(Step(**step) for step in device.get("steps", ()))})) for device in facts["devices"]]
    return Script(
        facts["school"],
        [Someone(**person) for person in facts["people"]],
        devices,
        [account | facts["kept"] for account in facts["accounts"]],
    )
