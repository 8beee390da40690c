# What an engineer meets on the first day: a library that is not found, is of the wrong version or
# comes from another folder. What diff, why and the lists say of it must be true, and name it.
. "$(dirname "$0")/common.sh"

command -v cc >/dev/null || skip "there is no cc"

# says WHAT PATTERN FILE: one of its lines fits
says()
{
    while IFS= read -r line; do
        # shellcheck disable=SC2254
        case $line in
        $2) return ;;
        esac
    done <"$3"
    fail "of $1 is not said '$2': $(cat "$3")"
}
# compare A B [SECTIONS]: what diff answers, in a file
compare() { trailview -d trail.db diff "$1" "$2" --only "$3" | sed '/^$/,$d' >answer.txt; }
starts=failed,processes,environment

mkdir one two empty
echo 'int part(void) { return 0; }' >part.c
echo 'int part(void) { return 0; } int more(void) { return 0; }' >parts.c
echo 'V1 { part; };' >one.map
echo 'V1 { part; }; V2 { more; };' >two.map
echo 'int more(void); int main(void) { return more(); }' >needs.c
cc -shared -fPIC -o one/libpart.so part.c -Wl,--version-script=one.map,-soname,libpart.so &&
    cc -shared -fPIC -o two/libpart.so parts.c -Wl,--version-script=two.map,-soname,libpart.so &&
    cc -o needs needs.c -Ltwo -lpart || fail "cannot build them"

record() { trailrec -q -o trail.db "$@" 2>/dev/null; }
record -E LD_LIBRARY_PATH=two -- ./needs
record -E LD_LIBRARY_PATH=one -- ./needs
record -E LD_LIBRARY_PATH=empty -- ./needs
record -- ./needs

compare 1 2 $starts
says "a version" "libpart.so could not be loaded in B: version \`V2' not found*" answer.txt
says "a version" "needs ends differently: 0 -> 1." answer.txt
compare 1 3 $starts
says "a missing one" "libpart.so was not found in B: cannot open shared object file." answer.txt
compare 1 4 $starts
says "a variable" "LD_LIBRARY_PATH is set only in A: two." answer.txt

# why: a module that never came, with the places where it was looked for
trailview -d trail.db why libpart.so 3 >why.txt
says "who needs a missing one" \
    "*libpart.so*needs needs it: cannot open shared object file*" why.txt
says "where it was looked for" "*not by LD_LIBRARY_PATH*empty" why.txt
says "where else" "*not by the loader's cache, or a default folder*" why.txt
record -E LD_PRELOAD=libnope.so -- /bin/true
trailview -d trail.db why libnope.so >why.txt
says "who preloads" "*libnope.so*LD_PRELOAD has it: cannot open shared object file*" why.txt
trailview -d trail.db report -o page.html 3 >report.txt
grep -q 'libpart.so, needed by needs, was not loaded at the start: cannot open' page.html ||
    fail "the page does not say why the program did not start"
trailview -d trail.db report -o page.html 1 2 >report.txt
grep -q ' &rarr; ' page.html || fail "an arrow may be broken on the page"
grep -q '<td class="p"><div>' page.html || fail "a path wraps where no one sees it"

# what is opened by its path is not sought; RPATH of the program is, for what its libraries need
cat >opens.c <<'END'
#include <dlfcn.h>
int main(int count, char **names)
{
    for (int i = 1; i < count; i++)
        dlopen(names[i], RTLD_NOW);
    return 0;
}
END
mkdir inner
echo 'int more(void); int middle(void) { return more(); }' >middle.c
echo 'int middle(void); int main(void) { return middle(); }' >program.c
echo 'int absent_symbol(void); int begin(void) { return absent_symbol(); }' >lacks.c
cc -o opens opens.c -ldl && cc -shared -fPIC -o lacks.so lacks.c &&
    cc -shared -fPIC -o inner/libinner.so parts.c -Wl,-soname,libinner.so &&
    cc -shared -fPIC -o inner/libmiddle.so middle.c -Linner -linner -Wl,-soname,libmiddle.so &&
    cc -o program program.c -Linner -lmiddle -Wl,-rpath-link,inner,-rpath,"\$ORIGIN/inner" \
        -Wl,--disable-new-dtags || fail "cannot build them"
record -- ./opens one/libpart.so ./lacks.so
trailview -d trail.db why libpart.so >why.txt
says "a path" "*found by its path, or the loader's cache*" why.txt
grep -q "not by" why.txt && fail "of a path is said where it was not: $(cat why.txt)"
trailview -d trail.db why lacks.so >why.txt
# (who called is known once the stack is unwound, which a busy machine puts off)
says "what lacks a symbol" "*lacks.so*undefined symbol: absent_symbol*" why.txt
record -- ./program
trailview -d trail.db why libinner.so >why.txt
says "the program's RPATH" "*found by RPATH of program*/inner" why.txt
trailview -d trail.db why 'ld-linux*' >why.txt
grep -q "by" why.txt && fail "the loader itself is said to be looked for: $(cat why.txt)"

# where the time went: in a call, on a busy CPU, in a child of a child
cat >spends.c <<'END'
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
static char block[1 << 20];
volatile unsigned sink;
__attribute__((noinline)) static int load(int file) { return (int)read(file, block, sizeof block); }
__attribute__((noinline)) static void think(void)
{
    for (unsigned i = 0; i < 100000; i++)
        sink += i;
}
int main(int count, char **values)
{
    struct timespec now = {0, 0};
    int file = open("/dev/zero", O_RDONLY), reads = count > 2, ms = atoi(values[1]);
    while (now.tv_sec * 1000 + now.tv_nsec / 1000000 < ms) {
        if (reads)
            load(file);
        else
            think();
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    }
    return 0;
}
END
cc -g -O1 -o spends spends.c || fail "cannot build what takes time"
rm trail.db
record -- ./spends 0
record -- ./spends 150 reads
compare 1 2 time
grep -q 'place unknown' answer.txt ||
    says "a call that computes" "*main computes in spends!*, mostly in libc.so.6!read*" answer.txt
record -f -- sh -c 'sh -c "sleep 0.3; true"; true'
record -f -- sh -c 'sh -c "sleep 0.0; true"; true'
compare 4 3 time
says "a child's child" "*for its child sh, called by *; below that, in sleep, main waits in *" \
    answer.txt
if command -v taskset >/dev/null && taskset -c 0 true; then
    taskset -c 0 ./spends 3000 & first=$!
    taskset -c 0 ./spends 3000 & second=$!
    record -- taskset -c 0 ./spends 100
    kill $first $second
    record -- taskset -c 0 ./spends 0
    compare 6 5 time
    says "a busy CPU" "*main computes*, but has a CPU for only * of that*" answer.txt
fi

# what got longer by more than the whole is no part of that
cat >naps.c <<'END'
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>
int main(int count, char **values)
{
    usleep((unsigned)atoi(values[1]) * 1000);
    dlopen("one/libpart.so", RTLD_NOW);
    usleep((unsigned)atoi(values[2]) * 1000);
    return 0;
}
END
cc -o naps naps.c -ldl || fail "cannot build what naps"
rm trail.db
record -- ./naps 200 0
record -- ./naps 0 500
compare 1 2 time
says "more than the whole" "It takes * longer (*), and * longer between libpart.so and the end:*" \
    answer.txt
rm trail.db

# a service that hangs, attached to: what it does from the attach to the end of the recording
cat >hangs.c <<'END'
#include <pthread.h>
#include <unistd.h>
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *hold(void *unused)
{
    pthread_mutex_lock(&lock);
    write(1, "held\n", 5);
    sleep(60);
    return unused;
}
int main(void)
{
    pthread_t thread;
    pthread_create(&thread, 0, hold, 0);
    usleep(200000);
    pthread_mutex_lock(&lock);
    return 0;
}
END
cc -o hangs hangs.c -pthread || fail "cannot build what hangs"
mkfifo pipe
./hangs >pipe & hanging=$!
read -r line <pipe
record -t 1 -p $hanging || skip "attaching is not allowed"
kill $hanging
trailview -d trail.db gaps >gaps.txt
says "a hang" "*attach *end *main: futex*" gaps.txt
trailview -d trail.db summary >summary.txt
says "a hang" "*attach -> end at *" summary.txt
exit 0
