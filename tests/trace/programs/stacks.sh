# Who asked for a module, by the stacks that were kept; and what becomes of a stack whose modules'
# files are gone, or are not what they were.
. "$(dirname "$0")/common.sh"

samples=$TRACE_TOOLS/../../samples
cp "$samples/sample_plugin.so" "$samples/plugin" "$samples/access_violation" .

why_of() { value "SELECT why FROM loads WHERE run = $1 AND name LIKE '$2'"; }

trailrec -q -o trail.db -- ./plugin >/dev/null || fail "plugin failed"
case $(why_of 1 sample_plugin%) in
plugin!sample_load+0x*) ;; *) fail "why: $(why_of 1 sample_plugin%)" ;;
esac
same "copies left" 0 "$(value 'SELECT count(*) FROM raw_stack')"
trailview -d trail.db stack "$(value "SELECT seq FROM loads WHERE name LIKE 'sample_plugin%'")" |
    grep -q 'plugin!main+0x' || fail "the stack does not reach main"
trailview -d trail.db why 'sample_plugin*' | grep -q 'plugin!sample_load' || fail "why says not who"

trailrec -q -o trail.db -k none -- ./plugin >/dev/null || fail "plugin failed"
same "without stacks" "unknown: no stack was kept" "$(why_of 2 sample_plugin%)"

trailrec -q -o trail.db -- ./access_violation 2>/dev/null
case $(value 'SELECT symbol FROM exceptions WHERE run = 3') in
access_violation!main+0x*) ;; *) fail "the fault is not in main" ;;
esac

# -k all, with threads, forks, signals: nothing is lost, and nothing is left to be unwound.
trailrec -q -o trail.db -k all -f -- ./plugin >/dev/null || fail "plugin failed with -k all"
same "copies left" 0 "$(value 'SELECT count(*) FROM raw_stack')"

# A file that is another one by now is not asked for symbols; a damaged one hurts nobody.
{ cat plugin && printf x; } >other && chmod +x other
trailrec -q -o trail.db -- sh -c './other >/dev/null; :' -f || fail "sh failed"
cp plugin damaged
python3 - <<'END'
import struct
data = bytearray(open('damaged', 'rb').read())
shoff, = struct.unpack_from('<Q', data, 40)
size, count = struct.unpack_from('<HH', data, 58)
for i in range(count):                      # tables of symbols and their texts lie anywhere
    kind, = struct.unpack_from('<I', data, shoff + i * size + 4)
    if kind in (2, 3, 11):
        struct.pack_into('<QQ', data, shoff + i * size + 24, 1 << 62, 1 << 61)
open('damaged', 'wb').write(data)
END
trailrec -q -o trail.db -- ./damaged >/dev/null || fail "the damaged program failed"
run=$(value 'SELECT max(run) FROM runs')
case $(why_of "$run" sample_plugin%) in
damaged+0x* | damaged!*) ;; *) fail "why of the damaged: $(why_of "$run" sample_plugin%)" ;;
esac

# A recorder that was killed: the next one unwinds what it left.
sqlite3 trail.db "UPDATE run SET state = 'recovered' WHERE id = 1" || skip "there is no sqlite3"
trailrec -q -o killed.db -- sh -c 'exec ./plugin; :' >/dev/null || fail "sh failed"
same "copies left" 0 "$(value 'SELECT count(*) FROM raw_stack' killed.db)"
