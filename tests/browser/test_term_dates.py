"""A calendar file becomes holidays by keyboard alone, on a phone: chosen, looked at, one line put right, saved."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.faults import assert_faultless
from tests.browser.pages import INES

# Far enough ahead that the demo, made on whatever day, has none of it: the school year is the second from now.
LINES = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
DTSTART;VALUE=DATE:{year}1102
DTEND;VALUE=DATE:{year}1103
SUMMARY:INSET day
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:{year}1109
DTEND;VALUE=DATE:{year}1114
SUMMARY:Extra holiday
END:VEVENT
END:VCALENDAR
"""


def test_a_calendar_file_becomes_holidays(open_as: Callable[..., Page], tmp_path: Path):
    page = open_as(INES)
    page.goto("/admin/declarations/holiday/import/")
    year = page.evaluate("new Date().getFullYear()") + 1
    file = tmp_path / "terms.ics"
    file.write_text(LINES.format(year=year))
    page.get_by_label("Calendar file").set_input_files(file)
    page.get_by_role("button", name="Read the file").press("Enter")
    expect(page.get_by_label("Closed: Extra holiday")).to_be_checked()
    expect(page.get_by_label("Closed: INSET day")).not_to_be_checked()
    assert_faultless(page)
    page.get_by_label("Closed: INSET day").press("Space")
    page.get_by_role("button", name="Save the ticked days").press("Enter")
    expect(page.get_by_text("2 holidays were entered.")).to_be_visible()
    expect(page.get_by_role("link", name="Extra holiday")).to_be_visible()
    # What is no calendar is said, and nothing is lost by it.
    page.goto("/admin/declarations/holiday/import/")
    file.write_text("<!doctype html>")
    page.get_by_label("Calendar file").set_input_files(file)
    page.get_by_role("button", name="Read the file").press("Enter")
    expect(page.get_by_text("This is not a calendar file")).to_be_visible()
    assert_faultless(page)
