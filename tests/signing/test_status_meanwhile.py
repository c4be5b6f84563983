"""Somebody signs in another window between two of the questions that `standing` asks."""

from collections.abc import Callable

from django.db import connection
from django.utils import timezone

from declarations.signing.status import SigningStatus, signing_status
from tests.cast import Cast, sign


def test_signed_between_two_questions(cast: Cast):
    asked: list[str] = []

    def meanwhile(execute: Callable, sql: str, params: object, many: bool, context: dict) -> object:
        answer = execute(sql, params, many, context)
        if not asked and 'FROM "declarations_declaration"' in sql:
            asked.append(sql)
            sign(cast.ada)
        return answer

    with connection.execute_wrapper(meanwhile):
        status = signing_status(person=cast.ada, on=cast.hillside.day_of(timezone.now()))
    assert asked
    assert status.status == SigningStatus.SIGNED
    assert status.declaration is not None
    assert status.declaration.person == cast.ada
