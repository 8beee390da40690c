"""History over models: runs of builds that are copied from one scripted run, with other times.

    check_history.py TRAILFAKE TRAILVIEW FOLDER MODELS [SEED [NOISE]]

Of each model with a step of 5 % the build that began it must be named, and of each without one
none: in 19 of 20, and in 95 of 100. (With NOISE 0.04 who knows both levels names 95 of 100, with
0.05 87: what is asked can be done with 0.03.) Also: spans, loads, a module, the order of versions,
builds without a label, formats, check --history, and the memory of many builds. CI runs a few
models; for figures give a number.
"""
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys

TRAILFAKE, TRAILVIEW, FOLDER, MODELS = sys.argv[1:4] + [int(sys.argv[4])]
SEED = sys.argv[5] if len(sys.argv) > 5 else '4711'
NOISE = float(sys.argv[6]) if len(sys.argv) > 6 else 0.03
BUILDS, RUNS, STEP = 60, 10, 1.05
SCRIPT = '''t=0 pid=10 tid=10 CreateProcess via=launch path="/opt/app" base=0x1000 size=4096
t=3000000 pid=10 tid=10 LoadDll path="/opt/liba.so.1" base=0x7f0000000000 load_phase=startup size=8
t=9000000 pid=10 tid=10 LoadDll path="/opt/libb.so" base=0x7f0000010000 load_phase=runtime size=8
t=20000000 pid=10 tid=10 Mark name=ready
t=40000000 pid=10 tid=10 ExitProcess exit_code=0
'''
failures = []


def expect(condition, *what):
    if not condition:
        failures.append(what)
        print(*what)


def trailview(database, *arguments):
    return subprocess.run([TRAILVIEW, '-d', database, *arguments], capture_output=True, text=True,
                          check=False)


def history(database, *arguments):
    done = trailview(database, 'history', '--by', 'build', '--format', 'json', *arguments)
    expect(done.returncode == 0, arguments, done.stderr)
    return json.loads(done.stdout or '[]')


def make(database, factors, names=None):
    """A run for each factor of each build: the first run's events, as much later."""
    for name in (database, database + '-wal', database + '-shm'):
        if os.path.exists(name):
            os.remove(name)
    script = os.path.join(FOLDER, 'app.script')
    with open(script, 'w') as file:
        file.write(SCRIPT)
    subprocess.run([TRAILFAKE, '-q', '-o', database, '--', script], check=True)
    with sqlite3.connect(database) as db:
        db.execute('UPDATE event SET hold_ns = 0')
        db.execute('UPDATE run SET wall_ns = 40000000')
        tables = {}
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND "
                                   "name NOT LIKE 'sqlite%'").fetchall():
            columns = [row[1] for row in db.execute('PRAGMA table_info(%s)' % table)]
            if 'run_id' in columns:
                tables[table] = columns
        run_columns = [row[1] for row in db.execute('PRAGMA table_info(run)')]
        run = 1
        for build, of_build in enumerate(factors):
            for factor in of_build:
                run += 1
                copy(db, tables, run_columns, run, factor)
                db.execute("INSERT INTO label VALUES (?, 'build', ?)",
                           (run, names[build] if names else 'b%d' % (build + 1)))


def copy(db, tables, run_columns, run, factor):
    values = {'id': run, 'uuid': "'%032x'" % run, 'start_utc_ns': 10 ** 12 * run,
              'wall_ns': int(4e7 * factor)}
    db.execute('INSERT INTO run SELECT %s FROM run WHERE id = 1' % ', '.join(
        str(values.get(column, column)) for column in run_columns))
    for table, columns in tables.items():
        values = {'run_id': run, 't_ns': 'CAST(t_ns * %r AS INTEGER)' % factor}
        db.execute('INSERT INTO %s SELECT %s FROM %s WHERE run_id = 1' % (table, ', '.join(
            str(values.get(column, column)) for column in columns), table))


def factors(rng, step_at=None):
    return [[rng.lognormvariate(0, NOISE) * (STEP if step_at is not None and b >= step_at else 1)
             for _ in range(RUNS)] for b in range(BUILDS)]


def models(database):
    """How many models with a step are named rightly, and without one are left in peace."""
    rng = random.Random(SEED)
    named = false = 0
    for _ in range(MODELS):
        step_at = rng.randrange(5, BUILDS - 5)
        make(database, factors(rng, step_at))
        begun = [row['label'] for row in history(database) if row['change']]
        named += begun == ['b%d' % (step_at + 1)]
        make(database, factors(rng))
        false += any(row['change'] for row in history(database))
    print('%d of %d steps named, %d of %d without one said to have one'
          % (named, MODELS, false, MODELS))
    expect(20 * (MODELS - named) <= max(MODELS, 20) and 20 * false <= max(MODELS, 20),
           'too often wrong')


def parts(database):
    """What else there is to it, on a step of 50 % that nobody misses."""
    names = ['1.%d' % (20 - b) for b in range(20)]
    rng = random.Random(7)
    make(database, [[rng.lognormvariate(0, 0.02) * (1.5 if b >= 12 else 1) for _ in range(8)]
                    for b in range(20)], names)
    rows = history(database)
    expect([row['label'] for row in rows] == names, 'the order of the first recording', rows)
    expect([row['label'] for row in rows if row['change'] == 'slower'] == ['1.8'], 'slower', rows)
    row = rows[12]
    expect(row['low_ns'] <= row['median_ns'] <= row['high_ns'] and row['runs'] == 8
           and 0 < row['p'] <= 0.01 and 45 < row['change_percent'] < 55, 'the numbers', row)
    rows = history(database, '--sort', 'version')
    expect([row['label'] for row in rows] == names[::-1], 'the order of versions', rows)
    expect([row['label'] for row in rows if row['change'] == 'faster'] == ['1.9'], 'faster', rows)
    for of in (('start..mark:ready',), ('ready..end',), ('module', 'libb.so'),
               ('liba.so -> libb.so',)):
        expect(any(row['change'] for row in history(database, '--of', *of)), of)
    expect(not any(row['change'] for row in history(database, '--of', 'loads')), 'loads')
    expect(not any(row['change'] for row in history(database, '--threshold', '60%')), 'threshold')
    for last, status in (('7', 0), ('8', 1)):
        done = trailview(database, 'check', '--history', last, '--by', 'build')
        expect(done.returncode == status, 'check', last, done.stdout, done.stderr)
    table = trailview(database, 'history', '--by', 'build').stdout
    expect('a change began with 1.8 (' in table and '1 run has no such label' in table, table)
    page = trailview(database, 'history', '--by', 'build', '--format', 'html').stdout
    expect('<svg class="trend"' in page and page.count('<circle') == 160, page[:300])
    runs = [str(run) for run in range(1, 161)]
    page = trailview(database, 'report', '-o', '-', *runs).stdout
    expect('id="history"' in page and 'A change began with 1.8 (' in page
           and page.count('<svg class="trend"') == 1, 'the curve of a report', page[:300])
    page = trailview(database, 'report', '-o', '-', *runs[:16]).stdout # of two builds
    expect('id="history"' not in page and '<html' in page, 'a curve of two builds', page[:300])
    # few builds: the one change of them is not taken for how builds vary
    make(database, [[rng.lognormvariate(0, 0.02) * (1.5 if b >= 4 else 1) for _ in range(6)]
                    for b in range(8)])
    expect(sum(row['change'] is not None for row in history(database)) == 1, 'eight builds')
    for wrong in (('--by', 'nothing'), ('--by', 'build', '--of', 'a..b'), (),
                  ('--by', 'build', '--of', 'module', 'no.so'), ('--by', 'build', '--sort', 'x')):
        expect(trailview(database, 'history', *wrong).returncode == 2, wrong)


def many(database, builds):
    """Builds of a run each, which load a module of their own: the MB that history takes."""
    make(database, [[1 + 0.001 * (b % 7)] for b in range(builds)])
    with sqlite3.connect(database) as db:
        columns = [row[1] for row in db.execute('PRAGMA table_info(module)')][3:]
        db.execute("INSERT INTO module SELECT 100 + n.id, '/opt/own' || n.id || '.so', "
                   "'own' || n.id || '.so', %s FROM run n, module m WHERE m.name = 'libb.so'"
                   % ', '.join('m.' + column for column in columns))
        db.execute("UPDATE event_load_dll SET module_id = 100 + run_id WHERE module_id = "
                   "(SELECT id FROM module WHERE name = 'libb.so')")
    with open(database + '.out', 'wb') as out:
        child = subprocess.Popen([TRAILVIEW, '-d', database, 'history', '--by', 'build'],
                                 stdout=out, stderr=out)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    expect(child.returncode == 0, 'many builds', open(database + '.out').read()[:300])
    print('%d builds: %.1f s, %d MB' % (builds, usage.ru_utime, usage.ru_maxrss // 1024))
    return usage.ru_maxrss / 1024


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER)
    database = os.path.join(FOLDER, 'trail.db')
    parts(database)
    models(database)
    expect(many(database, 2000) < 45, 'memory of many builds')
    shutil.rmtree(FOLDER)
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
