"""The headers of every response, and the two cookies."""

import pytest
from django.test import Client
from django.utils import timezone

from declarations.devices.models import Permission
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.pages

ANSWERS = ["/", "/accounts/login/", "/verify/", "/healthz", "/robots.txt", "/network/authorize/", "/network/nowhere/", "/nowhere/",
           "/static/site.css", "/admin/"]  # fmt: skip


@pytest.mark.parametrize("path", ANSWERS)
@pytest.mark.parametrize("who", ["", "hilda"])
def test_every_answer_says_what_it_is_and_keeps_itself_out_of_frames(cast: Cast, signed_in, settings, path: str, who: str):
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS, settings.SECURE_HSTS_PRELOAD = 31536000, True, True
    client = signed_in(getattr(cast, who)) if who else Client()
    response = client.get(path, secure=True, follow=False)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert response.headers.get("Content-Type", "text/html").partition(";")[0]
    policy = response.headers["Content-Security-Policy"]
    for directive in ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert directive in policy
    assert "unsafe" not in policy
    # Fonts and styles may be fetched from anywhere: they are the same for everybody.
    assert ("Access-Control-Allow-Origin" in response.headers) is path.startswith("/static/")
    assert not {"Server", "X-Powered-By"} & set(response.headers)
    response.close()


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/admin/"])
def test_pages_say_nothing_of_where_one_comes_from_and_share_no_window(cast: Cast, signed_in, path: str):
    response = signed_in(cast.hilda).get(path, follow=False)
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_there_are_two_cookies_and_no_script_reads_them(cast: Cast):
    """Signs in, decides about a device, sees the message and signs out."""
    client = Client()
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": "hilda@hillside.example", "password": PASSWORD})
    waiting = Permission.objects.get(owner=cast.ben)
    until = cast.hillside.day_of(timezone.now()).isoformat()
    address = f"/admin/declarations/permission/{waiting.pk}/change/"
    client.post(address, {"verb": "approve", "until": until, "conditions": "", "approve": "yes"})
    client.get("/admin/")
    client.post("/accounts/logout/")
    client.get("/accounts/login/")
    assert set(client.cookies) <= {"sessionid", "csrftoken"}
    client.post("/accounts/login/", {"login": "hilda@hillside.example", "password": PASSWORD})
    assert set(client.cookies) == {"sessionid", "csrftoken"}
    for cookie in client.cookies.values():
        assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["expires"]) == (True, "Lax", "/", "")


@pytest.mark.parametrize("path", ["/", "/devices/", "/admin/", "/declarations/"])
def test_pages_of_people_are_not_kept(cast: Cast, signed_in, path: str):
    kept = signed_in(cast.hilda).get(path).headers["Cache-Control"]
    assert "no-store" in kept
    assert "private" in kept
