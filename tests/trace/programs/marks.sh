# Probes: other tools see them; a program that is full of them is attached to and let go, and keeps
# no trace of it.
. "$(dirname "$0")/common.sh"

samples="$TRACE_TOOLS/../../samples"
here=$(dirname "$0")

# The notes are what readelf and gdb know.
readelf -n "$samples/marks_static" >notes.txt || fail "readelf: status $?"
same "probes that readelf sees" "mark string" "$(sed -n 's/^ *Name: //p' notes.txt | sort |
    tr '\n' ' ' | sed 's/ $//')"
same "their provider" "trail" "$(sed -n 's/^ *Provider: //p' notes.txt | sort -u)"
if command -v gdb >/dev/null; then
    gdb -batch -nx -ex 'info probes stap trail' "$samples/marks_static" >gdb.txt 2>&1
    same "probes that gdb sees" 2 "$(grep -c 'stap.*trail' gdb.txt)"
    gdb -batch -nx -ex 'set debuginfod enabled off' -ex 'break -probe-stap trail:mark' -ex run \
        -ex 'x/s $_probe_arg0' "$samples/marks_static" \
        >gdb_run.txt 2>&1
    grep -q '"one"' gdb_run.txt || fail "gdb at a probe: $(cat gdb_run.txt)"
fi

# Real libraries, whose probes <sys/sdt.h> made, say to us what they say to readelf.
for library in $(ldconfig -p |
    sed -n 's/.*(libc6,x86-64.*=> \(.*lib\(stdc++\|python3\)[.0-9]*so[.0-9]*\)$/\1/p'); do
    readelf -n "$library" |
        sed -n 's/^ *Provider: //p; s/^ *Name: //p
            s/^ *Location: \(.*\), Base: .*, Semaphore: \(.*\)/\1 \2/p; s/^ *Arguments: *//p' |
        paste -d ' ' - - - - | sed 's/ *$//' | sort >"readelf.txt"
    "$TRACE_TOOLS/probe_notes" "$library" | sed 's/ *$//' | sort >"ours.txt"
    cmp readelf.txt ours.txt ||
        fail "the probes of $library: $(diff readelf.txt ours.txt | head -n 5)"
    cat ours.txt >>all.txt
done
if [ -s all.txt ]; then
    same "probes that are not understood" 0 "$(grep -c 'not understood' all.txt)"
else
    echo "no library of this system has probes" >&2
fi

# The header serves every compiler and way of linking that is there.
header=$(cd "$here/../../../samples" && pwd)
cat >try.c <<'END'
#include "trail.h"
static inline void twice(const char *name) { TRAIL_MARK(name); TRAIL_MARK(name); }
int main(void) { TRAIL_MARK("one"); twice("two"); TRAIL_STRING("three"); return 0; }
END
cp try.c try.cpp
template='#include "trail.h"
template <class T> inline void mark(T) { TRAIL_MARK("of a template"); }'
printf '%s\nvoid other() { mark(1); mark("x"); }\n' "$template" >other.cpp
printf '%s\nvoid other();\nint main() { mark(1); other(); return 0; }\n' "$template" >more.cpp

built=0
try() # try EXPECTED COMPILER OPTION...
{
    expected=$1
    shift
    command -v "$1" >/dev/null || return 0
    "$@" -I"$header" -Wall -Wextra -Werror -o try 2>try.log || fail "$*: $(cat try.log)"
    rm -f try.db
    trailrec -q -o try.db -- ./try || fail "$*: status $?"
    same "marks with $*" "$expected" "$(value "SELECT group_concat(name, '+') FROM (SELECT name
        FROM marks ORDER BY seq)" try.db)"
    built=$((built + 1))
}
for compiler in gcc clang; do
    for options in "" -O2 "-O2 -no-pie -fno-pie" "-O2 -flto" "-O2 -masm=intel" \
        "-std=c11 -pedantic" "-O2 -ffunction-sections -Wl,--gc-sections" \
        -static "-O2 -static-pie"; do
        try one+two+two $compiler $options try.c
    done
done
for compiler in g++ clang++; do
    for options in "" -O2 "-std=c++98 -pedantic" "-O2 -ffunction-sections -Wl,--gc-sections"; do
        try one+two+two $compiler $options try.cpp
        try "of a template+of a template+of a template" $compiler $options more.cpp other.cpp
    done
done
[ $built -ge 9 ] || fail "only $built programs could be built"

# A program that is gone, is another, or has no build-id.
gcc -I"$header" -Wl,--build-id=none -o try try.c || fail "no build-id: $?"
rm -f try.db
trailrec -q -o try.db -- sh -c 'exec ./try' || fail "no build-id: status $?"
same "marks without a build-id" one+two+two "$(value "SELECT group_concat(name, '+')
    FROM marks" try.db)"

# Attached to and let go, again and again, at full speed.
times=40
"$TRACE_TOOLS/marks_target" rounds.txt "$samples/marks_library.so" &
target=$!
trap 'kill -9 $target 2>/dev/null' EXIT
# How many int3 stand in the target's code where its file has none.
planted()
{
    python3 - $target <<'END'
import re, sys
pid = sys.argv[1]
count = 0
with open(f'/proc/{pid}/mem', 'rb') as memory:
    for line in open(f'/proc/{pid}/maps'):
        match = re.match(r'(\w+)-(\w+) r.x. (\w+) \S+ \d+ +(/\S+)', line)
        if match and 'marks_library' not in match[4]: # that comes and goes
            start, end = int(match[1], 16), int(match[2], 16)
            memory.seek(start)
            now = memory.read(end - start)
            with open(match[4], 'rb') as file:
                file.seek(int(match[3], 16))
                count += sum(a != b for a, b in zip(now, file.read(end - start)))
print(count)
END
}
wait_for_rounds
for i in $(seq $times); do
    trailrec -q -t 0.05 -o trail.db -p $target || fail "attach $i: status $?"
    kill -0 $target 2>/dev/null || fail "the target died of detach $i"
done
wait_for_rounds
same "planted bytes that are left" 0 "$(planted)"
same "runs" $times "$(value "SELECT count(*) FROM runs WHERE state = 'complete'
    AND end_reason = 'timeout'")"
# On a busy machine the time may be up before each thread had a turn: of those that went on, all
# count.
went_on="(SELECT run FROM events WHERE NOT synthetic GROUP BY run HAVING count(*) >= 100)"
whole=$(value "SELECT count(*) FROM $went_on")
[ "$whole" -ge $((times / 2)) ] || fail "only in $whole of $times runs the target went on"
same "runs with marks of all threads" "$whole" "$(value "SELECT count(*) FROM (SELECT run FROM marks
    WHERE name LIKE 'worker %' AND run IN $went_on GROUP BY run HAVING count(DISTINCT name) = 3)")"
same "runs with strings" "$whole" "$(value "SELECT count(DISTINCT run) FROM output
    WHERE text LIKE 'string % of worker _' AND run IN $went_on")"
[ "$(value "SELECT count(*) FROM marks WHERE name = 'library is there'")" -gt 0 ] ||
    fail "no mark of the library"
same "marks of children" 0 "$(value "SELECT count(*) FROM marks WHERE name = 'fork'")"
same "traps" 0 "$(value "SELECT count(*) FROM exceptions WHERE name = 'SIGTRAP'")"
trailrec -q -f -t 0.3 -o follow.db -p $target || fail "attach with -f: status $?"
[ "$(value "SELECT count(*) FROM marks WHERE name = 'fork'" follow.db)" -gt 0 ] ||
    fail "no mark of a child with -f"
wait_for_rounds
same "planted bytes that are left after -f" 0 "$(planted)"
trailview -d trail.db verify >verify.txt || fail "verify: $(cat verify.txt)"
