# Two builds of a real Windows program, ten runs each: diff says just what the module lists say, and
# that the program is another build.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/diff_common.sh"

for version in 5.1.1 5.2.0; do
    archive=$SEVENZIP_FOLDER/7zip-bin-$version.tgz
    [ -f "$archive" ] || skip "the npm package 7zip-bin $version was not fetched"
    mkdir "$version" && tar -xzf "$archive" -C "$version" package/win/x64/7za.exe ||
        fail "cannot unpack $archive"
    record 10 "build=$version" "$version/package/win/x64/7za.exe" i
done
for version in 5.1.1 5.2.0; do
    always build $version name >"always-$version.txt"
    ever build $version name >"ever-$version.txt"
done
same_lists "added" "$(comm -23 always-5.2.0.txt ever-5.1.1.txt)" \
    "$(rows @build=5.1.1 @build=5.2.0 loads added)"
same_lists "removed" "$(comm -23 always-5.1.1.txt ever-5.2.0.txt)" \
    "$(rows @build=5.1.1 @build=5.2.0 loads removed)"
same "replaced" 7za.exe "$(rows @build=5.1.1 @build=5.2.0 identity replaced)"
same "moved among equal lists" "$(value "SELECT count(DISTINCT o) > 1
    FROM (SELECT group_concat(lower(name)) AS o FROM (SELECT run, name FROM loads
    WHERE lower(name) IN
    (SELECT lower(name) FROM loads GROUP BY lower(name) HAVING count(DISTINCT run) = 20)
    ORDER BY run, ordinal) GROUP BY run)")" \
    "$([ -n "$(rows @build=5.1.1 @build=5.2.0 order moved)" ] && echo 1 || echo 0)"
trailview -d trail.db diff @build=5.1.1 @build=5.2.0
same "exit status of diff" 1 $?

# for tests/browser
trailview -d trail.db report 1 -o run.html && trailview -d trail.db report @build=5.1.1 \
    @build=5.2.0 -o builds.html || fail "no report"
