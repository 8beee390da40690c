# The listing of -v: each line says what a person wants to know, in 100 columns. And the digest.
. "$(dirname "$0")/common.sh"
cat >script.txt <<'EOF'
t=0 pid=4 CreateProcess via=launch path="C:\\app\\shop.exe" base=0x400000 size=65536 command_line="shop.exe --port 8080 --verbose --with-a-long-option-that-nobody-can-read-to-its-end"
t=1ms LoadDll path="C:\\Windows\\System32\\ntdll.dll" base=0x1000000 size=4096 load_phase=startup debug_info_offset=12 debug_info_size=34 time_source=stop
t=2ms LoadDll path="C:\\Users\\somebody with a name\\AppData\\Local\\Programs\\shop\\plugins\\tax.dll" base=0x2000000 size=4096 load_phase=runtime
t=3ms LoadDll base=0x3000000 load_phase=runtime
t=4ms tid=5 CreateThread start_address=0x2000010 thread_local_base=0x7fff0000
t=5ms tid=5 Exception code=0x406d1388 first_chance=1 flags=0 address=0x1000020 thread_name=worker
t=6ms tid=4 Exception code=0x406d1388 first_chance=1 address=0x1000020 thread_name=worker named_tid=5
t=7ms Exception code=0xc0000005 first_chance=1 flags=0 address=0x400123 parameters=1,0
t=8ms Exception code=0xc0000005 first_chance=0 address=0x99 parameters=0,0x1234
t=9ms Exception code=0xc0000006 first_chance=1 address=0x2000ffe parameters=8,16,3221225473
t=9ms Exception code=0xc0000005 first_chance=1 address=0x4000000 parameters=1,0x7ffe12345678
t=10ms LoadDll path="/a/library_with_a_name_that_is_longer_than_what_there_is_room_for_in_a_line.dll" base=0x4000000 size=4096
t=10ms Exception code=0xc0000005 first_chance=1 address=0x4000ffe parameters=1,0x7ffe12345678
t=10ms Exception code=0xe1234567 first_chance=1 address=0x400124
t=11ms OutputDebugString text="two\nlines" encoding=ansi raw_bytes=9
t=12ms Mark name=ready
t=13ms UnloadDll base=0x2000000
t=14ms UnloadDll base=0x9000000
t=15ms RipEvent error=5 type=warning
t=16ms tid=5 ExitThread exit_code=3221225781
t=17ms pid=6 CreateProcess via=create path="C:\\app\\\xE2\x80\xAEchild.exe" parent_pid=4 command_line=child
t=18ms pid=6 ExitProcess signal=11 core_dumped=1
t=19ms pid=4 Exception code=11 si_code=1 address=0x400200
t=20ms Exception code=64 si_code=0
t=21ms ExitProcess exit_code=0
EOF
trailfake -q -v -o trail.db -- script.txt 2>live.txt
tr -d '\r' <live.txt | sed 's/^ *//' >lines.txt
cat >expected.txt <<'EOF'
0.000000      4      4  CreateProcess launch shop.exe: shop.exe --port 8080 --verbose --with-a...
0.001000      4      4  LoadDll       ntdll.dll  C:\Windows\System32
0.002000      4      4  LoadDll       tax.dll  ...with a name\AppData\Local\Programs\shop\plugins
0.003000      4      4  LoadDll       unknown, at 0x3000000
0.004000      4      5  CreateThread  starts at tax.dll+0x10
0.005000      4      5  Exception     its thread is "worker"
0.006000      4      4  Exception     thread 5 is "worker"
0.007000      4      4  Exception     ACCESS_VIOLATION: write to 0x0 at shop.exe+0x123
0.008000      4      4  Exception     ACCESS_VIOLATION, 2nd chance at 0x99
0.009000      4      4  Exception     IN_PAGE_ERROR: execution of 0x10 at tax.dll+0xffe
0.009000      4      4  Exception     ACCESS_VIOLATION: write to 0x7ffe12345678 at 0x4000000
0.010000      4      4  LoadDll       library_with_a_name_that_is_longer_th...  /a
0.010000      4      4  Exception     ACCESS_VIOLATION: write to 0x7ffe12345678 at libra...+0xffe
0.010000      4      4  Exception     0xe1234567 at shop.exe+0x124
0.011000      4      4  OutputDebugString "two\nlines"
0.012000      4      4  Mark          "ready"
0.013000      4      4  UnloadDll     tax.dll  ...with a name\AppData\Local\Programs\shop\plugins
0.014000      4      4  UnloadDll     unknown, at 0x9000000
0.015000      4      4  RipEvent      warning 5
0.016000      4      5  ExitThread    exit code 0xc0000135 (STATUS_DLL_NOT_FOUND)
0.017000      6      6  CreateProcess create \u202Echild.exe by 4: child
0.018000      6      6  ExitProcess   killed by SIGSEGV, core dumped
0.019000      4      4  Exception     SIGSEGV at shop.exe+0x200
0.020000      4      4  Exception     signal 64
0.021000      4      4  ExitProcess   exit code 0
EOF
diff -u expected.txt lines.txt >&2 || fail "the listing is another one (+)"
# On a terminal: as wide as that, in line, with colours.
if [ -z "$EMULATOR" ] && command -v python3 >/dev/null; then
    cat >terminal.py <<'EOF'
import fcntl, os, pty, struct, sys, termios
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(2, termios.TIOCSWINSZ, struct.pack("HHHH", 50, int(sys.argv[1]), 0, 0))
    os.execv(sys.argv[2], sys.argv[2:])
text = b""
try:
    while more := os.read(terminal, 65536):
        text += more
except OSError: # the other side is closed
    pass
sys.stdout.write(text.decode().replace("\r\n", "\n"))
EOF
    shown() # shown COLUMNS
    {
        python3 terminal.py "$1" "$TRAILFAKE" -q -v -o terminal.db -- script.txt >shown.txt
        sed "s/$(printf '\033')\[[0-9;]*m//g" shown.txt >plain.txt
    }
    NO_COLOR=1 shown 80
    grep -E '  (LoadDll|CreateProcess)' shown.txt | grep -E '.{81}' && fail "wider than 80 columns"
    grep -q "$(printf '\033')" shown.txt && fail "colours in spite of NO_COLOR"
    NO_COLOR='' shown 140
    red=$(printf '\033[31mException         \033[0m')
    grep -qF "${red}ACCESS_VIOLATION: write to 0x0 at shop.exe+0x123" shown.txt ||
        fail "no red exception: $(cat -v shown.txt)"
    same "folders in line" 1 "$(grep -v library_ plain.txt |
        sed -n 's/\(.*LoadDll .*[^ ]  *\)\(C:\|\/\).*$/\1/p' |
        awk '{ print length($0) }' | sort -u | wc -l)"
    grep -E '.{141}' plain.txt && fail "wider than 140 columns"
fi
grep -v '^ *0\.011' live.txt | LC_ALL=C grep -E '.{101}' && fail "these lines are too long"

cat >script.txt <<'EOF'
t=0 pid=4 CreateProcess via=launch path=C:app.exe base=0x400000
t=1ms LoadDll path=C:one.dll base=0x500000
t=2ms ExitProcess exit_code=3221225781
EOF
digest() # digest FILE FILE-AS-IT-CAN-BE-TYPED
{
    trailfake -o "$1" -- script.txt 2>digest.txt
    same "digest" "exit code 0xc0000135 (STATUS_DLL_NOT_FOUND), 3 events (1 load, 0 exceptions)" \
        "$(sed -n 's/^trailrec: run 1: \(.*\) after [^,]*\(.*\), held .*/\1\2/p' digest.txt)"
    same "how to look" "trailrec: look at it with: trailview -d $2 summary 1" \
        "$(tail -n 1 digest.txt | tr -d '\r')"
}
digest plain.db plain.db
digest 'a b.db' '"a b.db"'
digest "it's.db" "\"it's.db\""
digest '$x.db' "'\$x.db'"
digest "it's \$x.db" "'it'\\''s \$x.db'"
same "exit of runs" 0xc0000135 \
    "$(trailview -d plain.db runs | tr -d '\r' | sed -n '2s/.* \(0x[^ ]*\) .*/\1/p')"
