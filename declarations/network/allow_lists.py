"""Who may connect, as lists: for the local list of a RADIUS server and for networks without one.

Addresses and opaque references only; no names. A list is as old as its last export, and says so.
"""

import csv
import datetime as dt
import io
from collections.abc import Iterable
from dataclasses import dataclass

from declarations.network.authorise import allowed_addresses
from declarations.network.models import DEFAULT_SESSION_TIMEOUT
from declarations.organisation.models.school import School


@dataclass(frozen=True, slots=True)
class Row:
    address: str
    device_id: int

    @property
    def reference(self) -> str:
        """Tells IT which device it is, in the admin; tells nobody else anything."""
        return f"device-{self.device_id}"


def freeradius(school: School, rows: Iterable[Row]) -> str:
    """The `files` format of FreeRADIUS: the key is the address as `rewrite_calling_station_id` leaves it."""
    settings = getattr(school, "network", None)
    reply = [f"Session-Timeout := {settings.session_timeout if settings else DEFAULT_SESSION_TIMEOUT}"]
    if settings and settings.vlan:
        reply += ["Tunnel-Type := VLAN", "Tunnel-Medium-Type := IEEE-802", f'Tunnel-Private-Group-Id := "{settings.vlan}"']
    head = "# Written by the declarations server. Changes made here are lost.\n"
    # The marker only, as in a live answer: what it means is said by the site, in MAC mode and as a gate.
    return head + "".join(f'{row.address.replace(":", "-")}\tTmp-String-9 := "permit"\n\t{(",\n\t").join(reply)}\n' for row in rows)


def plain(_school: School, rows: Iterable[Row]) -> str:
    return "".join(f"{row.address.lower()}\n" for row in rows)


def as_csv(_school: School, rows: Iterable[Row]) -> str:
    return table(["address", "reference"], ([row.address, row.reference] for row in rows), line_end="\r\n")


def unifi(_school: School, rows: Iterable[Row]) -> str:
    """For UniFi's MAC address filter and its import of clients: lower case, with colons, and a name for each."""
    return table(["mac", "name"], ([row.address.lower(), row.reference] for row in rows), line_end="\n")


def table(heading: list[str], rows: Iterable[list[str]], *, line_end: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator=line_end).writerows([heading, *rows])
    return out.getvalue()


FORMS = {
    "freeradius": ("text/plain", freeradius),
    "plain": ("text/plain", plain),
    "csv": ("text/csv", as_csv),
    "unifi": ("text/csv", unifi),
}


def render(*, school: School, form: str, at: dt.datetime) -> str:
    """The list of a school in one of FORMS (form → its content type, and what writes it); the same devices give the same bytes."""
    rows = allowed_addresses(school_id=school.pk, at=at).values_list("address", "device_id")
    _content_type, write = FORMS[form]
    return write(school, [Row(address, device_id) for address, device_id in rows])
