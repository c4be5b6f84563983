"""What holds for every page of the staff's: its weight, its parts, its errors."""

import re
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from django.views import defaults
from django.views.csrf import csrf_failure

from declarations.devices.models import Device
from declarations.policies.publishing import draft, publish
from declarations.signing.models.declaration import Declaration

pytestmark = pytest.mark.pages

LIMIT = 100_000
STAFF_PAGES = [
    "/", "/leaflet/", "/leaflet/class/", "/leaflet/all/", "/policy/", "/sign/", "/declarations/", "/devices/", "/devices/add/",
]  # fmt: skip


def linked_files(page: str) -> list[str]:
    """Names of the static files that a browser fetches for this page; a link to another host fails."""
    urls = re.findall(r'<(?:link|script|img|source|iframe)\b[^>]*?(?:href|src)="([^"]+)"', page)
    assert all(url.startswith("/static/") for url in urls), urls
    return [url.removeprefix("/static/") for url in urls]


def over_the_wire(name: str) -> int:
    """The size of a static file as WhiteNoise serves it: compressed with Brotli."""
    return len(brotli.compress(Path(finders.find(name)).read_bytes()))


def test_the_leaflets_pages_weigh_at_most_100_kb_with_everything_in_them(cast, signed_in):
    body = (Path(settings.BASE_DIR) / "content" / "leaflet.md").read_text(encoding="utf-8")
    at = timezone.now()
    text = draft(school=cast.hillside, document="leaflet", title="Phones and social media", body=body)
    version = publish(version=text, by=cast.hilda, at=at, reason="The real one.", effective_from=cast.hillside.day_of(at), sign_by=None)
    client = signed_in(cast.ada)
    for path in ("/leaflet/", "/leaflet/all/", f"/leaflet/{version.sections()[0].key}/"):
        page = client.get(path)
        files = linked_files(page.text)
        assert {"site.css", "bootstrap/css/bootstrap.min.css"} <= set(files)
        weight = len(page.content) + sum(over_the_wire(name) for name in files)
        assert weight <= LIMIT, f"{path} weighs {weight} bytes"


def test_our_styles_fetch_nothing():
    css = Path(finders.find("site.css")).read_text(encoding="utf-8")
    assert "@import" not in css
    assert not [url for url in re.findall(r"url\(\s*[\"']?([^\"')]+)", css) if not url.startswith("data:")]


@pytest.mark.parametrize("path", STAFF_PAGES)
def test_pages_need_no_script_and_no_inline_style(cast, signed_in, path):
    page = signed_in(cast.ben).get(path).text
    assert "<script" not in page
    assert not re.search(r"<[^>]+\sstyle=", page)
    assert not re.search(r"<[^>]+\son\w+=", page)
    assert page.count("<h1>") == 1
    assert '<a class="skip-link" href="#main">' in page
    assert 'lang="en-gb"' in page


def test_the_demo_says_that_it_is_one(cast, signed_in):
    client = signed_in(cast.ada)
    assert "This is a demo." not in client.get("/").text
    with override_settings(DEMO=True):
        assert "This is a demo." in client.get("/").text


def test_every_error_has_its_page(cast, signed_in):
    request = signed_in(cast.ben).get("/").wsgi_request
    for response in (
        defaults.bad_request(request, ValueError()),
        defaults.permission_denied(request, PermissionError()),
        defaults.page_not_found(request, ValueError()),
        defaults.server_error(request),
        csrf_failure(request),
    ):
        assert b"site.css" in response.content
        assert b"<h1>" in response.content


def test_a_form_that_is_too_old_says_what_to_do(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.ben)
    response = client.post(f"/devices/{Device.objects.get(owner=cast.ben).pk}/lost/")
    assert response.status_code == 403
    assert "Please do that once more" in response.text


@pytest.mark.parametrize(
    "path",
    [
        "/leaflet/%00/",
        "/leaflet/../x/",
        "/leaflet/none/",
        "/versions/99999999999999999999999999/",
        "/versions/0/",
        "/versions/" + "9" * 5000 + "/",
        "/declarations/%00/",
        "/declarations/%00.pdf",
        "/declarations/%ED%A0%80/",
        "/declarations/%FF/",
        "/declarations/" + "A" * 4000 + "/",
        "/declarations/0000-0000-0000-0000/",
        "/declarations/0000-0000-0000-0000.pdf",
        "/declarations/..%2F..%2Fetc.pdf",
        "/devices/99999999999999999999999999/ask/",
        "/devices/9223372036854775807/lost/",
        "/devices/9223372036854775808/lost/",
        "/devices/-1/lost/",
        "/%00",
        "/nowhere/",
    ],
)
def test_hostile_addresses_are_404(cast, signed_in, path):
    for client in (signed_in(cast.ben), signed_in(cast.tara)):
        if path.startswith(("/devices/", "/leaflet/")) and client.get("/").status_code == 302:
            continue  # the trust's people have no devices and no leaflet: they are sent to the register
        assert client.get(path).status_code == 404, path
        assert client.get(path, {"school": "\x00", "page": "9" * 999}).status_code == 404, path


def test_hostile_queries_change_nothing(cast, signed_in):
    client = signed_in(cast.ben)
    for path in STAFF_PAGES:
        for value in ("\x00", "\ud800".encode("utf-8", "replace"), "x" * 10_000, "=1+1", "<script>"):
            assert client.get(path, {"school": value, "next": value, "page": value}).status_code in {200, 404}


def test_certificates_of_hostile_browsers_can_be_read(cast, signed_in):
    reference = Declaration.objects.get(person=cast.ben).reference
    for agent in ("", "\x00\x01", "x" * 10_000, "\xff\xfe"):
        assert signed_in(cast.ben).get(reverse("certificate", args=[reference]), headers={"User-Agent": agent}).status_code == 200
