"""The database goes away in the middle of somebody's work: a page in words, and nothing half there."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, OperationalError, ProgrammingError, connection
from django.test import Client

from declarations.evidence.models import Entry
from declarations.mail.models import Email
from declarations.signing.models.declaration import Declaration
from tests.cast import Cast, read_everything

AWAY = "the database is away"


class Away:
    """The database refuses the statements that hold these words."""

    def __init__(self, refused: str, error: type[DatabaseError] = OperationalError) -> None:
        self.refused, self.error = refused, error

    def __call__(self, execute: Callable, sql: str, params: object, many: bool, context: dict) -> object:
        if self.refused in sql:
            raise self.error(AWAY)
        return execute(sql, params, many, context)


def ready_to_sign(cast: Cast, client: Client) -> dict[str, object]:
    current = read_everything(cast.ada, cast.aup.published_at)
    client.raise_request_exception = False
    ticks = {f"confirm_{one['key']}": "on" for one in cast.aup.confirmations}
    return {"aup": current["aup"].pk, "leaflet": current["leaflet"].pk, "typed_name": "Ada Example"} | ticks


@pytest.mark.parametrize("refused", ["INSERT INTO", 'INSERT INTO "declarations_letter"', "SELECT"], ids=["full", "full late", "down"])
def test_signing_says_not_recorded(cast: Cast, signed_in, refused: str):
    client = signed_in(cast.ada)
    form = ready_to_sign(cast, client)
    before = [facts.objects.count() for facts in (Declaration, Entry, Email)]
    with connection.execute_wrapper(Away(refused)):
        response = client.post("/sign/", form)
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert "Your declaration has not been recorded" in response.text
    assert AWAY not in response.text
    assert [facts.objects.count() for facts in (Declaration, Entry, Email)] == before
    # There is room again: the same form signs.
    assert client.post("/sign/", form)["Location"].startswith("/declarations/")


def test_other_pages_say_what_was_asked(cast: Cast, signed_in):
    client = signed_in(cast.ada)
    client.raise_request_exception = False
    with connection.execute_wrapper(Away("SELECT")):
        shown, sent = client.get("/"), client.post("/devices/add/", {})
    assert (shown.status_code, sent.status_code) == (503, 503)
    assert "does not answer at the moment" in shown.text
    assert "has not been recorded" not in shown.text
    assert "What you sent has not been recorded" in sent.text
    assert "default-src 'none'" in shown["Content-Security-Policy"]


def test_a_fault_of_ours_is_no_503(cast: Cast, signed_in):
    client = signed_in(cast.ada)
    client.raise_request_exception = False
    with connection.execute_wrapper(Away("SELECT", ProgrammingError)):
        response = client.get("/")
    assert response.status_code == 500
    assert "Something went wrong here" in response.text


def test_a_certificate_without_the_key_says_who_must_do_what(cast: Cast, signed_in, settings, tmp_path):
    client = signed_in(cast.ben)
    client.raise_request_exception = False
    reference = Declaration.objects.get(person=cast.ben).reference
    before = Entry.objects.count()
    settings.EVIDENCE_KEY_FILE = tmp_path / "nothing.key"
    response = client.get(f"/declarations/{reference}.pdf")
    assert response.status_code == 503
    assert "evidence key of this site cannot be read" in response.text
    assert "nothing.key" not in response.text
    assert Entry.objects.count() == before
