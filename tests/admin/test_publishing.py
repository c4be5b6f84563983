"""Drafting, reading and publishing at the leadership's desk."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from declarations.actions import deciding, publishing
from declarations.models import Declaration, Permission, PolicyVersion

ADD = "/admin/declarations/policyversion/add/"


@pytest.fixture
def draft(cast):
    return publishing.draft(school=cast.hillside, document="aup", title="Acceptable Use Policy", body=cast.aup.source_body + "\n{gap}\n")


def page(name, version):
    return reverse(f"admin:declarations_policyversion_{name}", args=[version.pk])


def typed(version, **changes):
    return {
        "title": version.title,
        "source_body": version.source_body,
        "source_statement": version.source_statement,
        "source_confirmations": "\r\n\r\n".join(one["text"] for one in version.source_confirmations),
        "approved_by": "",
        "approved_on": "",
        "review_on": "",
    } | changes


def test_a_new_draft_begins_as_the_latest_version(cast, signed_in):
    response = signed_in(cast.hilda).post(ADD, {"document": "aup"})
    draft = PolicyVersion.objects.get(published_at=None)
    assert response.url == page("change", draft)
    assert (draft.school, draft.number, draft.source_body) == (cast.hillside, 2, cast.aup.source_body)
    again = signed_in(cast.hilda).post(ADD, {"document": "aup"})
    assert "There is a draft of this document already" in again.content.decode()


def test_a_new_draft_begins_as_a_file(cast, signed_in):
    file = SimpleUploadedFile("aup.md", "# Our Policy\n\n## One {#one}\n\n- **A1** “Words” – all.\n".encode())
    signed_in(cast.hilda).post(ADD, {"document": "aup", "file": file})
    draft = PolicyVersion.objects.get(published_at=None)
    assert draft.title == "Our Policy"
    assert "“Words” – all." in draft.source_body


@pytest.mark.parametrize("data", [b"\xff\xfe", b"a\x00b", b"%PDF-1.7 x", b"   ", b"a" * (1024 * 1024 + 5)])
def test_a_file_that_cannot_be_read_gets_a_sentence(cast, signed_in, data):
    response = signed_in(cast.hilda).post(ADD, {"document": "aup", "file": SimpleUploadedFile("aup.md", data)})
    assert response.status_code == 200
    assert response.context["form"].errors["file"]
    assert not PolicyVersion.objects.filter(published_at=None).exists()


def test_writing_a_draft(cast, signed_in, draft):
    kept = draft.source_confirmations[0]
    response = signed_in(cast.ines).post(
        page("change", draft),
        typed(draft, title="Next", source_confirmations=f"{kept['text']}\r\nI know where the leaflet is.\r\n", review_on="2027-07-01"),
    )
    assert response.status_code == 302
    draft.refresh_from_db()
    assert (draft.title, draft.review_on) == ("Next", dt.date(2027, 7, 1))
    assert draft.source_confirmations == [kept, {"key": "i-know-where-the-leaflet", "text": "I know where the leaflet is."}]


@pytest.mark.parametrize("changes", [{"source_body": ""}, {"source_body": "a\x00b"}, {"source_body": "> " * 40 + "deep"}, {"title": ""},
                                     {"source_statement": " "}, {"source_confirmations": "\r\n \r\n"}, {"review_on": "soon"}])  # fmt: skip
def test_a_draft_that_cannot_be_keeps_what_was_typed(cast, signed_in, draft, changes):
    response = signed_in(cast.hilda).post(page("change", draft), typed(draft, approved_by="Board 12/3", **changes))
    assert response.status_code == 200
    assert 'class="errorlist' in response.content.decode()
    assert "Board 12/3" in response.content.decode()
    draft.refresh_from_db()
    assert draft.approved_by == ""


def test_a_leaflet_has_no_statement_and_no_confirmations(cast, signed_in):
    leaflet = publishing.draft(school=cast.hillside, document="leaflet", title="Leaflet", body=cast.leaflet.source_body)
    shown = signed_in(cast.hilda).get(page("change", leaflet)).content.decode()
    assert "source_statement" not in shown
    assert "source_confirmations" not in shown
    signed_in(cast.hilda).post(page("change", leaflet), {"title": "Phones", "source_body": leaflet.source_body, "source_statement": "x"})
    leaflet.refresh_from_db()
    assert (leaflet.title, leaflet.source_statement, leaflet.source_confirmations) == ("Phones", "", [])


def test_reading_it_as_people_will(cast, signed_in, draft):
    shown = signed_in(cast.ines).get(page("preview", draft)).content.decode()
    assert "Dora Example" in shown
    assert "{gap}" in shown
    assert "Hillside School" in shown


def test_publishing_shows_who_would_be_without_wifi(cast, signed_in, draft):
    permission = Permission.objects.get()
    deciding.approve(permission=permission, by=cast.hilda, until=cast.hillside.day_of(timezone.now()), at=timezone.now())
    shown = signed_in(cast.hilda).get(page("publish", draft))
    assert [one["person"] for one in shown.context["connected"]] == [cast.ben]
    assert "1 person has Wi-Fi today" in shown.content.decode()
    assert "checked" not in shown.content.decode()


def sent(cast, **changes):
    today = cast.hillside.day_of(timezone.now())
    return {"kind": "correction", "sign_by": "", "effective_from": today.isoformat(), "reason": "A name changed."} | changes


def test_a_correction(cast, signed_in, draft):
    response = signed_in(cast.hilda).post(page("publish", draft), sent(cast))
    assert response.status_code == 302
    draft.refresh_from_db()
    today = cast.hillside.day_of(timezone.now())
    assert (draft.published_by, draft.sign_by, draft.effective_from) == (cast.hilda, None, today)
    assert Declaration.objects.filter(person=cast.ben).current(on=today, year=cast.hillside.year(on=today).key).exists()


def test_everyone_signs_again(cast, signed_in, draft):
    today = cast.hillside.day_of(timezone.now())
    by = today + dt.timedelta(days=10)
    signed_in(cast.hilda).post(page("publish", draft), sent(cast, kind="sign_again", sign_by=by.isoformat()))
    draft.refresh_from_db()
    assert draft.sign_by == by
    assert not Declaration.objects.filter(person=cast.ben).current(on=today, year=cast.hillside.year(on=today).key).exists()
    assert Declaration.objects.filter(person=cast.ben).in_force(on=by).exists()
    assert not Declaration.objects.filter(person=cast.ben).in_force(on=by + dt.timedelta(days=1)).exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": ""}, "kind"),
        ({"kind": "maybe"}, "kind"),
        ({"reason": " "}, "reason"),
        ({"reason": "a\x00"}, "reason"),
        ({"kind": "sign_again"}, "sign_by"),
        ({"sign_by": "2099-01-01"}, "sign_by"),
        ({"kind": "sign_again", "sign_by": "2020-01-01"}, "sign_by"),
        ({"effective_from": "2020-01-01"}, "effective_from"),
        ({"effective_from": "today"}, "effective_from"),
    ],
)
def test_what_is_missing_is_said_beside_it_and_nothing_is_published(cast, signed_in, draft, changes, field):
    response = signed_in(cast.hilda).post(page("publish", draft), sent(cast, **changes))
    assert response.status_code == 200
    assert field in response.context["form"].errors
    draft.refresh_from_db()
    assert draft.published_at is None


def test_only_the_leadership_publishes(cast, signed_in, draft):
    assert signed_in(cast.ines).get(page("publish", draft)).status_code == 403
    assert signed_in(cast.ines).post(page("publish", draft), sent(cast)).status_code == 403
    draft.refresh_from_db()
    assert draft.published_at is None


def test_who_comes_second_is_told(cast, signed_in, draft):
    client = signed_in(cast.hilda)
    client.post(page("publish", draft), sent(cast))
    assert "published or discarded already" in client.post(page("publish", draft), sent(cast), follow=True).content.decode()
    assert client.post(page("change", draft), typed(draft, title="Late")).status_code == 403
    draft.refresh_from_db()
    assert draft.title == "Acceptable Use Policy"
