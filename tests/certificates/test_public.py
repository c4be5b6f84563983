"""What anyone may ask: verify, health, robots."""

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client

from declarations.people.roles import grant_role
from declarations.signing.models.declaration import Declaration
from tests.cast import Cast, make_person, make_school, publish_next, publish_texts, sign

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def rested(db: None) -> None:
    cache.clear()


def test_genuine_and_in_force(cast: Cast) -> None:
    declaration = Declaration.objects.select_related("aup", "leaflet").get()
    response = Client().get(f"/verify/{declaration.reference}/")
    page = response.content.decode()
    assert response.status_code == 200
    assert "Genuine and in force" in page
    for fact in (declaration.reference, "Ben Example", "Hillside School", declaration.aup.sha256, declaration.leaflet.sha256):
        assert fact in page
    # Less than the paper says: it is in other people's hands.
    for fact in (cast.ben.email, "192.0.2.7", "Test browser", "teacher"):
        assert fact not in page
    assert "noindex" in response["X-Robots-Tag"]
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies


def test_genuine_but_lapsed_since(cast: Cast) -> None:
    at = Declaration.objects.get().signed_at - dt.timedelta(days=1000)
    school = make_school("oldfield", "Oldfield School")
    head = make_person(school, "head@oldfield.example", "Hal Example")
    grant_role(person=head, name="leadership", by=None, at=at)
    publish_texts(school, head, at)
    old = sign(head, at)
    page = Client().get(f"/verify/{old.reference}/").content.decode()
    assert "Genuine, but lapsed" in page
    assert f"lapsed on {old.lapses_on.day} {old.lapses_on:%B %Y}" in page


def test_a_new_version_lapses_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    declaration = Declaration.objects.get()
    today = declaration.signed_on
    publish_next(cast.aup, by=cast.hilda, at=declaration.signed_at, sign_by=today)
    monkeypatch.setattr("declarations.web.middleware.timezone.now", lambda: declaration.signed_at + dt.timedelta(days=2))
    page = Client().get(f"/verify/{declaration.reference}/").content.decode()
    since = today + dt.timedelta(days=1)
    assert f"lapsed on {since.day} {since:%B %Y}" in page


def test_a_reference_is_understood_in_any_way_of_writing_it(cast: Cast) -> None:
    reference = Declaration.objects.get().reference
    lookalikes = reference.replace("0", "o").replace("1", "l")
    for typed in (reference, reference.lower(), reference.replace("-", " "), lookalikes, f"  {reference} "):
        response = Client().get("/verify/", {"reference": typed})
        assert response.status_code == 302
        assert response.url == f"/verify/{reference}/"
    assert Client().get(f"/verify/{reference.lower()}/").url == f"/verify/{reference}/"


NO_REFERENCES = ["", "abc", "U" * 16, "<script>alert(1)</script>", "7Q2M-K0TX-9D4V-HW6", "\0", "A" * 100_000, "\u202e7Q2M"]
UNKNOWN = ["0000-0000-0000-0000", "abc", "<script>", "%00", "9" * 3000, "..%2f..%2fetc", "%ff%fe", "=cmd", "😀"]


@pytest.mark.parametrize("typed", NO_REFERENCES)
def test_what_is_no_reference_gets_a_sentence(cast: Cast, typed: str) -> None:
    response = Client().get("/verify/", {"reference": typed})
    assert response.status_code == 200
    page = response.content.decode()
    assert "invalid-feedback" in page
    assert "<script>alert" not in page
    if typed.isalnum() and len(typed) < 60:
        assert f'value="{typed}"' in page


@pytest.mark.parametrize("reference", UNKNOWN)
def test_unknown(cast: Cast, reference: str) -> None:
    response = Client().get(f"/verify/{reference}/")
    assert response.status_code == 404
    if "/" not in reference and "%2f" not in reference:
        assert "Unknown reference" in response.content.decode()
        assert "<script>" not in response.content.decode()
        assert "noindex" in response["X-Robots-Tag"]


def test_nobody_tries_many_references(cast: Cast) -> None:
    client = Client()
    codes = [client.get("/verify/0000-0000-0000-0000/").status_code for _ in range(31)]
    assert codes == [404] * 30 + [429]
    assert "Wait a minute" in client.get("/verify/0000-0000-0000-0000/").content.decode()
    assert Client(REMOTE_ADDR="198.51.100.7").get("/verify/0000-0000-0000-0000/").status_code == 404


@pytest.mark.parametrize("path", ["/verify/", "/verify/0000-0000-0000-0000/", "/healthz", "/robots.txt"])
def test_reading_only(db: None, path: str) -> None:
    for method in ("post", "put", "patch", "delete"):
        # The page for a reference takes a certificate's file as well.
        assert getattr(Client(), method)(path).status_code == (200 if (path, method) == ("/verify/", "post") else 405)


def test_robots(db: None) -> None:
    assert Client().get("/robots.txt").content == b"User-agent: *\nDisallow: /\n"


def test_well(db: None) -> None:
    response = Client().get("/healthz")
    assert (response.status_code, response.json()) == (200, {"database": "ok", "evidence": "ok"})


ASKED = """
import django
django.setup()
from django.test import Client
client = Client(raise_request_exception=False)
client.cookies["sessionid"] = "a" * 32
response = client.get("/healthz")
print(response.status_code, response.content.decode())
"""


def test_unwell_while_the_database_is_down() -> None:
    """Nothing listens on port 1; whoever asks has a session's cookie, as a browser would."""
    done = subprocess.run(
        [sys.executable, "-c", ASKED],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing", "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[0] == '503 {"database": "down"}'
