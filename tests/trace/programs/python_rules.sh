# A real program: rules from ten runs of python3 hold for more of the same, and name what an extra
# import brings - and only that.
. "$(dirname "$0")/common.sh"

command -v python3 >/dev/null || skip "python3 is not installed"
python3 -c 'import json, ssl, sqlite3' 2>/dev/null ||
    skip "python3 comes without json, ssl or sqlite3"
record()
{
    echo "$1" >app.py
    trailrec -q -o trail.db -- python3 app.py || fail "python3 failed"
}

for i in 1 2 3 4 5 6 7 8 9 10; do
    record 'import json, ssl'
done
trailview -d trail.db baseline --identity -o python.rules || fail "baseline failed"
for i in 11 12 13; do
    record 'import json, ssl'
    trailview -d trail.db check python.rules >good.txt ||
        fail "a good run is refused: $(cat good.txt)"
done
record 'import json, ssl, sqlite3'
trailview -d trail.db check python.rules --format csv >found.csv
same "status of check" 1 $?
value "SELECT name FROM loads WHERE run = 14 AND name NOT IN (SELECT name FROM loads WHERE run = 13)
    ORDER BY seq" >expected
[ -s expected ] || fail "the import loaded nothing"
tr -d '\r' <found.csv | sed 1d | cut -d, -f3,4,10 >found
sed 's/^/forbid *,violated,/' expected | diff -u - found >&2 ||
    fail "what was loaded more (-) is not what was found"

# An update learns the new modules once they are accepted, and leaves the rest of the file and what
# was written by hand.
cp python.rules before.rules
sed -i "1a # ours\nallow _hashlib.so" python.rules
trailview -d trail.db baseline --identity --update python.rules 2>refused.txt ||
    fail "update failed"
grep -q '^allow _sqlite3.so$' python.rules && fail "a new module is allowed without a word"
set --
while read -r name; do
    grep -qF -- "--accept 'allow $name'" refused.txt || fail "not said how to accept $name"
    set -- "$@" --accept "allow $name"
done <expected
trailview -d trail.db baseline --identity --update python.rules "$@" || fail "update failed"
trailview -d trail.db check python.rules 1 14 >good.txt ||
    fail "what was learned does not hold: $(cat good.txt)"
grep -q '^# ours$' python.rules || fail "a comment is lost"
# What may change: what the new run says of its own, and what is soft by now.
steady() { sed 's/^soft //' "$1" | grep -v '^\(#\|budget\|limit\|order\|cause\) '; }
steady before.rules >before.txt
steady python.rules | diff before.txt - | grep '^<' >&2 &&
    fail "an update removed more than what changed"
grep -q '^allow _sqlite3.so$' python.rules || fail "the new module is not allowed"
