#!/usr/bin/env python3
"""Every command of trailview in every format, over a file with no run, with one and with many.

    matrix.py TRAILVIEW TRAILFAKE [EMULATOR...]

The commands and formats are those that trailview itself lists, so that a new one is tried too. Each
call must end with a documented status, say in one sentence what is wrong if it is 2, and print what
the format promises. Under an emulator, where a start takes half a second, each command takes the
formats in turn, another one over each file. Works in the current folder.
"""
import csv
import io
import json
import os
import re
import subprocess
import sys

TRAILVIEW, TRAILFAKE, EMULATOR = sys.argv[1], sys.argv[2], sys.argv[3:]
SCRIPT = """\
t=0 pid=100 tid=100 CreateProcess via=launch path=/bin/app base=0x400000 command_line="app | <x>"
t=1ms LoadDll path=/lib/libc.so.6 base=0x7000 load_phase=startup size=4096
t=3ms LoadDll path=/lib/odd|name,"<b>.so base=0x9000 load_phase=runtime size=4096
t=4ms Exception code=11 si_code=1 address=0x1234 first_chance=1
t=5ms OutputDebugString text="a,b|c <i> \\xff"
t=6ms Mark name=ready
t=7ms ExitProcess exit_code=0
"""
# What a command needs beside the file; {rules} is a file of rules.
ARGUMENTS = {"why": ["libc*"], "stack": ["2"], "diff": ["1", "1"], "check": ["{rules}"],
             "merge": ["-o", "merged.db", "one.db"], "report": ["-o", "report.html"],
             "history": ["--by", "a"],
             "sql": ["SELECT 1 AS one, NULL AS two"],
             "prune": ["--keep", "3", "--older", "1h"], "label": ["last", "a=b", "c="]}
NEEDS_SERVER = ("push", "pull", "fleet") # tests/fleet has one
NEEDS_RUN = {"diff", "why", "stack", "label", "history"}
failures = []


def run(program, *arguments):
    return subprocess.run([*EMULATOR, program, *arguments], stdin=subprocess.DEVNULL,
                          capture_output=True, check=False)


def trailview(*arguments):
    done = run(TRAILVIEW, *arguments)
    return done.returncode, done.stdout.decode().replace("\r\n", "\n"), done.stderr.decode()


def record(database, runs):
    for _ in range(runs):
        assert run(TRAILFAKE, "-q", "-o", database, "-l", "a=|<>,", "--", "matrix.trail"
                   ).returncode == 0


def check_json(text):
    json.loads(text)


def check_ndjson(text):
    for line in text.splitlines():
        json.loads(line)


def check_csv(text):
    widths = {len(row) for row in csv.reader(io.StringIO(text)) if row}
    assert len(widths) <= 1, f"rows of {widths} cells"


def check_html(text):
    assert text.startswith("<!") and text.endswith("</html>\n"), "no whole page"
    assert text.partition("</head>")[0].count("<title>") == 1, "not one title"
    assert text.count("<table>") == text.count("</table>"), "a table is not closed"
    assert not re.search("<(x|b|i)>", text), "markup from the target"


def check_markdown(text):
    widths = set()
    for line in text.splitlines():
        if not line.startswith("|"):
            widths = set()
            continue
        widths.add(len(re.findall(r"(?<!\\)\|", line)))
        assert len(widths) == 1, f"a row is broken: {line}"


CHECKS = {"json": check_json, "ndjson": check_ndjson, "csv": check_csv, "html": check_html,
          "markdown": check_markdown}


def try_one(command, output_format, database, runs):
    arguments = [word.format(rules="matrix.rules") for word in ARGUMENTS.get(command, [])]
    status, text, complaint = trailview("-d", database, command, "--format", output_format,
                                        *arguments)
    try:
        assert status in (0, 1, 2), f"status {status}"
        if status == 2:
            assert runs == 0 or command in (
                "baseline", "help", "stack", "export", *NEEDS_SERVER), complaint
            assert re.fullmatch(r"trailview: [^\n]+\r?\n", complaint), f"says {complaint!r}"
        elif output_format in CHECKS and command not in ("baseline", "help"):
            CHECKS[output_format](text)
    except (AssertionError, ValueError) as wrong:
        failures.append(f"{command} --format {output_format}, {runs} runs: {wrong}")


def main():
    for name in ("none.db", "one.db", "many.db", "merged.db"):
        if os.path.exists(name):
            os.remove(name)
    with open("matrix.trail", "w", encoding="utf-8") as script:
        script.write(SCRIPT)
    with open("matrix.rules", "w", encoding="utf-8") as rules:
        rules.write("trail-rules 1\nrequire libc.so.6\n")
    record("one.db", 1)
    record("many.db", 5)
    record("none.db", 1)
    for table in ("event", "run"): # a file whose runs were taken out
        subprocess.run(["sqlite3", "none.db", f"DELETE FROM {table}"], check=True)
    _, text, _ = trailview("help")
    commands = re.findall(r"^  ([a-z]+) {2,}", text.split("ommands:\n")[1], re.MULTILINE)
    _, text, _ = trailview("help", "runs")
    formats = re.search(r"one of ([a-z\s]+);", text).group(1).split()
    assert len(commands) >= 17 and len(formats) >= 6, (commands, formats)
    for i, command in enumerate(commands):
        for j, output_format in enumerate(formats):
            for k, (runs, database) in enumerate(((0, "none.db"), (1, "one.db"), (5, "many.db"))):
                if not EMULATOR or (i + 2 * k) % len(formats) == j:
                    try_one(command, output_format, database, runs)
    print(f"{len(commands)} commands, {len(formats)} formats")
    for failure in failures:
        print("FAILED:", failure)
    return 1 if failures else 0


sys.exit(main())
