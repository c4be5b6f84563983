"""Answering, exempting, entering papers and renewing, at the desk."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from declarations.devices.actions import approval
from declarations.devices.models import Device, Permission, PermissionReview, Suspension
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.signing.actions import responses
from declarations.signing.forms.scan import scan_from
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.response import Exemption, Response
from tests.cast import Cast, ask, make_person
from tests.signing.papers import PDF, jpeg, picture

pytestmark = pytest.mark.pages

DAY = dt.timedelta(days=1)
REPLIES, EXEMPTIONS = "/admin/declarations/response/", "/admin/declarations/exemption/"
DECLARATIONS, RENEWAL = "/admin/declarations/declaration/", "/admin/declarations/permission/renewal/"


def says(cast: Cast, person: Person | None = None, *, ago: int = 0) -> Response:
    return responses.respond(person=person or cast.ada, kind="decline", reason="I <cannot>", at=timezone.now() - ago * DAY)


# Replies
def test_the_front_page_names_who_waits_and_how_long(cast: Cast, signed_in):
    School.objects.filter(pk=cast.hillside.pk).update(listener=cast.omar)
    Response.objects.create(
        school=cast.hillside, person=cast.ada, kind="talk", reason="Why?", said_at=timezone.now() - 3 * DAY, said_to=cast.omar
    )
    says(cast, cast.hilda)
    page = signed_in(cast.hilda).get("/admin/").content.decode()
    assert "Ada Example: I want to talk about this first</a>, waiting for 3 days – said to Omar Example" in page
    assert "Hilda Example: I decline</a>, since today – your own: a colleague answers" in page
    assert "Ada Example: I want" not in signed_in(cast.ines).get("/admin/").content.decode()
    assert "Ada Example: I want" not in signed_in(cast.rosa).get("/admin/").content.decode()


def test_it_is_answered_there(cast: Cast, signed_in):
    response, hilda = says(cast), signed_in(cast.hilda)
    url = f"{REPLIES}{response.pk}/change/"
    assert "I &lt;cannot&gt;" in hilda.get(url).content.decode()
    assert "Write the answer" in hilda.post(url, {"answer": " "}).content.decode()
    assert hilda.post(url, {"answer": "Let us\ntalk."}).status_code == 302
    response.refresh_from_db()
    assert (response.answer, response.answered_by) == ("Let us\ntalk.", cast.hilda)
    late = signed_in(cast.omar).post(url, {"answer": "Mine"}).content.decode()
    assert "Somebody answered this first." in late
    assert "Let us<br>talk." in late


def test_nobody_answers_their_own(cast: Cast, signed_in):
    url = f"{REPLIES}{says(cast, cast.hilda).pk}/change/"
    hilda = signed_in(cast.hilda)
    assert "a colleague of the leadership answers it" in hilda.get(url).content.decode()
    assert "Nobody answers themself" in hilda.post(url, {"answer": "Fine by me"}).content.decode() or not Response.objects.get().answer
    assert Response.objects.get().answered_at is None


@pytest.mark.parametrize("query", ["?answered=no", "?answered=yes", "?answered=maybe", "?kind__exact=talk", "?q=ada"])
def test_the_list_is_filtered(cast: Cast, signed_in, query):
    says(cast)
    assert signed_in(cast.hilda).get(REPLIES + query).status_code == 200


# Exemptions
def test_somebody_is_exempted_and_is_back_early(cast: Cast, signed_in):
    hilda, on = signed_in(cast.hilda), cast.hillside.day_of(timezone.now())
    form = hilda.get(f"{EXEMPTIONS}add/?person={cast.ada.pk}").content.decode()
    assert re.search(rf'<option value="{cast.ada.pk}" selected>', form)
    assert f'<option value="{cast.hilda.pk}"' not in form
    typed = {"person": cast.ada.pk, "from_on": on, "until": on + 30 * DAY, "reason": "Long absence"}
    assert hilda.post(f"{EXEMPTIONS}add/", typed).status_code == 302
    exemption = Exemption.objects.get()
    assert "They have an exemption already" in hilda.post(f"{EXEMPTIONS}add/", typed).content.decode()
    assert signed_in(cast.omar).post(f"{EXEMPTIONS}{exemption.pk}/change/").status_code == 302
    exemption.refresh_from_db()
    assert exemption.ended_by == cast.omar
    assert hilda.get(f"{EXEMPTIONS}?over=yes").content.decode().count("Ada Example")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"person": ""}, "This field is required"),
        ({"person": "999999"}, "not one of the available choices"),
        ({"person": "hilda"}, "not one of the available choices"),
        ({"person": "rita"}, "not one of the available choices"),
        ({"person": "9" * 30}, "not one of the available choices"),
        ({"person": "a\x00"}, "Null characters are not allowed"),
        ({"until": "2020-01-01"}, "in the past"),
        ({"until": "9999-12-31"}, "more than a year"),
        ({"from_on": "9999-12-31"}, "before it begins"),
        ({"until": "soon"}, "Enter a valid date"),
        ({"reason": "a\x00b"}, "cannot be typed"),
        ({"reason": ""}, "Give the reason"),
    ],
)
def test_what_is_wrong_is_said(cast: Cast, signed_in, changed, sentence):
    on = cast.hillside.day_of(timezone.now())
    changed = {name: getattr(cast, value).pk if value in {"hilda", "rita"} else value for name, value in changed.items()}
    typed = {"person": cast.ada.pk, "from_on": on, "until": on, "reason": "Away"} | changed
    answer = signed_in(cast.hilda).post(f"{EXEMPTIONS}add/", typed)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not Exemption.objects.exists()


# Papers
def paper(cast: Cast, **changed) -> dict:
    on = cast.hillside.day_of(timezone.now())
    return {"person": cast.ada.pk, "signed_on": on, "sighted_by": "Ines", "filed_where": "Cabinet 2", "compared": "on"} | changed


def test_a_paper_is_entered_with_its_scan_and_marked_everywhere(cast: Cast, signed_in):
    ines, hilda = signed_in(cast.ines), signed_in(cast.hilda)
    form = ines.get(f"{DECLARATIONS}add/?person={cast.ada.pk}").content.decode()
    assert re.search(rf'<option value="{cast.ada.pk}" selected>', form)
    assert f'<option value="{cast.ines.pk}"' not in form
    scan = SimpleUploadedFile("scan.html", PDF, content_type="text/html")
    answer = ines.post(f"{DECLARATIONS}add/", paper(cast, scan=scan), follow=True)
    assert "Entered: Ada Example, on AUP version 1 and leaflet version 1." in answer.content.decode()
    signed = Declaration.objects.get(person=cast.ada)
    assert (signed.paper.scan_type, signed.paper.entered_by) == ("application/pdf", cast.ines)
    again = ines.post(f"{DECLARATIONS}add/", paper(cast), follow=True).content.decode()
    assert "had signed these texts already" in again
    for url, text in (
        (f"{DECLARATIONS}", "✎ on paper"),
        (f"{DECLARATIONS}{signed.pk}/change/", "by hand; sighted by Ines, filed: Cabinet 2; entered by Ines Example"),
        (f"/declarations/{signed.reference}/", "signed on paper"),
        (f"/verify/{signed.reference}/", "by hand, on paper; entered by the school"),
        ("/register/", "on paper, sighted by Ines"),
    ):
        assert text in hilda.get(url).content.decode(), url
    lines = b"".join(hilda.get("/register.csv").streaming_content).decode()
    assert "sighted by Ines, filed: Cabinet 2" in lines
    assert "signed on paper" in signed_in(cast.ada).get("/declarations/").content.decode()
    file = hilda.get(f"/declarations/{signed.reference}/scan/")
    assert file.content == bytes(signed.paper.scan) == scan_from(PDF)[0]
    assert file["Content-Disposition"] == f'attachment; filename="scan-{signed.reference}.pdf"'
    assert (file["X-Content-Type-Options"], file["Content-Type"]) == ("nosniff", "application/pdf")
    assert file["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert signed_in(cast.ada).get(f"/declarations/{signed.reference}/scan/").status_code == 200
    for nobody in (cast.ben, cast.rosa):
        assert signed_in(nobody).get(f"/declarations/{signed.reference}/scan/").status_code == 404


def test_a_picture_is_drawn_anew(cast: Cast, signed_in):
    sent = jpeg(comment=b"Somebody's camera")
    signed_in(cast.omar).post(f"{DECLARATIONS}add/", paper(cast, scan=SimpleUploadedFile("x", sent)))
    kept = Declaration.objects.get(person=cast.ada).paper
    assert kept.scan_type == "image/jpeg"
    assert b"camera" not in bytes(kept.scan)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"compared": ""}, "Compare the paper with the list below first"),
        ({"person": "ines"}, "not one of the available choices"),
        ({"signed_on": "2999-01-01"}, "still to come"),
        ({"signed_on": "0001-01-01"}, "No leaflet and policy were in effect"),
        ({"signed_on": "yesterday"}, "Enter a valid date"),
        ({"sighted_by": ""}, "Say who has seen"),
        ({"sighted_by": "a\x00"}, "cannot be typed"),
        ({"filed_where": "x" * 201}, "at most 200"),
        ({"scan": b"GIF89a"}, "no picture that can be read"),
        ({"scan": b"x" * (5 * 1024 * 1024 + 1)}, "at most 5 MB"),
        ({"scan": b"%PDF-1.7 and no more"}, "damaged"),
        ({"scan": picture()[:200]}, "breaks off"),
        ({"scan": b"\x00\x00\x00\x18ftypheic"}, "Most Compatible"),
    ],
)
def test_what_is_wrong_with_a_paper_is_said(cast: Cast, signed_in, changed, sentence):
    if "scan" in changed:
        changed = {"scan": SimpleUploadedFile("scan.pdf", changed["scan"])}
    changed = {name: cast.ines.pk if value == "ines" else value for name, value in changed.items()}
    answer = signed_in(cast.ines).post(f"{DECLARATIONS}add/", paper(cast, **changed))
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not Declaration.objects.filter(person=cast.ada).exists()


def test_the_form_to_print(cast: Cast, signed_in):
    answer = signed_in(cast.ada).get("/policy/paper.pdf")
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert answer["Content-Disposition"] == 'attachment; filename="declaration-form-1-1.pdf"'


# Renewal and review
def approved(cast: Cast, *owners: Person) -> list[Permission]:
    at = timezone.now()
    until = cast.hillside.day_of(at) + 10 * DAY
    found = []
    for owner in owners:
        waiting = Permission.objects.filter(owner=owner).first() or ask(owner, f"3c:22:fb:00:02:{owner.pk % 256:02x}")
        found.append(approval.approve(permission=waiting, by=cast.omar if owner != cast.omar else cast.hilda, until=until, at=at))
    return found


def test_the_ticked_ones_are_renewed_and_the_others_are_not(cast: Cast, signed_in):
    bens, adas, hildas = approved(cast, cast.ben, cast.ada, cast.hilda)
    hilda = signed_in(cast.hilda)
    page = hilda.get(RENEWAL).content.decode()
    assert page.count('type="checkbox"') == 2
    assert "This is your own device" in page
    assert f'value="{bens.pk}" checked' in hilda.get(f"{RENEWAL}?tick=signed").content.decode()
    until = cast.hillside.day_of(timezone.now()) + 60 * DAY
    done = hilda.post(RENEWAL, {"verb": "renew", "until": until, "_selected_action": [bens.pk, hildas.pk]}, follow=True).content.decode()
    assert f"Ben Example, Example Phone 5: approved until {until.day} {until:%B %Y}" in done
    assert "Hilda Example, Example Phone 5: Nobody decides about their own device" in done
    assert Permission.objects.get(renews=bens).until == until
    assert not Permission.objects.filter(renews__in=[adas, hildas]).exists()


def test_a_review_is_noted(cast: Cast, signed_in):
    [bens] = approved(cast, cast.ben)
    hilda = signed_in(cast.hilda)
    assert "Ben Example, Example Phone 5: looked at: still right" in hilda.post(
        RENEWAL, {"verb": "review", "_selected_action": bens.pk}, follow=True
    ).content.decode()  # fmt: skip
    assert PermissionReview.objects.get().reviewed_by == cast.hilda
    assert "Reviewed" in hilda.get(f"/admin/declarations/permission/{bens.pk}/change/").content.decode()


def test_whoever_leaves_earlier_gets_it_until_their_last_day(cast: Cast, signed_in):
    [bens] = approved(cast, cast.ben)
    on = cast.hillside.day_of(timezone.now())
    Person.objects.filter(pk=cast.ben.pk).update(leaves_on=on + 30 * DAY)
    signed_in(cast.hilda).post(RENEWAL, {"verb": "renew", "until": on + 60 * DAY, "_selected_action": bens.pk})
    assert Permission.objects.get(renews=bens).until == on + 29 * DAY


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({}, 400),
        ({"verb": "burn"}, 400),
        ({"verb": "renew", "until": "2027-01-01", "_selected_action": "x"}, 400),
        ({"verb": "renew", "until": "2027-01-01", "_selected_action": "1\x00"}, 400),
        ({"verb": "renew", "until": "never"}, 200),
        ({"verb": "renew", "until": "9999-12-31", "_selected_action": str(2**63)}, 400),
        ({"verb": "review", "_selected_action": "999999"}, 200),
        ({"verb": "review"}, 200),
    ],
)
def test_hostile_ticks(cast: Cast, signed_in, typed, code):
    approved(cast, cast.ben)
    assert signed_in(cast.hilda).post(RENEWAL, typed).status_code == code
    assert not Permission.objects.filter(renews__isnull=False).exists()
    assert not PermissionReview.objects.exists()


def test_another_schools_are_not_there(cast: Cast, signed_in):
    [bens] = approved(cast, cast.ben)
    rosa = signed_in(cast.rosa)
    assert "Ben Example" not in rosa.get(RENEWAL).content.decode()
    rosa.post(RENEWAL, {"verb": "review", "_selected_action": bens.pk})
    assert not PermissionReview.objects.exists()


def test_revoking_starts_from_the_same_ticks(cast: Cast, signed_in):
    [bens] = approved(cast, cast.ben)
    page = (
        signed_in(cast.hilda)
        .post("/admin/declarations/permission/", {"action": "revoke_ticked", "_selected_action": bens.pk})
        .content.decode()
    )
    assert "Revoke 1 permission" in page


def test_the_number_of_queries_does_not_grow(cast: Cast, signed_in):
    approved(cast, cast.ben)
    client, counts = signed_in(cast.hilda), []
    client.get(RENEWAL)
    for people in (["p1"], ["p2", "p3", "p4", "p5", "p6"]):
        approved(cast, *(make_person(cast.hillside, f"{name}@hillside.example", name) for name in people))
        with CaptureQueriesContext(connection) as seen:
            assert client.get(RENEWAL).status_code == 200
        counts.append(len(seen))
    assert counts == [5, 5]


def test_more_than_a_form_holds_come_in_pages(cast: Cast, signed_in):
    """As many as are permitted, 200 a page: Django takes a thousand fields of a form."""
    approved(cast, cast.ben)
    many(cast, 201, owner=cast.ben)
    hilda = signed_in(cast.hilda)
    first = hilda.get(RENEWAL)
    assert "202 devices are permitted" in first.text
    assert first.text.count('type="checkbox"') == 200
    assert 'rel="next" href="?page=2"' in first.text
    ticked = hilda.get(f"{RENEWAL}?page=1&tick=signed").text
    assert (ticked.count(" checked"), "Tick all on this page" in ticked) == (200, True)
    second = hilda.get(f"{RENEWAL}?page=2&tick=signed")
    assert second.text.count(" checked") == 2
    assert 'rel="prev" href="?page=1"' in second.text
    done = hilda.post(f"{RENEWAL}?page=2&tick=signed", {"verb": "review", "_selected_action": second.context["ticked"]})
    assert done.url == f"{RENEWAL}?page=2"
    done = hilda.post(f"{RENEWAL}?page=1", {"verb": "review", "_selected_action": [row["permission"].pk for row in first.context["rows"]]})
    assert done.status_code == 302
    assert PermissionReview.objects.count() == 202


def many(cast: Cast, number: int, *, owner: Person) -> None:
    """So many devices more that are permitted, without the log's entries."""
    permission = Permission.objects.get(owner=owner)
    facts = {"school": cast.hillside, "owner": owner}
    phones = [
        Device(**facts, make_and_model=f"Phone {n:03}", kind=permission.device.kind, added_at=permission.asked_at) for n in range(number)
    ]
    Permission.objects.bulk_create(
        Permission(**facts, device=device, asked_by=owner, asked_at=permission.asked_at, reason="x", approved=True, decided_by=cast.omar,
                   decided_at=permission.decided_at, until=permission.until)
        for device in Device.objects.bulk_create(phones)
    )  # fmt: skip


def test_the_trusts_people_choose_a_school_first(cast: Cast, signed_in):
    [bens] = approved(cast, cast.ben)
    tara = signed_in(cast.tara)
    page = tara.get(RENEWAL).text
    assert "Choose a school on the front page first." in page
    assert "Ben Example" not in page
    assert "Ben Example" not in tara.get(f"{RENEWAL}?school=riverside").text
    assert "?school=hillside&amp;page=1&amp;tick=signed" in tara.get(f"{RENEWAL}?school=hillside").text
    assert tara.post(RENEWAL, {"verb": "review", "_selected_action": bens.pk}).status_code == 200
    assert not PermissionReview.objects.exists()
    done = tara.post(f"{RENEWAL}?school=hillside&tick=signed", {"verb": "review", "_selected_action": bens.pk})
    assert done.url == f"{RENEWAL}?school=hillside&page=1"
    assert PermissionReview.objects.get().reviewed_by == cast.tara


@pytest.mark.parametrize("page", ["0", "-1", "x", "%ED%A0%80", "9" * 40])
def test_pages_that_are_none(cast: Cast, signed_in, page):
    approved(cast, cast.ben)
    assert signed_in(cast.hilda).get(f"{RENEWAL}?page={page}").status_code == 200


def test_what_is_lost_or_stolen_is_not_ticked_with_all(cast: Cast, signed_in):
    [bens] = approved(cast, cast.ben)
    Suspension.objects.create(device=bens.device, suspended_by=cast.ben, suspended_at=timezone.now())
    page = signed_in(cast.hilda).get(f"{RENEWAL}?tick=signed").text
    assert "reported lost or stolen" in page
    assert " checked" not in page


def test_an_exemption_is_for_a_year_ahead_at_most_and_is_none_before_it_begins(cast: Cast, signed_in):
    hilda, on = signed_in(cast.hilda), cast.hillside.day_of(timezone.now())
    typed = {"person": cast.ada.pk, "from_on": on + 300 * DAY, "until": on + 367 * DAY, "reason": "Long absence"}
    assert "more than a year ahead" in hilda.post(f"{EXEMPTIONS}add/", typed).text
    assert hilda.post(f"{EXEMPTIONS}add/", typed | {"until": on + 366 * DAY}).status_code == 302
    exemption, first = Exemption.objects.get(), on + 300 * DAY
    shown = f"{first.day} {first:%B %Y}"
    assert f"… from {shown}" in hilda.get(EXEMPTIONS).text
    page = hilda.get(f"{EXEMPTIONS}{exemption.pk}/change/").text
    assert f"… <strong>From {shown}</strong>" in page
    assert "<strong>Exempt</strong>" not in page
    assert "End the exemption" in page
    hilda.post(f"{EXEMPTIONS}{exemption.pk}/change/")
    assert "<strong>Over</strong>" in hilda.get(f"{EXEMPTIONS}{exemption.pk}/change/").text
    assert "– over" in hilda.get(EXEMPTIONS).text


def test_lists_beside_an_answer_an_exemption_and_a_paper_name_their_rows(cast: Cast, signed_in):
    hilda, first = signed_in(cast.hilda), says(cast, ago=2)
    responses.answer(response=first, by=cast.omar, text="Because.", at=timezone.now() - DAY)
    page = hilda.get(f"{REPLIES}{says(cast).pk}/change/").text
    assert f'<a href="{REPLIES}{first.pk}/change/">' in page
    assert "I decline – answered by Omar Example" in page
    assert f'<th scope="row">{cast.aup.title} (Acceptable Use Policy (AUP))</th><td>1</td>' in hilda.get(f"{DECLARATIONS}add/").text
    on = cast.hillside.day_of(timezone.now())
    exemption = responses.exempt(person=cast.omar, by=cast.hilda, reason="Long absence", from_on=on, until=on, at=timezone.now())
    page = hilda.get(f"{EXEMPTIONS}{exemption.pk}/change/").text
    assert "<dd>Long absence</dd>" in page
    assert ">Omar Example</a></dd>" in page
    assert ", Hilda Example</dd>" in page
