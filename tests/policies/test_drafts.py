"""Drafting, reading and publishing at the leadership's desk."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.html import escape

from declarations.policies import publishing
from declarations.policies.models import PolicyVersion

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
        "source_confirmations": "\r\n\r\n".join(confirmation["text"] for confirmation in version.source_confirmations),
        "approved_by": "",
        "approved_on": "",
        "approval_minute": "",
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


def test_the_front_page_and_the_preview_name_what_they_list(cast, signed_in, draft):
    front = signed_in(cast.hilda).get("/admin/").text
    assert f'<a href="{page("change", draft)}">Acceptable Use Policy, version 2</a> · <a href="{page("publish", draft)}">' in front
    preview = signed_in(cast.hilda).get(page("preview", draft)).text
    assert all(f"<li>☐ {escape(text)}</li>" in preview for text in draft.agreed_to()[:-1])
    version = signed_in(cast.ada).get(reverse("version", args=[cast.aup.pk])).text
    assert all(f"<li>{escape(confirmation['text'])}</li>" in version for confirmation in cast.aup.confirmations)
