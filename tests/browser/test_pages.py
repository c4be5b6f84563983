"""Every page, light and dark: axe finds nothing, nothing scrolls sideways on a phone, nothing breaks (Watch)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import rows
from tests.browser.pages import FACTS, LOOKS, NO_PAGE, Look, addresses
from tools.browsing import Demo

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
# Everything that axe knows, its rule about the size of targets too, which it leaves out by default.
RUN_AXE = "() => axe.run(document, {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})"


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


def faults(page: Page) -> list[str]:
    """What axe finds, with the elements."""
    # A change of colours may be on its way still.
    page.evaluate("() => document.getAnimations().forEach(animation => animation.finish())")
    found: dict[str, Any] = page.evaluate(RUN_AXE)
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:200]} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"][:5]
    ]


def too_wide(page: Page) -> list[str]:
    """Elements that stick out of a page that scrolls sideways, if it does."""
    return page.evaluate(
        """() => {
            const wide = document.scrollingElement.scrollWidth;
            if (wide <= window.innerWidth) return [];
            const out = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > window.innerWidth + 1);
            return [`the page is ${wide} wide`, ...out.slice(0, 8).map(e => e.outerHTML.slice(0, 120))];
        }"""
    )


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look.who.partition('@')[0] or 'nobody'} {look.path}")
def test_a_page(look: Look, facts: dict[str, str], open_as: Callable[..., Page]):
    page = open_as(look.who)
    for path in look.after:
        page.goto(path)
    response = page.goto(look.path.format(**facts))
    assert response is not None
    assert response.status == look.status
    assert page.title().strip()
    found = too_wide(page)
    page.evaluate(AXE)
    found += [f"360 px, light: {fault}" for fault in faults(page)]
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="dark")
    found += too_wide(page)
    found += [f"1280 px, dark: {fault}" for fault in faults(page)]
    assert not found, "\n".join(found)
