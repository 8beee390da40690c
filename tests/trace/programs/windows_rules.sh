# Two builds of a real Windows program: rules learned from one name just what is different in the
# other, its own identity.
. "$(dirname "$0")/common.sh"

for version in 5.1.1 5.2.0; do
    archive=$SEVENZIP_FOLDER/7zip-bin-$version.tgz
    [ -f "$archive" ] || skip "the npm package 7zip-bin $version was not fetched"
    mkdir "$version" && tar -xzf "$archive" -C "$version" package/win/x64/7za.exe ||
        fail "cannot unpack $archive"
done
record() { trailrec -q -o trail.db -l build="$1" -- "$1/package/win/x64/7za.exe" i >/dev/null \
    2>&1 || fail "7za $1 failed"; }

for i in 1 2 3 4 5 6 7 8 9 10; do
    record 5.1.1
done
record 5.1.1
record 5.2.0
trailview -d trail.db baseline --identity -o 7za.rules 1 2 3 4 5 6 7 8 9 10 ||
    fail "baseline failed"
trailview -d trail.db check 7za.rules 11 >good.txt ||
    fail "the same build is refused: $(cat good.txt)"
same "modules that differ" 0 "$(value "SELECT count(*) FROM (SELECT lower(path) FROM loads
    WHERE run = 11 EXCEPT SELECT lower(path) FROM loads WHERE run = 12)")"
trailview -d trail.db check 7za.rules --format csv 12 >found.csv
same "status of check" 1 $?
same "violations" \
    "identity 7za.exe version=19.0.0.0,violated,12,7za.exe,7za.exe has version 21.7.0.0" \
    "$(tr -d '\r' <found.csv | sed 1d | cut -d, -f3-5,10,12 | sed 's/; .*//; s/, not.*//; s/"//g')"
