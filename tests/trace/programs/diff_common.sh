# For the tests of trailview diff on real programs: sourced after common.sh. What diff says is held
# against the module lists themselves.

# record COUNT LABEL COMMAND...: records a program that many times.
record()
{
    count=$1
    label=$2
    shift 2
    for run in $(seq "$count"); do
        trailrec -q -o trail.db -l "$label" -- "$@" >/dev/null 2>&1
    done
}

# always KEY VALUE COLUMN: what every run so labelled has in a column of loads, sorted.
always()
{
    value "SELECT lower($3) FROM loads JOIN runs USING (run)
        WHERE json_extract(labels, '\$.$1') = '$2'
           GROUP BY lower($3) HAVING count(DISTINCT run) = (SELECT count(*) FROM runs
           WHERE json_extract(labels, '\$.$1') = '$2') ORDER BY 1"
}

# ever KEY VALUE COLUMN: what any of them has.
ever()
{
    value "SELECT DISTINCT lower($3) FROM loads JOIN runs USING (run)
        WHERE json_extract(labels, '\$.$1') = '$2' ORDER BY 1"
}

# rows A B SECTION CHANGE: the names in the rows that count, sorted. diff must have found something
# or nothing, but no trouble.
rows()
{
    trailview -d trail.db diff "$1" "$2" --format csv >diff.csv
    [ $? -le 1 ] || fail "diff $1 $2 failed"
    tr -d '\r' <diff.csv |
        awk -F, -v section="$3" -v change="$4" \
        '$1 == section && $2 == change && $3 == 1 { print tolower($5) }' | sort
}

# same_lists WHAT EXPECTED ACTUAL
same_lists()
{
    printf '%s\n' "$2" >expected.txt
    printf '%s\n' "$3" >actual.txt
    diff -u expected.txt actual.txt >&2 || fail "$1: not what the module lists say (-)"
}
