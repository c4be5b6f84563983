"""Leases: one worker has a row for some time, and each attempt is counted."""

import datetime as dt

import pytest

from declarations.common import lease
from declarations.jobs.models import Job

AT = dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def job() -> Job:
    return Job.objects.create(name="a task", due_at=AT)


def take(at: dt.datetime, **changes: object) -> bool:
    return lease.take(Job.objects.filter(name="a task"), at=at, lasts=MINUTE, **changes)


def test_a_row_is_taken_once_until_the_lease_is_over(job: Job):
    assert take(AT, started_at=AT)
    job.refresh_from_db()
    assert (job.locked_until, job.attempts, job.started_at) == (AT + MINUTE, 1, AT)
    assert not take(AT)
    assert not take(AT + MINUTE - dt.timedelta(microseconds=1))
    assert take(AT + MINUTE)
    job.refresh_from_db()
    assert (job.locked_until, job.attempts) == (AT + 2 * MINUTE, 2)


def test_a_row_that_is_not_among_those_to_take_is_left_alone(job: Job):
    assert not lease.take(Job.objects.filter(due_at__gt=AT), at=AT, lasts=MINUTE)
    job.refresh_from_db()
    assert (job.locked_until, job.attempts) == (None, 0)


def test_another_column_can_hold_the_lease_and_the_attempts_can_begin_anew(job: Job):
    assert not lease.take(Job.objects.all(), at=AT - MINUTE, lasts=MINUTE, column="due_at")
    assert lease.take(Job.objects.all(), at=AT, lasts=MINUTE, column="due_at", attempts=7)
    job.refresh_from_db()
    assert (job.due_at, job.locked_until, job.attempts) == (AT + MINUTE, None, 7)


def test_what_is_free_can_be_asked_beforehand(job: Job):
    assert Job.objects.filter(lease.is_free(at=AT)).exists()
    assert take(AT)
    assert not Job.objects.filter(lease.is_free(at=AT)).exists()
    assert Job.objects.filter(lease.is_free(at=AT + MINUTE)).exists()
