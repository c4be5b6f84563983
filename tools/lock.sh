#!/bin/sh
# Resolve pyproject.toml into requirements.txt (production) and requirements-dev.txt, every file with its hash, for every
# platform and every Python from 3.12 on. tools/lock.sh --upgrade-package django takes one newer; --upgrade takes all.
set -eu
cd "$(dirname "$0")/.."
if ! [ -x .tools/bin/uv ]; then
    python=$(sh tools/python.sh)
    "$python" -m venv .tools
    .tools/bin/pip install --quiet --disable-pip-version-check uv
fi

# A machine's own package sources must leave no trace: the hashes are those of the files that everyone gets.
lock() {
    env -u PIP_FIND_LINKS -u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL -u UV_INDEX -u UV_INDEX_URL -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS \
        UV_NO_CONFIG=1 .tools/bin/uv pip compile --quiet --universal --python-version 3.12 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' "$@" >/dev/null
}

lock pyproject.toml --output-file requirements.txt "$@"
lock pyproject.toml --group dev --constraint requirements.txt --output-file requirements-dev.txt "$@"
