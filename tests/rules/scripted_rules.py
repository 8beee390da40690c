"""Rules learned from 20 scripted runs (tests/compare/scripted.py), and further runs judged by
them: with TRAIL_LONG=1 in the environment 200 of each case.

    scripted_rules.py TRAILFAKE TRAILVIEW FOLDER CASE

CASE is benign, or a planted change: each run then must be found, by the right rule and name, and
nothing else may be reported.
"""
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'compare'))
import scripted

LEARNED, SLOWER, SLOWER_TOGETHER = 20, 2.2, 1.15
# How many benign runs, and how many with a change, are judged.
BENIGN, PLANTED = (200, 200) if os.environ.get('TRAIL_LONG') == '1' else (100, 50)


def fail(text):
    print('FAILED: ' + text)
    sys.exit(1)


def slow_script(seed, factor):
    program = scripted.Program()
    program.slow = factor
    return scripted.Run(random.Random(seed), program).script(), ('mark:loaded..mark:ready',)


class Files:
    def __init__(self, trailfake, trailview, folder):
        self.trailfake, self.trailview, self.folder = trailfake, trailview, folder
        self.database, self.rules = (
            os.path.join(folder, name) for name in ('trail.db', 'shop.rules'))
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)

    def record(self, scripts, label):
        """The numbers of the runs. Their end is the last event's, not when the recorder was done on
        this machine."""
        runs = scripted.record(self.trailfake, self.database, self.folder, scripts, label)
        with sqlite3.connect(self.database) as db:
            db.execute(
                'UPDATE run SET wall_ns = (SELECT max(t_ns) FROM event WHERE run_id = run.id)')
        return runs

    def view(self, *arguments):
        process = subprocess.run([self.trailview, '-d', self.database, *arguments],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if process.returncode not in (0, 1):
            fail('trailview %s: %s' % (' '.join(arguments), process.stderr))
        return process

    def learn(self, *options):
        self.record([scripted.make('learned %d' % i)[0] for i in range(LEARNED)], 'side=learned')
        self.view('baseline', '--identity', *options, '--output', self.rules, '@side=learned')

    def violations(self, *runs):
        process = self.view('check', self.rules, *map(str, runs), '--format', 'ndjson')
        rows = [json.loads(line) for line in process.stdout.splitlines()]
        if process.returncode != (1 if rows else 0):
            fail('exit status %d with %d violations' % (process.returncode, len(rows)))
        return rows


def is_found(change, planted, rows):
    """Whether the violations are what was planted, and nothing else."""
    names = [name + '.dll' for name in planted]
    if change == 'swap':
        return len(rows) == 1 and rows[0]['rule'] == 'order %s < %s' % (names[1], names[0]) \
            and rows[0]['module'] == names[0]
    if change == 'slow':
        spans = [row['rule'].split()[2] for row in rows]
        return planted[0] in spans and set(spans) <= {planted[0], 'start..end'} \
            and len(set(spans)) == len(rows)
    if change == 'add':
        return len(rows) == 1 and rows[0]['rule'] == 'forbid *' and rows[0]['module'] == names[0]
    if change == 'fail':
        return len(rows) == 1 and rows[0]['rule'] == 'forbid failed *' \
            and rows[0]['module'] == names[0] and rows[0]['seq'] is not None
    rule = {'remove': 'require', 'identity': 'identity', 'path': 'path'}[change]
    return len(rows) == 1 and rows[0]['rule'].split()[:2] == [rule, names[0]] \
        and rows[0]['module'] == names[0]


def judge_each(files, change):
    made = [slow_script('judged %d' % i, SLOWER) if change == 'slow'
            else scripted.make('judged %s %d' % (change, i), change)
            for i in range(PLANTED if change else BENIGN)]
    for run, (_, planted) in zip(files.record([script for script, _ in made], 'side=judged'), made):
        rows = files.violations(run)
        if rows if change is None else not is_found(change, planted, rows):
            fail('run %d, planted %s %s: %s' % (run, change, planted,
                    '\n'.join(row['rule'] + ': ' + row['message'] for row in rows) or 'nothing'))


def judge_together(files, change):
    """All at once; a slower phase as the median of twenty."""
    if change is None and files.violations('@side=judged'):
        fail('all benign runs at once: %s' % files.violations('@side=judged')[0])
    if change == 'slow':
        files.record([slow_script('together %d' % i, SLOWER_TOGETHER)[0] for i in range(20)],
                     'side=together')
        rows = files.violations('@side=together')
        if not is_found(change, ('mark:loaded..mark:ready',), rows) \
                or any(row['run'] is not None for row in rows):
            fail('twenty slower runs: %s' % rows)


def main():
    files = Files(*sys.argv[1:4])
    change = sys.argv[4] if sys.argv[4] != 'benign' else None
    # one more load takes time too, and would rightly be found twice
    files.learn(*(['--time'] if change in (None, 'slow') else []))
    judge_each(files, change)
    judge_together(files, change)


if __name__ == '__main__':
    main()
