# What a program can notice of being recorded: recorder/README.md says it of these; where one no
# longer holds, it must change.
. "$(dirname "$0")/common.sh"

targets=$TRACE_TOOLS/../transparent/programs
[ -x "$targets/target_born" ] || skip "the target programs are not built"

[ "$(trailrec -q -o trail.db -- sed -n 's/^TracerPid:[[:space:]]*//p' /proc/self/status)" != 0 ] ||
    fail "there is no tracer"

same "a debugger, without -f" "stopped 1 status 25" \
    "$(trailrec -q -o trail.db -- "$targets/target_children" debugger | paste -s -d ' ')"
same "a debugger, with -f" "stopped 0" \
    "$(trailrec -q -f -o trail.db -- "$targets/target_children" debugger)"

same "an untraced child that loads" "status 12" \
    "$("$targets/target_children" untraced-load libz.so.1)"
same "an untraced child that loads, recorded" "status 1005" \
    "$(trailrec -q -o trail.db -- "$targets/target_children" untraced-load libz.so.1)"

same "a blocked SIGTRAP at a load" "blocked 1 handler 1" \
    "$("$targets/target_faults" trap-kept libz.so.1)"
same "a blocked SIGTRAP at a load, recorded" "blocked 1 handler 0" \
    "$(trailrec -q -o trail.db -- "$targets/target_faults" trap-kept libz.so.1)"

"$TRAILREC" -q -o trail.db -- sh -c 'echo $$ >pid; kill -STOP $$; exit 3' &
recorder=$!
looks=0
until [ -s pid ] && grep -q '^State:.[tT]' "/proc/$(cat pid)/status"; do
    looks=$((looks + 1))
    [ $looks -lt 12000 ] || fail "the target does not stop"
    sleep 0.01
done
same "state of a stopped target" t \
    "$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$(cat pid)/status")"
kill -CONT "$(cat pid)"
wait $recorder
same "status behind a stop" 3 $?

if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    # In a folder of its own that others may enter: the build tree may not be.
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    chmod 777 "$folder"
    cp "$TRAILREC" "$folder/trailrec"
    cp "$targets/target_born" "$folder/owned"
    chmod 4755 "$folder/owned"
    user() { (cd "$folder" && setpriv --reuid 65534 --regid 65534 --clear-groups "$@" |
        sed -n 's/^Uid:[[:space:]]*\([0-9]*\)[[:space:]]*\([0-9]*\).*/\1 \2/p'); }
    same "a set-user-ID program" "65534 0" "$(user ./owned all)"
    same "a set-user-ID program, recorded by a user" "65534 65534" \
        "$(user ./trailrec -q -o x.db -- ./owned all 2>said)"
    grep -q "^trailrec: the program runs without the rights that its file gives it" said ||
        fail "nothing is said of lost rights: $(cat said)"
    chmod 0111 "$folder/owned"
    chmod u+s "$folder/owned"
    user ./trailrec -q -o x.db -- ./owned all >/dev/null 2>said
    grep -q "^trailrec: the program runs without the rights" said ||
        fail "nothing is said of lost rights where the file cannot be read: $(cat said)"
    chmod 0755 "$folder/owned"
    user ./trailrec -q -o x.db -- ./owned all >/dev/null 2>said
    same "what is said of a program without rights of its own" "" "$(cat said)"
fi
