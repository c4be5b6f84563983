"""Makes small changes to rules, questions and verbs, one at a time, and says which of them no test of the room notices.

`.venv/bin/python tools/mutate.py --count 20 devices signing` takes about a minute a change. A survivor wants a test, is needless code,
means the same, or is held by the tests of another room, which do not run here.
"""

import argparse
import ast
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = re.compile(r"/(admin|views|forms|emails|previews|urls|capability|exports|home|dashboard)")  # pages and wiring
TURNED: dict[type, type] = {ast.Lt: ast.LtE, ast.Gt: ast.GtE, ast.Eq: ast.NotEq, ast.In: ast.NotIn, ast.Is: ast.IsNot, ast.And: ast.Or}
TURNED |= {new: old for old, new in TURNED.items()}
OTHER = {"filter": "exclude", "exclude": "filter", "lt": "lte", "lte": "lt", "gt": "gte", "gte": "gt"}


def changes(node: ast.AST) -> Iterator[tuple[str, object]]:
    """The small changes that can be made to this node: a field of it, and its new value."""
    match node:
        case ast.Compare(ops=[first, *others]):
            yield "ops", [TURNED[type(first)](), *others]
        case ast.BoolOp(op=op):
            yield "op", TURNED[type(op)]()
        case ast.If(test=test) | ast.IfExp(test=test):
            yield "test", ast.UnaryOp(ast.Not(), test)
        case ast.Attribute(attr=word) if word in OTHER:
            yield "attr", OTHER[word]
        case ast.keyword(arg=str(name)) if "__" in name and (ending := name.rpartition("__")[2]) in OTHER:
            yield "arg", name.removesuffix(ending) + OTHER[ending]
        case ast.Constant(value=bool(value)):
            yield "value", not value


def mutants(file: Path) -> Iterator[tuple[Path, str, str]]:
    """Each change inside a function of this file: the file, what is changed, and the whole text with it."""
    tree = ast.parse(file.read_text())
    functions = [function for function in ast.walk(tree) if isinstance(function, ast.FunctionDef)]
    for node in {node: None for function in functions for statement in function.body for node in ast.walk(statement)}:
        for field, new in changes(node):
            old, before = getattr(node, field), ast.unparse(node).partition("\n")[0]
            setattr(node, field, new)
            yield file.relative_to(ROOT), f"{before} → {ast.unparse(node).partition('\n')[0]}", ast.unparse(tree)
            setattr(node, field, old)


def fails(room: str, copy: Path) -> bool:
    command = [sys.executable, "-m", "pytest", "-qx", "-n", "auto", "-m", "not postgresql", f"tests/{room}"]
    limit = ["-o", "faulthandler_timeout=300", "-o", "faulthandler_exit_on_timeout=true"]
    return subprocess.run([*command, *limit], cwd=copy, capture_output=True, check=False).returncode != 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rooms", nargs="+", metavar="room", choices=sorted(file.parent.name for file in ROOT.glob("tests/*/__init__.py")))
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same changes of the same code")
    given = parser.parse_args()
    files = [file for room in given.rooms for file in sorted(ROOT.glob(f"declarations/{room}/**/*.py"))]
    chosen = [mutant for file in files if not LEFT_OUT.search(str(file.relative_to(ROOT))) for mutant in mutants(file)]
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(ROOT, Path(folder) / "copy", ignore=shutil.ignore_patterns(".git", ".venv"))
        if any(fails(room, copy) for room in given.rooms):
            sys.exit("These tests fail without any change.")
        for file, what, text in random.Random(given.seed).sample(chosen, min(given.count, len(chosen))):  # noqa: S311  # no secret
            (copy / file).write_text(text)
            print("noticed " if fails(file.parts[1], copy) else "SURVIVED", file, what, flush=True)
            shutil.copy(ROOT / file, copy / file)


if __name__ == "__main__":
    main()
