#!/bin/sh
# Make .venv hold exactly what a lock file names: tools/venv.sh requirements.txt | requirements-dev.txt
# The lock that was installed is kept in .venv, so that a second run costs one comparison and a changed lock is installed anew.
set -eu
cd "$(dirname "$0")/.."
lock=$1
installed=.venv/installed

current() {
    cmp -s "$1" "$installed/$1"
}

# An environment whose interpreter has gone, or is too old, cannot be mended.
if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
    python=$(sh tools/python.sh)
    echo "Making .venv with $python"
    rm -rf .venv
    "$python" -m venv .venv
fi

# The development lock holds the production one.
if current requirements-dev.txt && current requirements.txt; then exit 0; fi
if [ "$lock" = requirements.txt ] && current requirements.txt; then exit 0; fi

echo "Installing $lock"
rm -rf "$installed"
# --only-binary: no package runs code of its own while it is installed, and none needs a compiler.
.venv/bin/python -m pip install --quiet --no-input --disable-pip-version-check --no-deps --only-binary :all: --require-hashes -r "$lock"
mkdir "$installed"
cp requirements.txt "$installed/"
if [ "$lock" = requirements-dev.txt ]; then cp requirements-dev.txt "$installed/"; fi
