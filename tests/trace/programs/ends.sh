# What is kept of how a process ended, what it used, and what signals say: against what the program
# itself was told.
. "$(dirname "$0")/common.sh"
command -v python3 >/dev/null || skip "there is no python3"
python=$(python3 -c 'import sys; print(sys.executable)') # itself, and no script that starts it

# used NAME TOLD: what the last run's process used, once more in the event, is what it counted
# itself just before its end, and a little more
used()
{
    same "what $1 is, of $2" 1 "$(value "SELECT $1 BETWEEN $2 AND $2 * 1.2 + $3 FROM processes
        WHERE run = (SELECT max(run) FROM runs) AND process = 1")"
    same "$1 in the event" 1 "$(value "SELECT detail ->> '$1' = p.$1 FROM events e
        JOIN processes p USING (run) WHERE run = (SELECT max(run) FROM runs) AND p.process = 1
        AND e.seq = p.last_seq")"
}

trailrec -q -o trail.db -- "$python" -c '
import os, resource, time
words = [bytearray(64 << 20)]
with open("written", "wb") as file:
    file.write(bytes(4 << 20))
    os.fsync(file.fileno())
for i in range(50): time.sleep(0.001)
while resource.getrusage(resource.RUSAGE_SELF).ru_utime < 0.1: pass
u = resource.getrusage(resource.RUSAGE_SELF)
print(int(u.ru_utime * 1e9), int(u.ru_stime * 1e9), u.ru_maxrss * 1024, u.ru_minflt, u.ru_majflt,
    u.ru_nvcsw, u.ru_nivcsw, u.ru_inblock * 512, u.ru_oublock * 512)' > told || fail "python: $?"
read -r user system peak minor major voluntary involuntary read written < told
used cpu_user_ns "$user" 100000000
used cpu_system_ns "$system" 100000000
used peak_bytes "$peak" 1000000
used minor_faults "$minor" 500
used major_faults "$major" 100
used voluntary_switches "$voluntary" 30
used involuntary_switches "$involuntary" 1000
used read_bytes "$read" 1000000
used written_bytes "$written" 1000000

# with that of children it would be mixed
trailrec -q -o trail.db -- sh -c '/bin/true; exit 3'
same "what is told of one that had a child" "3 - - -" "$(trailview -d trail.db sql --format csv "
    SELECT exit_code || ' ' || coalesce(cpu_user_ns, '-') || ' ' || coalesce(peak_bytes, '-') ||
    ' ' || coalesce(written_bytes, '-') FROM processes WHERE run = 2" | tail -1)"

# a signal's sender, its user, and a child's status
trailrec -q -o trail.db -- sh -c 'trap : USR1; echo $$ > pid; kill -USR1 $$; sh -c "exit 5"; :'
same "what SIGUSR1 says" "$(cat pid) $(id -u)" "$(value "SELECT parameters ->> 0 || ' ' ||
    (parameters ->> 1) FROM exceptions WHERE run = 3 AND name = 'SIGUSR1'")"
same "what SIGCHLD says" "$(id -u) 5" "$(value "SELECT parameters ->> 1 || ' ' || (parameters ->> 2)
    FROM exceptions WHERE run = 3 AND name = 'SIGCHLD'")"

# a jump to where nothing is: the place and the address that is missing are the same
trailrec -q -o trail.db -- "$python" -c 'import ctypes; ctypes.CFUNCTYPE(None)(0x123456)()'
same "where the fault is" "0x123456 [1193046]" "$(value "SELECT address || ' ' || parameters
    FROM exceptions WHERE run = 4 AND name = 'SIGSEGV'")"
same "whether a core was dumped is told" 1 "$(value "SELECT detail ->> 'core_dumped' IS NOT NULL
    FROM events WHERE run = 4 AND kind = 'ExitProcess'")"
