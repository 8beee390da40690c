# The options that belong to launching: directory, environment, labels, quiet, live, follow, the
# default file.
. "$(dirname "$0")/common.sh"

mkdir there
same "directory" "$(cd there && pwd -P)" "$(trailrec -q -o trail.db -C there -- pwd)"
same "directory in the record" there "$(value 'SELECT directory FROM runs WHERE run = 1')"
same "set and unset" "a b:unset" \
    "$(GONE=1 trailrec -q -o trail.db -E 'NEW=a b' -E GONE -- sh -c 'echo "$NEW:${GONE-unset}"')"
trailrec -q -o trail.db -l build=100 -l 'branch=a=b' -- true || fail "labels"
same "labels" '{"branch":"a=b","build":"100"}' \
    "$(trailview -d trail.db sql --format json 'SELECT labels FROM runs WHERE run = 3' |
    sed -n 's/.*"labels": *\({[^}]*}\).*/\1/p')"
same "selected by label" 3 "$(trailview -d trail.db runs @build=100 --format csv | sed 1d |
    cut -d, -f1)"
same "quiet" "" "$(trailrec -q -o trail.db -- true 2>&1)"
same "digest" 2 "$(trailrec -o trail.db -- true 2>&1 | wc -l | tr -d ' ')"
trailrec -v -q -o trail.db -- true 2>live.txt
grep -q 'CreateProcess .*launch true: true' live.txt && grep -q 'LoadDll .*libc' live.txt &&
    grep -q 'ExitProcess .*exit code 0' live.txt ||
    fail "live listing: $(cat live.txt)"
TRAIL_DB=default.db trailrec -q -- true && [ -e default.db ] || fail "TRAIL_DB"
trailrec -q -f -o trail.db -- sh -c '(exit 3); (exit 4); exit 5'
same "follow: exit codes" "3 4 5" "$(value "SELECT group_concat(exit_code, ' ')
    FROM (SELECT exit_code FROM processes
    WHERE run = (SELECT max(run) FROM runs) ORDER BY exit_code)")"
same "without -f, options after the command are the command's" "-f -o x" \
    "$(trailrec -q -o trail.db -- echo -f -o x)"
same "two recorders at once" 10 \
    "$(for i in 1 2 3 4 5 6 7 8 9 10; do trailrec -q -o many.db -- true & done; wait
    value "SELECT count(*) FROM runs WHERE state = 'complete'" many.db)"

# What is typed wrong is answered with what was meant, in one sentence.
answers() # answers SENTENCE ARGUMENT...
{
    sentence=$1
    shift
    trailrec "$@" >out.txt 2>err.txt
    same "status of $*" 125 $?
    same "answer to $*" "trailrec: $sentence" "$(tr -d '\r' <err.txt)"
}
answers "unknown option '--folow'; did you mean '--follow'?" --folow -- true
answers "unknown option '-Z'; 'trailrec --help' explains" -Z -- true
answers "option '-l' needs an argument" -l
answers "option '--follow' takes no argument" --follow=yes -- true
# what is just beyond a limit, or does not go together
for wrong in "-t 0" "-t 1000001" "-l =x" "-l x" "-n 0" "-n 1000001" "--looks 3600001" "--looks -1" \
    "--then stop" "--then stop -t 1 -n 2" "--then stop -t 1 --warmup 1" "-E =x" "-k firs"; do
    trailrec -q $wrong -- true 2>err.txt
    same "status of $wrong" 125 $?
done
for wrong in "-p 0" "-p 4294967296" "-p 1 --kernel-times" "-p 1 -n 2" "-p 1 --warmup 1"; do
    trailrec -q $wrong 2>err.txt
    same "status of $wrong" 125 $?
    grep -qE "^trailrec: (-p|--kernel-times|-n|--warmup) " err.txt || fail "$wrong: $(cat err.txt)"
done
[ -n "$EMULATOR" ] || {
    evil=$(printf '\033[2J\342\200\256')
    answers "-t takes a number of seconds above 0 and up to 1000000, not '\\x1B[2J\\u202E'" \
        -t "$evil" -- true
    trailrec -o "$evil.db" -- true 2>err.txt
    grep -qF 'trailview -d "\x1B[2J\u202E.db" summary 1' err.txt || fail "digest: $(cat -v err.txt)"
}
same "-h" "$(trailrec --help)" "$(trailrec -h)"
[ -n "$EMULATOR" ] ||
    answers "this system has no console windows; leave out --new-console" --new-console -- true
    answers "this system's loader has no snaps, and what it cannot load is recorded anyway; leave \
out --loader-snaps" --loader-snaps -- true

command -v strace >/dev/null || skip "the rest: there is no strace"

strace -o strace.txt -e trace=fsync,fdatasync "$TRAILREC" -q -o empty.db -- true
[ "$(grep -c '^f' strace.txt)" -le 3 ] || # the log, its folder and the file, at the end
    fail "where the file was empty the medium is waited for: $(grep '^f' strace.txt)"

# A sentence is one write: nothing of another process comes in between, no character is cut.
one_write_a_line() # one_write_a_line COMMAND...
{
    strace -o strace.txt -e trace=write -s 4096 "$@" 2>err.txt
    same "writes of $*" "$(wc -l <err.txt)" "$(grep -c '^write(2,' strace.txt)"
}
one_write_a_line "$TRAILREC" -o trail.db -- sh -c 'exit 3'
one_write_a_line "$TRAILREC" -o "$(printf 'gr\303\274\303\237e.db')" -- true
one_write_a_line "$TRAILREC" --folow -- true
one_write_a_line "$TRAILVIEW" -d nowhere.db runs
