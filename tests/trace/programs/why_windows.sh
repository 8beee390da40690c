# Why a module was loaded on Windows: chains of imports, what asked at run time, what is loaded
# late.
. "$(dirname "$0")/common.sh"

prefix=x86_64-w64-mingw32
command -v $prefix-gcc >/dev/null || skip "there is no $prefix-gcc"

# library NAME SOURCE OPTION...
library()
{
    name=$1
    printf '%s\n' "$2" >source.c
    shift 2
    $prefix-gcc -shared -static-libgcc -o "$name.dll" source.c "$@" \
        -Wl,--out-implib,"lib$name.a" -L. || fail "cannot build $name"
}
call='__declspec(dllimport) int'
library four '__declspec(dllexport) int four(void) { return 4; }'
library three "$call four(void); __declspec(dllexport) int three(void) { return four() - 1; }" \
    -lfour
library two "$call three(void); __declspec(dllexport) int two(void) { return three() - 1; }" -lthree
library one "$call two(void); __declspec(dllexport) int one(void) { return two() - 1; }" -ltwo
library deep '__declspec(dllexport) int deep(void) { return 5; }'
library late '__declspec(dllexport) int late(void) { return 6; }'
printf 'LIBRARY late.dll\nEXPORTS\nlate\n' >late.def
$prefix-dlltool -d late.def -y liblate_delayed.a || skip "this dlltool knows no delayed imports"
second() # LATE OPTION... : LATE is what it calls late() for, if it does
{
    late=$1
    shift
    library second "$call deep(void); int late(void);
static __attribute__((noinline)) int decode(void) { return $late + 1; }
__declspec(dllexport) int second(void) { return deep() + decode() - 12; }" -ldeep "$@"
}
second 'late()' -llate_delayed -ldelayimp
library first '#include <windows.h>
static __attribute__((noinline)) HMODULE open_codec(void) { return LoadLibraryA("second.dll"); }
__declspec(dllexport) int first(void) {
    FARPROC second = GetProcAddress(open_codec(), "second");
    return second ? (int)second() : 9;
}'
printf '%s\n' '#include <windows.h>' "$call one(void);" \
    '__attribute__((noinline)) static FARPROC open_plugin(void) {
    return GetProcAddress(LoadLibraryA("first.dll"), "first");
}
int main(void) { FARPROC first = open_plugin(); return one() - 1 + (first ? (int)first() : 8); }' \
    >app.c
$prefix-gcc -static -o app.exe app.c -L. -lone || fail "cannot build app"
# The linker of binutils 2.44 puts what is filled late where nothing may be written.
loads_late=true
$EMULATOR ./app.exe 2>/dev/null || {
    echo "not tried, delayed imports of this linker do not work: late loads"
    loads_late=false
    second 6
    $EMULATOR ./app.exe || fail "the program does not work alone"
}

# record: $run is its number. A busy machine has not always the time to unwind at the end of a run.
record()
{
    trailrec -q -o trail.db -- app.exe
    same "status" 0 $?
    run=$(value 'SELECT max(run) FROM runs')
    tries=0
    until [ "$(value 'SELECT count(*) FROM raw_stack')" = 0 ]; do
        tries=$((tries + 1))
        [ $tries -lt 20 ] || fail "copies are left"
        trailrec -q -k none -o trail.db -- app.exe
    done
}

# chain MODULE: names and causes from the program down, without the parts after it
chain()
{
    trailview -d trail.db why "$1" "$run" --format ndjson | tr -d '\r' | sed -n \
        's/.*"part":"chain".*"name":"\([^"]*\)","why":"\([^"]*\)".*/\1 (\2)/p' |
        sed 's/+0x[0-9a-f]*//' | tr '\n' ';'
}
record
same "a chain of four" "app.exe (the program);one.dll (needed by app.exe);\
two.dll (needed by one.dll);three.dll (needed by two.dll);four.dll (needed by three.dll);" \
    "$(chain four.dll)"
same "what a plugin's library needs" "app.exe (the program);first.dll (app.exe!open_plugin);\
second.dll (first.dll!open_codec);deep.dll (needed by second.dll);" "$(chain deep.dll)"
$loads_late || exit 0
same "loaded late" "app.exe (the program);first.dll (app.exe!open_plugin);\
second.dll (first.dll!open_codec);late.dll (second.dll!decode);" "$(chain late.dll)"
# frames: those of a module in the stack of the load of late.dll, the innermost first
frames()
{
    value "SELECT group_concat(symbol, ' ') FROM (SELECT symbol FROM stacks WHERE run = $run AND
        module = '$1' AND seq = (SELECT seq FROM loads WHERE run = $run AND name = 'late.dll')
        ORDER BY depth)"
}
case $(frames second.dll) in
"__delayLoadHelper2 __tailMerge_"*" decode second") ;;
*) fail "the stack of a late load: $(frames second.dll)" ;;
esac

# Other linkers say in the image what it loads late, and keep names in a PDB.
for tool in clang lld-link llvm-dlltool; do
    command -v $tool >/dev/null || { echo "not tried, there is no $tool: PDBs"; exit 0; }
done
library=$(dirname "$($prefix-gcc -print-file-name=libmingwex.a)")
printf '%s\n' "$call deep(void); $call late(void);
static __attribute__((noinline)) int decode(void) { return late() + 1; }
__declspec(dllexport) int second(void) { return deep() + decode() - 12; }" >second.c
llvm-dlltool -m i386:x86-64 -d late.def -l late.lib &&
    clang --target=x86_64-pc-windows-msvc -g -gcodeview -O1 -c second.c -o second.obj &&
    lld-link /dll /noentry /delayload:late.dll /alternatename:__image_base__=__ImageBase /debug \
        /pdb:second.pdb /out:second.dll second.obj late.lib libdeep.a "$library/libdelayimp.a" \
        "$library/libkernel32.a" "$library/libmingwex.a" "$library/libmsvcrt.a" 2>lld.txt ||
    fail "cannot build with a PDB: $(cat lld.txt)"
record
case $(chain late.dll) in
*"second.dll (first.dll!open_codec);late.dll (delay-loaded by second.dll"*) ;;
*) fail "loaded late by its image: $(chain late.dll)" ;;
esac
case $(frames second.dll) in
*"decode second") ;; *) fail "names by a PDB: $(frames second.dll)" ;;
esac
