"""Retention: what is too old goes, everywhere; what is held back stays, everywhere; and it is written down without names."""

import datetime as dt
import io
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as product
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from declarations.common.errors import RefusedError
from declarations.devices.actions import approval, owner
from declarations.devices.models import DeviceAddress, Permission
from declarations.evidence.models import Entry
from declarations.mail.models import Email
from declarations.network import last_seen
from declarations.organisation.models.erasure import Erasure
from declarations.organisation.models.legal_hold import LegalHold
from declarations.organisation.models.person import Person
from declarations.people import legal_holds
from declarations.privacy import erasure, retention
from declarations.privacy.models import Disposal, RetentionSettings
from declarations.signing.actions.erase import erase_declaration
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.response import Response
from tests.cast import Cast, ask
from tests.evidence.owner import checked, facts_of
from tests.mail.test_outbox import database_of_another_process
from tests.privacy.aged import DAY, IP, MAC, YEAR, Aged, aged, left_of
from tests.privacy.test_erasure import dumped, pg_dump, traces

Kind = Disposal.Kind
WHOLE = dict.fromkeys(
    ("contexts", "declarations", "devices", "addresses", "seen", "disconnects", "clashes", "exemptions", "replies", "notes", "holds"), 1
) | {"letters": 4}
# Every word of the scene that should be gone afterwards, and some that must not be.
GONE = ["Gwen", "gwen@", "Browser of gwen", "Browser of stan", IP["gwen"], IP["stan"], MAC["gwen"], MAC["stan"],
        "Stan Sames-Example has a question", "Dear Stan Sames-Example", "Stan Sames-Example is away", "Changed Stan"]  # fmt: skip
STAYS = ["Kate Kames-Example", "kate@oldfield.example", "Browser of kate", IP["kate"], MAC["kate"], "Kate Kames-Example is away",
         "Stan Sames-Example", "stan@oldfield.example", MAC["stan now"], "Tribunal, file 2026/7"]  # fmt: skip


@pytest.fixture
def scene(cast: Cast) -> Aged:
    return aged()


def counts(scene: Aged) -> dict[str, tuple[int, int]]:
    found = retention.preview(school=scene.school, at=scene.at)
    return {str(due.kind): (due.rows, due.held) for due in found if due.rows or due.held}


def test_the_preview_says_how_many_and_who_is_held_back_and_changes_nothing(scene: Aged):
    before = dumped()
    # Gwen's and stan's; kate's stay. Letters: the receipt, the decision, the reminder, and the word to the head.
    assert counts(scene) == {
        "addresses": (2, 1), "contexts": (2, 1), "exemptions": (2, 1), "replies": (2, 1), "letters": (8, 4), "notes": (2, 1),
        "people": (1, 1),
    }  # fmt: skip
    assert retention.people_due(school=scene.school, at=scene.at) == [scene.gwen]
    assert dumped() == before


def test_what_is_too_old_goes_and_what_is_held_stays(scene: Aged):
    assert left_of(scene.kate) == WHOLE
    found = checked()
    done = retention.carry_out(school=scene.school, by=None, at=scene.at)
    assert {str(one.kind): one.rows for one in done} == {
        "addresses": 2, "contexts": 2, "exemptions": 2, "replies": 2, "letters": 8, "notes": 2, "people": 1,
    }  # fmt: skip
    assert set(left_of(scene.gwen).values()) == {0}
    assert left_of(scene.kate) == WHOLE
    assert left_of(scene.stan) == dict.fromkeys(WHOLE, 0) | {"declarations": 1, "devices": 2, "addresses": 1, "letters": 1}
    text = dumped()
    assert traces(text, *GONE) == []
    assert len(traces(text, *STAYS)) == len(STAYS)
    assert Erasure.objects.get().person == scene.gwen
    # Once more: nothing is due, and nothing is written down.
    entries = Entry.objects.count()
    assert retention.carry_out(school=scene.school, by=None, at=scene.at) == []
    assert Entry.objects.count() == entries
    # The log adds up as before (to it, the trust's people were there before the school was); a record that went claims nothing any more.
    code, differences = checked()
    assert (code, set(differences) - set(found[1])) == (found[0], set())


def test_what_the_log_says_of_old_replies_and_exemptions_goes_with_them(scene: Aged):
    retention.carry_out(school=scene.school, by=None, at=scene.at)
    kinds = ("reply.made", "reply.answered", "exemption.granted")
    left = [facts_of(entry) for entry in Entry.objects.filter(kind__in=kinds, record__isnull=False)]
    assert {facts["person"]["id"] for facts in left} == {scene.kate.pk}
    assert len(left) == len(kinds)
    announced = {facts_of(entry)["erased"] for entry in Entry.objects.filter(kind="record.erased")}
    assert announced == set(Entry.objects.filter(log__school=scene.school, record__isnull=True).values_list("position", flat=True))


def test_it_is_written_down_by_kind_and_number_and_without_a_name(scene: Aged):
    retention.carry_out(school=scene.school, by=scene.hedda, at=scene.at)
    told = facts_of(Entry.objects.filter(kind="retention.done").get())
    assert told["rows"] == {"addresses": 2, "contexts": 2, "exemptions": 2, "replies": 2, "letters": 8, "notes": 2, "people": 1}
    assert told["by"]["id"] == scene.hedda.pk
    assert traces(str(told), "Gwen", "Stan", "Kate") == []
    assert {one.done_by for one in Disposal.objects.all()} == {scene.hedda}


@pytest.mark.django_db(transaction=True)
def test_after_the_command_no_dump_holds_what_should_be_gone(scene: Aged, tmp_path: Path):
    """SQLite: the file, its -wal and -shm, byte for byte. PostgreSQL: what pg_dump writes. In it, what must stay stays."""
    before = surviving(tmp_path, after=False)
    assert before >= set(GONE) - {"gwen@"}
    after = surviving(tmp_path, after=True)
    assert after & set(GONE) == set()
    assert after >= set(STAYS)


def surviving(folder: Path, *, after: bool) -> set[str]:
    words = [*GONE, *STAYS]
    if connection.vendor == "postgresql":
        if after:
            run()
        facts = connection.settings_dict
        content = subprocess.run(
            [pg_dump(), "-h", facts["HOST"], "-U", facts["USER"], facts["NAME"]], capture_output=True, check=True, timeout=60
        ).stdout
        return {word for word in words if word.encode() in content or word.encode().hex().encode() in content}
    url = database_of_another_process(folder)
    path = folder / "database.sqlite3"
    with sqlite3.connect(path) as there:
        there.execute("PRAGMA journal_mode=WAL")
    there.close()
    if after:
        done = subprocess.run(
            [sys.executable, "manage.py", "retention"],
            cwd=product.BASE_DIR,
            env=os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        assert "in use" not in done.stdout
    content = b"".join(one.read_bytes() for one in folder.iterdir() if one.name.startswith("database.sqlite3"))
    path.unlink()
    return {word for word in words if word.encode() in content}


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("retention", *words, stdout=out)
    return out.getvalue()


def test_a_dry_run_says_what_would_go_and_changes_nothing(scene: Aged):
    before = dumped()
    said = run("--dry-run")
    assert "Oldfield School\n  2 Wi-Fi addresses" in said
    assert "1 people who left, with all that is about them" in said
    assert "1 held back" in said
    assert "Gwen Games-Example, left on" in said
    assert "Kate" not in said
    assert "Hillside School\n  nothing is due" in said
    assert "The trust's own people\n  nothing is due" in said
    assert "Nothing has been disposed of" in said
    assert dumped() == before
    assert "Hillside" not in run("--dry-run", "--school", "oldfield")
    with pytest.raises(CommandError, match="There is no school"):
        run("--school", "nowhere")


# --- when each kind is due: the last day on which it is kept, and the day after


@pytest.mark.parametrize(
    ("field", "value", "kind", "rows"),
    [
        ("context_months", 84, "contexts", True),
        ("exemption_months", 84, "exemptions", True),
        ("reply_months", 84, "replies", True),
        ("letter_months", 84, "letters", True),
        ("note_months", 84, "notes", True),
        ("years_after_leaving", 6, "people", True),
        ("years_after_leaving", 8, "people", False),
    ],
)
def test_the_schools_own_settings_are_gone_by(scene: Aged, field: str, value: int, kind: str, rows: bool):
    RetentionSettings.objects.create(school=scene.school, **{field: value})
    assert bool(counts(scene).get(kind, (0, 0))[0]) is rows


def test_each_kind_is_kept_to_the_day(cast: Cast):
    """Ben signed today; a year later to the day it is kept, the next day it is not."""
    on = cast.hillside.day_of(timezone.now())
    noon = dt.datetime(on.year + 1, on.month, min(on.day, 28), 12, tzinfo=dt.UTC) + (on.day - min(on.day, 28)) * DAY
    due = dict.fromkeys(Kind, 0)
    for days in (0, 1):
        found = {one.kind: one.rows for one in retention.preview(school=cast.hillside, at=noon + days * DAY)}
        due[Kind.CONTEXTS] += found[Kind.CONTEXTS]
        assert found[Kind.CONTEXTS] == days
    assert due[Kind.CONTEXTS] == 1


def weeks_later(cast: Cast, weeks: float, *, at: dt.datetime) -> bool:
    """Whether ben's address is due so many weeks after."""
    found = {one.kind: one.rows for one in retention.preview(school=cast.hillside, at=at + weeks * 7 * DAY)}
    return bool(found[Kind.ADDRESSES])


def test_an_address_is_kept_while_it_is_used_or_asked_for(cast: Cast):
    at = timezone.now()
    assert not weeks_later(cast, 200, at=at)  # waiting, however long nobody decides
    permission = Permission.objects.get(owner=cast.ben)

    approval.approve(permission=permission, by=cast.hilda, until=cast.hillside.day_of(at) + 300 * DAY, at=at)
    assert not weeks_later(cast, 40, at=at)
    assert not weeks_later(cast, 300 / 7 + 5.8, at=at)
    assert weeks_later(cast, 300 / 7 + 6.4, at=at)
    approval.revoke(permission=permission, by=cast.hilda, note="Lost", at=at)
    assert not weeks_later(cast, 5.8, at=at)
    assert weeks_later(cast, 6.4, at=at)


def test_an_address_goes_after_a_no_after_leaving_and_after_it_was_given_up(cast: Cast):

    at = timezone.now()
    first = Permission.objects.get(owner=cast.ben)
    approval.decline(permission=first, by=cast.hilda, note="No.", at=at)
    assert (weeks_later(cast, 5.8, at=at), weeks_later(cast, 6.4, at=at)) == (False, True)
    # Asked again: kept, whatever was before.
    owner.ask(device=first.device, by=cast.ben, reason="Please", at=at)
    assert not weeks_later(cast, 60, at=at)
    owner.give_up(device=first.device, by=cast.ben, at=at)
    assert (weeks_later(cast, 5.8, at=at), weeks_later(cast, 6.4, at=at)) == (False, True)
    ask(cast.ada, "00:00:5e:00:53:21", at)
    Person.objects.filter(pk=cast.ada.pk).update(leaves_on=cast.hillside.day_of(at) + 7 * DAY)
    found = {one.kind: one.rows for one in retention.preview(school=cast.hillside, at=at + 47 * DAY)}
    assert found[Kind.ADDRESSES] == 1
    found = {one.kind: one.rows for one in retention.preview(school=cast.hillside, at=at + 50 * DAY)}
    assert found[Kind.ADDRESSES] == 2


def test_a_device_whose_address_has_gone_is_added_again(scene: Aged):
    retention.carry_out(school=scene.school, by=None, at=scene.at)
    again = ask(scene.stan, MAC["stan"], scene.at)
    assert DeviceAddress.objects.get(device=again.device).address == MAC["stan"]


def test_sign_ins_that_are_over_and_counts_of_tries_go(cast: Cast, signed_in):
    signed_in(cast.ben)
    Session.objects.update(expire_date=timezone.now() - DAY)
    signed_in(cast.ada)
    cache.set("allauth:rl:login:ip:192.0.2.66", [1.0], timeout=60)
    at = timezone.now() + dt.timedelta(minutes=2)
    done = retention.carry_out(school=cast.hillside, by=None, at=at)
    assert [(one.kind, one.rows) for one in done] == [(Kind.SESSIONS, 1)]
    assert Session.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cache WHERE cache_key LIKE '%%192.0.2.66'")
        assert cursor.fetchone() == (0,)


def test_people_of_the_trust_are_kept_as_long_as_anybody(cast: Cast):
    at = timezone.now()
    Person.objects.filter(pk=cast.tara.pk).update(leaves_on=(at - 7 * YEAR).date())
    assert [one.kind for one in retention.carry_out(school=None, by=None, at=at)] == [Kind.PEOPLE]
    assert traces(dumped(), "Tara Example", "tara@") == []
    assert checked() == (0, [])


@pytest.mark.parametrize(("who", "refused"), [("hedda", False), ("ivor", False), ("stan", True)])
def test_who_may_carry_it_out(scene: Aged, who: str, refused: bool):
    if not refused:
        assert retention.carry_out(school=scene.school, by=getattr(scene, who), at=scene.at)
        return
    with pytest.raises(RefusedError, match="Only the leadership"):
        retention.carry_out(school=scene.school, by=getattr(scene, who), at=scene.at)
    assert not Disposal.objects.exists()


def test_not_the_school_next_door(cast: Cast, scene: Aged):
    with pytest.raises(RefusedError):
        retention.carry_out(school=scene.school, by=cast.hilda, at=scene.at)
    retention.carry_out(school=scene.school, by=cast.tara, at=scene.at)
    with pytest.raises(RefusedError):
        retention.carry_out(school=None, by=cast.hilda, at=scene.at)


# --- a legal hold


def test_who_is_held_is_kept_back_by_everything(scene: Aged):
    at = scene.at
    with pytest.raises(RefusedError, match="A legal hold keeps"):
        erasure.erase_person(person=scene.kate, reason="asked for", at=at)
    with pytest.raises(RefusedError, match="A legal hold keeps"):
        erase_declaration(declaration=Declaration.objects.get(person=scene.kate), reason="asked for", at=at)
    assert scene.kate not in retention.people_due(school=scene.kate.school, at=at)
    for words in (["--person", scene.kate.email], ["--declaration", Declaration.objects.get(person=scene.kate).reference]):
        with pytest.raises(CommandError, match="A legal hold keeps"):
            call_command("erase", *words, "--yes", "--reason", "asked for", stdout=io.StringIO())
    last_seen.purge(at=at)
    retention.carry_out(school=scene.school, by=None, at=at)
    assert left_of(scene.kate) == WHOLE
    # The database itself refuses, whoever asks.
    for refusal, doing in (
        ("erasure: does not fit", lambda: Erasure.objects.create(person=scene.kate, at=at, reason="retention")),
        ("reply: rows are kept", lambda: Response.objects.filter(person=scene.kate)._raw_delete("default")),
        ("deviceaddress: rows are kept", lambda: DeviceAddress.objects.filter(device__owner=scene.kate).delete()),
    ):
        with pytest.raises(IntegrityError, match=refusal), transaction.atomic():
            doing()
    assert left_of(scene.kate) == WHOLE


def test_when_the_hold_ends_they_go_with_the_next_disposal(scene: Aged):
    retention.carry_out(school=scene.school, by=None, at=scene.at)
    legal_holds.end_hold(hold=LegalHold.objects.get(), by=scene.ivor, at=scene.at)
    retention.carry_out(school=scene.school, by=None, at=scene.at)
    assert set(left_of(scene.kate).values()) == {0}
    assert traces(dumped(), "Kate", "kate@", "Tribunal") == []


def test_an_ended_hold_is_placed_anew_and_the_log_has_each(scene: Aged):
    legal_holds.end_hold(hold=LegalHold.objects.get(), by=scene.ivor, at=scene.at)
    legal_holds.place_hold(person=scene.kate, reason="Another matter", by=scene.ivor, at=scene.at)
    kinds = list(Entry.objects.filter(kind__startswith="hold.").order_by("position").values_list("kind", flat=True))
    assert kinds == ["hold.placed", "hold.ended", "hold.placed"]
    told = facts_of(Entry.objects.filter(kind="hold.placed").order_by("position").last())
    assert told["person"] == {"id": scene.kate.pk, "name": scene.kate.full_name}
    assert "Another matter" not in str(told)


def test_what_a_hold_is_refused_for(cast: Cast, scene: Aged):
    hold = LegalHold.objects.get()
    for doing, code in (
        (lambda: legal_holds.place_hold(person=scene.hedda, reason="Mine", by=scene.hedda, at=scene.at), "own"),
        (lambda: legal_holds.place_hold(person=scene.gwen, reason="A matter", by=scene.stan, at=scene.at), "not_yours"),
        (lambda: legal_holds.place_hold(person=scene.gwen, reason="A matter", by=cast.hilda, at=scene.at), "not_yours"),
        (lambda: legal_holds.place_hold(person=cast.tara, reason="A matter", by=cast.hilda, at=scene.at), "not_yours"),
        (lambda: legal_holds.place_hold(person=scene.gwen, reason="  ", by=scene.hedda, at=scene.at), "reason"),
        (lambda: legal_holds.place_hold(person=scene.kate, reason="Twice", by=scene.hedda, at=scene.at), "held"),
        (lambda: legal_holds.end_hold(hold=hold, by=scene.kate, at=scene.at), "own"),
        (lambda: legal_holds.end_hold(hold=hold, by=scene.stan, at=scene.at), "not_yours"),
    ):
        with pytest.raises(RefusedError) as refused:
            doing()
        assert refused.value.code == code
    legal_holds.end_hold(hold=hold, by=scene.hedda, at=scene.at)
    with pytest.raises(RefusedError, match="ended already"):
        legal_holds.end_hold(hold=hold, by=scene.hedda, at=scene.at)
    erasure.erase_person(person=scene.gwen, reason="asked for", at=scene.at)
    with pytest.raises(RefusedError, match="nothing left to hold"):
        legal_holds.place_hold(person=scene.gwen, reason="Late", by=scene.hedda, at=scene.at)


@pytest.mark.parametrize(
    ("kind", "before", "school", "goes"),
    [
        ("replies", 30, "oldfield", True),
        ("replies", 30, "hillside", False),  # another school's
        ("letters", 30, "oldfield", False),  # of another kind
        ("replies", 3000, "oldfield", False),  # of what is older than this
    ],
)
def test_a_disposal_opens_the_guard_for_its_school_its_kind_and_what_is_older(scene: Aged, cast: Cast, kind, before, school, goes):
    moment = scene.at - before * DAY
    of = scene.school if school == "oldfield" else cast.hillside
    Disposal.objects.create(school=of, kind=kind, before_at=moment, before_on=moment.date(), rows=1, done_at=scene.at)
    Email.objects.filter(response__person=scene.gwen).delete()
    reply = Response.objects.filter(person=scene.gwen)
    if goes:
        assert reply.delete()[0] == 1
        return
    with pytest.raises(IntegrityError, match="reply: rows are kept"), transaction.atomic():
        reply.delete()
