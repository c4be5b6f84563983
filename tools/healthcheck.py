#!/usr/bin/env python3
"""Ask a server on this machine whether it is well: exit 0 if it and its database are. Standard library only."""

import os
import sys
import urllib.error
import urllib.request


def main() -> int:
    """The port is `PORT` (8000); the server answers only to a name from `ALLOWED_HOSTS`, so the question carries one."""
    names = os.environ.get("ALLOWED_HOSTS", "").split()
    name = names[0].removeprefix("*").removeprefix(".") if names else ""
    question = urllib.request.Request(
        f"http://127.0.0.1:{int(os.environ.get('PORT') or 8000)}/healthz", headers={"Host": name or "localhost"}
    )
    try:
        with urllib.request.urlopen(question, timeout=5) as answer:  # noqa: S310 # the address is http and ours, two lines up
            print(answer.read().decode())
            return 0
    except urllib.error.HTTPError as unwell:
        print(f"{unwell.code}: {unwell.read().decode(errors='replace')[:500]}", file=sys.stderr)
    except OSError as silent:
        print(f"No answer: {silent}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
