#!/usr/bin/env python3
"""Files merged into one: every table says of each run what its own file says, merging again changes
nothing, a merge that was killed can be repeated, and what cannot be merged is refused as a whole.
200 files of 10 runs each (50, without TRAIL_LONG=1 in the environment) take less than 10 s of the
processor, and a terminal is told how far it is.

    merge.py TRAILVIEW TRAILFAKE

Works in the current folder.
"""
import glob
import json
import os
import pty
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

TRAILVIEW, TRAILFAKE = sys.argv[1:3]
FILES, RUNS = 6, 2
MANY, SECONDS = (200, 10) if os.environ.get("TRAIL_LONG") == "1" else (50, 4)
SHARED = {"module_id", "image_module_id", "start_address_module_id", "address_module_id",
          "stack_id", "cause_frame_id"}
failures = []


def expect(holds, what):
    if not holds:
        failures.append(what)


def script(number):
    return "\n".join([
        "t=0 pid=10 tid=10 CreateProcess via=launch path=/app/shop base=0x400000 size=4096 "
        "command_line=shop build_id=0a",
        f"t=1ms LoadDll path=/lib/liba.so base=0x1000000 load_phase=startup build_id=1{number % 3}",
        f"t=2ms LoadDll path=/lib/libb{number}.so base=0x2000000 load_phase=runtime build_id=02",
        "t=3ms tid=11 CreateThread start_address=0x1000010",
        "t=4ms Exception code=11 address=0x2000010",
        "t=5ms LoadFailed what=module name=libnone.so words=no load_phase=runtime",
        "t=6ms pid=10 tid=10 OutputDebugString text=\"it is \xc3\xa4 text\"",
        "t=7ms Mark name=ready", "t=8ms EntryPoint address=0x400010",
        "t=9ms UnloadDll base=0x2000000", "t=10ms ExitProcess exit_code=0"]) + "\n"


def record(database, number):
    with open("merge.trail", "w", encoding="latin-1") as file:
        file.write(script(number))
    subprocess.run([TRAILFAKE, "-q", "-o", database, "-l", f"n={number}", "--", "merge.trail"],
                   check=True)


def add_stacks(database):
    """Stacks, imports and looks, which a script does not have."""
    with sqlite3.connect(database) as db:
        module, = db.execute("SELECT max(id) FROM module").fetchone()
        db.execute("INSERT INTO import VALUES (?, 1, 0, 'liba.so', NULL)", (module,))
        db.execute("INSERT INTO frame VALUES (7, ?, 16, 'open_it', 4, 0), (9, 0, 32, '', 0, 1)",
                   (module,))
        db.execute("INSERT INTO stack VALUES (3, 0, '[7,9]')")
        db.execute("INSERT INTO kept_stack (run_id, seq, stack_id, cause_frame_id) SELECT run_id, "
                   "seq, 3, 7 FROM event_load_failed")
        db.execute("INSERT INTO kept_stack (run_id, seq) SELECT run_id, seq FROM "
                   "event_exception")
        db.execute("INSERT INTO look (run_id, id, t_ns, process_id, thread_id, computing, call) "
                   "SELECT id, 1, 5, 1, 1, 0, 'poll' FROM run")


def shared(db, table, column, value):
    """What a number of another table stands for."""
    if value is None:
        return None
    if column == "stack_id":
        frames, = db.execute("SELECT frames FROM stack WHERE id = ?", (value,)).fetchone()
        return [shared(db, table, "cause_frame_id", frame) for frame in json.loads(frames)]
    if column == "cause_frame_id":
        module, *rest = db.execute("SELECT module_id, offset, symbol, symbol_offset, guessed FROM "
                                   "frame WHERE id = ?", (value,)).fetchone()
        return [shared(db, table, "module_id", module or None), *rest]
    row = list(db.execute("SELECT * FROM module WHERE id = ?", (value,)).fetchone())
    imports = db.execute("SELECT position, kind, name, version FROM import WHERE module_id = ?",
                         (value,)).fetchall()
    return [row[1:], imports]


def contents(database):
    """{uuid: all that the file says of the run, without its numbers}"""
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    tables = [name for name, in db.execute(
        "SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c ON c.name = 'run_id' "
        "WHERE m.type = 'table' ORDER BY 1")]
    expect(len(tables) > 15, f"only the tables {tables}")
    result = {}
    for run, *row in db.execute("SELECT * FROM run"):
        said = {"run": row}
        for table in tables:
            rows = db.execute(f"SELECT * FROM {table} WHERE run_id = ?", (run,))
            names = [column[0] for column in rows.description]
            said[table] = [[shared(db, table, name, value) if name in SHARED else value
                            for name, value in zip(names, values) if name != "run_id"]
                           for values in rows]
        result[row[0]] = said
    db.close()
    return result


def merge(*files, output="all.db"):
    return subprocess.run([TRAILVIEW, "merge", "-o", output, *files, "--format", "ndjson"],
                          capture_output=True, text=True)


for name in glob.glob("*.db*"):
    os.remove(name)
files = [f"{i}.db" for i in range(FILES)]
for i, name in enumerate(files):
    for k in range(RUNS):
        record(name, i * RUNS + k)
    if i % 2 == 0:
        add_stacks(name)

done = merge(*files)
expect(done.returncode == 0, f"merge: {done.stderr}")
expect(done.stdout.count('"merged"') == FILES * RUNS, f"merge: {done.stdout}")
expected = {}
for name in files:
    expected.update(contents(name))
merged = contents("all.db")
expect(list(merged) == list(expected), "not the same runs in the same order")
for uuid, said in expected.items():
    for table, rows in said.items():
        expect(merged[uuid][table] == rows, f"{table}: {rows} became {merged[uuid][table]}")
with sqlite3.connect("all.db") as db:
    expect(db.execute("SELECT count(*) FROM stack").fetchone()[0] == FILES // 2, "equal stacks")
verified = subprocess.run([TRAILVIEW, "verify", "all.db"], capture_output=True, text=True)
expect(verified.returncode == 0, f"verify: {verified.stdout}")

again = merge(*files)
expect(again.returncode == 0 and again.stdout.count('"was there"') == FILES * RUNS
       and contents("all.db") == merged, f"a second merge changed something: {again.stdout}")

# Killed at any moment, and repeated: the same.
for delay in range(8):
    for name in glob.glob("killed.db*"):
        os.remove(name)
    process = subprocess.Popen([TRAILVIEW, "merge", "-o", "killed.db", *files],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.004 * delay)
    process.send_signal(signal.SIGKILL)
    process.wait()
    repeated = merge(*files, output="killed.db")
    expect(repeated.returncode == 0 and contents("killed.db") == expected,
           f"killed after {4 * delay} ms: {repeated.stderr}")

def all_rows(database):
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    tables = [name for name, in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' "
                                           "AND name NOT LIKE 'sqlite%'")]
    rows = {table: db.execute(f"SELECT * FROM {table}").fetchall() for table in tables}
    db.close()
    return rows


def merge_many(many):
    """(its seconds of the processor, on the clock, what a terminal showed of messages)"""
    ours, theirs = pty.openpty()
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    process = subprocess.Popen([TRAILVIEW, "merge", "-o", "all_many.db", *many],
                               stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    shown = b""
    while True:
        try:
            more = os.read(ours, 65536)
        except OSError: # the other side is closed
            break
        shown += more
    os.close(ours)
    expect(process.wait() == 0, f"merge of many: {shown}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
            time.monotonic() - start, shown.decode())


# Many files, the same but for the identity of their runs.
for k in range(10):
    record("ten.db", k)
many = [f"many{i}.db" for i in range(MANY)]
for i, name in enumerate(many):
    shutil.copy("ten.db", name)
    db = sqlite3.connect(name)
    with db:
        db.execute("UPDATE run SET uuid = ? || substr(uuid, 9)", (f"{i:08d}",))
    db.close()
seconds, wall, shown = merge_many(many)
expect(seconds < SECONDS, f"merge of {MANY} files took {seconds:.1f} s")
expect(wall < 2 or re.search(rf"\rmerge: \d+ of {MANY} files\x1b\[K", shown),
       f"progress: {shown!r}")
expect(not shown or shown.endswith("\r\x1b[K"), f"progress stays: {shown!r}")
merged_many = all_rows("all_many.db")
expect(len(merged_many["run"]) == 10 * MANY, f"{len(merged_many['run'])} runs")
merge_many(many)
expect(all_rows("all_many.db") == merged_many, "a second merge of many files changed something")

# Refused: one that is still recorded, together with what else is in its file.
record("live.db", 99)
with open("live.trail", "w", encoding="latin-1") as file:
    file.write(script(98).replace("t=10ms ExitProcess exit_code=0", "hang"))
recorder = subprocess.Popen([TRAILFAKE, "-q", "-o", "live.db", "--", "live.trail"])
while sqlite3.connect("live.db").execute("SELECT count(*) FROM run WHERE state = 'recording'"
                                         ).fetchone()[0] == 0:
    time.sleep(0.01)
refused = merge("live.db")
recorder.terminate()
recorder.wait()
expect(refused.returncode == 2 and "run 2 is still being recorded" in refused.stderr
       and contents("all.db") == merged, f"a live run: {refused.returncode} {refused.stderr}")
for arguments, word in ((["all.db"], "into itself"), (["none.db"], "no such file"),
                        ([], "takes the file to merge into"), (["merge.trail"], "not a trail")):
    wrong = merge(*arguments)
    expect(wrong.returncode == 2 and word in wrong.stderr and wrong.stderr.count("\n") == 1,
           f"{arguments}: {wrong.returncode} {wrong.stderr}")
for failure in failures:
    print("FAILED:", failure)
sys.exit(1 if failures else 0)
