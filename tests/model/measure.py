"""Measures on models (startups.py) how often `check` is wrong about good runs, and what it and
`diff` find of planted changes.

    measure.py good MAKE_FIXTURE MANY_COMMANDS FOLDER [OPTION...]
    measure.py planted MAKE_FIXTURE MANY_COMMANDS FOLDER [OPTION...]
    measure.py part MAKE_FIXTURE MANY_COMMANDS FOLDER

      --seed N          the first program's (default 1)
      --programs N      how many (20)
      --runs N          how many a baseline is learned from (10)
      --checks N        good: how many further runs are checked one by one and in threes (30)
      --places N        planted: how often each change is planted in a program (10)
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

# What good runs have of other good runs that they do not.
CHANCES = {'optional', 'rare', 'children'}


class Model:
    """A program, its file and its rules."""

    def __init__(self, options, seed):
        rng = random.Random('traits %s' % seed)
        self.traits = [trait for trait in startups.TRAITS if rng.random() < 0.5]
        if options.traits:
            self.traits = [trait for trait in options.traits.split(',') if trait != '-']
        self.traits = [trait for trait in self.traits if trait not in options.without.split(',')]
        self.options, self.seed, self.made, self.commands = options, seed, 0, None
        self.database = os.path.join(options.folder, 'model.db')
        self.file = trail_file.TrailFile(options.make_fixture, self.database)

    def program(self):
        return startups.Program(self.seed, self.traits)

    def add(self, program, count, *labels):
        """Records runs; returns their numbers."""
        self.made += count
        return [self.file.add(startups.Run(program, '%s %d' % (self.seed, self.made - i)), *labels)
                for i in range(count)]

    def view(self, *arguments):
        """What a command of trailview prints, and its exit status; the file is written now."""
        if self.commands is None:
            self.file.close()
            self.commands = subprocess.Popen([self.options.many_commands, self.database],
                                             stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                             stderr=subprocess.DEVNULL)
        self.commands.stdin.write(('\t'.join(map(str, arguments)) + '\n').encode())
        self.commands.stdin.flush()
        lines = []
        while not lines or lines[-1][:1] != b'\x1e':
            lines.append(self.commands.stdout.readline())
            if not lines[-1]:
                raise SystemExit('%s ended: %s' % (self.options.many_commands, arguments))
        status = int(lines.pop()[1:])
        if status not in (0, 1):
            raise SystemExit('%s: status %d' % (arguments, status))
        return status, b''.join(lines).decode()

    def close(self):
        if self.commands is None:
            self.file.close()
        else:
            self.commands.communicate()

    def rules(self, *options):
        """The file of rules that are learned with these options."""
        return os.path.join(self.options.folder, 'model%s.rules' % ''.join(options))

    def learn(self, *options):
        """Learns. Returns what the rules file tells in percent: how many
        good runs alarm, and how many break only soft rules."""
        self.view('baseline', *options, '-o', self.rules(*options), '@side=good')
        with open(self.rules(*options), encoding='utf-8') as file:
            alarms, runs, notices = map(int, re.search(
                r'^budget \S+ alarms (\d+) of (\d+) notices (\d+) ', file.read(), re.M).groups())
        return 100 * alarms / runs, 100 * notices / runs

    def check(self, rules, *runs):
        """What check says of runs: whether it alarms, and its rows."""
        status, text = self.view('check', rules, *runs, '--format', 'ndjson')
        return status == 1, [json.loads(line) for line in text.splitlines() if line]

    def check_each(self, rules, runs):
        """The same of each run alone, by one check of all of them: what only soft rules say of a
        run alone are notices."""
        _, rows = self.check(rules, *runs, '--at-least', '1')
        with open(rules, encoding='utf-8') as file:
            lines = file.read().split('\n')
        for row in rows:
            is_soft = lines[row['line'] - 1].startswith('soft ')
            row['result'] = 'notice' if is_soft else 'violated'
        of = {run: [row for row in rows if row['run'] == run] for run in runs}
        return {run: (any(row['result'] == 'violated' for row in of[run]), of[run])
                for run in runs}


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


def print_rates(rates):
    """What rules files say, and what was measured of the same programs, by the traits that these
    have; in percent."""
    print('the rules files say: %6s %9s %11s' % ('alarm', '(measured)', 'tell more'))
    for trait, of in sorted(rates.items()):
        print('%-19s  %6.2f %9.2f %12.2f   of %d' % (trait, *(
            sum(values) / len(of) for values in zip(*of)), len(of)))


def good(options, tally):
    """Good runs alone and in threes, by baselines of others."""
    rates = {}
    for seed in range(options.seed, options.seed + options.programs):
        model = Model(options, seed)
        model.add(model.program(), options.runs, 'side=good')
        runs = model.add(model.program(), options.checks, 'side=more')
        printed = model.learn()
        checks = [('one', *check) for check in model.check_each(model.rules(), runs).values()]
        measured = 100 * sum(alarms for _, alarms, _ in checks) / len(checks)
        for trait in ['all'] + (model.traits or ['none']):
            rates.setdefault(trait, []).append((printed[0], measured, printed[1]))
        checks += [('three', *model.check(model.rules(), *runs[at:at + 3]))
                   for at in range(0, len(runs) - 2, 3)]
        for row, alarms, rows in checks:
            violated = [row for row in rows if row['result'] == 'violated']
            tally.add(row, 'alarms', alarms, [row['rule'] for row in violated])
            tally.add(row, 'tells', rows)
            if alarms and options.verbose:
                print('program %d (%s) %s: %s' % (seed, ','.join(model.traits), row, '; '.join(
                    '%s %s: %s' % (row['run'], row['rule'], row['message']) for row in violated)))
        model.close()
    print_rates(rates)


def stem(name):
    return re.sub(r'(-1\.3)?(\.so|\.dll|\.exe)?(\.1\.2)?$', '', name.lower())


def text_of(row, keys):
    return ' '.join(str(row[key]) for key in keys if row.get(key)).lower()


def told(names, texts):
    """Whether all names are told, and whether something is told that has none of them."""
    return (bool(texts) and all(any(stem(name) in text for text in texts) for name in names),
            any(not any(stem(name) in text for name in names) for text in texts))


class Planted:
    """A change in three runs."""

    def __init__(self, model, change, place):
        self.change, program = change, model.program()
        self.names = program.plant(change, random.Random('plant %s %s %s' % (
            model.seed, change, place)))
        # a rebuild is a change only where builds are learned
        self.learned = ('--identity',) if change in ('identity', 'version') else ()
        self.label = 'set=%s-%d' % (change, place)
        self.runs = model.add(program, 3, self.label) if self.names is not None else []

    def judge(self, model, tally, alone):
        """Judges the runs as a set by check and by diff, and one by one by check."""
        change, names = self.change, self.names
        alarms, rows = model.check(model.rules(*self.learned), *self.runs)
        rows = [row for row in rows if row['result'] == 'violated']
        is_named, is_more = told(names, [text_of(row, ('rule', 'message')) for row in rows])
        tally.add(change, 'check: found', alarms and rows)
        tally.add(change, 'named', is_named)
        tally.add(change, 'else', is_more)
        status, text = model.view('diff', '@side=good', '@' + self.label, '--format', 'json')
        differing = [row for row in json.loads(text) if row['differs']]
        in_diff, more_in_diff = told(names, [text_of(row, ('name', 'a', 'b', 'note'))
                                             for row in differing])
        tally.add(change, 'diff: found', status == 1 and differing)
        tally.add(change, 'named ', in_diff)
        tally.add(change, 'else ', more_in_diff)
        for alarms, ones in (alone[run] for run in self.runs):
            is_told = told(names, [text_of(row, ('rule', 'message')) for row in ones])[0]
            tally.add(change, 'one: told', is_told)
            tally.add(change, 'alarms', alarms)
            if not CHANCES & set(model.traits):
                tally.add(change, 'steady', alarms)
            in_diff = in_diff and is_told
        if model.options.verbose and (is_more or more_in_diff or not (is_named and in_diff)):
            print('program %d (%s) %s %s runs %s\n    check: %s\n    diff: %s' % (
                model.seed, ','.join(model.traits), change, names, self.runs,
                '; '.join(row['rule'] for row in rows), '; '.join(
                    '%s %s %s' % (row['section'], row['change'], row['name'])
                    for row in differing)))


def plant(options, tally, seed, changes, traits=None):
    """Plants changes in a program; one file and one baseline serve for all of them."""
    model = Model(options, seed)
    model.traits = traits or model.traits
    model.add(model.program(), options.runs, 'side=good')
    planted = [Planted(model, change, place) for change in changes
               for place in range(options.places)]
    planted = [of for of in planted if of.names is not None]
    for learned in sorted({of.learned for of in planted}):
        model.learn(*learned)
        of_these = [of for of in planted if of.learned == learned]
        alone = model.check_each(model.rules(*learned), [run for of in of_these
                                                         for run in of.runs])
        for of in of_these:
            of.judge(model, tally, alone)
    model.close()


def planted(options, tally):
    changes = options.changes.split(',') if options.changes else \
        startups.CHANGES + startups.CHILD_CHANGES
    for seed in range(options.seed, options.seed + options.programs):
        for traits in (None, ['script']):
            these = [change for change in changes
                     if (change in startups.CHILD_CHANGES) == (traits is not None)]
            if these:
                plant(options, tally, seed, these, traits)


def part(options, tally):
    """A part that takes seconds, of which what must be so is known: the test."""
    options.traits, options.programs, options.checks, options.runs = '-', 2, 9, 10
    options.places = 1
    good(options, tally)
    options.changes = 'swap-adjacent,swap-far,added,removed,identity,path,renamed,failed,' \
        'twice,cause,environment,exception'
    planted(options, tally)
    # parts that are there by chance, between two that change places
    options.traits, options.places = 'optional,rare,names', 20
    plant(options, tally, 71012, ['swap-adjacent', 'swap-across'])
    # one of fifty children
    options.places = 1
    plant(options, tally, 71013, ['lost-middle', 'extra-last'], ['script'])
    # of one run, another environment is a notice only
    wrong = [row for row in tally.counts for column in tally.counts[row]
             if tally.share(row, column) !=
             (row not in ('one', 'three') and 'else' not in column and
              (row, column) not in (('environment', 'alarms'), ('environment', 'steady')))]
    options.traits = ','.join(startups.TRAITS)
    model = Model(options, options.seed)
    model.add(model.program(), 3, 'side=good')
    model.view('verify')
    model.close()
    return wrong


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('what', choices=['good', 'planted', 'part'])
    parser.add_argument('make_fixture')
    parser.add_argument('many_commands')
    parser.add_argument('folder')
    for name, default in (('seed', 1), ('programs', 20), ('runs', 10), ('checks', 30),
                          ('places', 10)):
        parser.add_argument('--' + name, type=int, default=default)
    parser.add_argument('--traits')
    parser.add_argument('--without', default='')
    parser.add_argument('--changes')
    parser.add_argument('--verbose', action='store_true')
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    tally = Tally()
    wrong = []
    try:
        wrong = {'good': good, 'planted': planted, 'part': part}[options.what](options, tally)
    except KeyboardInterrupt:
        print('stopped: what was counted until then')
    tally.print()
    if wrong:
        raise SystemExit('FAILED: ' + ', '.join(wrong))


if __name__ == '__main__':
    main()
