"""The kinds of record that the product appends to the log, read from its source."""

import ast
import re
from pathlib import Path

import declarations

KIND = re.compile(r"[a-z]+\.[a-z_]+")


def written() -> set[str]:
    """Of each call with `kind=`: the kinds that stand there; where a name stands there, every word of that file that looks like one.

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
                    if keyword.arg == "kind":
                        found |= words(keyword.value) or (words(tree) if path != top / "evidence/log.py" else set())
    return found


def words(tree: ast.AST) -> set[str]:
    constants = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {text for text in constants if KIND.fullmatch(text)}
