"""A staff list from the file to yes, and an invitation from the desk to the first page, as people meet them."""

import re
from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.faults import assert_faultless
from tests.browser.test_codes import newest_mail
from tests.staff_lists.exports import FILES
from tools.browsing import Demo

INES = "ines@hillside.example"


def test_a_staff_list_is_imported_and_undone(open_as: Callable[..., Page]):
    page = open_as(INES)
    page.goto("/admin/declarations/stafflist/add/")
    page.set_input_files("input[type=file]", files=[{"name": "x.csv", "mimeType": "text/csv", "buffer": b"%PDF"}])
    page.click("form.narrow button[type=submit]")
    assert "not a CSV or Excel file" in page.content()
    assert_faultless(page)
    page.set_input_files("input[type=file]", FILES / "faults.csv")
    page.click("form.narrow button[type=submit]")
    page.wait_for_url("**/columns/")
    assert_faultless(page)
    # Rows of it may be about anybody: nobody leaves by being missing.
    page.check("input[name=missing_leave]")
    page.click("form.columns button[type=submit]")
    assert "Nobody can be taken to have left by this list" in page.content()
    assert_faultless(page)
    page.goto("/admin/declarations/stafflist/add/")
    page.set_input_files("input[type=file]", FILES / "bromcom.csv")
    page.click("form.narrow button[type=submit]")
    page.wait_for_url("**/columns/")
    # Everybody else of the staff would have left.
    page.check("input[name=missing_leave]")
    page.click("form.columns button[type=submit]")
    page.wait_for_url("**/preview/")
    assert page.locator("input[name=many_leave]").count() == 1
    assert_faultless(page)
    page.click("text=Import it")
    assert "would leave" in page.content()
    assert_faultless(page)
    page.click("text=Choose the columns again")
    page.uncheck("input[name=missing_leave]")
    page.click("form.columns button[type=submit]")
    page.wait_for_url("**/preview/")
    page.click("text=Import it")
    page.wait_for_url("**/stafflist/")
    assert "people have joined" in page.content()
    assert_faultless(page)
    page.locator("#result_list tbody th a").first.click()
    page.wait_for_url("**/change/")
    assert_faultless(page)
    page.goto(page.url.replace("/change/", "/history/"))
    assert_faultless(page)
    page.goto(page.url.replace("/history/", "/invite/"))
    assert_faultless(page)
    page.goto(page.url.replace("/invite/", "/undo/"))
    assert_faultless(page)
    page.click("text=Undo this import")
    page.wait_for_url("**/stafflist/")
    assert "Undone: everybody is as they were" in page.content()


def test_somebody_is_invited_and_comes_in(open_as: Callable[..., Page], demo: Demo):
    model_admin = open_as(INES)
    model_admin.goto("/admin/declarations/person/?q=wanda")
    model_admin.locator("#result_list tbody th a").first.click()
    model_admin.click("text=Invite >> nth=-1")
    model_admin.wait_for_load_state()
    assert "1 invitation is on its way" in model_admin.content()
    assert_faultless(model_admin)
    link = re.search(r"http://\S+/welcome/\w+/", newest_mail(demo, "wanda@hillside.example"))
    assert link is not None
    page = open_as()
    page.goto(link[0])
    assert_faultless(page)
    page.fill("input[name=password1]", "short")
    page.fill("input[name=password2]", "short")
    page.click("main form button[type=submit]")
    assert page.title().startswith("Error:")
    assert_faultless(page)
    page.fill("input[name=password1]", "")
    page.fill("input[name=password2]", "")
    page.click("main form button[type=submit]")
    page.wait_for_url(f"{demo.url}/")
    assert "Wanda" in page.content() or "leaflet" in page.content().lower()
