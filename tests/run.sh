#!/bin/sh
# Builds everything and runs all tests: native with gcc, under the sanitizers with clang and gcc,
# and the Windows programs under Wine. Installs what is missing (Debian 12 and later, Ubuntu).
# Usage: sh tests/run.sh
set -eu
cd "$(dirname "$0")/.."
. samples/packages.sh

need gcc gcc
need clang clang
need cmake cmake
need ninja ninja-build
need_file '/usr/include/stdio.h' libc6-dev
need_file '/usr/include/sqlite3.h' libsqlite3-dev
need_file '/usr/include/zlib.h' zlib1g-dev
need_file '/usr/include/elfutils/libdwfl.h' libdw-dev # the callers of stacks
need_file '/usr/include/*/curl/curl.h' libcurl4-openssl-dev # push
need_file '/usr/include/openssl/evp.h' libssl-dev # push
need_file '/usr/include/cmocka.h' libcmocka-dev
need sqlite3 sqlite3
need python3 python3
need strace strace
need bash bash
need pgrep procps
need perl perl
need make make
need readelf binutils
need nm binutils
if [ "$(. /etc/os-release && echo "$ID $VERSION_ID")" = "debian 12" ]; then
    need clang-format clang-format # 14, by which the sources are laid
    need_file '/usr/sbin/clickhouse-server' clickhouse-server # which later ones lack
fi
need musl-gcc musl-tools
need x86_64-w64-mingw32-gcc gcc-mingw-w64-x86-64
need_file '/usr/x86_64-w64-mingw32/lib/libz.a' libz-mingw-w64-dev
need_file '/usr/lib/wine/wine64' wine64
need npm npm
need node nodejs
need xmllint libxml2-utils
need flock util-linux
need dpkg-shlibdeps dpkg-dev # the packages
need file file
need lintian lintian
command -v google-chrome >/dev/null || need chromium chromium # pages
install_missing

# Their names have the versions of the python3 and the clang that are there now.
python=$(/usr/bin/python3 -c 'import sys; print("python%d.%d" % sys.version_info[:2])' 2>/dev/null)
need_file "/usr/lib/$python/test/test_threading.py" "lib$python-testsuite"
need_file '/usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.asan-x86_64.a' libclang-rt-dev
install_missing

log=build/run.log
mkdir -p build
: >"$log"

# build PRESET [CMAKE OPTION...]: configures and builds $targets; warnings are errors.
targets=all
build()
{
    preset=$1
    shift
    echo "== building: $preset $*"
    # shellcheck disable=SC2086
    { cmake --preset "$preset" -DTRAIL_WERROR=ON -DTRAIL_TESTS=ON "$@" &&
        cmake --build --preset "$preset" --target $targets; } >>"$log" 2>&1 || {
        tail -n 40 "$log"
        echo "building $preset failed; the whole log is in $log" >&2
        exit 1
    }
}

# check PRESET [CTEST OPTION...]
check()
{
    preset=$1
    shift
    echo "== testing: $preset $*"
    ctest --preset "$preset" -j4 --no-tests=error "$@"
}

targets='unit_programs fuzz_programs'
build asan -DCMAKE_C_COMPILER=clang
check asan -L 'unit|fuzz'
targets='unit_ring unit_writer unit_identify unit_looks'
build tsan
check tsan -R '^unit-(ring|writer|identify|looks)-'
targets=all
build release
check release -LE fuzz # those ran above
build mingw
check mingw
