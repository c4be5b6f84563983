"""What is wrong with the page as it stands: by axe, and by its width on a phone."""

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
# Everything that axe knows, its rule about the size of targets too, which it leaves out by default.
RUN_AXE = "() => axe.run(document, {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})"
STICKING_OUT = """() => {
    const wide = document.scrollingElement.scrollWidth;
    if (wide <= window.innerWidth) return [];
    const out = [...document.querySelectorAll("body *")].filter(one => one.getBoundingClientRect().right > window.innerWidth + 1);
    return [`the page is ${wide} wide, and the window ${window.innerWidth}`, ...out.slice(0, 8).map(one => one.outerHTML.slice(0, 160))];
}"""


def faults(page: Page) -> list[str]:
    """On a phone in light, and on a desk in dark; nothing if all is well."""
    page.evaluate(AXE)
    found = []
    for width, colours in ((360, "light"), (1280, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=colours)
        found += [f"{width} px, {colours}: {fault}" for fault in [*page.evaluate(STICKING_OUT), *by_axe(page)]]
    return found


def by_axe(page: Page) -> list[str]:
    # A change of colours may be on its way still.
    page.evaluate("() => document.getAnimations().forEach(animation => animation.finish())")
    found: dict[str, Any] = page.evaluate(RUN_AXE)
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:200]} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"][:5]
    ]


def assert_faultless(page: Page) -> None:
    found = faults(page)
    assert not found, "\n".join([page.url, *found])
