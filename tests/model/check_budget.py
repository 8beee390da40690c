"""What baseline and check do about rules that good runs break, on programs of the model
(startups.py): soft rules and notices, several runs, and updates that must not learn what they
should find.

    check_budget.py MAKE_FIXTURE TRAILVIEW FOLDER
"""
import json
import os
import random
import sqlite3
import subprocess
import sys

import startups
import trail_file


class Budget:
    def __init__(self, make_fixture, trailview, folder):
        self.make_fixture, self.trailview, self.failures = make_fixture, trailview, 0
        self.database = os.path.join(folder, 'budget.db')
        self.rules = os.path.join(folder, 'budget.rules')

    def view(self, *arguments):
        return subprocess.run([self.trailview, '-d', self.database, *map(str, arguments)],
                              capture_output=True, text=True)

    def expect(self, holds, what, done=None):
        if not holds:
            self.failures += 1
            print(what, *(done.args, done.returncode, done.stdout[:2000], done.stderr[:2000])
                  if done else '')

    def read(self):
        with open(self.rules, encoding='utf-8', newline='') as file:
            return file.read()

    def record(self, *groups):
        """Writes the file: (label, count, program)."""
        file = trail_file.TrailFile(self.make_fixture, self.database)
        for label, count, program in groups:
            for i in range(count):
                file.add(startups.Run(program, '%s %d' % (label, i)), 'side=' + label)
        file.close()

    def baseline(self, *options):
        done = self.view('baseline', '-o', self.rules, *options)
        self.expect(done.returncode == 0, 'baseline', done)
        return done


def program_of(change=None):
    program = startups.Program('budget')
    names = program.plant(change, random.Random(3)) if change else [None]
    return program, names[0]


def steady(budget):
    """Without optional parts nothing but the environment is soft, and 0 of 10 is not 0."""
    program, _ = program_of()
    planted, name = program_of('added')
    budget.record(('good', 10, program), ('planted', 3, planted))
    done = budget.baseline('@side=good')
    budget.expect('of 100 good runs 0 (at most 28) break a rule' in done.stderr, 'no error', done)
    text = budget.read()
    budget.expect('\nbudget 3% alarms 0 of 10 notices 0 of 10\n' in text, text)
    budget.expect(all('environment' in line for line in text.splitlines() if 'soft' in line),
                  text)
    for runs in (['11'], ['11', '12'], ['@side=planted']):
        done = budget.view('check', budget.rules, *runs)
        budget.expect(done.returncode == 1 and name in done.stdout, 'an added module', done)
    # of several runs one alone may be what good runs do at times
    done = budget.view('check', budget.rules, '1', '2', '11')
    budget.expect(done.returncode == 0 and '    notice: in 1 of 3 runs' in done.stdout
                  and 'is violated in the 3 runs; 1 notice' in done.stdout, 'one of three', done)
    done = budget.view('check', budget.rules, '1', '2', '11', '--at-least', '1')
    budget.expect(done.returncode == 1, 'at least one', done)


def optional(budget):
    """With a module that one good run has, an unknown one is a notice in a run, a violation in
    three; a wrong place is one at once. All formats tell notices."""
    program, _ = program_of()
    other, _ = program_of('added')
    planted, name = program_of('added')
    for step in planted.steps:
        if step.kind == 'load' and step.module.name == name:
            step.module = startups.Module('intruder' + os.path.splitext(name)[1], program.app)
    moved, moved_name = program_of('path')
    budget.record(('good', 9, program), ('good2', 1, other), ('planted', 3, planted),
                  ('moved', 1, moved))
    budget.baseline(*range(1, 11))
    text = budget.read()
    budget.expect('\nbudget 3% alarms 1 of 10 notices 0 of 10\n' in text, text)
    budget.expect('\nsoft forbid *\n' in text and 'forbid * (1)' in text, text)
    for form, told in (('table', '    notice: intruder'), ('json', '"result":"notice"'),
                       ('github', '::notice file='), ('junit', ' notice: forbid *'),
                       ('sarif', '"level":"note"'), ('markdown', 'notice')):
        done = budget.view('check', budget.rules, '11', '--format', form)
        budget.expect(done.returncode == 0 and told in done.stdout and 'intruder' in done.stdout,
                      'no notice in ' + form, done)
    done = budget.view('check', budget.rules, '@side=planted')
    budget.expect(done.returncode == 1 and 'in 3 of 3 runs' in done.stdout, 'three runs', done)
    done = budget.view('check', budget.rules, '11', '--at-least', '1')
    budget.expect(done.returncode == 1, 'at least one', done)
    done = budget.view('check', budget.rules, '@side=moved')
    budget.expect(done.returncode == 1 and 'path ' + moved_name.split('.')[0] in done.stdout,
                  'a wrong place', done)
    budget.baseline('--budget', '20%', *range(1, 11))
    text = budget.read()
    budget.expect('\nforbid *\n' in text and '\nbudget 20% alarms 1 of 10 ' in text, text)


def updates(budget):
    """--update learns from no run that violates the rules, unless that is accepted."""
    program, _ = program_of()
    moved, name = program_of('path')
    added, added_name = program_of('added')
    budget.record(('good', 10, program), ('moved', 1, moved), ('added', 10, added))
    budget.baseline('@side=good')
    learned = budget.read()
    begin = 'path ' + name.split('.')[0]
    rule = [line for line in learned.split('\n') if line.startswith(begin)][0]
    done = budget.view('baseline', '--update', budget.rules, '@side=moved')
    budget.expect(done.returncode == 1 and "--accept '%s'" % rule in done.stderr
                  and budget.read() == learned, 'a hijack was learned', done)
    done = budget.view('baseline', '--update', budget.rules, '@side=good', '@side=moved')
    budget.expect(done.returncode == 0 and budget.read() == learned, 'a hijack was learned', done)
    done = budget.view('baseline', '--update', budget.rules, '@side=good', '@side=moved',
                       '--accept', rule)
    budget.expect(done.returncode == 0 and '\n%s {app}/plugins\n' % rule in budget.read(),
                  'accepted', done)
    with open(budget.rules, 'w', encoding='utf-8') as file:
        file.write(learned.replace('\n', '\r\n'))
    done = budget.view('baseline', '--update', budget.rules, '@side=added')
    budget.expect(done.returncode == 1 and "--accept 'allow %s'" % added_name in done.stderr
                  and done.stderr.count(added_name) == 2, 'each is told once', done)
    done = budget.view('baseline', '--update', budget.rules, '@side=added', '--accept',
                       'allow ' + added_name)
    text = budget.read()
    budget.expect(done.returncode == 0 and '\nrequire ' + added_name.split('.')[0] in text
                  and text.count('\n') == text.count('\r\n'), 'accepted', done)
    done = budget.view('baseline', '@side=good', '--accept', 'forbid *')
    budget.expect(done.returncode == 2, 'accepted without rules', done)


def numbers(budget):
    """A number that is a process of the run by chance is no other argument."""
    program, _ = program_of()
    program.steps.append(program.child())
    budget.record(('good', 11, program))
    db = sqlite3.connect(budget.database)
    db.execute('UPDATE process SET pid = 8080 WHERE run_id IN (4, 11) AND via IN (1, 4)')
    db.commit()
    db.close()
    budget.baseline(*range(1, 11))
    rule = '\narguments %s "--port 8080"\n' % program.exe.name.split('.')[0]
    budget.expect(rule in budget.read(), budget.read())
    for runs in ((11,), (10, 11)):
        done = budget.view('check', budget.rules, *runs)
        budget.expect(done.returncode == 0 and 'arguments' not in done.stdout, 'a number', done)
    done = budget.view('diff', 10, 11, '--only', 'processes')
    budget.expect(done.returncode == 0, 'a number', done)


def one_fact(budget):
    """What comes by a module that is new is not said, too, to come for another reason."""
    program, _ = program_of()
    planted, _ = program_of()
    new = planted.plugin(needs=0)
    new.module.needs = [planted.fork[2]]
    planted.steps.insert(0, new)
    budget.record(('good', 10, program), ('planted', 1, planted))
    budget.baseline(*range(1, 11))
    done = budget.view('check', budget.rules, 11, '--format', 'json')
    rows = json.loads(done.stdout)
    budget.expect(done.returncode == 1 and [row['module'] for row in rows] == [new.module.name],
                  'one fact', done)


def renamed(budget):
    """What is missing and what came in its place is one violation, unless it is another build."""
    program, _ = program_of()
    planted, names = renamed_program(1)
    other, other_names = renamed_program(2)
    budget.record(('good', 10, program), ('planted', 3, planted), ('other', 3, other))
    for options, label, expected in (((), 'planted', [names]),
                                     (('--identity',), 'planted', [names]),
                                     (('--identity',), 'other', [[name] for name in other_names])):
        budget.baseline(*options, '@side=good')
        for runs in ((11 if label == 'planted' else 14,), ('@side=' + label,)):
            done = budget.view('check', budget.rules, *runs, '--format', 'json')
            rows = {row['rule']: row['message'] for row in json.loads(done.stdout)}
            budget.expect(done.returncode == 1 and len(rows) == len(expected) and all(
                all(name in message for name in names) for names, message in
                zip(expected, rows.values())), 'renamed: ' + label, done)


def renamed_program(build):
    program = startups.Program('budget')
    names = program.plant('renamed', random.Random(3))
    for step in program.steps:
        if step.kind == 'load' and step.module.name == names[1]:
            step.module.build = build
    return program, names


def first_importer(budget):
    """Which of two importers comes first, or is there at all, is no other cause; that one no
    longer imports it is."""
    groups = []
    for label in ('before', 'swapped', 'other', 'one', 'two'):
        program, _ = program_of()
        steps = [program.plugin(needs=0) for _ in range(2)]
        for step in steps:
            step.module.needs = [program.libraries[-1]]
        if label == 'other':
            steps[0].module.needs, steps[0].module.build = [], 2
        program.libraries[-1].name = 'shared.so'
        program.steps[:0] = {'swapped': steps[::-1], 'one': steps[:1], 'two': steps[1:]}.get(
            label, steps)
        groups.append((label, 3, program))
    budget.record(*groups)
    for before, label, count in (('before', 'swapped', 0), ('before', 'other', 1),
                                 ('one', 'two', 0)):
        done = budget.view('diff', '@side=' + before, '@side=' + label, '--only', 'cause',
                           '--format', 'json')
        differing = sum(row['differs'] for row in json.loads(done.stdout))
        budget.expect(differing == count, 'who imports it', done)


def many(budget):
    """Beyond fifty runs parts are left out, and that is said."""
    program = startups.Program('many', ['optional'])
    budget.record(('good', 60, program))
    done = budget.baseline()
    budget.expect('9 of 10 parts' in done.stderr and ' of 60 notices ' in budget.read(), 'parts',
                  done)


def main():
    budget = Budget(*sys.argv[1:4])
    os.makedirs(sys.argv[3], exist_ok=True)
    for case in (steady, optional, updates, numbers, one_fact, renamed,
                 first_importer, many):
        case(budget)
    return 1 if budget.failures else 0


if __name__ == '__main__':
    sys.exit(main())
