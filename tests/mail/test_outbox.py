"""The outbox: written with what it tells of, sent at least once, whatever the mail server and the worker do."""

import datetime as dt
import hashlib
import io
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from smtplib import SMTPConnectError, SMTPDataError, SMTPRecipientsRefused

import pytest
from django.conf import settings as product
from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from pypdf import PdfReader

from declarations.certificates.models import IssuedCertificate
from declarations.common import lease
from declarations.evidence.models import Checkpoint, Entry
from declarations.jobs.models import Job
from declarations.mail import outbox
from declarations.mail.models import Email
from declarations.signing.actions.erase import erase_declaration
from declarations.signing.models.declaration import Declaration
from tests.cast import Cast, sign
from tests.mail.stub import Stub, closed_port, mail_server

SECOND = dt.timedelta(seconds=1)


@pytest.fixture(autouse=True)
def no_reminders_today(cast: Cast) -> None:
    """On a school day a worker would write them too; tests/year has them."""
    Job.objects.create(name="reminders", due_at=timezone.now() + dt.timedelta(days=1))


def post(at: dt.datetime) -> int:
    """What a worker does in one turn with the letters."""
    return sum(outbox.send(letter, at=at) for letter in outbox.due(at=at))


def receipt_of(person) -> Email:
    return Email.objects.get(declaration__person=person, kind="receipt")


# --- in the transaction of what it tells of


def test_a_receipt_is_written_when_somebody_signs(cast: Cast):
    at = timezone.now()
    declaration = sign(cast.ada, at)
    letter = Email.objects.get(declaration=declaration)
    assert (letter.kind, letter.recipient, letter.school, letter.written_at, letter.not_before) == (
        "receipt", "ada@hillside.example", cast.hillside, at, at,
    )  # fmt: skip
    assert (letter.attempts, letter.sent_at, letter.error) == (0, None, "")
    assert mail.outbox == []
    sign(cast.ada, at)
    assert Email.objects.filter(declaration=declaration).count() == 1


class PowerCut(Exception):
    pass


@pytest.mark.django_db(transaction=True)
def test_without_the_declaration_there_is_no_receipt(cast: Cast):
    def signs_and_the_power_fails() -> None:
        with transaction.atomic():
            sign(cast.ada)
            raise PowerCut

    with pytest.raises(PowerCut):
        signs_and_the_power_fails()
    assert not Email.objects.filter(recipient="ada@hillside.example").exists()


# --- what is in it


def test_the_receipt_carries_certificate_and_checkpoint(cast: Cast):
    at = timezone.now()
    assert post(at) == 1
    (message,) = mail.outbox
    declaration = Declaration.objects.get(person=cast.ben)
    checkpoint = Checkpoint.objects.get()
    assert message.to == ["ben@hillside.example"]
    assert message.subject == f"Your declaration {declaration.reference}"
    assert checkpoint.note in message.body
    assert f"/certificates/{declaration.reference}.pdf" in message.body or declaration.reference in message.body
    (pdf, note) = message.attachments
    assert (pdf.filename, pdf.mimetype) == (f"declaration-{declaration.reference}.pdf", "application/pdf")
    assert (note.filename, note.content, note.mimetype) == (f"checkpoint-{checkpoint.size}.txt", checkpoint.note, "text/plain")
    attached = PdfReader(io.BytesIO(pdf.content)).attachments
    assert attached["checkpoint.txt"] == [checkpoint.note.encode()]
    assert attached["record.json"] == [bytes(declaration.entry.record)]
    # What left the house is in the log.
    assert IssuedCertificate.objects.get().sha256 == hashlib.sha256(pdf.content).hexdigest()
    letter = receipt_of(cast.ben)
    assert (letter.sent_at, letter.attempts, letter.error) == (at, 1, "")
    assert post(at + dt.timedelta(days=30)) == 0
    assert len(mail.outbox) == 1


def test_the_message_id_is_the_letters(cast: Cast, settings):
    """A mail program shows a second copy as the same message."""
    settings.SITE_URL = "https://policy.trust.example:8443"
    letter = receipt_of(cast.ben)
    ids = {outbox.message_of(letter, at=timezone.now()).message()["Message-ID"] for _ in range(2)}
    assert ids == {f"<letter-{letter.pk}@policy.trust.example>"}


def test_the_receipt_as_it_crosses_the_network(cast: Cast, settings):
    with mail_server() as stub:
        settings.MAILERS = stub.options()
        assert post(timezone.now()) == 1
    (message,) = stub.arrived
    assert message["To"] == "ben@hillside.example"
    pdf, note = [part for part in message.walk() if part.get_filename()]
    assert hashlib.sha256(pdf.get_payload(decode=True)).hexdigest() == IssuedCertificate.objects.get().sha256
    assert note.get_payload(decode=True).decode().replace("\r\n", "\n").strip() == Checkpoint.objects.get().note.strip()


# --- a mail server in a bad mood


def trouble_of(stub: Stub | None, settings, at: dt.datetime, cast: Cast) -> str:
    settings.MAILERS = stub.options(timeout=1) if stub else Stub(port=closed_port()).options()
    assert post(at) == 0
    return receipt_of(cast.ben).error


@pytest.mark.parametrize(
    ("mood", "error"),
    [
        ("refuses", "SMTPRecipientsRefused"),
        ("busy", "SMTPConnectError 421"),
        ("hangs", "SMTPServerDisconnected"),
        (None, "ConnectionRefusedError 111"),
    ],
)
def test_signing_goes_on_and_letters_arrive_once_it_is_well(cast: Cast, settings, mood, error, caplog):
    at = timezone.now()
    with mail_server(mood or "well") as stub:
        assert trouble_of(stub if mood else None, settings, at, cast) == error
        # Nobody's name or address in what is logged, whatever the mail server said.
        assert "hillside" not in caplog.text
        assert "could not be sent" in caplog.text
        assert sign(cast.ada, at).reference
        assert len(outbox.due(at=at)) == 1
        stub.mood = "well"
        settings.MAILERS = stub.options()
        assert post(at + 15 * SECOND) == 2
        assert post(at + dt.timedelta(days=1)) == 0
        assert sorted(message["To"] for message in stub.arrived) == ["ada@hillside.example", "ben@hillside.example"]
        assert set(stub.ids().values()) == {1}
    assert receipt_of(cast.ben).error == ""


@pytest.mark.parametrize(
    ("error", "for_good"),
    [
        (SMTPRecipientsRefused({"ben@hillside.example": (499, b"")}), False),
        (SMTPRecipientsRefused({"ben@hillside.example": (500, b"")}), True),
        (SMTPRecipientsRefused({"ada@hillside.example": (550, b""), "ben@hillside.example": (450, b"")}), False),
        (SMTPDataError(499, b""), False),
        (SMTPDataError(500, b""), True),
        (SMTPConnectError(550, b""), False),
        (ConnectionRefusedError(111, ""), False),
        (ValueError("Neither a name nor an address."), True),
    ],
)
def test_only_what_the_server_says_of_the_address_or_the_message_is_for_good(error: Exception, for_good: bool):
    assert outbox.is_for_good(error) is for_good


def test_it_is_tried_less_and_less_often(cast: Cast, settings):
    settings.MAILERS = Stub(port=closed_port()).options()
    at, waits = timezone.now(), []
    for _ in range(12):
        assert post(at) == 0
        letter = receipt_of(cast.ben)
        assert post(letter.not_before - SECOND) == 0
        assert receipt_of(cast.ben).attempts == letter.attempts
        waits.append((letter.not_before - at).total_seconds())
        at = letter.not_before
    assert waits == [15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]


def test_without_a_key_the_letters_wait(cast: Cast, settings, tmp_path: Path):
    at, there = timezone.now(), settings.EVIDENCE_KEY_FILE
    assert sign(cast.ada, at).reference
    settings.EVIDENCE_KEY_FILE = tmp_path / "none.key"
    assert post(at) == 0
    assert receipt_of(cast.ben).error == "MissingKeyError"
    settings.EVIDENCE_KEY_FILE = there
    assert post(at + 15 * SECOND) == 2


@pytest.mark.parametrize(
    "address", ["not an address", "two@at@example", "nobody@" + "x" * 70 + ".example", "new@line.example\nBcc: all@example"]
)
def test_an_address_that_no_mail_can_have_keeps_nothing_from_going(cast: Cast, settings, address):
    at = timezone.now()
    Email.objects.filter(pk=receipt_of(cast.ben).pk).update(recipient=address)
    sign(cast.ada, at)
    with mail_server() as stub:
        settings.MAILERS = stub.options()
        post(at)
    assert "ada@hillside.example" in {message["To"] for message in stub.arrived}
    assert receipt_of(cast.ada).sent_at == at


def test_what_was_erased_meanwhile_is_not_sent(cast: Cast, monkeypatch):
    """Between taking the letter and writing it out."""
    real, at = outbox.message_of, timezone.now()

    def erased_first(letter: Email, *, at: dt.datetime):
        erase_declaration(declaration=Declaration.objects.get(person=cast.ben), reason="asked for", at=at)
        return real(letter, at=at)

    monkeypatch.setattr(outbox, "message_of", erased_first)
    assert post(at) == 0
    assert mail.outbox == []
    assert not Email.objects.filter(declaration__isnull=False).exists()


# --- several workers, and what dies


def test_a_letter_in_hand_is_nobody_elses(cast: Cast, monkeypatch):
    """While one worker sends, another finds nothing to do; once the hold is over, it is due again."""
    at, seen = timezone.now(), []
    real = outbox.message_of

    def meanwhile(letter: Email, *, at: dt.datetime):
        seen.append((outbox.due(at=at), outbox.send(letter.pk, at=at), outbox.due(at=at + lease.FOR_AN_EMAIL)))
        return real(letter, at=at)

    monkeypatch.setattr(outbox, "message_of", meanwhile)
    assert post(at) == 1
    assert seen == [([], False, [receipt_of(cast.ben).pk])]
    assert len(mail.outbox) == 1


def test_a_letter_that_was_taken_since_the_list_was_made_is_left(cast: Cast):
    at = timezone.now()
    (letter,) = outbox.due(at=at)
    assert outbox.send(letter, at=at)
    assert not outbox.send(letter, at=at)
    assert not outbox.send(letter, at=at + dt.timedelta(days=1))
    assert len(mail.outbox) == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_never_send_one_letter_twice(cast: Cast, settings):
    at = timezone.now()
    declaration = Declaration.objects.get(person=cast.ben)
    Email.objects.filter(declaration=declaration).delete()
    checkpoint = Checkpoint.objects.create(log=declaration.entry.log, size=1, note="a note", made_at=at)
    facts = {"school": cast.hillside, "kind": "checkpoint", "checkpoint": checkpoint, "written_at": at, "not_before": at}
    Email.objects.bulk_create(Email(recipient=f"p{number}@governors.example", **facts) for number in range(40))
    start, sent, errors = threading.Barrier(2), [], []

    def work() -> None:
        try:
            start.wait(10)
            sent.append(post(at))
        except Exception as error:  # noqa: BLE001  # whatever it is, it is the finding
            errors.append(error)
        finally:
            connection.close()

    with mail_server() as stub:
        settings.MAILERS = stub.options()
        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert errors == []
    assert sum(sent) == 40
    assert len(stub.arrived) == 40
    assert set(stub.ids().values()) == {1}


def database_of_another_process(folder: Path) -> str:
    """The test's database, for a process of its own: PostgreSQL's as it is; SQLite's, which is in memory, as a file."""
    if connection.vendor == "postgresql":
        name, host = connection.settings_dict["NAME"], connection.settings_dict["HOST"]
        return f"postgresql://{connection.settings_dict['USER']}@/{name}?host={host}"
    path = folder / "database.sqlite3"
    with sqlite3.connect(path) as copy:
        connection.connection.backup(copy)
    copy.close()
    return f"sqlite:///{path}"


def letters_there(folder: Path, sql: str) -> list[tuple]:
    """Asks, or tells, the database that the other process has."""
    if connection.vendor == "sqlite":
        with sqlite3.connect(folder / "database.sqlite3") as there:
            found = there.execute(sql).fetchall()
        there.close()
        return found
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def start_worker(url: str, stub: Stub, *words: str) -> subprocess.Popen:
    mailing = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(stub.port)}
    return subprocess.Popen(
        [sys.executable, "manage.py", "worker", *words],
        cwd=product.BASE_DIR,
        env=os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"} | mailing,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_sending_and_marking_sends_one_copy_more(cast: Cast, tmp_path: Path):
    """SIGKILL when the mail server has the message and the worker does not know it yet: the worst moment."""
    url = database_of_another_process(tmp_path)
    with mail_server() as stub:
        worker = start_worker(url, stub)
        stub.on_arrival = lambda: os.kill(worker.pid, signal.SIGKILL)
        worker.communicate(timeout=60)
        assert worker.returncode == -signal.SIGKILL
        assert len(stub.arrived) == 1
        stub.on_arrival = lambda: None
        assert letters_there(tmp_path, "SELECT attempts, sent_at FROM declarations_letter") == [(1, None)]
        # The hold ends in five minutes; here it has ended.
        assert Entry.objects.exists()
        letters_there(tmp_path, "UPDATE declarations_letter SET not_before = written_at")
        for said in ("1 letter(s) sent.\n", "0 letter(s) sent.\n"):
            worker = start_worker(url, stub, "--once")
            assert worker.communicate(timeout=60)[0].endswith(said)
            assert worker.returncode == 0
    # One duplicate, and it says of itself that it is one.
    assert list(stub.ids().values()) == [2]
    first, second = (bytes(next(p for p in one.walk() if p.get_filename()).get_payload(decode=True)) for one in stub.arrived)
    assert first == second
    if connection.vendor == "sqlite":
        assert letters_there(tmp_path, "SELECT COUNT(*) FROM declarations_issuedcertificate") == [(1,)]


@pytest.mark.django_db(transaction=True)
def test_a_worker_ends_when_it_is_asked_to(cast: Cast, tmp_path: Path):
    """SIGTERM: the letter in hand is finished, and the exit code is 0."""
    url = database_of_another_process(tmp_path)
    with mail_server() as stub:
        worker = start_worker(url, stub)
        stub.on_arrival = lambda: os.kill(worker.pid, signal.SIGTERM)
        said = worker.communicate(timeout=60)[0]
    assert (worker.returncode, len(stub.arrived)) == (0, 1)
    assert "worker stopped" in said
    assert letters_there(tmp_path, "SELECT COUNT(*) FROM declarations_letter WHERE sent_at IS NOT NULL") == [(1,)]


def test_once_says_what_it_did(cast: Cast):
    out = io.StringIO()
    call_command("worker", "--once", stdout=out)
    assert out.getvalue() == "1 letter(s) sent.\n"
