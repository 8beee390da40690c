# Debug strings in UTF-16, as WaitForDebugEventEx passes them on: characters of two units, units
# that are no character, and 100,000 of them.
. "$(dirname "$0")/common.sh"
trailrec -q -o trail.db -- "$TRACE_TOOLS/wide_strings_windows.exe" || fail "status $?"
[ "$(value 'SELECT wait_function FROM runs')" = WaitForDebugEventEx ] ||
    skip "this system has no WaitForDebugEventEx: it converts such strings before anybody sees them"

# told NUMBER COLUMN: of the debug string of that number.
told() { value "SELECT $2 FROM output ORDER BY seq LIMIT 1 OFFSET $(($1 - 1))"; }
same "strings" "5 utf-16" "$(value "SELECT count(*) || ' ' || group_concat(DISTINCT encoding)
    FROM output")"
same "two units" '€ 😀 漢' "$(told 1 text)"
same "lone surrogates" 'a\uD800b\uDC00\uD83D' "$(told 2 text)"
same "their bytes" 610000D8620000DC3DD8 "$(told 2 "(SELECT hex(raw)
    FROM event_output_debug_string o WHERE o.run_id = run AND o.seq = output.seq)")"
same "a mark" '😀' "$(value "SELECT name FROM marks")"
same "a long one" "100000 200000 0 äend" "$(told 3 "length(text) || ' ' || raw_bytes || ' ' ||
    truncated || ' ' || substr(text, -4)")"
same "a long one with a lone surrogate" "100005 200000 0 ä\\uDFFFä" "$(told 4 "length(text) || ' '
    || raw_bytes || ' ' || truncated || ' ' || substr(text, 50000, 8)")"
same "one that is too long" "131072 262144 1" "$(told 5 "length(text) || ' ' || raw_bytes || ' ' ||
    truncated")"
