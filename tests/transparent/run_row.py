"""One row of a table of programs: runs it alone, under trailrec and under `trailrec -f`, and
compares what can be seen from outside.

    run_row.py FILE.rows NAME FOLDER TRAILREC TRAILVIEW PROGRAMS [EMULATOR...]

README.md says what a row is. PROGRAMS is the folder of the targets. Ends with 0 (the same), 1 (not)
or 77 (skipped, and says why).
"""
import collections
import ctypes
import difflib
import glob
import hashlib
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
SETTLE_SECONDS = 0.3  # what lives longer than its row was left behind by it
LEFT_SECONDS = 10  # for what the row left behind alone too
SKIPPED = 77

Row = collections.namedtuple("Row", "name flags script")
Outcome = collections.namedtuple("Outcome", "status stdout stderr files left")


def fail(message):
    print("FAILED: " + message, file=sys.stderr)
    sys.exit(1)


def skip(reason):
    print("skipped: " + reason)
    sys.exit(SKIPPED)


def read_row(path, name):
    """A row is `name flags: script`; lines that begin with a blank go on with the script."""
    found = None
    with open(path, encoding="utf-8") as file:
        for line in file:
            head = re.match(r"([a-z0-9_-]+)((?: +[^ :]+)*): *(.*)\n", line)
            if head and head[1] == name:
                found = Row(name, dict((flag + "=").split("=")[:2] for flag in head[2].split()),
                            [head[3]])
            elif found and line[0] in " \t":
                found.script.append(line.strip())
            elif found:
                break
    if not found:
        fail(f"there is no row '{name}' in {path}")
    unknown = set(found.flags) - {"any-stdout", "any-stderr", "long", "root", "needs", "only",
                                  "seconds", "looks-stop"}
    if unknown:
        fail(f"row '{name}' has unknown flags: {', '.join(sorted(unknown))}")
    return found


def check_needs(flags):
    if "long" in flags and not os.environ.get("TRAIL_LONG"):
        skip("takes long; set TRAIL_LONG=1 to run it")
    if "root" in flags and os.geteuid() != 0:
        skip("needs root")
    for need in filter(None, flags.get("needs", "").split(",")):
        if not (glob.glob(need) if "/" in need else shutil.which(need)):
            skip(f"there is no {need}")


def processes():
    """pid -> (parent, state, name, tracer) of all that can be read."""
    table = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/status", encoding="utf-8", errors="replace") as file:
                lines = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
        except OSError:
            continue
        table[int(entry)] = (int(lines["PPid"]), lines["State"].strip()[0], lines["Name"],
                             int(lines["TracerPid"]))
    return table


def descendants():
    """Ours, at any depth. What ended and was left to us is buried, as init would."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass
    table = processes()
    children = collections.defaultdict(list)
    for pid, facts in table.items():
        children[facts[0]].append(pid)
    found, front = {}, [os.getpid()]
    while front:
        front = [pid for parent in front for pid in children[parent]]
        found.update((pid, table[pid]) for pid in front)
    return found


def left_over(found):
    """What is there, so that it can be compared: names, and what is wrong with them."""
    states = {"Z": " (zombie)", "T": " (stopped)", "t": " (stopped by a tracer)"}
    return collections.Counter(name + states.get(state, "") + (" (traced)" if tracer else "")
                               for _, state, name, tracer in found.values())


def wait_for_left_over(allowed, seconds):
    deadline = time.monotonic() + seconds
    while True:
        left = left_over(descendants())
        if not left - allowed or time.monotonic() > deadline:
            return left
        time.sleep(0.01)


def end_all():
    deadline = time.monotonic() + 20
    while found := descendants():
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        if time.monotonic() > deadline:
            fail(f"cannot be ended: {found}")
        time.sleep(0.005)


def describe(path):
    """A file as text: what kind, how protected, what is in it. Of a core file only that it is
    there."""
    mode = os.lstat(path).st_mode
    if stat.S_ISLNK(mode):
        return "link to " + os.readlink(path)
    if os.path.basename(path).split(".")[0] == "core":
        return "core"
    if not stat.S_ISREG(mode):
        return stat.filemode(mode)
    with open(path, "rb") as file:
        return stat.filemode(mode) + " " + hashlib.sha256(file.read()).hexdigest()


def files_in(folder):
    found = {}
    for root, folders, names in os.walk(folder):
        for name in folders + names:
            path = os.path.join(root, name)
            found[os.path.relpath(path, folder)] = describe(path)
    return found


def show_processes():
    for pid, (parent, state, name, tracer) in sorted(descendants().items()):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                line = file.read().replace(b"\0", b" ").decode(errors="replace")[:120]
        except OSError:
            line = ""
        print(f"  {pid} parent {parent} tracer {tracer} {state} {name}: {line}", file=sys.stderr)


def run(row, prefix, mode, folder, allowed):
    """Runs the row in a fresh folder, in a session of its own."""
    work = os.path.join(folder, "work")
    shutil.rmtree(work, ignore_errors=True)
    os.mkdir(work)
    with open(os.path.join(folder, "stdin"), "wb") as file:
        file.write(b"one\ntwo\nthree\n")
    script = "\n".join([f"RUN='{prefix}'", *row.script])
    with open(os.path.join(folder, "stdin"),
              "rb") as stdin, open(os.path.join(folder, mode + ".stdout"), "wb+") as out, open(
        os.path.join(folder, mode + ".stderr"), "wb+"
    ) as err:
        shell = subprocess.Popen(["sh", "-c", script], cwd=work, stdin=stdin, stdout=out,
                                 stderr=err, start_new_session=True)
        try:
            status = shell.wait(int(row.flags.get("seconds", 60)))
        except subprocess.TimeoutExpired:
            print(f"{row.name}, {mode}: still running:", file=sys.stderr)
            show_processes()
            end_all()
            err.seek(0)
            fail(f"{row.name}, {mode}: does not end\n"
                 + err.read().decode(errors="replace")[-2000:])
        left = wait_for_left_over(allowed or collections.Counter(), SETTLE_SECONDS
                                  if allowed is None else LEFT_SECONDS)
        end_all()
        out.seek(0)
        err.seek(0)
        return Outcome(status, out.read(), err.read(), files_in(work), left)


def differences(row, alone, seen):
    if seen.status != alone.status:
        yield f"status {seen.status}, alone {alone.status}"
    for name in ("stdout", "stderr"):
        if "any-" + name not in row.flags and getattr(seen, name) != getattr(alone, name):
            lines = [text.decode(errors="backslashreplace").splitlines()
                     for text in (getattr(alone, name), getattr(seen, name))]
            yield "\n".join([name] + list(difflib.unified_diff(*lines, "alone", "recorded", n=1,
                                                               lineterm=""))[:60])
    if seen.files != alone.files:
        yield "files " + ", ".join(f"{name}: {what}"
                for name, what in sorted(set(seen.files.items()) ^ set(alone.files.items())))
    if seen.left - alone.left:
        yield f"left behind {dict(seen.left)}, alone {dict(alone.left)}"


def compare(row, mode, alone, seen):
    """The differences as lines; trailrec's own words come last, since they may explain the
    others."""
    told = [f"{row.name}, {mode}: {what}" for what in differences(row, alone, seen)]
    words = seen.stderr.decode(errors="backslashreplace").strip()[-2000:]
    return told + [f"{row.name}, {mode}: stderr ends with: {words}"] if told and words else told


def main():
    table, row_name, folder, trailrec, trailview, programs, *emulator = sys.argv[1:]
    row = read_row(table, row_name)
    if emulator:  # Wine's server is nobody's child and outlives the row
        started = subprocess.run([emulator[0], "start", emulator[2]], stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL, check=False)
        if started.returncode == SKIPPED:
            skip("there is no Wine")
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    here = os.path.dirname(os.path.abspath(table))
    os.environ["PATH"] = f"{programs}:{here}:{os.path.dirname(trailrec)}:{os.environ['PATH']}"
    os.environ["TRAIL_DB"] = os.path.join(folder, "trail.db")
    os.environ.update(LC_ALL="C", TZ="UTC", HOME=folder)
    os.environ["PROGRAMS"], os.environ["SAMPLES"] = programs.split(":")
    for name in set(os.environ) - {"PATH", "TRAIL_DB", "LC_ALL", "TZ", "HOME", "TERM", "PROGRAMS",
                                   "SAMPLES", "TRAIL_LONG"}:
        del os.environ[name]
    check_needs(row.flags)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    os.chdir(folder)
    launcher = " ".join(emulator) or "env"  # a program, not the shell's builtin
    record = f"{launcher} {trailrec} -q" if emulator else "trailrec -q"
    alone = run(row, launcher, "alone", folder, None)
    told = []
    looks = "" if emulator else " --looks 1 -k all"  # what Windows does there can be noticed
    modes = [("plain", record + " --"), ("follow", f"{record} -f{looks} --")]
    if "looks-stop" in row.flags:  # where perf is forbidden
        modes.append(("stops", f"{programs.split(':')[0]}/../../trace/refuse_perf {record} -f "
                               "--looks 1 --looks-stop --"))
    for mode, prefix in modes:
        if row.flags.get("only", mode) != mode:
            continue
        told += compare(row, mode, alone, run(row, prefix, mode, folder, alone.left))
    if os.path.exists("trail.db"):
        verify = subprocess.run([*emulator, trailview, "-d", "trail.db", "verify"],
                                capture_output=True, text=True, check=False)
        if verify.returncode != 0:
            told.append(f"{row_name}: the file is not whole: {verify.stdout}{verify.stderr}")
    elif not told:
        told.append(f"{row_name}: nothing was recorded")
    if told:
        fail("\n".join(told))


main()
