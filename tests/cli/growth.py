#!/usr/bin/env python3
"""Every command of trailview over files with N and 4 N of everything: none takes 16 times as long.

    growth.py TRAILVIEW TRAILFAKE GROWTH.sql

The commands are those that trailview itself lists, so that a new one is tried too; what a command
is given beside the file stands in ARGUMENTS. What counts is the CPU time that a command takes for
itself, which a busy machine hardly changes, and of several tries the least. Work that grows with
the square of its input takes 16 times as long, what is in proportion to it 4 times; between them is
the limit. Times too short to tell are not judged. Works in the current folder.
"""
import os
import re
import subprocess
import sys

TRAILVIEW, TRAILFAKE, GROWTH_SQL = sys.argv[1:]
FEW, MANY = 800, 3200
TIMES_AT_MOST, SECONDS_NOT_JUDGED, TRIES = 6.5, 0.3, 3
SHAPES = ("many", "same", "turned")
# {few}: a file of rules that 'baseline' wrote
ARGUMENTS = {
    "runs": [[], ["@build=7"]], "why": [["*", "2"]], "stack": [["4", "1"]],
    "loads": [["2"], ["--failed", "2"]], "diff": [["1", "2"]], "stats": [["1", "2"], ["@all=all"]],
    "history": [["--by", "build"], ["--by", "build", "--of", "loads"]],
    "baseline": [["-o", "{rules}", "1"], ["@all=all"], ["--update", "{rules}", "1"]],
    "check": [["{rules}", "1"], ["{rules}", "2"], ["{rules}", "@some=some"]],
    "sql": [["SELECT * FROM events WHERE run = 1"]], "verify": [[]], "recover": [[]], "help": [[]],
    "merge": [["-o", "merged.db", "{file}"]],
    "report": [["-o", "report.html", "1", "2"]],
    "export": [["1"], ["--format", "folded", "1"], ["--format", "ndjson", "1"]],
    "prune": [["--keep", "0", "--dry-run"]], "label": [["1", "a=b"]]}
# the shapes other than 'many' are of interest to what compares
NEEDS_SERVER = ("push", "pull", "fleet") # tests/fleet has one
OF_ALL_SHAPES = ("diff", "stats", "baseline", "check")
failures = []


def run(*command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          check=False)


def make(shape, size):
    database = f"{shape}{size}.db"
    for name in (database, f"{database}-wal", f"{database}-shm", f"{shape}{size}.rules"):
        if os.path.exists(name):
            os.remove(name)
    assert run(TRAILFAKE, "-q", "-o", database, "growth.trail").returncode == 0
    tables = run("sqlite3", database, "SELECT name FROM sqlite_master WHERE type = 'table' "
                 "AND name NOT IN ('kind', 'code') AND name NOT LIKE 'sqlite%'").stdout.split()
    with open(GROWTH_SQL, encoding="utf-8") as sql:
        script = ("BEGIN;" + "".join(f"DELETE FROM {table};" for table in tables)
                  + f"CREATE TEMP TABLE size AS SELECT {size} AS n, '{shape}' AS shape;"
                  + sql.read() + "COMMIT;")
    done = subprocess.run(["sqlite3", "-bail", database], input=script, text=True, check=False,
                          capture_output=True)
    assert done.returncode == 0, done.stderr


def user_seconds(shape, size, command, arguments):
    """What it takes of the CPU in user mode."""
    for name in ("merged.db", "merged.db-wal", "merged.db-shm"):
        if os.path.exists(name):
            os.remove(name)
    with open(f"growth.{size}.out", "wb") as out:
        child = subprocess.Popen([TRAILVIEW, "-d", f"{shape}{size}.db", command, *arguments],
                                 stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode in (0, 1), (f"trailview {command} {arguments}: {child.returncode}, "
                                        + open(f"growth.{size}.out", encoding="utf-8").read(300))
    return usage.ru_utime


def try_one(shape, command, arguments):
    few, many = float("inf"), float("inf")
    for _ in range(TRIES):
        of = {size: [word.format(rules=f"{shape}{size}.rules", file=f"{shape}{size}.db")
                     for word in arguments] for size in (FEW, MANY)}
        many = min(many, user_seconds(shape, MANY, command, of[MANY]))
        if many <= SECONDS_NOT_JUDGED:
            break
        few = min(few, user_seconds(shape, FEW, command, of[FEW]))
        if many <= TIMES_AT_MOST * few:
            break
    else:
        failures.append(f"{shape}: {command} {' '.join(arguments)}: {few:.2f} s for {FEW} of "
                        f"everything, {many:.2f} s for {MANY}")
        print("FAILED:", failures[-1])
    if few == float("inf") and "{rules}" in arguments and command == "baseline":
        user_seconds(shape, FEW, command, of[FEW]) # others need its file
    print(f"{shape:8}{many:7.2f} s {command} {' '.join(arguments)}", flush=True)


def main():
    with open("growth.trail", "w", encoding="utf-8") as script:
        script.write("t=0 pid=1 tid=1 CreateProcess via=launch path=/bin/app\n"
                     "ExitProcess exit_code=0\n")
    commands = re.findall(r"^  ([a-z]+) {2,}", run(TRAILVIEW, "help").stdout.split(
        "ommands:\n")[1], re.MULTILINE)
    assert len(commands) >= 17, commands
    for shape in SHAPES:
        make(shape, FEW)
        make(shape, MANY)
        for command in commands:
            if command in NEEDS_SERVER:
                continue
            if shape != "many" and command not in OF_ALL_SHAPES:
                continue
            for arguments in ARGUMENTS.get(command, [["2"]]):
                try_one(shape, command, arguments)
    print(f"{len(commands)} commands, {len(failures)} of them grow too fast")
    return 1 if failures else 0


sys.exit(main())
