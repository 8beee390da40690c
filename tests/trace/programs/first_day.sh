# What an engineer meets on the first day: a library that is not found, is of the wrong version or
# comes from another folder. What diff, why and the lists say of it must be true, and name it.
. "$(dirname "$0")/common.sh"

command -v cc >/dev/null || skip "there is no cc"

# says WHAT PATTERN FILE: one of its lines fits
says()
{
    while IFS= read -r line; do
        # shellcheck disable=SC2254
        case $line in
        $2) return ;;
        esac
    done <"$3"
    fail "of $1 is not said '$2': $(cat "$3")"
}
# compare A B: what diff answers, in a file
compare() { trailview -d trail.db diff "$1" "$2" | sed '/^$/,$d' >answer.txt; }

mkdir one two empty
echo 'int part(void) { return 0; }' >part.c
echo 'int part(void) { return 0; } int more(void) { return 0; }' >parts.c
echo 'V1 { part; };' >one.map
echo 'V1 { part; }; V2 { more; };' >two.map
echo 'int more(void); int main(void) { return more(); }' >needs.c
cc -shared -fPIC -o one/libpart.so part.c -Wl,--version-script=one.map,-soname,libpart.so &&
    cc -shared -fPIC -o two/libpart.so parts.c -Wl,--version-script=two.map,-soname,libpart.so &&
    cc -o needs needs.c -Ltwo -lpart || fail "cannot build them"

record() { trailrec -q -o trail.db "$@" 2>/dev/null; }
record -E LD_LIBRARY_PATH=two -- ./needs
record -E LD_LIBRARY_PATH=one -- ./needs
record -E LD_LIBRARY_PATH=empty -- ./needs
record -- ./needs

compare 1 2
says "a version" "libpart.so could not be loaded in B: version \`V2' not found*" answer.txt
says "a version" "needs ends differently: 0 -> 1." answer.txt
compare 1 3
says "a missing one" "libpart.so was not found in B: cannot open shared object file." answer.txt
compare 1 4
says "a variable" "LD_LIBRARY_PATH is set only in A: two." answer.txt
