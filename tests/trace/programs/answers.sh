# diff begins with the answer: what got slower, in whose code, computing or waiting. A host with
# four plugins, two builds each.
. "$(dirname "$0")/common.sh"

command -v cc >/dev/null || skip "there is no cc"

cat >plugin.c <<'EOF'
#include <time.h>
static void compute(long ms)
{
    struct timespec start, now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    do
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    while ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 < ms);
}
__attribute__((constructor)) static void begin(void)
{
    struct timespec time = {0, WAIT * 1000000L};
    if (WAIT > 0)
        nanosleep(&time, 0);
}
void plugin_init(void) { compute(INIT); }
void plugin_run(void) { compute(RUN); }
EOF
cat >host.c <<'EOF'
#include <dlfcn.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
int main(int count, char **names)
{
    void *plugins[16];
    for (int i = 1; i < count && i < 16; i++) {
        if (strncmp(names[i], "poll", 4) == 0) {
            poll(0, 0, atoi(names[i] + 4));
            plugins[i] = 0;
            continue;
        }
        plugins[i] = dlopen(names[i], RTLD_NOW);
        if (!plugins[i])
            return 2;
        ((void (*)(void))dlsym(plugins[i], "plugin_init"))();
    }
    for (int i = 1; i < count && i < 16; i++)
        if (plugins[i])
            ((void (*)(void))dlsym(plugins[i], "plugin_run"))();
    return 0;
}
EOF
cc -o host host.c -ldl || fail "cannot build the host"

# build FOLDER: all plugins, as they were; plugin FOLDER NAME WAIT INIT RUN: one in another build
plugin() { cc -shared -fPIC -o "$1/lib$2.so" -DWAIT="$3" -DINIT="$4" -DRUN="$5" plugin.c; }
build()
{
    mkdir "$1"
    for name in cache codec net ui; do
        plugin "$1" $name 0 0 0 || fail "cannot build $name"
    done
}
for folder in usual waits computes late extra; do
    build $folder
done
plugin waits codec 300 0 0
plugin computes codec 0 300 0
plugin late codec 0 0 300
plugin extra more 300 0 0

build causes
cc -shared -fPIC -o causes/libcache.so -DWAIT=0 -DINIT=0 -DRUN=0 plugin.c -Lcauses \
    -Wl,--no-as-needed -lcodec || fail "cannot build a plugin that needs another"

# record SIDE FOLDER ARGUMENT...: seven runs. The same folder name each time, so that only what is
# in it differs.
record()
{
    side=$1
    rm -f plugins
    ln -s "$2" plugins
    shift 2
    trailrec -q -n 7 -l side="$side" -o trail.db -E LD_LIBRARY_PATH=plugins -- ./host "$@" ||
        fail "$side ends with $?"
}
# answer SIDE PATTERN: the first sentence against the usual side
answer()
{
    sentence=$(trailview -d trail.db diff @side=usual @side="$1" | head -n 1)
    case $sentence in
    $2) ;;
    *) fail "of $1 is said: $sentence" ;;
    esac
}
usual='libcache.so libcodec.so libnet.so libui.so'
# shellcheck disable=SC2086
{
    record usual usual $usual
    record waits waits $usual
    record computes computes $usual
    record late late $usual
    record extra extra libcache.so libcodec.so libmore.so libnet.so libui.so
    record polls usual libcache.so libcodec.so poll300 libnet.so libui.so
    record causes causes $usual
    record order usual libcache.so libnet.so libcodec.so libui.so
}
trailrec -q -n 7 -l side=place -o trail.db -E LD_LIBRARY_PATH=waits -- ./host $usual
trailrec -q -n 7 -l side=again -o trail.db -E LD_LIBRARY_PATH=usual -- ./host $usual

slower='It takes * longer (*), * between'
other='(another build: * -> *)'
sleeps='main waits in clock_nanosleep 300 ms, called by'
answer waits "$slower libcodec.so $other and libnet.so: $sleeps libcodec.so!begin, a constructor."
answer computes "$slower libcodec.so $other and libnet.so: main computes in libcodec.so!*."
answer late "$slower libui.so* and the end: main computes in libcodec.so!*."
answer extra \
    "$slower libmore.so (only in B) and libnet.so: $sleeps libmore.so!begin, a constructor."
answer polls \
    "$slower libcodec.so and libnet.so: main waits in poll 300 ms, called by host!main."
# the same where perf is forbidden, and where what computes may be stopped for a moment
rm plugins && ln -s computes plugins
refused()
{
    "$TRACE_TOOLS/refuse_perf" "$TRAILREC" -q -n 7 -l side="$1" -o trail.db \
        -E LD_LIBRARY_PATH=plugins ${2:-} -- ./host $usual || fail "without perf it ends with $?"
}
refused forbidden
refused stops --looks-stop
unknown='place unknown: perf is forbidden here, record with --looks-stop'
answer forbidden "$slower libcodec.so $other and libnet.so: main computes*; $unknown."
answer stops "$slower libcodec.so $other and libnet.so: main computes in libcodec.so!*."
# python that sleeps in a module. What takes so long by itself is recorded in turns.
if command -v python3 >/dev/null; then
    mkdir fast slow
    echo 'import time' >fast/module.py
    echo 'import time; time.sleep(0.3)' >slow/module.py
    trailrec -q --turns -n 7 -o python.db -l side=fast -C fast -- python3 -c 'import module' \
        --next -l side=slow -C slow -- python3 -c 'import module'
    case $(trailview -d python.db diff @side=fast @side=slow | head -n 1) in
    *"main waits in clock_nanosleep"*", called by "*python3*) ;;
    *) fail "of python: $(trailview -d python.db diff @side=fast @side=slow | head -n 1)" ;;
    esac
fi
# node that waits for a child that is not followed; the last run's stack may not be unwound yet
if command -v node >/dev/null; then
    echo 'require("child_process").spawn("sleep", [process.env.NAP]);' >waits.js
    trailrec -q --turns -n 6 -o node.db -l side=short -E NAP=0.01 -- node waits.js \
        --next -l side=long -E NAP=0.6 -- node waits.js
    case $(trailview -d node.db diff @side=short @side=long | head -n 1) in
    "It takes "*"and the end: main waits in epoll_"*" while its child sleep runs"*) ;;
    *) fail "of node: $(trailview -d node.db diff @side=short @side=long | head -n 1)" ;;
    esac
else
    echo "there is no node: not tested"
fi
trailview -d trail.db diff @side=usual @side=causes >diff.txt
grep -q '^libcodec.so is loaded for another reason: asked.* -> needed by libcache.so\.$' diff.txt ||
    fail "the other reason is not named: $(cat diff.txt)"
answer order '* comes in another order: now before libcodec.so, always after it in A *.'
answer place "$slower libcodec.so $other and libnet.so: main waits in *"
trailview -d trail.db diff @side=usual @side=place >diff.txt
grep -q '^LD_LIBRARY_PATH has another value: plugins -> waits\.$' diff.txt ||
    fail "the variable is not named: $(head -n 3 diff.txt)"
trailview -d trail.db diff @side=place @side=waits --only order,processes >diff.txt
same "an answer where nothing differs" "" "$(sed -n '/^It takes/p' diff.txt)"
