#!/bin/sh
# The archive of the Windows programs: made, unpacked elsewhere, and a program is recorded with it.
# Usage: archive_windows.sh CPACK BUILD WORK WINE_SH PREFIX
set -eu
cpack=$1 build=$2 work=$3
shift 3
rm -rf "$work"
mkdir -p "$work/a folder"
(cd "$build" && SOURCE_DATE_EPOCH=1700000000 "$cpack" -B "$work" >"$work/log")
(cd "$work/a folder" && cmake -E tar xf "$work"/trail-*-windows-x86_64.zip)
cd "$work"/a*/trail-*
for file in include/trail.h share/doc/trail/README.md share/doc/trail/LICENSE \
    share/cmake/Trail/TrailConfig.cmake; do
    [ -s "$file" ] || { echo "no $file" >&2; exit 1; }
done
wine() # PROGRAM ARG...
{
    sh "$wine_sh" run "$prefix" "$@"
}
wine_sh=$1 prefix=$2
# what samples/quickstart.ps1 does with it
wine bin/trailrec.exe -o trail.db -- cmd.exe /c ver
wine bin/trailview.exe -d trail.db summary | grep -q 'exit code 0'
wine bin/trailview.exe -d trail.db why kernelbase.dll | grep -qi kernel32
wine bin/trailview.exe -d trail.db loads --format csv | grep -q '"\{0,1\}kernel32.dll' || {
    echo "kernel32.dll is not among the loads" >&2
    exit 1
}
