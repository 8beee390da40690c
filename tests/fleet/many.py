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


def add_modules(db, builds):
    """A module for each build: the path of one that is there, with another build-id."""
    names = columns(db, "module", ("id",))
    values = ", ".join("build_id || ?2" if name == "build_id" else name for name in names)
    first, = db.execute("SELECT id FROM module WHERE path LIKE '%libpart0.%'").fetchone()
    insert = f"INSERT INTO module ({', '.join(names)}) SELECT {values} FROM module WHERE id = ?1"
    return first, [db.execute(insert, (first, f"{build:04}")).lastrowid for build in range(builds)]


def multiply(db, runs, builds):
    chance = random.Random(1)
    first, extra = add_modules(db, builds)
    db.execute("CREATE TEMP TABLE other (run PRIMARY KEY, uuid, build, factor, module)")
    for run in range(2, runs + 1):
        build = (run - 1) * builds // runs
        factor = 1000 + chance.randrange(100) + build // (builds // 2 + 1) * 50
        db.execute("INSERT INTO other VALUES (?, ?, ?, ?, ?)",
                   (run, f"{chance.getrandbits(128):032x}", str(100 + build), factor, extra[build]))
    changed = {"uuid": "o.uuid", "start_utc_ns": "start_utc_ns + o.run * 60000000000",
               "wall_ns": "wall_ns * o.factor / 1000"}
    names = columns(db, "run", ("id",))
    values = ", ".join(changed.get(name, name) for name in names)
    db.execute(f"INSERT INTO run (id, {', '.join(names)}) SELECT o.run, {values} FROM other o "
               "JOIN run r ON r.id = 1 ORDER BY o.run")
    db.execute("INSERT INTO label SELECT run, 'build', build FROM other ORDER BY run")
    changed = {"t_ns": "t_ns * o.factor / 1000",
               "module_id": f"iif(module_id = {first}, o.module, module_id)"}
    for table in tables(db):
        names = columns(db, table, ("run_id",))
        values = ", ".join(changed.get(name, f"t.{name}") for name in names)
        db.execute(f"INSERT INTO {table} (run_id, {', '.join(names)}) SELECT o.run, {values} FROM "
                   f"other o CROSS JOIN {table} t ON t.run_id = 1")


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
    with db:
        multiply(db, runs, builds)
    db.close()


if __name__ == "__main__":
    main()
