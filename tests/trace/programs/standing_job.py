"""The job of an interactive shell: `trailrec --then stop` stands still with its target, and fg lets
both go on. Usage: standing_job.py TRAILREC"""
import os, pty, re, select, sys, time

pid, terminal = pty.fork()
if pid == 0:
    os.environ["PS1"] = ""
    os.execvp("bash", ["bash", "--norc", "--noprofile", "--noediting", "-i"])

output = ""


def expect(pattern):
    global output
    deadline = time.time() + 30
    while not (found := re.search(pattern, output)):
        if time.time() > deadline:
            sys.exit(f"not within 30 s: {pattern}\n{output}")
        if select.select([terminal], [], [], 0.1)[0]:
            output += os.read(terminal, 65536).decode(errors="replace")
    output = output[found.end():]
    return found


def send(line):
    os.write(terminal, line.encode() + b"\n")


def state(of):
    with open(f"/proc/{of}/status") as file:
        return re.search(r"^State:\s+(\S)", file.read(), re.M).group(1)


send(f"{sys.argv[1]} -o job.db --until load:libc.so.6 --then stop -- "
     "sh -c 'read line; echo \"<$line>\"'")
target = expect(r"untraced: (\d+) \(").group(1)
expect(r"Stopped ")
deadline = time.monotonic() + 20
while state(target) != "T":
    if time.monotonic() > deadline:
        sys.exit(f"the target is {state(target)}")
    time.sleep(0.01)
send("fg")
send("typed")
expect(r"<typed>")
send("echo status=$?")
expect(r"status=0\r")
