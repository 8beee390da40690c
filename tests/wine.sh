#!/bin/sh
# Runs Windows programs under Wine for the tests, headless and quietly, each build tree in a Wine
# prefix of its own.
#
#   wine.sh start PREFIX               make the prefix and keep its server running for a while (run
#                                      does it by itself)
#   wine.sh run PREFIX EXE [ARG...]    run a program; the exit status is its own, of which Unix
#                                      shows the low 8 bits
#   wine.sh stop PREFIX                end the server and every program in the prefix
#
# A server that stays is what makes a test take 0.04 s and not seconds. It ends by itself two
# minutes after its last program, so that nothing is left behind where nobody calls stop. Exit
# status 77 (skipped) where there is no Wine.
set -u

server_seconds=120

die()
{
    echo "wine.sh: $1" >&2
    exit "${2:-2}"
}

# Debian's `wine` complains on stderr about a missing 32-bit Wine; its 64-bit loader does not.
find_wine()
{
    for loader in wine64 /usr/lib/wine/wine64 wine; do
        if command -v "$loader" >/dev/null 2>&1; then
            echo "$loader"
            return
        fi
    done
    die "there is no Wine to run Windows programs with; install it" 77
}

# The server holds a lock of ours for as long as it lives: that is how others know. Only one of
# several tests at once starts it.
server_is_running()
{
    ! flock -n "$WINEPREFIX.locks/server" true
}

start()
{
    mkdir -p "$WINEPREFIX.locks" || die "cannot make '$WINEPREFIX.locks'"
    server_is_running && [ -f "$WINEPREFIX/system.reg" ] && return
    (
        flock 9 || die "cannot lock '$WINEPREFIX.locks/start'"
        server_is_running && [ -f "$WINEPREFIX/system.reg" ] && exit
        # -w: somebody may hold the lock for the moment of a look. Again: the last server may have
        # been about to end.
        for try in 1 2 3 4 5; do
            setsid flock -w 5 "$WINEPREFIX.locks/server" wineserver -f -p$server_seconds \
                </dev/null >/dev/null 2>&1 9>&- &
            $fixed_addresses "$wine" cmd /c exit </dev/null >/dev/null 2>&1 9>&- && exit
        done
        die "Wine does not start in '$WINEPREFIX'"
    ) 9>"$WINEPREFIX.locks/start" || exit $?
}

[ $# -ge 2 ] || die "usage: wine.sh start|stop PREFIX, or wine.sh run PREFIX EXE [ARG...]"
command=$1
WINEPREFIX=$2
# no downloads of Mono and Gecko, no crash dialogue, no desktop
WINEDLLOVERRIDES="mscoree,mshtml=;winedbg.exe,explorer.exe=d"
WINEDEBUG=${WINEDEBUG:--all}
export WINEPREFIX WINEDLLOVERRIDES WINEDEBUG
unset DISPLAY WAYLAND_DISPLAY
shift 2
wine=$(find_wine) || exit $?

# Linux puts a program's heap anywhere in 1 GiB behind it, Wine wants 0x7ffe0000 there for every
# Windows process, and Debian's has no preloader that would keep it free: once in some thousand
# starts the program ends with status 1 before it begins, or CreateProcess says "error 1359". Where
# addresses are not chosen at random they do not meet. Some containers forbid that: then chance
# decides.
fixed_addresses=
setarch -R true 2>/dev/null && fixed_addresses="setarch -R"

case $command in
start) start ;;
stop) wineserver -k ;;
run)
    start
    exec $fixed_addresses "$wine" "$@"
    ;;
*) die "unknown command '$command'" ;;
esac
