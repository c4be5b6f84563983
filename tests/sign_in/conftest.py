"""A provider on loopback, and Hillside and Riverside that let it vouch for their people."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache

from declarations.sign_in.models import IdentityProvider
from tests.cast import Cast
from tests.sign_in.provider import CLIENT_ID, SECRET, TENANT, Provider, running


@pytest.fixture(autouse=True)
def no_limits_from_other_tests(db: None) -> None:
    cache.clear()


@pytest.fixture
def provider(settings, tmp_path: Path) -> Iterator[Provider]:
    """Plays both: its tokens say which."""
    settings.IDENTITY_SECRETS_DIR = tmp_path
    for slug in ("hillside-microsoft", "hillside-google"):
        (tmp_path / slug).write_text(f"{SECRET}\n")
        (tmp_path / slug).chmod(0o600)
    with running() as provider:
        settings.IDENTITY_ISSUERS = {"microsoft": f"{provider.url}/{{tenant}}/v2.0", "google": f"{provider.url}/{TENANT}/v2.0"}
        yield provider


@pytest.fixture
def microsoft(cast: Cast, provider: Provider) -> IdentityProvider:
    return IdentityProvider.objects.create(
        school=cast.hillside, kind="microsoft", slug="hillside-microsoft", client_id=CLIENT_ID, tenant=TENANT, domains="hillside.example"
    )


@pytest.fixture
def google(cast: Cast, provider: Provider) -> IdentityProvider:
    return IdentityProvider.objects.create(
        school=cast.hillside, kind="google", slug="hillside-google", client_id=CLIENT_ID, domains="hillside.example staff.hillside.example"
    )
