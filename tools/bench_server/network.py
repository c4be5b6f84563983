"""The network's question over HTTP and over RADIUS: 100 devices in one school, then 100,000 in 1,000; granian, PostgreSQL, FreeRADIUS."""

import http.client
import itertools
import json
import os
import random
import re
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from bench_server.signing import server
from declarations.devices.actions import approval
from declarations.devices.models import Device, DeviceAddress, Permission
from declarations.evidence.models import Log
from declarations.network.authorise import fingerprint
from declarations.network.models import NetworkToken
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.people.roles import grant_role
from declarations.policies.models import PolicyVersion
from declarations.signing.models.declaration import Declaration
from tests.cast import ask as ask_for_device
from tests.cast import make_person, make_school, publish_texts, sign
from tests.network.radius import Radius, free_port, program, running

CLIENTS = 4
SCHOOLS, DEVICES = 1000, 100  # devices of each school
# Where the numbers of what is multiplied begin: school s, and its nth person, device, … is s * 1000 + n beyond.
BEYOND = 10_000_000


def measure_network(*, seconds: float) -> None:
    """Decisions a second and their 99th percentile, small and a thousand times bigger, each beside an empty view; then with RADIUS."""
    if connection.vendor != "postgresql":
        raise SystemExit("The network is measured on PostgreSQL: make bench")
    original = seed()
    multiply(original, schools=1)
    print(f"The network asks, on PostgreSQL through granian, {os.cpu_count()} workers; {CLIENTS} clients on the same machine")
    with server("wsgi", "schoolpolicy.wsgi:application") as port:
        small = measured(port, seconds, schools=1, name="100 devices in one school")
    multiply(original, schools=SCHOOLS)
    with server("wsgi", "schoolpolicy.wsgi:application") as port:
        big = measured(port, seconds, schools=SCHOOLS, name=f"{SCHOOLS * DEVICES:,} devices in {SCHOOLS:,} schools")
        print(f"  a thousand times bigger is {small / big:.2f} × slower, each beside the empty view of its moment")
        with_radius(port, seconds)


def measured(port: int, seconds: float, *, schools: int, name: str) -> float:
    """Measures the empty view and the question in turns, prints both, and gives the question's rate as a part of the empty view's."""
    times: dict[str, list[float]] = {"empty": [], "decide": []}
    for kind in ("empty", "decide"):
        rounds(port, 0.5, kind, schools)  # each worker's first requests load the app
    for _turn, kind in itertools.product(range(3), times):
        times[kind] += rounds(port, seconds / 3, kind, schools)
    rates = {kind: len(took) / seconds for kind, took in times.items()}
    p99 = sorted(times["decide"])[int(len(times["decide"]) * 0.99)] * 1000
    ratio = rates["decide"] / rates["empty"]
    print(f"  {name:<38}{rates['decide']:9.0f} a second, p99 {p99:.1f} ms; empty {rates['empty']:.0f} a second: {ratio:.2f} ×")
    return ratio


def rounds(port: int, seconds: float, kind: str, schools: int) -> list[float]:
    """How long each request took."""
    end = time.perf_counter() + seconds
    path = reverse("network_authorize")

    def client(number: int) -> list[float]:
        chance = random.Random(number)  # noqa: S311  # which device is asked about is no secret
        connected = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        took = []
        while (start := time.perf_counter()) < end:
            if kind == "empty":
                connected.request("GET", "/empty")
            else:
                school, device = chance.randint(1, schools), chance.randint(1, DEVICES)
                body = json.dumps({"mac": address(school, device), "mode": "mac"})
                connected.request("POST", path, body, {"Authorization": f"Bearer bench-{school}", "Content-Type": "application/json"})
            response = connected.getresponse()
            response.read()
            if response.status != 200:
                raise SystemExit(f"{kind}: {response.status}")
            took.append(time.perf_counter() - start)
        connected.close()
        return took

    with ThreadPoolExecutor(CLIENTS) as threads:
        return list(itertools.chain.from_iterable(threads.map(client, range(CLIENTS))))


def address(school: int, device: int) -> str:
    number = f"3C{school:06X}{device:04X}"
    return ":".join(number[at : at + 2] for at in range(0, 12, 2))


def with_radius(port: int, seconds: float) -> None:
    """The whole path from a controller's packet to its answer, against the same FreeRADIUS that only looks into its list."""
    number = round(seconds * 150)
    school = School.objects.get(pk=BEYOND + 1000)
    with tempfile.TemporaryDirectory() as folder:
        rates = {}
        for kind in ("whole path", "FreeRADIUS alone"):
            raddb, radius_port = Path(folder) / kind.replace(" ", "_"), free_port()
            call_command(
                "network_config", school=school.slug, out=raddb, url=f"http://127.0.0.1:{port}", port=radius_port, listen="127.0.0.1",
                controller=["127.0.0.1"], verbosity=0, stdout=open(os.devnull, "w"),  # noqa: PTH123, SIM115  # thrown away
            )  # fmt: skip
            name = f"wifi_{school.slug.replace('-', '_')}"
            token = raddb / f"{name}_token.conf"
            token.write_text(token.read_text().replace("put-the-token-here", "bench-1"))
            if kind == "FreeRADIUS alone":
                policy = raddb / f"policy.d/{name}"
                policy.write_text(policy.read_text().replace(f"\t\t{name}\n", ""))
            with running(raddb, port=radius_port) as radius:
                rates[kind] = radclient(radius, number)
        whole, alone = rates["whole path"], rates["FreeRADIUS alone"]
        print(f"  radclient to PostgreSQL and back{whole:15.0f} a second; FreeRADIUS and its list {alone:.0f}: {whole / alone:.2f} ×\n")


def radclient(radius: Radius, number: int) -> float:
    """Accepted requests a second, sixteen at once."""
    requests = "\n\n".join(
        f'Message-Authenticator = 0x00\nUser-Name = "x"\nUser-Password = "x"\nCalling-Station-Id = "{address(1, 1 + count % DEVICES)}"'
        for count in range(number)
    )
    command = [program("radclient"), "-s", "-q", "-p", "16", "-r", "3", "-t", "9", f"127.0.0.1:{radius.port}", "auth", radius.secret]
    start = time.perf_counter()
    done = subprocess.run(command, input=requests + "\n", capture_output=True, text=True, check=False)
    took = time.perf_counter() - start
    if not re.search(rf"Accepted\s*: {number}$", done.stdout, re.MULTILINE):
        accepted = [line for line in done.stdout.splitlines() if "ccept" in line]
        raise SystemExit(f"radclient: not every request was accepted: {accepted} {done.stderr[-300:]}")
    return number / took


def seed() -> dict[type, int]:
    """One school with one person, who signed and has an approved device; the row of each kind that is multiplied."""
    call_command("migrate", verbosity=0)
    at = timezone.now()  # noqa: TID251  # a script is a door
    school = make_school("network", "Network School")
    head = make_person(school, "head@network.example", "Hilda Example")
    grant_role(person=head, name="leadership", by=None, at=at)
    publish_texts(school, head, at)
    person = make_person(school, "ben@network.example", "Ben Example")
    declaration = sign(person)
    permission = ask_for_device(person)
    last_day = permission.latest_until(on=school.day_of(at))
    approval.approve(permission=permission, by=head, until=last_day, at=timezone.now())  # noqa: TID251  # a script is a door
    token = NetworkToken.objects.create(school=school, slot=1, name="Bench", sha256=fingerprint("bench-0"), created_at=at)
    return {
        School: school.pk, NetworkToken: token.pk, Person: person.pk, Device: permission.device_id, Permission: permission.pk,
        DeviceAddress: permission.device.addresses.get().pk, Declaration: declaration.pk, Log: school.log.pk,
    }  # fmt: skip


def multiply(original: dict[type, int], *, schools: int) -> None:
    """So many schools like the first, each with DEVICES people like its one; what is there already stays."""
    first = School.objects.filter(pk__gte=BEYOND).count() + 1
    ranges = f"generate_series({first}, {schools}) AS s"
    people = f"{ranges}, generate_series(1, {DEVICES}) AS n"
    school, nth = f"{BEYOND} + s * 1000", f"{BEYOND} + s * 1000 + n"
    texts = {kind: PolicyVersion.objects.get(school=original[School], document=kind).pk for kind in ("aup", "leaflet")}
    entry = Declaration.objects.get(pk=original[Declaration]).entry_id
    mac = "'3C' || lpad(upper(to_hex(s)), 6, '0') || lpad(upper(to_hex(n)), 4, '0')"
    colons = f"regexp_replace(regexp_replace({mac}, '(..)', '\\1:', 'g'), ':$', '')"
    with connection.cursor() as cursor:
        for table in (
            "school",
            "log",
            "networktoken",
            "policyversion",
            "person",
            "device",
            "deviceaddress",
            "permission",
            "entry",
            "declaration",
        ):
            cursor.execute(f"ALTER TABLE declarations_{table} DISABLE TRIGGER USER")  # what is copied was made by the verbs

        def copy(table: str, pk: int, each: str, **changed: str) -> None:
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER' ORDER BY 1",
                [f"declarations_{table}"],
            )
            columns = [row[0] for row in cursor.fetchall()]
            values = ", ".join(changed.get(column, f'it."{column}"') for column in columns)
            named = ", ".join(f'"{column}"' for column in columns)
            cursor.execute(
                f"INSERT INTO declarations_{table} ({named}) SELECT {values} FROM declarations_{table} AS it, {each} WHERE it.id = {pk}"  # noqa: S608  # our own names
            )

        copy("school", original[School], ranges, id=school, slug="'network-' || s")
        copy("log", original[Log], ranges, id=school, school_id=school, origin="'network-' || s")
        sha = "encode(sha256(convert_to('bench-' || s, 'UTF8')), 'hex')"
        copy("networktoken", original[NetworkToken], ranges, id=school, school_id=school, sha256=sha)
        copy("policyversion", texts["aup"], ranges, id=f"{school} + 1", school_id=school)
        copy("policyversion", texts["leaflet"], ranges, id=f"{school} + 2", school_id=school)
        copy("person", original[Person], people, id=nth, school_id=school, email="'p' || s || '-' || n || '@network.example'")
        copy("device", original[Device], people, id=nth, school_id=school, owner_id=nth)
        copy("deviceaddress", original[DeviceAddress], people, id=nth, school_id=school, device_id=nth, address=colons)
        copy("permission", original[Permission], people, id=nth, school_id=school, device_id=nth, owner_id=nth, asked_by_id=nth)
        copy("entry", entry, people, id=nth, log_id=school, position="n")
        copy("declaration", original[Declaration], people, id=nth, school_id=school, person_id=nth, entry_id=nth,
             aup_id=f"{school} + 1", leaflet_id=f"{school} + 2", reference="'B' || s || '-' || n")  # fmt: skip
        cursor.execute("ANALYZE")
