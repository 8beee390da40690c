# Which file a library is, where its name means something else to trailrec than to the program: it
# is told from what is mapped, or nothing is said of the file. No stranger is taken for it.
. "$(dirname "$0")/common.sh"

command -v cc >/dev/null || skip "there is no cc"
here=$(pwd -P)

# library FILE SONAME NUMBER [OPTION...]
library()
{
    printf 'int number(void) { return %s; }\n' "$3" >number.c
    file=$1 soname=$2
    shift 3
    cc -shared -fPIC -o "$file" number.c -Wl,-soname,"$soname" "$@" || fail "cannot build $file"
}

# What the last run has of libraries whose SONAME, else name, is that; `?`: the file is unknown.
found()
{
    value "SELECT path || iif(file_bytes > 0, '', ' ?') FROM modules m WHERE m.module IN
        (SELECT module_id FROM event_load_dll WHERE run_id = (SELECT max(run) FROM runs)) AND
        ifnull(nullif(m.soname, ''), m.name) GLOB '$1' ORDER BY path"
}

# Opens WAY, as the program sees it: a name, or what opens the file and loads it by its number.
cat >load.c <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void copy(int from, int to)
{
    char buffer[65536];
    ssize_t count;

    while ((count = read(from, buffer, sizeof buffer)) > 0)
        if (write(to, buffer, (size_t)count) != count)
            exit(90);
}

static void load(const char *name)
{
    void *library = dlopen(name, RTLD_NOW);
    int (*number)(void) = library == NULL ? NULL : (int (*)(void))dlsym(library, "number");

    if (number == NULL)
        fprintf(stderr, "%s\n", dlerror());
    exit(number == NULL ? 91 : number());
}

/* A folder of more than 4096 bytes, with a copy of the file in it, and there. */
static void go_deep(int file)
{
    char part[201];
    int to;

    memset(part, 'd', 200);
    part[200] = '\0';
    for (int i = 0; i < 25; i++)
        if (mkdir(part, 0700) != 0 || chdir(part) != 0)
            exit(92);
    to = open("far.so", O_RDWR | O_CREAT, 0700);
    copy(file, to);
    close(to);
}

int main(int count, char **words)
{
    int file = open(words[1], O_RDONLY);
    char name[64];

    if (count < 3)
        load(words[1]);
    if (strcmp(words[2], "memory") == 0) {
        int memory = memfd_create("inmemory.so", 0);
        copy(file, memory);
        snprintf(name, sizeof name, "/proc/self/fd/%d", memory);
    } else if (strcmp(words[2], "deep") == 0) {
        go_deep(file);
        strcpy(name, "./far.so");
    } else if (strcmp(words[2], "gone") == 0) {
        strcpy(name, "./near.so");
        int handle = dlopen(name, RTLD_NOW) != NULL;
        unlink("near.so");
        rmdir(getcwd(NULL, 0));
        exit(handle);
    } else if (strcmp(words[2], "7") == 0) {
        dup2(file, 7);
        strcpy(name, "/proc/self/fd/7");
    } else {
        snprintf(name, sizeof name, words[2], file);
    }
    load(name);
}
END
cc -o load load.c -ldl || fail "cannot build the program that loads"

# What has the number 7 in trailrec is a stranger of the same size.
for id in 0x11 none; do
    library "kind.so" "kind-$id" 3 -Wl,--build-id=$id
    library "stranger.so" "kind-$id" 4 -Wl,--build-id=$id
    trailrec -q -o trail.db -- ./load ./kind.so 7 7<stranger.so
    same "status of number 7, $id" 3 $?
    same "number 7, $id" "$here/kind.so" "$(found "kind-$id")"
    trailrec -q -o trail.db -- ./load ./kind.so /dev/fd/%d
    same "status by /dev/fd, $id" 3 $?
    same "by /dev/fd, $id" "$here/kind.so" "$(found "kind-$id")"
    mkdir "in-$id"
    trailrec -q -o trail.db -- sh -c "cd in-$id && cp ../kind.so own.so &&
        exec ../load /proc/self/cwd/own.so"
    same "status by the folder, $id" 3 $?
    same "by the folder, $id" "$here/in-$id/own.so" "$(found "kind-$id")"
done

# A name that is all that there is of it.
trailrec -q -o trail.db -- ./load ./kind.so memory
same "status in memory" 3 $?
case $(found '*') in
*/memfd:inmemory.so*) ;;
*) fail "a library in memory: $(found '*')" ;;
esac

# From a folder that is too long for a path. glibc 2.41's dlopen does not come back there, alone.
mkdir deep
(cd deep && timeout 20 ../load ../kind.so deep)
alone=$?
rm -rf deep
mkdir deep
if [ $alone -ne 124 ]; then
    trailrec -q -o trail.db -C deep -- ../load ../kind.so deep
    same "status from a long folder" 3 $?
    case $(found '*') in
    */far.so\ \?* | ./far.so*) ;;
    *) fail "from a long folder: $(found '*')" ;;
    esac
fi
rm -rf deep

[ "$(id -u)" = 0 ] && command -v chroot unshare mount >/dev/null || exit 0

# In another root, with libraries where ours has others, or none.
mkdir root
for file in $(ldd ./load | sed -n 's|.* \(/[^ ]*\) .*|\1|p; s|^[^/=]*\(/[^ ]*\) .*|\1|p'); do
    mkdir -p "root${file%/*}"
    cp "$file" "root$file"
done
mkdir -p root/opt "$here/root$here"
cp load root/load
cp kind.so root/opt/kind.so
trailrec -q -o trail.db -- chroot root /load /opt/kind.so
same "status in another root" 3 $?
same "in another root" /opt/kind.so "$(found kind-none)"
same "its C library" "$(cd root && find . -name libc.so.6 | sed 's/^\.//')" "$(found libc.so.6 |
    grep -v "^$(readlink -f "$(ldd ./load | sed -n 's|.*libc.so.6 => \([^ ]*\) .*|\1|p')")$" |
    head -n 1)"

# In a mount namespace, where another file stands at the name; and one that is not there for us.
unshare -m true 2>/dev/null || exit 0
for id in 0x11 none; do
    mkdir "bind-$id" "over-$id"
    library "bind-$id/own.so" "own-$id" 5 -Wl,--build-id=$id
    library "over-$id/own.so" "own-$id" 6 -Wl,--build-id=$id
    cp "bind-$id/own.so" "bind-$id/only.so"
    trailrec -q -o trail.db -- unshare -m sh -c "mount --bind bind-$id over-$id && exec ./load \
        $here/over-$id/own.so"
    same "status in a namespace, $id" 5 $?
    same "in a namespace, $id" "$here/over-$id/own.so" "$(found "own*" | sed 's/ ?$//')"
    trailrec -q -f -o trail.db -- unshare -m sh -c "mount --bind bind-$id over-$id && ./load \
        $here/over-$id/only.so; exit 7"
    same "status in a namespace, for names that we have not, $id" 7 $?
    same "a name that we have not" "$here/over-$id/only.so" "$(found "o*" | sed "s| ?\$||")"
done

# Without /proc names are all there is, and relative ones say nothing.
if unshare -m umount -l /proc 2>/dev/null; then
    unshare -m sh -c "umount -l /proc && exec '$TRAILREC' -q -o trail.db -- ./load ./kind.so"
    same "status without /proc" 3 $?
    same "without /proc" './kind.so ?' "$(found 'kind*')"
fi
