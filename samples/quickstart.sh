#!/bin/sh
# From nothing to a recorded program: installs what is missing, builds Trail, records a real program
# and shows what was recorded. Nothing outside this folder is changed but installed packages.
# Usage: sh samples/quickstart.sh [COMMAND...]
set -eu
cd "$(dirname "$0")/.."
. samples/packages.sh

need cc gcc
need cmake cmake
need ninja ninja-build
need_file '/usr/include/stdio.h' libc6-dev
need_file '/usr/include/sqlite3.h' libsqlite3-dev
need_file '/usr/include/zlib.h' zlib1g-dev
need_file '/usr/include/elfutils/libdwfl.h' libdw-dev # the callers of stacks
need_file '/usr/include/*/curl/curl.h' libcurl4-openssl-dev # push
need_file '/usr/include/openssl/evp.h' libssl-dev # push
[ $# -gt 0 ] || need git git
install_missing

echo "== building"
log=build/quickstart.log
mkdir -p build
{ cmake --preset release -DTRAIL_TESTS=OFF &&
    cmake --build --preset release --target trailrec trailview; } >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    echo "the build failed; the whole log is in $log" >&2
    exit 1
}
trailrec=build/release/recorder/trailrec
trailview=build/release/viewer/trailview
file=build/quickstart.db
rm -f "$file"

show()
{
    echo
    echo "\$ $*"
    "$@"
}

[ $# -gt 0 ] || set -- git --version
show "$trailrec" -o "$file" -- "$@"
show "$trailview" -d "$file" summary
show "$trailview" -d "$file" loads
echo
echo "The programs are $trailrec and $trailview; the recording is $file."
echo "Next: samples/recipes.md, or trailview help"
