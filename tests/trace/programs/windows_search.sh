# Which program a name means on Windows: the one that cmd.exe would run. CreateProcess alone looks
# in trailrec's own folder first.
. "$(dirname "$0")/common.sh"
program=$TRACE_TOOLS/../../samples/no_events.exe
mkdir own here 'a; folder' second
cp "$TRAILREC" own/trailrec.exe && cp "$program" own/twin.exe || fail "nothing to copy"
# Wine puts it before PATH
WINEPATH="\"Z:$(pwd)/a; folder\";;Z:$(pwd)/absent;Z:$(pwd)/second"
export WINEPATH

# runs EXPECTED COMMAND...: from the folder here, by the trailrec in own; "none" if there is none.
runs()
{
    expected=$1
    shift
    (cd here && $EMULATOR ../own/trailrec.exe -q -o ../trail.db -- "$@") >out 2>err
    status=$?
    if [ "$expected" = none ]; then
        same "status of $*" 127 $status
        grep -q 'not found; check its name and PATH' err || fail "message of $*: $(cat err)"
    else
        [ $status -eq 0 ] || fail "$*: status $status: $(cat err)"
        same "what ran as $*" "$expected" "$(value "SELECT path FROM processes
            WHERE process = 1 ORDER BY run DESC LIMIT 1" | tr '\\' '/' | sed "s:.*$(pwd)/::")"
    fi
}
put() { cp "$program" "$1" || fail "cannot make '$1'"; }

runs none twin
runs none twin.exe
put second/twin.exe
runs second/twin.exe twin
runs second/twin.exe twin.exe
put 'a; folder/twin.exe'
runs 'a; folder/twin.exe' twin
runs 'a; folder/twin.exe' TWIN.EXE
put here/twin.exe
runs here/twin.exe twin
runs here/twin.exe ./twin
runs second/twin.exe ../second/twin.exe
runs second/twin.exe '..\second\twin'
NoDefaultCurrentDirectoryInExePath=1 runs 'a; folder/twin.exe' twin
put here/twin.com
runs here/twin.com twin
runs here/twin.exe twin.exe
mkdir here/folder.exe
runs none folder
runs none ./folder.exe
put here/bare
runs here/bare ./bare
runs none bare
runs none ../own/absent.exe
