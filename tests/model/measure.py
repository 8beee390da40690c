"""Measures on models (startups.py) how often `check` is wrong about good runs, and what it and
`diff` find of planted changes.

    measure.py good MAKE_FIXTURE TRAILVIEW FOLDER [OPTION...]
    measure.py planted MAKE_FIXTURE TRAILVIEW FOLDER [OPTION...]
    measure.py part MAKE_FIXTURE TRAILVIEW FOLDER

      --seed N          the first program's (default 1)
      --programs N      how many (20)
      --runs N          how many a baseline is learned from (10)
      --checks N        good: how many further runs are checked one by one and in threes (30)
      --traits A,B      instead of a random half of them for each program: these; - for none
      --without A,B     but not these traits
      --changes A,B     planted: instead of all, these
      --verbose         prints what was wrong
"""
import argparse
import json
import os
import random
import re
import subprocess
import sys

import startups
import trail_file

# Rules of which the second word is a name.
NAMED = ('require', 'order', 'path', 'identity', 'cause')


class Model:
    """A program, its file and its rules."""

    def __init__(self, options, seed):
        rng = random.Random('traits %s' % seed)
        self.traits = [trait for trait in startups.TRAITS if rng.random() < 0.5]
        if options.traits:
            self.traits = [trait for trait in options.traits.split(',') if trait != '-']
        self.traits = [trait for trait in self.traits if trait not in options.without.split(',')]
        self.options, self.seed, self.made = options, seed, 0
        self.database = os.path.join(options.folder, 'model.db')
        self.rules = os.path.join(options.folder, 'model.rules')
        self.file = trail_file.TrailFile(options.make_fixture, self.database)

    def program(self):
        return startups.Program(self.seed, self.traits)

    def add(self, program, count, *labels):
        """Records runs; returns their numbers."""
        self.made += count
        return [self.file.add(startups.Run(program, '%s %d' % (self.seed, self.made - i)), *labels)
                for i in range(count)]

    def view(self, *arguments):
        done = subprocess.run([self.options.trailview, '-d', self.database, *map(str, arguments)],
                              capture_output=True, text=True)
        if done.returncode not in (0, 1):
            raise SystemExit('trailview %s: %s' % (arguments, done.stderr))
        return done

    def learn(self, *options):
        """Closes the file and learns. Returns what the rules file tells in percent: how many good
        runs alarm, and how many break only soft rules."""
        self.file.close()
        self.view('baseline', *options, '-o', self.rules, '@side=good')
        with open(self.rules, encoding='utf-8') as file:
            alarms, runs, notices = map(int, re.search(
                r'^budget \S+ alarms (\d+) of (\d+) notices (\d+) ', file.read(), re.M).groups())
        return 100 * alarms / runs, 100 * notices / runs

    def rows(self, *runs):
        """What check says of runs: whether it alarms, and its rows."""
        done = self.view('check', self.rules, *runs, '--format', 'ndjson')
        return done.returncode == 1, [json.loads(line) for line in done.stdout.splitlines()]


class Tally:
    """How often what happened, of how many, by rows and columns; and by which rules."""

    def __init__(self):
        self.counts, self.kinds = {}, {}

    def add(self, row, column, happened, rules=()):
        hits, total = self.counts.setdefault(row, {}).get(column, (0, 0))
        self.counts[row][column] = (hits + bool(happened), total + 1)
        kinds = [re.sub(r'^(\[.*?\] )?(soft )?', '', rule).split()[:2] for rule in rules]
        for kind in {kind[0] if kind[0] in NAMED else ' '.join(kind) for kind in kinds}:
            self.kinds[row, kind] = self.kinds.get((row, kind), 0) + 1

    def share(self, row, column):
        hits, total = self.counts[row][column]
        return hits / total

    def print(self):
        """Shares in percent; behind each row of how many, and which rules that was."""
        width, head = max([len(row) for row in self.counts] + [6]), None
        for row, cells in self.counts.items():
            if head != list(cells):
                head = list(cells)
                print(' ' * width + ''.join('  %8s' % column for column in head))
            rules = ', '.join('%s %d' % (kind, count) for (of, kind), count in
                              sorted(self.kinds.items(), key=lambda item: -item[1]) if of == row)
            print(row.ljust(width) + ''.join('  %*.2f' % (max(len(column), 8),
                    100 * self.share(row, column)) for column in head),
                    '  of', cells[head[0]][1], rules)


def good(options, tally):
    """Good runs alone and in threes, by baselines of others."""
    printed = []
    for seed in range(options.seed, options.seed + options.programs):
        model = Model(options, seed)
        model.add(model.program(), options.runs, 'side=good')
        runs = model.add(model.program(), options.checks, 'side=more')
        printed.append(model.learn())
        for run in runs:
            alarms, rows = model.rows(run)
            rules = [row['rule'] for row in rows if row['result'] == 'violated']
            tally.add('one', 'alarms', alarms, rules)
            tally.add('one', 'tells', rows)
            if alarms and options.verbose:
                print('program %d (%s) run %d: %s' % (seed, ','.join(model.traits), run,
                        '; '.join(row['rule'] + ': ' + row['message'] for row in rows)))
        for at in range(0, len(runs) - 2, 3):
            alarms, rows = model.rows(*runs[at:at + 3])
            tally.add('three', 'alarms', alarms, [row['rule'] for row in rows
                                                  if row['result'] == 'violated'])
            tally.add('three', 'tells', rows)
    print('the rules files say: %.2f %% alarm, %.2f %% tell more' % tuple(
        sum(values) / len(printed) for values in zip(*printed)))


def stem(name):
    return re.sub(r'(-1\.3)?(\.so|\.dll|\.exe)?(\.1\.2)?$', '', name.lower())


def text_of(row, keys):
    return ' '.join(str(row[key]) for key in keys if row.get(key)).lower()


def told(names, texts):
    """Whether all names are told, and whether something is told that has none of them."""
    return (bool(texts) and all(any(stem(name) in text for text in texts) for name in names),
            any(not any(stem(name) in text for name in names) for text in texts))


def judge(model, tally, change, names):
    """Three runs with a change: as a set by check and by diff, and one by one by check."""
    alarms, rows = model.rows('@side=changed')
    rows = [row for row in rows if row['result'] == 'violated']
    is_named, is_more = told(names, [text_of(row, ('rule', 'message')) for row in rows])
    tally.add(change, 'check: found', alarms and rows)
    tally.add(change, 'named', is_named)
    tally.add(change, 'else', is_more)
    done = model.view('diff', '@side=good', '@side=changed', '--format', 'json')
    differing = [row for row in json.loads(done.stdout) if row['differs']]
    is_named, is_more = told(names, [text_of(row, ('name', 'a', 'b', 'note')) for row in differing])
    tally.add(change, 'diff: found', differing)
    tally.add(change, 'named ', is_named)
    tally.add(change, 'else ', is_more)
    for run in model.changed:
        alarms, ones = model.rows(run)
        tally.add(change, 'one: told', told(names, [text_of(row, ('rule', 'message'))
                                                    for row in ones])[0])
        tally.add(change, 'alarms', alarms)
    if model.options.verbose:
        print('program %d (%s) %s %s\n    check: %s\n    diff: %s' % (
            model.seed, ','.join(model.traits), change, names,
            '; '.join(row['rule'] for row in rows), '; '.join(
                '%s %s %s' % (row['section'], row['change'], row['name']) for row in differing)))


def planted(options, tally):
    changes = options.changes.split(',') if options.changes else \
        startups.CHANGES + startups.CHILD_CHANGES
    for change in changes:
        for seed in range(options.seed, options.seed + options.programs):
            model = Model(options, seed)
            if change in startups.CHILD_CHANGES:
                model.traits = ['script']
            model.add(model.program(), options.runs, 'side=good')
            program = model.program()
            names = program.plant(change, random.Random('plant %s %s' % (seed, change)))
            if names is None:
                model.file.close()
                continue
            model.changed = model.add(program, 3, 'side=changed')
            # a rebuild is a change only where builds are learned
            model.learn(*['--identity'] * (change in ('identity', 'version')))
            judge(model, tally, change, names)


def part(options, tally):
    """A part that takes seconds, of which what must be so is known: the test."""
    options.traits, options.programs, options.checks, options.runs = '-', 2, 9, 10
    good(options, tally)
    options.changes = 'swap-adjacent,swap-far,added,removed,identity,path,failed,' \
        'twice,cause,environment,exception'
    planted(options, tally)
    # of one run, another environment is a notice only
    wrong = [row for row in tally.counts for column in tally.counts[row]
             if tally.share(row, column) !=
             (row not in ('one', 'three') and 'else' not in column and
              (row, column) != ('environment', 'alarms'))]
    options.traits = ','.join(startups.TRAITS)
    model = Model(options, options.seed)
    model.add(model.program(), 3, 'side=good')
    model.file.close()
    model.view('verify')
    return wrong


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('what', choices=['good', 'planted', 'part'])
    parser.add_argument('make_fixture')
    parser.add_argument('trailview')
    parser.add_argument('folder')
    for name, default in (('seed', 1), ('programs', 20), ('runs', 10), ('checks', 30)):
        parser.add_argument('--' + name, type=int, default=default)
    parser.add_argument('--traits')
    parser.add_argument('--without', default='')
    parser.add_argument('--changes')
    parser.add_argument('--verbose', action='store_true')
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    tally = Tally()
    wrong = {'good': good, 'planted': planted, 'part': part}[options.what](options, tally)
    tally.print()
    if wrong:
        raise SystemExit('FAILED: ' + ', '.join(wrong))


if __name__ == '__main__':
    main()
