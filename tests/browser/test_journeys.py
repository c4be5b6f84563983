"""Whole journeys: by keyboard alone, without JavaScript, and the leadership's decisions either way."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import rows
from tests.browser.faults import assert_faultless
from tools.browsing import PASSWORD, Demo

ENOUGH = 60  # presses of Tab, after which what is looked for is not to be reached
CERTIFICATE = re.compile(r"/declarations/[0-9A-Z-]{19}/$")
# Whether the focus is on it, and whether the eye can see that.
FOCUSED = "selector => document.activeElement !== null && document.activeElement.matches(selector)"
SEEN = """() => {
    const style = getComputedStyle(document.activeElement);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
}"""


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until the focus is on it; every stop on the way can be seen."""
    for _ in range(ENOUGH):
        page.keyboard.press("Tab")
        assert page.evaluate(SEEN), f"the focus cannot be seen on {page.evaluate('document.activeElement.outerHTML')[:200]}"
        if page.evaluate(FOCUSED, selector):
            return
    raise AssertionError(f"{ENOUGH} presses of Tab on {page.url} do not lead to {selector}")


def enter(page: Page) -> None:
    """Presses Enter on what has the focus, and waits for the page that it leads to."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_from_sign_in_to_the_certificate_by_keyboard_alone(open_as: Callable[..., Page], demo: Demo):
    page = open_as()
    page.goto("/")
    tab_to(page, "input[name=login]")
    page.keyboard.type("rowan@riverside.example")
    tab_to(page, "input[name=password]")
    page.keyboard.type(PASSWORD)
    enter(page)
    expect(page).to_have_url(f"{demo.url}/")

    # The one thing to do is always the first button: read, read on, sign.
    pages_read = 0
    while not page.url.endswith("/sign/"):
        tab_to(page, "main a.btn-primary")
        enter(page)
        pages_read += 1
        assert pages_read < 30
    assert pages_read > 3

    # Sign with nothing filled in: what is wrong is said, and leads to the field.
    tab_to(page, "main form button[type=submit]")
    enter(page)
    assert page.title().startswith("Error:")
    assert_faultless(page)
    page.set_viewport_size({"width": 360, "height": 740})

    for box in page.locator("main form input[type=checkbox]").all():
        tab_to(page, f"#{box.get_attribute('id')}")
        page.keyboard.press("Space")
        assert box.is_checked()
    tab_to(page, "input[name=typed_name]")
    page.keyboard.type("Rowan Blythe")
    tab_to(page, "main form button[type=submit]")
    enter(page)
    expect(page).to_have_url(CERTIFICATE)
    expect(page.locator("main")).to_contain_text("Rowan Blythe")
    reference = page.url.rstrip("/").rpartition("/")[2]
    assert rows(demo, "SELECT typed_name FROM declarations_declaration WHERE reference = ?", reference) == [("Rowan Blythe",)]


def test_the_first_press_of_tab_skips_to_the_content(open_as: Callable[..., Page]):
    page = open_as("ben@hillside.example")
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_menu_on_a_phone_by_keyboard(open_as: Callable[..., Page], demo: Demo):
    page = open_as("ben@hillside.example")
    page.goto("/")
    tab_to(page, "header summary")
    page.keyboard.press("Enter")
    tab_to(page, "header a[href='/devices/']")
    enter(page)
    assert page.url == f"{demo.url}/devices/"


def test_reading_and_signing_without_javascript(open_as: Callable[..., Page], demo: Demo):
    page = open_as(java_script_enabled=False)
    page.goto("/")
    page.fill("input[name=login]", "robin@riverside.example")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    expect(page).to_have_url(f"{demo.url}/")
    for _ in range(30):
        if page.url.endswith("/sign/"):
            break
        page.locator("main a.btn-primary").first.click()
    page.click("main form button[type=submit]")
    assert page.title().startswith("Error:")
    page.fill("input[name=typed_name]", "Robin Tate")
    for box in page.locator("main form input[type=checkbox]").all():
        box.check()
    page.click("main form button[type=submit]")
    expect(page).to_have_url(CERTIFICATE)
    with page.expect_download() as download:
        page.locator("main a[href$='.pdf']").first.click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")

    # And a device, in any notation.
    page.goto("/devices/add/")
    page.select_option("select[name=kind]", "tablet")
    page.fill("input[name=make_and_model]", "Slate 9")
    page.fill("input[name=address]", "0000.5e00.53a1")
    page.fill("[name=reason]", "Reading at lunch")
    page.click("main form button[type=submit]")
    expect(page).to_have_url(f"{demo.url}/devices/")
    expect(page.locator("main")).to_contain_text("00:00:5E:00:53:A1", ignore_case=True)


def status_of(demo: Demo, owner: str) -> list[tuple[str, str | None]]:
    """Of the newest request of this owner: what became of it, and until when."""
    return rows(
        demo,
        "SELECT status, until FROM declarations_permission JOIN declarations_person person ON person.id = owner_id "
        "WHERE person.email = ? ORDER BY declarations_permission.id DESC LIMIT 1",
        owner,
    )


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_the_headteacher_decides_one_and_then_many(open_as: Callable[..., Page], demo: Demo, scripts: bool):
    """At Hillside with JavaScript, at Riverside without: two ask anew, beside those who wait already."""
    domain, head, first, others = (
        ("hillside.example", "hilda", "liam", ["edith", "sian"]) if scripts else ("riverside.example", "rosa", "rita", ["raj", "rufus"])
    )
    wanted = [dict(rows(demo, "SELECT email, full_name FROM declarations_person"))[f"{name}@{domain}"] for name in others]
    if not scripts:
        for place, name in enumerate(others):
            ask_for_a_device(open_as(f"{name}@{domain}"), f"00:00:5e:00:53:b{place}")
    page = open_as(f"{head}@{domain}", java_script_enabled=scripts, viewport={"width": 1280, "height": 900})

    # One: from the queue on the front page.
    page.goto("/admin/")
    page.locator("tr", has_text=first.capitalize()).get_by_role("link", name=re.compile("^Decide")).click()
    until = page.input_value("input[name=until]")
    page.fill("input[name=conditions]", "Staff room only.")
    page.get_by_role("button", name="Approve", exact=True).click()
    assert status_of(demo, f"{first}@{domain}") == [("approved", until)]

    # Many: ticked in the queue, listed, declined with one reason.
    page.goto("/admin/")
    for name in wanted:
        page.locator("tr", has_text=name).locator("input[type=checkbox]").check()
    page.get_by_role("button", name=re.compile("^Decline")).click()
    page.get_by_role("button", name="Decline 2 requests").click()  # without a reason nothing happens
    assert status_of(demo, f"{others[0]}@{domain}") == [("requested", None)]
    if scripts:
        assert_faultless(page)
        page.set_viewport_size({"width": 1280, "height": 900})
    page.fill("[name=note]", "Not in the exam weeks.")
    page.get_by_role("button", name="Decline 2 requests").click()
    for name in others:
        assert status_of(demo, f"{name}@{domain}") == [("declined", None)]
    expect(page.locator("body")).to_contain_text("Done:")


def ask_for_a_device(page: Page, address: str) -> None:
    page.goto("/devices/add/")
    page.select_option("select[name=kind]", "phone")
    page.fill("input[name=make_and_model]", "Nimbus X3")
    page.fill("input[name=address]", address)
    page.fill("[name=reason]", "Messages at lunch")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/devices/")


def test_nobody_is_offered_a_decision_about_their_own_device(open_as: Callable[..., Page]):
    page = open_as("omar@hillside.example")
    page.goto("/admin/")
    own = page.locator("tr", has_text="Omar Haddad")
    assert own.locator("input[type=checkbox]").count() == 0
    own.get_by_role("link").first.click()
    expect(page.locator("body")).to_contain_text("nobody decides for themself")
    assert page.get_by_role("button", name="Approve").count() == 0


def test_anybody_examines_the_file_of_a_certificate(open_as: Callable[..., Page], tmp_path: Path):
    staff = open_as("ben@hillside.example")
    staff.goto("/declarations/")
    staff.locator("main h2 a").first.click()
    paper = staff.request.get(staff.url.removesuffix("/") + ".pdf")
    (tmp_path / "certificate.pdf").write_bytes(paper.body())
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.7 of something else")

    page = open_as()
    for name, words in (("certificate.pdf", "Ben Okafor"), ("letter.pdf", "Not a certificate of ours")):
        page.goto("/verify/")
        page.set_input_files("input[type=file]", tmp_path / name)
        page.get_by_role("button", name="Examine the file").click()
        expect(page.locator("main")).to_contain_text(words)
        page.wait_for_load_state()
        assert_faultless(page)


def test_a_leader_sees_what_publishing_would_do_before_it_is_done(open_as: Callable[..., Page], demo: Demo):
    page = open_as("hilda@hillside.example")
    page.goto("/admin/")
    page.click("a[href*='/publish/']")
    page.check("input[value=sign_again]")
    page.fill("textarea[name=reason]", "Smart speakers need a yes from IT.")
    page.fill("input[name=approved_by]", "the governing board")
    page.click("form.narrow button[type=submit]")
    expect(page.locator("#id_sign_by_error, .errorlist").first).to_be_visible()
    assert_faultless(page)
    (today,) = rows(demo, "SELECT date('now')")[0]
    (later,) = rows(demo, "SELECT date('now', '+14 days')")[0]
    page.fill("input[name=sign_by]", later)
    page.fill("input[name=approved_on]", today)
    page.fill("input[name=review_on]", later)
    page.click("form.narrow button[type=submit]")
    expect(page.get_by_role("heading", name="Who must sign again")).to_be_visible()
    expect(page.get_by_text("Ask IT support before you bring a smart speaker").first).to_be_visible()
    assert_faultless(page)
    page.click("button[name=back]")
    expect(page.locator("input[name=approved_by]")).to_have_value("the governing board")
    assert rows(demo, "SELECT COUNT(*) FROM declarations_policyversion WHERE published_at IS NULL") == [(1,)]
