"""Passkeys, the authenticator app, and the tablet at the office, in a real browser."""

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.conftest import LIKE_A_PHONE, rows
from tests.browser.faults import assert_faultless
from tests.browser.watch import Watch
from tests.sign_in.codes import digits
from tools.browsing import PASSWORD, Demo


@pytest.fixture
def at_localhost(demo: Demo, browser: Browser) -> Iterator[Page]:
    """A page of nobody, at an address that passkeys are made for (they take no IP address), with a virtual authenticator."""
    home = demo.url.replace("127.0.0.1", "localhost")
    context = browser.new_context(base_url=home, **LIKE_A_PHONE)
    context.set_default_timeout(45_000)
    watch = Watch(context, home)
    page = context.new_page()
    devtools: Any = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                "isUserVerified": True, "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    yield page
    watch.found_nothing()
    context.close()


def by_password(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/accounts/login/**")


def test_a_passkey_is_added_and_used(at_localhost: Page):
    page = at_localhost
    by_password(page, "grace@hillside.example")
    page.goto("/accounts/2fa/passkeys/add/")
    assert_faultless(page)
    page.set_viewport_size({"width": 360, "height": 740})
    page.fill("input[name=name]", "My phone")
    page.get_by_role("button", name="Add it").click()
    page.wait_for_url("**/accounts/2fa/recovery-codes/")
    assert_faultless(page)
    page.goto("/accounts/2fa/")
    assert_faultless(page)
    page.goto("/accounts/2fa/passkeys/")
    assert page.get_by_role("heading", name="My phone").is_visible()
    assert_faultless(page)
    for name in ("Rename", "Remove"):
        page.goto("/accounts/2fa/passkeys/")
        page.get_by_role("link", name=f"{name} My phone").click()
        assert_faultless(page)
    page.goto("/accounts/2fa/recovery-codes/generate/")
    assert_faultless(page)

    sign_out(page)
    page.get_by_role("button", name="Use my passkey").click()
    page.wait_for_url(re.compile(r":\d+/$"))
    assert "Hello, Grace" in page.text_content("h1")

    sign_out(page)
    page.fill("input[name=login]", "grace@hillside.example")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/accounts/2fa/authenticate/")
    assert_faultless(page)
    page.get_by_role("button", name="Use my passkey").click()
    page.wait_for_url(re.compile(r":\d+/$"))

    page.goto("/accounts/2fa/passkeys/reauthenticate/?next=/devices/")
    assert_faultless(page)
    page.get_by_role("button", name="Use my passkey").click()
    page.wait_for_url("**/devices/")


def test_a_passkey_that_is_not_there_is_said_on_the_page(at_localhost: Page):
    page = at_localhost
    page.goto("/accounts/login/")
    # Nothing in the authenticator: the browser refuses at once.
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new DOMException('none', 'NotAllowedError')) }")
    page.get_by_role("button", name="Use my passkey").click()
    page.locator("#passkey-trouble").wait_for()
    assert_faultless(page)


def test_without_scripts_no_button_is_there_that_needs_one(demo: Demo, browser: Browser):
    context = browser.new_context(base_url=demo.url, java_script_enabled=False, **LIKE_A_PHONE)
    page = context.new_page()
    page.goto("/accounts/login/")
    assert not page.locator("#passkey_login").is_visible()
    assert page.locator("noscript .note").is_visible()
    context.close()


def test_the_authenticator_app(open_as: Callable[..., Page]):
    page = open_as("imogen@hillside.example")
    page.goto("/accounts/2fa/app/add/")
    assert_faultless(page)
    secret = page.locator("ol .reference").inner_text()
    page.fill("input[name=code]", digits(secret))
    page.get_by_role("button", name="Use this app").click()
    page.wait_for_url("**/accounts/2fa/recovery-codes/")
    page.goto("/accounts/2fa/reauthenticate/")
    assert_faultless(page)
    page.goto("/accounts/2fa/app/remove/")
    assert_faultless(page)
    page.get_by_role("button", name="Take it away").click()
    page.wait_for_url("**/accounts/2fa/")


@pytest.mark.parametrize("size", [(800, 1280), (1280, 800)], ids=["upright", "across"])
def test_signing_on_the_tablet(open_as: Callable[..., Page], browser: Browser, demo: Demo, size: tuple[int, int]):
    """From the code to the thanks, by taps; then nothing leads back to who was there."""
    person = {800: "Dafydd Example", 1280: "Elin Example"}[size[0]]
    number = add_person(demo, person)
    context = browser.new_context(base_url=demo.url, viewport={"width": size[0], "height": size[1]}, has_touch=True, locale="en-GB")
    context.set_default_timeout(45_000)
    watch = Watch(context, demo.url)
    page = context.new_page()
    by_password(page, "omar@hillside.example")
    page.goto("/tablet/open/")
    assert_faultless(page)
    page.get_by_role("button", name="Sign me out and begin").click()
    page.wait_for_url("**/tablet/")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    assert_faultless(page)

    office = open_as("hilda@hillside.example", viewport={"width": 1280, "height": 800})
    office.goto(f"/admin/declarations/person/{number}/ways-in/")
    assert_faultless(office)
    office.get_by_role("button", name="Give a one-time code").click()
    code = office.locator("code.one-time").inner_text()
    assert_faultless(office)

    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.get_by_label("Code").fill("BBBB-BBBB")
    page.get_by_role("button", name="Go on").tap()
    page.get_by_role("alert").get_by_text("That did not work yet").wait_for()
    assert_faultless(page)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    begun = time.monotonic()
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Go on").tap()
    page.wait_for_url("**/tablet/leaflet/")
    assert page.get_by_text(f"You are {person}.").is_visible()
    page.get_by_role("link", name="I have read it").tap()
    page.wait_for_url("**/tablet/sign/")
    for tick in page.get_by_role("checkbox").all():
        tick.check()
    page.get_by_label("Type your full name").fill(person)
    page.get_by_role("button", name="Sign", exact=True).tap()
    page.wait_for_url("**/tablet/")
    print(f"from the code to the thanks: {time.monotonic() - begun:.1f} s of machine time")  # noqa: T201  # for whoever looks
    assert page.get_by_text("Signed. Thank you!").is_visible()
    assert_faultless(page)
    for _ in range(4):
        # A page that came of a form is not even asked for again: the browser says that it has nothing (ERR_CACHE_MISS).
        with suppress(Error):
            page.go_back()
            page.wait_for_load_state("networkidle")
        expect(page.locator("body")).not_to_contain_text(person)
    page.goto("/tablet/sign/")
    assert page.url.endswith("/tablet/")
    assert person not in page.content()
    page.goto("/")
    assert page.url.endswith("/tablet/")
    [(way,)] = rows(demo, "SELECT signed_in_with FROM declarations_declaration WHERE person_id = ?", number)
    assert way == "shared tablet, one-time code given by Hilda Brook"
    watch.found_nothing()
    context.close()


def test_the_tablets_pages_of_a_person(open_as: Callable[..., Page], browser: Browser, demo: Demo):
    """axe, 360 px too; the warning before it closes; and the close itself, by the browser's clock."""
    number = add_person(demo, "Gwen Example")
    context = browser.new_context(base_url=demo.url, viewport={"width": 800, "height": 1280}, reduced_motion="reduce", locale="en-GB")
    context.set_default_timeout(45_000)
    page = context.new_page()
    page.clock.install()
    by_password(page, "omar@hillside.example")
    page.goto("/tablet/open/")
    page.get_by_role("button", name="Sign me out and begin").click()
    office = open_as("hilda@hillside.example")
    office.goto(f"/admin/declarations/person/{number}/ways-in/")
    office.get_by_role("button", name="Give a one-time code").click()
    page.get_by_label("Code").fill(office.locator("code.one-time").inner_text())
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/tablet/leaflet/")
    assert_faultless(page)
    page.goto("/tablet/sign/")
    assert_faultless(page)
    page.clock.fast_forward(95_000)
    page.locator("#still-there").wait_for()
    assert_faultless(page)
    page.mouse.click(5, 5)
    assert not page.locator("#still-there").is_visible()
    page.clock.fast_forward(125_000)
    page.wait_for_url("**/tablet/")
    assert "Gwen" not in page.content()
    context.close()


def add_person(demo: Demo, name: str) -> int:
    """Somebody of Hillside without an e-mail address, put into the database itself."""
    [(school,)] = rows(demo, "SELECT id FROM declarations_school WHERE slug = 'hillside'")
    columns = "school_id, email, full_name, job_title, category, staff_number, password"
    with closing(sqlite3.connect(demo.data / "schoolpolicy.sqlite3", timeout=20)) as database:
        made = database.execute(
            f"INSERT INTO declarations_person ({columns}) VALUES (?, '', ?, 'cleaner', 'staff', '', '!')",  # noqa: S608  # our own names
            (school, name),
        )
        database.commit()
        return int(made.lastrowid or 0)
