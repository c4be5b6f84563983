"""Every page, light and dark: axe finds nothing, nothing scrolls sideways on a phone, nothing breaks (Watch)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import rows
from tests.browser.faults import assert_faultless
from tests.browser.pages import FACTS, LOOKS, NO_PAGE, Look, addresses
from tools.browsing import Demo


@pytest.fixture(scope="package")
def facts(demo: Demo) -> dict[str, str]:
    """What stands in the addresses: `{"reference": "7Q2M-…", "draft": "9", …}`."""
    people = {email.partition("@")[0]: pk for pk, email in rows(demo, "SELECT id, email FROM declarations_person")}
    (hillside,) = rows(demo, "SELECT id FROM declarations_school WHERE slug = 'hillside'")[0]
    return {name: str(rows(demo, sql.format(hillside=hillside, **people))[0][0]) for name, sql in FACTS.items()}


def test_every_address_is_looked_at_or_has_no_page():
    looked_at = {look.name for look in LOOKS} - {"403", "404"}
    assert looked_at | set(NO_PAGE) == set(addresses())
    assert not looked_at & set(NO_PAGE)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look.who.partition('@')[0] or 'nobody'} {look.path}")
def test_a_page(look: Look, facts: dict[str, str], look_as: Callable[[str], Page]):
    page = look_as(look.who)
    for path in look.after:
        page.goto(path)
    response = page.goto(look.path.format(**facts))
    assert response is not None
    assert response.status == look.status
    assert page.title().strip()
    assert_faultless(page)
