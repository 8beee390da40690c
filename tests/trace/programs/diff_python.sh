# Python with and without one more import: diff adds just the modules that the import brings.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/diff_common.sh"

command -v python3 >/dev/null || skip "python3 is not installed"
python3 -c 'import json, ssl' 2>/dev/null || skip "python3 comes without json or ssl"
python=$(python3 -c 'import os, sys; print(os.path.realpath(sys.executable))')
record 5 import=json "$python" -c 'import json'
record 5 import=ssl "$python" -c 'import json, ssl'
always import ssl name >with.txt
ever import json name >without.txt
added=$(comm -23 with.txt without.txt)
[ -n "$added" ] || skip "this python3 has ssl built in"
same_lists "added, sets" "$added" "$(rows @import=json @import=ssl loads added)"
same_lists "removed, sets" "$added" "$(rows @import=ssl @import=json loads removed)"
same_lists "added, runs" "$added" "$(rows 1 6 loads added)"
same "moved" "" "$(rows 1 6 order moved)$(rows @import=json @import=ssl order moved)"
same "replaced" "" "$(rows 1 6 identity replaced)$(rows 1 6 path replaced)"
