"""What trailview diff says of scripted runs (scripted.py): nothing of benign ones, and of a planted
change that change and nothing else.

    check_diff.py TRAILFAKE TRAILVIEW FOLDER CASE       a case of CASES below; with TRAIL_LONG=1
                                                        in the environment of more runs
"""
import json
import os
import shutil
import sqlite3
import subprocess
import sys

import scripted

BASE = 20
LONG = os.environ.get('TRAIL_LONG') == '1'
BENIGN, PLANTED, SETS, SLOWER = (200, 200, 200, 200) if LONG else (80, 40, 20, 10)


class Checker:
    def __init__(self, trailfake, trailview, folder, case):
        self.trailfake, self.trailview, self.case, self.failures = trailfake, trailview, case, 0
        self.folder = os.path.join(folder, case)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        self.database = os.path.join(self.folder, 'trail.db')

    def record(self, count, label, change=None):
        """Records that many runs; returns their numbers and what was planted in each."""
        made = [scripted.make('%s %s %s %d' % (self.case, label, change, i), change)
                for i in range(count)]
        numbers = scripted.record(self.trailfake, self.database, self.folder,
                                  [text for text, _ in made], label)
        return list(zip(numbers, [planted for _, planted in made]))

    def differences(self, a, b):
        """The rows that count. The exit status must agree with them."""
        return [row for row in self.rows(a, b) if row['differs']]

    def rows(self, a, b):
        done = subprocess.run([self.trailview, '-d', self.database, 'diff', a, b, '--format',
                               'json'], capture_output=True, text=True)
        if done.returncode not in (0, 1):
            raise SystemExit('trailview diff %s %s failed: %s' % (a, b, done.stderr))
        rows = json.loads(done.stdout)
        self.expect(done.returncode == any(row['differs'] for row in rows),
                    'exit status %d' % done.returncode, a, b, rows)
        return rows

    def expect(self, holds, what, a, b, rows):
        if not holds:
            self.failures += 1
            print('%s against %s: %s: %s' % (a, b, what,
                    json.dumps([{k: v for k, v in row.items() if v is not None} for row in rows])))


def is_planted(change, planted, row):
    """Whether the row says just what was planted."""
    names = ['%s after {n} us' % text for text in planted] if change == 'say' else [name + '.dll'
            for name in planted]
    expected = {'swap': ('order', 'moved'),
                'add': ('loads', 'added'), 'remove': ('loads', 'removed'),
                'say': ('output', 'moved'), 'identity': ('identity', 'replaced'),
                'path': ('path', 'replaced'), 'fail': ('failed', 'added')}[change]
    if (row['section'], row['change']) != expected or row['name'] not in names:
        return False
    return change not in ('swap', 'say') or all(name in row['note'] for name in names
                                                if name != row['name'])


def benign(checker):
    checker.record(BASE, 'side=base')
    for number, _ in checker.record(BENIGN, 'side=other'):
        rows = checker.differences('@side=base', str(number))
        checker.expect(not rows, 'a benign run differs', '@side=base', str(number), rows)


def planted(checker, change):
    checker.record(BASE, 'side=base')
    for number, what in checker.record(PLANTED, 'side=other', change):
        rows = checker.differences('@side=base', str(number))
        checker.expect(len(rows) == 1 and is_planted(change, what, rows[0]),
                       '%s of %s was planted' % (change, what), '@side=base', str(number), rows)


def runs(checker):
    """One run against one: what only mingles is no difference, what was planted is the only one."""
    base = checker.record(1, 'side=base')[0][0]
    for change in [None] + scripted.CHANGES:
        for number, what in checker.record(PLANTED // 4, 'side=%s' % change, change):
            rows = checker.differences(str(base), str(number))
            checker.expect(len(rows) == 1 and is_planted(change, what, rows[0]) if change
                           else not rows,
                           '%s of %s was planted' % (change, what), str(base), str(number), rows)


def machines(checker):
    """The same program of another user, in another folder, on another machine: alone and as
    sets."""
    def elsewhere(text):
        return (text.replace('C:\\\\Users\\\\ada', 'D:\\\\Users\\\\bob.smith')
                .replace('C:\\\\Program Files\\\\Shop', 'E:\\\\Tools\\\\Shop 2')
                .replace('C:\\\\Windows', 'D:\\\\WINDOWS').replace('pricing.dll', 'Pricing.DLL')
                .replace('tax.dll', 'tax-2.1.dll'))

    checker.record(BASE, 'side=base')
    made = [elsewhere(scripted.make('machines elsewhere %d' % i)[0]) for i in range(BASE)]
    numbers = scripted.record(checker.trailfake, checker.database, checker.folder, made,
                              'side=elsewhere')
    for a, b in [('@side=base', '@side=elsewhere')] + [(str(1 + i), str(number))
                                                       for i, number in enumerate(numbers)]:
        rows = checker.differences(a, b)
        checker.expect(not [row for row in rows if row['section'] != 'time'],
                       'another machine differs', a, b, rows)


SMALL = '''t=0 pid=10 tid=10 CreateProcess via=launch path="C:\\\\app\\\\a.exe" base=0x140000000 \
size=65536 build_id=aa
t=1000 pid=10 tid=11 CreateThread start_address=0x140001000
t=2000 pid=10 tid=%d LoadDll path="C:\\\\app\\\\one.dll" base=0x7f0000000000 load_phase=runtime \
size=4096 build_id=01
t=3000 pid=10 tid=10 LoadDll path="C:\\\\app\\\\two.dll" base=0x7f0000010000 load_phase=runtime \
size=4096 build_id=02
%st=9000 pid=10 tid=10 ExitProcess exit_code=0
'''
UNLOAD = 't=4000 pid=10 tid=10 UnloadDll base=0x7f0000010000\n'
AGAIN = ('t=5000 pid=10 tid=10 LoadDll path="C:\\\\app\\\\two.dll" base=0x7f0000010000 '
         'load_phase=runtime size=4096 build_id=02\n')


def small(checker):
    """A load by another thread, which is told and no difference, and one more of a module: of runs
    and of sets."""
    scripts = [SMALL % (11, UNLOAD), SMALL % (10, UNLOAD), SMALL % (11, UNLOAD + AGAIN)]
    for number, script in enumerate(scripts):
        scripted.record(checker.trailfake, checker.database, checker.folder, [script] * 6,
                        'side=%d' % number)
    for a, b, expected in (('1', '7',
                            ('loads', 'thread', 'one.dll', 'a.exe+0x1000', 'main thread')),
                           ('1', '13', ('loads', 'more', 'two.dll', 'once', '2 times')),
                           ('13', '1', ('loads', 'fewer', 'two.dll', '2 times', 'once')),
                           ('@side=0', '@side=2', ('loads', 'more', 'two.dll', 'once', '2 times')),
                           ('1', '2', None), ('@side=0', '@side=0', None)):
        rows = [row for row in checker.rows(a, b) if row['section'] == 'loads'
                and row['change'] not in ('same', 'skipped')]
        told = [tuple(row[key] for key in ('section', 'change', 'name', 'a', 'b')) for row in rows]
        checker.expect(told == ([expected] if expected else [])
                       and all(row['differs'] == (row['change'] != 'thread') for row in rows),
                       'expected %s' % (expected,), a, b, rows)


def lost(checker):
    """A thread whose start was not seen (Wine loses some) is none more, and none less."""
    scripts = [scripted.make('lost %d' % i)[0] for i in range(8)]
    for i in range(4, 8):
        lines = scripts[i].split('\n')
        starts = [line for line in lines if ' CreateThread ' in line]
        lines.remove(starts[i % len(starts)])
        scripts[i] = '\n'.join(lines)
    scripted.record(checker.trailfake, checker.database, checker.folder, scripts, 'side=x')
    for a, b in (('1', '5'), ('6', '2'), ('5', '6'), ('7', '8')):
        rows = [row for row in checker.differences(a, b) if row['section'] != 'time']
        checker.expect(not rows, 'a thread whose start was lost', a, b, rows)


def unknown(checker):
    """Who asked for a load is not known where its stack could not be unwound: no difference."""
    for side in 'ab':
        scripted.record(checker.trailfake, checker.database, checker.folder,
                        [SMALL % (11, UNLOAD)] * 3, 'side=' + side)
    for by, differs in (('NULL', False), ('3', True)):
        with sqlite3.connect(checker.database) as db:
            db.execute('UPDATE event_load_dll SET cause = 6, by_seq = CASE WHEN run_id > 3 THEN %s '
                       'ELSE 1 END WHERE seq > 3' % by)
        rows = [row['section'] for row in checker.differences('@side=a', '@side=b')]
        checker.expect(rows == ['cause'] * differs, 'who asked is ' + by, 'a', 'b', [])


def sets(checker):
    """Sets against sets: of 20 comparisons of benign ones one may claim a difference of times (a
    claim has a chance), and none any other."""
    claims = []
    for i in range(SETS):
        checker.record(BASE, 'side=a%d' % i)
        checker.record(BASE, 'side=b%d' % i)
        rows = checker.differences('@side=a%d' % i, '@side=b%d' % i)
        claims += [rows] if rows else []
        checker.expect(all(row['section'] == 'time' for row in rows), 'benign sets differ',
                       '@side=a%d' % i, '@side=b%d' % i, rows)
    checker.expect(20 * len(claims) <= SETS, '%d of %d benign sets differ' % (len(claims), SETS),
                   'a', 'b', sum(claims, []))


def take_turns(checker, a, b):
    """Says of two sets that were recorded one after the other that they took turns; that is all
    that their starts are used for."""
    with sqlite3.connect(checker.database) as db:
        for at, (run_a, run_b) in enumerate(zip(a, b)):
            db.execute('UPDATE run SET start_utc_ns = ? WHERE id = ?', (2 * at, run_a[0]))
            db.execute('UPDATE run SET start_utc_ns = ? WHERE id = ?', (2 * at + 1, run_b[0]))


def slow(checker, in_turn=True):
    """A phase that takes 15 % longer is found in all comparisons, and only it, what it is made of,
    and what it is a part of. Of sets that did not take turns more is asked, since such a step might
    be drift: of 30 % one of 20 may be told by what the phase is made of alone. A comparison may
    claim too much with a chance of 1 %: of 200 that are four at most, of ten none."""
    missed, more = [], []
    for i in range(SLOWER):
        a = checker.record(BASE, 'side=a%d' % i)
        b = checker.record(BASE, 'side=b%d' % i, 'slow' if in_turn else 'slower')
        if in_turn:
            take_turns(checker, a, b)
        rows = checker.differences('@side=a%d' % i, '@side=b%d' % i)
        inside = [name + '.dll' for name in scripted.LATE + sum(scripted.THREADS, [])]
        around = ['mark:loaded..mark:ready', 'start..last load', 'start..end']
        missed += [i] if 'mark:loaded..mark:ready' not in [row['name'] for row in rows] else []
        checker.expect(len(rows) > 0, 'nothing was found', '@side=a%d' % i, '@side=b%d' % i, rows)
        more += [row for row in rows if (row['section'], row['change']) != ('time', 'slower')
                 or row['name'].split(' -> ')[-1] not in inside + around]
    checker.expect(50 * len(more) <= SLOWER, 'more than the slow phase', 'a', 'b', more)
    checker.expect(20 * len(missed) <= (0 if in_turn else SLOWER),
                   'the slow phase was not found in %s' % missed, 'a', 'b', [])


def wait(checker):
    """One gap that takes 10 ms more is named by both of its ends, and nothing else but what it is a
    part of."""
    a = checker.record(BASE, 'side=a')
    for i in range(SLOWER // 2):
        made = [scripted.make('wait %d %d' % (i, k), 'wait') for k in range(8 * BASE)]
        ends = made[0][1]
        texts = [text for text, names in made if names == ends][:BASE]
        numbers = scripted.record(checker.trailfake, checker.database, checker.folder, texts,
                                  'side=b%d' % i)
        take_turns(checker, a, [(number, ()) for number in numbers])
        rows = checker.differences('@side=a', '@side=b%d' % i)
        gap = ' -> '.join(name + '.dll' for name in ends)
        around = ['start..mark:loaded', 'start..last load', 'start..end']
        checker.expect((gap, 'slower') in [(row['name'], row['change']) for row in rows],
                       '%s was not named' % gap, '@side=a', '@side=b%d' % i, rows)
        checker.expect(all(row['name'] in [gap] + around for row in rows),
                       'more than %s' % gap, '@side=a', '@side=b%d' % i, rows)


def held(checker):
    """A gap is without what its own process was held, but not without what another one was."""
    script = ('t=0 pid=10 tid=10 CreateProcess via=launch path="/app" base=0x1000 size=4096\n'
              't=1ms pid=10 tid=10 LoadDll path="/a.so" base=0x70000 load_phase=startup size=8\n'
              't=2ms pid=20 tid=20 CreateProcess via=fork parent_pid=10 path="/app" base=0x1000\n'
              't=3ms pid=20 tid=20 LoadDll path="/x.so" base=0x70000 load_phase=runtime size=8\n'
              't=11ms pid=10 tid=10 LoadDll path="/b.so" base=0x80000 load_phase=runtime size=8\n'
              't=12ms pid=20 tid=20 ExitProcess exit_code=0\n'
              't=13ms pid=10 tid=10 ExitProcess exit_code=0\n')
    path = os.path.join(checker.folder, 'two.script')
    with open(path, 'w') as file:
        file.write(script)
    subprocess.run([checker.trailfake, '-q', '-f', '-o', checker.database, '--', path], check=True)
    with sqlite3.connect(checker.database) as db:
        db.execute('UPDATE event SET hold_ns = process_id * 500000')
    done = subprocess.run([checker.trailview, '-d', checker.database, 'stats', '--only', 'gaps',
                           '--format', 'json'], capture_output=True, text=True, check=True)
    gaps = {row['name']: row['median_ns'] for row in json.loads(done.stdout)}
    checker.expect(gaps.get('a.so -> b.so') == 9500000, 'a gap beside another process', 'last',
                   'last', [gaps])


CASES = {'benign': benign, 'runs': runs, 'machines': machines, 'small': small, 'lost': lost,
         'held': held, 'sets': sets, 'unknown': unknown, 'slow': slow, 'wait': wait,
         'slow_blocks': lambda checker: slow(checker, False)}
for planted_change in scripted.CHANGES:
    CASES[planted_change] = lambda checker, change=planted_change: planted(checker, change)


def main():
    checker = Checker(*sys.argv[1:5])
    CASES[sys.argv[4]](checker)
    shutil.rmtree(checker.folder)
    return 1 if checker.failures else 0


if __name__ == '__main__':
    sys.exit(main())
