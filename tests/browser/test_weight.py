"""What the leaflet costs on a phone without Wi-Fi: all files of the page, as they came over the wire."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

LIMIT = 100_000


@pytest.mark.parametrize("path", ["/leaflet/", "/leaflet/all/", "/sign/"])
def test_a_page_with_all_its_files_is_light(open_as: Callable[..., Page], path: str):
    page = open_as("ben@hillside.example")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    names: dict[str, str] = {}
    weights: dict[str, int] = {}
    session.on("Network.requestWillBeSent", lambda event: names.update({event["requestId"]: event["request"]["url"]}))
    session.on("Network.loadingFinished", lambda event: weights.update({event["requestId"]: int(event["encodedDataLength"])}))
    page.goto(path, wait_until="networkidle")
    by_file = {names[request]: weight for request, weight in weights.items() if not names[request].startswith("data:")}
    assert len(by_file) >= 3  # the page, Bootstrap's style and ours
    assert sum(by_file.values()) <= LIMIT, by_file
