"""The leadership decides: one, many, never their own; who comes second is told so."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from declarations.devices.actions import addresses, approval, owner, renewal
from declarations.devices.models import Permission, Suspension
from tests.cast import ask

LIST = "/admin/declarations/permission/"


def url(permission):
    return reverse("admin:declarations_permission_change", args=[permission.pk])


@pytest.fixture
def waiting(cast):
    return Permission.objects.get(owner=cast.ben)


@pytest.fixture
def until(cast):
    return cast.hillside.day_of(timezone.now()) + dt.timedelta(days=14)


def test_the_front_page_shows_who_waits_and_leads_to_the_decision(cast, signed_in, waiting):
    page = signed_in(cast.hilda).get("/admin/").content.decode()
    assert "1 request waits for a decision" in page
    assert "Ben Example" in page
    assert "in force" in page
    assert url(waiting) in page
    assert "0 requests wait" in signed_in(cast.rosa).get("/admin/").content.decode()


def test_the_facts_stand_beside_each_other(cast, signed_in, waiting):
    ada = ask(cast.ada, "3a:22:fb:00:00:02")
    page = signed_in(cast.hilda).get(url(waiting)).content.decode()
    for text in (
        "Ben Example",
        "teacher",
        "Example Phone 5",
        waiting.device.addresses.get().address,
        "Timetable at lunch",
        "in force since",
        "P12",
    ):
        assert text in page, text
    assert "private address" not in page
    page = signed_in(cast.hilda).get(url(ada)).content.decode()
    assert "private address" in page
    assert "never signed" in page
    latest = ada.latest_until(on=cast.hillside.day_of(timezone.now()))
    assert f'value="{latest.isoformat()}"' in page


@pytest.mark.parametrize("typed", ["3c:22:fb:00:00:01", "3C-22-FB-00-00-01", "3c22.fb00.0001", "ben example", "Phone 5"])
def test_finding_by_name_make_or_address_in_any_notation(cast, signed_in, waiting, typed):
    ask(cast.ada, "3c:22:fb:00:00:02")
    for model in ("permission", "device"):
        page = signed_in(cast.hilda).get(f"/admin/declarations/{model}/", {"q": typed}).content.decode()
        assert "Ben Example" in page
        assert ("Ada Example" in page) == (typed == "Phone 5")


def test_approving_one(cast, signed_in, waiting, until):
    response = signed_in(cast.hilda).post(
        url(waiting), {"decision": "approve", "until": until.isoformat(), "conditions": "staff room only"}, follow=True
    )
    waiting.refresh_from_db()
    assert (waiting.status, waiting.until, waiting.conditions, waiting.decided_by) == ("approved", until, "staff room only", cast.hilda)
    assert "approved" in response.content.decode()


def test_declining_and_revoking_need_a_reason(cast, signed_in, waiting, until):
    client = signed_in(cast.hilda)
    page = client.post(url(waiting), {"decision": "decline", "decline-note": "  "}).content.decode()
    assert "Give the reason" in page
    waiting.refresh_from_db()
    assert waiting.status == "requested"
    client.post(url(waiting), {"decision": "approve", "until": until.isoformat()})
    page = client.post(url(waiting), {"decision": "revoke", "revoke-note": ""}).content.decode()
    assert "Give the reason" in page
    client.post(url(waiting), {"decision": "revoke", "revoke-note": "LastSeen in a lesson."})
    waiting.refresh_from_db()
    assert (waiting.status, waiting.ended_note, waiting.ended_by) == ("revoked", "LastSeen in a lesson.", cast.hilda)
    other = ask(cast.ada, "3c:22:fb:00:00:02")
    client.post(url(other), {"decision": "decline", "decline-note": "Not in class."})
    other.refresh_from_db()
    assert (other.status, other.decision_note) == ("declined", "Not in class.")


@pytest.mark.parametrize("typed", ["", "soon", "31/02/2027", "2020-01-01", "9999-12-31", "\x00"])
def test_a_day_that_cannot_be_is_answered_beside_the_field_and_the_rest_is_kept(cast, signed_in, waiting, typed):
    response = signed_in(cast.hilda).post(url(waiting), {"decision": "approve", "until": typed, "conditions": "library only"})
    assert response.status_code == 200
    page = response.content.decode()
    assert 'class="errorlist"' in page
    assert "library only" in page
    waiting.refresh_from_db()
    assert waiting.status == "requested"


def test_nobody_decides_for_themself(cast, signed_in, until):
    own = ask(cast.omar, "3c:22:fb:00:00:03")
    client = signed_in(cast.omar)
    page = client.get(url(own)).content.decode()
    assert "nobody decides for themself" in page
    assert 'name="decision"' not in page
    front = client.get("/admin/").content.decode()
    assert "Your own: a colleague decides" in front
    assert f'value="{own.pk}"' not in front
    page = client.post(url(own), {"decision": "approve", "until": until.isoformat()}).content.decode()
    assert "Nobody decides about their own device" in page
    client.post(url(own), {"decision": "decline", "decline-note": "x"})
    client.post(LIST, {"action": "approve_ticked", "_selected_action": [own.pk], "apply": "yes", "until": until.isoformat()})
    own.refresh_from_db()
    assert own.status == "requested"


def test_administrators_do_not_decide(cast, signed_in, waiting, until):
    client = signed_in(cast.ines)
    page = client.get(url(waiting)).content.decode()
    assert "Only the leadership decides" in page
    assert 'name="decision"' not in page
    client.post(url(waiting), {"decision": "approve", "until": until.isoformat()})
    client.post(LIST, {"action": "approve_ticked", "_selected_action": [waiting.pk], "apply": "yes", "until": until.isoformat()})
    waiting.refresh_from_db()
    assert waiting.status == "requested"


def test_where_the_headteacher_decides_nobody_else_does(cast, signed_in, waiting, until):
    cast.hillside.deciders = "headteacher"
    cast.hillside.headteacher = cast.hilda
    cast.hillside.save()
    assert "the headteacher decides" in signed_in(cast.omar).get(url(waiting)).content.decode()
    signed_in(cast.omar).post(url(waiting), {"decision": "approve", "until": until.isoformat()})
    waiting.refresh_from_db()
    assert waiting.status == "requested"
    signed_in(cast.hilda).post(url(waiting), {"decision": "approve", "until": until.isoformat()})
    waiting.refresh_from_db()
    assert waiting.status == "approved"


def test_who_comes_second_is_told(cast, signed_in, waiting, until):
    owner.withdraw(permission=waiting, by=cast.ben, at=timezone.now())
    page = signed_in(cast.hilda).post(url(waiting), {"decision": "approve", "until": until.isoformat()}).content.decode()
    assert "Somebody decided or withdrew this request first." in page
    assert "There is nothing left to decide." in page


def test_approving_many_first_lists_them_and_then_answers_for_each(cast, signed_in, waiting, until):
    own = ask(cast.omar, "3c:22:fb:00:00:03")
    ada = ask(cast.ada, "3c:22:fb:00:00:04")
    cast.ada.leaves_on = until - dt.timedelta(days=6)
    cast.ada.save()
    gone = ask(cast.ines, "3c:22:fb:00:00:05")
    client = signed_in(cast.omar)
    ticked = [str(permission.pk) for permission in (waiting, own, ada, gone)]
    page = client.post(LIST, {"action": "approve_ticked", "_selected_action": ticked}).content.decode()
    assert "Approve 3 requests" in page
    assert "nobody decides for themself" in page
    assert "P12" in page
    assert Permission.objects.filter(status="requested").count() == 4
    owner.withdraw(permission=gone, by=cast.ines, at=timezone.now())
    response = client.post(
        LIST,
        {"action": "approve_ticked", "_selected_action": ticked, "apply": "yes", "until": until.isoformat(), "conditions": "offices"},
        follow=True,
    )
    told_of = " ".join(str(message) for message in response.context["messages"])
    assert "Done:" in told_of
    assert "Not done:" in told_of
    assert "It is not waiting" in told_of
    for permission in (waiting, own, ada, gone):
        permission.refresh_from_db()
    assert (waiting.status, waiting.until, waiting.conditions) == ("approved", until, "offices")
    assert (ada.status, ada.until) == ("approved", until - dt.timedelta(days=7))
    assert own.status == "requested"
    assert gone.status == "withdrawn"


def test_declining_and_revoking_many(cast, signed_in, waiting, until):
    ada = ask(cast.ada, "3c:22:fb:00:00:04")
    client = signed_in(cast.hilda)
    ticked = [str(waiting.pk), str(ada.pk)]
    page = client.post(LIST, {"action": "decline_ticked", "_selected_action": ticked, "apply": "yes", "note": ""}).content.decode()
    assert "Give the reason" in page
    assert "Decline 2 requests" in page
    client.post(LIST, {"action": "decline_ticked", "_selected_action": ticked, "apply": "yes", "note": "Not this term."})
    assert set(Permission.objects.values_list("status", "decision_note")) == {("declined", "Not this term.")}
    again = owner.ask(device=ada.device, by=cast.ada, reason="Please", at=timezone.now())
    approval.approve(permission=again, by=cast.hilda, until=until, at=timezone.now())
    client.post(LIST, {"action": "revoke_ticked", "_selected_action": [str(again.pk), str(ada.pk)], "apply": "yes", "note": "Lost."})
    again.refresh_from_db()
    assert (again.status, again.ended_note) == ("revoked", "Lost.")


def test_nothing_ticked_says_so(cast, signed_in):
    response = signed_in(cast.hilda).post(LIST, {"action": "approve_ticked", "index": "0"}, follow=True)
    assert "Items must be selected" in response.content.decode()


def test_lifting_a_suspension(cast, signed_in, waiting):
    suspension = owner.report_lost(device=waiting.device, by=cast.ben, at=timezone.now())
    page = reverse("admin:declarations_suspension_change", args=[suspension.pk])
    client = signed_in(cast.hilda)
    assert "Example Phone 5" in client.get("/admin/").content.decode()
    assert "Lift the suspension" in client.get(page).content.decode()
    assert "Somebody else of the leadership" in signed_in(cast.ines).get(page).content.decode()
    signed_in(cast.ines).post(page)
    assert Suspension.objects.get().lifted_at is None
    assert "Lifted" in client.post(page, follow=True).content.decode()
    assert Suspension.objects.get().lifted_by == cast.hilda
    assert "lifted already" in client.post(page, follow=True).content.decode()


def test_what_else_was_asked_for_and_seen_is_listed(cast, signed_in, waiting, until):
    """Each list of the pages about a device names its rows: a template is silent about a name that is not there."""
    hilda, at, device = signed_in(cast.hilda), timezone.now(), waiting.device
    owner.withdraw(permission=waiting, by=cast.ben, at=at)
    again = owner.ask(device=device, by=cast.ben, reason="Again", at=at)
    approval.approve(permission=again, by=cast.hilda, until=until, at=at)
    renewal.review(permission=again, by=cast.omar, at=at)
    addresses.add_address(device=device, by=cast.ben, address="3a:22:fb:00:00:09", at=at)
    lost = owner.report_lost(device=device, by=cast.ben, at=at)
    page = hilda.get(url(again)).text
    assert "<code>3C:22:FB:00:00:01</code> (no longer used)" in page
    assert "<code>3A:22:FB:00:00:09</code> ⚠ private address" in page
    assert ", Omar Example: still right" in page
    assert f'<a href="{url(waiting)}">' in page
    assert f'<a href="/admin/declarations/suspension/{lost.pk}/change/">Example Phone 5 (Ben Example)</a>' in hilda.get("/admin/").text
    ask(cast.ben, "3c:22:fb:00:00:08", at)
    leaving = hilda.get(f"/admin/declarations/person/{cast.ben.pk}/leaving/").text
    assert f"Example Phone 5 (otherwise until {until.day} {until:%B %Y})" in leaving
    assert "Requests that wait: Example Phone 5" in leaving
