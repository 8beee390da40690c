# A real start-up: what `loads` says must be what the process itself saw mapped executable, in
# link-map order, with build-ids.
. "$(dirname "$0")/common.sh"

command -v python3 >/dev/null || skip "python3 is not installed"
python3 -c 'import json,ssl,sqlite3' 2>/dev/null ||
    skip "python3 comes without json, ssl or sqlite3"
cat >look.py <<'END'
import ctypes, json, os, ssl, sqlite3
exe = os.path.realpath('/proc/self/exe')
print(exe, file=open('exe.txt', 'w'))
mapped = set()
for line in open('/proc/self/maps'):
    fields = line.split(None, 5)
    if 'x' in fields[1] and len(fields) > 5 and fields[5].startswith('/'):
        mapped.add(fields[5].strip())
print('\n'.join(sorted(mapped - {exe})), file=open('mapped.txt', 'w'))

# The loader's own list, by the public dl_iterate_phdr.
class Info(ctypes.Structure):
    _fields_ = [('base', ctypes.c_size_t), ('name', ctypes.c_char_p)]
order = []
def see(info, size, data):
    name = info.contents.name.decode()
    if name.startswith('/'):
        order.append(os.path.realpath(name))
    return 0
callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Info), ctypes.c_size_t, ctypes.c_void_p)(see)
ctypes.CDLL(None).dl_iterate_phdr(callback, None)
print('\n'.join(order), file=open('order.txt', 'w'))
END
trailrec -q -o trail.db -- python3 look.py || fail "python3 failed"
value "SELECT path FROM loads WHERE unload_t_ns IS NULL" >loads.txt
sort loads.txt | diff -u mapped.txt - >&2 || fail "the loads are not what was mapped executable (-)"
diff -u order.txt loads.txt >&2 || fail "the loads are not in link-map order (-)"
while read -r path; do
    grep -qxF "$(realpath "$path")" loads.txt || fail "the dependency $path is missing"
done <<END
$(ldd "$(cat exe.txt)" | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p')
END
case $(ldd "$(cat exe.txt)") in
*/ld-linux-x86-64.so.2*)
    trailrec -q -o direct.db -- "$(cat exe.txt)" -c 'import json,ssl,sqlite3' ||
        fail "python itself failed"
    same "stops while the loader was at work" 0 "$(value 'SELECT quiet_stops FROM runs' direct.db)"
    ;;
esac
same "loads without build-id" 0 "$(value 'SELECT count(*) FROM loads WHERE build_id IS NULL')"
readelf -n "$(head -n 1 loads.txt)" 2>/dev/null | sed -n 's/.*Build ID: //p' >build_id.txt
[ ! -s build_id.txt ] || same "build-id" "$(cat build_id.txt)" "$(value "SELECT build_id FROM loads
    WHERE path = '$(head -n 1 loads.txt)' LIMIT 1")"
