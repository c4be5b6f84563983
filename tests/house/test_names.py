"""One thing, one name: words that only we would understand stay out as names of things in the code."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.sqlite  # the database has no say in it: once is enough

APP = Path(__file__).resolve().parent.parent.parent / "declarations"
# What each is called instead stands in CONTRIBUTING.md and in the names around it.
PRIVATE = {
    *(
        "addressee",
        "custodian",
        "custodians",
        "custody",
        "deciding",
        "desk",
        "door",
        "found",
        "front",
        "given",
        "lingering",
        "made",
        "mentions",
    ),
    *(
        "one",
        "outcomes",
        "posting",
        "put_down",
        "said",
        "samples",
        "sightings",
        "standing",
        "stands",
        "sweeping",
        "theirs",
        "told",
        "trouble",
    ),
}
# A parameter of the register's address, which people have kept links to.
KEPT = {"register/forms.py": "stands"}


def names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every name that the code gives: to a variable, an argument, a function, a class."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name


def test_names_are_the_schools_words_or_the_fields():
    private = [
        f"{path.relative_to(APP)}:{line} {name}"
        for path in sorted(APP.rglob("*.py"))
        if "migrations" not in path.parts
        for line, name in names(ast.parse(path.read_text()))
        if name in PRIVATE and KEPT.get(str(path.relative_to(APP))) != name
    ]
    assert private == []


def test_no_file_or_folder_has_such_a_name():
    assert [path for path in APP.rglob("*") if path.stem in PRIVATE] == []
