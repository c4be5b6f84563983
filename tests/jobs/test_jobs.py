"""What runs by itself: each job once when it is due, whoever dies; seen in the admin; late ones on the front page."""

import datetime as dt
import os
import signal
import threading
import time
from pathlib import Path

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from declarations.common import lease
from declarations.devices.actions import approval
from declarations.evidence.log import MissingKeyError
from declarations.jobs import scheduler
from declarations.jobs.models import Job
from declarations.mail.models import Email
from declarations.network import last_seen
from tests.cast import Cast, ask, make_person
from tests.mail.stub import mail_server
from tests.mail.test_outbox import database_of_another_process, letters_there, start_worker
from tests.reminders.living import REMINDERS, at, day

MORNING = at(day("2026-11-23"), "07:00")
SECOND = dt.timedelta(seconds=1)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def known(db: None) -> None:
    """All have run, and are due at their times of the next days."""
    scheduler.run_due(at=MORNING - HOUR)


def test_a_new_installation_runs_all_at_once(db):
    assert scheduler.run_due(at=MORNING) == len(scheduler.daily_tasks())
    assert scheduler.run_due(at=MORNING + SECOND) == 0
    assert {job.name: job.due_at for job in Job.objects.all()} == {
        "checkpoints": at(day("2026-11-24"), "01:00"),
        "network": at(day("2026-11-24"), "02:00"),
        "staff-lists": at(day("2026-11-24"), "02:15"),
        "sessions": at(day("2026-11-24"), "02:30"),
        "reminders": at(day("2026-11-24"), "07:00"),
    }


def test_each_runs_at_its_time_of_day_also_where_the_clock_changes():
    """28 March 2027: summer time begins; seven o'clock is six in UTC from then on."""
    assert scheduler.next_after(REMINDERS, at(day("2027-03-27"), "07:00")) == dt.datetime(2027, 3, 28, 6, tzinfo=dt.UTC)
    assert scheduler.next_after(REMINDERS, at(day("2027-03-27"), "06:59")) == dt.datetime(2027, 3, 27, 7, tzinfo=dt.UTC)


def test_what_was_missed_runs_once(known):
    """The worker was dead for a week."""
    later = MORNING + dt.timedelta(days=7, minutes=3)
    assert [scheduler.run_due(at=later), scheduler.run_due(at=later + SECOND)] == [len(scheduler.daily_tasks()), 0]
    assert Job.objects.get(name="reminders").due_at == at(day("2026-12-01"), "07:00")


def test_a_job_that_is_held_is_nobody_elses_until_the_hold_is_over(known):
    assert scheduler.take(REMINDERS, at=MORNING)
    assert not scheduler.take(REMINDERS, at=MORNING + SECOND)
    assert scheduler.run_due(at=MORNING + lease.FOR_A_TASK - SECOND) == 0
    # Its worker was killed.
    assert scheduler.run_due(at=MORNING + lease.FOR_A_TASK) == 1
    job = Job.objects.get(name="reminders")
    assert (job.attempts, job.locked_until, job.error) == (0, None, "")


def test_who_was_thought_dead_does_not_write_over_the_others_result(known):
    assert scheduler.take(REMINDERS, at=MORNING)
    assert scheduler.run_due(at=MORNING + lease.FOR_A_TASK) == 1
    due_at = Job.objects.get(name="reminders").due_at
    scheduler.run(REMINDERS, at=MORNING)
    assert Job.objects.get(name="reminders").due_at == due_at


def test_trouble_is_noted_and_it_is_tried_again_less_and_less_often(cast: Cast, settings, tmp_path: Path):
    """Without its key no checkpoint can be made; the other jobs run."""
    cast.hillside.checkpoint_recipients = "chair@governors.example"
    cast.hillside.save()
    there, settings.EVIDENCE_KEY_FILE = settings.EVIDENCE_KEY_FILE, tmp_path / "none.key"
    assert scheduler.run_due(at=MORNING) == len(scheduler.daily_tasks())
    job = Job.objects.get(name="checkpoints")
    assert (job.error, job.finished_at, job.locked_until) == (MissingKeyError.__name__, None, MORNING + dt.timedelta(minutes=1))
    assert scheduler.run_due(at=MORNING + 59 * SECOND) == 0
    assert scheduler.run_due(at=MORNING + 60 * SECOND) == 1
    assert Job.objects.get(name="checkpoints").locked_until == MORNING + 60 * SECOND + dt.timedelta(minutes=2)
    settings.EVIDENCE_KEY_FILE = there
    assert scheduler.run_due(at=MORNING + HOUR) == 1
    job = Job.objects.get(name="checkpoints")
    assert (job.error, job.result) == ("", "1 letter written")


def test_cleaning(cast: Cast):
    Session.objects.create(session_key="old", session_data="", expire_date=MORNING - SECOND)
    Session.objects.create(session_key="new", session_data="", expire_date=MORNING + HOUR)
    for key in ("old", "new"):
        UserSession.objects.create(user=cast.ben, ip="192.0.2.7", session_key=key, user_agent="Browser")
    scheduler.run_due(at=MORNING)
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
    assert list(UserSession.objects.values_list("session_key", flat=True)) == ["new"]
    assert Job.objects.get(name="sessions").result == "1 row deleted"
    assert last_seen.purge(at=MORNING) == 0


def test_a_sign_of_life_once_a_minute(db):
    scheduler.sign_of_life("letters", at=MORNING)
    scheduler.sign_of_life("letters", at=MORNING + 59 * SECOND)
    assert Job.objects.get(name="letters").finished_at == MORNING
    scheduler.sign_of_life("letters", at=MORNING + 60 * SECOND)
    assert Job.objects.get(name="letters").finished_at == MORNING + 60 * SECOND
    scheduler.sign_of_life("letters", at=MORNING + 61 * SECOND, number=2)
    job = Job.objects.get(name="letters")
    assert (job.finished_at, job.result) == (MORNING + 61 * SECOND, "2 letters sent")


def test_what_is_late(known):
    moment = MORNING + SECOND
    for name in ("letters", "disconnects"):
        scheduler.sign_of_life(name, at=moment)
    assert scheduler.late(at=moment) == []
    names = [one.name for one in scheduler.late(at=moment + dt.timedelta(minutes=12))]
    assert names == ["letters", "disconnects"]
    assert [one.name for one in scheduler.late(at=moment + HOUR)] == ["letters", "disconnects", "reminders"]
    Job.objects.all().delete()
    assert scheduler.late(at=moment) == scheduler.tasks()


def test_the_pages(cast: Cast, signed_in):
    client = signed_in(cast.hilda)
    assert "has never run" in client.get("/admin/scheduled-tasks/").text
    assert "What should run by itself does not:" in client.get("/admin/").text
    now = timezone.now()
    scheduler.run_due(at=now)
    for name in ("letters", "disconnects"):
        scheduler.sign_of_life(name, at=now)
    page = client.get("/admin/scheduled-tasks/").text
    assert "has never run" not in page
    assert page.count("in time") == len(scheduler.tasks())
    assert "every day from 07:00, Europe/London time" in page
    assert "What should run by itself does not:" not in client.get("/admin/").text


def test_a_school_reads_all_its_messages(cast: Cast, signed_in):
    page = signed_in(cast.hilda).get("/admin/emails/").text
    assert page.count("<h2") == 19
    for words in (
        "Sam Example",
        "Hillside School",
        "Example Phone 5",
        "wants to talk",
        "declines to sign",
        "may no longer use the Wi-Fi",
        "Your invitation: Hillside",
        "choose a password if you want one",
        "entered for you from the paper",
    ):
        assert words in page
    assert "ada@" not in page
    assert signed_in(cast.tara).get("/admin/emails/").text.count("<h2") == 0


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_runs_each_job():
    barrier, ran, errors = threading.Barrier(2), [], []

    def work() -> None:
        try:
            for number in range(10):
                barrier.wait(30)
                ran.append(scheduler.run_due(at=MORNING + dt.timedelta(days=number)))
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
    assert sum(ran) == 10 * len(scheduler.daily_tasks())


@pytest.mark.django_db(transaction=True)
def test_two_workers_of_which_one_is_killed_lose_no_message(cast: Cast, tmp_path: Path):
    """SIGKILL each time the mail server has a message and the worker does not know it yet; the other goes on."""
    kills, letters, now = 3, 12, timezone.now()
    # Decisions, which leave at any hour of any day.
    for number in range(letters):
        owner = make_person(cast.hillside, f"p{number}@hillside.example", f"P {number}")
        permission = ask(owner, f"3C:22:FB:00:01:{number:02X}", now)
        approval.approve(permission=permission, by=cast.hilda, until=cast.hillside.day_of(now) + dt.timedelta(days=30), at=now)
    Email.objects.exclude(kind="decision").delete()
    Job.objects.create(name="reminders", due_at=timezone.now() + dt.timedelta(days=1))
    url = database_of_another_process(tmp_path)
    with mail_server() as stub:
        workers = [start_worker(url, stub) for _ in range(2)]
        killed, one_at_a_time = [], threading.Lock()

        def kill_one() -> None:
            with one_at_a_time:
                if len(killed) < kills:
                    victim = workers.pop(0)
                    os.kill(victim.pid, signal.SIGKILL)
                    killed.append(victim)
                    workers.append(start_worker(url, stub))

        stub.on_arrival = kill_one
        until = time.monotonic() + 60
        while len(stub.ids()) < letters and time.monotonic() < until:
            time.sleep(0.1)
            # The hold of the dead ends in five minutes; here it has ended.
            letters_there(tmp_path, "UPDATE declarations_letter SET not_before = written_at WHERE sent_at IS NULL AND attempts > 0")
        stub.on_arrival = lambda: None
        for worker in workers:
            worker.terminate()
        for worker in [*workers, *killed]:
            worker.communicate(timeout=60)
    assert len(stub.ids()) == letters
    assert sum(count - 1 for count in stub.ids().values()) <= kills
