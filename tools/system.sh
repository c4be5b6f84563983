#!/bin/sh
# See that the system has what no Python package brings: tools/system.sh pango chromium poppler shellcheck freeradius
# What is missing is installed where apt-get may be used without asking; else the exact command is named and this fails.
set -u
cd "$(dirname "$0")/.." || exit 1

libraries() {
    .venv/bin/python -c 'import ctypes, sys
for name in sys.argv[1:]: ctypes.CDLL(name)' "$@" 2>/dev/null
}

a_file() {
    for path; do [ -e "$path" ] && return 0; done
    return 1
}

a_program() {
    for name; do command -v "$name" >/dev/null 2>&1 && return 0; done
    return 1
}

has() {
    case $1-$(uname -s) in
        pango-Darwin) a_file /opt/homebrew/lib/libpango-1.0.dylib /usr/local/lib/libpango-1.0.dylib ;;
        pango-*) libraries libgobject-2.0.so.0 libpango-1.0.so.0 libpangoft2-1.0.so.0 libharfbuzz.so.0 libharfbuzz-subset.so.0 libfontconfig.so.1 ;;
        chromium-Darwin) a_program chromium || a_file '/Applications/Chromium.app' '/Applications/Google Chrome.app' ;;
        chromium-*) a_program chromium chromium-browser google-chrome ;;
        poppler-*) a_program pdftoppm ;;
        freeradius-*) a_program freeradius /usr/sbin/freeradius && a_program radclient && a_program eapol_test && a_file /usr/lib/freeradius/rlm_rest.so ;;
        shellcheck-*) [ -x .venv/bin/shellcheck ] || a_program shellcheck ;;
        *) return 1 ;;
    esac
}

debian() {
    case $1 in
        pango) echo libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 ;;
        poppler) echo poppler-utils ;;
        freeradius) echo freeradius freeradius-rest freeradius-utils eapoltest ;;
        *) echo "$1" ;;
    esac
}

lacking() {
    for need; do has "$need" || printf '%s ' "$need"; done
}

for need; do
    case $need in
        pango | chromium | poppler | shellcheck | freeradius) ;;
        *) echo "tools/system.sh knows nothing called $need." >&2 && exit 2 ;;
    esac
done

missing=$(lacking "$@")
[ -z "$missing" ] && exit 0

packages=$(for need in $missing; do debian "$need"; done | tr '\n' ' ')
if command -v apt-get >/dev/null 2>&1; then
    as_root=
    if [ "$(id -u)" -ne 0 ]; then as_root='sudo -n'; fi
    if [ -z "$as_root" ] || sudo -n true 2>/dev/null; then
        echo "Installing $packages"
        # shellcheck disable=SC2086 # lists of words
        $as_root apt-get -o DPkg::Lock::Timeout=300 update -qq </dev/null >/dev/null &&
            $as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends $packages </dev/null >/dev/null
    fi
fi

# shellcheck disable=SC2086 # a list of words
missing=$(lacking $missing)
[ -z "$missing" ] && exit 0
{
    echo "The system lacks: ${missing% }. To install it:"
    case $(uname -s) in
        Darwin) echo "  brew install $(echo "$missing" | sed 's/chromium/--cask chromium/')" ;;
        *) echo "  sudo apt-get update && sudo apt-get install ${packages% }" ;;
    esac
} >&2
exit 1
