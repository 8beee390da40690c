#!/usr/bin/env python3
"""Files that were made to waste time and memory: every command of trailview on each of them.

    hostile.py TRAILVIEW TRAILFAKE

Each call must end with a documented status, in bounded time (of the processor, since a machine may
be busy) and memory, and say in one sentence what is wrong if it refuses. Works in the current
folder.
"""
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys

TRAILVIEW, TRAILFAKE = sys.argv[1:3]
SECONDS, MEGABYTES = 10, 200
ARGUMENTS = {"diff": [["1", "1"]], "why": [["lib*"]], "stack": [["2"]],
             "check": [["mine.rules"]], "stats": [["1", "1"]],
             "history": [["--by", "build"], ["--by", "build", "--format", "html"]],
             "sql": [["SELECT * FROM runs"], ["SELECT count(*) FROM events"]],
             "events": [[], ["--text", "nothing"]],
             "export": [[], ["--format", "folded"], ["--format", "csv"]],
             "prune": [["--keep", "0", "--dry-run"]], "label": [["1", "a=b"]]}
SCRIPT = """\
t=0 pid=100 tid=100 CreateProcess via=launch path=/bin/app base=0x400000 command_line=app
t=1ms LoadDll path=/lib/libc.so.6 base=0x7000 load_phase=startup size=4096
t=4ms Exception code=11 si_code=1 address=0x1234 first_chance=1
t=5ms OutputDebugString text=words
t=6ms Mark name=ready
t=7ms ExitProcess exit_code=0
"""
failures = []


def limit_time():
    """What would go on for ever is ended, so that the others are tried too."""
    resource.setrlimit(resource.RLIMIT_CPU, (3 * SECONDS, 3 * SECONDS))


def call(what, *command):
    with open("out.txt", "wb") as out, open("err.txt", "wb") as err:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                   preexec_fn=limit_time)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    with open("err.txt", encoding="utf-8", errors="replace") as file:
        complaint = file.read(10000)
    seconds, megabytes = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
    wrong = []
    if seconds > SECONDS:
        wrong.append(f"{seconds:.1f} s")
    if megabytes > MEGABYTES:
        wrong.append(f"{megabytes:.0f} MB")
    if process.returncode not in (0, 1, 2):
        wrong.append(f"status {process.returncode}")
    if process.returncode == 2 and complaint.count("\n") not in (1, 2):
        wrong.append(f"{complaint.count(chr(10))} lines")
    if "-v" in sys.argv:
        print(f"{what:40} {process.returncode} {seconds:6.2f} s {megabytes:6.0f} MB "
              f"{complaint[:110]!r}")
    if wrong:
        failures.append(f"{what}: {', '.join(wrong)}: {complaint[:300]}")


def redefine(db, table, column, definition):
    """A column of a table becomes what `definition` says."""
    db.execute("PRAGMA writable_schema = ON")
    sql, = db.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    changed = re.sub(rf"\b{column} TEXT( NOT NULL)?", f"{column} TEXT {definition}", sql, count=1)
    assert changed != sql, (table, column)
    db.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (changed, table))


def generated_run(db):
    redefine(db, "run", "command_line", "AS (printf('%.*c', 250000000, 'x'))")


def generated_text(db):
    redefine(db, "event_output_debug_string", "text", "AS (hex(zeroblob(125000000)))")


def generated_work(db):
    """No large value, but much work for each."""
    work = "zeroblob(7000000)"
    for _ in range(200):
        work = f"replace({work}, x'00', x'01')"
    redefine(db, "module", "name", f"AS (length({work}))")


def virtual_table(db):
    db.execute("PRAGMA writable_schema = ON")
    db.execute("UPDATE sqlite_master SET rootpage = 0, sql = 'CREATE VIRTUAL TABLE label USING "
               "fts3(run_id, key, value)' WHERE name = 'label'")


def text_of_nuls(db):
    db.execute("UPDATE event_output_debug_string SET text = CAST(zeroblob(300000000) AS TEXT)")


def command_line_of_nuls(db):
    db.execute("UPDATE run SET command_line = CAST(zeroblob(100000000) AS TEXT)")


def many_long_texts(db):
    for table, column in (("run", "command_line"), ("module", "path"),
                          ("event_output_debug_string", "text"), ("event_mark", "name")):
        db.execute(f"UPDATE {table} SET {column} = printf('%.*c', 7000000, 'x') || rowid"
                   if table in ("run", "module") else
                   f"UPDATE {table} SET {column} = printf('%.*c', 7000000, 'x')")
    copy_runs(db, 30)


def copy_runs(db, count, state="complete"):
    columns = [row[1] for row in db.execute("PRAGMA table_info(run)") if row[1] not in
               ("id", "uuid", "state")]
    names = ", ".join(columns)
    db.execute(f"INSERT INTO run (id, uuid, state, {names}) WITH RECURSIVE n(n) AS (SELECT 2 UNION "
               f"ALL SELECT n + 1 FROM n LIMIT {count}) SELECT n, hex(randomblob(8)), '{state}', "
               f"{names} FROM n, run WHERE id = 1")


def recording_runs(db):
    copy_runs(db, 20000, "recording")


def many_runs(db):
    copy_runs(db, 20000)


def many_labels(db):
    db.execute("INSERT INTO label WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n "
               "LIMIT 300000) SELECT 1, 'k' || n, 'v' || n FROM n")


def many_tables(db):
    db.execute("PRAGMA writable_schema = ON")
    db.execute("INSERT INTO sqlite_master WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 "
               "FROM n LIMIT 50000) SELECT 'table', 't' || n, 't' || n, 2, 'CREATE TABLE t' || n "
               "|| '(a, b, c, d, e, f)' FROM n")


def many_columns(db):
    db.execute("CREATE TABLE wide (" + ", ".join(f"c{i}" for i in range(1900)) + ")")
    columns = ", ".join(f"c{i}" for i in range(1900))
    db.execute("PRAGMA writable_schema = ON")
    db.execute("INSERT INTO sqlite_master WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 "
               "FROM n LIMIT 1000) SELECT 'table', 't' || n, 't' || n, 2, 'CREATE TABLE t' || n "
               f"|| '({columns})' FROM n")


def deep_json(db):
    db.execute("UPDATE run SET counts = printf('%.*c', 4000000, '['), holds = printf('%.*c', "
               "4000000, '[')")
    db.execute("UPDATE event_exception SET parameters = printf('%.*c', 4000000, '['), "
               "nested_codes = parameters")


def long_json(db):
    numbers = "[1" + ",1" * 2000000 + "]"
    db.execute("UPDATE event_exception SET parameters = ?1, nested_codes = ?1", (numbers,))
    db.execute("UPDATE run SET counts = ?, holds = ?",
               ("{" + ",".join(f'"k{i}":1' for i in range(300000)) + "}",) * 2)


def process_circle(db):
    db.execute("INSERT INTO process SELECT run_id, 2, pid, parent_pid, 1, via, image_module_id, "
               "command_line, load_detection, first_seq, last_seq, exit_code, exit_signal FROM "
               "process")
    db.execute("UPDATE process SET parent_process_id = 3 - id")


def deep_tree(db):
    db.execute("INSERT INTO process WITH RECURSIVE n(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM n "
               "LIMIT 100000) SELECT run_id, n, n, n - 1, n - 1, via, image_module_id, "
               "command_line, load_detection, first_seq, last_seq, exit_code, exit_signal FROM n, "
               "process")


def extreme_numbers(db):
    db.execute("UPDATE event SET t_ns = CASE seq % 2 WHEN 0 THEN -9223372036854775808 ELSE "
               "9223372036854775807 END, hold_ns = 9223372036854775807")
    db.execute("UPDATE run SET events = 9223372036854775807, wall_ns = -1, start_utc_ns = "
               "9223372036854775807, hold_ns = -9223372036854775808")


CASES = [generated_run, generated_text, generated_work, virtual_table, text_of_nuls,
         command_line_of_nuls, many_long_texts, recording_runs, many_runs, many_labels,
         many_tables, many_columns, deep_json, long_json, process_circle, deep_tree,
         extreme_numbers]

SLOW = (recording_runs, many_tables, many_columns, many_long_texts)


def sparse_ring(path, capacity, record_bytes, head):
    """What a dead recorder left, as large as it says; with one record."""
    with sqlite3.connect("good.db") as db:
        uuid, = db.execute("SELECT uuid FROM run").fetchone()
    with open("good.ring", "rb") as file:
        magic_and_version = file.read(16)
    with open(path, "wb") as file:
        file.write(magic_and_version + capacity.to_bytes(8, "little") + uuid.encode())
        file.seek(64)
        file.write(head.to_bytes(8, "little"))
        file.seek(4096)
        file.write(record_bytes.to_bytes(4, "little") + bytes(4) + (2 ** 20).to_bytes(8, "little"))
        file.truncate(4096 + capacity)


def try_rings(commands):
    for what, capacity, record_bytes, head in (
            ("one record of 1 GiB", 2 ** 31, 2 ** 30, 2 ** 31),
            ("1 TiB", 2 ** 40, 100, 2 ** 40), ("no end", 2 ** 24, 64, 2 ** 64 - 8),
            ("no capacity", 0, 100, 2 ** 30)):
        for command in commands:
            shutil.copy("dead.db", "ring.db")
            sparse_ring("ring.db-run1.ring", capacity, record_bytes, head)
            call(f"ring, {what}: {command}", TRAILVIEW, "-d", "ring.db", command)
            if os.path.exists("ring.db-run1.ring"):
                os.remove("ring.db-run1.ring")


def try_rules():
    """Rules that are no rules, or too many."""
    def nuls(file):
        file.truncate(2 ** 32)

    def one_line(file):
        file.write(b"trail-rules 1\nrequire " + b"a" * 50000000)

    def many(file):
        file.write(b"trail-rules 1\n" + b"".join(b"require lib%d.so\n" % i for i in range(300000)))

    for write in (nuls, one_line, many):
        with open("hostile.rules", "wb") as file:
            write(file)
        call(f"rules, {write.__name__}: check", TRAILVIEW, "check", "hostile.rules", "good.db")
        call(f"rules, {write.__name__}: update", TRAILVIEW, "-d", "good.db", "baseline",
             "--update", "hostile.rules")
    os.remove("hostile.rules")


def make(case):
    """In a process of its own: what it takes would be counted for its brothers."""
    process = os.fork()
    if process == 0:
        shutil.copy("good.db", "base.db")
        db = sqlite3.connect("base.db", isolation_level=None)
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA synchronous = OFF")
        case(db)
        db.close()
        os._exit(0)
    assert os.waitpid(process, 0)[1] == 0, case.__name__


def main():
    for name in os.listdir("."):
        if re.search(r"\.(db|ring|rules)", name):
            os.remove(name)
    with open("hostile.trail", "w", encoding="utf-8") as script:
        script.write(SCRIPT)
    with open("mine.rules", "w", encoding="utf-8") as rules:
        rules.write("trail-rules 1\nrequire libc.so.6\n")
    subprocess.run([TRAILFAKE, "-q", "-o", "good.db", "--", "hostile.trail"], check=True)
    shutil.copy("good.db", "dead.db")
    with sqlite3.connect("dead.db") as db:
        db.execute("UPDATE run SET state = 'recording'")
    with open("hang.trail", "w", encoding="utf-8") as script:
        script.write("pid=1 CreateProcess via=launch path=/a\nhang\n")
    recorder = subprocess.Popen([TRAILFAKE, "-q", "-o", "hang.db", "--", "hang.trail"])
    while not os.path.exists("hang.db-run1.ring"):
        pass
    shutil.copy("hang.db-run1.ring", "good.ring")
    recorder.kill()
    recorder.wait()
    text = subprocess.run([TRAILVIEW, "help"], capture_output=True, check=True).stdout.decode()
    commands = re.findall(r"^  ([a-z]+) {2,}", text.split("ommands:\n")[1], re.MULTILINE)
    assert len(commands) >= 17, commands
    for case in CASES:
        if len(sys.argv) > 4 and case.__name__ not in sys.argv:
            continue
        make(case)
        for command in ("runs", "recover") if case in SLOW else commands:
            if case is recording_runs or command == commands[0]:
                shutil.copy("base.db", "hostile.db")
            for arguments in ARGUMENTS.get(command, [[]]):
                call(f"{case.__name__}: {command} {' '.join(arguments)}", TRAILVIEW, "-d",
                     "hostile.db", command, *arguments)
    try_rings(("runs", "recover"))
    try_rules()
    for failure in failures:
        print("FAILED:", failure)
    return 1 if failures else 0


sys.exit(main())
