"""Signing on a shared tablet at the office: with a one-time code, and nobody stays signed in."""

import datetime as dt
import json
import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from declarations.common.errors import RefusedError
from declarations.evidence.models import Entry
from declarations.mail.models import Email
from declarations.organisation.models.person import Person, Role
from declarations.people.roles import remove_role
from declarations.signing.actions import kiosk
from declarations.signing.actions.sign import Submission
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.kiosk import KioskSession, SigningCode
from declarations.signing.queries import sign_in_method
from tests.cast import Cast, make_person, publish_next

START, LEAFLET, SIGN = "/tablet/", "/tablet/leaflet/", "/tablet/sign/"


@pytest.fixture(autouse=True)
def no_limits_from_other_tests(db: None) -> None:
    cache.clear()


@pytest.fixture
def nora(cast: Cast) -> Person:
    """Has no e-mail address, and no computer."""
    return make_person(cast.hillside, "", "Nora Kitchen", "midday supervisor")


@pytest.fixture
def lent(cast: Cast, signed_in) -> Client:
    """The tablet, opened by omar."""
    client = signed_in(cast.omar)
    response = client.post("/tablet/open/", {"hours": "4"})
    assert response.url == START
    return client


def given(cast: Cast, person: Person, by: Person | None = None) -> str:
    return kiosk.give_code(person=person, by=by or cast.hilda, at=timezone.now())[1]


def answers(cast: Cast, name: str = "Nora Kitchen", **changed: str) -> dict[str, object]:
    ticks = {f"confirm_{confirmation['key']}": "on" for confirmation in cast.aup.confirmations}
    return {"aup": cast.aup.pk, "leaflet": cast.leaflet.pk, **ticks, "typed_name": name, **changed}


def at_the_tablet(client: Client, code: str) -> Client:
    assert client.post(START, {"code": code}).url == LEAFLET
    return client


def kinds() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("kind", flat=True))


# The whole story -------------------------------------------------------------------------------------------------------------------


def test_somebody_without_an_address_reads_and_signs(cast: Cast, lent, nora, signed_in):
    office = signed_in(cast.hilda)
    page = office.post(f"/admin/declarations/person/{nora.pk}/ways-in/code/")
    code = re.search(r'<code class="token one-time">([A-Z]{4}-[A-Z]{4})</code>', page.text)[1]
    assert "data:image/svg" in page.text
    assert "no-store" in page["Cache-Control"]
    at_the_tablet(lent, code.lower())
    leaflet = lent.get(LEAFLET).text
    assert "You are Nora Kitchen." in leaflet
    assert "No adult uses their own mobile in class." in leaflet
    assert "Your password is yours alone." in lent.get(SIGN).text
    response = lent.post(SIGN, answers(cast))
    assert response.url == START
    done = lent.get(START).text
    declaration = Declaration.objects.get(person=nora)
    assert "Signed. Thank you!" in done
    assert declaration.reference in done
    assert "Nora" not in done
    assert declaration.signed_in_with == "shared tablet, one-time code given by Hilda Example"
    assert declaration.person_email == ""
    assert not Email.objects.filter(declaration=declaration).exists()
    assert declaration.reference not in lent.get(START).text, "it is said once"
    entry = json.loads(bytes(declaration.entry.record))
    assert entry["signed_in_with"] == declaration.signed_in_with
    assert [kind for kind in kinds() if kind.split(".")[0] in {"tablet", "code"}] == ["tablet.opened", "code.given"]
    certificate = office.get(f"/declarations/{declaration.reference}/").text
    assert "shared tablet, one-time code given by Hilda Example" in certificate
    assert office.get(f"/declarations/{declaration.reference}.pdf").status_code == 200


def test_it_is_closed_at_the_desk(cast: Cast, lent, nora, signed_in):
    code = given(cast, nora)
    at_the_tablet(lent, code)
    tablet = KioskSession.objects.get()
    model_admin = signed_in(cast.ines)
    assert "open until" in model_admin.get("/admin/declarations/kiosksession/").text
    assert "Closed: nobody signs" in model_admin.post(f"/admin/declarations/kiosksession/{tablet.pk}/close/", follow=True).text
    assert "closed already" in model_admin.post(f"/admin/declarations/kiosksession/{tablet.pk}/close/", follow=True).text
    assert lent.post(SIGN, answers(cast)).url == START
    assert "this device is not that tablet" in lent.get(START).text
    assert not Declaration.objects.filter(person=nora).exists()
    facts = json.loads(bytes(Entry.objects.get(kind="tablet.closed").record))
    assert (facts["tablet"], facts["by"]["id"]) == (tablet.pk, cast.ines.pk)


# What the tablet is ----------------------------------------------------------------------------------------------------------------


def test_it_is_signed_in_as_nobody_and_opens_nothing_else(cast: Cast, lent):
    assert "_auth_user_id" not in lent.session
    assert set(lent.session.keys()) <= {"tablet", "_session_expiry"}
    for path in (
        "/",
        "/admin/",
        "/accounts/login/",
        "/register/",
        "/devices/",
        "/accounts/with/x/",
        "/verify/",
        "/declarations/",
        "/sign/",
    ):
        assert lent.get(path).url == START, path
        assert lent.post(path).url == START, path
    assert lent.get("/tablet/open/").status_code == 302


def test_the_one_who_lends_it_is_signed_out_there(cast: Cast, signed_in):
    client = signed_in(cast.omar)
    before = client.session.session_key
    client.post("/tablet/open/", {"hours": "1"})
    stolen = Client()
    stolen.cookies["sessionid"] = before
    assert stolen.get("/admin/").status_code == 302
    facts = json.loads(bytes(Entry.objects.get(kind="tablet.opened").record))
    assert facts["by"]["id"] == cast.omar.pk
    tablet = KioskSession.objects.get()
    assert tablet.closes_at - tablet.opened_at == dt.timedelta(hours=1)


@pytest.mark.parametrize("hours", ["", "0", "13", "-1", "nine", "1e9"])
def test_how_long_is_one_of_three(cast: Cast, signed_in, hours):
    client = signed_in(cast.omar)
    response = client.post("/tablet/open/", {"hours": hours})
    assert response.status_code == 200
    assert "error-summary" in response.text
    assert not KioskSession.objects.exists()


@pytest.mark.parametrize("who", ["ada", "gita"])
def test_only_the_leadership_and_administrators_lend_one(cast: Cast, signed_in, who):
    assert signed_in(getattr(cast, who)).post("/tablet/open/", {"hours": "4"}).status_code == 403
    with pytest.raises(RefusedError):
        kiosk.open_tablet(school=cast.hillside, by=getattr(cast, who), at=timezone.now(), lasts=dt.timedelta(hours=1))


def test_nor_those_of_another_school(cast: Cast, nora):
    for act in (
        lambda: kiosk.open_tablet(school=cast.hillside, by=cast.rosa, at=timezone.now(), lasts=dt.timedelta(hours=1)),
        lambda: kiosk.give_code(person=nora, by=cast.rosa, at=timezone.now()),
    ):
        with pytest.raises(RefusedError) as refused:
            act()
        assert refused.value.code == "not_yours"


@pytest.mark.parametrize("ended", ["leaves", "has no role"])
def test_it_closes_when_whoever_lends_it_may_no_longer(cast: Cast, lent, nora, ended):
    code = given(cast, nora)
    if ended == "leaves":
        Person.objects.filter(pk=cast.omar.pk).update(leaves_on=cast.hillside.day_of(timezone.now()))
    else:
        remove_role(role=Role.objects.get(person=cast.omar), by=cast.ines, at=timezone.now())
    assert "this device is not that tablet" in lent.post(START, {"code": code}).text
    assert SigningCode.objects.get().used_at is None


def test_a_code_of_somebody_who_has_left_opens_nothing(cast: Cast, lent, nora):
    code = given(cast, nora)
    Person.objects.filter(pk=cast.hilda.pk).update(leaves_on=cast.hillside.day_of(timezone.now()))
    assert "has left" in lent.post(START, {"code": code}).text
    assert SigningCode.objects.get().used_at is None


def test_it_closes_by_itself(cast: Cast, lent, nora):
    at_the_tablet(lent, given(cast, nora))
    passed = timezone.now() - dt.timedelta(hours=5)
    with_guards_aside(KioskSession, opened_at=passed, closes_at=passed + dt.timedelta(hours=4))
    assert lent.get(LEAFLET).url == START
    assert "this device is not that tablet" in lent.get(START).text
    assert "tablet" not in lent.session


def with_guards_aside(model: type, **facts: object) -> None:
    """Moves what happened into the past, as if time had passed."""
    from django.db import connection

    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # What refers to other rows is checked now and not at the end: a table with checks to come is not altered.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_unchanged")
            model.objects.update(**facts)
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_unchanged")
            return
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [f"{table}_unchanged"])
        trigger = cursor.fetchone()[0]
        cursor.execute(f"DROP TRIGGER {table}_unchanged")
        model.objects.update(**facts)
        cursor.execute(trigger.replace("%", "%%") if "%s" in trigger else trigger)


# Codes -----------------------------------------------------------------------------------------------------------------------------


def test_a_code_opens_once(cast: Cast, lent, nora, signed_in):
    code = given(cast, nora)
    at_the_tablet(lent, code)
    lent.post("/tablet/leave/")
    response = lent.post(START, {"code": code})
    assert response.status_code == 200
    assert "This code opens nothing" in response.text
    assert lent.get(LEAFLET).url == START


def test_a_code_is_good_for_ten_minutes(cast: Cast, lent, nora):
    at = timezone.now() - dt.timedelta(minutes=11)
    _row, code = kiosk.give_code(person=nora, by=cast.hilda, at=at)
    assert "older than ten minutes" in lent.post(START, {"code": code}).text


def test_only_the_hash_is_kept(cast: Cast, nora):
    code = given(cast, nora)
    row = SigningCode.objects.get()
    assert code.replace("-", "").lower() not in str(vars(row)).lower()
    assert len(row.code_hash) == 64
    assert code not in "".join(bytes(entry.record).decode() for entry in Entry.objects.all())


def test_a_code_of_another_school_opens_nothing(cast: Cast, lent):
    code = kiosk.give_code(person=cast.rita, by=cast.rosa, at=timezone.now())[1]
    assert "This code opens nothing" in lent.post(START, {"code": code}).text
    assert SigningCode.objects.get().used_at is None


def test_nobody_gives_one_to_themself_or_to_who_has_left(cast: Cast, nora):
    for person, code in ((cast.hilda, "own"), (cast.tara, "not_there")):
        with pytest.raises(RefusedError) as refused:
            kiosk.give_code(person=person, by=cast.hilda, at=timezone.now())
        assert refused.value.code == code
    nora.leaves_on = cast.hillside.day_of(timezone.now())
    nora.save()
    with pytest.raises(RefusedError) as refused:
        kiosk.give_code(person=nora, by=cast.hilda, at=timezone.now())
    assert refused.value.code == "not_there"


def test_who_leaves_before_using_it_does_not_get_in(cast: Cast, lent, nora):
    code = given(cast, nora)
    nora.leaves_on = cast.hillside.day_of(timezone.now())
    nora.save()
    assert "not at the school" in lent.post(START, {"code": code}).text
    assert lent.get(LEAFLET).url == START


def test_guessing_is_stopped(cast: Cast, lent, nora):
    answers = [lent.post(START, {"code": f"BBBB-{number:04}".translate(str.maketrans("0123456789", "BCDFGHJKLM"))}) for number in range(31)]
    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert lent.post(START, {"code": given(cast, nora)}).status_code == 429, "not even with the right one, for now"


@pytest.mark.parametrize("code", ["", "\x00", "x" * 10_000, "\ud800".encode("utf-8", "surrogatepass"), "' OR 1=1 --", "９９９９", "-"])
def test_hostile_codes_are_a_page(cast: Cast, lent, code):
    response = lent.post(START, {"code": code})
    assert response.status_code == 200
    assert "error-summary" in response.text


def test_a_qr_fills_the_code_in_and_uses_nothing(cast: Cast, lent, nora):
    code = given(cast, nora)
    assert f'value="{code}"' in lent.get(START, {"code": code}).text
    assert SigningCode.objects.get().used_at is None
    assert "this device is not that tablet" in Client().get(START, {"code": code}).text
    assert lent.get(START, {"code": "<script>alert(1)</script>"}).text.count("<script>alert") == 0


def test_a_code_without_a_tablet_opens_nothing(cast: Cast, nora):
    client = Client()
    response = client.post(START, {"code": given(cast, nora)})
    assert "this device is not that tablet" in response.text
    assert client.get(LEAFLET).url == START


# Nobody stays ----------------------------------------------------------------------------------------------------------------------


def idle(client: Client, seconds: int) -> None:
    session = client.session
    session["tablet_touched"] -= seconds
    session.save()


def test_two_minutes_without_a_touch_end_it(cast: Cast, lent, nora):
    at_the_tablet(lent, given(cast, nora))
    idle(lent, 119)
    assert lent.get(SIGN).url == LEAFLET, "the leaflet comes first"
    assert lent.get(LEAFLET).status_code == 200
    idle(lent, 121)
    assert lent.post(SIGN, answers(cast)).url == START
    assert lent.get(LEAFLET).url == START
    assert "Nora" not in lent.get(START).text
    assert SigningCode.objects.get().done_at is not None
    assert not Declaration.objects.filter(person=nora).exists()


def test_reading_is_a_touch(cast: Cast, lent, nora):
    at_the_tablet(lent, given(cast, nora))
    for _ in range(3):
        idle(lent, 100)
        assert lent.post("/tablet/touched/").status_code == 204
    assert lent.get(LEAFLET).status_code == 200
    idle(lent, 121)
    assert lent.post("/tablet/touched/").status_code == 302


def test_half_an_hour_is_enough_for_anybody(cast: Cast, lent, nora):
    at_the_tablet(lent, given(cast, nora))
    past = timezone.now() - dt.timedelta(minutes=31)
    with_guards_aside(SigningCode, given_at=past, used_at=past, expires_at=past + dt.timedelta(minutes=10))
    assert lent.get(LEAFLET).url == START


def test_after_signing_nothing_leads_back(cast: Cast, lent, nora):
    at_the_tablet(lent, given(cast, nora))
    session_then = lent.cookies["sessionid"].value
    lent.get(LEAFLET), lent.get(SIGN)
    lent.post(SIGN, answers(cast))
    for path in (LEAFLET, SIGN):
        assert lent.get(path).url == START
    assert lent.post(SIGN, answers(cast)).url == START
    old = Client()
    old.cookies["sessionid"] = session_then
    assert old.get(LEAFLET).url == START
    assert "this device is not that tablet" in old.get(START).text
    assert {"tablet_code", "tablet_touched"} & set(lent.session.keys()) == set()


def test_leaving_takes_everything_along(cast: Cast, lent, nora):
    at_the_tablet(lent, given(cast, nora))
    assert lent.post("/tablet/leave/").url == START
    assert lent.get(LEAFLET).url == START
    assert SigningCode.objects.get().done_at is not None


def test_the_next_person_is_the_next_person(cast: Cast, lent, nora):
    at_the_tablet(lent, given(cast, nora))
    at_the_tablet(lent, given(cast, cast.ada))
    assert "You are Ada Example." in lent.get(LEAFLET).text
    assert "Nora" not in lent.get(LEAFLET).text


def test_a_stolen_code_number_in_another_tablets_session_opens_nothing(cast: Cast, lent, nora, signed_in):
    at_the_tablet(lent, given(cast, nora))
    other = signed_in(cast.hilda)
    other.post("/tablet/open/", {"hours": "1"})
    session = other.session
    session["tablet_code"], session["tablet_touched"] = lent.session["tablet_code"], timezone.now().timestamp()
    session.save()
    assert other.get(LEAFLET).url == START


def test_every_page_is_kept_nowhere(cast: Cast, lent, nora):
    responses = [lent.get(START), lent.post(START, {"code": "x"}), lent.post(START, {"code": given(cast, nora)})]
    responses += [lent.get(LEAFLET), lent.get(SIGN), lent.post(SIGN, {}), lent.post("/tablet/touched/"), lent.post(SIGN, answers(cast))]
    responses += [lent.get(START), lent.get(SIGN)]
    for response in responses:
        assert "no-store" in response["Cache-Control"], response.request
        assert not response.get("Set-Cookie"), "no cookie but that of the session"


# Signing itself --------------------------------------------------------------------------------------------------------------------


def test_what_is_missing_is_said_and_what_was_typed_is_kept(cast: Cast, lent, nora):
    at_the_tablet(lent, given(cast, nora))
    lent.get(LEAFLET)
    page = lent.post(SIGN, {"aup": cast.aup.pk, "leaflet": cast.leaflet.pk, "typed_name": "Nora Kitchen"}).text
    assert "Tick this to sign." in page
    assert 'value="Nora Kitchen"' in page
    assert not Declaration.objects.filter(person=nora).exists()
    assert lent.post(SIGN, answers(cast)).url == START
    assert Declaration.objects.filter(person=nora).count() == 1


def test_the_leaflet_comes_first(cast: Cast, lent, nora):
    at_the_tablet(lent, given(cast, nora))
    assert lent.get(SIGN).url == LEAFLET
    assert lent.post(SIGN, answers(cast)).url == LEAFLET


def test_a_text_that_changed_meanwhile(cast: Cast, lent, nora):
    at_the_tablet(lent, given(cast, nora))
    lent.get(LEAFLET), lent.get(SIGN)
    publish_next(cast.aup, by=cast.hilda, at=timezone.now(), sign_by=None)
    page = lent.post(SIGN, answers(cast)).text
    assert "The policy changed while you were reading" in page
    assert "You are Nora Kitchen." in page, "the code is not used up by it"


def test_who_has_signed_already_is_told_so(cast: Cast, lent):
    at_the_tablet(lent, given(cast, cast.ben))
    lent.get(LEAFLET)
    reference = Declaration.objects.get(person=cast.ben).reference
    assert lent.get(SIGN).url == START
    page = lent.get(START).text
    assert reference in page
    assert "A copy comes by e-mail." in page


def submission_of(person: Person, cast: Cast) -> Submission:
    return Submission(
        person=person, at=timezone.now(), aup_id=cast.aup.pk, leaflet_id=cast.leaflet.pk, typed_name="Nora", confirmed=[],
        signed_in_with="shared tablet", signed_in_at=None, ip_address=None, browser="",
    )  # fmt: skip


def test_a_code_signs_for_nobody_else(cast: Cast, lent, nora):
    at_the_tablet(lent, given(cast, nora))
    code = SigningCode.objects.select_related("person__school", "given_by").get()
    with pytest.raises(RefusedError) as refused:
        kiosk.sign(code=code, submission=submission_of(cast.ada, cast))
    assert refused.value.code == "over"
    assert not Declaration.objects.filter(person=cast.ada).exists()


def test_two_taps_sign_once(cast: Cast, lent, nora):
    code = given(cast, nora)
    at_the_tablet(lent, code)
    lent.get(LEAFLET), lent.get(SIGN)
    row = SigningCode.objects.select_related("person__school", "given_by").get()
    lent.post(SIGN, answers(cast))
    with pytest.raises(RefusedError) as refused:
        kiosk.sign(code=row, submission=submission_of(nora, cast))
    assert refused.value.code == "over"
    assert Declaration.objects.filter(person=nora).count() == 1


def test_a_long_name_is_shortened_on_the_certificate(cast: Cast, nora):
    cast.hilda.full_name = "H" * 120
    cast.hilda.save()
    row = kiosk.give_code(person=nora, by=cast.hilda, at=timezone.now())[0]
    method = sign_in_method(row)
    assert len(method) == 80
    assert method.endswith("…")
