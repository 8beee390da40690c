#!/usr/bin/env python3
"""What trailview exports: traces are what the trace event format asks for, to the last member, and
say what gaps and timeline say; rows are those of the view; nothing of the target is markup or
steers a terminal; a failed write is one sentence.

    export.py TRAILVIEW TRAILFAKE FIXTURES

FIXTURES is the folder of the golden tests' files. Works in the current folder.
"""
import collections
import csv
import glob
import gzip
import io
import json
import os
import re
import resource
import subprocess
import sys

TRAILVIEW, TRAILFAKE, FIXTURES = sys.argv[1:4]
README = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../schema/README.md")
MEMBERS = {"M": {"args"},
           "B": {"cat", "ts", "args"}, "E": {"ts", "args"}, "i": {"cat", "s", "ts", "args"},
           "s": {"cat", "id", "ts"}, "f": {"cat", "bp", "id", "ts"}, "C": {"ts", "args"}}
HOSTILE = "<script>alert(1)</script>\x1b[2J\u202e=1+1\x01\ud800"
failures = []


def expect(holds, what):
    if not holds:
        failures.append(what)
    return holds


def view(*arguments, status=0, **options):
    done = subprocess.run([TRAILVIEW, *arguments], capture_output=True, **options)
    expect(done.returncode == status, f"{arguments}: {done.returncode} {done.stderr}")
    return done.stdout


def nanoseconds(text):
    whole, part = text.split(".")
    return int(whole) * 1000 + int(part)


def check_members(where, event):
    phase = event["ph"]
    expect(phase in MEMBERS, f"{where}: phase {phase}")
    extra = set(event) - MEMBERS[phase] - {"ph", "name", "pid", "tid"}
    expect(not extra, f"{where}: members {extra} of {phase}")
    expect(MEMBERS[phase] - {"args"} <= set(event), f"{where}: {event} lacks a member")
    expect(isinstance(event["name"], str) and event["name"], f"{where}: a name of {event}")
    for number in ("pid", "tid"):
        expect(isinstance(event[number], int) and 0 <= event[number] < 2 ** 32, f"{where}: {event}")
    expect(event.get("s", "t") == "t" and event.get("bp", "e") == "e", f"{where}: {event}")


def slices_of(where, events):
    """{track: [(start, duration, name, event)]}: each ends that began last of those that are open,
    by the time and then as they stand in the file."""
    found, open_ones = collections.defaultdict(list), collections.defaultdict(list)
    for event in sorted((event for event in events if event["ph"] in "BE"),
                        key=lambda event: nanoseconds(event["ts"])):
        track = event["pid"], event["tid"]
        if event["ph"] == "B":
            open_ones[track].append(event)
        elif expect(open_ones[track] and open_ones[track][-1]["name"] == event["name"]
                    and open_ones[track][-1].get("args") == event.get("args"),
                    f"{where}: {event} ends {open_ones[track][-1:]}"):
            begin = open_ones[track].pop()
            start = nanoseconds(begin["ts"])
            found[track].append((start, nanoseconds(event["ts"]) - start, begin["name"], begin))
    expect(not any(open_ones.values()), f"{where}: not ended: {open_ones}")
    return found


def check_flows(where, events, slices):
    ends = collections.defaultdict(list)
    for event in events:
        if event["ph"] in "sf":
            ends[event["id"]].append((event["ph"], nanoseconds(event["ts"]), event))
    for number, both in ends.items():
        expect(sorted(phase for phase, _, _ in both) == ["f", "s"],
               f"{where}: flow {number} {both}")
        times = {phase: ns for phase, ns, _ in both}
        expect(times["s"] <= times["f"], f"{where}: flow {number} goes back in time")
        for _, ns, event in both:
            expect(any(start <= ns <= start + duration for start, duration, *_ in
                       slices[event["pid"], event["tid"]]), f"{where}: flow {number} binds nowhere")


def check_counters(where, events):
    before = collections.defaultdict(float)
    for event in events:
        for name, value in event["args"].items() if event["ph"] == "C" else ():
            expect(isinstance(value, str) and float(value) >= before[event["pid"], name],
                   f"{where}: the counter {name} goes down to {value}")
            before[event["pid"], name] = float(value)


def check_trace(where, text):
    """Numbers with a point stay texts: how many digits they have matters."""
    events = json.loads(text, parse_float=str)["traceEvents"]
    names = collections.defaultdict(list)
    for event in events:
        check_members(where, event)
        expect("ts" not in event or re.fullmatch(r"\d+\.\d{3}", event["ts"]), f"{event}")
        if event["ph"] == "M" and event["name"] in ("process_name", "thread_name"):
            track = (event["pid"], event["tid"])[:1 + (event["name"] == "thread_name")]
            names[track].append(event["args"]["name"])
    slices = slices_of(where, events)
    for event in events:
        if event["ph"] in "Bisf":
            expect(len(names[event["pid"],]) == 1 and len(names[event["pid"], event["tid"]]) == 1,
                   f"{where}: not one name of the track of {event}")
    check_flows(where, events, slices)
    check_counters(where, events)
    return events, [each for track in slices.values() for each in track]


def check_agrees(where, database, run, slices):
    """Gaps are those of gaps, phases those of timeline."""
    rows = json.loads(view("-d", database, "gaps", run, "-n", "200", "--format", "json"))
    gaps = sorted((row["t_ns"], row["gap_ns"], f"{row['from']} -> {row['to']}", row["held_ns"],
                   row["cpu_ns"]) for row in rows)
    traced = [(start, duration, name, round(float(event["args"]["held ms"]) * 1e6),
               round(float(event["args"]["CPU ms"]) * 1e6) if "CPU ms" in event["args"] else None)
              for start, duration, name, event in slices if event["cat"] == "gap"]
    left = collections.Counter(gaps) - collections.Counter(traced)
    expect(not left and (len(gaps) == len(traced) or len(gaps) == 200),
           f"{where}: gaps {gaps} are {traced}: {left}")
    rows = json.loads(view("-d", database, "timeline", run, "--format", "json"))
    phases = sorted((row["t_ns"], row["duration_ns"], row["name"]) for row in rows
                    if row["what"] == "phase" and row["name"])
    traced = sorted(each[:3] for each in slices if each[3]["cat"] == "phase")
    expect(traced == phases, f"{where}: phases {phases} are {traced}")


def script():
    lines = ["t=0 pid=10 tid=10 CreateProcess via=launch path=/app/shop base=0x400000 size=4096 "
             "command_line=shop"]
    lines += [f"t=1ms LoadDll path=/lib/lib{i}.so base=0x{i + 1}000000 load_phase=startup"
              for i in range(150)]
    lines += ["t=2ms EntryPoint address=0x400010", "t=3ms tid=11 CreateThread",
              f"t=4ms tid=11 Mark name=\"{HOSTILE[:-1]}\"",
              f"t=5ms tid=10 OutputDebugString text=\"{HOSTILE[:-1]} \\xff\"",
              "t=6ms Exception code=11 address=0x2000010",
              "t=6ms LoadFailed what=module name=libnone.so words=no load_phase=runtime",
              "t=7ms pid=20 tid=20 CreateProcess via=fork path=/app/shop parent_pid=10 "
              "command_line=shop",
              "t=8ms CreateProcess via=exec path=/bin/sh base=0x500000 size=4096 command_line=sh",
              "t=9ms LoadDll path=/lib/lib1.so base=0x2000000 load_phase=startup",
              "t=9ms LoadDll path=/lib/lib2.so base=0x3000000 load_phase=startup",
              "t=10ms EntryPoint address=0x500010", "t=11ms ExitProcess exit_code=3",
              "t=12ms pid=10 tid=11 ExitThread exit_code=0",
              "t=13ms pid=20 tid=20 CreateProcess via=fork path=/app/shop parent_pid=10",
              "t=14ms ExitProcess exit_code=0",
              "t=15ms pid=10 tid=10 UnloadDll base=0x2000000", "t=16ms ExitProcess exit_code=0"]
    return "\n".join(lines) + "\n"


def make():
    """Run 1 as scripted: PIDs are used twice; 2 with the kernel's times out of order, causes."""
    for name in glob.glob("export.*"):
        os.remove(name)
    with open("export.trail", "w", encoding="utf-8") as file:
        file.write(script())
    for _ in range(2):
        subprocess.run([TRAILFAKE, "-q", "-o", "export.db", "-f", "--", "export.trail"], check=True)
    sql = ("UPDATE event_load_dll SET mapped_t_ns = 900000 - seq * 1000, "
           "by_seq = CASE WHEN seq % 3 THEN 1 ELSE seq - 1 END, cause = 0 "
           "WHERE run_id = 2 AND seq < 140;"
           "UPDATE event SET cpu_ns = t_ns / 2 WHERE run_id = 2;"
           "UPDATE event SET hold_ns = seq WHERE run_id = 2;"
           "INSERT INTO look (run_id, id, t_ns, process_id, thread_id, computing, call) SELECT 2, "
           f"value, value * 1000000, 1, 1, 0, 'a;b {HOSTILE[:-1]}' FROM json_each('[1, 2, 3]')")
    subprocess.run(["sqlite3", "export.db", sql], check=True)


def check_traces():
    databases = ["export.db", *sorted(glob.glob(os.path.join(FIXTURES, "*.db")))]
    for database in databases:
        name = os.path.basename(database)
        if re.match("problem_|damaged|text|empty|foreign|newer|older|no_runs|left|record", name):
            continue
        runs = json.loads(view("-d", database, "--format", "json"))
        for run in (str(row["run"]) for row in runs):
            text = view("-d", database, "export", run)
            _, slices = check_trace(f"{name}:{run}", text)
            if name not in ("wrong_types.db", "hostile.db"):
                check_agrees(f"{name}:{run}", database, run, slices)
            expect(not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]|\xe2\x80\xae", text), f"{name}: raw")
    events, _ = check_trace("two", view("-d", "export.db", "export", "1", "2"))
    expect({event["args"]["name"] for event in events if event["name"] == "process_name"} ==
           {f"run {run}: {name} ({pid})" for run in (1, 2) for name, pid in
            (("shop", 10), ("sh", 20), ("shop", 20))}, "names of processes of two runs")
    flows = [event for event in check_trace("2", view("-d", "export.db", "export", "2"))[0]
             if event["ph"] == "s"]
    expect(len(flows) > 80, f"{len(flows)} arrows")


def check_folded():
    text = view("-d", "export.db", "export", "--format", "folded", "2").decode()
    expect(re.fullmatch(r"shop;a:b [^\x00-\x1f;]+ 3\n", text), f"folded: {text}")
    text = view("-d", os.path.join(FIXTURES, "full.db"), "export", "--format", "folded", "1"
                ).decode()
    expect(all(re.fullmatch(r"[^;]+(;[^;]+)* \d+", line) for line in text.splitlines())
           and text, f"folded: {text}")


def check_views():
    """Each documented view, in both formats, is the rows of an SQL statement."""
    database = os.path.join(FIXTURES, "full.db")
    with open(README, encoding="utf-8") as file:
        views = set(re.findall(r"^### ([a-z_]+)$", file.read(), re.M)) - {"look_words"}
    expect(len(views) > 12, f"views {views}")
    for name in views:
        rows = view("-d", database, "export", "--view", name, "--format", "ndjson", "1", "2")
        lines = sorted(view("-d", database, "sql", f"SELECT * FROM {name}", "--format", "ndjson"
                            ).splitlines())
        expect(sorted(rows.splitlines()) == lines, f"{name} as ndjson")
        table = view("-d", database, "export", "--view", name, "--format", "csv", "1", "2").decode()
        expect(len({len(row) for row in csv.reader(io.StringIO(table))}) == 1
               and table.count("\n") >= len(lines), f"{name} as csv")
    rows = view("-d", database, "export", "--format", "ndjson", "1")
    expect(rows == view("-d", database, "events", "1", "--format", "ndjson"), "events as default")


def check_files():
    trace = view("-d", "export.db", "export", "1")
    for name in ("export.out.json", "export.out.json.gz"):
        expect(view("-d", "export.db", "export", "1", "-o", name) == b"", "words on stdout")
        with (gzip.open if name.endswith("gz") else open)(name, "rb") as file:
            expect(file.read() == trace, f"{name} is another")
    os.chmod("export.out.json", 0o600)
    view("-d", "export.db", "export", "2", "-o", "export.out.json")
    expect(os.stat("export.out.json").st_mode & 0o777 == 0o600, "the mode of a replaced file")
    with open("export.out.json", "rb") as file:
        before = file.read()

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    for output, words in (("/dev/full", b"device"), (".", b"folder"), ("no/where", b"no such")):
        done = subprocess.run([TRAILVIEW, "-d", "export.db", "export", "-o", output],
                              capture_output=True)
        expect(done.returncode == 2 and done.stderr.lower().count(words) == 1
               and done.stderr.count(b"\n") == 1, f"{output}: {done.returncode} {done.stderr}")
    for name in ("export.out.json", "export.out.csv"):
        done = subprocess.run(["sh", "-c", f"trap '' XFSZ; exec {TRAILVIEW} -d export.db export 1 "
                               f"-o {name} --format {'csv' if 'csv' in name else 'perfetto'}"],
                              capture_output=True, preexec_fn=limit)
        expect(done.returncode == 2 and done.stderr.count(b"\n") == 1, f"full: {done}")
    with open("export.out.json", "rb") as file:
        expect(file.read() == before, "a failed export changed the file")
    expect(not os.path.exists("export.out.csv") and not glob.glob("*.new"), "left behind")
    for output_format in ("perfetto", "ndjson"):
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run([TRAILVIEW, "-d", "export.db", "export", "--format", output_format],
                              stdout=writer, stderr=subprocess.PIPE)
        os.close(writer)
        expect(done.returncode == 2 and done.stderr.count(b"\n") == 1, f"closed pipe: {done}")
    with open("/dev/full", "wb") as full:
        done = subprocess.run([TRAILVIEW, "-d", "export.db", "export"], stdout=full,
                              stderr=subprocess.PIPE)
    expect(done.returncode == 2 and done.stderr.count(b"\n") == 1, f"full: {done}")


make()
check_traces()
check_folded()
check_views()
check_files()
for failure in failures[:20]:
    print("FAILED:", failure[:1000])
sys.exit(1 if failures else 0)
