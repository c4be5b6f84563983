#!/usr/bin/env python3
"""Takes the pictures in docs/pictures afresh, from a new demo: `make pictures`. Needs Chromium and pdftoppm."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from browsing import PASSWORD, ROOT, chromium, running_demo
from playwright.sync_api import Browser, BrowserContext

TO = ROOT / "docs" / "pictures"
PHONE = {"width": 390, "height": 800}
DESK = {"width": 1280, "height": 860}
# What the certificate names, instead of a port on this machine.
SITE = "http://declarations.hillside.example"
LARGEST = 200_000  # bytes of one picture: a README should open quickly


def signed_in(browser: Browser, url: str, email: str, size: dict[str, int]) -> BrowserContext:
    context = browser.new_context(
        base_url=url,
        viewport={"width": size["width"], "height": size["height"]},
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="Europe/London",
    )
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "/accounts/login" not in address)
    return context


def take(context: BrowserContext, path: str, name: str) -> None:
    """A window's worth of a page."""
    page = context.new_page()
    page.goto(path)
    page.screenshot(path=TO / name)
    page.close()


def take_signing(context: BrowserContext) -> None:
    """The end of the page on which one signs, filled in."""
    page = context.new_page()
    page.goto("/sign/")
    for box in page.locator("main form input[type=checkbox]").all():
        box.check()
    page.fill("input[name=typed_name]", "Ada Marsh")
    page.locator("main form").evaluate("form => form.scrollIntoView({block: 'end'})")
    page.screenshot(path=TO / "sign.png")
    page.close()


def take_certificate(context: BrowserContext, folder: Path) -> None:
    """The first page of the newest certificate, as it comes out of a printer."""
    page = context.new_page()
    page.goto("/declarations/")
    newest = page.locator("main a[href^='/declarations/']").first.get_attribute("href") or ""
    paper = context.request.get(newest.removesuffix("/").removesuffix(".pdf") + ".pdf")
    (folder / "certificate.pdf").write_bytes(paper.body())
    command = ["pdftoppm", "-png", "-r", "80", "-f", "1", "-l", "1", "-singlefile", "certificate.pdf", str(TO / "certificate")]
    subprocess.run(command, cwd=folder, check=True)
    page.close()


def main() -> None:
    if not shutil.which("pdftoppm"):
        sys.exit("There is no pdftoppm: sudo apt-get update && sudo apt-get install poppler-utils (macOS: brew install poppler)")
    TO.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running_demo(Path(folder) / "demo", site_url=SITE) as demo, chromium() as browser:
        ada = signed_in(browser, demo.url, "ada@hillside.example", PHONE)
        take(ada, "/", "home.png")
        take(ada, "/leaflet/school-day/", "leaflet.png")
        ada.request.get("/leaflet/all/")  # every section has been shown now, so that there is something to sign
        take_signing(ada)
        hilda = signed_in(browser, demo.url, "hilda@hillside.example", DESK)
        take(hilda, "/admin/", "desk.png")
        take_certificate(hilda, Path(folder))
        gita = signed_in(browser, demo.url, "gita@hillside.example", DESK)
        take(gita, "/register/", "register.png")
    for path in sorted(TO.glob("*.png")):
        size = path.stat().st_size
        print(f"{path.relative_to(ROOT)}: {size:,} bytes")
        if size > LARGEST:
            sys.exit(f"{path.name} is larger than {LARGEST:,} bytes.")


if __name__ == "__main__":
    main()
