# A recording in which nothing happens sleeps: its threads are not woken up time and again, and what
# comes then is stored soon.
. "$(dirname "$0")/common.sh"

switches() # of all threads of a process, by their own will
{
    cat /proc/"$1"/task/*/status | awk '/^voluntary_ctxt_switches/ { sum += $2 } END { print sum }'
}
stored() # stored CONDITION: whether there is such a row of `exceptions` within ten seconds
{
    for try in $(seq 100); do
        [ "$(trailview -d trail.db sql --format csv "SELECT count(*) AS n FROM exceptions
            WHERE $1" 2>/dev/null | tail -n 1)" = 1 ] && return
        sleep 0.1
    done
    return 1
}

"$TRAILREC" -q --looks 0 -o trail.db -- sh -c 'kill -WINCH $$; sleep 7; kill -URG $$; sleep 6' &
recorder=$!
stored "name = 'SIGWINCH'" || fail "the first signal does not come"
sleep 2
before=$(switches $recorder)
sleep 3
woken=$(($(switches $recorder) - before))
stored "name = 'SIGURG'"
found=$?
same "recorders that have ended before what they wrote was seen" 0 "$(
    kill -0 $recorder 2>/dev/null
    echo $?
)"
wait $recorder
same "what came after a silence is stored" 0 $found
# before, ten times a second
[ $woken -le 10 ] || fail "woken up $woken times in three seconds of silence"
