# Every file that we write x everything that may stand in its place: what is no regular file of ours
# is refused in one sentence, at once, and left as it was. Other users' files are in unit-file-*.
. "$(dirname "$0")/common.sh"
command -v python3 >/dev/null || skip "python3 is not installed"

kinds="nothing regular readonly link dangling loop folder fifo socket device"

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
    socket) python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$2" ;;
    device) mknod "$2" c 1 3 2>/dev/null ;;
    esac
}

# What stands there, with what it is and what is in it.
print_of()
{
    python3 - "$@" <<'PY'
import hashlib, os, stat, sys
for path in sys.argv[1:]:
    try:
        status = os.lstat(path)
    except OSError:
        print(path, 'nothing')
        continue
    what = ''
    if stat.S_ISREG(status.st_mode):
        what = hashlib.sha1(open(path, 'rb').read()).hexdigest()
    elif stat.S_ISLNK(status.st_mode):
        what = os.readlink(path)
    print(path, oct(status.st_mode), status.st_ino, what)
PY
}

# refused WHAT STATUS PROGRAM COMMAND...: with that status, in one sentence, within its time, and
# nothing is changed or left beside it.
refused()
{
    what=$1 expected=$2 program=$3
    shift 3
    before=$(print_of x victim nothing)
    timeout 60 "$@" >out.txt 2>err.txt
    same "$what: status ($(cat err.txt))" "$expected" $?
    same "$what: lines on stderr ($(cat err.txt))" 1 "$(wc -l <err.txt | tr -d ' ')"
    grep -q "^$program: .*'\(\./\)\{0,1\}x'" err.txt || fail "$what: $(cat err.txt)"
    same "$what: what stands there" "$before" "$(print_of x victim nothing)"
    same "$what: files beside it" "" "$(ls -d x?* nothing?* victim?* 2>/dev/null)"
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
        same "$program $option: status" $([ $program = trailrec ] && echo 125 || echo 2) $?
        same "$program $option: message" "$program: cannot write the output" "$(cat err.txt)"
    done
done

# A look leaves nothing beside the file.
for command in runs summary loads 'sql SELECT(1)' 'verify' 'recover' 'diff 1 1'; do
    timeout 60 "$TRAILVIEW" -d trail.db $command >out.txt 2>&1 || fail "$command: $(cat out.txt)"
    same "$command: beside trail.db" trail.db "$(echo trail.db*)"
done
