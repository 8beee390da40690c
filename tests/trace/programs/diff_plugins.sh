# Two builds of a sample whose plugins load in another order: that is what diff says, of one run
# each and of ten.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/diff_common.sh"

samples=$TRACE_TOOLS/../../samples
suffix=
[ -e "$samples/plugin_order.exe" ] && suffix=.exe
record 10 build=1 "$samples/plugin_order$suffix"
record 10 build=2 "$samples/plugin_order-1.1$suffix"
same "runs" 20 "$(value 'SELECT count(*) FROM runs WHERE exit_code = 0')"

for pair in "1 11" "@build=1 @build=2" "@build=1 15" "3 @build=2"; do
    set -- $pair
    moved=$(rows "$1" "$2" order moved)
    case $moved in
    second_plugin.* | third_plugin.*) ;;
    *) fail "diff $pair: moved is '$moved'" ;;
    esac
    same "diff $pair: moved" 1 "$(echo "$moved" | wc -l)"
    same "diff $pair: added" "" "$(rows "$1" "$2" loads added)"
    same "diff $pair: removed" "" "$(rows "$1" "$2" loads removed)"
    same "diff $pair: paths" "" "$(rows "$1" "$2" path replaced)"
done
grep -q 'second_plugin.*third_plugin\|third_plugin.*second_plugin' diff.csv ||
    fail "the other plugin is not named: $(cat diff.csv)"
same "no difference between runs of one build" "0" \
    "$(trailview -d trail.db diff 1 2 --only loads,order,identity,path,processes >/dev/null; echo \
    $?)"
