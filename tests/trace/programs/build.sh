# A native build of trailrec, recorded with -f: it succeeds, and the record holds every process that
# ran, with its parent and exit code, as an independent witness saw them: strace, at another build
# of the same source.
. "$(dirname "$0")/common.sh"

for need in strace cmake ninja python3; do
    command -v $need >/dev/null || skip "there is no $need"
done
source=$(cd "$(dirname "$0")/../../.." && pwd)

# The same folder for both, so that both do the same.
build() { "$@" sh -c 'cmake -G Ninja -S "$1" -B build -DTRAIL_TESTS=OFF &&
    ninja -v -C build trailrec' sh "$source" >"$name.txt" 2>&1; }

name=witness
build strace -f -q -e trace=execve,execveat,fork,vfork,clone,clone3 -o strace.txt ||
    fail "the build fails under strace: $(tail -n 20 witness.txt)"
rm -rf build
name=recorded
build trailrec -q -f -o trail.db -- ||
    fail "the build fails when it is recorded: $(tail -n 40 recorded.txt)"

same "commands of the build" "$(grep -c '^\[[0-9]*/[0-9]*\] ' witness.txt)" \
    "$(grep -c '^\[[0-9]*/[0-9]*\] ' recorded.txt)"
python3 "$(dirname "$0")/strace_processes.py" strace.txt | sort >expected.txt
value "SELECT coalesce(parent.name, 'none') || ' ' || child.name || ' '
    || coalesce(child.exit_code, child.exit_signal, 'lives') AS line
    FROM processes AS child LEFT JOIN processes AS parent ON parent.run = child.run
    AND parent.process = child.parent_process
    WHERE child.run = 1" | sort >actual.txt
[ "$(wc -l <expected.txt)" -gt 200 ] || fail "the witness saw too little: $(cat expected.txt)"
diff -u expected.txt actual.txt >&2 || fail "the processes differ from what strace saw (-)"
same "compilers" "$(grep -c ' cc1 ' expected.txt)" "$(value "SELECT count(*) FROM processes
    WHERE name = 'cc1'")"
same "state" complete "$(value 'SELECT state FROM runs')"
trailview -d trail.db verify >verify.txt || fail "verify: $(cat verify.txt)"
echo "$(wc -l <expected.txt) processes, $(grep -c ' cc1 ' expected.txt) of them compilers"
