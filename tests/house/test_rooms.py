"""The house as CONTRIBUTING.md describes it is the house as it is."""

import ast
import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from declarations.capabilities import ROOMS
from declarations.web import registry
from declarations.web.capability import Capability, LogKind

pytestmark = pytest.mark.sqlite  # the database has no say in it: once is enough

ROOT = Path(__file__).resolve().parent.parent.parent
APP = ROOT / "declarations"
BENEATH = ("common", "organisation", "web")  # they register nothing
LOOSE = 7
LONGEST_FILE = 300


def rooms() -> list[Path]:
    return [APP / name for name in (*BENEATH, *ROOMS)]


def test_contributing_has_the_rooms_in_their_order():
    table = re.findall(r"^\| `(\w+)` \| ", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    assert table == [*BENEATH, *ROOMS]


def test_the_paths_in_contributing_lead_somewhere():
    paths = re.findall(r"`((?:declarations|templates|tests|docs|tools)/[\w./-]+)`", (ROOT / "CONTRIBUTING.md").read_text())
    assert len(paths) > 15
    # The example of a capability, and what a test makes of it.
    assert [path for path in paths if "notices" not in path and not (ROOT / path).exists()] == []


@pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)
def test_a_room_says_what_it_is_for(room: Path):
    docstring = ast.get_docstring(ast.parse((room / "__init__.py").read_text())) or ""
    assert len(re.findall(r"[.:;](?:\s|$)", docstring)) >= 2, docstring


def test_every_room_has_a_front_door_under_its_own_name():
    assert [capability.name for capability in registry.capabilities()] == list(ROOMS)


def test_two_entries_of_one_name_are_refused():
    doors = [Capability(name=name, log_kinds=(LogKind(name="notice.read", title="read"),)) for name in ("a", "b")]
    with pytest.raises(ImproperlyConfigured, match=r"Registered twice as log kind: notice\.read"):
        registry.check(doors)


def test_a_part_that_does_not_exist_is_refused():
    with pytest.raises(TypeError):
        Capability(name="a", dashbord=())  # type: ignore[call-arg]


def test_few_files_lie_loose_and_none_is_long():
    assert len([path for path in APP.glob("*.py") if path.name != "__init__.py"]) <= LOOSE
    lengths = {path: len(path.read_text().splitlines()) for path in APP.rglob("*.py") if "migrations" not in path.parts}
    assert {str(path.relative_to(APP)): lines for path, lines in lengths.items() if lines > LONGEST_FILE} == {}
