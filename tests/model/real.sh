#!/bin/sh
# Sets of runs of one build of real programs, without a busy core and with one: between two of a
# kind there is no difference, between the kinds none but of times.
#
#     real.sh TRAILREC TRAILVIEW FOLDER [RUNS]
recorder=$1 viewer=$2 folder=$3 runs=${4:-20}
mkdir -p "$folder" && cd "$folder" || exit 2
rm -f ./*.db ./*.db-*
echo 'int main(void) { return 0; }' >main.c
[ -d repository ] || { git init -q repository && cp main.c repository; }
cat >twenty.sh <<'END'
for i in 1 2 3 4 5; do
    ls -l / | sort >/dev/null
    expr $i + 1 >/dev/null
    date >/dev/null
done
END
structure=loads,order,identity,path,cause,failed,processes,threads,exceptions,output,environment
busy='' failures=0
trap 'kill $busy 2>/dev/null' EXIT

# record SET COMMAND...
record() {
    set=$1
    shift
    "$recorder" -q -f -o "$name.db" -n "$runs" --warmup 1 -l "set=$set" -- "$@" >"$name.out" 2>&1
}

# differ SET SET [OPTION...]
differ() {
    first=$1 second=$2
    shift 2
    "$viewer" -d "$name.db" diff "@set=$first" "@set=$second" "$@" >"$name.txt" && return
    echo "$name: $first and $second differ"
    cat "$name.txt"
    failures=$((failures + 1))
}

# compare NAME COMMAND...
compare() {
    name=$1
    shift
    command -v "$1" >/dev/null || { echo "$name: not here"; return; }
    record quiet-1 "$@"
    record quiet-2 "$@"
    while :; do :; done &
    busy=$!
    record busy-1 "$@"
    record busy-2 "$@"
    kill "$busy"
    wait "$busy" 2>/dev/null
    differ quiet-1 quiet-2
    differ busy-1 busy-2
    differ quiet-1 busy-1 --only "$structure"
    "$viewer" -d "$name.db" baseline -o "$name.rules" @set=quiet-1 2>&1 | sed "s/^/$name: /"
    for set in quiet-2 busy-1 busy-2; do
        "$viewer" -d "$name.db" check "$name.rules" "@set=$set" || failures=$((failures + 1))
    done
}

compare python3 python3 -c 'import json, ssl, sqlite3, threading'
compare git git -C repository status
compare node node -e 'require("crypto"); require("zlib")'
compare gcc gcc -O2 -o main main.c
compare script sh twenty.sh
echo "$failures of 30 wrong"
exit $((failures > 0))
