# The first process of a pid namespace that faults ends as it does alone: its signal is not lost.
. "$(dirname "$0")/common.sh"

unshare -fp true 2>/dev/null || skip "no pid namespaces"
command -v cc >/dev/null || skip "there is no cc"
printf 'int main(int count, char **words) {
    if (count > 1) __builtin_trap();
    *(volatile int *)8 = 1; return words == 0; }\n' | cc -O1 -x c -o crash - || fail "cannot build"
for way in "" trap; do
    unshare -fp ./crash $way 2>/dev/null
    alone=$?
    same "status alone" signal "$([ $alone -gt 128 ] && echo signal)"
    trailrec_within 20 -q -f -o trail.db -- unshare -fp ./crash $way 2>/dev/null
    same "status under -f" $alone $?
    same "its faults" 2 "$(value "SELECT count(*) FROM exceptions WHERE module = 'crash' AND
        run = (SELECT max(run) FROM runs)")"
done
