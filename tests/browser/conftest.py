"""One demo, served as `make demo` serves it, and one browser for all of these tests (for each worker, if there are several)."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState

from tests.browser.watch import Watch
from tools.browsing import PASSWORD, Demo, chromium, running_demo

LIKE_A_PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "reduced_motion": "reduce", "locale": "en-GB"}
HERE = Path(__file__).parent
type KeptPage = tuple[Page, Watch]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


# For this folder only: while Playwright is open, its thread counts as asynchronous, and Django's models refuse to work there.
@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory, migrated: Callable[[Path], Path]) -> Iterator[Demo]:
    data = tmp_path_factory.mktemp("demo")
    migrated(data / "schoolpolicy.sqlite3")
    with running_demo(data) as demo:
        yield demo


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def rows(demo: Demo, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """What the demo's database holds."""
    with closing(sqlite3.connect(f"file:{demo.data / 'schoolpolicy.sqlite3'}?mode=ro", uri=True)) as database:
        return database.execute(sql, values).fetchall()


@pytest.fixture(scope="package")
def signed_in_as(demo: Demo, browser: Browser) -> Callable[[str], StorageState]:
    """`signed_in_as("ben@hillside.example")`: the cookies of somebody who signed in with the password; each signs in once."""
    kept: dict[str, StorageState] = {}

    def sign_in(email: str) -> StorageState:
        if email not in kept:
            context = browser.new_context(base_url=demo.url)
            page = context.new_page()
            page.goto("/accounts/login/")
            page.fill("input[name=login]", email)
            page.fill("input[name=password]", PASSWORD)
            page.press("input[name=password]", "Enter")
            page.wait_for_url(lambda url: "/accounts/login" not in url)
            kept[email] = context.storage_state()
            context.close()
        return kept[email]

    return sign_in


@pytest.fixture(scope="package")
def kept_page(demo: Demo, browser: Browser, signed_in_as: Callable[[str], StorageState]) -> Iterator[Callable[[str], KeptPage]]:
    """`kept_page("ben@hillside.example")`: the one page in which all is looked at that somebody sees; "" for nobody."""
    with ExitStack() as stack:

        @cache
        def open_page(email: str) -> KeptPage:
            state = signed_in_as(email) if email else None
            context = browser.new_context(base_url=demo.url, storage_state=state, **LIKE_A_PHONE)
            stack.callback(context.close)
            context.set_default_timeout(45_000)
            watch = Watch(context, demo.url)
            return context.new_page(), watch

        yield open_page


@pytest.fixture
def look_as(kept_page: Callable[[str], KeptPage]) -> Iterator[Callable[[str], Page]]:
    """`look_as("ben@hillside.example")`: the page of somebody who only looks. Nothing may have gone wrong in it: see Watch."""
    with ExitStack() as stack:

        def look(email: str) -> Page:
            page, watch = kept_page(email)
            watch.errors.clear()
            stack.callback(watch.found_nothing)
            page.set_viewport_size(LIKE_A_PHONE["viewport"])
            page.emulate_media(color_scheme="light")
            return page

        yield look


@pytest.fixture
def open_as(demo: Demo, browser: Browser, signed_in_as: Callable[[str], StorageState]) -> Iterator[Callable[..., Page]]:
    """`open_as("ben@hillside.example", …)`: a page of somebody who is signed in, or of nobody (""), with the context's options.

    At the end of the test nothing may have gone wrong in it: see Watch.
    """
    with ExitStack() as stack:

        def open_page(email: str = "", **options: Any) -> Page:
            state = signed_in_as(email) if email else None
            context: BrowserContext = browser.new_context(base_url=demo.url, storage_state=state, **LIKE_A_PHONE | options)
            stack.callback(context.close)
            context.set_default_timeout(45_000)
            watch = Watch(context, demo.url)
            stack.callback(watch.found_nothing)
            return context.new_page()

        yield open_page
