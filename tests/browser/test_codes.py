"""Pages that a code or a link in an e-mail leads to."""

import re
import subprocess
import sys
import time
from collections.abc import Callable
from email import message_from_bytes, policy

from playwright.sync_api import Page

from tests.browser.faults import assert_faultless
from tools.browsing import ROOT, Demo


def newest_mail(demo: Demo, to: str) -> str:
    """The text of the last e-mail to this address, once it has landed."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for path in sorted((demo.data / "mail").glob("*.log"), key=lambda path: path.stat().st_mtime_ns, reverse=True):
            message = message_from_bytes(path.read_bytes(), policy=policy.default)
            body = message.get_body(("plain",))
            if message["To"] == to and body is not None:
                return str(body.get_content())
        time.sleep(0.2)
    raise AssertionError(f"no e-mail to {to} in {demo.data / 'mail'}")


def test_somebody_without_a_password_signs_in_by_code_and_chooses_one(open_as: Callable[..., Page], demo: Demo):
    words = ["add_person", "--school", "hillside", "--email", "nora@hillside.example", "--name", "Nora Field"]
    environment = {"PATH": "/usr/bin:/bin", "DATA_DIR": str(demo.data), "DEMO": "1"}
    subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=environment, check=True, capture_output=True)

    page = open_as()
    page.goto("/accounts/login/code/")
    page.fill("input[name=email]", "nora@hillside.example")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/accounts/login/code/confirm/")
    assert_faultless(page)
    page.fill("input[name=code]", "000000")
    page.locator("main form button[type=submit]").first.click()
    assert page.title().startswith("Error:")
    assert_faultless(page)
    code = re.search(r"^\s*([A-Z0-9]{4,}(?:-[A-Z0-9]+)?)\s*$", newest_mail(demo, "nora@hillside.example"), re.MULTILINE)
    assert code is not None
    page.fill("input[name=code]", code[1])
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(f"{demo.url}/")

    page.goto("/accounts/password/set/")
    assert page.url.endswith("/password/set/")
    assert_faultless(page)


def test_a_forgotten_password_is_chosen_anew(open_as: Callable[..., Page], demo: Demo):
    page = open_as()
    page.goto("/accounts/password/reset/")
    page.fill("input[name=email]", "quentin@hillside.example")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/accounts/password/reset/done/")
    link = re.search(r"http://\S+", newest_mail(demo, "quentin@hillside.example"))
    assert link is not None
    page.goto(link[0])
    assert_faultless(page)
    page.fill("input[name=password1]", "short")
    page.fill("input[name=password2]", "short")
    page.click("main form button[type=submit]")
    assert page.title().startswith("Error:")
    assert_faultless(page)
