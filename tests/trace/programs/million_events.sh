# One million scripted events: all are in the file, in order, and the run's counts agree with its
# rows.
. "$(dirname "$0")/common.sh"

trailfake -q -o trail.db -- generate:1000000 || fail "recording failed"
same "rows" 1000000 "$(value 'SELECT count(*) FROM events')"
same "first, last, distinct" "1,1000000,1000000" \
    "$(value 'SELECT min(seq), max(seq), count(DISTINCT seq) FROM events')"
same "time never goes back" 0 \
    "$(value 'SELECT count(*) FROM (SELECT t_ns < lag(t_ns) OVER (ORDER BY seq) AS back
        FROM events) WHERE back')"
same "counts that differ from the rows" 0 "$(value "SELECT count(*) FROM
    (SELECT kind, count(*) AS n FROM events GROUP BY kind) JOIN runs
    WHERE json_extract(counts, '\$.' || kind) IS NOT n")"
trailview -d trail.db verify || fail "verify"
