# Start-ups that end in the loader, and other loads that are easily missed: which copy was picked is
# known of all, or it is said why not.
. "$(dirname "$0")/common.sh"

command -v cc >/dev/null || skip "there is no cc"

# library NAME SOURCE
library() { printf '%s\n' "$2" | cc -shared -fPIC -x c -o "$1" - || fail "cannot build $1"; }
loads() { value "SELECT group_concat(name || ' ' || load_phase, '; ') FROM (SELECT * FROM loads
    WHERE run = (SELECT max(run) FROM runs) AND name IN ('libpart.so', 'libc.so.6', 'watch.so')
    ORDER BY seq)"; }
startup='libpart.so startup; libc.so.6 startup'

mkdir copy
library copy/libpart.so 'int present(void) { return 1; } int absent(void) { return 2; }'
printf 'int present(void); int absent(void); int main(void) { return present() + absent(); }\n' |
    cc -x c -o program - -Lcopy -lpart -Wl,-rpath,"$PWD/copy" -Wl,-z,now || fail "cannot build"
trailrec -q -o trail.db -- ./program
same "status" 3 $?
same "loads" "$startup" "$(loads)"

library watch.so 'unsigned la_version(unsigned version) { return version; }'
trailrec -q -o trail.db -E LD_AUDIT="$PWD/watch.so" -- ./program
same "status with LD_AUDIT" 3 $?
same "loads with LD_AUDIT" "watch.so startup; $startup" "$(loads)"

library copy/libpart.so 'int present(void) { return 1; }'
trailrec -q -o trail.db -- ./program 2>said
same "status without a symbol" 127 $?
grep -q 'undefined symbol: absent' said || fail "the loader says: $(cat said)"
same "loads without a symbol" "$startup" "$(loads)"
same "the copy that was picked" "$(cd copy && pwd -P)/libpart.so" \
    "$(value "SELECT path FROM loads WHERE name = 'libpart.so' ORDER BY run DESC LIMIT 1")"

failed() { value "SELECT what || ' ' || name || '|' || coalesce(needed_by, '-') || '|' ||
    substr(words, 1, 25) FROM failed_loads WHERE run = (SELECT max(run) FROM runs)"; }
same "the symbol that is missing" \
    "symbol absent|program|undefined symbol: absent" "$(failed)"

mv copy/libpart.so copy/gone
trailrec -o trail.db -- ./program 2>said
same "status without a library" 127 $?
same "the library that is missing" \
    "module libpart.so|program|cannot open shared object" "$(failed)"
grep -q '^trailrec: libpart.so, needed by program, was not loaded at the start: ' said ||
    fail "the digest does not say what was missing: $(cat said)"
trailview summary >summary || fail "summary"
grep -q 'failed *libpart.so, needed by program: cannot open' summary ||
    fail "the summary does not say what was missing: $(cat summary)"
trailview loads --failed --format csv >failed || fail "loads --failed"
grep -q 'libpart.so' failed || fail "loads --failed does not have it: $(cat failed)"

printf 'no library at all, and long enough to be looked at' >copy/libpart.so
trailrec -q -o trail.db -- ./program 2>/dev/null
same "a file that is none" 127 $?
case $(failed) in
"module $PWD/copy/libpart.so|program|"*) ;;
*) fail "a file that is no library: $(failed)" ;;
esac
same "who needs it" 1 "$(trailview why libpart.so | grep -c 'program needs it: ')"
same "other words for it" 0 "$(trailview why libpart.so | grep -c 'never loaded')"
if command -v perl >/dev/null; then
    mv copy/libpart.so copy/none
    library copy/libpart.so 'int present(void) { return 1; } int absent(void) { return 2; }'
    printf 'int present(void); int middle(void) { return present(); }\n' | cc -shared -fPIC -x c \
        -o libmiddle.so - -Lcopy -lpart -Wl,-rpath,"$PWD/copy" || fail "cannot build libmiddle.so"
    mv copy/none copy/libpart.so
    trailrec -q -o trail.db -- perl -MDynaLoader -e \
        'exit(DynaLoader::dl_load_file("./libmiddle.so", 0) ? 4 : 5)'
    same "status of one that opens what needs it" 5 $?
    trailview why libpart.so | grep -q 'asked for \./libmiddle\.so, which needs it: ' ||
        fail "for whom it was needed: $(trailview why libpart.so)"
fi
rm copy/libpart.so

# What a library needs: of a start that ends so the loads are told behind what failed.
library copy/libdeep.so 'int deep(void) { return 1; }'
printf 'int deep(void); int middle(void) { return deep(); }\n' |
    cc -shared -fPIC -x c -o copy/libmiddle.so - -Lcopy -ldeep || fail "cannot build the middle"
printf 'int middle(void); int main(void) { return middle() - 1; }\n' | cc -x c -o chained - -Lcopy \
    -lmiddle -Wl,-rpath-link,copy || fail "cannot build what needs the middle"
trailrec -q -o chained.db -E LD_LIBRARY_PATH="$PWD/copy" -- ./chained
same "status with all libraries" 0 $?
rm copy/libdeep.so
trailrec -q -o chained.db -E LD_LIBRARY_PATH="$PWD/copy" -- ./chained 2>/dev/null
same "status without the library of a library" 127 $?
same "which library needs it" libmiddle.so \
    "$(value 'SELECT needed_by FROM failed_loads' chained.db)"
trailview -d chained.db diff 1 2 >answer
same "what the difference is" "libdeep.so was not found in B: cannot open shared object file." \
    "$(head -n 1 answer)"
same "that it is loaded only in A, too" 0 "$(grep -c '^libdeep.so is loaded only' answer)"

printf 'V_1 { global: present; absent; };' >versions
printf 'int present(void) { return 1; } int absent(void) { return 2; }' |
    cc -shared -fPIC -x c -o copy/libpart.so - -Wl,--version-script=versions ||
    fail "cannot build versions"
printf 'int present(void); int absent(void); int main(void) { return present() + absent(); }\n' |
    cc -x c -o versioned - -Lcopy -lpart -Wl,-rpath,"$PWD/copy" || fail "cannot build"
printf 'V_2 { global: present; absent; };' >versions
printf 'int present(void) { return 1; } int absent(void) { return 2; }' |
    cc -shared -fPIC -x c -o copy/libpart.so - -Wl,--version-script=versions ||
    fail "cannot build versions"
trailrec -q -o trail.db -- ./versioned 2>said
same "status without a version" 1 $?
same "the version that is missing" \
    "module $PWD/copy/libpart.so|versioned|version \`V_1' not found (" "$(failed)"

trailrec -q -o trail.db -E LD_PRELOAD=libnone.so -- /bin/true 2>/dev/null
same "status with a missing preload" 0 $?
same "the preload that is missing" \
    "module libnone.so|-|cannot open shared object" "$(failed)"
same "found by its name, though it is nowhere else" 1 \
    "$(trailview loads --failed -m libnone.so --format ndjson | grep -c libnone)"

library copy/libpart.so 'static void *resolve(void) { *(volatile int *)8 = 1; return 0; }
    int present(void) __attribute__((ifunc("resolve"))); int absent(void) { return 2; }'
trailrec -q -o trail.db -- ./program
same "status of a crash in a resolver" 139 $?
same "loads before a crash in a resolver" "$startup" "$(loads)"
same "where it crashed" libpart.so \
    "$(value "SELECT module FROM exceptions ORDER BY run DESC LIMIT 1")"

# Nothing needs the loader, which leaves its own list.
printf 'void _start(void) { __asm__ volatile("mov $60, %%eax; mov $4, %%edi; syscall"); }\n' |
    cc -x c -nostdlib -fPIE -pie -o lone - -Wl,--dynamic-linker=/lib64/ld-linux-x86-64.so.2 ||
    fail "cannot build a program that needs nothing"
trailrec -q -o trail.db -- ./lone
same "status of a program that needs nothing" 4 $?
same "its loads" "ld-linux-x86-64.so.2 startup" "$(value "SELECT name || ' ' || load_phase
    FROM loads
    WHERE run = (SELECT max(run) FROM runs)")"

printf 'int main(void) { return 0; }\n' | cc -static -x c -o static - || fail "cannot build"
trailrec -q -o trail.db -- ./static
trailview loads >rows 2>said
same "loads of a static program" "those of static were not observed (no dynamic loader)" \
    "$(sed 's/.*loads: //; s/ (process [0-9]*)//' said)"

if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    chmod 777 "$folder"
    cp "$TRAILREC" "$folder/trailrec"
    cp /bin/true "$folder/hidden"
    chmod 711 "$folder/hidden"
    (cd "$folder" && setpriv --reuid 65534 --regid 65534 --clear-groups ./trailrec -q -o x.db \
        -- ./hidden) || fail "a program that cannot be read fails"
    same "a program that cannot be read" "hidden|not observed (its memory cannot be read)" \
        "$(value "SELECT name || '|' || load_detection FROM processes" "$folder/x.db")"

    printf '%s\n' '#include <dlfcn.h>' '#include <sys/prctl.h>' 'int main(void) {
        prctl(PR_SET_DUMPABLE, 0); return dlopen("libm.so.6", RTLD_NOW) == 0; }' |
        cc -x c -o "$folder/closed" - -ldl || fail "cannot build what closes its memory"
    (cd "$folder" && setpriv --reuid 65534 --regid 65534 --clear-groups ./trailrec -o y.db \
        -- ./closed) 2>said || fail "a program that closes its memory fails: $(cat said)"
    grep -q 'loads are missing: a process has closed its memory' said ||
        fail "of closed memory trailrec says: $(cat said)"
fi
