"""Publishing with open eyes: the form, the look at what it would do, and the button that publishes what was looked at."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from declarations.devices.actions import approval as deciding
from declarations.devices.actions import owner
from declarations.devices.models import Device, Permission
from declarations.organisation.models.school import School
from declarations.people.roles import grant_role
from declarations.policies import publishing
from declarations.policies.models import PolicyVersion
from declarations.policies.publishing import Approval
from declarations.signing.models.declaration import Declaration
from tests.cast import ask, make_person, make_school, sign

pytestmark = pytest.mark.pages

DAY = dt.timedelta(days=1)


@pytest.fixture
def today(cast):
    return cast.hillside.day_of(timezone.now())


@pytest.fixture
def draft(cast):
    body = cast.aup.source_body.replace("is yours alone", "belongs to you alone") + "- **A3** Lock the screen.\n"
    return publishing.draft(school=cast.hillside, document="aup", title="Acceptable Use Policy", body=body)


def page(name, version):
    return reverse(f"admin:declarations_policyversion_{name}", args=[version.pk])


def sent(today, **changes):
    usual = {"kind": "correction", "sign_by": "", "effective_from": today.isoformat(), "reason": "A name changed."}
    return usual | {"approved_by": "", "approved_on": "", "approval_minute": "", "review_on": ""} | changes


def look(client, draft, typed):
    """The page on which one looks at what publishing would do."""
    response = client.post(page("publish", draft), typed)
    assert response.status_code == 200
    assert "seen" in response.context, response.context["form"].errors
    return response


def publish(client, draft, typed):
    return client.post(page("publish", draft), typed | {"seen": look(client, draft, typed).context["seen"], "publish": "yes"})


def approved(cast, permission, until):
    deciding.approve(permission=permission, by=cast.hilda, until=until, at=timezone.now())


def test_the_form_chooses_nothing_and_says_what_changes(cast, signed_in, draft):
    shown = signed_in(cast.hilda).get(page("publish", draft)).text
    assert "checked" not in shown
    assert "Publish for ever" not in shown
    assert "What changes against version 1" in shown
    assert "1 added, 1 reworded" in shown
    assert "<del>is yours </del>" in shown
    assert "<ins>belongs to you </ins>" in shown
    assert "<ins>A3 Lock the screen.</ins>" in shown


@pytest.mark.parametrize("name", ["preview", "publish"])
def test_a_draft_that_the_schools_words_make_too_long_is_told_and_not_shown(cast, signed_in, today, name):
    body = "# T\n\n## S {#s}\n\n" + "a" * 9_900 + " {DSL_contact}\n"
    draft, client = publishing.draft(school=cast.hillside, document="aup", title="T", body=body), signed_in(cast.hilda)
    School.objects.filter(pk=cast.hillside.pk).update(dsl_contact="")
    assert "{DSL_contact}" in client.get(page(name, draft)).text, "a gap is shown as one"
    School.objects.filter(pk=cast.hillside.pk).update(dsl_contact="x" * 200)
    response = client.get(page(name, draft), follow=True)
    assert response.redirect_chain == [(page("change", draft), 302)]
    assert "The paragraph at line 5 is too long" in response.text
    assert client.post(page("publish", draft), sent(today)).url == page("change", draft)


def test_what_nobody_types_is_said_beside_its_field(cast, signed_in, draft, today):
    wrong = dict.fromkeys(("reason", "approved_by", "approval_minute"), "a\u202eb")
    form = signed_in(cast.hilda).post(page("publish", draft), sent(today, **wrong)).context["form"]
    assert {name: "cannot be typed or seen" in str(form.errors[name]) for name in wrong} == dict.fromkeys(wrong, True)
    lines = look(signed_in(cast.hilda), draft, sent(today, reason="One.\r\nTwo."))
    assert lines.context["decided"].reason == "One.\nTwo."


def test_a_look_changes_nothing_and_a_correction_costs_nobody_anything(cast, signed_in, draft, today):
    approved(cast, Permission.objects.get(), today + DAY)
    shown = look(signed_in(cast.hilda), draft, sent(today)).text
    assert "Nothing is published yet." in shown
    assert "Nobody: it is a correction." in shown
    assert "Without Wi-Fi on" not in shown
    assert "<ins>A3 Lock the screen.</ins>" in shown
    assert "not said" in shown, "who approved it"
    draft.refresh_from_db()
    assert draft.published_at is None


def impact_of(response):
    """What all capabilities say together of what publishing would do."""
    return {name: value for part in response.context["impact"] for name, value in part.items()}


def test_a_look_says_who_signs_again_and_who_would_be_without_wifi(cast, signed_in, draft, today):
    year = cast.hillside.year(on=today)
    approved(cast, Permission.objects.get(), year.lapses_on - DAY)
    sign(cast.ines)
    ends_first = ask(cast.ines, "3c:22:fb:00:00:02")
    approved(cast, ends_first, today + DAY)
    ask(cast.ada, "3c:22:fb:00:00:03")  # cannot connect today: loses nothing
    by = today + 3 * DAY
    response = look(signed_in(cast.hilda), draft, sent(today, kind="sign_again", sign_by=by.isoformat(), reason="Screens."))
    impact = impact_of(response)
    assert [(loss["person"], [device for device, _reason in loss["devices"]]) for loss in impact["lost"]] == [
        (cast.ben, [Device.objects.get(owner=cast.ben)])
    ]
    assert [loss["person"] for loss in impact["anyway"]] == [cast.ines]
    assert (impact["people"], impact["signed"], impact["day"]) == (5, 2, by + DAY)
    shown = response.text
    assert f"Everyone signs again by {by.day} {by:%B %Y}: 5 people." in shown
    assert "2 of them have signed the texts as they are now" in shown
    assert "Ben Example: Example Phone 5" in shown
    assert "Ines Example: Example Phone 5 (The permission for this device has ended.)" in shown


def test_what_is_foretold_is_what_happens(cast, signed_in, draft, today):
    """The prediction against the rule itself, after publishing."""
    year = cast.hillside.year(on=today)
    for number, until in enumerate([year.lapses_on - DAY, today, today + 5 * DAY]):
        person = make_person(
            cast.hillside, f"p{number}@hillside.example", f"Person {number}", leaves_on=today + 3 * DAY if number == 2 else None
        )
        sign(person)
        approved(cast, ask(person, f"3c:22:fb:00:01:{number:02x}"), min(until, today + 2 * DAY) if number == 2 else until)
    approved(cast, Permission.objects.get(owner=cast.ben), year.lapses_on - DAY)
    lost = Permission.objects.get(owner__email="p0@hillside.example")
    owner.report_lost(device=lost.device, by=lost.owner, at=timezone.now())
    by = today + 4 * DAY
    typed = sent(today, kind="sign_again", sign_by=by.isoformat())
    client = signed_in(cast.hilda)
    impact = impact_of(look(client, draft, typed))
    before = {day: {row.pk: row.reason for row in Device.objects.with_reason(on=day)} for day in (today, by, by + DAY)}
    publish(client, draft, typed)
    after = {day: {row.pk: row.reason for row in Device.objects.with_reason(on=day)} for day in (today, by, by + DAY)}
    assert after[today] == before[today], "nobody loses anything at publishing"
    assert after[by] == before[by], "nor on the last day"
    may_now = {pk for pk, reason in before[today].items() if reason == ""}
    gone = {pk for pk in may_now if after[by + DAY][pk]}
    foretold = {device.pk for loss in [*impact["lost"], *impact["anyway"]] for device, _reason in loss["devices"]}
    assert gone == foretold == may_now
    because = {device.pk for loss in impact["lost"] for device, _reason in loss["devices"]}
    assert because == {pk for pk in may_now if before[by + DAY][pk] == ""}
    assert because == {Device.objects.get(owner=cast.ben).pk}


def test_a_correction(cast, signed_in, draft, today):
    assert publish(signed_in(cast.hilda), draft, sent(today)).status_code == 302
    draft.refresh_from_db()
    assert (draft.published_by, draft.sign_by, draft.effective_from) == (cast.hilda, None, today)
    assert Declaration.objects.filter(person=cast.ben).current(on=today, year=cast.hillside.year(on=today).key).exists()


def test_everyone_signs_again(cast, signed_in, draft, today):
    by = today + 10 * DAY
    publish(signed_in(cast.hilda), draft, sent(today, kind="sign_again", sign_by=by.isoformat()))
    draft.refresh_from_db()
    assert draft.sign_by == by
    assert not Declaration.objects.filter(person=cast.ben).current(on=today, year=cast.hillside.year(on=today).key).exists()
    assert Declaration.objects.filter(person=cast.ben).in_force(on=by).exists()
    assert not Declaration.objects.filter(person=cast.ben).in_force(on=by + DAY).exists()


def test_the_approval_is_on_record(cast, signed_in, draft, today):
    facts = {"approved_by": "The governing board", "approved_on": today.isoformat(), "approval_minute": "2026/14"}
    client = signed_in(cast.hilda)
    typed = sent(today, **facts, review_on=(today + 300 * DAY).isoformat())
    assert "2026/14" in look(client, draft, typed).text
    publish(client, draft, typed)
    draft.refresh_from_db()
    assert (draft.approved_by, draft.approved_on, draft.approval_minute) == ("The governing board", today, "2026/14")
    assert draft.review_on == today + 300 * DAY
    assert "Approved by The governing board" in signed_in(cast.ada).get("/policy/").text


def test_the_form_begins_with_the_approval_of_the_draft(cast, signed_in, draft):
    PolicyVersion.objects.filter(pk=draft.pk).update(approved_by="The board", approval_minute="12/3", review_on=dt.date(2031, 1, 2))
    shown = signed_in(cast.hilda).get(page("publish", draft)).text
    assert 'value="The board"' in shown
    assert 'value="12/3"' in shown
    assert 'value="2031-01-02"' in shown


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": ""}, "kind"),
        ({"kind": "maybe"}, "kind"),
        ({"reason": " "}, "reason"),
        ({"reason": "a\x00"}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"kind": "sign_again"}, "sign_by"),
        ({"sign_by": "2099-01-01"}, "sign_by"),
        ({"kind": "sign_again", "sign_by": "9999-12-31"}, "sign_by"),
        ({"kind": "sign_again", "sign_by": "2020-01-01"}, "sign_by"),
        ({"effective_from": "2020-01-01"}, "effective_from"),
        ({"effective_from": "9999-12-31"}, "effective_from"),
        ({"effective_from": "today"}, "effective_from"),
        ({"approved_by": "a\x00b"}, "approved_by"),
        ({"approved_by": "x" * 121}, "approved_by"),
        ({"approval_minute": "x" * 81}, "approval_minute"),
        ({"approval_minute": "2026/14"}, "approved_by"),
        ({"approved_on": "2020-01-01"}, "approved_by"),
        ({"approved_by": "The board"}, "approved_on"),
        ({"approved_by": "The board", "approved_on": "2999-01-01"}, "approved_on"),
        ({"review_on": "2020-01-01"}, "review_on"),
        ({"review_on": "9999-12-31"}, "review_on"),
        ({"review_on": "soon"}, "review_on"),
    ],
)
def test_what_is_missing_is_said_beside_it_and_nothing_is_published(cast, signed_in, draft, today, changes, field):
    client = signed_in(cast.hilda)
    seen = look(client, draft, sent(today)).context["seen"]
    for pressed in ({}, {"publish": "yes", "seen": seen}):
        response = client.post(page("publish", draft), sent(today, **changes) | pressed)
        assert response.status_code == 200
        assert field in response.context["form"].errors
        assert "A name changed." in response.text or "reason" in changes, "what was typed is kept"
        assert "Publish for ever" not in response.text
        draft.refresh_from_db()
        assert draft.published_at is None


@pytest.mark.parametrize("seen", ["", "0" * 64, "a\x00", "x" * 5_000])
def test_nothing_is_published_unseen(cast, signed_in, draft, today, seen):
    response = signed_in(cast.hilda).post(page("publish", draft), sent(today) | {"publish": "yes", "seen": seen})
    assert "changed since you looked at it" in response.text
    draft.refresh_from_db()
    assert draft.published_at is None


@pytest.mark.parametrize("change", ["body", "statement", "confirmations", "title", "the school's words"])
def test_what_changed_after_the_look_is_not_published(cast, signed_in, draft, today, change):
    client = signed_in(cast.hilda)
    seen = look(client, draft, sent(today)).context["seen"]
    if change == "the school's words":
        type(cast.hillside).objects.filter(pk=cast.hillside.pk).update(dsl_contact="Dan Example")
    else:
        texts = {
            "body": {"source_body": draft.source_body + "\nMore.\n"},
            "statement": {"source_statement": "I agree."},
            "confirmations": {"source_confirmations": draft.source_confirmations[1:]},
            "title": {"title": "Other"},
        }[change]
        PolicyVersion.objects.filter(pk=draft.pk).update(**texts)
    response = client.post(page("publish", draft), sent(today) | {"publish": "yes", "seen": seen})
    assert "changed since you looked at it" in response.text
    draft.refresh_from_db()
    assert draft.published_at is None
    assert publish(client, draft, sent(today)).status_code == 302, "after another look it is"


def test_the_way_back_keeps_what_was_typed(cast, signed_in, draft, today):
    client = signed_in(cast.hilda)
    typed = sent(today, kind="sign_again", sign_by=(today + DAY).isoformat(), approved_by="The board", approved_on=today.isoformat())
    shown = client.post(page("publish", draft), typed | {"seen": "x", "back": "yes"})
    assert not shown.context["form"].errors
    assert "Publish for ever" not in shown.text
    for fact in ("A name changed.", "The board", (today + DAY).isoformat(), "checked"):
        assert fact in shown.text


def test_a_word_that_the_settings_lack_is_said_above_the_form(cast, signed_in, draft, today):
    type(cast.hillside).objects.filter(pk=cast.hillside.pk).update(dsl_contact=" ")
    response = signed_in(cast.hilda).post(page("publish", draft), sent(today))
    assert "no words yet for: {DSL_contact}" in str(response.context["form"].non_field_errors())


def test_what_a_leader_types_is_shown_and_never_run(cast, signed_in, today):
    body = "# P\n\n## One\n\n<script>alert(98765)</script> & <img src=x onerror=alert(98765)>\n"
    draft = publishing.draft(school=cast.hillside, document="aup", title="<b>P</b>", body=body)
    shown = look(signed_in(cast.hilda), draft, sent(today, reason="<script>alert(98765)</script>")).text
    assert "<script>alert(98765)" not in shown
    assert "<img src=x" not in shown
    assert "&lt;script&gt;alert(98765)" in shown


def test_only_the_leadership_publishes(cast, signed_in, draft, today):
    for typed in ({}, sent(today), sent(today) | {"publish": "yes", "seen": "x"}):
        assert signed_in(cast.ines).post(page("publish", draft), typed).status_code == 403
    assert signed_in(cast.ines).get(page("publish", draft)).status_code == 403
    draft.refresh_from_db()
    assert draft.published_at is None


def test_who_comes_second_is_told(cast, signed_in, draft, today):
    client = signed_in(cast.hilda)
    publish(client, draft, sent(today))
    assert "published or discarded already" in client.post(page("publish", draft), sent(today), follow=True).text
    assert client.post(page("change", draft), {"title": "Late"}).status_code == 403
    draft.refresh_from_db()
    assert draft.title == "Acceptable Use Policy"


def test_the_first_version_has_nothing_to_be_compared_with(cast, signed_in, draft):
    PolicyVersion.objects.filter(pk=draft.pk).delete()
    new = make_school("new", "New School")
    first = publishing.draft(school=new, document="leaflet", title="First", body="Words.")
    shown = signed_in(cast.tara).get(page("publish", first)).text
    assert "The first version" in shown
    assert "What changes against" not in shown


def test_only_marks_and_spaces_changed(cast, signed_in, today):
    body = cast.aup.source_body.replace("\n", "  \n").replace("is yours", "*is* yours")
    same = publishing.draft(school=cast.hillside, document="aup", title="Acceptable Use Policy", body=body)
    assert "No word of the text changes." in signed_in(cast.hilda).get(page("publish", same)).text


def test_the_number_of_queries_does_not_grow(cast, signed_in, draft, today):
    client = signed_in(cast.hilda)
    typed = sent(today, kind="sign_again", sign_by=(today + DAY).isoformat())
    approved(cast, Permission.objects.get(), today + DAY)
    look(client, draft, typed)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            look(client, draft, typed)
        return len(asked)

    count = queries()
    for number in range(29):
        person = make_person(cast.hillside, f"p{number}@hillside.example", f"Person {number}")
        sign(person)
        approved(cast, ask(person, f"3c:22:fb:00:01:{number:02x}"), today + (number % 3) * DAY)
    assert (count, queries()) == (LOOK_QUERIES, LOOK_QUERIES)


LOOK_QUERIES = 11


# A review that is due ------------------------------------------------------------------------------------------------


@pytest.fixture
def upland(cast):
    """A school whose AUP was published 40 days ago and was to be reviewed yesterday: its head, and the version."""
    school = make_school("upland", "Upland School")
    head = make_person(school, "olga@upland.example", "Olga Example", "headteacher")
    at = timezone.now() - 40 * DAY
    grant_role(person=head, name="leadership", by=None, at=at)
    draft = publishing.draft(school=school, document="aup", title="Upland AUP", body="# P\n\n## One\n\nWords.\n")
    on = school.day_of(at)
    approval = Approval("The board", on, "1/1", on + 39 * DAY)
    facts = {"reason": "First.", "effective_from": on, "sign_by": None, "approval": approval}
    return head, publishing.publish(version=draft, by=head, at=at, **facts)


def test_a_review_that_is_due_is_on_the_front_page_and_on_the_version_and_its_next_draft(cast, upland, signed_in):
    head, version = upland
    due = version.review_on
    says = f"The review of Upland AUP, version 1 was due on {due.day} {due:%B %Y}."
    client = signed_in(head)
    assert says in client.get("/admin/").text
    assert says in client.get(page("change", version)).text
    draft = publishing.draft(school=version.school, document="aup", title="Upland AUP", body=version.source_body)
    assert says in client.get(page("change", draft)).text
    assert says in client.get(page("publish", draft)).text
    other = publishing.draft(school=version.school, document="leaflet", title="L", body="Words.")
    assert "was due on" not in client.get(page("change", other)).text, "each document has its own"
    assert "was due on" not in signed_in(cast.hilda).get("/admin/").text, "and each school"


def test_a_review_is_not_due_on_its_day(upland, today):
    _head, version = upland
    assert not version.is_to_be_reviewed(on=version.review_on)
    assert version.is_to_be_reviewed(on=version.review_on + DAY)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "approved_on"),
        ({"approved_by": "The board"}, "approved_on"),
        ({"approved_by": "The board", "approved_on": 41}, "approved_on"),
        ({"approved_by": "The board", "approved_on": 40}, "approved_on"),
        ({"approved_by": "The board", "approved_on": 39}, "review_on"),
        ({"approved_by": "The board", "approved_on": 39, "review_on": 0}, "review_on"),
        ({"approved_on": 39, "review_on": -300}, "approved_by"),
        ({"approved_by": "The board", "approved_on": -1, "review_on": -300}, "approved_on"),
    ],
)
def test_a_review_that_is_due_has_to_be_settled_before_publishing(upland, signed_in, today, changes, field):
    """Numbers are days ago."""
    head, version = upland
    draft = publishing.draft(school=version.school, document="aup", title="Upland AUP", body=version.source_body)
    typed = {name: (today - value * DAY).isoformat() if isinstance(value, int) else value for name, value in changes.items()}
    for pressed in ({}, {"publish": "yes", "seen": "x"}):
        response = signed_in(head).post(page("publish", draft), sent(today, **typed) | pressed)
        assert list(response.context["form"].errors) == [field]
    draft.refresh_from_db()
    assert draft.published_at is None


def test_the_same_text_approved_anew_settles_it(upland, signed_in, today):
    head, version = upland
    draft = publishing.draft(school=version.school, document="aup", title="Upland AUP", body=version.source_body)
    facts = {"approved_by": "The board", "approved_on": (today - 39 * DAY).isoformat(), "review_on": (today + DAY).isoformat()}
    client = signed_in(head)
    assert publish(client, draft, sent(today, **facts)).status_code == 302
    assert "was due on" not in client.get("/admin/").text
    assert "was due on" not in client.get(page("change", version)).text, "of a version that is no longer in effect nothing is due"
