"""Scripts for trailfake: runs of one made-up Windows program that differ only in what does not
matter, or in one planted change too.

The program starts, loads what it needs, marks `loaded`, starts three threads that load plugins at
the same time, waits for them, loads the rest, marks `ready` and ends. After each load it says so in
a debug string, and each thread raises an exception that it handles. From run to run the threads
interleave at random, and times, bases, pids, numbers in strings and the folder of temporary files
vary.

    scripted.py FOLDER SEED COUNT           writes FOLDER/0001.script ...: benign runs
    scripted.py FOLDER SEED COUNT CHANGE    with a planted change: swap, add, remove, identity,
                                            path, fail (it asks for one more in vain), slow (15 %),
                                            slower (30 %), wait (10 ms in one gap), or say (two
                                            strings of a thread come the other way round) and
                                            prints what it is: the name, for swap the two names
"""
import os
import random
import sqlite3
import subprocess
import sys

SYSTEM = 'C:\\Windows\\System32\\'
APP = 'C:\\Program Files\\Shop\\'
STARTUP = ['ntdll', 'kernel32', 'KernelBase', 'user32', 'win32u', 'gdi32', 'ucrtbase', 'msvcrt',
           'advapi32', 'sechost']
EARLY = ['shopcore', 'settings', 'logging']
THREADS = [['pricing', 'tax', 'discount', 'currency', 'rounding', 'vat'],
           ['network', 'ws2_32', 'tls', 'http', 'json', 'cache'],
           ['fonts', 'canvas', 'icons', 'theme', 'layout']]
LATE = ['catalog', 'search', 'cart', 'checkout', 'printing']
CHANGES = ['swap', 'add', 'remove', 'identity', 'path', 'fail', 'say']


class Module:
    def __init__(self, name, folder=APP, build=1):
        self.name, self.folder = name, folder
        self.build_id = '%08x%08x' % (sum(ord(c) * 31 ** i
                                          for i, c in enumerate(name)) & 0xffffffff, build)
        self.size = 65536 + 4096 * (len(name) % 7)


def modules(names):
    return [Module(name, SYSTEM if name in STARTUP or name == 'ws2_32' else APP) for name in names]


class Program:
    """What a run does, before chance has its part."""

    def __init__(self):
        self.startup, self.early, self.late = modules(STARTUP), modules(EARLY), modules(LATE)
        self.threads = [modules(names) for names in THREADS]
        self.says = [['%s is there' % name.split('_')[0] for name in names]
                     for names in [STARTUP, EARLY] + THREADS + [LATE]]
        self.slow = 1.0
        self.in_vain = ['optional']  # what it asks for and does not find
        self.waits = None  # 10 ms before it loads this one

    def lists(self):
        return [self.startup, self.early] + self.threads + [self.late]

    def plant(self, rng, change):
        """Changes one thing and says what: a tuple of module names."""
        sequence = rng.choice(self.lists()[1:])
        at = rng.randrange(len(sequence) - 1)
        module = sequence[at]
        if change == 'swap':
            sequence[at], sequence[at + 1] = sequence[at + 1], sequence[at]
            return (sequence[at].name, sequence[at + 1].name)
        if change == 'add':
            sequence.insert(at + 1, Module('intruder', rng.choice([APP, SYSTEM])))
            return ('intruder',)
        if change == 'remove':
            sequence.remove(module)
        elif change == 'fail':
            self.in_vain.append('missing')
            return ('missing',)
        elif change == 'identity':
            sequence[at] = Module(module.name, module.folder, 2)
        elif change == 'path':
            sequence[at] = Module(module.name,
                                  rng.choice([APP + 'plugins\\', 'C:\\Users\\ada\\Downloads\\']))
        elif change == 'say':
            says = rng.choice(self.says[1:])
            at = rng.randrange(len(says) - 1)
            says[at], says[at + 1] = says[at + 1], says[at]
            return (says[at], says[at + 1])
        elif change in ('slow', 'slower'):
            self.slow = 1.15 if change == 'slow' else 1.3
            return ('mark:loaded..mark:ready',)
        elif change == 'wait':
            at = rng.randrange(1, len(self.early))
            self.waits = self.early[at]
            return (self.early[at - 1].name, self.early[at].name)
        return (module.name,)


class Run:
    """One run of a program as a script."""

    def __init__(self, rng, program):
        self.rng, self.program, self.lines, self.ns = rng, program, [], 0
        self.pid = rng.randrange(1000, 60000)
        self.base = 0x7ff000000000 + 0x10000 * rng.randrange(0x1000)

    def after(self, ms, jitter=0.04):
        return int(1e6 * ms * self.rng.lognormvariate(0, jitter))

    def add(self, ns, tid, text):
        self.lines.append('t=%d pid=%d tid=%d %s' % (ns, self.pid, tid, text))

    def load(self, ns, tid, module, load_phase='runtime'):
        self.base += 0x100000
        self.add(ns, tid, 'LoadDll path="%s%s.dll" base=0x%x load_phase=%s size=%d build_id=%s' % (
            module.folder.replace('\\', '\\\\'), module.name, self.base, load_phase, module.size,
                    module.build_id))

    def say(self, ns, tid, text):
        self.add(ns, tid, 'OutputDebugString text="%s after %d us" encoding=ansi'
                 % (text, ns // 1000))

    def main_loads(self, sequence, says, ms, load_phase='runtime'):
        """A string follows each load; what is said does not hang on what is loaded."""
        for number in range(max(len(sequence), len(says))):
            if number < len(sequence):
                self.ns += self.after(ms * self.program.slow if load_phase == 'runtime'
                                      and sequence[-1] is self.program.late[-1] else ms)
                if sequence[number] is self.program.waits:
                    self.ns += 10000000
                self.load(self.ns, self.pid, sequence[number], load_phase)
            if number < len(says):
                self.say(self.ns + 1000, self.pid, says[number])
        self.ns += 2000

    def thread_loads(self):
        """Three threads at once: each goes its own way, and their events are merged by time."""
        events = []
        for number, sequence in enumerate(self.program.threads):
            tid = self.pid + 1 + number
            self.ns += self.after(0.05)
            says = self.program.says[2 + number]
            events.append((self.ns, len(events), tid, None,
                           'CreateThread start_address=0x140001%d00' % number))
            ns = self.ns
            for step in range(max(len(sequence), len(says))):
                if step < len(sequence):
                    ns += int(1e6 * self.program.slow * self.rng.gammavariate(9, 2 / 9))
                    events.append((ns, len(events), tid, sequence[step], ''))
                if step < len(says):
                    events.append((ns + 1000, len(events), tid, None, says[step]))
            events.append((ns + 2000, len(events), tid, None,
                    'Exception code=0xe06d7363 first_chance=1 address=0x14000%d000' % number))
            ns += self.after(0.3)
            events.append((ns, len(events), tid, None, 'ExitThread exit_code=0'))
        for ns, _, tid, module, text in sorted(events, key=lambda event: event[:2]):
            if text.endswith(' is there'):
                self.say(ns, tid, text)
            elif module is None:
                self.add(ns, tid, text)
            else:
                self.load(ns, tid, module)
            self.ns = ns

    def script(self):
        temporary = ('C:\\\\Users\\\\ada\\\\AppData\\\\Local\\\\Temp\\\\_MEI%d\\\\'
                     % self.rng.randrange(10000, 999999))
        self.add(0, self.pid,
                 'CreateProcess via=launch path="%sshop.exe" base=0x140000000 size=1048576 '
                 'build_id=00aa00aa' % APP.replace('\\', '\\\\'))
        self.main_loads(self.program.startup, self.program.says[0], 0.4, 'startup')
        self.ns += self.after(0.2)
        self.add(self.ns, self.pid,
                 'Exception code=0x80000003 first_chance=1 address=0x7ff000000010')
        self.main_loads(self.program.early, self.program.says[1], 2)
        self.ns += self.after(0.5)
        self.base += 0x100000
        self.add(self.ns, self.pid,
                 'LoadDll path="%sunpacked.dll" base=0x%x load_phase=runtime size=65536 '
                 'build_id=0badcafe' % (temporary, self.base))
        for name in self.program.in_vain:
            self.add(self.ns, self.pid, 'LoadFailed what=module name=%s.dll load_phase=runtime '
                     'words="cannot open it" status=0xc0000135' % name)
        self.add(self.ns, self.pid, 'Mark name=loaded')
        self.thread_loads()
        self.ns += self.after(0.2)
        self.main_loads(self.program.late, self.program.says[-1], 3)
        self.ns += self.after(1)
        self.add(self.ns, self.pid, 'Mark name=ready')
        self.ns += self.after(5)
        self.add(self.ns, self.pid, 'ExitProcess exit_code=0')
        return '\n'.join(self.lines) + '\n'


def make(seed, change=None):
    """A script, and what was planted."""
    rng = random.Random(seed)
    program = Program()
    planted = program.plant(rng, change) if change else ()
    return Run(rng, program).script(), planted


def record(trailfake, database, folder, scripts, label):
    """Records each text as a run with that label. Returns the numbers of the runs, in order.

    A script is replayed at once, so that the recorder's own clock does not fit its times: how long
    the target would have been held, and the system that it would have run on, are put into the file
    afterwards.
    """
    os.makedirs(folder, exist_ok=True)
    script = os.path.join(folder, 'shop.script')
    for text in scripts:
        with open(script, 'w') as file:
            file.write(text)
        subprocess.run([trailfake, '-q', '-o', database, '-l', label, '--', script], check=True)
    with sqlite3.connect(database) as db:
        db.execute("UPDATE event SET hold_ns = 20000 + seq % 7 * 1000 WHERE hold_ns IS NOT NULL")
        db.execute("UPDATE run SET os = 'Windows 10.0.19045'")
        return [row[0] for row in db.execute('SELECT id FROM run ORDER BY id DESC LIMIT ?',
                                             (len(scripts),))][::-1]


def main():
    folder, seed, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    change = sys.argv[4] if len(sys.argv) > 4 else None
    os.makedirs(folder, exist_ok=True)
    for number in range(1, count + 1):
        text, planted = make('%s %s %d' % (seed, change, number), change)
        with open(os.path.join(folder, '%04d.script' % number), 'w') as file:
            file.write(text)
        if change:
            print('%04d %s' % (number, ' '.join(planted)))


if __name__ == '__main__':
    main()
