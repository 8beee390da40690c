# Sourced by samples/quickstart.sh and tests/run.sh: installs what is missing, with apt-get, on
# Debian 12 and later or Ubuntu.
#
#   need COMMAND PACKAGE        a program that must be there
#   need_file FILE PACKAGE      a file (a header) that must be there; FILE may be a pattern
#   install_missing             installs what the calls before found missing, or ends with a message
#                               that says what to install

missing=

need()
{
    command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}

need_file()
{
    for found in $1; do
        [ -e "$found" ] && return
    done
    missing="$missing $2"
}

install_missing()
{
    [ -n "$missing" ] || return 0
    echo "== installing:$missing"
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        as_root="sudo -n"
        sudo -n true 2>/dev/null || {
            echo "These packages are missing, and this user may not install them:$missing" >&2
            echo "Ask for: apt-get install$missing" >&2
            exit 1
        }
    fi
    command -v apt-get >/dev/null 2>&1 || {
        echo "These packages (Debian's names) are missing, and there is no apt-get here to" \
            "install them:$missing" >&2
        exit 1
    }
    log=$(mktemp)
    { $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q &&
        # shellcheck disable=SC2086
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install \
            -y -q --no-install-recommends $missing; } >"$log" 2>&1 || {
        tail -n 15 "$log" >&2
        echo "apt-get could not install:$missing (the whole log: $log)" >&2
        exit 1
    }
    rm -f "$log"
    missing=
}
