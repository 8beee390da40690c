# Every file that we write x everything that may stand in its place: what is no regular file of ours
# is refused in one sentence, at once, and left as it was.
. "$(dirname "$0")/common.sh"
command -v python3 >/dev/null || skip "python3 is not installed"

kinds="nothing regular readonly link dangling loop folder fifo socket device"

python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("plug")' || fail "socket"

# stand KIND PATH: puts it there; `victim` is what a link means, by a path of its own.
stand()
{
    rm -rf "$2" victim nothing
    case $1 in
    regular) cp good "$2" ;;
    readonly) cp good "$2"; chmod 444 "$2" ;;
    link) cp good victim; ln -s "$PWD/victim" "$2" ;;
    dangling) ln -s "$PWD/nothing" "$2" ;;
    loop) ln -s "$(basename "$2")" "$2" ;;
    folder) mkdir "$2"; echo inside >"$2/inside" ;;
    fifo) mkfifo "$2" ;;
    socket) ln plug "$2" ;;
    device) mknod "$2" c 1 3 2>/dev/null ;;
    esac
}

# What stands there, with what it is and what is in it.
print_of()
{
    for path in "$@"; do
        stat -c '%n %f %i' "$path" 2>/dev/null || echo "$path nothing"
        [ ! -h "$path" ] || readlink "$path"
        [ ! -f "$path" ] || cksum <"$path"
    done
}

# refused WHAT STATUS PROGRAM COMMAND...: with that status, in one sentence, within its time, and
# nothing is changed or left beside it but what stands there already: $beside.
beside=
refused()
{
    what=$1 expected=$2 program=$3
    shift 3
    before=$(print_of x victim nothing $beside)
    timeout 60 "$@" >out.txt 2>err.txt
    status=$?
    same "$what: status ($(cat err.txt))" "$expected" $status
    same "$what: lines on stderr ($(cat err.txt))" 1 "$(wc -l <err.txt | tr -d ' ')"
    grep -q "^$program: .*'\(\./\)\{0,1\}x'" err.txt || fail "$what: $(cat err.txt)"
    same "$what: what stands there" "$before" "$(print_of x victim nothing $beside)"
    same "$what: files beside it" "$beside" "$(ls -d x?* nothing?* victim?* 2>/dev/null)"
}

accepted()
{
    what=$1
    shift
    timeout 60 "$@" >out.txt 2>err.txt || fail "$what: $(cat err.txt)"
    same "$what: files beside it" "" "$(ls -d x?* nothing?* victim?* 2>/dev/null)"
}

# database
"$TRAILREC" -q -o trail.db -- true || fail "record"
cp trail.db good
for kind in $kinds; do
    stand "$kind" x || continue # no permission to make a device
    case $kind in
    nothing)
        refused "-d $kind" 2 trailview "$TRAILVIEW" -d x runs
        accepted "-o $kind" "$TRAILREC" -q -o x -- true ;;
    regular | link)
        accepted "-d $kind" "$TRAILVIEW" -d x runs
        accepted "-o $kind" "$TRAILREC" -q -o x -- true
        same "-o $kind: runs" 2 "$(value 'SELECT count(*) FROM runs' x)"
        [ "$kind" = regular ] || [ -h x ] || fail "-o $kind: the link is gone" ;;
    readonly)
        accepted "-d $kind" "$TRAILVIEW" -d x runs ;; # to record needs another user than root
    *)
        refused "-d $kind" 2 trailview "$TRAILVIEW" -d x runs
        refused "recover $kind" 2 trailview "$TRAILVIEW" recover x
        refused "run of $kind" 2 trailview "$TRAILVIEW" summary ./x:1
        refused "-o $kind" 125 trailrec "$TRAILREC" -q -o x -- true ;;
    esac
done
rm -rf x

# what SQLite opens beside it
for beside in x-wal x-shm x-journal; do
    for kind in link dangling loop folder fifo socket device; do
        stand "$kind" "$beside" || continue
        cp good x
        refused "-d, $beside is $kind" 2 trailview "$TRAILVIEW" -d x runs
        refused "-o, $beside is $kind" 125 trailrec "$TRAILREC" -q -o x -- true
    done
    rm -rf "$beside"
done
beside=

# the ring: of a new run, and of one whose recorder died
sqlite3 good "UPDATE run SET state = 'recording'" && cp good dead || fail "sqlite3"
cp trail.db good
ring=x-run1.ring
for kind in $kinds; do
    rm -rf x*
    stand "$kind" "$ring" || continue
    before=$(print_of "$ring" victim nothing)
    timeout 60 "$TRAILREC" -q -o x -- true 2>err.txt || fail "ring is $kind: $(cat err.txt)"
    same "ring is $kind: unchanged" "$before" "$(print_of "$ring" victim nothing)"
    [ "$kind" = nothing ] || { grep -q "$ring' is not ours and is left alone" err.txt ||
        fail "ring is $kind: $(cat err.txt)"; }
    same "ring is $kind: run" "$([ "$kind" = nothing ] && echo 1 || echo 2)" \
        "$(value 'SELECT max(run) FROM runs' x)"
    cp dead x
    timeout 60 "$TRAILVIEW" -d x runs >out.txt 2>err.txt || fail "dead, $kind: $(cat err.txt)"
    same "dead, ring is $kind: unchanged" "$before" "$(print_of "$ring" victim nothing)"
    same "dead, ring is $kind: lines ($(cat err.txt))" 1 "$(wc -l <err.txt | tr -d ' ')"
    [ "$kind" = nothing ] || grep -q "$ring'" err.txt || fail "dead, $kind: $(cat err.txt)"
done
rm -rf x*

# names that mean no file to SQLite
for name in :memory: 'file:x?mode=memory' file:x ''; do
    "$TRAILREC" -q -o "$name" -- true 2>err.txt
    same "-o '$name'" 125 $?
    same "-o '$name': lines" 1 "$(wc -l <err.txt | tr -d ' ')"
    "$TRAILVIEW" -d "$name" runs 2>err.txt
    same "-d '$name'" 2 $?
done
accepted "./:memory:" "$TRAILREC" -q -o ./:memory: -- true
[ -f ./:memory: ] || fail "./:memory: is no file"

# rules
"$TRAILVIEW" -d trail.db baseline -o good 2>/dev/null || fail "baseline"
for option in -o --update; do
    for kind in $kinds; do
        stand "$kind" x || continue
        case $kind$option in
        nothing-o | regular* | link*)
            [ "$kind" = nothing ] || { echo '# of mine' >>x; chmod 640 x; }
            accepted "baseline $option $kind" "$TRAILVIEW" -d trail.db baseline $option x
            [ "$kind" = nothing ] ||
                same "baseline $option $kind: mode" 640 "$(stat -L -c %a x)"
            [ "$kind" != link ] || [ -h x ] || fail "baseline $option $kind: the link is gone"
            grep -q '^trail-rules 1' x || fail "baseline $option $kind" ;;
        readonly*) ;;
        *) refused "baseline $option $kind" 2 trailview \
            "$TRAILVIEW" -d trail.db baseline $option x ;;
        esac
    done
done
rm -rf x

# a name beside it that somebody took: it was NAME.new
echo mine >precious
ln -s precious x.new
"$TRAILVIEW" -d trail.db baseline -o x 2>/dev/null || fail "baseline beside a link"
same "what NAME.new means" mine "$(cat precious)"
rm -f x x.new

# The output that cannot be written.
for program in trailrec trailview; do
    for option in --help --version; do
        $program $option >/dev/full 2>err.txt
        status=$?
        same "$program $option: status" $([ $program = trailrec ] && echo 125 || echo 2) $status
        same "$program $option: message" "$program: cannot write the output" "$(cat err.txt)"
    done
done

# Names of every kind, for each file.
mkdir names
for name in ä α😀 'a b' '%41?#&' "quote'" ' ' '-' "$(printf 'line\nfeed')" "$(printf 'bad\377')"; do
    (cd names && mkdir "./$name" && cd "./$name" && cp ../../dead "$name" &&
        "$TRAILREC" -q -o "./$name" -C "../$name" -l "k=$name" -- true &&
        "$TRAILVIEW" -d "./$name" summary 2 && "$TRAILVIEW" summary "./$name:1" &&
        "$TRAILVIEW" -d "./$name" baseline -o "./$name.rules" 2 &&
        "$TRAILVIEW" -d "./$name" check "./$name.rules" 2) >out.txt 2>err.txt ||
        fail "name '$name': $(cat out.txt err.txt)"
    same "name '$name'" "complete" "$(value 'SELECT state FROM runs WHERE run = 2' \
        "names/$name/$name")"
    rm -r "names/$name"
done

# A look leaves nothing beside the file.
for command in runs summary loads 'sql SELECT(1)' 'verify' 'recover' 'diff 1 1'; do
    timeout 60 "$TRAILVIEW" -d trail.db $command >out.txt 2>&1 || fail "$command: $(cat out.txt)"
    same "$command: beside trail.db" trail.db "$(echo trail.db*)"
done

# Another user, in a folder that may be anybody's, and in one that is not.
[ "$(id -u)" = 0 ] && command -v setpriv >/dev/null || exit 0
tree=$(mktemp -d) || fail "mktemp"
trap 'rm -rf "$tree"' EXIT
cp "$TRAILREC" "$TRAILVIEW" "$tree" && cd "$tree" && chmod 755 . || fail "cp"
TRAILREC=$tree/trailrec TRAILVIEW=$tree/trailview
other="setpriv --reuid 65534 --regid 65534 --clear-groups"
"$TRAILREC" -q -o root.db -- true || fail "record"

mkdir open closed
chmod 777 open
cd open || fail cd
cp ../root.db x
refused "root's file" 125 trailrec $other "$TRAILREC" -q -o x -- true
accepted "root's file" $other "$TRAILVIEW" -d x runs
chmod 666 x
accepted "everybody's file" $other "$TRAILREC" -q -o x -- true
rm x
for mode in 600 644 666; do
    rm -f x*
    cp ../root.db x-run1.ring
    chmod $mode x-run1.ring
    before=$(print_of x-run1.ring)
    $other "$TRAILREC" -q -o x -- true 2>err.txt || fail "root's ring, $mode: $(cat err.txt)"
    same "root's ring, $mode" "$before" "$(print_of x-run1.ring)"
    same "root's ring, $mode: run" 2 "$(value 'SELECT run FROM runs' x)"
done
cd ../closed || fail cd
cp ../root.db x
chmod 666 x
chmod 755 .
accepted "root's folder" $other "$TRAILVIEW" -d x runs
refused "root's folder" 125 trailrec $other "$TRAILREC" -q -o x -- true
$other "$TRAILVIEW" -d x baseline -o y 2>err.txt
status=$?
same "baseline to root's folder ($(cat err.txt))" "2 1" "$status $(wc -l <err.txt | tr -d ' ')"
