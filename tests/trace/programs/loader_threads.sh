# A program whose four threads load plugins that share what they need: rules of some runs hold for
# further ones, and sets of them do not differ. By hand: LEARNED=20 CHECKED=100.
. "$(dirname "$0")/common.sh"

app=$TRACE_TOOLS/loader_threads
trailrec -q -n "${LEARNED:-8}" -l side=learned -- "$app" "$TRACE_TOOLS" || fail "it failed"
trailrec -q -n "${CHECKED:-6}" -l side=checked -- "$app" "$TRACE_TOOLS" || fail "it failed"
same "loads of plugins" "$((8 * (${LEARNED:-8} + ${CHECKED:-6})))" \
    "$(value "SELECT count(*) FROM loads WHERE name GLOB 'libthreads_plugin*'")"
trailview baseline -o app.rules @side=learned || fail "baseline failed"
for run in $(value "SELECT run FROM runs WHERE labels LIKE '%checked%'"); do
    trailview check app.rules "$run" >check.txt || fail "run $run: $(cat check.txt)"
done
trailview check app.rules @side=checked >check.txt || fail "all: $(cat check.txt)"
trailview diff --only loads,order,identity,path,cause,failed,processes,threads,exceptions \
    @side=learned @side=checked >diff.txt || fail "they differ: $(cat diff.txt)"
