"""What a new capability gets without a word about it anywhere else."""

import pytest
from declarations.notices.actions import read
from django.utils import timezone

from declarations.evidence.models import Entry
from declarations.privacy.subject_access import archive, collect
from declarations.web import registry
from tests.access import table, wrong_answers
from tests.cast import Cast
from tests.evidence.owner import checked, facts_of


@pytest.fixture
def notice(cast: Cast):
    return read(person=cast.ben, school=cast.hillside, remark="Read at lunch", at=timezone.now())


def test_the_menu_has_its_entry_and_the_dashboard_its_panel(notice, cast: Cast, signed_in):
    assert '<a href="/notices/">Notices</a>' in signed_in(cast.ben).get("/").text
    assert "Read at lunch" in signed_in(cast.ben).get("/notices/").text
    assert "1 notice was read." in signed_in(cast.hilda).get("/admin/").text


def test_whoever_asks_for_their_data_gets_it(notice, cast: Cast):
    def told(person) -> str:
        return archive.as_json(collect.collect(person=person, at=timezone.now()))

    assert "Read at lunch" in told(cast.ben)
    assert "Read at lunch" not in told(cast.ada)
    # Its record in the log, because the kind says whom it is about.
    assert f'"notice": {notice.pk}' in told(cast.ben)


def test_its_kind_is_in_the_log(notice, cast: Cast):
    assert facts_of(Entry.objects.get(kind="notice.read"))["notice"] == notice.pk
    assert "notice.read" in {kind.name for kind in registry.every(lambda capability: capability.log_kinds)}
    assert checked() == (0, [])


def test_the_access_matrix_has_its_rows(cast: Cast, clients):
    rows = [route for route in table() if "notice" in route]
    assert len(rows) == 7
    assert wrong_answers(cast, clients, rows) == {}
