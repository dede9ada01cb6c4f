# Sourced by the scripts beside it. Makes .venv from constraints.txt and keeps it up to date.
# Needs Python 3.11 or newer and nothing else; talk goes to stderr.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
VENV="$ROOT/.venv"

say() { printf '%s\n' "$*" >&2; }

stop() {
    say "$(basename "$0"): $1"
    [ -z "${2:-}" ] || say "  $2"
    exit 1
}

# prepare_environment [GROUP…]: the application, ready to run, and dependency groups of pyproject.toml (test, check, …).
# Does nothing where all of it stands already.
prepare_environment() {
    local wanted part arguments=() missing=()
    make_venv
    wanted=$(fingerprint)
    for part in application "$@"; do
        [ "$(cat "$VENV/.ready-$part" 2>/dev/null)" = "$wanted" ] || missing+=("$part")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    for part in "${missing[@]}"; do
        [ "$part" = application ] || arguments+=(--group "$ROOT/pyproject.toml:$part")
    done
    say "Installing into .venv: ${missing[*]} (versions from constraints.txt)"
    pip_install --editable "${ROOT}[sandbox,xlsx]" --build-constraint "$ROOT/constraints.txt" ${arguments[@]+"${arguments[@]}"}
    for part in "${missing[@]}"; do
        printf '%s' "$wanted" >"$VENV/.ready-$part"
    done
}

# What the environment depends on; the folder too, because an editable installation remembers it.
fingerprint() {
    printf '%s' "$ROOT" | cat - "$ROOT/pyproject.toml" "$ROOT/constraints.txt" | cksum
}

make_venv() {
    [ -e "$VENV/.ready-pip" ] && "$VENV/bin/python" -c '' 2>/dev/null && return
    local python
    python=$(find_python) || stop "Python 3.11 or newer is needed, and was not found." \
        "On Debian or Ubuntu: sudo apt-get install python3 python3-venv"
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        install_debian "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    say "Making .venv with $("$python" --version) ($(command -v "$python"))"
    rm -rf "$VENV"
    "$python" -m venv "$VENV" || stop "$python cannot make a virtual environment." "What it said stands above."
    pip_install --upgrade pip # older ones know neither groups nor build constraints
    touch "$VENV/.ready-pip"
}

find_python() {
    local candidate
    for candidate in python3 python3.11 python3.12 python3.13 python3.14; do
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break
    done && printf '%s' "$candidate"
}

# Names each package while it is fetched; the whole talk stays in .venv/pip.log.
pip_install() {
    local log="$VENV/pip.log"
    if (
        set -o pipefail
        "$VENV/bin/python" -m pip install --no-input --disable-pip-version-check --progress-bar off \
            --constraint "$ROOT/constraints.txt" "$@" 2>&1 | tee "$log" | awk '
                $1 == "Collecting" || ($1 == "Processing" && $2 ~ /[.]whl$/) {
                    sub(/.*\//, "", $2); sub(/-[0-9].*|[^A-Za-z0-9_.-].*/, "", $2)
                    printf "%s%s", (n++ ? " " : "  "), $2; fflush()
                }
                END { if (n) print "" }' >&2
    ); then
        return
    fi
    tail -n 15 "$log" >&2
    stop "the installation failed; pip's last words stand above, all of them in .venv/pip.log." \
        "Is the network there? Run the same command again to go on."
}

# install_debian PACKAGE…: where we may, else say what to type.
install_debian() {
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        stop "Debian's packages are missing: $*" "Run: sudo apt-get install $*"
    fi
    say "Installing Debian's packages: $*"
    { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends "$@"; } >&2 ||
        stop "apt-get could not install $*."
}
