# --turns: A B B A, each side with labels, a folder and variables of its own; --next is special only
# there; the status is the first that is not 0; what ends the turns is said.
. "$(dirname "$0")/common.sh"

status_of() { "$@" >out.txt 2>err.txt; echo $?; }
says() { grep -q "^trailrec: $1" err.txt || fail "no '$1' in: $(cat err.txt)"; }

if [ -n "$EMULATOR" ]; then # cmd quotes as Windows does
    a='cmd /c "exit  3"' b='cmd /c exit 4'
    first=$(status_of trailrec --turns -n 2 -l build=100 -E SIDE=x -o trail.db -- cmd /c 'exit  3' \
        --next -l build=101 -E SIDE -- cmd /c exit 4)
    single='cmd /c echo --next'
else
    a="sh -c 'pwd;  exit 3'" b="sh -c 'echo \$SIDE; exit 4'"
    first=$(status_of trailrec --turns -n 2 --warmup 1 -l build=100 -C / -o trail.db -- sh \
        -c 'pwd;  exit 3' --next -l build=101 -E SIDE=y -- sh -c 'echo $SIDE; exit 4')
    same "order and what each has" "/ y / y y /" "$(tr '\n' ' ' <out.txt | sed 's/ $//')"
    single='echo --next'
fi
same "status" 3 "$first"
same "runs" "100 101 101 100" "$(value "SELECT group_concat(labels ->> 'build', ' ') FROM
    (SELECT * FROM runs ORDER BY run)")"
same "commands" "$a;$b" "$(value "SELECT group_concat(c, ';') FROM
    (SELECT DISTINCT trim(command_line) AS c FROM runs ORDER BY run)" |
    sed 's/^"//; s/"$//; s/""/"/g')"
says 'A: run 1: exit code 3'
says 'B: run 3: exit code 4'
says 'A: build=100, 2 runs, median .* (.* to .*), held .*, 2 did not end with 0: '
says 'compare them with: trailview -d trail.db diff @build=100 @build=101$'
same "status of that" 0 "$(status_of trailrec -o other.db -- $single)"
same "a command's own --next" "$single" "$(value 'SELECT command_line FROM runs' other.db)"
[ -z "$EMULATOR" ] || exit 0

same "no labels" "0 0" "$(status_of trailrec -q --turns -o q.db -- true --next true) \
$(wc -c <err.txt | tr -d ' ')"
same "no labels, several runs" 0 "$(status_of trailrec -q --turns -n 2 -o q.db -- true --next true)"
says 'no label tells the runs of one COMMAND from those of another'
same "by number" 0 "$(status_of trailrec --turns -o q.db -- true --next false -- --next true |
    tr 1 0)"
says 'compare them with: trailview -d q.db diff 7 8$'
says 'compare them with: trailview -d q.db diff 7 9$'
same "three" "a=1 a=2 a=3 a=3 a=2 a=1" "$(trailrec -q --turns -n 2 -o three.db -l a=1 true \
    --next -l a=2 true --next -l a=3 true
    value "SELECT group_concat('a=' || (labels ->> 'a'), ' ') FROM
    (SELECT * FROM runs ORDER BY run)" three.db)"
same "not found" 127 "$(status_of trailrec --turns -n 5 -l a=1 -o none.db -- true \
    --next -l a=2 ./none)"
says "turn 2 of 10 (B): './none' is not found"
says 'A: a=1, 1 run, median'
same "what had its turn" 1 "$(value 'SELECT count(*) FROM runs' none.db)"
same "condition" 0 "$(status_of trailrec --turns --until exception:USR1 -l a=1 -o until.db -- sh \
    -c 'kill -USR1 $$; sleep 60' --next -l a=2 true)"
same "a signal" 139 "$(status_of trailrec --turns -o signal.db -- true --next sh \
    -c 'kill -SEGV $$')"
same "no file" 0 "$(status_of trailrec --turns --nop -n 2 -o nop.db -- true --next true)"
[ ! -e nop.db ] || fail "--nop made a file"
! grep -q compare err.txt || fail "what is not kept cannot be compared"

# A Ctrl-C that the program survives. (What runs behind has SIGINT ignored.)
python3 -c 'import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])' \
    "$TRAILREC" --turns -n 1000 -o int.db -l a=1 true --next -l a=2 -- sh \
    -c 'trap : INT; : >begun; sleep 0.2' 2>err.txt &
recorder=$!
wait_for "the second turn" [ -e begun ]
kill -INT $recorder
wait $recorder
says 'interrupted in turn 2 of 2000 (B): that run may be cut short'

wrong() # wrong PATTERN OPTION...
{
    pattern=$1
    shift
    same "status of $*" 125 "$(status_of trailrec -o wrong.db "$@")"
    says ".*$pattern"
}
wrong 'two COMMANDs or more' --turns true
wrong 'is for a COMMAND' --turns -p $$
wrong 'no command on one side' --turns -- --next true
wrong 'no command on one side' --turns true --next
wrong "each COMMAND's own; --repeat stands before" --turns true --next -n 2 true
wrong "unknown option '-z'" --turns true --next -zq true
wrong 'does not go with --turns' --turns -t 1 --then stop true --next true
wrong '26 COMMANDs at most' --turns $(seq 27 | sed 's/.*/true --next/') true
