"""Signing over HTTP: people seeded and signed in, granian in front, clients on the loopback interface."""

import datetime as dt
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django.utils.crypto import get_random_string

from declarations.organisation.models.person import Person
from declarations.people.roles import grant_role
from declarations.policies.models import PolicyVersion, SectionRead
from declarations.signing.models.declaration import Declaration
from tests.cast import make_person, make_school, publish_texts

CLIENTS = 8  # more at once than there are workers, as on the morning of an INSET day
PEOPLE_A_SECOND = 60  # more than can sign in that time, so that nobody signs twice

type Post = tuple[str, str]  # the cookies, and the form


def measure_signing(*, seconds: float) -> None:
    """Signatures a second, each of them a whole POST /sign/ to the certificate made for the e-mail, against GET /empty."""
    if connection.vendor != "postgresql":
        raise SystemExit("Signing is measured on PostgreSQL: make bench")
    posts = seed(round(seconds * PEOPLE_A_SECOND))
    with server() as port:
        empty = rate(seconds, lambda client: ask(client, "GET", "/empty"), port, None)
        before = Declaration.objects.count()
        queue = iter(posts)
        signed = rate(seconds, lambda client: sign(client, next(queue)), port, len(posts))
        after = Declaration.objects.count()
    if after - before != signed.count:
        raise SystemExit(f"{signed.count} requests signed {after - before} declarations.")
    print(f"Signing on PostgreSQL through granian, {os.cpu_count()} workers; {CLIENTS} clients on the same machine")
    print(f"  an empty view of the same server{empty.a_second:20.1f} a second")
    print(f"  POST /sign/{signed.a_second:41.1f} a second: {signed.a_second / empty.a_second:.4f} × the empty view")
    print(f"  {signed.count} declarations, each signed once. The certificate that is sent with each is made within the request and sets")
    print("  the pace: compare the certificates above. Mail goes to a backend that throws it away.")


class Rate:
    """How many requests were answered, and how many that is a second."""

    def __init__(self, count: int, took: float) -> None:
        self.count = count
        self.a_second = count / took


def rate(seconds: float, request: Callable[[http.client.HTTPConnection], object], port: int, most: int | None) -> Rate:
    start = time.perf_counter()
    end = start + seconds

    def client(_number: int) -> int:
        connected = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        done = 0
        while time.perf_counter() < end and (most is None or done < most):
            try:
                request(connected)
            except StopIteration:
                break
            done += 1
        connected.close()
        return done

    with ThreadPoolExecutor(CLIENTS) as threads:
        count = sum(threads.map(client, range(CLIENTS)))
    return Rate(count, time.perf_counter() - start)


def ask(
    client: http.client.HTTPConnection, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
) -> http.client.HTTPResponse:
    client.request(method, path, body, headers or {})
    response = client.getresponse()
    response.read()
    if response.status >= 400:
        raise SystemExit(f"{method} {path}: {response.status}")
    return response


def sign(client: http.client.HTTPConnection, post: Post) -> None:
    cookies, form = post
    headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
    response = ask(client, "POST", "/sign/", form, headers)
    if not (response.headers["Location"] or "").startswith("/declarations/"):
        raise SystemExit(f"POST /sign/ answered {response.status} and signed nothing.")


def seed(number: int) -> list[Post]:
    """So many people of one school who have read everything and are signed in, each with the form that they will send."""
    call_command("migrate", verbosity=0)
    at = timezone.now()  # noqa: TID251  # a script is a door
    school = make_school("hillside", "Hillside School")
    head = make_person(school, "head@hillside.example", "Hilda Example")
    grant_role(person=head, name="leadership", by=None, at=at)
    leaflet, aup = publish_texts(school, head, at)
    Person.objects.bulk_create(
        Person(school=school, email=f"p{count}@hillside.example", full_name=f"Person {count}", job_title="teacher")
        for count in range(number)
    )
    people = list(Person.objects.filter(school=school).exclude(pk=head.pk))
    SectionRead.objects.bulk_create(
        SectionRead(person=person, version=version, section_key=section.key, first_at=at)
        for version in (leaflet, aup)
        for section in version.sections()
        for person in people
    )
    return [signed_in(person, aup, leaflet, at) for person in people]


def signed_in(person: Person, aup: PolicyVersion, leaflet: PolicyVersion, at: dt.datetime) -> Post:
    secret = get_random_string(32)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    # An hour ahead: they sign when the torture comes to them, and a proof is fresh for ten minutes.
    proved_at = (at + dt.timedelta(hours=1)).timestamp()
    session["account_authentication_methods"] = [{"method": "password", "at": proved_at, "email": person.email}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.create()
    form = {"csrfmiddlewaretoken": secret, "aup": aup.pk, "leaflet": leaflet.pk, "typed_name": person.full_name}
    cookies = f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={secret}"
    return cookies, urlencode(form | {f"confirm_{one['key']}": "on" for one in aup.confirmations})


@contextmanager
def server(interface: str = "rsgi", application: str = "schoolpolicy.rsgi:application") -> Iterator[int]:
    """Granian as it is run in production, on a free port of the loopback interface."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", interface, "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(os.cpu_count() or 1), "--log-level", "error", application]
    running = subprocess.Popen(command)
    try:
        for _attempt in range(300):
            try:
                ask(http.client.HTTPConnection("127.0.0.1", port, timeout=5), "GET", "/empty")
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise SystemExit("granian did not start.")
        yield port
    finally:
        running.terminate()
        running.wait(timeout=30)
