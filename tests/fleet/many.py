#!/usr/bin/env python3
"""A file of many runs of a few builds, for measurements.

    many.py TRAILFAKE FILE RUNS [EVENTS [BUILDS]]

One scripted start-up of EVENTS (default: 300) events is recorded: loads, marks, threads, debug
strings, signals. SQL makes RUNS of it, whose times, labels and uuids differ; builds follow one
another in time, and each loads a module of its own.
"""
import os
import random
import sqlite3
import subprocess
import sys

def script(events):
    lines = ['t=0 pid=100 tid=100 CreateProcess via=launch path=/opt/shop/shop base=0x400000 '
             'command_line="shop --port 8080"']
    t = 0
    for i in range(events - 4):
        t += 20 + i % 7 * 5
        line = f"t={t}us "
        if i % 10 < 7:
            phase = "startup" if i < events // 4 else "runtime"
            line += (f"LoadDll path=/opt/shop/lib/libpart{i}.so.{i % 3} load_phase={phase} "
                     f"base={0x10000000 + i * 65536} size=65536")
        elif i % 10 == 7:
            line += f'OutputDebugString text="part {i} is there"'
        elif i % 10 == 8:
            line += "Exception code=11 si_code=1 address=0x1234 first_chance=1"
        else:
            line += f"Mark name=stage{i // 10}"
        lines.append(line)
    for name in ("ready", "done"):
        t += 100
        lines.append(f"t={t}us Mark name={name}")
    lines.append(f"t={t + 50}us ExitProcess exit_code=0")
    return "\n".join(lines) + "\n"


def columns(db, table, without):
    return [name for _, name, *_ in db.execute(f"PRAGMA table_info({table})")
            if name not in without]


def tables(db):
    return [name for name, in db.execute(
        "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = 'run_id' "
        "WHERE m.type = 'table' AND m.name <> 'label'")]


def multiply(db, runs, builds):
    chance = random.Random(1)
    with db:
        per_run = {table: columns(db, table, ("run_id",)) for table in tables(db)}
        own = columns(db, "run", ("id", "uuid", "start_utc_ns", "wall_ns"))
        path, = db.execute("SELECT path FROM module WHERE path LIKE '%libpart0.%'").fetchone()
        modules = ", ".join(name if name != "build_id" else "build_id || ?1"
                            for name in columns(db, "module", ("id",)))
        extra = []
        for build in range(builds):
            row = db.execute(f"INSERT INTO module ({', '.join(columns(db, 'module', ('id',)))}) "
                             f"SELECT {modules} FROM module WHERE path = ?2",
                             (f"{build:04}", path))
            extra.append(row.lastrowid)
        first, = db.execute("SELECT id FROM module WHERE path = ?", (path,)).fetchone()
        for run in range(2, runs + 1):
            build = (run - 1) * builds // runs
            factor = 1000 + chance.randrange(100) + build // (builds // 2 + 1) * 50
            db.execute(f"INSERT INTO run (id, uuid, start_utc_ns, wall_ns, {', '.join(own)}) "
                       f"SELECT ?1, ?2, start_utc_ns + ?1 * 60000000000, wall_ns * ?3 / 1000, "
                       f"{', '.join(own)} FROM run WHERE id = 1",
                       (run, f"{chance.getrandbits(128):032x}", factor))
            db.execute("INSERT INTO label VALUES (?, 'build', ?)", (run, f"{100 + build}"))
            for table, names in per_run.items():
                values = ", ".join(
                    f"t_ns * {factor} / 1000" if name == "t_ns" else
                    f"iif(module_id = {first}, {extra[build]}, module_id)"
                    if (table, name) == ("event_load_dll", "module_id") else name
                    for name in names)
                db.execute(f"INSERT INTO {table} (run_id, {', '.join(names)}) "
                           f"SELECT {run}, {values} FROM {table} WHERE run_id = 1")


def main():
    trailfake, path, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
    events = int(sys.argv[4]) if len(sys.argv) > 4 else 300
    builds = int(sys.argv[5]) if len(sys.argv) > 5 else 20
    with open(path + ".trail", "w", encoding="utf-8") as file:
        file.write(script(events))
    subprocess.run([trailfake, "-q", "-o", path, "-l", "build=100", "--", path + ".trail"],
                   check=True)
    os.remove(path + ".trail")
    db = sqlite3.connect(path)
    db.execute("PRAGMA synchronous = OFF")
    multiply(db, runs, builds)
    db.close()


if __name__ == "__main__":
    main()
