"""What corresponds to what: scripted runs with names and folders that chance makes, and with fifty
children. What is only chance must not be told by diff or check, and what was planted must be,
once, and nothing else.

    correspond.py TRAILFAKE TRAILVIEW FOLDER CASE [FIRST_SEED [SEEDS]]

CASE is names, children, renamed, for_good, plugins, seldom or symbols. CI runs few seeds; a
thousand take a person a quarter of an hour.
"""
import json
import os
import random
import shutil
import subprocess
import sys

LETTERS, DIGITS = 'abcdefghijklmnopqrstuvwxyz', '0123456789'
LEARNED = 12


def word(rng, length, alphabet=LETTERS):
    return ''.join(rng.choice(alphabet) for _ in range(length))


NAMES = {
    'python': lambda rng: 'tmp' + word(rng, 8, LETTERS + DIGITS + '_'),
    'letters': lambda rng: 'tmp' + word(rng, 6),
    'all': lambda rng: word(rng, 7),
    'hexadecimal': lambda rng: word(rng, 6, DIGITS + 'abcdef'),
    'pid': lambda rng: 'worker-%d' % rng.randrange(300, 99999),
    'number': lambda rng: 'jna%d' % rng.randrange(10 ** 11),
    'fixed': lambda rng: 'plugin',
}
FOLDERS = {
    'temp': lambda rng: '/tmp/' + word(rng, 5),
    'tmpdir': lambda rng: '/scratch/job/' + word(rng, 5) + '/lib',
    'cache': lambda rng: '/opt/cache/' + word(rng, 8, LETTERS + DIGITS) + '/lib',
    'pid': lambda rng: '/run/app/%d' % rng.randrange(300, 99999),
    'app': lambda rng: '/opt/a',
}


class Script:
    def __init__(self, arguments='-x'):
        self.lines, self.ns, self.base = [], 0, 0x7f0000000000
        self.add(0, 100, 'CreateProcess via=launch path=/opt/a/main base=0x400000 size=4096 '
                 'build_id=aa command_line="/opt/a/main %s"' % arguments)

    def add(self, ns, pid, text):
        self.ns += ns
        self.lines.append('t=%d pid=%d tid=%d %s' % (self.ns, pid, pid, text))

    def load(self, pid, path, build, has_id=True):
        self.base += 0x100000
        self.add(1000000, pid, 'LoadDll path=%s base=0x%x load_phase=runtime size=%d %s'
                 % (path, self.base, 4096 * build, 'build_id=%02x' % build if has_id else ''))

    def text(self):
        self.add(1000, 100, 'ExitProcess exit_code=0')
        return '\n'.join(self.lines) + '\n'


class Checker:
    def __init__(self, trailfake, trailview, folder, case):
        self.trailfake, self.trailview, self.folder = trailfake, trailview, folder + '/' + case
        self.failures, self.what = 0, ''

    def begin(self, what):
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        self.what, self.runs = what, 0

    def record(self, label, scripts):
        """The numbers of the runs."""
        first, path = self.runs + 1, self.folder + '/app.script'
        for text in scripts:
            with open(path, 'w') as file:
                file.write(text)
            subprocess.run([self.trailfake, '-q', '-f', '-o', self.folder + '/trail.db', '-l',
                            'side=' + label, '--', path], check=True,
                           env=dict(os.environ, TMPDIR='/scratch/job'))
            self.runs += 1
        return [str(run) for run in range(first, self.runs + 1)]

    def view(self, *arguments):
        done = subprocess.run([self.trailview, '-d', self.folder + '/trail.db', *arguments],
                              capture_output=True, text=True)
        if done.returncode not in (0, 1):
            raise SystemExit('trailview %s: %s' % (' '.join(arguments), done.stderr))
        return done.stdout

    def learn(self, runs):
        self.view('baseline', '-o', self.folder + '/app.rules', runs)

    def diff(self, a, b):
        return [row for row in json.loads(self.view('diff', a, b, '--format', 'json'))
                if row['differs'] and row['section'] != 'time']

    def check(self, *runs):
        return json.loads(self.view('check', self.folder + '/app.rules', *runs, '--format', 'json'))

    def expect(self, holds, told, rows):
        if not holds:
            self.failures += 1
            print('%s: %s: %s' % (self.what, told, json.dumps(
                [{k: v for k, v in row.items() if v is not None} for row in rows])))


def unpack(rng, name, folder, has_id, planted=None):
    script = Script()
    modules = [('/opt/a/lib%s.so' % name, 2 + i) for i, name in enumerate(['one', 'two', 'three'])]
    unpacked = ('%s/%s.so' % (FOLDERS[folder](rng), NAMES[name](rng)), 16)
    modules = modules[:2] + [unpacked] + modules[2:]
    if planted == 'added':
        modules.insert(3, ('/opt/a/intruder.so', 20))
    elif planted == 'path':
        modules[2] = ('/home/ada/evil/' + os.path.basename(unpacked[0]), 16)
    elif planted == 'removed':
        del modules[2]
    for path, build in modules:
        script.load(100, path, build, has_id)
    return script.text()


def names(checker, seed):
    rng = random.Random('names %s' % seed)
    name, folder = rng.choice(list(NAMES)), rng.choice(list(FOLDERS))
    has_id = rng.random() < 0.7
    checker.begin('names %s: %s in %s%s' % (seed, name, folder, '' if has_id else ', sizes only'))

    def record(label, count, planted=None):
        return checker.record(label, [unpack(rng, name, folder, has_id, planted)
                                      for _ in range(count)])

    learned, good = record('a', LEARNED), record('b', 3)
    checker.learn('@side=a')
    pairs = [('@side=a', '@side=b'), ('@side=a', good[0])]
    if has_id:  # two runs of a build that is only known by its size are too few
        pairs += [(learned[0], learned[1])]
    for a, b in pairs:
        rows = checker.diff(a, b)
        checker.expect(not rows, '%s against %s differ' % (a, b), rows)
    for runs in [good] + [[run] for run in good]:
        rows = checker.check(*runs)
        checker.expect(not rows, 'good runs are told of', rows)
    for planted in ('added', 'path', 'removed'):
        runs = record(planted, 3, planted)
        rows = checker.diff('@side=a', '@side=' + planted)
        section = 'path' if planted == 'path' else 'loads'
        change = 'replaced' if planted == 'path' else planted
        checker.expect([(row['section'], row['change']) for row in rows] == [(section, change)],
                       'diff of what was planted: ' + planted, rows)
        # what may have any name in the program's own folder may be an intruder, too
        if planted == 'added' and name in ('all', 'hexadecimal') and folder == 'app':
            continue
        rows = checker.check(runs[0])
        checker.expect(len(rows) == 1, 'check of what was planted: ' + planted, rows)


def children(rng, with_ids, own_modules, planted=None, at=None):
    script = Script('-y' if planted == 'argument' and at == 0 else '-x')
    pid = rng.randrange(300, 30000)
    for i in range(50):
        if planted == 'lost' and i == at:
            continue
        for again in range(2 if planted == 'extra' and i == at else 1):
            pid += rng.randrange(1, 5)
            arguments = '--id %d' % i if with_ids else '--fast'
            if planted == 'argument' and i == at and at > 0:
                arguments += ' --verbose'
            script.add(rng.randrange(1000000, 2000000), pid,
                       'CreateProcess via=create path=/opt/a/worker parent_pid=100 base=0x500000 '
                       'size=4096 build_id=bb command_line="worker %s --parent %d --in /tmp/%s/x"'
                       % (arguments, 100, word(rng, 6)))
            script.load(pid, '/opt/a/lib%s.so' % (i if own_modules else 'same'),
                        1 + (i if own_modules else 0))
            script.add(1000, pid, 'ExitProcess exit_code=0')
    return script.text()


def fifty(checker, seed):
    rng = random.Random('children %s' % seed)
    with_ids, own_modules = rng.random() < 0.5, rng.random() < 0.5
    at = rng.choice([0, 25, 49])
    checker.begin('children %s: %d, ids %s, modules %s' % (seed, at, with_ids, own_modules))

    def record(label, count, planted=None):
        return checker.record(label, [children(rng, with_ids, own_modules, planted, at)
                                      for _ in range(count)])

    learned, good = record('a', LEARNED), record('b', 2)
    checker.learn('@side=a')
    for a, b in (('@side=a', '@side=b'), (learned[0], learned[1])):
        rows = checker.diff(a, b)
        checker.expect(not rows, '%s against %s differ' % (a, b), rows)
    rows = checker.check(*good)
    checker.expect(not rows, 'good runs are told of', rows)
    for planted, change in (('lost', 'removed'), ('extra', 'added'), ('argument', 'replaced')):
        runs = record(planted, 2, planted)
        for a, b in (('@side=a', '@side=' + planted), (learned[0], runs[0])):
            rows = checker.diff(a, b)
            told = [(row['section'], row['change']) for row in rows]
            checker.expect(told == [('processes', change)], '%s against %s: %s' % (a, b, planted),
                           rows)
            if planted == 'lost' and told == [('processes', change)]:
                number = at + 1 if with_ids or own_modules else 50
                checker.expect(rows[0]['name'] == 'worker' + ('#%d' % number if number > 1 else ''),
                               'not the one that was lost', rows)
        rows = checker.check(runs[0])
        checker.expect(len(rows) == 1 and ('worker' in rows[0]['rule'] or at == 0),
                       'check of what was planted: ' + planted, rows)


def renamed(checker, seed):
    """Of two single runs, the same build with another name that somebody gave it is told once."""
    checker.begin('renamed')
    for name in ('libfoo-1', 'libbar', 'x8d3k2qz', 'a71b93c2'):
        script = Script()
        for path, build in (('/opt/a/libone.so', 2), ('/opt/a/%s.so' % name, 16),
                            ('/opt/a/libtwo.so', 3)):
            script.load(100, path, build)
        checker.record(name, [script.text()])
    for a, b, expected in (('1', '2', [('identity', 'renamed', 'libfoo-1.so', 'libbar.so', 0)]),
                           ('3', '4', [])):
        rows = [row for row in json.loads(checker.view('diff', a, b, '--format', 'json'))
                if row['section'] not in ('time', 'answer')
                and row['change'] not in ('same', 'skipped')]
        told = [tuple(row[key] for key in ('section', 'change', 'a', 'b', 'differs'))
                for row in rows]
        checker.expect(told == expected, 'a new name of %s against %s' % (a, b), rows)


def for_good(checker, seed):
    """A module has another name in all runs of a side: one fact, unless its build is another."""
    checker.begin('for good')
    script = {}
    for name, build, has_id in (('a', 16, True), ('b', 16, True), ('other', 17, True),
                                ('a', 16, False), ('b', 16, False), ('other', 17, False)):
        made = script[name, has_id] = Script()
        made.load(100, '/opt/a/libone.so', 2)
        made.load(100, '/opt/a/libfoo_%s.so' % name, build, has_id)
        made.load(100, '/opt/a/libtwo.so', 3)
    for has_id in (True, False):
        runs = {name: checker.record('%s-%d' % (name, has_id), [script[name, has_id].text()] * 6)
                for name in ('a', 'b', 'other')}
        for new in ('b', 'other'):
            names = ('libfoo_a.so', 'libfoo_%s.so' % new)
            for a, b in (('@side=a-%d' % has_id, '@side=%s-%d' % (new, has_id)),
                         (runs['a'][0], '@side=%s-%d' % (new, has_id)),
                         (runs['a'][0], runs[new][0])):
                rows = checker.diff(a, b)
                told = sorted((row['change'], row['name'], row['a'], row['b']) for row in rows)
                is_single = a == runs['a'][0] and b == runs[new][0]
                # of two single runs the name may be one that chance makes
                expected = [('renamed', names[1], *names)] if not (is_single and has_id) else []
                if new == 'other':
                    expected = [('added', names[1], None, None), ('removed', names[0], None, None)]
                checker.expect(told == expected, '%s against %s' % (a, b), rows)


def seldom(checker, seed):
    """What one run of each side has by different names is no name that changed for good."""
    checker.begin('seldom')
    for side, name in (('a', 'libfoo.so'), ('b', 'libquux.so')):
        scripts = []
        for run in range(6):
            script = Script()
            for path, build in (('/opt/a/libone.so', 2), ('/opt/a/' + name, 16),
                                ('/opt/a/libtwo.so', 3)):
                if build != 16 or run == 2:
                    script.load(100, path, build, build != 16)
            scripts.append(script.text())
        checker.record(side, scripts)
    rows = checker.diff('@side=a', '@side=b')
    checker.expect(not rows, 'what a run had', rows)


def plugins(checker, seed):
    """Of modules without a build-id that chance named one is learned; of different plugins of one
    size none, whatever comes in each run."""
    rng = random.Random('plugins %d' % seed)
    for named in (['codec', 'filter', 'mixer', 'reverb', 'echo', 'delay', 'pitch', 'gate'],
                  [word(rng, 6) for _ in range(8)]):
        checker.begin('plugins')
        scripts = []
        for name in named:
            script = Script()
            for path, build in (('/opt/a/libone.so', 2), ('/opt/a/plugins/%s.so' % name, 16),
                                ('/opt/a/libtwo.so', 3)):
                script.load(100, path, build, build != 16)
            scripts.append(script.text())
        checker.record('a', scripts)
        checker.learn('@side=a')
        with open(checker.folder + '/app.rules') as file:
            rules = file.read().split('\n')
        expected = ['allow %s.so' % name for name in named] if 'codec' in named else \
            ['require {any}.so']
        checker.expect(all(rule in rules for rule in expected), 'plugins', [])


def symbols(checker, seed):
    """A symbol that is looked up in vain breaks no rule, and is a difference."""
    checker.begin('symbols')
    for label, count, name in (('a', 3, None), ('b', 3, 'foo_init')):
        script = Script()
        script.load(100, '/opt/a/libone.so', 2)
        if name is not None:
            script.add(1000, 100, 'LoadFailed what=symbol name=%s load_phase=runtime' % name)
        text = script.text()
        checker.record(label, [text] * count)
    checker.learn('@side=a')
    rows = checker.check('@side=b')
    checker.expect(not rows, 'a symbol breaks a rule', rows)
    rows = checker.diff('@side=a', '@side=b')
    checker.expect([(row['section'], row['change'], row['name']) for row in rows] ==
                   [('failed', 'added', 'symbol foo_init')], 'a symbol that is not there', rows)


CASES = {'names': names, 'children': fifty, 'renamed': renamed, 'for_good': for_good,
         'plugins': plugins, 'seldom': seldom, 'symbols': symbols}


def main():
    case = sys.argv[4]
    first, seeds = [int(text) for text in sys.argv[5:7]] if len(sys.argv) > 5 else (1, 1)
    checker = Checker(*sys.argv[1:5])
    for seed in range(first, first + seeds):
        CASES[case](checker, seed)
    shutil.rmtree(checker.folder, ignore_errors=True)
    return 1 if checker.failures else 0


if __name__ == '__main__':
    sys.exit(main())
