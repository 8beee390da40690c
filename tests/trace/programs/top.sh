# trailview top over a recording that runs: as lines, as rows, and on a terminal (top.py).
. "$(dirname "$0")/common.sh"

"$TRAILREC" -q -f -o trail.db -- sh -c ': >begun; while :; do sleep 0.1; done' &
recorder=$!
trap 'kill $recorder 2>/dev/null' EXIT
wait_for "the program" [ -e begun ]
picture() { trailview -d trail.db top "$@" >top.txt 2>err.txt; }
shows() { picture && grep -q "$1" top.txt; }
wait_for "processes" shows '^ *[0-9]* .* sleep '
wait_for "loads" shows '^ *[0-9.]* *[0-9]*  libc'
grep -q '^run 1 of trail.db, recording for ' top.txt || fail "head: $(cat top.txt)"
grep -q 'batches, a quarter of a second late' top.txt || fail "no word of batches"
picture -n 2 || fail "two pictures: $(cat err.txt)"
same "pictures" 2 "$(grep -c '^run 1 of' top.txt)"
grep -q 'events ([0-9]*/s), ' top.txt || fail "no rate: $(cat top.txt)"
picture --format csv || fail "rows: $(cat err.txt)"
grep -qE '^1,1,[0-9]+,[a-z]+,[0-9]+,[0-9]+,' top.txt || fail "rows: $(cat top.txt)"
picture --sort size && fail "an unknown order is taken"
grep -q "sorted by 'size'; did you mean" err.txt || fail "message: $(cat err.txt)"
picture 1 1 && fail "two runs are taken"
if command -v python3 >/dev/null; then
    python3 "$(dirname "$0")/top.py" "$TRAILVIEW" trail.db $recorder || fail "on a terminal"
else
    kill $recorder
fi
wait $recorder
picture || fail "of a run that has ended: $(cat err.txt)"
grep -q ', complete for ' top.txt || fail "head: $(cat top.txt)"
