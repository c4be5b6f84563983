#!/bin/sh
# Print the path of a Python that can run this project; bring one with uv if there is none; else say how to get one.
# PYTHON=/path/to/python, if set, is the only candidate. Docs: docs/decisions/0002-find-an-interpreter.md
set -u
cd "$(dirname "$0")/.." || exit 1

# A name that exists proves nothing: a pyenv shim may only print a complaint, and Debian's python3 may lack venv. So each is run.
probe='import sys, ensurepip, ssl, sqlite3, venv
print(sys.executable if sys.version_info >= (3, 12) else "")'

usable() {
    found=$("$1" -I -c "$probe" 2>/dev/null </dev/null) && [ -n "$found" ]
}

if [ -n "${PYTHON:-}" ]; then
    if usable "$PYTHON"; then
        echo "$found"
        exit 0
    fi
    echo "PYTHON is $PYTHON, which is not a working Python 3.12 or later with venv." >&2
    exit 1
fi

for name in python3.14 python3.13 python3.12 python3 python; do
    if usable "$name"; then
        echo "$found"
        exit 0
    fi
done

for path in "${PYENV_ROOT:-${HOME:-/nonexistent}/.pyenv}"/versions/3.*/bin/python3 \
    /opt/homebrew/bin/python3.1? /usr/local/bin/python3.1? \
    "${HOME:-/nonexistent}"/.local/bin/python3.1?; do
    if [ -x "$path" ] && usable "$path"; then
        echo "$found"
        exit 0
    fi
done

# uv keeps its own interpreters; if it has none, it downloads one. Any Python with venv can fetch uv itself.
bring() {
    echo "No Python 3.12 or later here: trying to bring one with uv …" >&2
    uv=$(command -v uv) || uv=.tools/bin/uv
    if ! [ -x "$uv" ]; then
        for name in python3 python; do
            "$name" -m venv .tools >/dev/null 2>&1 && .tools/bin/pip install --quiet uv >/dev/null 2>&1 && break
        done
    fi
    [ -x "$uv" ] || return 1
    UV_HTTP_TIMEOUT=60 "$uv" python install --quiet 3.13 >/dev/null 2>&1 </dev/null
    path=$("$uv" python find --system --no-project '>=3.12' 2>/dev/null </dev/null) && usable "$path"
}

if bring; then
    echo "$found"
    exit 0
fi

cat >&2 <<'HOW'
This needs Python 3.12 or later, with venv, and none was found. To get one:

  Debian 13 and later, Ubuntu 24.04 and later:  sudo apt-get install python3 python3-venv
  Debian 12, Ubuntu 22.04 (theirs is too old):   install uv (`pipx install uv`), then:  uv python install 3.13
  macOS:                                         brew install python@3.13
  with pyenv:                                    pyenv install 3.13

Then say the same make command again. A Python elsewhere:  make demo PYTHON=/path/to/python3
HOW
exit 1
