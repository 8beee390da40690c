# A recording in which nothing happens sleeps: its threads are not woken up time and again, and what
# comes then is stored soon.
. "$(dirname "$0")/common.sh"

switches() # of all threads of a process, by their own will
{
    cat /proc/"$1"/task/*/status | awk '/^voluntary_ctxt_switches/ { sum += $2 } END { print sum }'
}
is_stored() { [ "$(value "SELECT count(*) FROM exceptions WHERE name = '$1'")" = 1 ]; }

"$TRAILREC" -q --looks 0 -o trail.db -- sh -c 'kill -WINCH $$; sleep 7; kill -URG $$; sleep 6' &
recorder=$!
wait_for "the first signal" is_stored SIGWINCH
sleep 2
before=$(switches $recorder)
sleep 3
woken=$(($(switches $recorder) - before))
wait_for "what came after a silence" is_stored SIGURG
kill -0 $recorder 2>/dev/null || fail "what came after a silence was stored at the end only"
wait $recorder
# before, ten times a second
[ $woken -le 10 ] || fail "woken up $woken times in three seconds of silence"
