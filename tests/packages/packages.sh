#!/bin/sh
# The packages that `cmake --build --preset package` makes.
#
#   packages.sh build SOURCE WORK        twice, in two folders: the same bytes
#   packages.sh lint WORK                lintian finds no error, apt finds what they depend on
#   packages.sh installed SOURCE WORK    what was packed, unpacked: records a program, explains
#                                        itself; find_package(Trail) gives programs their marks
set -eu
case=$1
shift
export SOURCE_DATE_EPOCH=1700000000 LC_ALL=C.UTF-8

die()
{
    echo "packages.sh: $1" >&2
    exit "${2:-1}"
}

build()
{
    mkdir -p "$2"
    tar -C "$1" --exclude=./build --exclude=./.git --exclude=__pycache__ -cf - . | tar -C "$2" -xf -
    (cd "$2" && cmake --preset package -DTRAIL_WERROR=ON >log &&
        cmake --build --preset package >>log) && return
    tail -n 40 "$2/log" >&2
    die "building in $2 failed"
}

sums()
{
    (cd "$1/build/package" && sha256sum ./*.deb ./*.ddeb ./*.tar.gz)
}

case $case in
build)
    rm -rf "$2"
    build "$1" "$2/one"
    build "$1" "$2/a longer/other"
    [ "$(sums "$2/one" | wc -l)" -eq 3 ] || die "not three packages: $(sums "$2/one")"
    sums "$2/one" >"$2/sums"
    sums "$2/a longer/other" | diff "$2/sums" - || die "two builds differ"
    tar -tzf "$2"/one/build/package/*.tar.gz | sort -c || die "files in no order"
    ;;
lint)
    command -v lintian >/dev/null || die "skipped: there is no lintian" 77
    cd "$1/one/build/package"
    lintian --allow-root --fail-on error ./*.deb ./*.ddeb
    apt-get install -s ./*.deb >apt.log 2>&1 || { cat apt.log >&2; exit 1; }
    ;;
installed)
    source=$1
    cd "$2"
    rm -rf root marks
    dpkg-deb -x one/build/package/trail_*_amd64.deb root
    dpkg-deb -x one/build/package/trail-dbgsym_*.ddeb root
    version=$(sed -n 's/.*"version": "\(.*\)".*/\1/p' "$source/vcpkg.json" | head -n 1)
    root/usr/bin/trailrec --version | grep -qx "trailrec $version" || die "another version"
    for file in doc/trail/copyright doc/trail/viewer/README.md doc/trail/samples/example.rules \
        man/man1/trailrec.1.gz man/man1/trailview.1.gz man/man5/trail.5.gz \
        bash-completion/completions/trailview zsh/site-functions/_trailrec \
        fish/vendor_completions.d/trailrec.fish; do
        [ -s "root/usr/share/$file" ] || die "no $file"
    done
    gzip -dc root/usr/share/man/man1/trailrec.1.gz | grep -q '^\.TH trailrec 1' || die "no manual"
    for program in trailrec trailview; do
        id=$(readelf -n root/usr/bin/$program | sed -n 's/.*Build ID: \(..\)/\1\//p')
        readelf -S "root/usr/lib/debug/.build-id/$id.debug" | grep -q debug_info ||
            die "no symbols of $program"
        readelf -S root/usr/bin/$program | grep -q debug_info && die "$program is not stripped"
    done
    mkdir marks
    cat >marks/CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.22)
project(marks LANGUAGES C)
find_package(Trail REQUIRED)
add_executable(marks marks.c)
target_link_libraries(marks PRIVATE Trail::trail)
END
    printf '#include <trail.h>\nint main(void)\n{\n    TRAIL_MARK("ready");\n    return 0;\n}\n' \
        >marks/marks.c
    cmake -S marks -B marks/build "-DCMAKE_PREFIX_PATH=$PWD/root/usr" >marks/log
    cmake --build marks/build >>marks/log
    root/usr/bin/trailrec -q -o marks/trail.db -- marks/build/marks
    [ "$(root/usr/bin/trailview -d marks/trail.db sql 'SELECT name FROM marks' --format csv |
        tail -n 1)" = ready ] || die "no mark"
    ;;
*)
    die "no such case: $case" 2
    ;;
esac
