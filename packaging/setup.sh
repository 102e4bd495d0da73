#!/usr/bin/env bash
# Makes this checkout ready to run: `packaging/setup.sh demo`; `packaging/setup.sh test` for its tests as well, or
# `packaging/setup.sh package` for making packages.
#
# A suitable Python, the system packages of packaging/system-packages/needs.txt, .venv with the packages of
# packaging/locks (each checked against its hash), and this project in it. A second run does nothing until one of
# those files changes. All it says goes to standard error: the caller's standard output stays the caller's.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

stage=${1:-}
needs=packaging/system-packages/needs.txt
foreign=tests/foreign

say() { printf '%s\n' "$*" >&2; }
fail() { say "vidphone set-up: $*"; exit 1; }

case $stage in
demo) stages="demo" ;;
test) stages="demo test package" ;;
package) stages="demo package" ;;
*) fail "say what for: packaging/setup.sh demo, test or package" ;;
esac
lock_of() { if [ "$1" = demo ]; then echo packaging/locks/run.txt; else echo packaging/locks/dev.txt; fi; }
lock=$(lock_of "$stage")

# ------------------------------------------------------------------------------------------------ done already?

# The folder counts as well: the paths inside .venv are absolute, so a checkout that was moved is set up again.
fingerprint() {
    {
        pwd
        cat packaging/setup.sh "$needs" pyproject.toml "$(lock_of "$1")"
        if [ "$1" = test ] && [ -f $foreign/package-lock.json ]; then cat $foreign/package-lock.json; fi
    } | sha256sum
}
is_ready() { [ -x .venv/bin/python ] && [ "$(cat ".venv/.ready-$1" 2>/dev/null)" = "$(fingerprint "$1")" ]; }
if is_ready "$stage" || { [ "$stage" = demo ] && { is_ready test || is_ready package; }; }; then exit 0; fi

# ------------------------------------------------------------------------------------------------ what is missing?

distribution=unknown
if [ -r /etc/os-release ]; then
    like=" $(. /etc/os-release && echo "${ID:-} ${ID_LIKE:-}") "
    case $like in
    *" ubuntu "*) distribution=ubuntu ;;
    *" debian "*) distribution=debian ;;
    *" fedora "*) distribution=fedora ;;
    esac
fi

libraries=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null || true)
any_command() { local name; for name in "$@"; do command -v "$name" >/dev/null 2>&1 && return 0; done; return 1; }
any_file() { local glob; for glob in "$@"; do compgen -G "$glob" >/dev/null && return 0; done; return 1; }
is_there() {
    local kind=${1%%:*} alternatives
    IFS='|' read -ra alternatives <<<"${1#*:}"
    case $kind in
    lib) grep -qF "${alternatives[0]} " <<<"$libraries" ;;
    cmd) any_command "${alternatives[@]}" ;;
    file) any_file "${alternatives[@]}" ;;
    font) [ -n "$(fc-list ":lang=${alternatives[0]}" 2>/dev/null | head -n 1)" ] ||
        any_file '/usr/share/fonts/*/*/*CJK*' '/usr/share/fonts/*/*CJK*' ;;
    *) fail "$needs: no such probe: $1" ;;
    esac
}

packages=() reasons=() left_out=() left_out_probes=()
missing() {
    reasons+=("$(printf '  %-28s %s' "$1" "$2")")
    packages+=("$1")
}

PYTHON_OK='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
find_python() {
    local name
    for name in ${VIDPHONE_PYTHON:+"$VIDPHONE_PYTHON"} python3 python3.13 python3.12 python3.11; do
        "$name" -c "$PYTHON_OK" >/dev/null 2>&1 && "$name" -c "$1" >/dev/null 2>&1 && echo "$name" && return 0
    done
    return 1
}
# Debian keeps what makes environments (ensurepip) in a package apart.
complete_python() { find_python 'import ensurepip, sqlite3, ssl, venv'; }

if ! complete_python >/dev/null; then
    if python=$(find_python 'pass') && [ "$distribution" != fedora ]; then
        missing "$("$python" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')" "makes the environment .venv"
    elif [ "$distribution" = fedora ]; then
        missing python3.13 "the language that vidphone is written in"
    elif newest=$(apt-cache --names-only search '^python3\.1[123]-venv$' 2>/dev/null | sort -V | tail -n 1) &&
        [ -n "$newest" ]; then
        missing "${newest%% *}" "the language that vidphone is written in"
    else
        missing python3-venv "the language that vidphone is written in"
    fi
fi

trim() { local text=$1; text=${text#"${text%%[! ]*}"}; printf '%s' "${text%"${text##*[! ]}"}"; }
while read -r line; do
    case $line in '' | '#'*) continue ;; esac
    fields=${line// | /$'\t'} # alternatives inside a probe are joined by a bare |
    IFS=$'\t' read -r for_stage probe debian ubuntu fedora why <<<"$fields"
    case " $stages " in *" $(trim "$for_stage") "*) ;; *) continue ;; esac
    is_there "$(trim "$probe")" && continue
    case $distribution in
    debian) package=$(trim "$debian") ;;
    ubuntu) package=$(trim "$ubuntu") ;;
    fedora) package=$(trim "$fedora") ;;
    *) package=$(trim "$probe") ;;
    esac
    rival=${package##*unless:}
    package=${package%% unless:*}
    if [ "$package" = - ] || { [ "$rival" != "$package" ] && any_command "$rival"; }; then
        left_out+=("$(trim "$why")")
        left_out_probes+=("$(trim "$probe")")
        continue
    fi
    case " ${packages[*]-} " in *" $package "*) ;; *) missing "$package" "$(trim "$why")" ;; esac
done <"$needs"

# ------------------------------------------------------------------------------------------------ system packages

for what in "${left_out[@]+"${left_out[@]}"}"; do
    say "Left out: $what. This system has no package for it, or one that would push out what you use."
done

if [ ${#packages[@]} -gt 0 ]; then
    say "vidphone needs ${#packages[@]} system packages that are not here:"
    printf '%s\n' "${reasons[@]}" >&2
    as_root=""
    [ "$(id -u)" = 0 ] || as_root="sudo "
    case $distribution in
    # Nothing that is installed may go to make room: a desktop keeps its sound server.
    debian | ubuntu) commands=("${as_root}apt-get update"
        "${as_root}env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends --no-remove ${packages[*]}") ;;
    fedora) commands=("${as_root}dnf install -y --setopt=install_weak_deps=False ${packages[*]}") ;;
    *) fail "this system is none of Debian, Ubuntu and Fedora: install what is named above by its own means, then try again" ;;
    esac
    if [ -n "$as_root" ] && ! { any_command sudo && { [ -t 0 ] || sudo -n true 2>/dev/null; }; }; then
        say "Only the administrator can install them. Run this, then try again:"
        say "  $(printf '%s && ' "${commands[@]}" | sed 's/ && $//')"
        exit 1
    fi
    say "Installing them now:"
    system_log=$(mktemp)
    for command in "${commands[@]}"; do
        say "  $command"
        $command >"$system_log" 2>&1 </dev/null || { tail -n 20 "$system_log" >&2; fail "that failed; see above"; }
    done
    rm -f "$system_log"
fi

# ------------------------------------------------------------------------------------------------ Python packages

python=$(complete_python) || fail "no Python 3.11 to 3.13 here. Install one and name it: VIDPHONE_PYTHON=/path/to/python3.13 make $stage"
if ! .venv/bin/python -c "$PYTHON_OK; import pip" >/dev/null 2>&1; then
    "$python" -m venv --clear .venv || fail "the environment .venv could not be made"
fi
log=.venv/setup.log
: >"$log"
logged() { "$@" >>"$log" 2>&1 </dev/null || { tail -n 20 "$log" >&2; fail "$1 failed; the whole story is in $log"; }; }

say "Installing the Python packages of $lock into .venv (some minutes the first time) ..."
logged .venv/bin/python -m pip install --require-hashes -r "$lock"
logged .venv/bin/python -m pip install --no-deps --no-build-isolation --editable .

if [ "$stage" = test ] && [ -f $foreign/package-lock.json ]; then
    say "Installing libwebrtc for the tests against a foreign phone into $foreign/node_modules ..."
    logged npm --prefix $foreign ci --no-audit --no-fund
fi

printf '%s\n' "${left_out_probes[@]+"${left_out_probes[@]}"}" >.venv/left-out
fingerprint "$stage" >".venv/.ready-$stage"
say "Ready."
