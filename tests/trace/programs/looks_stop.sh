# --looks-stop: where perf is forbidden, what computes is stopped for a moment at a look, and the
# place is known. Where perf is allowed nothing is stopped; what is let go again goes on.
. "$(dirname "$0")/common.sh"

command -v cc >/dev/null || skip "there is no cc"
cat >computes.c <<'EOC'
#include <pthread.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>
static volatile int is_over;
__attribute__((noinline)) void busy(void)
{
    while (!is_over)
        continue;
}
static void *run(void *argument) { busy(); return argument; }
int main(int count, char **arguments)
{
    pthread_t threads[2];
    struct epoll_event event;
    int result;
    struct timespec from, to;
    char byte;
    (void)arguments;
    for (int i = 0; i < 2; i++)
        if (pthread_create(&threads[i], NULL, run, NULL) != 0)
            return 4;
    clock_gettime(CLOCK_MONOTONIC, &from);
    result = count > 1 ? (int)read(0, &byte, 1) : epoll_wait(epoll_create1(0), &event, 1, 400);
    clock_gettime(CLOCK_MONOTONIC, &to);
    is_over = 1;
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    printf("%d %d\n", result, (to.tv_sec - from.tv_sec) * 1000 +
           (to.tv_nsec - from.tv_nsec) / 1000000 >= 399);
    return 3;
}
EOC
cc -O1 -o computes computes.c -pthread || fail "cannot build it"

refused() { "$TRACE_TOOLS/refuse_perf" "$TRAILREC" -q -o trail.db "$@"; }
# A busy machine gives few looks.
places() { value "SELECT count(*) > 0 FROM looks WHERE run $1
    AND doing LIKE 'computing in computes!busy%'"; }

said=$(refused --looks-stop -- ./computes)
[ $? -ne 77 ] || skip "perf cannot be refused here"
same "what it says, where it is stopped" "0 1" "$said"
same "places of one that is stopped" 1 "$(places '= 1')"
same "main, that waits" 1 "$(value "SELECT count(*) > 0 FROM looks WHERE run = 1
    AND doing LIKE 'epoll_wait 400 ms%'")"
refused -- ./computes >/dev/null
same "stops without the option" 1 "$(value "SELECT (SELECT quiet_stops FROM run WHERE id = 2)
    < (SELECT quiet_stops FROM run WHERE id = 1)")"
same "places without it" 0 "$(value "SELECT count(caller) FROM looks WHERE run = 2
    AND computing")"

# what is attached to, again and again, and let go while its threads are about to stop
mkfifo end
./computes wait <end >said &
target=$!
exec 3>end
for i in 1 2 3 4 5 6; do
    refused --looks 1 --looks-stop -t 0.1 -p $target || fail "attach $i ends with $?"
done
until [ "$(places '> 2')" = 1 ]; do
    i=$((i + 1))
    [ "$i" -lt 40 ] || fail "no place of one that is attached to in $i times"
    refused --looks 1 --looks-stop -t 1 -p $target || fail "attach $i ends with $?"
done
echo >&3
wait $target
same "status of one that was let go again and again" 3 $?
same "what it says" "1 1" "$(cat said)"

"$TRAILREC" -q --looks 0 --looks-stop -- true 2>wrong.txt
same "status without looks" 125 $?
grep -q 'looks-stop is about looks' wrong.txt || fail "said: $(cat wrong.txt)"
