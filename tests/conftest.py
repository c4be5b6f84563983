"""What every test may ask for: the cast of people, two schools with published texts, and clients signed in as anybody."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.access import EVERYBODY
from tests.cast import Cast, sign_in_client
from tests.guards import let_the_cleaning_pass
from tests.snapshot import cast_from_snapshot

# Transactional tests are cleaned by emptying every table, which is just what the guards refuse.
let_the_cleaning_pass()


@pytest.fixture
def cast(db: None) -> Cast:
    return cast_from_snapshot()


@pytest.fixture
def signed_in() -> Callable[..., Client]:
    """`signed_in(person)`: a client signed in as this person, with the record of how, as allauth keeps it."""

    def sign_in(person: Any) -> Client:
        return sign_in_client(Client(), person)

    return sign_in


@pytest.fixture
def clients(cast: Cast, signed_in: Callable[..., Client]) -> dict[str, Client]:
    """A client of everybody in the access matrix, by name; `out` is signed in as nobody."""
    return {name: Client() if name == "out" else signed_in(getattr(cast, name)) for name in EVERYBODY}
