"""Checkpoints go to people outside, each week, and the light says when they do not."""

import datetime as dt
import threading

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from declarations.checkpoints.actions import make_and_queue
from declarations.checkpoints.queries import CheckpointStatus, checkpoint_status
from declarations.evidence.models import Checkpoint, Log
from declarations.mail import outbox
from declarations.mail.models import Email
from tests.cast import Cast, ask, make_school

DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)
CHAIR, OFFICER = "chair@governors.example", "dpo@hillside.example"


@pytest.fixture
def named(cast: Cast) -> Cast:
    Email.objects.all().delete()  # the receipts are another test's
    cast.hillside.checkpoint_recipients = f"{CHAIR}  {OFFICER}"
    cast.hillside.save()
    return cast


def post(at: dt.datetime) -> int:
    return sum(outbox.send(letter, at=at) for letter in outbox.due(at=at))


def letters() -> list[tuple[str, int]]:
    return list(Email.objects.filter(kind="checkpoint").order_by("pk").values_list("recipient", "checkpoint__size"))


def test_each_custodian_is_written_to_each_week(named: Cast):
    at, size = timezone.now(), Log.objects.get(school=named.hillside).entries.count()
    assert make_and_queue(at=at) == 2
    assert letters() == [(CHAIR, size), (OFFICER, size)]
    for later in (dt.timedelta(0), SECOND, DAY, 7 * DAY - SECOND):
        assert make_and_queue(at=at + later) == 0
    ask(named.ada, "3c:22:fb:00:00:02")
    assert make_and_queue(at=at + 7 * DAY) == 2
    assert letters()[2:] == [(CHAIR, size + 1), (OFFICER, size + 1)]


def test_a_new_custodian_is_written_to_at_once(named: Cast):
    at = timezone.now()
    make_and_queue(at=at)
    named.hillside.checkpoint_recipients += " governor@hillside.example"
    named.hillside.save()
    assert make_and_queue(at=at + DAY) == 1
    assert letters()[-1][0] == "governor@hillside.example"
    named.hillside.checkpoint_recipients = "governor@hillside.example"
    named.hillside.save()
    assert make_and_queue(at=at + 8 * DAY) == 1


def test_the_letter_holds_the_checkpoint(named: Cast):
    at = timezone.now()
    make_and_queue(at=at)
    assert post(at) == 2
    note = Checkpoint.objects.get(log__school=named.hillside).note
    assert [message.to for message in mail.outbox] == [[CHAIR], [OFFICER]]
    for message in mail.outbox:
        assert note in message.body
        assert "/.well-known/aup-evidence.txt" in message.body
        assert [attached.content for attached in message.attachments] == [note]
        assert "Hillside School" in message.subject
    # What went to whom is on record.
    assert set(Email.objects.values_list("recipient", "checkpoint__note", "sent_at")) == {(CHAIR, note, at), (OFFICER, note, at)}


def test_a_checkpoint_is_made_each_day_on_which_something_happened(named: Cast):
    named.hillside.checkpoint_recipients = ""
    named.hillside.save()
    at, log = timezone.now(), Log.objects.get(school=named.hillside)
    for days, sizes in ((0, 1), (0, 1), (1, 1)):
        make_and_queue(at=at + days * DAY)
        assert log.checkpoints.count() == sizes
    ask(named.ada, "3c:22:fb:00:00:02")
    make_and_queue(at=at + DAY)
    make_and_queue(at=at + DAY)
    assert log.checkpoints.count() == 2
    assert Checkpoint.objects.filter(log__school=named.riverside).count() == 1


def test_a_school_in_which_nothing_happened_is_left_alone(named: Cast):
    make_school("lakeside", "Lakeside School")
    make_and_queue(at=timezone.now())
    assert not Email.objects.filter(school__slug="lakeside").exists()
    assert not Log.objects.filter(school__slug="lakeside").exists()


def test_the_light(named: Cast):
    at = timezone.now()
    assert checkpoint_status(school=named.riverside, at=at) == (CheckpointStatus.NOBODY, None)
    assert checkpoint_status(school=named.hillside, at=at) == (CheckpointStatus.AMBER, None)
    make_and_queue(at=at)
    # Written is not sent.
    assert checkpoint_status(school=named.hillside, at=at) == (CheckpointStatus.AMBER, None)
    post(at)
    assert checkpoint_status(school=named.hillside, at=at) == (CheckpointStatus.GREEN, at)
    assert checkpoint_status(school=named.hillside, at=at + 8 * DAY) == (CheckpointStatus.GREEN, at)
    assert checkpoint_status(school=named.hillside, at=at + 8 * DAY + SECOND) == (CheckpointStatus.AMBER, at)
    named.hillside.checkpoint_recipients = " "
    named.hillside.save()
    assert checkpoint_status(school=named.hillside, at=at) == (CheckpointStatus.NOBODY, at)


def test_a_receipt_is_no_custody(cast: Cast):
    """It lights nothing: the signer is not outside."""
    at = timezone.now()
    cast.hillside.checkpoint_recipients = CHAIR
    cast.hillside.save()
    assert post(at) == 1
    assert checkpoint_status(school=cast.hillside, at=at) == (CheckpointStatus.AMBER, None)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_each_letter_once(named: Cast):
    at, rounds, errors = timezone.now(), 10, []
    barrier = threading.Barrier(2)

    def work() -> None:
        try:
            for number in range(rounds):
                barrier.wait(30)
                make_and_queue(at=at + number * 7 * DAY)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is the finding
            errors.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert errors == []
    assert Email.objects.filter(kind="checkpoint").count() == 2 * rounds
