#!/usr/bin/env python3
"""Runs taken out of a file: nothing of them stays, all else is as it was, what is still needed or
recorded stays, and a prune that was killed can be repeated. Labels, and what takes the space.

    prune.py TRAILVIEW TRAILFAKE

Works in the current folder.
"""
import contextlib
import glob
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time

TRAILVIEW, TRAILFAKE = sys.argv[1:3]
failures = []


def expect(holds, what):
    if not holds:
        failures.append(what)


def view(*arguments, status=0, database="trail.db"):
    done = subprocess.run([TRAILVIEW, "-d", database, *arguments], capture_output=True, text=True)
    expect(done.returncode == status, f"{arguments}: {done.returncode} {done.stderr}")
    return done


def script(number, events=5):
    return "\n".join([
        "t=0 pid=10 tid=10 CreateProcess via=launch path=/app/shop base=0x400000 size=4096 "
        "command_line=shop build_id=0a",
        "t=1ms LoadDll path=/lib/liba.so base=0x1000000 load_phase=startup build_id=01",
        f"t=2ms LoadDll path=/lib/libb{number}.so base=0x2000000 load_phase=runtime build_id=02",
        *(f"t={3 + i}ms OutputDebugString text={'x' * 500}{i}" for i in range(events)),
        f"t={5 + events}ms ExitProcess exit_code=0"]) + "\n"


def record(number, *options, events=5):
    with open("prune.trail", "w", encoding="utf-8") as file:
        file.write(script(number, events))
    subprocess.run([TRAILFAKE, "-q", "-o", "trail.db", *options, "--", "prune.trail"], check=True)


@contextlib.contextmanager
def opened(database="trail.db"):
    """Open to change it, and closed at once: else the file never comes to rest."""
    with contextlib.closing(sqlite3.connect(database)) as db, db:
        yield db


def contents(database="trail.db"):
    """{table: rows}, of what is written into modules and stacks the words."""
    with opened(database) as db:
        tables = [name for name, in db.execute("SELECT name FROM sqlite_master WHERE type = "
                                               "'table' AND name NOT LIKE 'sqlite%'")]
        return {table: db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()
                for table in tables}


def runs():
    with opened() as db:
        return [run for run, in db.execute("SELECT id FROM run ORDER BY id")]


def results(done):
    return {row["run"]: (row["result"], row["reason"]) for row in json.loads(done.stdout)}


def prepare():
    """Ten runs; 1 to 3 are old, 4 to 7 of build 99. Runs 2 and 5 have stacks."""
    for name in glob.glob("*.db*"):
        (shutil.rmtree if os.path.isdir(name) else os.remove)(name)
    for i in range(1, 11):
        record(i, "-l", f"build={99 if 4 <= i <= 7 else i}", events=2000 if i == 2 else 5)
    with opened() as db:
        db.execute("UPDATE run SET start_utc_ns = start_utc_ns - 40 * 86400000000000 WHERE id < 4")
        for run in (2, 5):
            module, = db.execute("SELECT id FROM module WHERE name = ?", (f"libb{run}.so",)
                                 ).fetchone()
            db.execute("INSERT INTO import VALUES (?, 1, 0, 'liba.so', NULL)", (module,))
            db.execute("INSERT INTO frame VALUES (?, ?, 16, 'f', 4, 0), (?, 0, ?, '', 0, 1)",
                       (run, module, run + 100, run))
            db.execute("INSERT INTO stack VALUES (?, 0, ?)", (run, f"[{run},{run + 100}]"))
            db.execute("INSERT INTO kept_stack (run_id, seq, stack_id, cause_frame_id) VALUES "
                       "(?, 3, ?, ?)", (run, run, run))


def check_chosen():
    before = contents()
    dry = results(view("prune", "--older", "30d", "--dry-run", "--format", "json"))
    expect(dry == {i: ("would be removed", None) for i in (1, 2, 3)}, f"--older: {dry}")
    dry = results(view("prune", "--keep", "2", "@build=99", "--dry-run", "--format", "json"))
    expect(sorted(dry) == [4, 5], f"--keep and a label: {dry}")
    dry = results(view("prune", "--keep", "8", "--older", "1h", "--dry-run", "--format", "json"))
    expect(sorted(dry) == [1, 2], f"--keep and --older: {dry}")
    expect(contents() == before, "--dry-run changed something")


def check_rules():
    view("baseline", "-o", "prune.rules", "4", "5", "9")
    with open("prune.rules", encoding="utf-8") as file:
        expect(len(re.findall(r"^# runs .*", file.read(), re.M)) == 2, "no runs in the rules")
    with open("windows.rules", "w", encoding="utf-8", newline="\r\n") as file:
        file.write(open("prune.rules", encoding="utf-8").read())
    for rules in ("prune.rules", "windows.rules"):
        dry = results(view("prune", "--keep", "0", "--rules", rules, "--dry-run", "--format",
                           "json"))
        kept = [run for run, (result, reason) in dry.items() if result == "kept"
                and reason == f"{rules} was learned from it"]
        expect(kept == [4, 5, 9], f"--rules {rules}: {dry}")
    view("baseline", "--update", "prune.rules", "6")
    dry = results(view("prune", "--keep", "0", "--rules", "prune.rules", "--rules",
                       "windows.rules", "--dry-run", "--format", "json"))
    expect([run for run in dry if dry[run][0] == "kept"] == [4, 5, 6, 9], f"two rules: {dry}")


def check_pruned():
    before, size = contents(), os.path.getsize("trail.db")
    done = view("prune", "1", "2", "3", "--format", "json")
    expect(results(done) == {i: ("removed", None) for i in (1, 2, 3)}, f"prune: {done.stdout}")
    expect("3 runs removed; the file is " in done.stderr, done.stderr)
    expect(os.path.getsize("trail.db") < size - 800000 and not os.path.exists("trail.db-wal"),
           f"no space was given back: {size} -> {os.path.getsize('trail.db')}")
    after = contents()
    for table, rows in before.items():
        ids = {"run": 0, "module": 0, "frame": 0, "stack": 0}
        if table in ids or table == "import":
            continue
        left = rows if table in ("kind", "code") else [row for row in rows if row[0] > 3]
        expect(after[table] == left, f"{table}: {after[table]}")
    expect([row[0] for row in after["run"]] == list(range(4, 11)), "runs")
    names = {row[2] for row in after["module"]}
    expect(names == {"shop", "liba.so", *(f"libb{i}.so" for i in range(4, 11))}, f"{names}")
    expect([row[0] for row in after["frame"]] == [5, 105] and len(after["stack"]) == 1
           and len(after["import"]) == 1, f"{after['frame']} {after['stack']} {after['import']}")
    view("verify")
    record(11)
    expect(runs()[-1] == 11, "the next run's number")


def check_left_alone():
    """A run that is being recorded, and one beside which a ring of somebody lies."""
    with open("hang.trail", "w", encoding="utf-8") as file:
        file.write(script(12).replace("t=10ms ExitProcess exit_code=0", "hang"))
    recorder = subprocess.Popen([TRAILFAKE, "-q", "-o", "trail.db", "--", "hang.trail"])
    while 12 not in runs() or contents()["run"][-1][2] != "recording":
        time.sleep(0.01)
    with open("trail.db-run9.ring", "w", encoding="utf-8") as ring:
        ring.write("somebody's")
    done = results(view("prune", "--keep", "0", "--format", "json"))
    expect([run for run in done if done[run][0] == "kept"] == [9, 12] == runs(), f"{done}")
    expect(os.path.exists("trail.db-run9.ring") and os.path.exists("trail.db-run12.ring"), "rings")
    expect(len(contents()["module"]) > 3, "shared rows went while a run was recorded")
    recorder.terminate()
    recorder.wait(timeout=60)
    os.remove("trail.db-run9.ring")
    view("verify")


def check_killed():
    for number in range(20, 40):
        record(number)
    shutil.copy("trail.db", "whole.db")
    for delay in range(6):
        shutil.copy("whole.db", "killed.db")
        process = subprocess.Popen([TRAILVIEW, "-d", "killed.db", "prune", "--keep", "3"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.008 * delay)
        process.kill()
        process.wait()
        view("verify", database="killed.db")
        view("prune", "--keep", "3", database="killed.db")
        view("verify", database="killed.db")
        killed, whole = contents("killed.db"), contents("whole.db")
        expect(killed["event"] == [row for row in whole["event"] if row[0] > whole["run"][-4][0]],
               f"killed after {8 * delay} ms")
        for name in glob.glob("killed.db*"):
            os.remove(name)


def check_labels():
    last, = runs()[-1:]
    done = view("label", "last", "a=1", "build=2", "none=", "--format", "csv").stdout
    expect(done == f"run,label,result\n{last},a=1,added\n{last},build=2,added\n"
           f"{last},none=,was not there\n", done)
    done = view("label", "last", "a=", "build=3", "build=2", "--format", "csv").stdout
    expect(re.findall(",([a-z]+)\n", done) == ["result", "removed", "changed", "changed"], done)
    view("label", "@build=2", "many=yes")
    expect(view("runs", "@many=yes", "--format", "csv").stdout.count("\n") == 2, "label of many")
    view("label", "99", "a=b", status=2)
    tables = {row["table"]: row for row in json.loads(view("info", "--format", "json").stdout)[0]
              ["tables"]}
    with opened() as db:
        for table, row in tables.items():
            expect(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == row["rows"]
                   and row["bytes"] % 4096 == 0, f"info: {row}")


prepare()
check_chosen()
check_rules()
check_pruned()
check_left_alone()
check_killed()
check_labels()
for failure in failures:
    print("FAILED:", failure)
sys.exit(1 if failures else 0)
