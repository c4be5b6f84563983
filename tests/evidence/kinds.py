"""The kinds of record that the product appends to the log, read from its source."""

import ast
import re
from pathlib import Path

import declarations

KIND = re.compile(r"[a-z]+\.[a-z_]+")


def written() -> set[str]:
    """Of each call with `kind=`: the kinds that stand there; where a name stands there, every word of that file that looks like one; where
    a part is put in (`f"permission.{what}"`), that part of every call of the function around it.

    Where they are declared (`log_records.py`) does not count: that is compared with what this finds.
    """
    found: set[str] = set()
    top = Path(declarations.__file__).parent
    for path in sorted(top.rglob("*.py")):
        if path.relative_to(top).parts[0] == "migrations" or path.name == "log_records.py":
            continue
        tree = ast.parse(path.read_text())
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in {"append", "append_about", "write"}:
                for keyword in call.keywords:
                    if keyword.arg == "kind" and isinstance(keyword.value, ast.JoinedStr):
                        found |= filled(keyword.value, call, tree)
                    elif keyword.arg == "kind":
                        found |= words(keyword.value) or (words(tree) if path != top / "evidence/log.py" else set())
    return found


def filled(kind: ast.JoinedStr, call: ast.Call, tree: ast.Module) -> set[str]:
    beginning = kind.values[0]
    assert isinstance(beginning, ast.Constant)
    (around,) = (node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and call in ast.walk(node))
    everywhere = [ast.parse(path.read_text()) for path in Path(declarations.__file__).parent.rglob("*.py")]
    calls = [node for one in everywhere for node in ast.walk(one) if isinstance(node, ast.Call)]
    of_it = [node for node in calls if ast.unparse(node.func).rpartition(".")[2] == around]
    parts = [part for node in of_it for argument in node.args for part in ast.walk(argument)]
    return {f"{beginning.value}{part.value}" for part in parts if isinstance(part, ast.Constant)}


def words(tree: ast.AST) -> set[str]:
    constants = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {text for text in constants if KIND.fullmatch(text)}
