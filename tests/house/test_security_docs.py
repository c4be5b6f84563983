"""docs/asvs.csv and docs/security.md say what the suite holds: every requirement once, every test that they name is there."""

import csv
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
# The requirements of the OWASP Application Security Verification Standard 5.0.0 for levels 1 and 2.
LEVEL_1 = """
    1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.5.1 2.1.1 2.2.1 2.2.2 2.3.1 3.2.1 3.2.2 3.3.1 3.4.1 3.4.2 3.5.1 3.5.2 3.5.3 4.1.1
    4.4.1 5.2.1 5.2.2 5.3.1 5.3.2 6.1.1 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.3.1 6.3.2 6.4.1 6.4.2 7.2.1 7.2.2 7.2.3
    7.2.4 7.4.1 7.4.2 8.1.1 8.2.1 8.2.2 8.3.1 9.1.1 9.1.2 9.1.3 9.2.1 10.4.1 10.4.2 10.4.3 10.4.4 10.4.5 11.3.1 11.3.2 11.4.1
    12.1.1 12.2.1 12.2.2 13.4.1 14.2.1 14.3.1 15.1.1 15.2.1 15.3.1
"""
LEVEL_2 = """
    1.1.1 1.1.2 1.2.6 1.2.7 1.2.8 1.2.9 1.3.3 1.3.4 1.3.5 1.3.6 1.3.7 1.3.8 1.3.9 1.3.10 1.3.11 1.4.1 1.4.2 1.4.3 1.5.2 2.1.2
    2.1.3 2.2.3 2.3.2 2.3.3 2.3.4 2.4.1 3.3.2 3.3.3 3.3.4 3.4.3 3.4.4 3.4.5 3.4.6 3.5.4 3.5.5 3.7.1 3.7.2 4.1.2 4.1.3 4.2.1 4.3.1
    4.3.2 4.4.2 4.4.3 4.4.4 5.1.1 5.2.3 5.4.1 5.4.2 5.4.3 6.1.2 6.1.3 6.2.9 6.2.10 6.2.11 6.2.12 6.3.3 6.3.4 6.4.3 6.4.4 6.5.1
    6.5.2 6.5.3 6.5.4 6.5.5 6.6.1 6.6.2 6.6.3 6.8.1 6.8.2 6.8.3 6.8.4 7.1.1 7.1.2 7.1.3 7.3.1 7.3.2 7.4.3 7.4.4 7.4.5 7.5.1 7.5.2
    7.6.1 7.6.2 8.1.2 8.2.3 8.4.1 9.2.2 9.2.3 9.2.4 10.1.1 10.1.2 10.2.1 10.2.2 10.3.1 10.3.2 10.3.3 10.3.4 10.4.6 10.4.7 10.4.8
    10.4.9 10.4.10 10.4.11 10.5.1 10.5.2 10.5.3 10.5.4 10.5.5 10.6.1 10.6.2 10.7.1 10.7.2 10.7.3 11.1.1 11.1.2 11.2.1 11.2.2
    11.2.3 11.3.3 11.4.2 11.4.3 11.4.4 11.5.1 11.6.1 12.1.2 12.1.3 12.3.1 12.3.2 12.3.3 12.3.4 13.1.1 13.2.1 13.2.2 13.2.3 13.2.4
    13.2.5 13.3.1 13.3.2 13.4.2 13.4.3 13.4.4 13.4.5 14.1.1 14.1.2 14.2.2 14.2.3 14.2.4 14.3.2 14.3.3 15.1.2 15.1.3 15.2.2 15.2.3
    15.3.2 15.3.3 15.3.4 15.3.5 15.3.6 15.3.7 16.1.1 16.2.1 16.2.2 16.2.3 16.2.4 16.2.5 16.3.1 16.3.2 16.3.3 16.3.4 16.4.1 16.4.2
    16.4.3 16.5.1 16.5.2 16.5.3 17.1.1 17.2.1 17.2.2 17.2.3 17.2.4 17.3.1 17.3.2
"""
ANSWERS = {"met", "not applicable", "deviation"}
NAMED_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
# What was promised, and where it was being made: neither says what the product does.
PROMISE = re.compile(
    r"\bto come\b|\bnot (done )?yet\b|\bnone yet\b|\bbranch(es)?\b|\[(sign-in|staff-list|year|privacy)\](?!\()", re.IGNORECASE
)


def rows() -> list[dict[str, str]]:
    with (ROOT / "docs" / "asvs.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def is_there(name: str) -> bool:
    """`tests/x.py::test_y` is a test, `schoolpolicy/settings.py::NAME` a setting, and a file alone is a file."""
    path, _colons, what = name.partition("::")
    file = ROOT / path
    if not what:
        return file.is_file()
    return file.is_file() and bool(re.search(rf"^(def {what}\(|{what}\b.* = )", file.read_text(encoding="utf-8"), re.MULTILINE))


def test_every_requirement_is_answered_once_in_order():
    wanted = [(f"V{number}", "1") for number in LEVEL_1.split()] + [(f"V{number}", "2") for number in LEVEL_2.split()]
    assert (len(LEVEL_1.split()), len(LEVEL_2.split())) == (70, 183)
    found = [(row["id"], row["level"]) for row in rows()]
    assert sorted(found) == sorted(wanted)
    assert len(set(found)) == len(found)
    numbers = [tuple(map(int, number[1:].split("."))) for number, _level in found]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["id"])
def test_an_answer_says_why_and_what_is_met_says_what_holds_it(row: dict[str, str]):
    assert set(row) == {"id", "level", "area", "answer", "why", "test"}
    assert row["answer"] in ANSWERS
    assert row["area"]
    assert row["why"]
    named = [one.strip() for one in row["test"].split(";") if one.strip()]
    assert bool(named) is (row["answer"] == "met")
    missing = [one for one in named if not is_there(one)]
    assert not missing
    assert not PROMISE.search(f"{row['area']} {row['why']}")


def test_every_test_that_the_threats_name_is_there():
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    named = NAMED_TEST.findall(text)
    assert len(named) > 40
    assert [f"{path}::{name}" for path, name in named if not is_there(f"{path}::{name}")] == []


def threats(text: str) -> list[str]:
    """The rows of the tables of threats."""
    found, inside = [], False
    for line in text.splitlines():
        inside = line.startswith("| Threat") or (inside and line.startswith("|"))
        if inside and not line.startswith(("| Threat", "| ---")):
            found.append(line)
    return found


def test_each_threat_names_a_test():
    """A row without one is a hope."""
    found = threats((ROOT / "docs" / "security.md").read_text(encoding="utf-8"))
    assert len(found) > 70
    assert [line for line in found if not NAMED_TEST.search(line.rsplit(" | ", 1)[-1])] == []


PAGES = [ROOT / "docs/security.md", ROOT / "docs/privacy.md", *sorted((ROOT / "docs/privacy").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_nothing_is_promised(page: Path):
    text = page.read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if PROMISE.search(line)] == []


@pytest.mark.parametrize("wrong", ["to come with the sign-in branch", "[sign-in] none yet", "To come", "it is not done yet"])
def test_control_a_promise_is_found_out(wrong: str):
    assert PROMISE.search(wrong)
    assert not PROMISE.search("see [sign-in](sign-in.md): codes that come by e-mail")


def test_control_a_threat_without_a_test_is_found_out():
    (line,) = threats("| Threat | What | Held by |\n| --- | --- | --- |\n| A flood | A boat | – |\n\n| Not | one |\n")
    assert not NAMED_TEST.search(line)


@pytest.mark.parametrize("wrong", ["tests/whole/test_access.py::test_of_nothing", "tests/nowhere.py::test_who_gets_in", "docs/nothing.md"])
def test_control_what_is_not_there_is_found_out(wrong: str):
    assert not is_there(wrong)
    assert is_there("tests/whole/test_access.py::test_who_gets_in")
