#!/bin/sh
# Builds Trail for a system without a platform folder: trailrec says so and ends with 125, trailview
# looks at a recording that was made elsewhere.
# Usage: unsupported.sh SOURCES BUILD CMAKE GENERATOR COMPILER TRAILFAKE
set -eu
sources=$1 build=$2 cmake=$3 generator=$4 compiler=$5 trailfake=$6

mkdir -p "$build"
{
    "$cmake" -S "$sources" -B "$build" -G "$generator" "-DCMAKE_C_COMPILER=$compiler" \
        -DTRAIL_PLATFORM=unsupported -DTRAIL_TESTS=OFF -DTRAIL_WERROR=ON &&
        "$cmake" --build "$build" --parallel 2
} >"$build/log" 2>&1 || {
    tail -n 40 "$build/log"
    exit 1
}

fail()
{
    echo "$1"
    exit 1
}

cd "$build"
rm -f none.db other.db*
status=0
./recorder/trailrec -o none.db -- true 2>message || status=$?
[ "$status" = 125 ] || fail "trailrec's exit status is $status, not 125"
grep -qx 'trailrec: recording is not supported on this system; .*' message ||
    fail "trailrec says: $(cat message)"
[ ! -e none.db ] || fail "trailrec left a file behind"
"$trailfake" -q -o other.db -- generate:100 || fail "trailfake records nothing"
./viewer/trailview -d other.db summary | grep -q 'generate:100' ||
    fail "trailview does not show the recording"
