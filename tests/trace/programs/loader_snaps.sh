# Loader snaps through the recorder, scripted: they become failed loads, with whom and why, and are
# not shown as the program's output.
. "$(dirname "$0")/common.sh"

cat >start.trail <<'EOF'
t=0 pid=100 CreateProcess via=launch path=C:\app\app.exe
t=1ms LoadDll path=C:\Windows\ntdll.dll base=0x1000 load_phase=startup
t=2ms OutputDebugString text="4:5 @ 6 - LdrpInitializeProcess - INFO: Beginning execution\n"
t=3ms LoadDll path=C:\app\core.dll base=0x2000 load_phase=startup
t=4ms tid=101 OutputDebugString text="4:6 @ 7 - LdrpSearchPath - RETURN: Status: 0xc0000135\n"
t=5ms tid=101 OutputDebugString text="4:6 @ 7 - LdrpProcessWork - ERROR: Unable to load DLL: \"key.dll\", Parent Module: \"C:\\app\\core.dll\", Status: 0xc0000135\n"
t=6ms OutputDebugString text="4:5 @ 8 - _LdrpInitialize - ERROR: Process initialization failed with status 0xc0000135\n"
t=7ms ExitProcess exit_code=0xc0000135
EOF
trailfake --loader-snaps -o trail.db -- start.trail 2>digest.txt
grep -q 'key.dll, needed by core.dll, was not loaded at the start: not found (0xc0000135)' \
    digest.txt || fail "digest: $(cat digest.txt)"
same "failed loads" "key.dll core.dll startup 0xc0000135 loader" "$(value "SELECT name || ' ' ||
    needed_by || ' ' || load_phase || ' ' || status || ' ' || source FROM failed_loads")"
same "output" 0 "$(value "SELECT count(*) FROM output")"
trailview -d trail.db loads --failed | grep -q 'key.dll' || fail "loads --failed"
trailview -d trail.db why key.dll >why.txt
grep -q 'core.dll' why.txt || fail "why: $(cat why.txt)"
printf 'trail-rules 1\nforbid failed key.dll\n' >failed.rules
trailview -d trail.db check failed.rules >check.txt
same "status of the rule" 1 $?

trailfake -q --loader-snaps --until 'failed:KEY*' --then kill -o trail.db -- start.trail
same "until" until "$(value "SELECT end_reason FROM runs WHERE run = 2")"
trailfake -q -o trail.db -- start.trail
same "without the option they are output" "4 0" "$(value "SELECT (SELECT count(*) FROM output
    WHERE run = 3) || ' ' || (SELECT count(*) FROM failed_loads WHERE run = 3
    AND source = 'loader')")"
