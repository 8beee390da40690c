# A process that runs one program after the other in its place, and one that is started by a link:
# loads and tree say through what it went, by both names.
. "$(dirname "$0")/common.sh"

shell=$(basename "$(readlink -f "$(command -v sh)")")
ln -s "$(command -v sleep)" napper
trailrec -q -o trail.db -- env sh -c 'exec ./napper 0'
same "status" 0 $?
same "the chain" "env > $shell (as sh) > sleep (as napper)" \
    "$(trailview tree --format ndjson | sed -n 's/.*"images":"\([^"]*\)".*/\1/p')"
trailview tree | grep -q ' > sleep (as napper)' || fail "tree: $(trailview tree)"
same "images of loads" "env $shell sleep" \
    "$(trailview loads --format csv | sed '1d; s/.*,//' | uniq | tr '\n' ' ' | sed 's/ $//')"
trailview loads | head -n 1 | grep -q ' image ' || fail "loads: $(trailview loads)"
trailrec -q -o trail.db -- ./napper 0
trailview loads | head -n 1 | grep -q ' image ' && fail "one program: $(trailview loads)"

for name in napper sleep; do
    trailrec_within 20 -q -o trail.db --until "process:$name" -- env ./napper 1000
    same "status at process:$name" 0 $?
    same "end at process:$name" until \
        "$(value "SELECT end_reason FROM runs ORDER BY run DESC LIMIT 1")"
done
