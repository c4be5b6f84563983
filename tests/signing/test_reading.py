"""Reading the leaflet and the policy: what is shown is what is recorded."""

import pytest
from django.urls import reverse
from django.utils import timezone

from declarations.policies import publishing
from declarations.policies.models import PolicyVersion, SectionRead
from tests.cast import make_person, make_school, publish_next


def test_each_section_is_recorded_when_it_is_shown_and_the_contents_say_how_far_one_is(cast, signed_in):
    client = signed_in(cast.ada)
    assert "0 of 2 sections read" in client.get("/leaflet/").text
    page = client.get("/leaflet/class/").text
    assert "No adult uses their own mobile in class." in page
    assert "1 of 2 sections read" in page
    contents = client.get("/leaflet/").text
    assert "1 of 2 sections read" in contents
    assert "Continue where you stopped" in contents
    assert 'href="/leaflet/lunch/"' in page, "the next section is one step on"
    last = client.get("/leaflet/lunch/").text
    assert 'href="/leaflet/class/"' in last, "and the previous one step back"
    assert 'href="/sign/"' in last, "after the last comes signing"
    assert [row.section_key for row in SectionRead.objects.filter(person=cast.ada).order_by("id")] == ["class", "lunch"]


def test_the_last_section_leads_to_one_that_is_unread_before_it_leads_to_signing(cast, signed_in):
    client = signed_in(cast.ada)
    last = client.get("/leaflet/lunch/").text
    assert "Not read yet:</span> In class" in last
    assert 'href="/sign/"' not in last
    client.get("/leaflet/class/")
    assert 'href="/sign/"' in client.get("/leaflet/lunch/").text


def test_the_first_time_counts(cast, signed_in):
    client = signed_in(cast.ada)
    client.get("/leaflet/class/")
    first = SectionRead.objects.get(person=cast.ada).first_at
    client.get("/leaflet/class/")
    assert SectionRead.objects.get(person=cast.ada).first_at == first


@pytest.mark.parametrize("path", ["/leaflet/class/", "/leaflet/all/", "/policy/", "/sign/"])
def test_a_head_request_shows_nothing_so_it_records_nothing(cast, signed_in, path):
    client = signed_in(cast.ada)
    assert client.head(path).status_code == 200
    assert not SectionRead.objects.filter(person=cast.ada).exists()
    client.get(path)
    assert SectionRead.objects.filter(person=cast.ada).exists()


@pytest.mark.parametrize("path", ["/leaflet/", "/leaflet/class/", "/leaflet/all/", "/policy/", "/declarations/", "/devices/", "/"])
def test_pages_to_read_take_no_post(cast, signed_in, path):
    assert signed_in(cast.ada).post(path).status_code == 405
    assert not SectionRead.objects.filter(person=cast.ada).exists()


def test_one_page_shows_and_records_everything(cast, signed_in):
    page = signed_in(cast.ada).get("/leaflet/all/").text
    assert "No adult uses their own mobile in class." in page
    assert "the staff room and offices only." in page
    assert set(SectionRead.objects.filter(person=cast.ada).values_list("section_key", flat=True)) == {"class", "lunch"}


def test_the_policy_is_recorded_on_its_own(cast, signed_in):
    page = signed_in(cast.ada).get("/policy/").text
    assert "Your password is yours alone." in page
    assert 'href="/sign/"' in page
    assert {row.version_id for row in SectionRead.objects.filter(person=cast.ada)} == {cast.aup.pk}


def test_a_new_leaflet_is_unread_and_the_old_one_stays_readable_for_ever(cast, signed_in):
    client = signed_in(cast.ada)
    client.get("/leaflet/all/")
    publish_next(cast.leaflet, by=cast.hilda, at=timezone.now(), sign_by=None, body="# Phones\n\n## New {#new}\n\nNew words.\n")
    assert "0 of 1 sections read" in client.get("/leaflet/").text
    assert client.get("/leaflet/class/").status_code == 404
    old = client.get(reverse("version", args=[cast.leaflet.pk])).text
    assert "No adult uses their own mobile in class." in old
    assert cast.leaflet.sha256 in old


def test_reading_a_version_records_nothing(cast, signed_in):
    signed_in(cast.ada).get(reverse("version", args=[cast.aup.pk]))
    assert not SectionRead.objects.filter(person=cast.ada).exists()


def test_versions_of_another_school_and_drafts_are_404(cast, signed_in):
    of_riverside = PolicyVersion.objects.filter(school=cast.riverside).first()
    draft = publishing.draft(school=cast.hillside, document="aup", title="Next", body="# Next\n\n## S {#s}\n\nx\n")
    for person in (cast.ada, cast.hilda):
        assert signed_in(person).get(reverse("version", args=[of_riverside.pk])).status_code == 404
        assert signed_in(person).get(reverse("version", args=[draft.pk])).status_code == 404
    assert signed_in(cast.tara).get(reverse("version", args=[of_riverside.pk])).status_code == 200, (
        "the trust's leadership sees all schools"
    )


def test_before_anything_is_published_the_pages_say_so(cast, signed_in):
    newcomer = make_person(make_school("new", "New School"), "nell@new.example", "Nell Example")
    client = signed_in(newcomer)
    for path in ("/leaflet/", "/leaflet/all/", "/policy/", "/sign/"):
        assert "has not published this text yet" in client.get(path).text, path
    assert client.get("/leaflet/class/").status_code == 404
    assert "not published yet" in client.get("/").text


def test_markdown_of_a_school_cannot_run_or_fetch_anything(cast, signed_in):
    body = "# T\n\n## S {#s}\n\n<script>alert(1)</script> ![x](https://x.example/x.png) [y](javascript:alert(1))\n"
    publish_next(cast.leaflet, by=cast.hilda, at=timezone.now(), sign_by=None, body=body)
    page = signed_in(cast.ada).get("/leaflet/s/").text
    assert "<script" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page
