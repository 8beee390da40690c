# Why a module was loaded: chains of imports, what asked at run time, what was preloaded, what never
# came.
. "$(dirname "$0")/common.sh"

command -v cc >/dev/null || skip "there is no cc"

# library NAME SOURCE OPTION...
library()
{
    name=$1
    printf '%s\n' "$2" >source.c
    shift 2
    cc -shared -fPIC -o "$name" source.c -L. -Wl,--no-as-needed "$@" || fail "cannot build $name"
}
library libfour.so 'int four(void) { return 4; }'
library libthree.so 'int three(void) { return 3; }' -lfour
library libtwo.so 'int two(void) { return 2; }' -lthree
library libone.so 'int one(void) { return 1; }' -ltwo
library libdeep.so 'int deep(void) { return 0; }'
library libreal.so 'int real(void) { return 0; }'
ln -s libreal.so libnick.so
library second.so 'int second(void) { return 0; }' -ldeep
library first.so '#include <dlfcn.h>
int first(void) { return dlopen("./second.so", RTLD_NOW) == 0; }'
library spy.so 'int spy(void) { return 0; }'
printf '%s\n' '#include <dlfcn.h>
int one(void);
int main(void) {
    void *plugin = dlopen("./first.so", RTLD_NOW);
    return one() - 1 + (plugin ? ((int (*)(void))dlsym(plugin, "first"))() : 9);
}' >app.c
cc -o app app.c -L. -Wl,--no-as-needed -lone -lnick -ldl -Wl,-rpath-link,. || fail "cannot build"

trailrec -q -o trail.db -E LD_LIBRARY_PATH=. -E LD_PRELOAD=./spy.so -- ./app
same "status" 0 $?

# chain MODULE: names and causes from the program down, without the parts after it
chain()
{
    trailview -d trail.db why "$1" --format ndjson | sed -n \
        's/.*"part":"chain".*"name":"\([^"]*\)","why":"\([^"]*\)".*/\1 (\2)/p' | tr '\n' ';'
}
same "a chain of four" "app (the program);libone.so (needed by app);\
libtwo.so (needed by libone.so);libthree.so (needed by libtwo.so);\
libfour.so (needed by libthree.so);" "$(chain libfour.so)"
same "imported by the name of a link" "app (the program);libreal.so (needed by app);" \
    "$(chain libreal.so)"
same "preloaded" "app (the program);spy.so (preloaded);" "$(chain spy.so)"
case $(chain libdeep.so) in
"app (the program);"*"second.so ("*");libdeep.so (needed by second.so);") ;;
*) fail "libdeep.so: $(chain libdeep.so)" ;;
esac
trailview -d trail.db why libfour.so --format ndjson >folders.txt
grep -q '"part":"folder".*"why":"found by LD_LIBRARY_PATH"' folders.txt ||
    fail "the folder is not named: $(cat folders.txt)"
trailview -d trail.db why libone.so --format ndjson >needs.txt
same "what came with it" 3 "$(grep -c '"part":"needs"' needs.txt)"

# each load of the start-up has a cause that the files confirm
same "loads without a cause" 0 "$(value "SELECT count(*) FROM loads WHERE why IS NULL")"
same "imports that are none" 0 "$(value "SELECT count(*) FROM loads l WHERE l.why LIKE 'needed by %'
    AND NOT EXISTS (SELECT 1 FROM imports i JOIN modules m ON m.path = l.path
    WHERE i.name = substr(l.why, 11) AND i.kind = 'needed'
    AND (i.import IN (m.name, m.soname) OR i.import = 'libnick.so'))")"

printf '%s\n' 'trail-rules 1' 'cause libfour.so by libthree.so' 'cause libdeep.so by second.so' \
    >good.rules
trailview -d trail.db check good.rules >check.txt || fail "good causes: $(cat check.txt)"
printf '%s\n' 'trail-rules 1' 'cause libfour.so by libone.so app' >bad.rules
trailview -d trail.db check bad.rules >check.txt && fail "a wrong cause passes: $(cat check.txt)"
grep -q 'libfour.so is needed by libthree.so, not by libone.so or app: ' check.txt ||
    fail "a wrong cause: $(cat check.txt)"
printf '%s\n' 'trail-rules 1' 'cause libfour.so libone.so' >bad.rules
trailview -d trail.db check bad.rules 2>check.txt
grep -q "bad.rules:2:18: 'by' is missing between two names" check.txt ||
    fail "a cause without by: $(cat check.txt)"

# who asked in vain, where stacks tell
rm second.so
trailrec -q -o trail.db -E LD_LIBRARY_PATH=. -- ./app 2>/dev/null
trailview -d trail.db why second.so >missing.txt || fail "nothing is known of what was asked for"
grep -Eq 'second.so +(first.so!first\+0x[0-9a-f]+ asked for it: )?cannot open' missing.txt ||
    fail "who asked in vain: $(cat missing.txt)"
same "asked by" "$(value "SELECT count(k.cause_frame_id) FROM kept_stack k JOIN event_load_failed f
    ON f.run_id = k.run_id AND f.seq = k.seq WHERE f.name LIKE '%second.so'")" \
    "$(trailview -d trail.db loads --failed -m second.so --format csv |
        grep -c 'first.so!first+0x')"

rm libthree.so
trailrec -q -o trail.db -E LD_LIBRARY_PATH=. -- ./app 2>/dev/null
trailview -d trail.db why libthree.so >missing.txt || fail "nothing is known of what never came"
grep -q 'libthree.so' missing.txt || fail "what never came: $(cat missing.txt)"
trailview -d trail.db why nobody.so 2>/dev/null && fail "something is known of nobody"
same "status of nobody" 1 "$(trailview -d trail.db why nobody.so >/dev/null 2>&1; echo $?)"
