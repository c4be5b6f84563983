"""Hostile text in every place that takes text: no error of the server's, and nothing of it is ever run.

Both databases; PostgreSQL is the stricter one (NUL, numbers past 64 bits, values too long, half characters).
"""

from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils.http import url_has_allowed_host_and_scheme

from declarations.devices.actions import owner
from declarations.devices.models import Device, Permission, Suspension
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.policies import publishing
from declarations.policies.models import PolicyVersion
from declarations.signing.models.declaration import Declaration
from tests.access import bens_things
from tests.addresses import address, routes
from tests.cast import Cast, ask, read_everything, sign

SCRIPT = "\"'><script>alert(98765)</script><img src=x onerror=alert(98765)>"
VALUES = [
    "\x00",
    "a\x00b",
    "\ud800",  # half a character: the client sends the bytes ED A0 80
    "9" * 40,
    str(2**63),
    "-1",
    "1e400",
    "../../../../etc/passwd",
    "{{98765*2}}{% debug %}${98765*2}",
    "=cmd|' /C calc'!A0",
    SCRIPT,
    "file:///etc/passwd",
    "' OR 1=1 --",
    "\u202e\u200b\ufeff\U0001f4a9",
    "x" * 5_000,
    "\r\nSet-Cookie: owned=1",
    "2026-02-30",
    "[]",
]
# What pages read from the address; the admin's own as well.
PARAMETERS = [
    "school", "page", "on", "next", "q", "state", "category", "all", "reference", "status", "p", "o", "e", "id", "id__exact", "owner",
    "again", "code", "error", "_changelist_filters", "_popup", "_to_field", "person", "status__exact", "decided_by__id__exact", "document",
    "language", "kind", "tick", "over", "answered", "paper",
]  # fmt: skip
FIELDS = [
    "do", "leaves_on", "starts_on", "covers", "missing_leave", "fingerprint", "staff_number",
    "typed_name", "aup", "leaflet", "aup_id", "leaflet_id", "kind", "make_and_model", "address", "reason", "permission", "status", "login",
    "password", "email", "code", "uid", "action", "_selected_action", "select_across", "index", "until", "note", "conditions", "decision",
    "name", "ends_on", "effective_from", "sign_by", "body", "source_body", "title", "full_name", "number", "school", "next", "_save",
    "do", "unlink", "end", "hours", "credential", "passwordless", "slug", "client_id", "tenant", "domains",
    "csrfmiddlewaretoken", "oldpassword", "password1", "password2", "reference", "confirmations",
    "verb", "answer", "person", "from_on", "signed_on", "sighted_by", "filed_where", "scan", "compared", "listener", "change",
]  # fmt: skip


class Names(HTMLParser):
    """The names of the fields of the forms on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get("name")
        if tag in {"input", "select", "textarea", "button"} and name:
            self.found.add(name)


def encoded(value: str) -> str:
    return quote(value, safe="", errors="surrogatepass")


def unharmed(response: HttpResponse, where: str) -> None:
    """No fault of the server's, no header smuggled in, nothing of the text run."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    assert response.status_code < 500, where
    assert "owned" not in response.cookies, where
    if response.status_code in {301, 302}:
        # On to this site and no other.
        assert url_has_allowed_host_and_scheme(response.url[:1_000], {"testserver"}), f"{where}: to {response.url}"
    if "html" in response.get("Content-Type", ""):
        assert b"<script>alert(98765)" not in body, where
        assert b"<img src=x" not in body, where
        assert b"197530" not in body, where
        assert b"root:x:0" not in body, where


@pytest.fixture(autouse=True)
def unhurried(settings) -> None:
    """More requests from one address than the limits let through; tests/staff and tests/auditor hold the limits."""
    settings.ACCOUNT_RATE_LIMITS = dict.fromkeys(settings.ACCOUNT_RATE_LIMITS, "1000000/m/ip")


@pytest.fixture
def world(cast: Cast) -> dict[str, Any]:
    """What the addresses lead to is hilda's own where it is somebody's own, so that her requests come far."""
    things = bens_things(cast)
    signed, asked = sign(cast.hilda), ask(cast.hilda, "3c:22:fb:00:00:07")
    draft = publishing.draft(school=cast.hillside, document="aup", title="Draft", body="# P\n\n## One\n\nWords.")
    lost = Suspension.objects.create(device=Device.objects.get(owner=cast.ben), suspended_by=cast.ben, suspended_at=asked.asked_at)
    return things | {
        "devices/<int:pk>": asked.device_id,
        "<str:reference>": signed.reference,
        "policyversion/<path:object_id>": draft.pk,
        "suspension/<path:object_id>": lost.pk,
    }


def posted(client: Client, url: str, body: str, content_type: str = "application/x-www-form-urlencoded") -> HttpResponse:
    before, cookies = connection.savepoint(), client.cookies.copy()
    # Not client.post, which reads the content type itself.
    response = client.generic("POST", url, body.encode("utf-8", "surrogatepass"), content_type=content_type)
    connection.savepoint_rollback(before)
    client.cookies = cookies
    return response


# A dozen tests, not one for each address: making the world takes longer than asking it.
GROUPS = 12


@pytest.mark.parametrize("group", range(GROUPS))
def test_parts_of_an_address(cast: Cast, signed_in, world, group: int):
    hostile = [*VALUES, "", ".", "..", "%", "%zz", "%ED%A0%80", "%FF", "a/b", "0", "_2F", "_zz_"]
    client, outside = signed_in(cast.hilda), Client()
    for route in sorted(route for route in routes() if "<" in route)[group::GROUPS]:
        for part in world:
            if part not in route:
                continue
            # Each part in turn; the other ones are right.
            pattern = address(route, world | {part: "HOSTILE"})
            for number, value in enumerate(hostile):
                url = pattern.replace("HOSTILE", value if value.startswith("%") else encoded(value))
                unharmed(client.get(url), url[:200])
                if number % 10 == group % 10:
                    unharmed(outside.get(url), url[:200])
                    unharmed(posted(client, url, ""), url[:200])


def filled(names: list[str], turn: int) -> str:
    """Every name with a hostile value; in the next turn each has another one."""
    return "&".join(f"{name}={encoded(VALUES[(place + turn) % len(VALUES)])}" for place, name in enumerate(names))


BROKEN = [
    ("{", "application/json"),
    ("x", "multipart/form-data; boundary=x"),
    ('--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb', "multipart/form-data; boundary=x"),
    ('--x\r\nContent-Disposition: form-data; name="\x00"; filename="../../x"\r\n\r\nb\r\n--x--', "multipart/form-data; boundary=x"),
    ("x", "multipart/form-data"),
    ("\x00\xff", "text/plain; charset=nonsense"),
    ("a=b", "application/x-www-form-urlencoded; charset=utf-16"),
    ("&".join(f"a{n}=1" for n in range(1_100)), "application/x-www-form-urlencoded"),
]


def turns_of(route: str) -> range:
    """Which values each field of a page begins with; SQLite, which takes more than PostgreSQL, gets fewer, and others."""
    if route.endswith("/data/"):
        # A ZIP with a PDF each time, and nothing on its page is typed.
        return range(1)
    # History, deletion and the redirects of the admin are the same code for every kind of thing.
    is_the_same = route.endswith(("history/", "delete/", "<path:object_id>/"))
    return range(0, len(VALUES), 6 if is_the_same else 2) if connection.vendor == "postgresql" else range(1, len(VALUES), 6)


def group_of(world: dict[str, Any], group: int) -> list[str]:
    """The addresses of one group."""
    return [address(route, world) for route in sorted(routes())[group::GROUPS]]


@pytest.mark.parametrize("group", range(GROUPS))
def test_queries_and_forms(cast: Cast, signed_in, world, group: int):
    client = signed_in(cast.hilda)
    for route in sorted(routes())[group::GROUPS]:
        url = address(route, world)
        page = client.get(url)
        names = Names()
        if not page.streaming and "html" in page.get("Content-Type", ""):
            names.feed(page.content.decode())
        fields = sorted({*names.found, *FIELDS})
        for turn in turns_of(route):
            query = f"{url}?{filled(PARAMETERS, turn)}"
            unharmed(client.get(query), query[:300])
            body = filled(fields, turn)
            unharmed(posted(client, url, body), f"{url} with {body[:300]}")
            if names.found:
                unharmed(posted(client, url, filled(sorted(names.found), turn + 1)), f"{url}, turn {turn}")


@pytest.mark.postgresql  # SQLite has this character in its texts
@pytest.mark.parametrize("group", range(GROUPS))
def test_nul_under_one_name_at_a_time(cast: Cast, signed_in, world, group: int):
    """Under many names at once the first wrong one may hide the others."""
    client = signed_in(cast.hilda)
    for place, url in enumerate(group_of(world, group)):
        for name in PARAMETERS[place % 3 :: 3]:
            query = f"{url}?{name}=%00"
            unharmed(client.get(query), query)


@pytest.mark.sqlite  # what cannot be read reaches no database
@pytest.mark.parametrize("group", range(GROUPS))
def test_broken_bodies(cast: Cast, signed_in, world, group: int):
    client, outside = signed_in(cast.hilda), Client()
    for place, url in enumerate(group_of(world, group)):
        for number, (body, content_type) in enumerate(BROKEN):
            who = outside if (place + number) % 4 == 0 else client
            unharmed(posted(who, url, body, content_type), f"{url} as {content_type}")


def test_a_megabyte_in_a_field(cast: Cast, signed_in):
    megabyte = "x" * 1_048_576
    places = {
        "/sign/": ["typed_name"],
        "/devices/add/": ["make_and_model", "address", "reason"],
        "/accounts/login/": ["login", "password"],
        "/accounts/password/reset/": ["email"],
        "/admin/declarations/person/add/": ["email", "full_name"],
        "/admin/declarations/policyversion/add/": ["title", "source_body"],
    }
    client, outside = signed_in(cast.hilda), Client()
    for path, names in places.items():
        for name in names:
            unharmed(posted(outside if "accounts" in path else client, path, f"{name}={megabyte}"), f"{path}: {name}")
    unharmed(posted(client, "/sign/", "a=" + "x" * (5 * 1_048_576 + 1)), "/sign/")
    for path in ("/verify/", "/register/", "/"):
        unharmed(client.get(f"{path}?q={megabyte}&reference={megabyte}&school={megabyte}"), path)


HEADERS = [
    {"HTTP_USER_AGENT": "Mozilla\x00/5.0 \xff"},
    {"HTTP_USER_AGENT": "x" * 100_000},
    {"HTTP_ACCEPT_LANGUAGE": "\x00"},
    {"HTTP_ACCEPT_LANGUAGE": "cy;q=nonsense,*;q=" + "9" * 400},
    {"HTTP_ACCEPT_LANGUAGE": "-" * 10_000},
    {"HTTP_ACCEPT": "\xff\xfe"},
    {"HTTP_REFERER": "javascript:alert(98765)"},
    {"HTTP_X_FORWARDED_FOR": "999.999.999.999, \x00, <script>"},
    {"HTTP_X_FORWARDED_PROTO": "gopher"},
    {"HTTP_IF_MODIFIED_SINCE": "9" * 400},
    {"HTTP_IF_NONE_MATCH": '"\x00'},
    {"HTTP_RANGE": "bytes=" + "0-," * 2_000},
    {"CONTENT_LENGTH": "nonsense"},
    {"REMOTE_ADDR": ""},
    {"HTTP_ORIGIN": "null"},
    {"HTTP_HOST": "evil.example"},
    {"HTTP_HOST": "\x00"},
    {"HTTP_COOKIE": "sessionid=\x00aaaaaaaaaaaa"},
    {"HTTP_COOKIE": 'sessionid="\\000aaaaaaaaaaaa"'},
    {"HTTP_COOKIE": "sessionid=" + "x" * 10_000},
    {"HTTP_COOKIE": 'sessionid=../../etc/passwd; messages="\\000"; csrftoken=\x00; django_language=\x00'},
    {"HTTP_COOKIE": "=;;;=\xff"},
]


@pytest.mark.postgresql  # the stricter one is enough: SQLite takes whatever PostgreSQL takes
@pytest.mark.parametrize("headers", HEADERS, ids=lambda headers: f"{next(iter(headers))}-{next(iter(headers.values()))[:12]!r}")
def test_headers(cast: Cast, signed_in, headers):
    for path in ("/", "/accounts/login/", "/verify/", "/verify/7Q2M-K0TX-9D4V-HW6B/", "/healthz", "/admin/", "/sign/"):
        for client in (Client(), signed_in(cast.hilda)):
            unharmed(client.get(path, **headers), f"{path} {headers}"[:200])
            before = connection.savepoint()
            unharmed(client.post(path, {"login": "x@y.example", "password": "x"}, **headers), f"{path} {headers}"[:200])
            connection.savepoint_rollback(before)


def test_a_signature_with_a_hostile_browser_is_kept(cast: Cast, signed_in):
    read_everything(cast.ada, cast.aup.published_at)
    client = signed_in(cast.ada)
    form = Names()
    form.feed(client.get("/sign/").content.decode())
    known = {"aup": cast.aup.pk, "leaflet": cast.leaflet.pk, "aup_id": cast.aup.pk, "leaflet_id": cast.leaflet.pk}
    answers = {name: known.get(name, "on") for name in form.found if name != "csrfmiddlewaretoken"} | {"typed_name": "Ada Example"}
    response = client.post("/sign/", answers, HTTP_USER_AGENT="Mozilla\x00/5.0 \xff", HTTP_X_FORWARDED_FOR="nonsense")
    assert response.status_code == 302, response.content.decode()
    assert Declaration.objects.filter(person=cast.ada).count() == 1


@pytest.mark.sqlite  # how a text is shown: databases only keep it
def test_what_is_stored_is_shown_and_not_run(cast: Cast, signed_in):
    """Script in everything that people and schools can type: every page shows it as text."""
    at = cast.aup.published_at
    Person.objects.filter(pk=cast.ben.pk).update(full_name=SCRIPT, job_title=SCRIPT)
    School.objects.filter(pk=cast.hillside.pk).update(name=SCRIPT, short_name=SCRIPT[:40], dsl_contact=SCRIPT, label_slt=SCRIPT[:60],
                                                     label_headteacher=SCRIPT[:60], designated_areas=SCRIPT)  # fmt: skip
    ben, hilda = Person.objects.get(pk=cast.ben.pk), Person.objects.get(pk=cast.hilda.pk)
    for document in ("leaflet", "aup"):
        publishing.publish(
            version=publishing.draft(
                school=ben.school, document=document, title=SCRIPT,
                body=f"# {SCRIPT}\n\n## {SCRIPT} {{#class}}\n\n{SCRIPT} [x](javascript:alert(98765)) {{school}} {{DSL_contact}}",
                sentence=f"{SCRIPT} {{school}}", confirmations=[{"key": "k", "text": SCRIPT}],
            ),
            by=hilda, at=at, reason=SCRIPT, effective_from=ben.school.day_of(at), sign_by=ben.school.day_of(at),
        )  # fmt: skip
    publishing.draft(school=ben.school, document="aup", title=SCRIPT, body=SCRIPT)
    signed = sign(ben, at)
    asked = owner.add_device(owner=ben, kind="phone", make_and_model=SCRIPT, address="3c:22:fb:00:00:09", reaches_school_data=False,
                               reason=SCRIPT, at=at)  # fmt: skip
    Permission.objects.filter(pk=asked.pk).update(decided_by=hilda, decided_at=at, approved=False, decision_note=SCRIPT)
    waiting = Permission.objects.get(owner=ben, decided_at=None)
    Permission.objects.filter(pk=waiting.pk).update(
        decided_by=hilda, decided_at=waiting.asked_at, approved=True, until=ben.school.day_of(at), conditions=SCRIPT, decision_note=SCRIPT
    )
    Suspension.objects.create(device=asked.device, suspended_by=ben, suspended_at=at)
    things = bens_things_of(cast, signed, asked)
    for name in ("ben", "hilda", "gita", "tara"):
        client = signed_in(Person.objects.get(pk=getattr(cast, name).pk))
        shown = 0
        for route in routes():
            url = address(route, things) + ("?school=hillside" if name == "tara" else "")
            response = client.get(url)
            shown += not response.streaming and b"&lt;script&gt;alert(98765)" in response.content
            unharmed(response, url)
        assert shown > 5, name


def bens_things_of(cast: Cast, signed: Declaration, asked: Permission) -> dict[str, Any]:
    """What `bens_things` makes, with script for words; but what was made here in its place."""
    return bens_things(cast, permission=asked, words=SCRIPT) | {
        "versions/<int:pk>": signed.aup_id,
        "<str:reference>": signed.reference,
        "declaration/<path:object_id>": signed.pk,
        "policyversion/<path:object_id>": PolicyVersion.objects.get(school=cast.hillside, published_at=None).pk,
        "suspension/<path:object_id>": Suspension.objects.get(device=asked.device).pk,
    }
