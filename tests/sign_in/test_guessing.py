"""A thousand wrong passwords over several worker processes: one limit for all of them, and no header gets around it."""

import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest
import requests

from tests.cast import PASSWORD
from tests.sign_in.site import Site, running

GUESSES, OVER_MANY, AT_ONCE, WORKERS = 1_000, 150, 12, 3
# Of the settings: five for one account in five minutes, and thirty a minute from one address.
FOR_ONE_ACCOUNT, FROM_ONE_ADDRESS = 5, 30
FORGED = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "CF-Connecting-IP", "True-Client-IP")


@pytest.fixture
def site(db: None, tmp_path: Path, migrated):
    with running(tmp_path, workers=WORKERS, migrated=migrated) as site:
        yield site


def browser(site: Site) -> tuple[requests.Session, str]:
    """A browser that has opened the sign-in page, and the token of its form."""
    session = requests.Session()
    page = session.get(f"{site.url}/accounts/login/", timeout=60)
    return session, re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]


def guess(site: Site, numbers: range, email: str) -> Counter[str]:
    """How these guesses were answered: `wrong` says that the password was looked at, `limited` that it was not."""
    chance = Random(numbers.start)
    session, token = browser(site)
    found: Counter[str] = Counter()
    for number in numbers:
        elsewhere = ".".join(str(chance.randrange(1, 255)) for _ in range(4))
        headers = {name: f"for={elsewhere}" if name == "Forwarded" else elsewhere for name in FORGED}
        facts = {"login": email.format(number), "password": f"guess {number}", "csrfmiddlewaretoken": token}
        answer = session.post(f"{site.url}/accounts/login/", facts, headers=headers, timeout=60, allow_redirects=False)
        if answer.status_code == 429 or "Too many failed" in answer.text:
            found["limited"] += 1
        else:
            found["wrong" if answer.status_code == 200 and "not correct" in answer.text else f"{answer.status_code}"] += 1
    return found


def guesses(site: Site, email: str, number: int) -> Counter[str]:
    shares = [range(start, number, AT_ONCE) for start in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(lambda share: guess(site, share, email), shares), Counter())


def test_a_thousand_guesses(site: Site):
    """At one account, and then from one address at one after another: thirty in a minute, for as many minutes as it takes."""
    before = site.workers()
    found = guesses(site, "ada@hillside.example", GUESSES)
    assert found.total() == GUESSES
    assert set(found) == {"wrong", "limited"}, found
    assert 1 <= found["wrong"] <= FOR_ONE_ACCOUNT
    busy = [pid for pid, used in site.workers().items() if used > before.get(pid, 0)]
    assert not before or len(busy) == WORKERS, "every worker was asked"
    session, token = browser(site)
    right = {"login": "ada@hillside.example", "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert session.post(f"{site.url}/accounts/login/", right, timeout=60, allow_redirects=False).status_code != 302, (
        "not even the right one"
    )

    begun = time.monotonic()
    found = guesses(site, "somebody{}@hillside.example", OVER_MANY)
    minutes = int((time.monotonic() - begun) // 60) + 1
    assert set(found) <= {"wrong", "limited"}, found
    assert found["wrong"] <= FROM_ONE_ADDRESS * minutes
