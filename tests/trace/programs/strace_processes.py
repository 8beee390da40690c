"""The processes in a file that `strace -f -e trace=execve,execveat,fork,vfork,clone,clone3` wrote:
parent, program, status; one a line."""
import os
import re
import sys

parents, names, threads, ended, unfinished = {}, {}, set(), {}, {}


def called(pid, call, line, result):
    if call.startswith("exec"):
        if result == 0:
            path = re.search(r'"([^"]*)"', line)
            names[pid] = os.path.basename(os.path.realpath(path[1] if path else line))
    elif result > 0:
        if "CLONE_THREAD" in line:
            threads.add(result)
        parents[result] = pid
        names.setdefault(result, names.get(pid, "none"))


with open(sys.argv[1], encoding="utf-8", errors="replace") as file:
    for line in file:
        pid, text = line.split(None, 1)
        pid = int(pid)
        if found := re.match(r"\+\+\+ exited with (\d+) \+\+\+", text):
            ended[pid] = found[1]
        elif found := re.match(r"\+\+\+ killed by (SIG\w+)", text):
            ended[pid] = found[1]
        elif found := re.match(r"<\.\.\. (\w+) resumed>(.*)= (-?\d+)", text):
            called(pid, found[1], unfinished.pop(pid, "") + found[2], int(found[3]))
        elif text.rstrip().endswith("<unfinished ...>"):
            unfinished[pid] = text
        elif found := re.match(r"(\w+)\((.*)= (-?\d+)", text):
            called(pid, found[1], found[2], int(found[3]))
for pid, status in ended.items():
    if pid not in threads:
        print(names.get(parents.get(pid), "none"), names[pid], status)
