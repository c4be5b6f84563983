"""A legal hold in the browser: placed, read, ended."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.faults import assert_faultless
from tests.browser.pages import HILDA


def test_a_hold_is_placed_and_ended(open_as: Callable[..., Page]):
    page = open_as(HILDA)
    page.goto("/admin/declarations/legalhold/add/")
    page.get_by_label("Person").select_option(index=1)
    page.get_by_role("button", name="Place the hold").click()
    expect(page.get_by_text("This field is required.")).to_be_visible()
    assert_faultless(page)
    page.get_by_label("Reason").fill("A claim, file 2026/7")
    page.get_by_role("button", name="Place the hold").click()
    expect(page.get_by_text("holds: nothing of theirs goes")).to_be_visible()
    assert_faultless(page)
    page.get_by_role("button", name="End the hold").click()
    expect(page.get_by_text("ended on")).to_be_visible()
    assert_faultless(page)
