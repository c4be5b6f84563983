"""Addresses of the leadership's pages that have moved: what somebody kept as a bookmark still leads there."""

import datetime as dt

import pytest
from django.utils import timezone

from declarations.network.models import LastSeen
from declarations.signing.models.kiosk import KioskSession
from declarations.signing.models.response import Response

pytestmark = pytest.mark.pages


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/admin/left/?state=overdue", "/admin/not-signed/?state=overdue"),
        ("/admin/jobs/", "/admin/scheduled-tasks/"),
        ("/admin/messages/?school=hillside", "/admin/emails/?school=hillside"),
        ("/admin/declarations/reply/?answered=no", "/admin/declarations/response/?answered=no"),
        ("/admin/declarations/seen/?q=3c%3A22", "/admin/declarations/lastseen/?q=3c%3A22"),
        ("/admin/declarations/signingsession/", "/admin/declarations/kiosksession/"),
    ],
)
def test_a_page(cast, signed_in, old, new):
    response = signed_in(cast.hilda).get(old, follow=True)
    assert (response.redirect_chain, response.status_code) == ([(new, 301)], 200)


def test_a_page_about_one_thing(cast, signed_in):
    at, school = timezone.now(), cast.hillside
    response = Response.objects.create(school=school, person=cast.ben, kind="talk", reason="Why?", said_at=at)
    last_seen = LastSeen.objects.create(school=school, address="3c:22:fb:00:00:77", reason="unknown_device", seen_at=at)
    kiosk = KioskSession.objects.create(school=school, opened_by=cast.omar, opened_at=at, closes_at=at + dt.timedelta(hours=4))
    client = signed_in(cast.hilda)
    for old, new, pk in (
        ("reply", "response", response.pk),
        ("seen", "lastseen", last_seen.pk),
        ("signingsession", "kiosksession", kiosk.pk),
    ):
        page = client.get(f"/admin/declarations/{old}/{pk}/change/?from=mail", follow=True)
        assert (page.redirect_chain, page.status_code) == ([(f"/admin/declarations/{new}/{pk}/change/?from=mail", 301)], 200)
