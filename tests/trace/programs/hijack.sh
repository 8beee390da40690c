# A planted library: rules from ten good runs, then a file of the library's name in a folder that is
# searched first. check names the file.
. "$(dirname "$0")/common.sh"

samples=$TRACE_TOOLS/../../samples
mkdir app
if [ -f "$samples/library_by_name.exe" ]; then
    cp "$samples/library_by_name.exe" app/
    program=app/library_by_name.exe library=version.dll planted=$samples/sample_plugin.dll
    # Windows searches the program's folder first; Wine takes its own library, unless it is told
    # otherwise for this program.
    [ -z "$EMULATOR" ] ||
        $EMULATOR reg add 'HKCU\Software\Wine\AppDefaults\library_by_name.exe\DllOverrides' /v \
        version /d native,builtin /f \
        >/dev/null 2>&1 || fail "cannot set Wine's load order"
else
    cp "$samples/library_by_name" app/
    program=app/library_by_name library=libm.so.6 planted=$(ldd /usr/bin/env |
        sed -n 's/.*libc\.so.* => \([^ ]*\) .*/\1/p')
    planted=$(dirname "$planted")/libm.so.6
    LD_LIBRARY_PATH=$PWD/app
    export LD_LIBRARY_PATH
fi
for i in 1 2 3 4 5 6 7 8 9 10; do
    trailrec -q -o trail.db -- "$program" >/dev/null 2>&1 || fail "the sample failed"
done
trailview -d trail.db baseline -o app.rules || fail "baseline failed"
trailview -d trail.db check app.rules >good.txt || fail "a good run is refused: $(cat good.txt)"

cp "$planted" "app/$library" || fail "cannot plant the library"
trailrec -q -o trail.db -- "$program" >/dev/null 2>&1 ||
    fail "the sample failed with the planted library"
same "runs from which it was planted" 1 "$(value "SELECT count(*) FROM loads WHERE run = 11
    AND name = '$library' AND path LIKE '%app_$library'")"
trailview -d trail.db check app.rules >found.txt
same "status of check" 1 $?
tr -d '\r' <found.txt >found
grep -q "^app.rules:[0-9]*: path ${library%.6} " found || fail "the rule is not named: $(cat found)"
grep -q "$library came from .*app.$library ({app})" found ||
    fail "the file is not named: $(cat found)"
# Wine's own version.dll brings ucrtbase.dll along, which the planted file does not: that is missing
# too.
grep -v ': require ucrtbase.dll$' found | grep -c '^app.rules:[0-9]' >count
same "violations" 1 "$(cat count)"
